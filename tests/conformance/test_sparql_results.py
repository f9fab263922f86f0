"""The W3C tests of result formats: JSON, CSV and TSV as the endpoint gives them over HTTP.

Source: SPARQL 1.1 Query Results JSON Format, SPARQL 1.1 Query Results CSV and TSV Formats (W3C 2013).
"""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import httpx2
import pytest
from manifests import MF, QT, Entry, entries_of, marks_of, parameters
from rdflib.term import Literal
from rdflib.util import from_n3
from servers import serving

pytestmark = marks_of("sparql11/json-res")

ENTRIES = entries_of("sparql11/json-res") + entries_of("sparql11/csv-tsv-res")
CSV = [entry for entry in ENTRIES if entry.file(MF.result).suffix == ".csv"]
TSV = [entry for entry in ENTRIES if entry.file(MF.result).suffix == ".tsv"]
JSON = [entry for entry in ENTRIES if entry.file(MF.result).suffix == ".srj"]

EXCEPTIONS = {
    "csv03": 'the store keeps numbers by their value, and gives "1.0E6"^^xsd:double as 1000000',
    "tsv03": "the store keeps xsd:negativeInteger and the like as xsd:integer",
}
"""Tests that the endpoint fails, each with the reason."""

Row = frozenset[tuple[str, object]]
"""The variables that are bound in a solution, each with its term; every blank node is `_:`."""


@pytest.fixture(scope="module")
def endpoints() -> Iterator[dict[Path, str]]:
    """The endpoints over the files that the tests name."""
    files = {entry.file(MF.action, QT.data) for entry in ENTRIES}
    with ExitStack() as stack:
        yield {path: f"{stack.enter_context(serving(str(path), '--default-graph', 'unnamed'))}sparql" for path in files}


def ask(endpoints: dict[Path, str], entry: Entry, media_type: str) -> httpx2.Response:
    query = entry.file(MF.action, QT.query).read_text("utf-8")
    endpoint = endpoints[entry.file(MF.action, QT.data)]
    return httpx2.post(endpoint, data={"query": query}, headers={"Accept": media_type})


def test_the_manifests_are_as_they_are_read_here() -> None:
    assert len(CSV) + len(TSV) + len(JSON) == len(ENTRIES)
    assert EXCEPTIONS.keys() <= {entry.name for entry in ENTRIES}


@pytest.mark.parametrize("entry", parameters(CSV, EXCEPTIONS))
def test_csv(endpoints: dict[Path, str], entry: Entry) -> None:
    answer = ask(endpoints, entry, "text/csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert rows_of_csv(answer.text) == rows_of_csv(entry.file(MF.result).read_text("utf-8"))


@pytest.mark.parametrize("entry", parameters(TSV, EXCEPTIONS))
def test_tsv(endpoints: dict[Path, str], entry: Entry) -> None:
    answer = ask(endpoints, entry, "text/tab-separated-values")
    assert answer.headers["content-type"] == "text/tab-separated-values; charset=utf-8"
    assert rows_of_tsv(answer.text) == rows_of_tsv(entry.file(MF.result).read_text("utf-8"))


@pytest.mark.parametrize("entry", parameters(JSON, EXCEPTIONS))
def test_json(endpoints: dict[Path, str], entry: Entry) -> None:
    answer = ask(endpoints, entry, "application/sparql-results+json")
    assert answer.headers["content-type"] == "application/sparql-results+json"
    expected = json.loads(entry.file(MF.result).read_bytes())
    assert answer.json().get("boolean") == expected.get("boolean")
    assert rows_of_json(answer.json()) == rows_of_json(expected)


def rows_of_csv(text: str) -> tuple[set[str], list[Row]]:
    """Return the variables and the solutions; of terms CSV keeps the lexical form only."""
    header, *records = csv.reader(io.StringIO(text, newline=""), strict=True)
    return set(header), in_order(
        frozenset(
            (name, cell if not cell.startswith("_:") else "_:") for name, cell in zip(header, record, strict=True)
        )
        for record in records
    )


def rows_of_tsv(text: str) -> tuple[set[str], list[Row]]:
    header, *records = (line.split("\t") for line in text.splitlines())
    return set(header), in_order(
        frozenset((name, term(cell)) for name, cell in zip(header, record, strict=True) if cell) for record in records
    )


def term(cell: str) -> object:
    """Return the term of a cell, numbers by their value: the expected results write 1.0e6 for the 1.0E6 of the data."""
    if cell.startswith("_:"):
        return "_:"
    found = from_n3(cell)
    assert found is not None
    if isinstance(found, Literal) and isinstance(found.value, int | float | Decimal):
        return found.datatype, found.value
    return found


def rows_of_json(results: dict[str, dict[str, object]]) -> tuple[set[str], list[Row]]:
    bindings = results.get("results", {}).get("bindings", [])
    assert isinstance(bindings, list)
    variables = results["head"].get("vars", [])
    assert isinstance(variables, list)
    return set(variables), in_order(
        frozenset(
            (name, "_:" if found["type"] == "bnode" else json.dumps(found, sort_keys=True))
            for name, found in binding.items()
        )
        for binding in bindings
    )


def in_order(rows: Iterator[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: sorted(map(repr, row)))
