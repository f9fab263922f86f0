"""What follows from what is written: rules are CONSTRUCT queries, run once each in order of their names."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from pyoxigraph import NamedNode, Quad, QueryTriples, Store, Triple

from ligraph.errors import CollectionError
from ligraph.namespaces import TYPE
from ligraph.progress import Progress, untold


def derived_graph(graph: str, ids: str) -> str:
    """Return the IRI of the graph for what follows about the things of a graph."""
    rest = graph.removeprefix(ids) if graph.startswith(ids) else quote(graph, safe="")
    return f"{ids}derived/{rest}"


def derive(store: Store, rules: Sequence[Path], ids: str, progress: Progress = untold) -> None:
    """Add what the rules say to a store, each statement in the derived graph of its subject's graph.

    Shape: statements that are written already are not written again; those about nodes that no graph below the
    base describes (the ontology's own words) are left out.
    Raises: CollectionError when a rule cannot be run.
    """
    homes = _homes(store, ids)
    for number, path in enumerate(rules):
        progress("Deriving", number, len(rules))
        try:
            found = store.query(path.read_text("utf-8"), use_default_graph_as_union=True)
        except (SyntaxError, RuntimeError, OSError, ValueError) as error:
            raise CollectionError(f"{path}: the rule cannot be run: {error}") from None
        if not isinstance(found, QueryTriples):
            raise CollectionError(f"{path}: a rule is a CONSTRUCT query")
        quads = []
        for triple in found:
            home = homes.get(triple.subject.value)
            if home and not _is_written(store, triple):
                quads.append(Quad(triple.subject, triple.predicate, triple.object, home))
        store.bulk_extend(quads)


def _homes(store: Store, ids: str) -> dict[str, NamedNode]:
    """Return the derived graph of every typed subject; the first by name where several graphs describe it."""
    graphs: dict[str, str] = {}
    for quad in store.quads_for_pattern(None, NamedNode(TYPE), None):
        subject, graph = quad.subject, quad.graph_name
        if not isinstance(subject, NamedNode) or not isinstance(graph, NamedNode):
            continue
        if graph.value.startswith(ids) or subject.value.startswith(ids):
            graphs[subject.value] = min(graph.value, graphs.get(subject.value, graph.value))
    named = {graph: NamedNode(derived_graph(graph, ids)) for graph in set(graphs.values())}
    return {subject: named[graph] for subject, graph in graphs.items()}


def _is_written(store: Store, triple: Triple) -> bool:
    return next(store.quads_for_pattern(triple.subject, triple.predicate, triple.object, None), None) is not None
