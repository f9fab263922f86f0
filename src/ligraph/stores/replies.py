"""What an engine replied, read to its end: rows, a yes or no, or statements; what is none or is cut is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyoxigraph import (
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Triple,
    parse,
    parse_query_results,
)

from ligraph.errors import EngineError, LigraphError, OutOfTime
from ligraph.stores.endpoint import Reply, first_line, tells_of_time
from ligraph.stores.facts import Made

Results = QuerySolutions | QueryBoolean

_RESULTS = {
    "application/sparql-results+json": QueryResultsFormat.JSON,
    "application/json": QueryResultsFormat.JSON,
    "application/sparql-results+xml": QueryResultsFormat.XML,
    "application/xml": QueryResultsFormat.XML,
    "text/xml": QueryResultsFormat.XML,
}

_ASKED = "__ASK_RETVAL"


def read_results(reply: Reply, use: Callable[[Results], Made]) -> Made:
    """Return what is made of results.

    Raises: EngineError where they are none, or are cut; OutOfTime where they end with words of that; what `use` raises.
    """
    format_ = _RESULTS.get(reply.media_type)
    problem: LigraphError
    try:
        if format_ is None:
            raise ValueError("no results")
        return use(parse_query_results(reply.content, format=format_))
    except LigraphError as error:
        problem = error
    except (SyntaxError, ValueError, OSError) as error:
        problem = _no_results(reply, "results", error)
    # Results belong to the thread that read them, and an error would carry them to another one.
    raise problem.with_traceback(None)


def _no_results(reply: Reply, wanted: str, error: Exception) -> LigraphError:
    said = reply.content[-500:].decode("utf-8", "replace")
    # An engine that has begun to answer can say only in the answer itself that the time is over.
    if tells_of_time(said):
        return OutOfTime("the query ran longer than the engine lets it", hint="ask for less, or use LIMIT")
    begin = first_line(reply.content[:500].decode("utf-8", "replace"))
    media_type = reply.media_type or "nothing that has a type"
    return EngineError(
        f"the engine answers with {media_type} that is no {wanted}, or is cut: {error}; it begins: {begin}"
    )


def rows_in(results: Results) -> list[list[Any]]:
    """Return rows as lists of terms.

    Raises: ValueError for a yes or no.
    """
    if isinstance(results, QueryBoolean):
        raise ValueError("a yes or no where rows should be")
    return [list(row) for row in results]


def yes_or_no(results: Results) -> QueryBoolean:
    """Return a yes or no as such: Virtuoso gives a yes as one row with a number, and a no as none.

    Raises: ValueError for other rows.
    """
    if isinstance(results, QueryBoolean):
        return results
    is_answer = [variable.value for variable in results.variables] == [_ASKED]
    values = [getattr(term, "value", None) for row in results for term in row]
    if not is_answer or values not in ([], ["0"], ["1"]):
        raise ValueError("rows where a yes or no should be")
    word = "true" if values == ["1"] else "false"
    parsed = parse_query_results(f'{{"head":{{}},"boolean":{word}}}', format=QueryResultsFormat.JSON)
    assert isinstance(parsed, QueryBoolean)
    return parsed


def statements_in(reply: Reply) -> list[Triple]:
    """Return the statements of a reply.

    Raises: EngineError where they are none, or are cut; OutOfTime.
    """
    format_ = RdfFormat.from_media_type(reply.media_type)
    try:
        if format_ is None:
            raise ValueError("no statements")
        return [quad.triple for quad in parse(reply.content, format=format_)]
    except (SyntaxError, ValueError, OSError) as error:
        problem = _no_results(reply, "RDF", error)
    raise problem
