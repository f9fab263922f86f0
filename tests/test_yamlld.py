"""YAML-LD is one step from plain JSON-LD, which then means what PyLD says with the bundled context."""

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import Quad, RdfFormat, Triple, parse
from strategies import KINDS, collections, write_yaml

from ligraph.collection.readers import read_quads
from ligraph.collection.source import Source
from ligraph.collection.vocabulary import Vocabulary, vocabulary_of
from ligraph.config import open_collection
from ligraph.formats import YAML_LD

ROOT = Path(__file__).parent.parent
BASE = "https://example.org/c/"
IDS = BASE + "id/"
GRAPH = IDS + "graph/a.yaml"


@cache
def words() -> Vocabulary:
    return vocabulary_of(open_collection(ROOT))


@cache
def context() -> dict[str, Any]:
    return {"@language": "en", **json.loads((ROOT / "ontology/context.jsonld").read_text())["@context"]}


def read(text: str) -> tuple[list[Quad], list[str]]:
    """Return what a file says, and what is wrong with it."""
    source = Source(text.encode(), YAML_LD, IDS, GRAPH, "en", BASE)
    quads = list(read_quads(source, words()))
    return quads, [f"{complaint.line}: {complaint.message}" for complaint in source.complaints]


def triples_of(text: str) -> set[Triple]:
    quads, complaints = read(text)
    assert complaints == []
    return {quad.triple for quad in quads}


def meant_by(*nodes: Any) -> set[Triple]:
    """Return what PyLD says that nodes of a JSON-LD graph mean."""
    document = {"@context": context(), "@graph": [{"id": "graph/a.yaml", "type": "Dataset"}, *nodes]}
    text = jsonld.to_rdf(document, {"base": IDS, "format": "application/n-quads"})
    return {quad.triple for quad in parse(text.encode(), format=RdfFormat.N_QUADS)}


def _has_no_null(drawn: tuple[Any, Any]) -> bool:
    # Without quotes, in which they are not always written, these are no values.
    return "'null'" not in repr(drawn) and "'~'" not in repr(drawn)


with_values = collections().filter(_has_no_null)


@given(with_values)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_random_collection_means_what_pyld_says(drawn: tuple[Any, Any]) -> None:
    yaml, (dataset, *nodes) = drawn
    assert triples_of(write_yaml(yaml)) == meant_by({"id": "graph/a.yaml", **dataset}, *nodes)


@given(with_values, st.integers())
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_order_of_statements_changes_no_statement(drawn: tuple[Any, Any], seed: int) -> None:
    yaml, _ = drawn
    assert triples_of(write_yaml(yaml, order=random.Random(seed))) == triples_of(write_yaml(yaml))


def test_every_class_that_things_may_have_is_tried() -> None:
    assert set(KINDS) == set(words().allowed) - {"graph"}


SET = {"id": "set/s", "type": "ResourceSet"}


def place(number: int, item: Any) -> dict[str, Any]:
    return {"id": f"set/s#item-{number}", "type": "ListItem", "position": str(number), "item": item}


@pytest.mark.parametrize(
    ("yaml", "node"),
    [
        pytest.param(
            "id: set/s\n  items: [resource/b, {id: resource/a, name: A}]",
            {**SET, "itemListElement": [
                place(1, "resource/b"), place(2, {"id": "resource/a", "type": "Resource", "name": "A"})
            ]},
            id="items",
        ),
        pytest.param(
            "id: set/s\n  appearances: [{presenter: person/p, inRole: [person/p#role-1, person/p#role-2]}]",
            {**SET, "appearance": {
                "id": "set/s#appearance-1", "type": "Appearance", "position": "1", "presenter": "person/p",
                "inRole": ["person/p#role-1", "person/p#role-2"],
            }},
            id="appearances",
        ),
        pytest.param(
            "id: set/s\n  appearances: [{id: set/s#appearance-x, position: 7, presenter: person/p}]",
            {**SET, "appearance": {
                "id": "set/s#appearance-x", "type": "Appearance", "position": "7", "presenter": "person/p"
            }},
            id="appearance with an id and a position",
        ),
        pytest.param(
            "id: person/p\n  roles:\n    role-1: {organization: organization/o, roleName: Chair}",
            {"id": "person/p", "type": "Person", "role": {
                "id": "person/p#role-1", "type": "Membership", "organization": "organization/o", "roleName": "Chair"
            }},
            id="roles",
        ),
        pytest.param(
            "id: person/p\n  roles: [{roleName: Chair}, {roleName: Member}]",
            {"id": "person/p", "type": "Person", "role": [
                {"id": "person/p#role-1", "type": "Membership", "roleName": "Chair"},
                {"id": "person/p#role-2", "type": "Membership", "roleName": "Member"},
            ]},
            id="roles as a list",
        ),
        pytest.param(
            "id: resource/r\n  plays: {start: 36:28, end: 40:53}",
            {"id": "resource/r", "type": "Resource", "plays": {
                "id": "clip/r", "type": "Clip", "startOffset": "2188", "endOffset": "2453",
                "isPartOf": {"id": "recording/r", "type": "VideoObject"},
            }},
            id="clip and recording",
        ),
        pytest.param(
            "id: resource/r\n  plays: {start: 0:00, end: 1:00:00, recording: {type: VideoObject, seconds: 1:30:00}}",
            {"id": "resource/r", "type": "Resource", "plays": {
                "id": "clip/r", "type": "Clip", "startOffset": "0", "endOffset": "3600",
                "isPartOf": {"id": "recording/r", "type": "VideoObject", "seconds": "5400"},
            }},
            id="clip of a recording that is written",
        ),
        pytest.param(
            "id: resource/r\n  plays: {id: clip/own, start: 1, end: 2, recording: recording/shared}",
            {"id": "resource/r", "type": "Resource", "plays": {
                "id": "clip/own", "type": "Clip", "startOffset": "1", "endOffset": "2", "isPartOf": "recording/shared"
            }},
            id="clip of a recording by id",
        ),
        pytest.param(
            "id: resource/r\n  plays: recording/whole",
            {"id": "resource/r", "type": "Resource", "plays": "recording/whole"},
            id="plays an id",
        ),
        pytest.param(
            "id: resource/r\n  name: {en: One, es: Uno, pt-BR: [Um, Dois]}",
            {"id": "resource/r", "type": "Resource", "name": [
                {"@value": "One", "@language": "en"}, {"@value": "Uno", "@language": "es"},
                {"@value": "Um", "@language": "pt-br"}, {"@value": "Dois", "@language": "pt-br"},
            ]},
            id="languages",
        ),
        pytest.param(
            "id: post/p\n  isPartOf: {id: series/s, name: S}",
            {"id": "post/p", "type": "BlogPosting", "isPartOf": {
                "id": "series/s", "type": "CreativeWorkSeries", "name": "S"
            }},
            id="a thing within a thing",
        ),
        pytest.param(
            "id: event/e\n  startDate: 2021\n  endDate: 2021-05-06",
            {"id": "event/e", "type": "Event",
             "startDate": {"@value": "2021", "@type": "xsd:gYear"},
             "endDate": {"@value": "2021-05-06", "@type": "xsd:date"}},
            id="dates",
        ),
        pytest.param(
            "id: person/p\n  role: person/p#role-9",
            {"id": "person/p", "type": "Person", "role": "person/p#role-9"},
            id="a term the other way round",
        ),
    ],
)  # fmt: skip
def test_sugar_means_what_plain_json_ld_says(yaml: str, node: Any) -> None:
    assert triples_of(f"things:\n- {yaml}\n") == meant_by(node)


@pytest.mark.parametrize(
    "text", ["010", "yes", "No", "'null'", '"~"', "true", "2021-05-06", "1e3", "0x1F", ".inf", "36:28", "=", "1_000"]
)
def test_plain_scalar_is_text(text: str) -> None:
    values = {
        getattr(triple.object, "value", None) for triple in triples_of(f"things:\n- id: person/p\n  name: {text}\n")
    }
    assert text.strip("'\"") in values


def test_block_texts_keep_their_words() -> None:
    text = "things:\n- id: person/p\n  description: >-\n    One\n    two # not a comment\n  name: |\n    A\n    B\n"
    values = {getattr(triple.object, "value", None) for triple in triples_of(text)}
    assert {"One two # not a comment", "A\nB\n"} <= values


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["things:", "- id: person/p", "  name: #1 fan"], "3: “name” has no value: quote a text that contains “#”"),
        *(
            (["things:", "- id: person/p", f"  name: {x}"], "3: “name” has no value")
            for x in ("null", "~", "Null", "NULL")
        ),
        (["things:", "- id: person/p", "  name:", "    en: ~"], "4: “name” has no value in “en”"),
        (["things:", "- id: person/p", "  nmae: x"], "3: “nmae” is not a key: did you mean “name”?"),
        (["sorce: x"], "1: “sorce” is not a key of a file: did you mean “source”?"),
        (["things:", "- id: person/p", "  name: A", "  name: B"], "4: “name” is written twice here: keep one"),
        (["things: person/p"], "1: things is a list"),
        (["- id: person/p"], "1: a file is a mapping"),
        (["things:", "- person/p"], "2: a thing is a mapping"),
        (["things:", "- name: A"], "2: a thing has no id"),
        (["things:", "- id: [person/p]"], "2: an id is one word"),
        (["things:", "- id: person/p", "- id: person/p"], "3: this is described twice, first at line 2"),
        (["things:", "- id: persn/p"], "2: no class has ids that begin with “persn/”: did you mean “person”?"),
        (["things:", "- id: person/p", "  type: Organization"], "3: a thing under “person/” is a Membership or Person"),
        (["things:", "- id: recording/r", "  type: [VideoObject, Clip]"], "3: a thing under “recording/” is a"),
        (["things:", "- id: person/p", "  position: {a: b}"], "3: “position” has one value"),
        (["things:", "- id: person/p", "  name: [[A]]"], "3: “name” has one value"),
        (["things:", "- id: person/p", "  name: {english: A}"], "3: “english” is not a language tag, such as en"),
        (["things:", "- id: set/s", "  items: resource/r"], "3: items is a list"),
        (["things:", "- id: set/s", "  items:", "  - resource r"], "4: an id has no space"),
        (["things:", "- id: set/s", "  appearances: {a: b}"], "3: appearances is a list"),
        (["things:", "- id: person/p", "  roles: role-1"], "3: roles is a mapping"),
        (["things:", "- id: person/p", "  roles: {role 1: {roleName: x}}"], "3: an id has no space"),
        (["things:", "- id: resource/r", "  plays: {start: 1:99}"], "3: “1:99” is not a time: 36:28, 1:00:00"),
        (["things:", "- id: event/e", "  startDate: May 2021"], "3: “May 2021” is not a date: 2021, 2021-05"),
        (["things:", "- id: resource/r", "  action: wach"], "3: “wach” is not known as action: did you mean “watch”"),
        (["things:", "- id: person/p", "  ? [a]", "  : b"], "3: a key is one word"),
        (
            ["things:", "- id: person/p", '  name: "A', "- id: person/q"],
            "3: this is not YAML: the quote that opens here",
        ),
        (["things:", "- id: person/p", "\tname: A"], "3: this is not YAML: found a tab"),
        (["things:", "- id: person/p", "  name: A: B"], "3: this is not YAML: mapping values are not allowed"),
        (["things:", "- id: person/p", "   name: A"], "3: this is not YAML"),
        (["things: []", "---", "things: []"], "2: this is not YAML: but found another document (one file is one"),
        (["things:", "- &a {id: person/p}", "- *a"], "2: aliases (*name) are not read: write out"),
        (["a: &a [x, x]", "b: &b [*a, *a]", "c: [*b, *b]"], "1: aliases (*name) are not read"),
        (["# nothing"], "1: the file is empty"),
        ([""], "1: the file is empty"),
        (["things:", "- id: person/p", "  name: a\x07b"], "3: a character that YAML does not allow: U+0007"),
    ],
)
def test_fault_has_its_line_and_remedy(lines: list[str], complaint: str) -> None:
    _, complaints = read("\n".join(lines))
    assert any(found.startswith(complaint) for found in complaints), complaints


def test_every_fault_of_a_file_is_told_at_once() -> None:
    lines = [
        "things:",
        "- id: person p",
        "- id: person/q",
        "  nmae: Q",
        "- id: event/e",
        "  startDate: soon",
        "  name: E",
    ]
    quads, complaints = read("\n".join(lines))
    assert [found.partition(":")[0] for found in complaints] == ["2", "4", "6"]
    assert any(getattr(quad.object, "value", None) == "E" for quad in quads)


@pytest.mark.parametrize("character", "[{")
def test_deep_nesting_is_refused(character: str) -> None:
    _, complaints = read("things:\n  " + character * 50)
    assert complaints[0].startswith("2: over 40 levels deep")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_change_no_line(line_end: str) -> None:
    _, complaints = read(line_end.join(["things:", "- id: person/p", "  nmae: A", ""]))
    assert [found.partition(":")[0] for found in complaints] == ["3"]
