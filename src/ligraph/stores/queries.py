"""A query and its answer, and how the embedded engine comes from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any, NamedTuple, cast

import orjson
from pyoxigraph import NamedNode, QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, Triple, Variable

from ligraph.compression import SMALLEST, compress
from ligraph.errors import (
    BadRequest,
    LigraphError,
    MalformedQuery,
    NotAcceptable,
    Refused,
    ReleaseError,
    ResultTooLarge,
)
from ligraph.formats import (
    GRAPHS,
    RESULTS,
    SPARQL_CSV,
    SPARQL_JSON,
    SPARQL_TSV,
    SPARQL_XML,
    TURTLE,
    Format,
    by_name,
)
from ligraph.namespaces import PREFIXES
from ligraph.serialization import read_term, to_rdf
from ligraph.stores.descriptions import describe, subjects_query
from ligraph.stores.embedded import Release
from ligraph.stores.syntax import explain
from ligraph.stores.tokens import DEEPEST, MOST_PARTS, Reading, read_query, with_schema_as_stored

Writer = Callable[[Iterable[Triple]], bytes]

_RESULTS = {
    SPARQL_JSON: QueryResultsFormat.JSON,
    SPARQL_CSV: QueryResultsFormat.CSV,
    SPARQL_TSV: QueryResultsFormat.TSV,
    SPARQL_XML: QueryResultsFormat.XML,
}
_ROW_ENDS = {SPARQL_JSON: b"},{", SPARQL_CSV: b"\n", SPARQL_TSV: b"\n", SPARQL_XML: b"<result>"}


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


@dataclass(frozen=True, slots=True)
class Terms:
    """What a service lets a query do, and what it means by one.

    Shape: `endpoint` is what relative IRIs are relative to; `union` whether the default graph is all graphs together;
    `services` are the addresses that SERVICE may ask; with `prefixes` those of the model need no declaration.
    Units: bytes.
    """

    endpoint: str | None = None
    union: bool = True
    services: tuple[str, ...] = ()
    prefixes: bool = False
    rows: int | None = None
    bytes: int | None = None
    depth: int = DEEPEST
    parts: int = MOST_PARTS


class Evaluator:
    """Answers queries over one release.

    Shape: `writers` has what writes statements in formats that `to_rdf` does not have.
    """

    def __init__(self, release: Release, terms: Terms, writers: Mapping[Format, Writer]) -> None:
        self.release = release
        self.store = release.store
        self.terms = terms
        self.writers = writers

    def answer(self, query: Query) -> Answer:
        """Return the answer to a query.

        Raises: MalformedQuery; NotAcceptable; TooComplex, ResultTooLarge, Refused for what is not done here, such as
        SERVICE; BadRequest; ReleaseError where the store is damaged.
        """
        reading = read_query(query.text, deepest=self.terms.depth, most=self.terms.parts)
        refuse_services(reading, self.terms.services)
        format_ = query.statements if reading.answers_with_graph else query.rows
        if format_ is None:
            kind, fit = ("statements", GRAPHS) if reading.answers_with_graph else ("rows or a yes", RESULTS)
            offered = ", ".join(known.media_type for known in fit)
            raise NotAcceptable(f"the query answers with {kind}, of which no format fits", hint=f"ask for {offered}")
        try:
            content, rows = self._run(query, reading, format_)
        except (SyntaxError, RuntimeError, OSError, ValueError) as error:
            problem = _problem(query.text, error)
        else:
            if query.coding and len(content) >= SMALLEST:
                return Answer(compress(content, query.coding), format_, rows, reading.lasting, query.coding)
            return Answer(content, format_, rows, reading.lasting)
        # Not raised above: an error that keeps its cause would carry the engine's results to another thread.
        raise problem

    def _run(self, query: Query, reading: Reading, format_: Format) -> tuple[bytes, int]:
        text = with_schema_as_stored(query.text)
        if reading.form == "DESCRIBE" and not reading.has_from and not query.dataset:
            solutions = self._query(subjects_query(text), query, reading)
            assert isinstance(solutions, QuerySolutions)
            return self._statements(describe(self.release, solutions), format_)
        results = self._query(text, query, reading)
        if isinstance(results, QueryTriples):
            return self._statements(results, format_)
        return self._rows(results, format_)

    def _query(self, text: str, query: Query, reading: Reading) -> QuerySolutions | QueryBoolean | QueryTriples:
        options: dict[str, Any] = {}
        if query.dataset:
            options |= _graphs(query.dataset)
        elif self.terms.union and not reading.has_from:
            options["use_default_graph_as_union"] = True
        if query.bound:
            options["substitutions"] = {Variable(name): read_term(term) for name, term in query.bound.items()}
        if self.terms.prefixes:
            options["prefixes"] = PREFIXES
        return self.store.query(text, base_iri=self.terms.endpoint, **options)

    def _rows(self, results: QuerySolutions | QueryBoolean, format_: Format) -> tuple[bytes, int]:
        if format_ not in _RESULTS:
            raise ValueError(f"it answers with rows, which cannot be given as {format_.title}")
        sheet = _Sheet(self.terms.bytes)
        try:
            results.serialize(cast(IO[bytes], sheet), _RESULTS[format_])
        except OSError:
            if not sheet.is_full:
                raise
            results = None  # type: ignore[assignment]
        if results is None:
            raise self._too_many_bytes()
        content = sheet.content()
        if isinstance(results, QueryBoolean):
            return content, 1
        rows = _count(content, format_)
        if self.terms.rows is not None and rows > self.terms.rows:
            results = None  # type: ignore[assignment]
            raise self._too_many("rows")
        return content, rows

    def _statements(self, triples: Iterable[Triple], format_: Format) -> tuple[bytes, int]:
        # The engine yields a statement for each solution of the template; a graph has it once.
        found: dict[Triple, None] = {}
        for triple in triples:
            found[triple] = None
            if self.terms.rows is not None and len(found) > self.terms.rows:
                raise self._too_many("statements")
        writer = self.writers.get(format_)
        content = writer(found) if writer else to_rdf(found, format_)
        if self.terms.bytes is not None and len(content) > self.terms.bytes:
            raise self._too_many_bytes()
        return content, len(found)

    def _too_many(self, what: str) -> ResultTooLarge:
        hint = "ask for parts of it, with LIMIT and OFFSET, or take the dump"
        return ResultTooLarge(f"the result has over {self.terms.rows:,} {what}", hint=hint)

    def _too_many_bytes(self) -> ResultTooLarge:
        hint = "ask for parts of it, with LIMIT and OFFSET, for fewer variables, or take the dump"
        return ResultTooLarge(f"the result has over {self.terms.bytes:,} bytes", hint=hint)


def refuse_services(reading: Reading, allowed: tuple[str, ...]) -> None:
    """Refuse a query that would make this server ask others than those it may ask.

    Raises: Refused.
    """
    for address in reading.services:
        if not allowed:
            raise Refused("SERVICE is not allowed here: it would make this server ask others", hint="ask them yourself")
        if address is None:
            message = "SERVICE is allowed here only with an address that is written out"
            raise Refused(message, hint=f"write one of {', '.join(f'<{known}>' for known in allowed)}")
        if address not in allowed:
            known = ", ".join(f"<{name}>" for name in allowed)
            raise Refused(f"SERVICE <{address}> is not allowed here", hint=f"those that may be asked: {known}")


class _Sheet:
    """What the engine writes results on; it ends at a limit of bytes."""

    def __init__(self, limit: int | None) -> None:
        self.limit = limit
        self.size = 0
        self.chunks: list[bytes] = []

    @property
    def is_full(self) -> bool:
        return self.limit is not None and self.size > self.limit

    def write(self, chunk: bytes) -> int:
        self.size += len(chunk)
        if self.is_full:
            self.chunks.clear()
            raise OSError("the result is over the limit")
        self.chunks.append(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Do nothing: the engine asks for it."""

    def content(self) -> bytes:
        return b"".join(self.chunks)


def _count(content: bytes, format_: Format) -> int:
    """Return how many rows results have; line ends or braces of a text may make a row of CSV or JSON look like two."""
    found = content.count(_ROW_ENDS[format_])
    if format_ is SPARQL_JSON:
        return 0 if content.endswith(b'"bindings":[]}}') else found + 1
    return found if format_ is SPARQL_XML else max(found - 1, 0)


def _graphs(dataset: Dataset) -> dict[str, Any]:
    try:
        default = [NamedNode(iri) for iri in dataset.default]
        named = [NamedNode(iri) for iri in dataset.named]
    except ValueError as error:
        raise BadRequest(f"a graph is named by an absolute IRI: {error}") from None
    return {"default_graph": default, "named_graphs": named}


def _problem(text: str, error: Exception) -> LigraphError:
    if isinstance(error, SyntaxError):
        fault = explain(text, error.msg or str(error))
        message = f"the query is not SPARQL: {fault.message}"
        return MalformedQuery(message, line=fault.line, column=fault.column, text=fault.text)
    # The engine tells a damaged store, whose blocks carry sums, in the same way as an unknown function.
    if str(error).startswith(("Corruption", "IO error")):
        again = "make the release again from its sources with: ligraph build"
        return ReleaseError(f"the release cannot be read: {error}", hint=again)
    return BadRequest(f"the query cannot be run: {error}")
