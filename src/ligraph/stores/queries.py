"""Queries over an open release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

from ligraph.errors import BadRequest, LigraphError, ReleaseError
from ligraph.formats import SPARQL_CSV, SPARQL_JSON, SPARQL_TSV, SPARQL_XML, Format
from ligraph.namespaces import PREFIXES
from ligraph.serialization import to_rdf
from ligraph.stores.tokens import refuse_unsafe, with_schema_as_stored, words_of

_RESULTS = {
    SPARQL_JSON: QueryResultsFormat.JSON,
    SPARQL_CSV: QueryResultsFormat.CSV,
    SPARQL_TSV: QueryResultsFormat.TSV,
    SPARQL_XML: QueryResultsFormat.XML,
}

_FORMS = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}


@dataclass(frozen=True)
class Dataset:
    """The graphs that a request names for its query, by IRI; they go before the query's own FROM.

    Source: SPARQL 1.1 Protocol (W3C 2013) section 2.1.4.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


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
    dataset: Dataset | None = None,
    prefixes: bool = False,
) -> bytes:
    """Return the answer to a query in a format that fits its form.

    Shape: statements come as Turtle or N-Triples; `bound` gives variables their values; with `prefixes` those of
    the model need no declaration. schema.org may be written with https, as the store never has it.
    Raises: BadRequest for a syntax error; Refused for what is not done here, such as SERVICE; ReleaseError where the
    store is damaged.
    """
    refuse_unsafe(query)
    substitutions: dict[Variable, Any] = {Variable(name): term for name, term in (bound or {}).items()}
    try:
        return _serialize(
            store.query(
                with_schema_as_stored(query),
                substitutions=substitutions or None,
                prefixes=PREFIXES if prefixes else None,
                **_graphs(query, dataset),
            ),
            format_,
        )
    except (SyntaxError, RuntimeError, OSError, ValueError) as error:
        problem = _problem(error)
    # Not raised above: an error that keeps its cause would carry the engine's results to another thread.
    raise problem


def _graphs(query: str, dataset: Dataset | None) -> dict[str, Any]:
    """Return what the engine is told about graphs: those of the request, else the query's own, else all together."""
    if dataset:
        try:
            default = [NamedNode(iri) for iri in dataset.default]
            named = [NamedNode(iri) for iri in dataset.named]
        except ValueError as error:
            raise BadRequest(f"a graph is named by an absolute IRI: {error}") from None
        return {"default_graph": default, "named_graphs": named}
    return {"use_default_graph_as_union": "FROM" not in words_of(query)}


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
        if format_ in _RESULTS:
            raise ValueError(f"it answers with statements, which cannot be given as {format_.title}")
        # The engine yields a statement for each solution of the template; a graph has it once.
        return to_rdf(dict.fromkeys(results), format_)
    if format_ not in _RESULTS:
        raise ValueError(f"it answers with rows, which cannot be given as {format_.title}")
    return results.serialize(format=_RESULTS[format_]) or b""
