"""Releases: the same sources give the same, every change is told, history can be gone back to and cut off."""

import gzip
import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
import rdflib
import rdflib.compare
from conftest import WriteCollection
from pyoxigraph import RdfFormat, parse

from ligraph import BusyError, CheckFailed, ReleaseError, build, open_release
from ligraph.config import Collection, open_collection
from ligraph.releases.history import current_id, prune, release_ids, roll_back
from ligraph.releases.manifest import FILE_NAME, Manifest, read_manifest
from ligraph.releases.words import read_words

IDS = "https://example.org/c/id/"
PEOPLE = """\
source: https://example.org/people
things:
- id: organization/school
  name: Harbor School
- id: person/mira
  name: Mira Olsen
  roles:
    role-1: {organization: organization/school, roleName: Teacher}
- id: person/ada
  name: Ada Lind
  roles:
    role-1: {organization: organization/school, roleName: Head}
"""
TOPICS = """\
source: https://example.org/topics
things:
- id: scheme/topics
  prefLabel: Topics
- id: topic/equity
  prefLabel: Equity
  inScheme: scheme/topics
"""
ADA = PEOPLE[PEOPLE.index("- id: person/ada") :]
FILES: dict[str, str | bytes] = {"data/people.yaml": PEOPLE, "data/topics.yaml": TOPICS}


@pytest.fixture
def root(collection: WriteCollection) -> Path:
    return collection(FILES)


def folder_of(root: Path, manifest: Manifest) -> Path:
    return root / ".ligraph" / "releases" / manifest.id


def lines_of(root: Path, manifest: Manifest, name: str) -> list[str]:
    return gzip.decompress((folder_of(root, manifest) / name).read_bytes()).decode().splitlines()


def write(root: Path, name: str, content: bytes) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


def edit(root: Path, name: str, old: str, new: str) -> Manifest:
    path = root / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return build(root).manifest


def renamed(manifest: Manifest) -> dict[str, str | None]:
    return {local: entry["renamed_to"] for local, entry in manifest.removed.items()}


def history(root: Path) -> tuple[Collection, list[str]]:
    """Three releases, one second apart in their names."""
    made = [build(root).manifest.id]
    made += [edit(root, "data/people.yaml", old, new).id for old, new in (("Mira", "Mirja"), ("Mirja", "Mirjam"))]
    collection = open_collection(root)
    assert release_ids(collection) == sorted(made) == made
    return collection, made


# ── The same sources ──


def test_unchanged_sources_keep_the_release(root: Path) -> None:
    first, again = build(root), build(root)
    assert first.is_new
    assert not again.is_new
    assert first.manifest == again.manifest


def test_the_same_sources_elsewhere_give_the_same_digests(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "copy"
    shutil.copytree(root, other)
    here, there = build(root).manifest, build(other).manifest
    assert (here.digest, here.graphs.keys(), here.inputs) == (there.digest, there.graphs.keys(), there.inputs)
    assert lines_of(root, here, "dumps/all.nq.gz") == lines_of(other, there, "dumps/all.nq.gz")


def test_the_order_of_statements_changes_no_digest(root: Path) -> None:
    before = build(root).manifest
    after = edit(root, "data/people.yaml", PEOPLE, PEOPLE.replace(ADA, "").replace("things:\n", f"things:\n{ADA}"))
    assert after.id != before.id
    assert after.digest == before.digest
    assert after.graphs == before.graphs


def test_file_times_change_nothing(root: Path) -> None:
    before = build(root).manifest
    for path in (root / "data").iterdir():
        os.utime(path, (1, 1))
    assert build(root).manifest == before


@pytest.mark.parametrize("content", [None, b"", b"\xff{", b"[]", b'{"inputs": {"data/people.yaml": 3}, "release": []}'])
def test_the_memory_of_files_may_be_lost(root: Path, content: bytes | None) -> None:
    before = build(root).manifest
    memory = root / ".ligraph" / "inputs.json"
    memory.unlink()
    if content is not None:
        memory.write_bytes(content)
    assert build(root).manifest == before
    assert memory.exists()


# ── What changed ──


def test_a_comment_is_another_release_of_the_same_statements(root: Path) -> None:
    before = build(root).manifest
    after = edit(root, "data/people.yaml", "things:", "things: # of the school")
    assert after.parent == before.id
    assert after.digest == before.digest
    assert lines_of(root, after, "added.nq.gz") == lines_of(root, after, "removed.nq.gz") == []


def test_differences_lead_from_the_parent_to_the_release(root: Path) -> None:
    before = build(root).manifest
    assert before.parent is None
    assert lines_of(root, before, "added.nq.gz") == lines_of(root, before, "dumps/all.nq.gz")
    after = edit(root, "data/people.yaml", "Mira Olsen", "Mira Berg")
    added, removed = (lines_of(root, after, name) for name in ("added.nq.gz", "removed.nq.gz"))
    assert [line.split('"')[1] for line in added] == ["Mira Berg"]
    assert [line.split('"')[1] for line in removed] == ["Mira Olsen"]
    old = lines_of(root, before, "dumps/all.nq.gz")
    assert sorted((set(old) - set(removed)) | set(added)) == lines_of(root, after, "dumps/all.nq.gz")


def test_only_graphs_that_changed_are_modified(root: Path) -> None:
    before = build(root).manifest
    after = edit(root, "data/people.yaml", "Mira Olsen", "Mira Berg")
    assert after.created > before.created
    times = {name.removeprefix(IDS): graph["modified"] for name, graph in after.graphs.items()}
    assert {name for name, time in times.items() if time == after.created} == {"graph/people.yaml"}
    assert set(times.values()) == {before.created, after.created}


def test_settings_that_change_answers_make_a_release(root: Path) -> None:
    before = build(root).manifest
    toml = root / "ligraph.toml"
    toml.write_text(toml.read_text() + 'site = "https://example.org/site/"\n')
    assert build(root).manifest == before
    toml.write_text(toml.read_text().replace("A small collection", "Another title"))
    after = build(root).manifest
    assert (after.id != before.id, after.digest, after.title) == (True, before.digest, "Another title")


# ── What a manifest says ──


def test_the_manifest_describes_every_file(root: Path) -> None:
    manifest = build(root).manifest
    folder = folder_of(root, manifest)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert found.pop(FILE_NAME) == manifest.to_json()
    described = {
        name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in found.items()
    }
    assert manifest.files == described
    assert read_manifest(folder) == manifest


def test_counts_and_digests_are_those_of_the_dump(root: Path) -> None:
    manifest = build(root).manifest
    lines = lines_of(root, manifest, "dumps/all.nq.gz")
    assert lines == sorted(lines)
    assert manifest.statements == len(lines) == sum(graph["statements"] for graph in manifest.graphs.values())
    content = "".join(f"{line}\n" for line in lines)
    assert manifest.triples == len({quad.triple for quad in parse(content, RdfFormat.N_QUADS)})
    assert manifest.digest == hashlib.sha256(content.encode()).hexdigest()
    for name, graph in manifest.graphs.items():
        own = "".join(f"{line}\n" for line in lines if line.endswith(f"<{name}> .")).encode()
        assert graph["digest"] == hashlib.sha256(own).hexdigest()
    assert manifest.things == {"graph": 2, "organization": 1, "person": 2, "scheme": 1, "topic": 1}


# ── Ids that disappear ──


def test_ids_that_disappear_are_entered_and_come_back(root: Path) -> None:
    build(root)
    removed = root / "data" / "removed.yaml"
    after = edit(root, "data/people.yaml", ADA, "")
    assert "person/ada: removed\n" in removed.read_text("utf-8")
    assert after.removed == {"person/ada": {"renamed_to": None, "release": after.id}}
    assert build(root).manifest == after
    (root / "data" / "people.yaml").write_text(PEOPLE, "utf-8")
    again = build(root)
    assert again.manifest.removed == {}
    assert again.report is not None
    assert [result.message for result in again.report.results if result.file == "data/removed.yaml"] == [
        "person/ada is described again: take it off this list"
    ]


def test_an_id_keeps_the_release_that_removed_it(root: Path) -> None:
    build(root)
    gone = edit(root, "data/people.yaml", ADA, "")
    later = edit(root, "data/people.yaml", "Mira Olsen", "Mira Berg")
    assert (later.parent, later.removed) == (gone.id, gone.removed)
    (root / "data" / "removed.yaml").write_text("person/ada: person/mira\n", "utf-8")
    assert build(root).manifest.removed == {"person/ada": {"renamed_to": "person/mira", "release": gone.id}}


def test_an_id_that_a_person_renamed_went_with_that_release(root: Path) -> None:
    build(root)
    (root / "data" / "removed.yaml").write_text("person/ada: person/adele\n", "utf-8")
    after = edit(root, "data/people.yaml", "person/ada", "person/adele")
    assert after.removed == {"person/ada": {"renamed_to": "person/adele", "release": after.id}}


def test_an_id_that_goes_again_went_the_last_time(root: Path) -> None:
    build(root)
    first = edit(root, "data/people.yaml", ADA, "")
    (root / "data" / "people.yaml").write_text(PEOPLE, "utf-8")
    build(root)
    (root / "data" / "people.yaml").write_text(PEOPLE.replace(ADA, "# Ada was here."), "utf-8")
    last = build(root).manifest
    assert first.id < last.id == last.removed["person/ada"]["release"]


def test_a_fresh_deployment_does_not_know_when_an_id_went(root: Path) -> None:
    (root / "data" / "removed.yaml").write_text("person/old: person/mira\nset/x: removed\n", "utf-8")
    assert build(root).manifest.removed == {
        "person/old": {"renamed_to": "person/mira", "release": None},
        "set/x": {"renamed_to": None, "release": None},
    }


def test_what_a_person_wrote_in_the_list_stays(root: Path) -> None:
    build(root)
    removed = root / "data" / "removed.yaml"
    removed.write_text("# Ours.\nperson/old: person/mira   # renamed in May\n", "utf-8")
    edit(root, "data/people.yaml", ADA, "")
    assert removed.read_text("utf-8") == ("# Ours.\nperson/old: person/mira   # renamed in May\nperson/ada: removed\n")
    assert renamed(build(root).manifest) == {"person/ada": None, "person/old": "person/mira"}


def test_an_edit_of_the_list_while_a_release_is_made_is_kept(root: Path) -> None:
    build(root)
    removed, release = root / "data" / "removed.yaml", current_id(open_collection(root))
    edited = "person/old: person/mira\n"
    (root / "data" / "people.yaml").write_text(PEOPLE.replace(ADA, ""), "utf-8")

    def edit_late(what: str, _done: int, _total: int) -> None:
        if what == "Writing":
            removed.write_text(edited, "utf-8")

    with pytest.raises(BusyError, match="was edited while"):
        build(root, progress=edit_late)
    assert removed.read_text("utf-8") == edited
    assert current_id(open_collection(root)) == release
    assert renamed(build(root).manifest) == {"person/ada": None, "person/old": "person/mira"}


def test_a_list_that_becomes_unreadable_while_a_release_is_made_is_kept(root: Path) -> None:
    build(root)
    (root / "data" / "people.yaml").write_text(PEOPLE.replace(ADA, ""), "utf-8")

    def break_late(what: str, _done: int, _total: int) -> None:
        if what == "Writing":
            (root / "data" / "removed.yaml").write_bytes(b"\xff\n")

    with pytest.raises(BusyError, match="was edited while"):
        build(root, progress=break_late)
    assert (root / "data" / "removed.yaml").read_bytes() == b"\xff\n"


def test_comments_of_a_list_without_ids_stay(root: Path) -> None:
    build(root)
    (root / "data" / "removed.yaml").write_text("# Ours.\n", "utf-8")
    edit(root, "data/people.yaml", ADA, "")
    assert (root / "data" / "removed.yaml").read_text("utf-8") == "# Ours.\nperson/ada: removed\n"


def test_an_id_that_is_listed_twice_on_one_line_is_told(root: Path) -> None:
    (root / "data" / "removed.yaml").write_text("{set/x: removed, set/x: removed}\n", "utf-8")
    with pytest.raises(CheckFailed):
        build(root)


def test_parts_and_source_files_are_not_entered(root: Path) -> None:
    build(root)
    (root / "data" / "topics.yaml").rename(root / "data" / "subjects.yaml")
    edit(root, "data/people.yaml", "    role-1: {organization: organization/school, roleName: Head}\n", "    {}\n")
    assert not (root / "data" / "removed.yaml").exists()


def test_an_id_that_is_listed_twice_is_told(root: Path) -> None:
    (root / "data" / "removed.yaml").write_text(
        "person/old: removed\nperson/x: removed\nperson/old: removed\n", "utf-8"
    )
    with pytest.raises(CheckFailed) as failed:
        build(root)
    assert [(r.line, r.message) for r in failed.value.report.results if r.file == "data/removed.yaml"] == [
        (3, "person/old is listed twice, first at line 1: keep one")
    ]


# ── Back, and away ──


def test_rolling_back_goes_one_release_back_at_a_time(root: Path) -> None:
    collection, made = history(root)
    assert [roll_back(collection), current_id(collection)] == [made[1], made[1]]
    assert roll_back(collection) == made[0]
    with pytest.raises(ReleaseError, match="before the live one"):
        roll_back(collection)
    assert roll_back(collection, made[2]) == made[2] == open_release(root).manifest.id


@pytest.mark.parametrize("name", ["20200101T000000Z-nothing", "../releases", ".draft", "/etc"])
def test_rolling_back_to_nothing_is_refused(root: Path, name: str) -> None:
    made = build(root).manifest.id
    with pytest.raises(ReleaseError, match="no release"):
        roll_back(open_collection(root), name)
    assert current_id(open_collection(root)) == made


def test_releases_are_in_order_even_where_the_clock_is_not(root: Path) -> None:
    first = build(root).manifest.id
    late = root / ".ligraph" / "releases" / first.replace(first[:4], "2100")
    (late.parent / first).rename(late)
    (root / ".ligraph" / "current").write_text(late.name)
    assert build(root).manifest.id > late.name


def test_pruning_keeps_the_latest_and_the_live_one(root: Path) -> None:
    collection, made = history(root)
    roll_back(collection, made[0])
    assert prune(collection, keep=1) == [made[1]]
    assert release_ids(collection) == [made[0], made[2]]
    assert prune(collection, keep=5) == []
    assert open_release(root).manifest.id == made[0]


def test_what_a_cut_off_pruning_left_is_cleared_away(root: Path) -> None:
    collection, made = history(root)
    (collection.releases / made[0] / FILE_NAME).unlink()
    assert release_ids(collection) == made[1:]
    assert prune(collection, keep=2) == []
    assert not (collection.releases / made[0]).exists()


# ── Words ──


def test_words_of_every_release_are_kept_for_good(root: Path) -> None:
    collection = open_collection(root)
    first = build(root).manifest
    write(root, "ontology/own.ttl", b"<https://example.org/ns> a <http://www.w3.org/2002/07/owl#Ontology> .")
    second = build(root).manifest
    words = {}
    for manifest in (first, second):
        for name in ("context.jsonld", "ontology.ttl", "shapes.ttl"):
            content = (folder_of(root, manifest) / name).read_bytes()
            words[name, hashlib.sha256(content).hexdigest()[:16]] = content
    # The context and the shapes are the same, the ontology is another.
    assert len(words) == 4
    assert prune(collection, keep=1) == [first.id]
    assert len(list((root / ".ligraph" / "words").iterdir())) == 4
    for (name, digest), content in words.items():
        assert read_words(collection, second, name, digest) == content
        for other in {"context.jsonld", "ontology.ttl", "shapes.ttl"} - {name}:
            assert read_words(collection, second, other, digest) is None


def test_words_that_nobody_kept_are_not_found(root: Path) -> None:
    made = build(root).manifest
    zeros = "0" * 15
    for digest in ("", "../current", zeros, zeros + "0", zeros + "/", zeros + "0\n", "/etc/passwd", "A" * 16, "*" * 16):
        for name in ("context.jsonld", "ontology.ttl", "shapes.ttl"):
            assert read_words(open_collection(root), made, name, digest) is None, (digest, name)


def test_words_that_were_damaged_are_written_again(root: Path) -> None:
    build(root)
    kept = {path: path.read_bytes() for path in (root / ".ligraph" / "words").iterdir()}
    for path in kept:
        path.write_bytes(b"")
    edit(root, "data/people.yaml", "Mira Olsen", "Mira Berg")
    assert {path: path.read_bytes() for path in kept} == kept


BLANK_SHAPES = """\
@prefix sh: <http://www.w3.org/ns/shacl#> .
<https://example.org/shapes#{0}> a sh:NodeShape ;
    sh:targetNode <https://example.org/{0}> ;
    sh:property _:b , [ sh:path <https://example.org/{0}> ; sh:in ( "{0}" "b" ) ] .
_:b sh:path <http://schema.org/{0}> .
"""


def test_the_shapes_in_force_are_one_file(root: Path) -> None:
    for name in ("one", "two"):
        write(root, f"shapes/{name}.ttl", BLANK_SHAPES.format(name).encode())
    manifest = build(root).manifest
    content = (folder_of(root, manifest) / "shapes.ttl").read_bytes()
    expected = rdflib.Graph()
    for path in [*Path(__file__).parents[1].glob("shapes/*.ttl"), *(root / "shapes").glob("*.ttl")]:
        # Each file has blank nodes of its own, whatever they are called.
        expected += rdflib.Graph().parse(path)
    found = rdflib.Graph().parse(data=content, format="turtle")
    assert len(found) == len(expected) > 1_000
    assert rdflib.compare.isomorphic(found, expected)
    shutil.rmtree(root / ".ligraph")
    assert (folder_of(root, build(root).manifest) / "shapes.ttl").read_bytes() == content


# ── Opening ──


def test_opening_reads_no_sources(root: Path) -> None:
    made = build(root).manifest
    shutil.rmtree(root / "data")
    opened = open_release(root)
    assert opened.manifest == made
    assert opened.describes("person/ada")
    assert not opened.describes("person/nobody")
    opened.verify()


def test_reading_a_release_changes_no_byte_of_it(root: Path) -> None:
    manifest = build(root).manifest
    before = {path: path.stat().st_mtime_ns for path in folder_of(root, manifest).rglob("*")}
    for _ in range(2):
        opened = open_release(root)
        assert len(opened.store) == manifest.statements
        assert list(opened.store.query("SELECT * { GRAPH ?g { ?s ?p ?o } }"))  # type: ignore[arg-type]
    del opened
    assert {path: path.stat().st_mtime_ns for path in folder_of(root, manifest).rglob("*")} == before
    assert json.loads((folder_of(root, manifest) / FILE_NAME).read_bytes())["id"] == manifest.id
