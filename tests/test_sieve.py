"""The sieve and plain pySHACL find the same: on random graphs, random shapes, and random harm to good data."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse
from strategies import PREFIXES, graphs, random_sparql, shapes_graphs, written_sparql

from ligraph.collection.findings import Finding
from ligraph.collection.rules import derive
from ligraph.collection.shapes import Shapes, read_shapes
from ligraph.collection.validation import validate, validate_fully
from ligraph.collection.vocabulary import Vocabulary, vocabulary_of
from ligraph.config import open_collection
from ligraph.errors import CollectionError
from ligraph.namespaces import ORG, RDFS, SCHEMA, SKOS, TYPE, XSD

ROOT = Path(__file__).parent.parent
IDS = "https://example.org/c/id/"
GRAPH = NamedNode(IDS + "graph/a.ttl")

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")


def examples(number: int) -> settings:
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))


def store_of(text: str) -> Store:
    store = Store()
    store.extend(parse(text.encode(), format=RdfFormat.TURTLE, base_iri=IDS))
    return store


def shapes_of(text: str) -> Shapes:
    return Shapes(rdflib.Graph().parse(data=text, format="turtle"))


def assert_same(store: Store, shapes: Shapes) -> None:
    assert outcome(validate, store, shapes) == outcome(validate_fully, store, shapes)


def outcome(judge: Callable[..., set[Finding]], store: Store, shapes: Shapes) -> set[Finding] | str:
    try:
        return judge(store, shapes, "en")
    except CollectionError:
        return "refused"  # pySHACL refuses to compare blank nodes, for one


# ── Random shapes over random graphs ──


@given(graphs(), shapes_graphs())
@examples(150)
def test_every_core_component_is_judged_as_plain_pyshacl_does(data: str, shapes: str) -> None:
    assert_same(store_of(data), shapes_of(shapes))


@given(graphs(plain=True), shapes_graphs(written_sparql))
@examples(40)
def test_queries_of_every_construct_find_what_plain_pyshacl_finds(data: str, shapes: str) -> None:
    assert_same(store_of(data), shapes_of(shapes))


@given(graphs(plain=True), shapes_graphs(random_sparql))
@examples(40)
def test_random_queries_find_what_plain_pyshacl_finds(data: str, shapes: str) -> None:
    assert_same(store_of(data), shapes_of(shapes))


# ── What random search found once ──

SHAPE = PREFIXES + 'ex:prefixes sh:declare [ sh:prefix "ex" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .\n'


def sparql(query: str) -> str:
    return f'sh:sparql [ sh:prefixes ex:prefixes ; sh:select "{query}" ]'


@pytest.mark.parametrize(
    ("data", "shape", "focuses"),
    [
        pytest.param(
            "ex:b a ex:C",
            "ex:S sh:targetNode ex:a ; sh:property [ sh:path [ sh:zeroOrMorePath ex:p ] ; sh:class ex:C ]",
            {"a"},
            id="a path of no steps from a node that is not in the graph",
        ),
        pytest.param(
            "ex:a ex:p ex:a", "ex:S sh:targetSubjectsOf ex:p ; sh:closed true", {"a"}, id="closed, no property"
        ),
        pytest.param(
            "ex:a ex:p 1 . ex:b a ex:C",
            "ex:S sh:targetNode ex:b ; "
            + sparql("SELECT $this WHERE { { $this ex:p 2 } UNION { ?x ex:p 1 OPTIONAL { $this ex:p ?y } } }"),
            {"b"},
            id="$this only in an OPTIONAL of a nested group",
        ),
        pytest.param(
            "ex:a ex:p 1 ; a ex:C . ex:b a ex:C",
            "ex:S sh:targetClass ex:C ; "
            + sparql("SELECT $this WHERE { { ?x ex:p 1 FILTER NOT EXISTS { $this ex:p ?y } } UNION { ?x ex:p 2 } }"),
            {"b"},
            id="$this only in an EXISTS of a nested group",
        ),
        pytest.param(
            "ex:a ex:p ex:b ; a ex:C . ex:b a ex:C",
            "ex:S sh:targetObjectsOf ex:p ; "
            + sparql(f"SELECT $this WHERE {{ $this a ex:C . {' '.join(f'?v{n} ex:p ?w .' for n in range(30))} }}"),
            {"b"},
            id="variables that a program would name so, too",
        ),
        pytest.param(
            "ex:a ex:p 1, 2 ; a ex:C . ex:b a ex:C ; ex:p 1",
            "ex:S sh:targetClass ex:C ; "
            + sparql(
                "SELECT $this WHERE { SELECT $this WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1) }"
            ),
            {"a"},
            id="a query whose only group is a query",
        ),
        pytest.param(
            "ex:a ex:p 1 ; a ex:C",
            "ex:S sh:targetClass ex:C ; "
            + sparql("SELECT $this WHERE { OPTIONAL { BIND(STR($this) AS ?x) $this ex:p ?y } FILTER(BOUND(?x)) }"),
            {"a"},
            id="BIND of $this before a pattern of a nested group",
        ),
        pytest.param(
            "ex:a ex:p 1 ; a ex:C",
            "ex:S sh:targetClass ex:C ; "
            + sparql("SELECT $this WHERE { $this ex:p ?v FILTER(STR(?v) != '}') # { $this\\n }"),
            {"a"},
            id="braces in a text and a comment",
        ),
    ],
)
def test_trap(data: str, shape: str, focuses: set[str]) -> None:
    store, shapes = store_of(PREFIXES + data + " ."), shapes_of(SHAPE + shape + " .")
    found = validate(store, shapes, "en")
    assert {finding.focus for finding in found} == {f"<http://example.org/{name}>" for name in focuses}
    assert found == validate_fully(store, shapes, "en")


OWL = "<http://www.w3.org/2002/07/owl#Class>"
DECLARED = """
ex:one sh:declare [ sh:prefix "z" ; sh:namespace "http://example.org/"^^xsd:anyURI ] .
ex:two sh:declare [ sh:prefix "z" ; sh:namespace "http://other.example/"^^xsd:anyURI ] .
"""


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        pytest.param(f"ex:C a {OWL}, sh:NodeShape ; sh:nodeKind sh:Literal", 2, id="a class of OWL"),
        pytest.param("ex:C a ex:Kind, sh:NodeShape ; sh:nodeKind sh:Literal", 2, id="a kind of class"),
        pytest.param(f"ex:C a {OWL} ; sh:property [ sh:path ex:s ; sh:minCount 1 ]", 2, id="a class and no type"),
        pytest.param(
            "ex:S sh:targetNode ex:a ; sh:path ex:p ; sh:property [ sh:path ex:q ; "
            + sparql("SELECT $this WHERE { $this ex:q ?v }")
            + " ]",
            1,
            id="a property shape below a property shape",
        ),
        pytest.param(
            "ex:S sh:targetNode ex:a ; sh:node ex:T . ex:T sh:targetNode ex:b ; "
            + sparql("SELECT $this WHERE { $this a ex:C }"),
            2,
            id="a query of a root that another shape refers to",
        ),
        *(
            pytest.param(
                f'ex:S sh:targetNode ex:a ; sh:sparql [ sh:prefixes ex:{name} ; sh:select "{query}" ]', n, id=name
            )
            for name, query, n in (
                ("one", "SELECT $this WHERE { $this z:p ?v }", 1),
                ("two", "SELECT $this WHERE { $this z:p ?v }", 0),
            )
        ),
        pytest.param(
            "ex:S sh:targetNode ex:a ; "
            + sparql("SELECT $this WHERE { $this ex:p ?v FILTER( $currentShape = ex:S ) }"),
            1,
            id="$currentShape",
        ),
        pytest.param("ex:S sh:targetNode ex:a ; sh:property [ sh:path ex:p ; sh:minCount 8 ]", 1, id="many values"),
        pytest.param(
            "ex:S sh:targetNode ex:a ; "
            + sparql(
                "SELECT $this WHERE { $this ex:p ?v . $this (ex:p|ex:r) ?v } GROUP BY $this HAVING (COUNT(?v) > 1)"
            ),
            1,
            id="a count over an alternative",
        ),
    ],
)
def test_difference_that_a_reviewer_found(shape: str, count: int) -> None:
    above = "ex:Kind rdfs:subClassOf rdfs:Class ."
    store = store_of(PREFIXES + "ex:a a ex:C ; ex:p ex:b ; ex:r ex:b . ex:b a ex:C ; ex:q 1 .")
    shapes = shapes_of(SHAPE + DECLARED + above + shape + " .")
    found = validate(store, shapes, "en")
    assert len(found) == count
    assert found == validate_fully(store, shapes, "en")


@pytest.mark.parametrize(
    ("query", "focuses"),
    [
        ("SELECT $this WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(?v) > 1)", {"b"}),
        ("SELECT $this WHERE { $this ex:p ?v } GROUP BY $this HAVING (COUNT(DISTINCT ?v) > 1)", {"b"}),
        ("SELECT $this WHERE { $this ex:p ?v } GROUP BY $this HAVING (SUM(?v) > 1)", {"b"}),
    ],
)
def test_statement_that_two_graphs_make_and_two_ways_to_be_a_target_count_once(query: str, focuses: set[str]) -> None:
    store = store_of(PREFIXES + "ex:a a ex:C, ex:D ; ex:p 1 . ex:b a ex:C ; ex:p 1, 2 .")
    store.extend(Quad(quad.subject, quad.predicate, quad.object, GRAPH) for quad in list(store))
    shapes = shapes_of(SHAPE + f"ex:S sh:targetClass ex:C, ex:D ; {sparql(query)} .")
    found = validate(store, shapes, "en")
    assert {finding.focus for finding in found} == {f"<http://example.org/{name}>" for name in focuses}
    assert found == validate_fully(store, shapes, "en")


@pytest.mark.parametrize("judge", [validate, validate_fully])
@pytest.mark.parametrize(
    "query",
    [
        "SELECT $this WHERE { $this ex:p ?v MINUS { $this ex:q ?v } }",
        "SELECT $this WHERE { VALUES ?v { 1 } $this ex:p ?v }",
        "SELECT $this WHERE { { SELECT ?v WHERE { ?x ex:p ?v } } $this ex:p ?v }",
        "SELECT $this WHERE { $this ex:p $shapesGraph }",
        "SELECT $this WHERE { $this ex:p ?v SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }",
        "SELECT $this WHERE { $this <http://a#b> ?v SERVICE <http://127.0.0.1:9/> { ?a ?b ?c } }",
        "SELECT $this WHERE { $this <http://a#b> ?v \\\\u0053ERVICE SILENT <http://127.0.0.1:9/> { ?a ?b ?c } }",
    ],
)
def test_query_that_pyshacl_refuses_is_refused(query: str, judge: Callable[..., object]) -> None:
    store = store_of(PREFIXES + "ex:a ex:p 1 .")
    shapes = shapes_of(SHAPE + f"ex:S sh:targetNode ex:a ; {sparql(query)} .")
    named = "ERVICE" in query or (judge is validate and "Graph" not in query)
    with pytest.raises(CollectionError, match="/S cannot be run" if named else "cannot be run"):
        judge(store, shapes, "en")


def test_deactivated_shapes_and_constraints_find_nothing() -> None:
    shape = """
    ex:S sh:targetNode ex:a ; sh:class ex:C ; sh:deactivated true .
    ex:T sh:targetNode ex:a ;
      sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:deactivated true ] ;
      sh:sparql [ sh:select "SELECT $this WHERE { ?s ?p ?o }" ; sh:deactivated true ] .
    """
    store, shapes = store_of(PREFIXES + "ex:a ex:q 1 ."), shapes_of(SHAPE + shape)
    assert validate(store, shapes, "en") == validate_fully(store, shapes, "en") == set()


def test_language_chooses_the_message() -> None:
    shape = 'ex:S sh:targetNode ex:a ; sh:class ex:C ; sh:message "wrong"@en, "falsch"@de .'
    store, shapes = store_of(PREFIXES + "ex:a ex:q 1 ."), shapes_of(SHAPE + shape)
    for judge in (validate, validate_fully):
        for language, message in (("de", "falsch"), ("fr", "wrong")):
            assert [finding.message for finding in judge(store, shapes, language)] == [message]


@pytest.mark.parametrize(
    "shape",
    [
        'sh:property [ sh:path ex:p ; sh:minCount "x" ]',
        "sh:property [ sh:path ex:p ; sh:maxCount 1.5 ]",
        "sh:property [ sh:minCount 1 ]",
        "sh:property [ sh:path [ ex:q 1 ] ; sh:minCount 1 ]",
        'sh:property [ sh:path ex:p ; sh:pattern "(" ]',
        "sh:and ()",
        "sh:node [ sh:path ex:p ; sh:minCount 1 ]",
        "sh:property [ sh:nodeKind sh:Literal ]",
        'sh:sparql [ sh:select "SELECT $this WHERE {" ]',
        'sh:sparql [ sh:select "SELECT $this WHERE { $this ex:p ?o }" ]',
    ],
)
@pytest.mark.parametrize("judge", [validate, validate_fully])
def test_malformed_shape_is_told_and_not_thrown(shape: str, judge: Callable[..., object]) -> None:
    store, shapes = store_of(PREFIXES + "ex:a ex:p 1 ."), shapes_of(PREFIXES + f"ex:S sh:targetNode ex:a ; {shape} .")
    with pytest.raises(CollectionError, match="cannot be run"):
        judge(store, shapes, "en")


# ── The packaged shapes over harmed data ──

GOOD = """
@prefix schema: <http://schema.org/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix org: <http://www.w3.org/ns/org#> . @prefix lig: <https://w3id.org/ligraph/ns#> .
<post/p> a schema:BlogPosting ; schema:name "P"@en ; schema:isPartOf <series/s> ; schema:position 1 .
<series/s> a schema:CreativeWorkSeries ; schema:name "S"@en .
<set/a> a lig:ResourceSet ; schema:name "A"@en ; schema:isPartOf <post/p> ; schema:position 1 ; schema:about <topic/t> ;
  lig:appearance <set/a#appearance-1> ; schema:itemListElement <set/a#item-1>, <set/a#item-2> .
<set/b> a lig:ResourceSet ; schema:name "B"@en ; schema:isPartOf <post/p> ; schema:position 2 ;
  schema:itemListElement <set/b#item-1> .
<set/a#item-1> a schema:ListItem ; schema:position 1 ; schema:item <resource/q> .
<set/a#item-2> a schema:ListItem ; schema:position 2 ; schema:item <resource/r> .
<set/b#item-1> a schema:ListItem ; schema:position 1 ; schema:item <resource/r> .
<set/a#appearance-1> a lig:Appearance ; schema:position 1 ; lig:presenter <person/x> ; lig:inRole <person/x#role-1> .
<person/x> a schema:Person ; schema:name "X"@en .
<person/x#role-1> a org:Membership ; org:member <person/x> ; org:organization <organization/o> ;
  schema:roleName "Chair"@en .
<organization/o> a org:Organization, schema:Organization ; schema:name "O"@en ; org:subOrganizationOf <organization/w> .
<organization/w> a org:Organization, schema:Organization ; schema:name "W"@en .
<resource/q> a lig:Resource ; schema:name "Q"@en ; lig:action lig:watch ; lig:plays <clip/q> .
<resource/r> a lig:Resource ; schema:name "R"@en ; lig:action lig:watch ; lig:plays <clip/r> .
<clip/q> a schema:Clip ; schema:isPartOf <recording/q> ; schema:startOffset 0 ; schema:endOffset 60 .
<clip/r> a schema:Clip ; schema:isPartOf <recording/q> ; schema:startOffset 60 ; schema:endOffset 90 .
<recording/q> a schema:VideoObject ; schema:url <https://example.org/v> ; lig:seconds 90 .
<scheme/s> a skos:ConceptScheme ; skos:prefLabel "S"@en .
<topic/t> a skos:Concept ; skos:prefLabel "T"@en ; skos:inScheme <scheme/s> ; skos:broader <topic/u> .
<topic/u> a skos:Concept ; skos:prefLabel "U"@en ; skos:inScheme <scheme/s> .
"""
WRONG = (
    Literal("A", language="en"), Literal("A", language="de"), Literal("A"), Literal(""), Literal("T", language="en"),
    Literal("0", datatype=NamedNode(XSD + "integer")), Literal("3", datatype=NamedNode(XSD + "integer")),
    Literal("60", datatype=NamedNode(XSD + "integer")), Literal("one", datatype=NamedNode(XSD + "integer")),
    Literal("1.5"), Literal("2021-02-30", datatype=NamedNode(XSD + "date")), NamedNode("https://example.org/r"),
    NamedNode("ftp://example.org/r"), NamedNode(IDS + "person/nobody"),
)  # fmt: skip


@cache
def packaged() -> tuple[Vocabulary, Shapes, tuple[Triple, ...]]:
    collection = open_collection(ROOT)
    good = tuple(quad.triple for quad in parse(GOOD.encode(), format=RdfFormat.TURTLE, base_iri=IDS))
    return vocabulary_of(collection), read_shapes(collection), good


def derived(triples: set[Triple]) -> Store:
    vocabulary, _, _ = packaged()
    store = Store()
    store.extend(Quad(triple.subject, triple.predicate, triple.object, GRAPH) for triple in triples)
    kinds = (SKOS + "Concept", SKOS + "ConceptScheme")
    words = {quad.subject for quad in vocabulary.quads if getattr(quad.object, "value", None) in kinds}
    store.extend(q for q in vocabulary.quads if q.subject in words or q.predicate.value == RDFS + "subClassOf")
    derive(store, vocabulary.rules, IDS)
    return store


@st.composite
def harmed(draw: st.DrawFn) -> set[Triple]:
    """Return the good statements with a few dropped, doubled with another value, moved to another, or retyped."""
    _, _, good = packaged()
    subjects = sorted({triple.subject for triple in good}, key=str)
    triples = set(good)
    for _ in range(draw(st.integers(1, 3))):
        victim = draw(st.sampled_from(good))
        other = draw(st.sampled_from(good))
        value = draw(st.sampled_from([other.object, *WRONG, *subjects]))
        harm = draw(st.sampled_from(("drop", "double", "retarget", "move", "retype", "another")))
        if harm in ("drop", "retarget", "move"):
            triples.discard(victim)
        if harm in ("double", "retarget"):
            triples.add(Triple(victim.subject, victim.predicate, value))
        elif harm == "move":
            triples.add(Triple(draw(st.sampled_from(subjects)), victim.predicate, victim.object))
        elif harm == "retype":
            classes = [triple.object for triple in good if triple.predicate.value == TYPE]
            triples.add(Triple(victim.subject, NamedNode(TYPE), draw(st.sampled_from(classes))))
        elif harm == "another":
            triples.add(Triple(draw(st.sampled_from(subjects)), other.predicate, value))
    return triples


def test_good_data_are_good() -> None:
    _, shapes, good = packaged()
    severities = {finding.severity.rpartition("#")[2] for finding in validate(derived(set(good)), shapes, "en")}
    assert "Violation" not in severities


@given(harmed())
@examples(2)
def test_packaged_shapes_judge_harmed_data_as_plain_pyshacl_does(triples: set[Triple]) -> None:
    assert_same(derived(triples), packaged()[1])


@given(harmed())
@examples(12)
def test_packaged_core_shapes_judge_harmed_data_as_plain_pyshacl_does(triples: set[Triple]) -> None:
    core = Shapes(packaged()[1].core)
    assert_same(derived(triples), core)


def statement(subject: str, predicate: str, value: str) -> Triple:
    return Triple(NamedNode(IDS + subject), NamedNode(predicate), NamedNode(IDS + value))


def number(subject: str, predicate: str, value: int) -> Triple:
    return Triple(NamedNode(IDS + subject), NamedNode(predicate), Literal(value))


@pytest.mark.parametrize(
    ("added", "dropped", "focus", "shape"),
    [
        ([statement("topic/u", SKOS + "broader", "topic/t")], [], "topic/t", "Topic-broader-other"),
        (
            [statement("organization/w", ORG + "subOrganizationOf", "organization/o")],
            [],
            "organization/w",
            "Organization-subOrganizationOf-other",
        ),
        (
            [number("set/b", SCHEMA + "position", 3)],
            [number("set/b", SCHEMA + "position", 2)],
            "post/p",
            "Post-setPositions-gap",
        ),
        ([number("set/b", SCHEMA + "position", 1)], [], "post/p", "Post-setPositions"),
        (
            [number("clip/r", SCHEMA + "startOffset", 0)],
            [number("clip/r", SCHEMA + "startOffset", 60)],
            "recording/q",
            "Recording-clipStarts",
        ),
        (
            [number("clip/r", SCHEMA + "endOffset", 91)],
            [number("clip/r", SCHEMA + "endOffset", 90)],
            "clip/r",
            "Clip-endOffset-withinRecording",
        ),
    ],
)
def test_harm_that_only_a_query_sees_is_found(
    added: list[Triple], dropped: list[Triple], focus: str, shape: str
) -> None:
    _, shapes, good = packaged()
    found = validate(derived({*good, *added} - {*dropped}), shapes, "en")
    assert (f"<{IDS}{focus}>", shape) in {(f.focus, (f.shape or "").rpartition("#")[2][:-1]) for f in found}
