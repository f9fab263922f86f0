"""The W3C tests of the SPARQL 1.1 Service Description, which their manifest gives by name only."""

from collections.abc import Iterator

import httpx2
import pytest
import rdflib
from manifests import Entry, entries_of, marks_of, parameters
from rdflib.namespace import RDF, Namespace
from rdflib.term import Node
from servers import serving

SUITE = "sparql11/service-description"

pytestmark = marks_of(SUITE)

ENTRIES = entries_of(SUITE)
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")

CLASSES = {
    *(SD.Service, SD.Feature, SD.Language, SD.Function, SD.Aggregate, SD.EntailmentRegime, SD.EntailmentProfile),
    *(SD.GraphCollection, SD.Dataset, SD.Graph, SD.NamedGraph),
}
INDIVIDUALS = {
    SD.feature: {SD.DereferencesURIs, SD.UnionDefaultGraph, SD.RequiresDataset, SD.EmptyGraphs, SD.BasicFederatedQuery},
    SD.supportedLanguage: {SD.SPARQL10Query, SD.SPARQL11Query, SD.SPARQL11Update},
}
DOMAINS = {
    SD.endpoint: SD.Service,
    SD.feature: SD.Service,
    SD.defaultEntailmentRegime: SD.Service,
    SD.defaultSupportedEntailmentProfile: SD.Service,
    SD.extensionFunction: SD.Service,
    SD.extensionAggregate: SD.Service,
    SD.languageExtension: SD.Service,
    SD.supportedLanguage: SD.Service,
    SD.propertyFeature: SD.Service,
    SD.resultFormat: SD.Service,
    SD.inputFormat: SD.Service,
    SD.defaultDataset: SD.Service,
    SD.availableGraphs: SD.Service,
    SD.defaultGraph: SD.Dataset,
    SD.namedGraph: SD.Dataset,
    SD.name: SD.NamedGraph,
    SD.graph: SD.NamedGraph,
    SD.entailmentRegime: SD.NamedGraph,
    SD.supportedEntailmentProfile: SD.NamedGraph,
}
"""The properties of the vocabulary (sections 3.2 and 3.4), each with the class of what has it."""
RANGES = {SD.defaultDataset: SD.Dataset, SD.defaultGraph: SD.Graph, SD.namedGraph: SD.NamedGraph}

RDF_FORMATS = {
    "text/turtle": "turtle",
    "application/rdf+xml": "xml",
    "application/n-triples": "nt",
    "application/ld+json": "json-ld",
}


@pytest.fixture(scope="module", params=["union", "unnamed"])
def endpoint(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[str]:
    data = tmp_path_factory.mktemp("data") / "data.trig"
    data.write_text("<urn:s> <urn:p> <urn:o> . <urn:g> { <urn:s> <urn:p> <urn:o> }")
    with serving(str(data), "--default-graph", request.param) as address:
        yield f"{address}sparql"


def describe(endpoint: str, accept: str = "*/*") -> rdflib.Graph:
    answer = httpx2.get(endpoint, headers={"Accept": accept})
    assert answer.status_code == 200
    media_type = answer.headers["content-type"].partition(";")[0]
    return rdflib.Graph().parse(data=answer.content, format=RDF_FORMATS[media_type])


def returns_rdf(endpoint: str) -> None:
    for media_type in RDF_FORMATS:
        answer = httpx2.get(endpoint, headers={"Accept": media_type})
        assert answer.headers["content-type"].partition(";")[0] == media_type
        assert len(describe(endpoint, media_type)) == len(describe(endpoint)) > 10


def has_endpoint_triple(endpoint: str) -> None:
    graph = describe(endpoint)
    assert list(graph.objects(None, SD.endpoint)) == [rdflib.URIRef(endpoint)]


def conforms_to_schema(endpoint: str) -> None:
    graph = describe(endpoint)
    for subject, predicate, value in graph:
        if str(predicate).startswith(SD):
            assert DOMAINS[as_term(predicate)] in graph.objects(subject, RDF.type)
            assert RANGES.get(as_term(predicate)) in (None, *graph.objects(value, RDF.type))
            assert value in INDIVIDUALS.get(as_term(predicate), {value})
        elif predicate == RDF.type and str(value).startswith(SD):
            assert value in CLASSES
    # Section 3.4: a service has one default dataset, a dataset one default graph, a named graph one name.
    for class_, predicate in ((SD.Service, SD.defaultDataset), (SD.Dataset, SD.defaultGraph), (SD.NamedGraph, SD.name)):
        for subject in graph.subjects(RDF.type, class_):
            assert len(list(graph.objects(subject, predicate))) == 1


CHECKS = {
    "returns-rdf": returns_rdf,
    "has-endpoint-triple": has_endpoint_triple,
    "conforms-to-schema": conforms_to_schema,
}


def as_term(node: Node) -> rdflib.URIRef:
    assert isinstance(node, rdflib.URIRef)
    return node


def test_every_entry_of_the_manifest_has_its_check() -> None:
    assert {entry.name for entry in ENTRIES} == CHECKS.keys()


@pytest.mark.parametrize("entry", parameters(ENTRIES, {}))
def test_the_service_describes_itself(endpoint: str, entry: Entry) -> None:
    CHECKS[entry.name](endpoint)
