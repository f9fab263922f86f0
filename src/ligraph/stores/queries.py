"""Queries over an open release, and what is refused before the engine sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pyoxigraph import (
    Literal,
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    Store,
    Variable,
)

from ligraph.errors import BadRequest, LigraphError, Refused, ReleaseError
from ligraph.formats import SPARQL_CSV, SPARQL_JSON, SPARQL_TSV, SPARQL_XML, Format
from ligraph.namespaces import PREFIXES, SCHEMA, SCHEMA_HTTPS
from ligraph.serialization import to_rdf

_RESULTS = {
    SPARQL_JSON: QueryResultsFormat.JSON,
    SPARQL_CSV: QueryResultsFormat.CSV,
    SPARQL_TSV: QueryResultsFormat.TSV,
    SPARQL_XML: QueryResultsFormat.XML,
}

_WORDS = re.compile(
    r"""\#[^\n]*|<[^<>"{}|^`\\\s]*>|"{3}(?:[^"\\]|\\.|"{1,2}(?!"))*"{3}|'{3}(?:[^'\\]|\\.|'{1,2}(?!'))*'{3}
    |"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[?$]\w+|\w*:[^\s{}()\[\];,]*|(?P<word>[A-Za-z]+)""",
    re.DOTALL | re.VERBOSE,
)
_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


def words_of(query: str) -> list[str]:
    """Return the bare words of a query in capitals: not those in comments, IRIs, names, variables and texts."""
    # Escapes such as \\u0053 count before the grammar is applied (SPARQL 1.1 section 19.2).
    plain = re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", _unescape, query)
    return [match["word"].upper() for match in _WORDS.finditer(plain) if match["word"]]


def answers_with_graph(query: str) -> bool:
    """Return whether a query asks for statements (CONSTRUCT, DESCRIBE) rather than for rows or a yes."""
    form = next((word for word in words_of(query) if word in _FORMS), "SELECT")
    return form in ("CONSTRUCT", "DESCRIBE")


def run(
    store: Store,
    query: str,
    format_: Format,
    bound: Mapping[str, NamedNode | Literal] | None = None,
    *,
    prefixes: bool = False,
) -> bytes:
    """Return the answer to a query in a format that fits its form.

    Shape: statements come as Turtle or N-Triples; `bound` gives variables their values; with `prefixes` those of
    the model need no declaration. schema.org may be written with https, as the store never has it.
    Raises: BadRequest for a syntax error; Refused for what is not done here, such as SERVICE; ReleaseError where the
    store is damaged.
    """
    if "SERVICE" in words_of(query):
        raise Refused("SERVICE is not allowed here: it would make this server ask others", hint="ask them yourself")
    substitutions: dict[Variable, Any] = {Variable(name): term for name, term in (bound or {}).items()}
    try:
        return _serialize(
            store.query(
                _WORDS.sub(_schema_as_stored, query),
                use_default_graph_as_union=True,
                substitutions=substitutions or None,
                prefixes=PREFIXES if prefixes else None,
            ),
            format_,
        )
    except (SyntaxError, RuntimeError, OSError, ValueError) as error:
        problem = _problem(error)
    # Not raised above: an error that keeps its cause would carry the engine's results to another thread.
    raise problem


def _problem(error: Exception) -> LigraphError:
    if isinstance(error, SyntaxError):
        return BadRequest(f"the query is not SPARQL: {(error.msg or str(error)).strip()}")
    # The engine tells a damaged store, whose blocks carry sums, in the same way as an unknown function.
    if str(error).startswith(("Corruption", "IO error")):
        again = "make the release again from its sources with: ligraph build"
        return ReleaseError(f"the release cannot be read: {error}", hint=again)
    return BadRequest(f"the query cannot be run: {error}")


def _serialize(results: QuerySolutions | QueryBoolean | QueryTriples, format_: Format) -> bytes:
    if isinstance(results, QueryTriples):
        # The engine yields a statement for each solution of the template; a graph has it once.
        return to_rdf(dict.fromkeys(results), format_)
    return results.serialize(format=_RESULTS[format_]) or b""


def _schema_as_stored(match: re.Match[str]) -> str:
    """Return an IRI of schema.org as the store has it, any other word unchanged."""
    return match[0].replace(f"<{SCHEMA_HTTPS}", f"<{SCHEMA}", 1) if match[0].startswith("<") else match[0]


def _unescape(match: re.Match[str]) -> str:
    try:
        return chr(int(match[1] or match[2], 16))
    except (ValueError, OverflowError):
        return match[0]
