"""What the query service is and can do, as statements.

Source: SPARQL 1.1 Service Description (W3C 2013) sections 3 and 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ligraph.formats import (
    GRAPHS,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    RESULTS,
    SPARQL_CSV,
    SPARQL_JSON,
    SPARQL_TSV,
    SPARQL_XML,
    TRIG,
    TURTLE,
    Format,
)
from ligraph.namespaces import DCTERMS, PREFIXES, RDFS, SD, TYPE, VOID, XSD
from ligraph.releases.manifest import Manifest

_W3C = "http://www.w3.org/ns/formats/"
_ENTAILMENT = "http://www.w3.org/ns/entailment/"

SERVICE_PREFIXES = PREFIXES | {"sd": SD, "formats": _W3C, "entailment": _ENTAILMENT}
"""Prefixes for a service description."""

_FORMATS = {
    SPARQL_JSON: "SPARQL_Results_JSON",
    SPARQL_XML: "SPARQL_Results_XML",
    SPARQL_CSV: "SPARQL_Results_CSV",
    SPARQL_TSV: "SPARQL_Results_TSV",
    TURTLE: "Turtle",
    N_TRIPLES: "N-Triples",
    JSON_LD: "JSON-LD",
    RDF_XML: "RDF_XML",
    TRIG: "TriG",
    N_QUADS: "N-Quads",
}


def format_iri(format_: Format) -> str:
    """Return the IRI by which the W3C names a format.

    Source: Unique URIs for File Formats (https://www.w3.org/ns/formats/).
    """
    return _W3C + _FORMATS[format_]


@dataclass(frozen=True)
class Service:
    """What a service description says beside what the manifest has.

    Shape: `limits` are sentences for people; `union` is whether the default graph is all graphs together.
    """

    endpoint: str
    union: bool
    services: tuple[str, ...]
    limits: tuple[str, ...]


def service_triples(service: Service, manifest: Manifest) -> Iterator[Triple]:
    """Yield the statements about the service, its dataset and each graph of it."""
    me = NamedNode(service.endpoint)
    dataset = NamedNode(f"{manifest.base or service.endpoint.removesuffix('sparql')}dataset")
    default = BlankNode("default")

    def say(subject: NamedNode | BlankNode, predicate: str, value: NamedNode | BlankNode | Literal) -> Triple:
        return Triple(subject, NamedNode(predicate), value)

    yield say(me, TYPE, NamedNode(SD + "Service"))
    yield say(me, SD + "endpoint", me)
    yield say(me, DCTERMS + "title", Literal(f"SPARQL endpoint of {manifest.title}", language="en"))
    yield say(me, SD + "supportedLanguage", NamedNode(SD + "SPARQL11Query"))
    for format_ in (*RESULTS, *GRAPHS):
        yield say(me, SD + "resultFormat", NamedNode(format_iri(format_)))
    if service.union:
        yield say(me, SD + "feature", NamedNode(SD + "UnionDefaultGraph"))
    if service.services:
        yield say(me, SD + "feature", NamedNode(SD + "BasicFederatedQuery"))
    yield say(me, SD + "defaultEntailmentRegime", NamedNode(_ENTAILMENT + "Simple"))
    for limit in service.limits:
        yield say(me, RDFS + "comment", Literal(limit, language="en"))
    yield say(me, SD + "defaultDataset", dataset)
    yield say(dataset, TYPE, NamedNode(SD + "Dataset"))
    yield say(dataset, SD + "defaultGraph", default)
    yield say(default, TYPE, NamedNode(SD + "Graph"))
    named_statements = sum(facts["statements"] for facts in manifest.graphs.values())
    in_default = manifest.triples if service.union else manifest.statements - named_statements
    yield say(default, VOID + "triples", Literal(str(in_default), datatype=NamedNode(XSD + "integer")))
    for iri, facts in sorted(manifest.graphs.items()):
        if iri.startswith("_:"):
            continue
        named = NamedNode(iri)
        yield say(dataset, SD + "namedGraph", named)
        yield say(named, TYPE, NamedNode(SD + "NamedGraph"))
        yield say(named, SD + "name", named)
        yield say(named, SD + "graph", named)
        yield say(named, VOID + "triples", Literal(str(facts["statements"]), datatype=NamedNode(XSD + "integer")))
        yield say(named, DCTERMS + "modified", Literal(facts["modified"], datatype=NamedNode(XSD + "dateTime")))
