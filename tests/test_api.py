"""What a build does beside building: it keeps, finds again, says why, and remembers what was published."""

import json
import shutil
from pathlib import Path

import pytest

from ligraph import CheckFailed, api
from ligraph.config import open_collection
from ligraph.releases.history import current_id, prune, release_ids, roll_back
from ligraph.releases.manifest import DUMP, FILE_NAME

SOURCE = Path(__file__).parent / "every_row"
TOPIC = "- {id: topic/extra, prefLabel: extra, inScheme: scheme/topics}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(SOURCE, tmp_path / "site", ignore=shutil.ignore_patterns(".ligraph"))
    return tmp_path / "site"


def write_extra(root: Path, text: str = TOPIC) -> Path:
    path = root / "data" / "extra.yaml"
    path.write_text("source: https://example.org/extra\nthings:\n" + text, "utf-8")
    return path


def test_sources_that_come_back_make_their_release_live_again(root: Path) -> None:
    extra = write_extra(root)
    first = api.build(root)
    write_extra(root, TOPIC.replace("prefLabel: extra", "prefLabel: other"))
    second = api.build(root)
    write_extra(root)
    assert extra.is_file()
    again = api.build(root)
    assert again.manifest.id == first.manifest.id == current_id(open_collection(root))
    assert not again.is_new
    assert release_ids(open_collection(root)) == sorted([first.manifest.id, second.manifest.id])


def test_what_disappears_when_sources_come_back_is_removed_all_the_same(root: Path) -> None:
    first = api.build(root)
    extra = write_extra(root)
    api.build(root)
    extra.unlink()
    again = api.build(root)
    assert again.manifest.id != first.manifest.id
    assert again.manifest.removed == {"topic/extra": {"renamed_to": None, "release": again.manifest.id}}


def test_a_rollback_outlives_a_restart_until_the_sources_change(root: Path) -> None:
    first = api.build(root).manifest.id
    write_extra(root)
    second = api.build(root).manifest.id
    collection = open_collection(root)
    assert roll_back(collection) == first
    kept = api.build(root, keep_rollback=True)
    assert (kept.manifest.id, kept.is_new) == (first, False)
    assert kept.reason is not None
    assert "rolled back" in kept.reason
    assert api.build(root).manifest.id == second
    assert api.build(root, keep_rollback=True).manifest.id == second


def test_a_rollback_ends_with_the_next_edit(root: Path) -> None:
    first = api.build(root).manifest.id
    write_extra(root)
    api.build(root)
    roll_back(open_collection(root))
    write_extra(root, TOPIC + "- {id: topic/more, prefLabel: more, inScheme: scheme/topics}\n")
    built = api.build(root, keep_rollback=True)
    assert built.is_new
    assert built.manifest.id != first


@pytest.mark.parametrize("damage", ["cut", "format"])
def test_a_release_made_again_says_why(root: Path, damage: str) -> None:
    made = api.build(root).manifest.id
    folder = root / ".ligraph" / "releases" / made
    if damage == "cut":
        (folder / DUMP).write_bytes(b"")
    else:
        manifest = json.loads((folder / FILE_NAME).read_text())
        (folder / FILE_NAME).write_text(json.dumps(manifest | {"format": 0}))
    built = api.build(root)
    assert built.is_new
    assert built.reason is not None
    assert made in built.reason


@pytest.mark.parametrize("damage", ["report.ttl", FILE_NAME])
def test_what_was_published_is_remembered_though_the_release_is_damaged(root: Path, damage: str) -> None:
    extra = write_extra(root)
    made = api.build(root).manifest.id
    path = root / ".ligraph" / "releases" / made / damage
    path.write_bytes(path.read_bytes() + b"x")
    extra.unlink()
    built = api.build(root)
    assert built.manifest.removed == {"topic/extra": {"renamed_to": None, "release": built.manifest.id}}


def test_pruning_leaves_what_others_put_there(root: Path) -> None:
    made = api.build(root).manifest.id
    releases = root / ".ligraph" / "releases"
    (releases / ".DS_Store").write_bytes(b"")
    (releases / "notes").mkdir()
    broken = releases / "20200101T000000Z-000000000000"
    broken.mkdir()
    prune(open_collection(root), 1)
    assert sorted(path.name for path in releases.iterdir()) == sorted([".DS_Store", "notes", made])


def test_sources_that_do_not_pass_carry_their_report(root: Path) -> None:
    write_extra(root, "- {id: topic/extra, prefLabel: extra, inScheme: scheme/none}\n")
    with pytest.raises(CheckFailed, match="1 violation") as caught:
        api.build(root)
    assert caught.value.report.violations == 1
    assert caught.value.exit_code == 1
