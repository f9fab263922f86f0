"""Whether an engine that is loaded by its own means has what a release says: the counts of all graphs are compared."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ligraph.releases.manifest import Manifest

_COUNTS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_MOST_NAMED = 3
_MOST_SAMPLED = 20

Select = Callable[[str], Awaitable[list[list[Any]]]]
Ask = Callable[[str], Awaitable[bool]]


@dataclass(frozen=True)
class Comparison:
    """How an engine's data compare with a release.

    Shape: `statements` are those in graphs of the release, `others` those in other named graphs; None where they were
    not counted. `agrees` stays what it was while the engine cannot be reached.
    """

    detail: str
    agrees: bool = False
    is_reachable: bool = True
    statements: int | None = None
    others: int | None = None

    @property
    def state(self) -> str:
        """The comparison in a word."""
        if not self.is_reachable:
            return "unreachable"
        return "same" if self.agrees else "different"

    @property
    def members(self) -> dict[str, Any]:
        """What `/health` says of it."""
        return {"state": self.state, "detail": self.detail, "statements": self.statements, "others": self.others}


async def compare(manifest: Manifest, union: bool, select: Select, ask: Ask) -> Comparison:
    """Return how the data of an engine compare with a release; `union` is what its default graph should be.

    Raises: what `select` and `ask` raise; ValueError for counts that are none.
    """
    counts = {graph.value: int(number.value) for graph, number in await select(_COUNTS) if graph is not None}
    wanted = {iri: int(facts["statements"]) for iri, facts in manifest.graphs.items()}
    statements = sum(counts.get(iri, 0) for iri in wanted)
    others = sum(counts.values()) - statements
    different = sorted(iri for iri, number in wanted.items() if counts.get(iri, 0) != number)
    wrong = []
    if different:
        named = "; ".join(f"<{iri}> has {counts.get(iri, 0):,}, not {wanted[iri]:,}" for iri in different[:_MOST_NAMED])
        more = f"; {len(different) - _MOST_NAMED:,} other graphs differ, too" if len(different) > _MOST_NAMED else ""
        wrong.append(
            f"of {sum(wanted.values()):,} statements of the release the engine has {statements:,}: {named}{more}"
        )
    elif (is_union := await _is_union(manifest, select, ask)) not in (None, union):
        found, meant = (
            ("all graphs together", "the unnamed one") if is_union else ("the unnamed one", "all graphs together")
        )
        setting = "union" if union else "unnamed"
        wrong.append(
            f"the engine's default graph is {found}, and default_graph = “{setting}” means {meant}: "
            "set the engine so, or the setting"
        )
    if wrong:
        return Comparison("; ".join(wrong), statements=statements, others=others)
    also = f"; {others:,} statements in graphs that are not the release's are seen by queries, too" if others else ""
    return Comparison(f"the engine has the release{also}", agrees=True, statements=statements, others=others)


async def _is_union(manifest: Manifest, select: Select, ask: Ask) -> bool | None:
    """Return whether a statement of a named graph is also in the default graph; None where there is none to try."""
    graphs = " ".join(f"<{iri}>" for iri in sorted(manifest.graphs)[:_MOST_SAMPLED])
    rows = await select(f"SELECT ?s ?o WHERE {{ VALUES ?g {{ {graphs} }} GRAPH ?g {{ ?s a ?o }} }} LIMIT 1")
    if not graphs or not rows:
        return None
    thing, class_ = rows[0]
    return await ask(f"ASK {{ {thing} a {class_} }}")
