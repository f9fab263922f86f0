"""Made-up documents with awkward terms: six formats say the same to other parsers, and RDF/XML refuses the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyoxigraph import BaseDirection, BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse

from ligraph.config import packaged
from ligraph.errors import NotAcceptable
from ligraph.formats import N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE
from ligraph.namespaces import LIG, NAME, SCHEMA, SKOS, TYPE, XSD
from ligraph.serialization import to_rdf
from ligraph.stores.documents import Document, by_property
from ligraph.views.jsonld import to_expanded_json_ld, to_flat_json_ld, to_json_ld
from ligraph.views.words import Words

IDS = "https://example.org/c/id/"
PATHS = (
    "person/éva-ü",
    "topic/x1²2",
    "set/x#item-1",
    "set/x",
    "a/b'c",
    "a/(b)",
    "a/b~c",
    "a/%C3%A9",
    "a/b?c=d&e=f",
    "𝔘/x",
)
OTHERS = ("urn:x:y", "http://[2001:db8::1]/x", "mailto:a@example.org", "http://example.org/é/日本語", "tag:x,2026:y")
PREDICATES = (
    NAME,
    TYPE,
    SKOS + "prefLabel",
    SCHEMA + "position",
    SCHEMA + "isPartOf",
    SCHEMA + "startDate",
    SCHEMA + "url",
    LIG + "action",
    SCHEMA + "duration",
    "http://example.org/terms#é",
    "http://example.org/terms/日本",
    "http://example.org/a:b/c",
    "http://example.org/a'b&c",
)
UNNAMED = ("http://example.org/terms/", "http://example.org/terms/12", "urn:x:1", "http://www.w3.org/2000/xmlns/p")
"""Properties that XML has no element for."""

DATATYPES = ("string", "integer", "decimal", "date", "gYear", "duration", "boolean", "anyURI", "double")
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="".join(map(chr, range(32)))), max_size=12
) | st.sampled_from(
    ["</script>", "]]>", " lead", "a\tb", "a\nb", "a\rb\r\n", '"', "\\", "007", "PT60S", "1e0", "é", ""]
)

iris = st.sampled_from([NamedNode(IDS + path) for path in PATHS] + [NamedNode(iri) for iri in OTHERS])
literals = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(lambda text, tag: Literal(text, language=tag), TEXTS, st.sampled_from(["en", "en-gb", "zh-hant", "und"])),
    st.builds(lambda text, kind: Literal(text, datatype=NamedNode(XSD + kind)), TEXTS, st.sampled_from(DATATYPES)),
    st.builds(lambda number: Literal(str(number), datatype=NamedNode(XSD + "integer")), st.integers()),
    st.builds(lambda text: Literal(text, datatype=NamedNode("urn:type")), TEXTS),
)


def statements(predicates: tuple[str, ...]) -> st.SearchStrategy[list[Triple]]:
    """Return lists of statements; a class is an IRI."""

    def made(subject: NamedNode, predicate: str, value: Any, class_: NamedNode) -> Triple:
        return Triple(subject, NamedNode(predicate), class_ if predicate == TYPE else value)

    classes = st.sampled_from([NamedNode(SCHEMA + "Person"), NamedNode(LIG + "Resource"), NamedNode("urn:x:Class")])
    one = st.builds(made, iris, st.sampled_from(predicates), iris | literals, classes)
    return st.lists(one, min_size=1, max_size=12)


def document_of(triples: list[Triple]) -> Document:
    by_subject: dict[Any, list[Triple]] = {}
    for triple in dict.fromkeys(triples):
        by_subject.setdefault(triple.subject, []).append(triple)
    about = next(iter(by_subject))
    graph = NamedNode(IDS + "graph/x.yaml")
    found = [Quad(triple.subject, triple.predicate, triple.object, graph) for triple in triples]
    properties = {subject: by_property(said) for subject, said in by_subject.items()}
    return Document(about, NamedNode("https://example.org/c/doc/x"), properties, found)


@cache
def words() -> Words:
    context = json.loads((packaged("ontology") / "context.jsonld").read_text("utf-8"))["@context"]
    return Words({"@language": "en", **context})


def read(content: bytes, format_: RdfFormat) -> set[Triple]:
    return {quad.triple for quad in parse(content, format=format_)}


def by_value(triples: Iterable[Triple]) -> set[tuple[Any, ...]]:
    """Return statements with numbers by their values: PyLD and rdflib read 007 as 7, and a double as 7.0E0."""
    found = set()
    for triple in triples:
        value: Any = triple.object
        if isinstance(value, Literal) and value.datatype.value in (XSD + "integer", XSD + "double"):
            with suppress(ValueError):
                value = (value.datatype.value, float(value.value))
        found.add((triple.subject, triple.predicate, value))
    return found


def read_by_pyld(content: bytes) -> set[tuple[Any, ...]]:
    def refuse(url: str, options: Any) -> Any:
        raise AssertionError(f"{url} is loaded from elsewhere")

    text = jsonld.to_rdf(json.loads(content), {"documentLoader": refuse, "format": "application/n-quads"})
    return by_value(read(text.encode(), RdfFormat.N_QUADS))


def read_by_rdflib(content: bytes, format_: str) -> set[tuple[Any, ...]]:
    graph = rdflib.Dataset() if format_ in ("trig", "nquads") else rdflib.Graph()
    graph.parse(data=content, format=format_)
    plain = rdflib.Graph()
    for subject, predicate, value, *_ in graph.quads() if isinstance(graph, rdflib.Dataset) else graph:
        plain.add((subject, predicate, value))
    return by_value(read(plain.serialize(format="nt").encode(), RdfFormat.N_TRIPLES))


@pytest.fixture(autouse=True)
def as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """rdflib shall not write 007 as 7."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@settings(max_examples=400)
@given(statements(PREDICATES))
def test_all_formats_say_the_same(triples: list[Triple]) -> None:
    document = document_of(triples)
    expected = set(triples)
    for format_, engine, name in (
        (TURTLE, RdfFormat.TURTLE, "turtle"),
        (N_TRIPLES, RdfFormat.N_TRIPLES, "nt"),
        (TRIG, RdfFormat.TRIG, "trig"),
        (N_QUADS, RdfFormat.N_QUADS, "nquads"),
    ):
        content = to_rdf(document.quads if format_ in (TRIG, N_QUADS) else document.triples, format_)
        assert read(content, engine) == expected
        assert read_by_rdflib(content, name) == by_value(expected)
    assert read_by_pyld(to_json_ld(document, words())) == by_value(expected)
    assert read_by_pyld(to_flat_json_ld(document.triples, words())) == by_value(expected)
    for flattened in (False, True):
        assert read_by_pyld(to_expanded_json_ld(document.triples, flattened=flattened)) == by_value(expected)
    xml = to_rdf(document.triples, RDF_XML)
    assert read(xml, RdfFormat.RDF_XML) == expected
    assert read_by_rdflib(xml, "xml") == by_value(expected)


@settings(max_examples=60)
@given(statements((*PREDICATES, *UNNAMED)))
def test_what_xml_cannot_say_is_refused_with_the_statement(triples: list[Triple]) -> None:
    unsayable = [triple for triple in triples if triple.predicate.value in UNNAMED]
    if not unsayable:
        assert read(to_rdf(triples, RDF_XML), RdfFormat.RDF_XML) == set(triples)
        return
    with pytest.raises(NotAcceptable) as caught:
        to_rdf(triples, RDF_XML)
    assert any(str(triple.subject) in caught.value.message for triple in unsayable)
    assert any(str(triple.predicate) in caught.value.message for triple in unsayable)
    assert "text/turtle" in (caught.value.hint or "")


@pytest.mark.parametrize("character", ["\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_a_character_that_xml_forbids_is_refused(character: str) -> None:
    triple = Triple(NamedNode(IDS + "set/x"), NamedNode(NAME), Literal(f"a{character}b"))
    with pytest.raises(NotAcceptable) as caught:
        to_rdf([triple], RDF_XML)
    assert f"<{IDS}set/x> <{NAME}>" in caught.value.message
    assert read(to_rdf([triple], TURTLE), RdfFormat.TURTLE) == {triple}


DIRECTED = Literal("مرحبا", language="ar", direction=BaseDirection("rtl"))


@pytest.mark.parametrize("form", ["tree", "flat", "expanded"])
def test_a_text_keeps_its_direction(form: str) -> None:
    """JSON-LD 1.1 section 9.5; PyLD reads a direction as a datatype of its own."""
    triples = [
        Triple(NamedNode(IDS + "set/x"), NamedNode(NAME), text) for text in (DIRECTED, Literal("x", language="ar"))
    ]
    content = {
        "tree": lambda: to_json_ld(document_of(triples), words()),
        "flat": lambda: to_flat_json_ld(triples, words()),
        "expanded": lambda: to_expanded_json_ld(triples),
    }[form]()
    [node] = jsonld.expand(json.loads(content))
    expected = [{"@value": "مرحبا", "@language": "ar", "@direction": "rtl"}, {"@value": "x", "@language": "ar"}]
    assert sorted(node[NAME], key=lambda value: len(value)) == sorted(expected, key=lambda value: len(value))
    assert read(to_rdf(triples, TURTLE), RdfFormat.TURTLE) == set(triples)
    with pytest.raises(NotAcceptable, match="has a direction"):
        to_rdf(triples, RDF_XML)


def test_a_class_may_be_a_text_or_a_blank_node() -> None:
    """Files of others have such; it is no name that `@type` could take."""
    thing, type_ = NamedNode(IDS + "set/x"), NamedNode(TYPE)
    triples = [Triple(thing, type_, value) for value in (NamedNode(LIG + "Resource"), Literal("Person"), Literal("12"))]
    for content in (
        to_json_ld(document_of(triples), words()),
        to_flat_json_ld(triples, words()),
        to_expanded_json_ld(triples),
    ):
        assert read_by_pyld(content) == by_value(triples)
    assert read(to_rdf(triples, RDF_XML), RdfFormat.RDF_XML) == set(triples)
    blank = [Triple(thing, type_, BlankNode("b12"))]
    assert [type_] == [triple.predicate for triple in read(to_rdf(blank, RDF_XML), RdfFormat.RDF_XML)]


def test_a_prefix_that_is_no_prefix_is_refused_in_json_ld() -> None:
    document = document_of([Triple(NamedNode("schema:x"), NamedNode(NAME), Literal("x"))])
    with pytest.raises(NotAcceptable):
        to_json_ld(document, words())
    assert read_by_pyld(to_expanded_json_ld(document.triples)) == by_value(document.triples)


def test_a_long_chain_does_not_go_deep() -> None:
    """300 things, each of which leads to the next: no reader of JSON has to go that deep."""
    chain = [NamedNode(f"{IDS}set/x#p{number}") for number in range(300)]
    triples = [Triple(one, NamedNode(SCHEMA + "hasPart"), next_) for one, next_ in pairwise(chain)]
    triples += [Triple(one, NamedNode("http://example.org/says"), Literal("x")) for one in chain]
    assert read_by_pyld(to_json_ld(document_of(triples), words())) == by_value(triples)
