"""One question to a release, answered in any format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ligraph.errors import UsageError
from ligraph.formats import GRAPHS, JSON_LD, N_TRIPLES, RESULTS, SPARQL_JSON, by_name
from ligraph.serialization import read_triples
from ligraph.stores.embedded import open_release
from ligraph.stores.queries import answers_with_graph, run

TABLE = "table"


@dataclass(frozen=True)
class Answer:
    """The answer to a question.

    Shape: `content` is SPARQL results as JSON where `is_table` says that people are to see a table.
    """

    content: bytes
    is_table: bool
    ids: str


def ask(root: Path, query: str, format_: str | None, release: str | None = None) -> Answer:
    """Return the answer to a query in a format by its name; without one, a table or Turtle.

    Raises: UsageError when the format does not fit the query's form; BadRequest or Refused for the query.
    """
    opened = open_release(root, release)
    graph = answers_with_graph(query)
    name = format_ or ("ttl" if graph else TABLE)
    if name == TABLE and not graph:
        return Answer(run(opened.store, query, SPARQL_JSON, prefixes=True), True, opened.ids)
    chosen = by_name(GRAPHS if graph else RESULTS, name)
    if chosen is None:
        kind, fit = ("statements", "ttl, nt or jsonld") if graph else ("rows", "table, csv, tsv, json or xml")
        raise UsageError(f"this query answers with {kind}, which cannot be printed as {name}", hint=f"choose {fit}")
    asked = N_TRIPLES if chosen is JSON_LD else chosen
    content = run(opened.store, query, asked, prefixes=True)
    if chosen is JSON_LD:
        from ligraph.views.jsonld import to_flat_json_ld
        from ligraph.views.words import Words

        content = to_flat_json_ld(read_triples(content), Words(opened.context))
    return Answer(content, False, opened.ids)
