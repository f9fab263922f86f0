"""The whole check: each fault with its file, its line and its remedy, all at once, in every form of report."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
import rdflib
from conftest import WriteCollection
from pyoxigraph import RdfFormat, parse
from rdflib.namespace import RDF, SH

from ligraph.collection.checking import check
from ligraph.collection.files import below
from ligraph.collection.report import Report, Result, Severity, report_of
from ligraph.collection.report_formats import summary, to_github, to_json, to_text, to_turtle
from ligraph.config import open_collection
from ligraph.namespaces import RDF as RDF_NAMESPACE
from ligraph.namespaces import SCHEMA

ROOT = Path(__file__).parent.parent
IDS = "https://example.org/c/id/"
TURTLE = """\
PREFIX schema: <http://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
HEAD = "source: https://example.org/post\nthings:\n"
CONTEXT = '{"@context": "https://w3id.org/ligraph/context.jsonld",\n'


def results(root: Path) -> list[Result]:
    return list(check(open_collection(root)).report.results)


def told(root: Path, *severities: str) -> set[tuple[str | None, int | None, str]]:
    """Return file, line and message of results; of violations where nothing else is asked for."""
    return {(r.file, r.line, r.message) for r in results(root) if r.severity.value in (severities or ("violation",))}


def says(found: set[tuple[str | None, int | None, str]], file: str, line: int, words: str) -> bool:
    return any(f == f"data/{file}" and at == line and words in message for f, at, message in found)


# ── Once, and where it is to be mended ──


def test_a_value_that_cannot_be_read_is_not_missing_too(collection: WriteCollection) -> None:
    root = collection({"data/a.yaml": HEAD + "- id: post/p\n  name:\n- id: person/x\n  name: X\n"})
    assert [(line, message.partition(":")[0]) for _, line, message in told(root)] == [(4, "“name” has no value")]


def test_one_wrong_value_is_told_once_in_the_same_words(collection: WriteCollection) -> None:
    root = collection({"data/a.ttl": TURTLE + "<post/p> a schema:BlogPosting ; schema:name 'P'@en ; schema:url 'x' ."})
    assert len([r for r in results(root) if r.path == SCHEMA + "url"]) == 1


def test_a_position_that_is_taken_twice_is_told_where_it_stands(collection: WriteCollection) -> None:
    sets = "".join(
        f"- id: set/s{n}\n  name: S{n}\n  isPartOf: post/p\n  position: 1\n  items: [resource/r]\n" for n in (1, 2)
    )
    things = HEAD + "- id: resource/r\n  name: R\n  action: read\n  url: https://e.org/\n"
    root = collection({"data/a.yaml": things + sets, "data/b.yaml": HEAD + "- id: post/p\n  name: P\n"})
    lines = (things + sets).splitlines()
    assert says(told(root), "a.yaml", len(lines) - 1, "Position 1 of this post is taken twice")
    assert lines[len(lines) - 2] == "  position: 1"


def test_what_leads_to_a_whole_is_told_where_it_stands(collection: WriteCollection) -> None:
    shape = """
    @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix schema: <http://schema.org/> .
    <urn:parts> a sh:PropertyShape ; sh:targetClass schema:BlogPosting ; sh:path [ sh:inversePath schema:isPartOf ] ;
      sh:class schema:Clip ; sh:message "Only clips" ."""
    facts = HEAD + "- id: post/p\n  name: P\n- id: set/s\n  name: S\n  position: 1\n  about: []\n  isPartOf: post/p\n"
    root = collection({"data/a.yaml": facts, "shapes/own.ttl": shape})
    assert says(told(root), "a.yaml", facts.splitlines().index("  isPartOf: post/p") + 1, "Only clips")


def test_nobody_speaks_in_the_graph_of_another_file(collection: WriteCollection) -> None:
    quads = f"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:d> <urn:e> <{IDS}graph/other.yaml> ."
    root = collection({"data/a.nq": quads, "data/other.yaml": HEAD + "- id: person/p\n  name: P\n"})
    assert says(told(root), "a.nq", 2, "graph of another file")


def test_a_graph_of_its_own_below_the_base_is_kept(collection: WriteCollection) -> None:
    root = collection({"data/a.trig": TURTLE + "<graph/own> { <person/p> a schema:Person ; schema:name 'P'@en . }"})
    assert told(root) == set()


def test_what_is_hidden_is_not_read(collection: WriteCollection) -> None:
    root = collection({"data/a.yaml": HEAD + "- id: person/p\n  name: P\n", "data/.cache/b.ttl": "not Turtle"})
    assert told(root) == set()
    assert [path.name for path in below(root / "data")] == ["a.yaml"]


def test_a_context_may_say_its_version(collection: WriteCollection) -> None:
    context = '{"@context": {"@version": 1.1, "@protected": true}}'
    facts = HEAD + "- id: person/p\n  name: P\n"
    assert told(collection({"ontology/context.jsonld": context, "data/a.yaml": facts})) == set()


@pytest.mark.parametrize(
    ("number", "is_refused"),
    [("9223372036854775807", False), ("-9223372036854775808", False), ("9223372036854775808", True)],
)
def test_numbers_of_64_bits_are_the_largest(collection: WriteCollection, number: str, is_refused: bool) -> None:
    root = collection({"data/a.ttl": TURTLE + f"<urn:a> <urn:b> {number} ."})
    assert says(told(root), "a.ttl", 4, "too large") == is_refused


def test_a_thing_of_another_place_is_a_warning(collection: WriteCollection) -> None:
    root = collection({"data/a.ttl": TURTLE + "\n<https://other.example/x> a schema:Person ; schema:name 'X'@en ."})
    assert says(told(root, "warning"), "a.ttl", 5, "no page here")


def test_schema_org_with_https_is_a_class_too(collection: WriteCollection) -> None:
    facts = HEAD + "- id: event/e\n  name: E\n  type: https://schema.org/EventSeries\n"
    assert told(collection({"data/a.yaml": facts})) == set()


def test_a_publisher_that_nothing_describes_is_a_warning(collection: WriteCollection) -> None:
    root = collection({"data/a.yaml": HEAD + "- id: person/p\n  name: P\n"})
    with (root / "ligraph.toml").open("a") as stream:
        stream.write('publisher = "organization/nope"\n')
    assert [(r.file, r.message.split(",")[0]) for r in results(root) if r.file == "ligraph.toml"] == [
        ("ligraph.toml", "the publisher is said to be organization/nope")
    ]


# ── What is wrong in one file ──


@pytest.mark.parametrize(
    ("file", "content", "line", "words"),
    [
        pytest.param("a.ttl", TURTLE + "<person> a schema:Person .", 4, "lacks its segment", id="id in Turtle"),
        pytest.param("a.ttl", TURTLE + "\n<person/a b> a schema:Person .", 5, "this is not Turtle", id="space"),
        pytest.param("a.ttl", TURTLE + "<person/a.ttl> a schema:Person .", 4, "does not end in .ttl", id="suffix"),
        pytest.param("a.ttl", TURTLE + "<person/a>\n schema:about <topic/a/b> .", 5, "slashes", id="object"),
        pytest.param("a.ttl", TURTLE + "<person/a> schema:nmae 'A'@en .", 4, "schema:name", id="unknown property"),
        pytest.param("a.ttl", TURTLE + "<person/a> lig:plays 1 .", 4, "prefix lig: has not been declared", id="prefix"),
        pytest.param(
            "a.ttl", "<person/a>\n <https://w3id.org/ligraph/ns#play> <clip/a> .", 2, "lig:plays", id="unknown own term"
        ),
        pytest.param("a.ttl", TURTLE + "<person/a> a schema:Person ;\n a <https://w3id.org/ligraph/ns#Persn> .", 5,
                     "lig:Persn is not a class of the ontology", id="unknown class"),
        pytest.param("a.ttl", TURTLE + "<person/a> a schema:Person .\n<person/b> a schema:Event .", 5,
                     "a thing under “person/” is a", id="class of another segment"),
        pytest.param("a.ttl", TURTLE + "<person/a> schema:about\n [ schema:name 'x'@en ] .", 5, "blank", id="blank"),
        pytest.param("a.ttl", TURTLE + "<person/a> schema:name 'A'@en ;\n schema:about [] .", 5, "blank", id="object"),
        pytest.param("a.nq", "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:d> _:b .", 2, "blank", id="object in N-Quads"),
        pytest.param("a.nq", "<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:d> <urn:e> _:g .", 2, "blank", id="blank graph"),
        *(
            pytest.param("a.yaml", HEAD + f"- id: person/p\n  name: P\n  sameAs: {address}\n", 5, "not an address",
                     id=address)
            for address in ("https://e.org/50%-off", "https://e.org/a#b#c", "https://[::1", "https://e.org/%zz")
        ),
        pytest.param("a.yaml", HEAD + "- id: post/p\n  name: P\n  position: 99999999999999999999\n", 5, "too large",
                     id="huge number"),
        pytest.param("a.yaml", HEAD + "- id: event/e\n  name: E\n  type: {a: b}\n", 5, "one value",
                     id="type as mapping"),
        pytest.param("a.yaml", HEAD + "- id: event/e\n  name: {en: X, en-a: Y}\n", 4, "language tag",
                     id="tag of no language"),
        pytest.param("a.jsonld", CONTEXT + '"id": "person/p", "name": "P",\n"http://e.org/x%zz": "x"}', 3, "not an",
                     id="property that is no IRI"),
        pytest.param("a.yaml", HEAD + "- id: event/e\n  name: {en: X, es: {x: y}}\n", 4, "one value",
                     id="name in name"),
        pytest.param("a.yaml", "source: post/nope\nthings:\n- id: person/p\n  name: P\n", 1, "no post has it",
                     id="source that nothing describes"),
        pytest.param("a.yaml", HEAD + "- id: resource/r\n  name: R\n  action: read\n  start: 1:00\n", 6, "Only a clip",
                     id="start on a resource"),
        pytest.param("a.yaml", HEAD + "- id: resource/r\n  name: R\n  action: read\n  isPartOf: set/nope\n", 6, "Only",
                     id="part of nothing"),
        pytest.param("a.yaml", HEAD + "- id: set/s\n  name: S\n  itemListElement: set/s#item-9\n", 5, "Nothing",
                     id="place that nothing describes"),
        pytest.param("a.yaml", HEAD + "- id: set/s\n  name: S\n  mentions: [organization/nope]\n", 5, "Nothing",
                     id="mentions nothing"),
        pytest.param("a.ttl", TURTLE + "\n<foo/bar> a schema:Person ; schema:name 'B'@en .", 5, "no class has",
                     id="unknown segment in Turtle"),
        pytest.param("a.jsonld", CONTEXT + '"id": "person/sandra park",\n"name": "S"}', 2, "no space",
                     id="space in JSON-LD"),
        pytest.param("a.jsonld", CONTEXT + '"id": "person/p",\n"name": "D1",\n"name": "D2"}', 4, "twice",
                     id="key twice"),
        pytest.param("a.jsonld", CONTEXT + '"id": "person/p",\n"name": {"@value": "P", "@language": "own words"}}', 3,
                     "language tag", id="language in JSON-LD"),
        *(
            pytest.param("a.nq", f"<urn:a> <urn:b> <urn:c> .\n<urn:a> <urn:d> <urn:e> <{graph}> .", 2, words, id=graph)
            for graph, words in (
                ("https://w3id.org/ligraph/ns", "graph of the ontology"),
                (f"{IDS}derived/graph/a.nq", "what follows"),
                (f"{IDS}derived/x", "what follows"),
            )
        ),
        pytest.param("a.nq", "<urn:a> <urn:b> <urn:c> .\n_:a <urn:b> <urn:c> .", 2, "blank node", id="blank subject"),
        pytest.param("a.ttl", TURTLE + "<person/a> schema:url <about/me> .", 4, "no address", id="relative address"),
        pytest.param("a.ttl", TURTLE + "<person/a> schema:url <about.html> .", 4, "lacks its segment", id="page"),
        pytest.param("a.yaml", HEAD + "- id: person/p\n  url: person/q", 4, "no address", id="address that is an id"),
        pytest.param("a.yaml", HEAD + "- id: person/p\n  name: P\n  url: ftp://example.org/p", 5, "whole web address",
                     id="address of another kind"),
        pytest.param("a.yaml", HEAD + "- id: set/s\n  name: S\n  isPartOf:\n    post/gone", 6, "post/",
                     id="dangling id"),
        pytest.param("a.yaml", HEAD + "- id: set/s\n  about:\n  - topic/gone\n", 5, "topic", id="dangling in a list"),
        pytest.param("a.yaml", HEAD + "- id: set/s\n  items:\n  - resource/gone\n", 5, "resource", id="dangling item"),
        pytest.param("a.yaml", HEAD + "- id: person/p\n  type: Event\n  name: P", 4, "under “person/”", id="type"),
        pytest.param("a.jsonld", CONTEXT + '"id": "person/p",\n"type": "Persn"}', 3, "did you mean “Person”?",
                     id="unknown class in JSON-LD"),
        pytest.param("a.jsonld", CONTEXT + '"id": "person/p",\n"nmae": "P"}', 3, "did you mean “name”?",
                     id="unknown key in JSON-LD"),
        pytest.param("a.jsonld", CONTEXT + '"id": "person/p",\n"zz:name": "P"}', 3, "prefix “zz:” is not known",
                     id="unknown prefix in JSON-LD"),
        pytest.param("a.jsonld", '{\n"id": "person/p"}', 2, "https://w3id.org/ligraph/context.jsonld",
                     id="JSON-LD without its context"),
        pytest.param("a.jsonld", CONTEXT + '"name": "P"}', 1, "blank node", id="blank node in JSON-LD"),
        pytest.param(
            "a.rdf",
            f'<rdf:RDF xmlns:rdf="{RDF_NAMESPACE}"\n xmlns:s="{SCHEMA}">\n<s:Person rdf:about="person/p"/></rdf:RDF>',
            3, "has a name", id="a shape's result in RDF/XML",
        ),
        pytest.param("a.nt", f'<urn:a> <urn:b> <urn:c> .\n<{IDS}person/p> <{RDF_NAMESPACE}type> <{SCHEMA}Person> .', 2,
                     "has a name", id="a shape's result in N-Triples"),
    ],
)  # fmt: skip
def test_fault_has_its_line_and_remedy(
    collection: WriteCollection, file: str, content: str, line: int, words: str
) -> None:
    found = told(collection({f"data/{file}": content}), "violation", "warning")
    assert says(found, file, line, words), found


REWRITTEN = {
    '"007"^^xsd:integer': "7",
    "008": "8",
    "+5": "5",
    "1.0": "1",
    '"PT60S"^^xsd:duration': "PT1M",
    '"1"^^xsd:boolean': "true",
    '"6"^^xsd:int': "6 (xsd:integer)",
}
KEPT = ('"7"^^xsd:integer', "9", "1.5", '"PT1M"^^xsd:duration', "true", '"a"@en', '"010"', '"2021"^^xsd:gYear')


@pytest.mark.parametrize("suffix", ["ttl", "nq"])
def test_literal_that_the_store_would_rewrite_is_a_warning(collection: WriteCollection, suffix: str) -> None:
    form = triple_of if suffix == "nq" else (lambda literal: f"<person/a> schema:position {literal} .")
    lines = [form(literal) for literal in (*REWRITTEN, *KEPT)]
    before = "# a comment\n" * 3 if suffix == "nq" else TURTLE
    found = told(collection({f"data/a.{suffix}": before + "\n".join(lines)}), "warning")
    for line, published in enumerate(REWRITTEN.values(), 4):
        assert says(found, f"a.{suffix}", line, f"is published as “{published}”"), found
    assert sum("is published as" in message for _, _, message in found) == len(REWRITTEN)


def triple_of(literal: str) -> str:
    """Return a statement with a literal of Turtle as N-Quads have it."""
    (quad,) = parse(f"{TURTLE}<urn:a> <urn:b> {literal} .".encode(), format=RdfFormat.TURTLE)
    return f"<{IDS}person/a> <{SCHEMA}position> {quad.object} ."


# ── What is wrong between files ──

TOPIC = HEAD + "- id: topic/t\n  prefLabel: T\n  inScheme: scheme/s\n"
SCHEME = HEAD + "- id: scheme/s\n  prefLabel: S\n"


def test_one_id_in_two_files(collection: WriteCollection) -> None:
    found = told(collection({"data/a.yaml": SCHEME, "data/b/c.yaml": HEAD + "\n\n- id: scheme/s\n  prefLabel: S\n"}))
    assert says(found, "b/c.yaml", 5, "described in data/a.yaml too")


@pytest.mark.parametrize("suffix", ["ttl", "jsonld", "nt", "yml"])
def test_two_files_of_one_name_that_describe_the_same_thing(collection: WriteCollection, suffix: str) -> None:
    other = {
        "ttl": TURTLE + "<scheme/s> a skos:ConceptScheme ; skos:prefLabel 'S'@en .",
        "jsonld": CONTEXT + '"id": "scheme/s", "prefLabel": "S"}',
        "nt": f'<{IDS}scheme/s> <http://www.w3.org/2004/02/skos/core#prefLabel> "S"@en .',
        "yml": SCHEME,
    }[suffix]
    found = told(collection({"data/x.yaml": SCHEME, f"data/x.{suffix}": other}))
    assert any("beside this file describes the same thing" in message for _, _, message in found)


def test_two_files_of_one_name_about_different_things(collection: WriteCollection) -> None:
    root = collection({"data/x.yaml": SCHEME, "data/x.ttl": TURTLE + "<event/e> a schema:Event ; schema:name 'E'@en ."})
    assert told(root) == set()


def test_every_fault_of_every_file_is_told_at_once(collection: WriteCollection) -> None:
    root = collection(
        {
            "data/a.yaml": HEAD + "- id: person p\n- id: event/e\n  startDate: soon\n  name: E\n",
            "data/b.ttl": "oops",
            "data/c.jsonld": "{",
            "data/d.yaml": HEAD + "- id: organization/o\n",
        }
    )
    found = told(root)
    assert says(found, "a.yaml", 3, "no space")
    assert says(found, "a.yaml", 5, "“soon” is not a date")
    assert says(found, "b.ttl", 1, "this is not Turtle")
    assert says(found, "c.jsonld", 1, "this is not JSON")
    assert says(found, "d.yaml", 3, "has a name")


def test_broken_file_makes_nothing_else_look_missing(collection: WriteCollection) -> None:
    sets = "".join(
        f"- id: set/s{n}\n  name: S{n}\n  isPartOf: post/p\n  position: {n}\n  about: topic/t\n"
        f"  featuredAt: session/s\n  items: [resource/r{n}]\n"
        "  appearances: [{presenter: person/p, inRole: person/p#role-1}]\n"
        for n in range(1, 6)
    )
    broken = HEAD + "- id: post/p\n  name: P\n" + "- id: topic/t\n  prefLabel: T: T\n"
    root = collection({"data/a.yaml": broken, "data/b.yaml": HEAD + sets, "data/c.yaml": HEAD + "- id: event/e\n"})
    found = told(root)
    assert {(file, line) for file, line, _ in found} == {("data/a.yaml", 6), ("data/c.yaml", 3)}


def test_half_of_a_broken_file_is_not_judged_by_what_it_lacks(collection: WriteCollection) -> None:
    text = TURTLE + "<person/a> a schema:Person ; schema:url 'x' ;\n schema:name 'A'@en ;;; oops\n"
    found = told(collection({"data/a.ttl": text}), "violation", "warning", "info")
    assert {line for _, line, message in found if "has a name" in message or "come from" in message} == set()
    assert says(found, "a.ttl", 5, "this is not Turtle")
    assert says(found, "a.ttl", 4, "whole web address")


def test_sieve_and_full_run_report_the_same(collection: WriteCollection) -> None:
    opened = open_collection(
        collection({"data/a.yaml": TOPIC + "- id: set/s\n  position: 0\n  about: [topic/t, topic/x]\n"})
    )
    report = check(opened).report
    assert report.violations
    assert report == check(opened, full=True).report


# ── The collection of this repository ──


def test_own_data_pass() -> None:
    report = check(open_collection(ROOT)).report
    assert report.conforms, to_text(report)


def test_harm_to_own_data_is_found_where_it_was_done(tmp_path: Path) -> None:
    for name in ("ligraph.toml", "data"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    path = tmp_path / "data/leadership-2.yaml"
    lines = path.read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if "plays: {start: 36:28, end: 40:53}" in line)
    lines[at] = lines[at].replace("40:53", "30:53")
    path.write_text("\n".join(lines) + "\n")
    found = told(tmp_path)
    assert {(file, line) for file, line, _ in found} == {("data/leadership-2.yaml", at + 1)}
    assert all("ends after it starts" in message for _, _, message in found)


# ── Forms of report ──

SOME = report_of(
    [
        Result(Severity.WARNING, "50% sure,\nor not: maybe", "data/b, c:d.yaml", 7, IDS + "person/p", "P: 100%, Q"),
        Result(Severity.VIOLATION, "wrong", "data/a.yaml", 12, IDS + "set/s", "S", SCHEMA + "name", '"see https://x.org"@en',
               "https://w3id.org/ligraph/shapes#Set-name", str(SH.MinCountConstraintComponent)),
        Result(Severity.VIOLATION, "wrong", "data/a.yaml", 3, IDS + "set/r", "R", "^(<urn:p>)", f"<{IDS}set/s>"),
        Result(Severity.INFO, "by the way", None, None, "not an IRI"),
        Result(Severity.VIOLATION, "wrong", "data/a.yaml", 3, IDS + "set/r", "R", "^(<urn:p>)", f"<{IDS}set/s>"),
    ]
)  # fmt: skip


def test_results_are_in_order_and_once() -> None:
    assert [(result.file, result.line) for result in SOME.results] == [
        (None, None), ("data/a.yaml", 3), ("data/a.yaml", 12), ("data/b, c:d.yaml", 7),
    ]  # fmt: skip
    assert (SOME.violations, SOME.warnings, SOME.conforms) == (2, 1, False)
    assert report_of([SOME.results[0], SOME.results[3]]).conforms


def test_json_has_the_keys_of_the_contract() -> None:
    document = orjson.loads(to_json(SOME))
    assert list(document) == ["violations", "warnings", "results"]
    assert (document["violations"], document["warnings"]) == (2, 1)
    keys = ["severity", "file", "line", "node", "path", "message", "shape"]
    assert [list(result) for result in document["results"]] == [keys] * 4
    assert document["results"][0] == {
        "severity": "info", "file": None, "line": None, "node": "not an IRI", "path": None, "message": "by the way",
        "shape": None,
    }  # fmt: skip
    assert orjson.loads(to_json(Report())) == {"violations": 0, "warnings": 0, "results": []}


def test_github_commands_are_escaped() -> None:
    lines = to_github(SOME).splitlines()
    assert lines[0] == "::notice ::by the way"
    assert lines[2] == "::error file=data/a.yaml,line=12,title=S::wrong"
    assert lines[3] == (
        "::warning file=data/b%2C c%3Ad.yaml,line=7,title=P%3A 100%25%2C Q::50%25 sure,%0Aor not: maybe"
    )
    assert len(lines) == 5
    assert lines[4] == summary(SOME)


def test_turtle_is_a_validation_report() -> None:
    graph = rdflib.Graph().parse(data=to_turtle(SOME, IDS), format="turtle")
    (report,) = graph.subjects(RDF.type, SH.ValidationReport)
    found = list(graph.objects(report, SH.result))
    assert len(found) == 4
    assert str(graph.value(report, SH.conforms)) == "false"
    for result in found:
        assert (result, RDF.type, SH.ValidationResult) in graph
        assert len(list(graph.objects(result, SH.resultSeverity))) == 1
        assert len(list(graph.objects(result, SH.focusNode))) == 1
        assert list(graph.objects(result, SH.resultMessage))
    assert (None, SH.focusNode, rdflib.URIRef(IDS + "set/s")) in graph
    assert (None, SH.sourceConstraintComponent, SH.MinCountConstraintComponent) in graph
    assert set(graph.objects(None, SH.value)) == {
        rdflib.Literal("see https://x.org", lang="en"), rdflib.URIRef(IDS + "set/s"),
    }  # fmt: skip
    empty = rdflib.Graph().parse(data=to_turtle(Report(), IDS), format="turtle")
    assert [str(value) for value in empty.objects(None, SH.conforms)] == ["true"]


def test_turtle_of_a_real_report_parses(collection: WriteCollection) -> None:
    root = collection(
        {"data/a.yaml": HEAD + "- id: set/s\n  name: [S, S2]\n  url: ftp://x.org/\n", "data/b.ttl": "oops"}
    )
    report = check(open_collection(root)).report
    graph = rdflib.Graph().parse(data=to_turtle(report, IDS), format="turtle")
    assert len(list(graph.objects(None, SH.result))) == len(report.results)


def test_text_is_grouped_by_file_and_ends_with_a_summary() -> None:
    lines = to_text(SOME, IDS).splitlines()
    heads = [line for line in lines if line and not line.startswith(" ")]
    assert heads == ["in no file", "data/a.yaml", "data/b, c:d.yaml", summary(SOME)]
    assert (
        lines[-1]
        == "2 violations, 1 warning, 1 info: the collection cannot be published until the violations are mended"
    )
    (line,) = (line for line in lines if "data/a.yaml:12" in line)
    assert "violation" in line
    assert "S <set/s>" in line
    assert to_text(Report()) == "Nothing is wrong"


def test_paint_is_only_added() -> None:
    plain = to_text(SOME, IDS)
    assert re.sub(r"⟦.*?⟧", "", to_text(SOME, IDS, lambda text, style: f"⟦{style}⟧{text}⟦/⟧")) == plain


# ── The command ──


def run(root: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", "from ligraph.cli import main; main()", "check", "-C", str(root), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_command_tells_data_that_are_wrong_from_a_folder_that_cannot_be_worked_with(
    collection: WriteCollection,
) -> None:
    root = collection({"data/a.yaml": HEAD + "- id: person/p\n  position: 5.5\n"})
    done = run(root, "--format", "json")
    assert (done.returncode, done.stderr) == (1, "")
    assert json.loads(done.stdout)["violations"] > 0
    (root / "data/b.ttl").symlink_to("nowhere")
    done = run(root)
    assert (done.returncode, done.stdout) == (2, "")
    assert "b.ttl cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
