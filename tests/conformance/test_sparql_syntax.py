"""The W3C syntax tests of SPARQL 1.1 Query: what is SPARQL is answered, what is none is refused with its place."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from manifests import MF, Entry, entries_of, marks_of, parameters
from servers import serving

SUITE = "sparql11/syntax-query"

pytestmark = marks_of(SUITE)

ENTRIES = entries_of(SUITE)
POSITIVE = [entry for entry in ENTRIES if entry.kind == "PositiveSyntaxTest11"]
NEGATIVE = [entry for entry in ENTRIES if entry.kind == "NegativeSyntaxTest11"]

EXCEPTIONS = {
    "test_4": "calls a function <http://example/function>; the engine refuses one that it does not know when it plans",
}
"""Tests that the endpoint fails, each with the reason."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("data") / "data.ttl"
    data.write_text("<urn:s> <urn:p> <urn:o> .")
    with serving(str(data), "--default-graph", "unnamed") as address:
        yield f"{address}sparql"


def ask(endpoint: str, query: Path) -> httpx2.Response:
    return httpx2.post(endpoint, content=query.read_bytes(), headers={"Content-Type": "application/sparql-query"})


def test_the_manifest_is_as_it_is_read_here() -> None:
    assert {entry.kind for entry in ENTRIES} == {"PositiveSyntaxTest11", "NegativeSyntaxTest11"}
    assert EXCEPTIONS.keys() <= {entry.name for entry in ENTRIES}


@pytest.mark.parametrize("entry", parameters(POSITIVE, EXCEPTIONS))
def test_sparql_is_answered(endpoint: str, entry: Entry) -> None:
    answer = ask(endpoint, entry.file(MF.action))
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("entry", parameters(NEGATIVE, EXCEPTIONS))
def test_what_is_no_sparql_is_refused_with_its_place(endpoint: str, entry: Entry) -> None:
    query = entry.file(MF.action)
    answer = ask(endpoint, query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"].endswith("errors/malformed-query")
    lines = query.read_text("utf-8").splitlines()
    # A fault at the end may be told as the place behind the last character.
    assert 1 <= problem["line"] <= len(lines) + 1
    assert problem["column"] >= 1
