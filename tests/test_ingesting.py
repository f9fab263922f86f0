"""From a post to a file below data/, and again over a file that a person edited."""

import io
import json
import shutil
from pathlib import Path

import pytest

from ligraph import api
from ligraph.config import open_collection
from ligraph.errors import CollectionError, PostError
from ligraph.ingesting import Ingested, ingest_posts
from ligraph.starting import start_collection

POSTS = Path(__file__).parent / "ingest" / "posts"
EXPECTED = sorted(POSTS.glob("*/expected.json"))


def post_of(expected: Path) -> Path:
    return next(path for path in expected.parent.glob("post.*"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    start_collection(tmp_path / "site")
    return tmp_path / "site"


def ingest(root: Path, *posts: Path | str) -> list[Ingested]:
    return ingest_posts(open_collection(root), [str(post) for post in posts])


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.parent.name)
def test_a_post_becomes_a_file_that_can_be_built(root: Path, expected: Path) -> None:
    (result,) = ingest(root, post_of(expected))
    assert result.is_new
    assert (root / result.file).is_file()
    assert f"Wrote {result.file}" in result.to_text()
    assert json.dumps(result.to_dict())
    report = api.check(root).report
    assert not report.violations, [r.message for r in report.results]
    assert api.build(root).is_new


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.parent.name)
def test_reading_again_changes_nothing_and_finds_nothing(root: Path, expected: Path) -> None:
    (first,) = ingest(root, post_of(expected))
    before = (root / first.file).read_bytes()
    (again,) = ingest(root, post_of(expected))
    assert not again.is_new
    assert again.differences == ()
    assert (root / first.file).read_bytes() == before


def test_what_a_person_edited_stays_and_is_told(root: Path) -> None:
    (first,) = ingest(root, post_of(EXPECTED[0]))
    path = root / first.file
    text = path.read_text("utf-8")
    edited = text.replace("\n- id: set/", "\n# mine\n- id: set/", 1).replace("action: watch", "action: act", 1)
    path.write_text(edited, "utf-8")
    (again,) = ingest(root, post_of(EXPECTED[0]))
    assert path.read_text("utf-8") == edited
    (difference,) = again.differences
    assert (difference.key, difference.in_post, difference.in_file) == ("action", "watch", "act")
    line = edited.splitlines()[difference.line - 1]
    assert "action: act" in line
    assert f"{first.file}:{difference.line}" in again.to_text()


def test_a_file_that_a_person_renamed_is_found_by_its_post(root: Path) -> None:
    (first,) = ingest(root, post_of(EXPECTED[0]))
    (root / first.file).rename(root / "data" / "renamed.yaml")
    (again,) = ingest(root, post_of(EXPECTED[0]))
    assert (again.file, again.is_new, again.differences) == ("data/renamed.yaml", False, ())


@pytest.mark.parametrize("key", ["name", "id"])
def test_a_post_that_a_person_called_otherwise_is_found(root: Path, key: str) -> None:
    (first,) = ingest(root, post_of(EXPECTED[0]))
    path = root / first.file
    text = path.read_text("utf-8")
    title = json.loads(EXPECTED[0].read_text("utf-8"))["title"]
    slug = path.stem
    text = (
        text.replace(f"  name: '{title}'", "  name: Renamed")
        if key == "name"
        else text.replace(f"post/{slug}", "post/x")
    )
    path.rename(root / "data" / "renamed.yaml")
    (root / "data" / "renamed.yaml").write_text(text, "utf-8")
    (again,) = ingest(root, post_of(EXPECTED[0]))
    assert (again.file, again.is_new) == ("data/renamed.yaml", False)
    assert {difference.key for difference in again.differences} <= {key}
    assert again.differences


def test_an_organization_that_a_person_moved_to_another_file_is_the_same(root: Path) -> None:
    presenters = "Presenters:\n  • Ana Example, Example University, Dean\n"
    text = f"Notes: Part 1\n\nSet 1: Things\n\n{presenters}READ\n\nA Paper\n\nWords.\n\nDownload »\n"
    post = root.parent / "post.txt"
    post.write_text(text, "utf-8")
    (first,) = ingest(root, post)
    path = root / first.file
    written = path.read_text("utf-8")
    start = written.index("- id: organization/example-university")
    end = written.index("- id:", start + 1)
    moved = written[start:end].replace("organization/example-university", "organization/eu")
    path.write_text(
        (written[:start] + written[end:]).replace("organization/example-university", "organization/eu"), "utf-8"
    )
    (root / "data" / "organizations.yaml").write_text(f"things:\n{moved}", "utf-8")
    (again,) = ingest(root, post)
    assert again.differences == ()


def test_a_person_in_two_posts_is_one_person_and_roles_go_on_counting(root: Path) -> None:
    text = (
        "{title}\n\nSet 1: Things\n\nPresenters:\n  • {who}\nREAD\n\n{resource}\n\nSome words about it.\n\nDownload »\n"
    )
    first, second = root.parent / "first.txt", root.parent / "second.txt"
    first.write_text(
        text.format(title="Notes: Part 1", who="Ana Example, Example University, Dean", resource="A Paper"), "utf-8"
    )
    second.write_text(
        text.format(title="Notes: Part 2", who="Ana Example, Example College, Professor", resource="A Plan"), "utf-8"
    )
    ingest(root, first)
    (result,) = ingest(root, second)
    written = (root / result.file).read_text("utf-8")
    assert "- id: person/ana-example#role-2" in written
    assert "- id: person/ana-example\n" not in written
    assert any("person/ana-example" in decision.ids for decision in result.decisions)
    assert not api.check(root).report.violations
    for post in (first, second):
        (again,) = ingest(root, post)
        assert again.differences == ()


def test_an_event_of_another_post_does_not_take_the_short_name_of_one(root: Path) -> None:
    opening = "Notes: Part {0}\n\nFrom the 2021 Harbor Summit on Steps, or 2021 Summit.\n\nSet 1: Things {0}\n\n"
    featured = "These were included in the “Session {0}” session at the 2021 {1}.\n\n"
    text = f"{opening}{featured}READ\n\nA Paper {{0}}\n\nWords.\n\nDownload »\n"
    first, second = root.parent / "first.txt", root.parent / "second.txt"
    first.write_text(text.format("One", "Summit"), "utf-8")
    second.write_text(text.format("Two", "Virtual Summit on Steps"), "utf-8")
    ingest(root, first, second)
    for post in (first, second):
        (again,) = ingest(root, post)
        assert again.differences == ()


def test_a_post_is_read_from_stdin(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = post_of(EXPECTED[0]).read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    (result,) = ingest(root, "-")
    assert result.is_new


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.txt", b""),
        ("picture.html", b"\x89PNG\r\n\x1a\n\0\0"),
        ("wide.txt", "Set 1: x\n\nWATCH\n\ny".encode("utf-16")),
        ("latin.txt", "Set 1: Café\n\nWATCH\n\nÉté\n".encode("latin-1")),
        ("other.html", b"<html><body><h1>Shop</h1><p>Buy things</p></body></html>"),
        ("letter.txt", b"Dear reader,\n\nthis is a letter.\n"),
    ],
)
def test_what_is_no_post_is_refused_and_nothing_is_written(root: Path, name: str, content: bytes) -> None:
    (root.parent / name).write_bytes(content)
    before = sorted(root.rglob("*"))
    with pytest.raises(PostError) as caught:
        ingest(root, post_of(EXPECTED[0]), root.parent / name)
    assert name in caught.value.message
    assert caught.value.hint
    assert caught.value.exit_code == 2
    assert sorted(root.rglob("*")) == before


def test_a_post_over_the_limit_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIGRAPH_LIMITS__POST_BYTES", "100")
    with pytest.raises(PostError, match="over 100 bytes"):
        ingest(root, post_of(EXPECTED[0]))


def test_a_file_that_is_not_there_is_named(root: Path) -> None:
    with pytest.raises(CollectionError, match=r"nowhere\.txt cannot be read"):
        ingest(root, "nowhere.txt")


def test_a_file_in_the_way_is_left_alone(root: Path) -> None:
    (first,) = ingest(root, post_of(EXPECTED[0]))
    path = root / first.file
    shutil.move(path, root / "kept")
    path.write_text("things:\n- {id: topic/other, prefLabel: other, inScheme: scheme/x}\n", "utf-8")
    with pytest.raises(CollectionError, match="has no post called"):
        ingest(root, post_of(EXPECTED[0]))
    assert "topic/other" in path.read_text("utf-8")
