"""What is kept for the next reader."""

from ligraph.kept import OVERHEAD, Kept


def test_the_one_that_nobody_asked_for_the_longest_goes_first() -> None:
    kept: Kept[str, bytes] = Kept(budget=2 * (OVERHEAD + 10))
    kept.keep("a", b"x" * 10, 10)
    kept.keep("b", b"x" * 10, 10)
    assert kept.get("a")
    kept.keep("c", b"x" * 10, 10)
    assert kept.get("b") is None
    assert kept.get("a")
    assert kept.get("c")


def test_one_larger_than_the_budget_is_given_and_not_kept() -> None:
    kept: Kept[str, bytes] = Kept(budget=100)
    assert kept.keep("a", b"x" * 1000, 1000) == b"x" * 1000
    assert kept.get("a") is None
    assert kept.size == 0


def test_what_is_made_again_counts_once() -> None:
    kept: Kept[str, bytes] = Kept()
    kept.keep("a", b"xx", 2)
    kept.keep("a", b"xxx", 3)
    assert kept.size == 3 + OVERHEAD
