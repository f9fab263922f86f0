"""The collections that benchmarks are made with: the same each time, the same in both forms, as wrong as asked."""

import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ligraph import check, load

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from generator import Form, Generator, Plan, generate, to_lines, to_yaml

FORMS: tuple[Form, ...] = ("yaml", "nq")


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def triples(folder: Path) -> set[str]:
    """All that a collection says, written and derived; the suffix of a file's own name is left out."""
    quads = [quad for quad in load(folder) if "/id/" in quad.graph_name.value]
    return {str(quad.triple).replace(".yaml>", ".nq>") for quad in quads}


@pytest.mark.parametrize("form", FORMS)
def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(tmp_path: Path, form: Form) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate(tmp_path / name, Plan(2_000, form, seed, violations=3))
    assert written(tmp_path / "a") == written(tmp_path / "b")
    assert written(tmp_path / "a") != written(tmp_path / "c")


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 2**31), size=st.integers(500, 5_000), files=st.integers(1, 4))
def test_both_forms_say_the_same(tmp_path_factory: pytest.TempPathFactory, seed: int, size: int, files: int) -> None:
    folder = tmp_path_factory.mktemp("forms")
    counts = [generate(folder / form, Plan(size, form, seed, posts_per_file=files)) for form in FORMS]
    assert counts[0] == counts[1] >= size
    assert triples(folder / "yaml") == triples(folder / "nq")


@pytest.mark.parametrize("form", FORMS)
def test_as_many_triples_are_written_as_are_told(tmp_path: Path, form: Form) -> None:
    told = generate(tmp_path / form, Plan(2_000, form))
    names = [quad.graph_name.value for quad in load(tmp_path / form)]
    assert sum("/id/graph/" in name for name in names) == told


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("wrong", [0, 1, 20])
def test_a_collection_is_as_wrong_as_asked(tmp_path: Path, form: Form, wrong: int) -> None:
    generate(tmp_path / form, Plan(3_000, form, violations=wrong))
    report = check(tmp_path / form).report
    assert (report.violations, report.warnings) == (wrong, 0)
    assert all(result.file and result.line for result in report.results)


def test_warnings_are_as_many_as_asked(tmp_path: Path) -> None:
    generate(tmp_path / "named", Plan(2_000, same_names=2))
    generate(tmp_path / "lost", Plan(2_000, without_address=5))
    assert check(tmp_path / "named").report.warnings == 1
    assert check(tmp_path / "lost").report.warnings == 5


def test_more_violations_than_there_is_room_for_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="room for 14 violations, not 15"):
        generate(tmp_path / "x", Plan(2_000, violations=15))


def test_a_post_is_made_from_its_number_alone() -> None:
    """Whatever came before it: nothing is kept from post to post, so memory does not grow."""
    fresh, used = Generator(Plan(1_000)), Generator(Plan(1_000))
    for number in range(3):
        list(used.post(number))
    assert [to_yaml(thing) for thing in fresh.post(3)] == [to_yaml(thing) for thing in used.post(3)]
    assert [list(to_lines(thing)) for thing in fresh.post(3)] == [list(to_lines(thing)) for thing in used.post(3)]
