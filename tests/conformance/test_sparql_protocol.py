"""The W3C tests of the SPARQL 1.1 Protocol: queries are answered as they say, updates are refused."""

from collections.abc import Iterator

import httpx2
import pytest
from exchanges import Exchange, exchanges_of
from manifests import UT, Entry, entries_of, file_of, marks_of, parameters
from rdflib.namespace import RDFS
from servers import serving

SUITE = "sparql11/protocol"

pytestmark = marks_of(SUITE)

ENTRIES = entries_of(SUITE)
UPDATES = [entry for entry in ENTRIES if "update" in entry.name]
QUERIES = [entry for entry in ENTRIES if entry not in UPDATES]

EXCEPTIONS: dict[str, str] = {}
"""Tests that the endpoint fails, each with the reason."""

FORMATS = {
    "boolean": ("application/sparql-results+json", "application/sparql-results+xml"),
    "tabular": (
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv; charset=utf-8",
        "text/tab-separated-values; charset=utf-8",
    ),
    "RDF": ("text/turtle; charset=utf-8", "application/rdf+xml", "application/n-triples"),
}
"""What a response has to be given as, by the manifest's word for it."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An endpoint over all graphs that the tests name; each says something about itself only."""
    path = tmp_path_factory.mktemp("data") / "data.nq"
    lines = {
        f"{line.rstrip(' .')} <{entry.graph.value(graph, RDFS.label)}> .\n"
        for entry in ENTRIES
        for graph in entry.graph.objects(entry.node, UT.graphData)
        for file in entry.graph.objects(graph, UT.graph)
        for line in file_of(file).read_text("utf-8").splitlines()
    }
    assert lines
    path.write_text("".join(sorted(lines)), "utf-8")
    with serving(str(path), "--default-graph", "unnamed") as address:
        yield f"{address}sparql"


def ask(endpoint: str, exchange: Exchange) -> httpx2.Response:
    return httpx2.request(
        exchange.method, f"{endpoint}?{exchange.query}", content=exchange.body, headers=exchange.headers
    )


def test_the_manifest_is_as_it_is_read_here() -> None:
    assert {entry.kind for entry in ENTRIES} == {"ProtocolTest"}
    assert EXCEPTIONS.keys() <= {entry.name for entry in ENTRIES}


@pytest.mark.parametrize("entry", parameters(QUERIES, EXCEPTIONS))
def test_queries_are_answered_as_the_protocol_says(endpoint: str, entry: Entry) -> None:
    for exchange in exchanges_of(entry):
        answer = ask(endpoint, exchange)
        assert exchange.allows(answer.status_code), answer.text
        if exchange.format:
            assert answer.headers["content-type"] in FORMATS[exchange.format]
        if exchange.boolean is not None:
            assert answer.json()["boolean"] is exchange.boolean


@pytest.mark.parametrize("entry", parameters(UPDATES, EXCEPTIONS))
def test_updates_are_refused_and_change_nothing(endpoint: str, entry: Entry) -> None:
    for exchange in exchanges_of(entry):
        # What is not asked for a yes or a no is the update itself.
        if exchange.boolean is None:
            answer = ask(endpoint, exchange)
            assert 400 <= answer.status_code < 500
            assert answer.headers["content-type"] == "application/problem+json"
    kept = httpx2.get(endpoint, params={"query": "ASK { GRAPH <http://kasei.us/2009/09/sparql/data/data1.rdf> {} }"})
    assert kept.json()["boolean"] is True
