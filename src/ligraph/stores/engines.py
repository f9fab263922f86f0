"""What may answer queries, as those who ask see it: worker processes here, or an engine over the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from ligraph.stores.facts import Facts, Made
from ligraph.stores.queries import Answer


class Engine(Protocol):
    """Answers queries over one release. Use it in one event loop, between `start` and `close`."""

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""

    @property
    def is_steady(self) -> bool:
        """Whether a query has the same answer, to the byte, each time."""

    @property
    def is_sure(self) -> bool:
        """Whether what it answers from is known to be the release."""

    @property
    def doubts(self) -> int:
        """How often it has become unsure."""

    @property
    def condition(self) -> dict[str, Any] | None:
        """What `/health` says of it; None where there is nothing to say."""

    async def start(self) -> None:
        """Make it ready."""

    async def close(self) -> None:
        """End it; what is still asked gets no answer."""

    async def ask(self, packed: bytes, *, client: str | None = None, outward: bool = False) -> Answer:
        """Return the answer to a packed query; a cancelled call stops the query.

        Shape: `client` is who asks, None for this machine itself; `outward` where the query may ask others.

        Raises: what `Evaluator.answer` raises; OutOfTime, OutOfMemory, Overloaded; EngineError.
        """


def surety(engine: Engine) -> int:
    """Return how often an engine was in doubt so far, -1 where it is now; to be asked before something is made."""
    return engine.doubts if engine.is_sure else -1


def is_sure_since(engine: Engine, doubts: int) -> bool:
    """Return whether what was made since `surety` said so is the release's."""
    return engine.is_sure and engine.doubts == doubts


class Source(Protocol):
    """Where documents and pages read what is said of things."""

    async def read(self, make: Callable[[Facts], Made]) -> Made:
        """Return what a function makes of the facts. It may be called several times, and must change nothing.

        Raises: what the function raises; OutOfTime, EngineError.
        """
