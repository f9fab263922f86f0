"""The cache of rendered documents: a budget of bytes, and the oldest goes first."""

from ligraph.formats import HTML, TURTLE
from ligraph.web.bodies import Bodies


def test_what_is_kept_is_found_by_id_and_format() -> None:
    bodies = Bodies()
    assert bodies.keep(("a", HTML), b"page") == b"page"
    assert bodies.get(("a", HTML)) == b"page"
    assert bodies.get(("a", TURTLE)) is None


def test_the_one_not_asked_for_longest_goes_first() -> None:
    bodies = Bodies(budget=30)
    for name in "abc":
        bodies.keep((name, HTML), b"x" * 10)
    bodies.get(("a", HTML))
    bodies.keep(("d", HTML), b"x" * 10)
    assert bodies.get(("b", HTML)) is None
    assert bodies.get(("a", HTML)) is not None


def test_bytes_are_counted_also_when_a_body_is_replaced() -> None:
    bodies = Bodies(budget=30)
    for length in (10, 20, 5):
        bodies.keep(("a", HTML), b"x" * length)
    assert bodies.size == 5


def test_a_body_over_the_budget_is_given_and_not_kept() -> None:
    bodies = Bodies(budget=30)
    assert len(bodies.keep(("a", HTML), b"x" * 100)) == 100
    assert (bodies.size, bodies.get(("a", HTML))) == (0, None)
