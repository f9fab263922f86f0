"""A query and its answer, and how the embedded engine comes from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import orjson
from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples

from ligraph.compression import SMALLEST, compress
from ligraph.errors import BadRequest, LigraphError, MalformedQuery, NotAcceptable, Refused, ReleaseError, ServiceFailed
from ligraph.formats import GRAPHS, RESULTS, SPARQL_JSON, TURTLE, Format, by_name
from ligraph.namespaces import PREFIXES
from ligraph.stores.bindings import with_values
from ligraph.stores.descriptions import describe, subjects_queries
from ligraph.stores.embedded import Release
from ligraph.stores.results import Scribe, Terms, Writer
from ligraph.stores.screening import Reading, read_query
from ligraph.stores.tokens import with_schema_as_stored

if TYPE_CHECKING:
    from ligraph.stores.syntax import Fault


@dataclass(frozen=True, slots=True)
class Dataset:
    """The graphs that a request names for its query, by IRI; they go before the query's own FROM.

    Source: SPARQL 1.1 Protocol (W3C 2013) section 2.1.4.
    """

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Query(NamedTuple):
    """One query, and how its answer is wanted.

    Shape: `rows` is the format for SELECT and ASK, `statements` that for CONSTRUCT and DESCRIBE, None where no format
    fits; `bound` gives variables their values, as N-Triples writes them; `coding` is "" for none.
    """

    text: str
    rows: Format | None = SPARQL_JSON
    statements: Format | None = TURTLE
    dataset: Dataset | None = None
    bound: Mapping[str, str] | None = None
    coding: str = ""

    def pack(self) -> bytes:
        """Return the query as bytes, the same for the same question."""
        rows, statements = self.rows and self.rows.name, self.statements and self.statements.name
        dataset = self.dataset and [self.dataset.default, self.dataset.named]
        return orjson.dumps([self.text, rows, statements, dataset, self.bound, self.coding])


def unpack(packed: bytes) -> Query:
    """Return the query that was packed."""
    text, rows, statements, dataset, bound, coding = orjson.loads(packed)
    return Query(
        text,
        by_name(RESULTS, rows) if rows else None,
        by_name(GRAPHS, statements) if statements else None,
        Dataset(tuple(dataset[0]), tuple(dataset[1])) if dataset else None,
        bound,
        coding,
    )


class Answer(NamedTuple):
    """The answer to a query.

    Shape: `rows` counts solutions or statements; `lasting` is false where the same release may answer differently the
    next time; `coding` is "" where the content is as it is.
    """

    content: bytes
    format: Format
    rows: int
    lasting: bool
    coding: str = ""


class Evaluator:
    """Answers queries over one release.

    Shape: `writers` has what writes statements in formats that `to_rdf` does not have.
    """

    def __init__(self, release: Release, terms: Terms, writers: Mapping[Format, Writer]) -> None:
        self.release = release
        self.store = release.store
        self.terms = terms
        self.scribe = Scribe(terms, writers)

    def answer(self, query: Query) -> Answer:
        """Return the answer to a query.

        Raises: MalformedQuery; NotAcceptable; TooComplex, ResultTooLarge, Refused for what is not done here, such as
        SERVICE; BadRequest; ReleaseError where the store is damaged.
        """
        reading, format_ = admit_query(query, self.terms)
        try:
            content, rows = self._run(query, reading, format_)
        except (SyntaxError, RuntimeError, OSError, ValueError) as error:
            problem = _problem(query.text, reading, error)
        else:
            return answer_of(query, content, format_, rows, lasting=reading.lasting)
        # Not raised above: an error that keeps its cause would carry the engine's results to another thread.
        raise problem

    def _run(self, query: Query, reading: Reading, format_: Format) -> tuple[bytes, int]:
        text = with_values(query.text, query.bound or {})
        if self.release.manifest.base:
            # Files that are served as they are may say https.
            text = with_schema_as_stored(text)
        if reading.form == "DESCRIBE" and not reading.has_from and not query.dataset:
            # What is no SPARQL is told of the query itself: the one that is made of it may be SPARQL all the same.
            self._query(text, query, reading)
            found = [self._query(subjects, query, reading) for subjects in subjects_queries(text)]
            solutions = chain.from_iterable(cast(list[QuerySolutions], found))
            return self.scribe.statements(describe(self.release, solutions), format_)
        results = self._query(text, query, reading)
        if isinstance(results, QueryTriples):
            return self.scribe.statements(results, format_)
        return self.scribe.rows(results, format_)

    def _query(self, text: str, query: Query, reading: Reading) -> QuerySolutions | QueryBoolean | QueryTriples:
        options: dict[str, Any] = {}
        if query.dataset:
            options |= _graphs(query.dataset)
        elif self.terms.union and not reading.has_from:
            options["use_default_graph_as_union"] = True
        if self.terms.prefixes:
            options["prefixes"] = PREFIXES
        return self.store.query(text, base_iri=self.terms.endpoint, **options)


def admit_query(query: Query, terms: Terms) -> tuple[Reading, Format]:
    """Return what the tokens of a query tell, and the format of its answer.

    Raises: TooComplex; Refused; NotAcceptable.
    """
    reading = read_query(query.text, deepest=terms.depth, most=terms.parts)
    refuse_services(reading, terms.services)
    format_ = query.statements if reading.answers_with_graph else query.rows
    if format_ is None:
        kind, fit = ("statements", GRAPHS) if reading.answers_with_graph else ("rows or a yes", RESULTS)
        offered = ", ".join(known.media_type for known in fit)
        raise NotAcceptable(f"the query answers with {kind}, of which no format fits", hint=f"ask for {offered}")
    return reading, format_


def answer_of(query: Query, content: bytes, format_: Format, rows: int, *, lasting: bool) -> Answer:
    """Return an answer in the coding that is asked for, where that is worth it."""
    if query.coding and len(content) >= SMALLEST:
        return Answer(compress(content, query.coding), format_, rows, lasting, query.coding)
    return Answer(content, format_, rows, lasting)


def refuse_services(reading: Reading, allowed: tuple[str, ...]) -> None:
    """Refuse a query that would make this server ask others than those it may ask.

    Raises: Refused.
    """
    for address in reading.services:
        if not allowed:
            raise Refused(
                "SERVICE is not allowed here: it would make this server ask others",
                hint="ask that endpoint itself, and join what both answer",
            )
        if address is None:
            message = "SERVICE is allowed here only with an address that is written out"
            raise Refused(message, hint=f"write one of {', '.join(f'<{known}>' for known in allowed)}")
        if address not in allowed:
            known = ", ".join(f"<{name}>" for name in allowed)
            raise Refused(f"SERVICE <{address}> is not allowed here", hint=f"those that may be asked: {known}")


def _graphs(dataset: Dataset) -> dict[str, Any]:
    try:
        default = [NamedNode(iri) for iri in dataset.default]
        named = [NamedNode(iri) for iri in dataset.named]
    except ValueError as error:
        raise BadRequest(f"a graph is named by an absolute IRI: {error}") from None
    return {"default_graph": default, "named_graphs": named}


def _problem(text: str, reading: Reading, error: Exception) -> LigraphError:
    if isinstance(error, SyntaxError):
        return malformed(text, error.msg or str(error))
    # The engine tells a damaged store, whose blocks carry sums, in the same way as an unknown function.
    if str(error).startswith(("Corruption", "IO error")):
        again = "make the release again from its sources with: ligraph build"
        return ReleaseError(f"the release cannot be read: {error}", hint=again)
    if "custom function" in str(error):
        return BadRequest(f"the query cannot be run: {_fault(text, str(error)).message}")
    if reading.services and isinstance(error, OSError | RuntimeError):
        # The engine's words have addresses that the endpoint leads to, and what came from there.
        asked = ", ".join(f"<{address}>" for address in reading.services)
        return ServiceFailed(f"{asked} gives no answer that can be read", hint="ask again later, or without SERVICE")
    return BadRequest(f"the query cannot be run: {error}")


def malformed(text: str, engine_message: str) -> MalformedQuery:
    """Return what is wrong with a query that an engine refuses with a message."""
    fault = _fault(text, engine_message)
    message = f"the query is not SPARQL: {fault.message}"
    return MalformedQuery(message, line=fault.line, column=fault.column, text=fault.text)


def _fault(text: str, engine_message: str) -> Fault:
    # What knows the grammar takes a tenth of a second to load, and most processes never need it.
    from ligraph.stores.syntax import explain

    return explain(text, engine_message)
