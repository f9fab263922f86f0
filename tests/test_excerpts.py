"""What is read of an excerpt is what would be read of the store itself, however little of it is fetched."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from ligraph.kept import Kept
from ligraph.namespaces import XSD
from ligraph.stores.durations import is_broken, mended
from ligraph.stores.excerpts import MOST_LINKS, Excerpt, Found, Pattern, fetches_of

Made = TypeVar("Made")

NODES = [NamedNode(f"urn:{letter}") for letter in "abcd"]
TERMS = [*NODES, Literal("a"), Literal("a", language="en"), Literal("1", datatype=NamedNode(XSD + "integer"))]
QUADS = st.builds(Quad, st.sampled_from(NODES), st.sampled_from(NODES), st.sampled_from(TERMS), st.sampled_from(NODES))
PATTERNS = st.tuples(
    st.none() | st.sampled_from(NODES),
    st.none() | st.sampled_from(NODES),
    st.none() | st.sampled_from(TERMS),
    st.none() | st.sampled_from(NODES),
)


def through(
    store: Store, make: Callable[[Excerpt], Made], kept: Kept[Pattern, Found] | None = None
) -> tuple[Made, int]:
    """Return what is made of an excerpt of a store once nothing is missing, and how many queries that took."""
    excerpt = Excerpt(kept or Kept())
    queries = 0
    while True:
        made = make(excerpt)
        if not excerpt.missing:
            return made, queries
        found: dict[Pattern, Found] = {}
        for fetch in fetches_of(excerpt.missing):
            solutions = store.query(fetch.query)
            assert isinstance(solutions, QuerySolutions)
            found |= fetch.read(list(solution) for solution in solutions)
            queries += 1
        excerpt.take(found)


@given(st.lists(QUADS), st.lists(PATTERNS, min_size=1))
def test_an_excerpt_has_what_the_store_has(quads: list[Quad], patterns: list[tuple[object, ...]]) -> None:
    store = Store()
    store.extend(quads)

    def look(place: Store | Excerpt) -> list[set[Quad]]:
        return [set(place.quads_for_pattern(*pattern)) for pattern in patterns]  # type: ignore[arg-type]

    made, queries = through(store, look)
    assert made == look(store)
    assert queries == 1


def test_steps_that_follow_from_others_are_fetched_together() -> None:
    store = Store()
    links = [Quad(NODES[0], NODES[1], NamedNode(f"urn:x{n}"), NODES[3]) for n in range(50)]
    store.extend([*links, *(Quad(NamedNode(f"urn:x{n}"), NODES[1], Literal(str(n)), NODES[3]) for n in range(50))])

    def look(place: Excerpt) -> list[str]:
        found = [quad.object for quad in place.quads_for_pattern(NODES[0], NODES[1], None)]
        return [
            str(quad.object)
            for thing in found
            if isinstance(thing, NamedNode)
            for quad in place.quads_for_pattern(thing, None, None)
        ]

    made, queries = through(store, look)
    assert len(made) == 50
    assert queries == 2


def test_of_many_links_the_rest_is_fetched_only_for_those_who_read_so_far() -> None:
    store = Store()
    store.bulk_extend(Quad(NamedNode(f"urn:x{n}"), NODES[1], NODES[2], NODES[3]) for n in range(MOST_LINKS + 500))

    def first(place: Excerpt) -> int:
        quads = place.quads_for_pattern(None, NODES[1], NODES[2])
        return sum(1 for _ in zip(range(MOST_LINKS), quads, strict=False))

    def every(place: Excerpt) -> int:
        return sum(1 for _ in place.quads_for_pattern(None, NODES[1], NODES[2]))

    assert through(store, first) == (MOST_LINKS, 1)
    assert through(store, every) == (MOST_LINKS + 500, 2)


def test_what_is_missing_of_nothing_is_nothing() -> None:
    assert through(Store(), lambda place: list(place.quads_for_pattern(NODES[0], None, None))) == ([], 1)


def test_blank_nodes_are_not_asked_for() -> None:
    excerpt = Excerpt(Kept())
    assert list(excerpt.quads_for_pattern(BlankNode(), None, None)) == []
    assert list(excerpt.quads_for_pattern(None, None, BlankNode())) == []
    assert not excerpt.missing


def test_what_others_kept_is_not_fetched_again() -> None:
    kept: Kept[Pattern, Found] = Kept()
    kept.keep(Pattern(NODES[0]), Found([], True), 1)
    assert through(Store(), lambda place: list(place.quads_for_pattern(NODES[0], None, None)), kept) == ([], 0)


def test_durations_are_found_again() -> None:
    duration = NamedNode(XSD + "duration")
    broken, right = Literal("265.25", datatype=duration), Literal("PT4M25S", datatype=duration)
    quads = [Quad(NODES[0], NODES[1], broken, NODES[3]), Quad(NODES[0], NODES[2], Literal("265.25"), NODES[3])]
    assert [is_broken(quad.object) for quad in quads] == [True, False]
    assert not is_broken(right)
    assert not is_broken(Literal("-P1D", datatype=duration))
    found = mended(quads, [Triple(NODES[0], NODES[1], right), Triple(NODES[0], NODES[2], Literal("other"))])
    assert found == [Quad(NODES[0], NODES[1], right, NODES[3]), quads[1]]
    # What is not found again stays as it is: it is not lost.
    assert mended(quads, []) == quads
