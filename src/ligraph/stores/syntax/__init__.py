"""What is wrong with a query that the engine refuses, in better words than the engine's."""

from ligraph.stores.syntax.faults import Fault, explain

__all__ = ["Fault", "explain"]
