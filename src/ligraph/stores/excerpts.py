"""A part of a store that is elsewhere, as large as one page needs.

What makes a page does not know where the statements are. It runs over an excerpt, which notes what it was asked in
vain; that is fetched, all at once, and the page is made again, until nothing was asked in vain. So a page costs as many
requests as there are steps from its thing to the farthest one on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from ligraph.kept import Kept
from ligraph.releases.manifest import Manifest

Term = NamedNode | BlankNode | Literal | Triple

MOST_LINKS = 2_001
"""Quads that are fetched of a pattern without a subject. The rest is fetched once somebody reads so far."""

_SUBJECTS_PER_QUERY = 1_000
_LINKS_PER_QUERY = 200
_QUAD_BYTES = 400


class Pattern(NamedTuple):
    """What quads are looked for by. One with a subject has nothing else: of a thing all statements are fetched."""

    subject: NamedNode | None = None
    predicate: NamedNode | None = None
    object: Term | None = None
    graph: NamedNode | None = None


class Found(NamedTuple):
    """The quads of a pattern; the first ones where there are more."""

    quads: list[Quad]
    is_whole: bool

    @property
    def size(self) -> int:
        """About how many bytes they take."""
        return _QUAD_BYTES * (len(self.quads) + 1)


class Excerpt:
    """Quads by pattern, those that were fetched.

    Shape: `missing` has the patterns that were asked for in vain, and whether all their quads are needed. Quads of the
    unnamed graph are in no excerpt, and nothing is found by a blank node: released data has neither.
    """

    def __init__(self, kept: Kept[Pattern, Found]) -> None:
        self.kept = kept
        self.missing: dict[Pattern, bool] = {}
        self._found: dict[Pattern, Found] = {}

    def quads_for_pattern(
        self,
        subject: NamedNode | BlankNode | Triple | None,
        predicate: NamedNode | None,
        object: Term | None,
        graph_name: NamedNode | BlankNode | DefaultGraph | None = None,
        /,
    ) -> Iterator[Quad]:
        """Yield the quads that fit, as far as they are here."""
        if isinstance(subject, BlankNode | Triple) or isinstance(object, BlankNode | Triple):
            return
        if isinstance(graph_name, BlankNode | DefaultGraph):
            return
        pattern = Pattern(subject) if subject else Pattern(None, predicate, object, graph_name)
        found = self._found.get(pattern) or self.kept.get(pattern)
        if found is None:
            self.missing[pattern] = False
            return
        # What this page has seen it sees until it is done, whatever others keep meanwhile.
        self._found[pattern] = found
        if subject is None:
            yield from found.quads
        else:
            for quad in found.quads:
                if (
                    (predicate is None or quad.predicate == predicate)
                    and (object is None or quad.object == object)
                    and (graph_name is None or quad.graph_name == graph_name)
                ):
                    yield quad
        if not found.is_whole:
            self.missing[pattern] = True

    def take(self, fetched: Mapping[Pattern, Found]) -> None:
        """Take what was fetched; what was missing and has not come is still missing."""
        self._found.update(fetched)
        self.missing.clear()


@dataclass(frozen=True)
class Portion:
    """What a page reads of a release whose statements are elsewhere."""

    manifest: Manifest
    store: Excerpt

    @property
    def ids(self) -> str:
        """The IRI that ids are relative to."""
        return self.manifest.ids

    def describes(self, local: str) -> bool:
        """Return whether anything is said about the thing with an id."""
        try:
            thing = NamedNode(self.ids + local)
        except ValueError:
            return False
        return next(self.store.quads_for_pattern(thing, None, None), None) is not None


class Fetch(NamedTuple):
    """A query for the quads of several patterns, and what reads its solutions."""

    query: str
    patterns: list[Pattern]
    limit: int | None = MOST_LINKS

    def read(self, solutions: Iterable[Iterable[Any]]) -> dict[Pattern, Found]:
        """Return the quads of each pattern.

        Raises: ValueError where the solutions are none of this query.
        """
        quads: dict[Pattern, list[Quad]] = {pattern: [] for pattern in self.patterns}
        for number, *terms in solutions:
            pattern = Pattern(terms[1]) if number is None else self.patterns[int(number.value)]
            if pattern not in quads:
                raise ValueError(f"{terms[1]} was not asked for")
            given = (pattern.graph, pattern.subject, pattern.predicate, pattern.object)
            whole: list[Any] = [term or known for term, known in zip(terms, given, strict=True)]
            quads[pattern].append(Quad(whole[1], whole[2], whole[3], whole[0]))
        limits = {pattern: None if pattern.subject else self.limit for pattern in quads}
        return {pattern: Found(found, len(found) != limits[pattern]) for pattern, found in quads.items()}


def fetches_of(missing: Mapping[Pattern, bool]) -> list[Fetch]:
    """Return the queries that fetch what is missing: one, unless it is very much."""
    things = [pattern for pattern in missing if pattern.subject]
    links = [pattern for pattern, wholly in missing.items() if not pattern.subject and not wholly]
    fetches = []
    while things or links:
        now, things = things[:_SUBJECTS_PER_QUERY], things[_SUBJECTS_PER_QUERY:]
        also, links = links[:_LINKS_PER_QUERY], links[_LINKS_PER_QUERY:]
        branches = [_of_things(now)] if now else []
        branches += [_of_links(number, pattern, MOST_LINKS) for number, pattern in enumerate(also, len(now))]
        fetches.append(Fetch(_query(branches), now + also))
    for pattern, wholly in missing.items():
        if wholly:
            fetches.append(Fetch(_query([_of_links(0, pattern, None)]), [pattern], None))
    return fetches


def _query(branches: list[str]) -> str:
    return f"SELECT ?n ?g ?s ?p ?o {{ {' UNION '.join(branches)} }}"


def _of_things(patterns: list[Pattern]) -> str:
    return f"{{ VALUES ?s {{ {' '.join(str(pattern.subject) for pattern in patterns)} }} GRAPH ?g {{ ?s ?p ?o }} }}"


def _of_links(number: int, pattern: Pattern, limit: int | None) -> str:
    places = (("?s", None), ("?p", pattern.predicate), ("?o", pattern.object))
    open_ = " ".join(name for name, term in (("?g", pattern.graph), *places) if term is None)
    triple = " ".join(str(term) if term else name for name, term in places)
    most = f" LIMIT {limit}" if limit else ""
    return f"{{ SELECT ({number} AS ?n) {open_} {{ GRAPH {pattern.graph or '?g'} {{ {triple} }} }}{most} }}"
