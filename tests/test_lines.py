"""Every statement is found on the line on which its object is written."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
import yaml
from conftest import WriteCollection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from ligraph.collection.files import SourceFile, source_files
from ligraph.collection.lines import Lines
from ligraph.collection.readers import read_quads
from ligraph.collection.source import Source
from ligraph.collection.vocabulary import Vocabulary, vocabulary_of
from ligraph.config import Collection, open_collection
from ligraph.namespaces import ORG, SCHEMA, TYPE

ROOT = Path(__file__).parent.parent
IDS = "https://example.org/c/id/"


@cache
def words() -> Vocabulary:
    return vocabulary_of(open_collection(ROOT))


def opened(root: Path) -> tuple[Lines, list[SourceFile]]:
    collection = open_collection(root)
    return Lines(collection, words()), source_files(collection)


def only_file(root: Path) -> tuple[Lines, SourceFile]:
    lines, files = opened(root)
    (file,) = files
    return lines, file


# ── The collection of this repository ──


@pytest.mark.parametrize("path", sorted((ROOT / "data").glob("*.yaml")), ids=lambda path: path.stem)
def test_statement_of_this_collection_is_where_its_value_is_written(path: Path) -> None:
    if path.name == "removed.yaml":
        pytest.skip("a list of ids, and no source")
    collection = open_collection(ROOT)
    lines = Lines(collection, words())
    (file,) = (file for file in source_files(collection) if file.path == path)
    written = values_by_line(path)
    ids = collection.settings.ids
    tried = 0
    for quad in quads_of(file, collection):
        assert isinstance(quad.subject, NamedNode)
        subject, value = quad.subject.value, getattr(quad.object, "value", "")
        if quad.predicate.value == TYPE or "position" in quad.predicate.value or "Offset" in quad.predicate.value:
            continue
        forms = (" ".join(value.split()), value.removeprefix(ids))
        candidates = [line for text, line in written if " ".join(text.split()) in forms]
        if not candidates:
            continue  # what the format mints is written nowhere
        line = lines.find(file, subject, quad.predicate.value, value)
        if quad.predicate.value == ORG + "member":
            continue  # a role stands where its mapping begins
        assert line in candidates, (subject, quad.predicate.value, value)
        tried += 1
    assert tried > 10


def values_by_line(path: Path) -> list[tuple[str, int]]:
    """Return every scalar of a YAML file with its line, as another reader sees them."""
    found = []

    def walk(node: yaml.Node) -> None:
        match node:
            case yaml.ScalarNode():
                found.append((node.value, node.start_mark.line + 1))
            case yaml.SequenceNode():
                for item in node.value:
                    walk(item)
            case yaml.MappingNode():
                if node.value and node.value[0][0].value == "id":
                    found.append((node.value[0][1].value, node.start_mark.line + 1))
                for _, value in node.value:
                    walk(value)

    root = yaml.compose(path.read_text(), Loader=yaml.SafeLoader)
    assert root
    walk(root)
    return found


def quads_of(file: SourceFile, collection: Collection) -> Iterable[Quad]:
    settings = collection.settings
    source = Source(file.path.read_bytes(), file.format, settings.ids, file.graph, settings.language, settings.base)
    return read_quads(source, words())


# ── YAML-LD: what the format mints ──

SET = """\
source: https://example.org/post
things:
- id: set/s
  name: {en: S,
         es: Ese}
  about:
  - topic/a
  - topic/b
  appearances:
  - presenter: person/p
    inRole:
    - person/p#role-1
    - person/p#role-2
  items:
  - resource/a
  - id: resource/b
    name: >-
      A long
      name
    plays: {start: 36:28,
            end: 40:53}
  isPartOf:
    post/p
- id: person/p
  roles:
    role-1: {roleName: Chair}
    role-2:
      roleName: Member
  role: person/p#role-3
"""


@pytest.mark.parametrize(
    ("subject", "predicate", "value", "line"),
    [
        ("graph/a.yaml", "http://purl.org/dc/terms/source", "https://example.org/post", 1),
        ("set/s", None, None, 3),
        ("set/s", SCHEMA + "name", "S", 4),
        ("set/s", SCHEMA + "name", "Ese", 5),
        ("set/s", SCHEMA + "about", IDS + "topic/a", 7),
        ("set/s", SCHEMA + "about", IDS + "topic/b", 8),
        ("set/s", SCHEMA + "isPartOf", IDS + "post/p", 23),
        ("set/s", SCHEMA + "itemListElement", IDS + "set/s#item-1", 15),
        ("set/s#item-1", SCHEMA + "item", IDS + "resource/a", 15),
        ("set/s#item-2", SCHEMA + "item", IDS + "resource/b", 16),
        ("set/s#item-2", SCHEMA + "position", "2", 16),
        ("set/s#appearance-1", None, None, 10),
        ("set/s#appearance-1", "https://w3id.org/ligraph/ns#inRole", IDS + "person/p#role-2", 13),
        ("resource/b", SCHEMA + "name", "A long name", 17),
        ("resource/b", "https://w3id.org/ligraph/ns#plays", IDS + "clip/b", 20),
        ("clip/b", SCHEMA + "startOffset", "2188", 20),
        ("clip/b", SCHEMA + "endOffset", "2453", 21),
        ("clip/b", SCHEMA + "isPartOf", IDS + "recording/b", 20),
        ("person/p#role-1", SCHEMA + "roleName", "Chair", 26),
        ("person/p#role-2", SCHEMA + "roleName", "Member", 28),
        ("person/p#role-2", ORG + "member", IDS + "person/p", 28),
        ("person/p#role-3", ORG + "member", IDS + "person/p", 29),
        ("set/s", SCHEMA + "name", "not there", 4),
        ("set/s", SCHEMA + "description", None, 3),
        ("set/other", None, None, None),
    ],
)
def test_line_in_yaml(
    collection: WriteCollection, subject: str, predicate: str | None, value: str | None, line: int | None
) -> None:
    lines, file = only_file(collection({"data/a.yaml": SET}))
    assert lines.find(file, IDS + subject, predicate, value) == line


# ── Turtle, TriG, N-Triples, N-Quads ──

OBJECTS = {
    '"a"': "a",
    '"""two\nlines # no comment"""': "two\nlines # no comment",
    "'''x\n\n'y'''": "x\n\n'y",
    '"q\\"; <x> # y ."@en': 'q"; <x> # y .',
    "<topic/t>": IDS + "topic/t",
    "<https://e.org/a#b>": "https://e.org/a#b",
    "5": "5",
    "-1.5": "-1.5",
    "true": "true",
    '"2021"^^<http://www.w3.org/2001/XMLSchema#gYear>': "2021",
    "ex:name": "http://example.org/name",
    "[ ]": None,
    "[ <urn:p> 1 ;\n <urn:q>\n 2 ]": None,
    "[ <urn:p> [ <urn:q>\n\n 2 ] ]": None,
    "( 1\n 2 )": None,
}
"""Objects as Turtle has them, and their values; of blank nodes none."""

_subjects = st.sampled_from([("<person/a>", IDS + "person/a"), ("ex:c", "http://example.org/c"), ("<urn:x>", "urn:x")])
_objects = st.lists(st.sampled_from(list(OBJECTS.items())), min_size=1, max_size=3)
_gaps = st.sampled_from([" ", "\n", " # a “quote\" and a ' in a comment ;\n ", "\n\n\t", "\r\n"])
_blocks = st.lists(st.tuples(_subjects, st.lists(_objects, min_size=1, max_size=3)), min_size=1, max_size=4)

Place = tuple[str, str, str | None, int]


@st.composite
def turtles(draw: st.DrawFn) -> tuple[str, list[Place]]:
    """Return Turtle in which each property occurs once, and subject, property, value and line of its statements."""
    text = "\n"
    places: list[Place] = []
    number = 0
    for (subject, iri), properties in draw(_blocks):
        text += subject
        for first, objects in enumerate(properties):
            number += 1
            text += (" ;" if first else "") + draw(_gaps) + f"ex:p{number}"
            for again, (item, value) in enumerate(objects):
                text += (" ," if again else "") + draw(_gaps)
                places.append((iri, f"http://example.org/p{number}", value, text.count("\n") + 1))
                text += item
        text += draw(_gaps) + ".\n"
    return text, places


@given(turtles(), st.sampled_from(["ttl", "trig", "graph.trig"]), st.booleans())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
def test_line_in_turtle(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[str, list[Place]], suffix: str, marked: bool
) -> None:
    text, places = drawn
    before, after = ("<graph/g> {", "}") if suffix == "graph.trig" else ("", "")
    text = ("\ufeff" if marked else "") + f"PREFIX ex: <http://example.org/>{before}{text}{after}\n"
    root = tmp_path_factory.mktemp("lines")
    (root / "data").mkdir()
    (root / "ligraph.toml").write_text('base = "https://example.org/c/"\n')
    (root / f"data/a.{suffix.rpartition('.')[2]}").write_bytes(text.encode())
    lines, file = only_file(root)
    for subject, predicate, value, line in places:
        if value is not None:
            first = min(at for s, p, v, at in places if (s, p, v) == (subject, predicate, value))
            assert lines.find(file, subject, predicate, value) == first
            assert line >= first


@given(turtles())
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_line_in_n_quads(tmp_path_factory: pytest.TempPathFactory, drawn: tuple[str, list[Place]]) -> None:
    quads = list(parse(f"PREFIX ex: <http://example.org/>{drawn[0]}".encode(), format=RdfFormat.TURTLE, base_iri=IDS))
    written = ["# a comment", "", *(f"{quad.triple} ." for quad in quads)]
    root = tmp_path_factory.mktemp("lines")
    (root / "data").mkdir()
    (root / "ligraph.toml").write_text('base = "https://example.org/c/"\n')
    (root / "data/a.nq").write_bytes("\r\n".join(written).encode())
    lines, file = only_file(root)
    places = {quad: number for number, quad in reversed(list(enumerate(quads, 3)))}
    for quad, number in places.items():
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode | Literal):
            assert lines.find(file, quad.subject.value, quad.predicate.value, quad.object.value) == number


def test_line_of_a_statement_whose_subject_nobody_knows(collection: WriteCollection) -> None:
    text = '<urn:a> <urn:p> "x" .\n<urn:b> <urn:q> "007" .\n<urn:c> <urn:q> "x" .\n'
    lines, file = only_file(collection({"data/a.nq": text}))
    lines.expect(file, ["urn:a"])
    assert lines.find(file, "urn:a") == 1
    assert lines.find(file, None, None, "007") == 2
    assert lines.find(file, None, "urn:q", "x") == 3
    assert lines.find(file, "urn:c") == 3


def test_subjects_that_are_asked_for_late_are_found(collection: WriteCollection) -> None:
    text = '{\n"@id": "person/a"}\n'
    triples = "<urn:a> <urn:p> <urn:c> .\n\n<urn:b> <urn:p> <urn:c> .\n"
    lines, files = opened(collection({"data/a.jsonld": text, "data/b.nt": triples}))
    lines.expect(files[0], ["https://example.org/c/id/person/none"])
    assert lines.find(files[0], IDS + "person/none") is None
    assert lines.find(files[0], IDS + "person/a") == 2
    lines.expect(files[1], ["urn:none"])
    assert lines.find(files[1], "urn:none") is None
    lines.expect(files[1], ["urn:b"])
    assert lines.find(files[1], "urn:b") == 3


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.jsonld", '[{"@id": "person/b",\n "http://e.org/p": {"@id": "person/a"}},\n{"@id":\t"person/a"}]', 2),
        ("a.jsonld", '{\n\n"id"  :  "person/a"}', 3),
        ("a.jsonld", '{\n\n"@id": "https://example.org/c/id/person/a"}', 3),
        ("a.rdf", '<r>\n<x rdf:about="person/ab"/>\n<x rdf:about = "person/a"/></r>', 3),
        ("a.rdf", "<r>\n<x rdf:about='https://example.org/c/id/person/a'/></r>", 2),
    ],
)
def test_line_of_a_subject(collection: WriteCollection, name: str, text: str, line: int) -> None:
    lines, file = only_file(collection({f"data/{name}": text}))
    assert lines.find(file, IDS + "person/a") == line


def test_blank_nodes_have_their_lines(collection: WriteCollection) -> None:
    text = "<person/a> <urn:p>\n [ <urn:q> 1 ;\n <urn:r> 2 ] .\n_:x <urn:p> 3 .\n"
    lines, file = only_file(collection({"data/a.ttl": text}))
    assert lines.blank_nodes(file) == [2, 3, 4]


def test_schema_org_with_https_is_found(collection: WriteCollection) -> None:
    lines, file = only_file(collection({"data/a.ttl": '\n<person/a> <https://schema.org/name> "A" .'}))
    assert lines.find(file, IDS + "person/a", SCHEMA + "name", "A") == 2


@pytest.mark.parametrize("suffix", ["ttl", "trig"])
def test_subject_has_the_line_on_which_it_begins(collection: WriteCollection, suffix: str) -> None:
    text = "\n<person/a>\n <urn:p> 1 ;\n <urn:q> 2 .\n# <person/b>\n\n<person/b> <urn:p> 1 ."
    lines, file = only_file(collection({f"data/a.{suffix}": text}))
    assert [lines.find(file, IDS + f"person/{name}") for name in "ab"] == [2, 7]
