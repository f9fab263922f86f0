"""Results of queries as people read them: a table of links and texts."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from pyoxigraph import Literal, NamedNode

from ligraph.stores.queries import Answer
from ligraph.views.site import Site
from ligraph.views.values import Value, read_address, read_literal

MOST_ROWS = 1_000
"""Rows that a page shows; the formats for programs have all of them."""


@dataclass(frozen=True)
class Table:
    """The rows of an answer.

    Shape: a cell is None where a variable has no value; `more` rows are not shown.
    """

    columns: list[str]
    rows: list[list[Value | None]]
    more: int


def read_table(answer: Answer, site: Site) -> Table:
    """Return an answer in JSON as a table; the answer to ASK is one cell."""
    found = orjson.loads(answer.content)
    if "boolean" in found:
        return Table(["answer"], [[Value("yes" if found["boolean"] else "no")]], 0)
    columns = found["head"]["vars"]
    bindings = found["results"]["bindings"]
    rows = [[_read_cell(row[name], site) if name in row else None for name in columns] for row in bindings[:MOST_ROWS]]
    return Table(columns, rows, max(0, len(bindings) - MOST_ROWS))


def _read_cell(term: dict[str, str], site: Site) -> Value:
    if term["type"] == "uri":
        iri = term["value"]
        if site.ids and iri.startswith(site.ids):
            return Value(iri.removeprefix(site.ids), href=site.href(iri))
        return read_address(iri, site)
    if term["type"] == "literal":
        datatype = term.get("datatype")
        if "xml:lang" in term:
            return read_literal(Literal(term["value"], language=term["xml:lang"]), site)
        return read_literal(Literal(term["value"], datatype=NamedNode(datatype) if datatype else None), site)
    return Value(str(term["value"]))
