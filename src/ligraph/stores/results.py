"""Results as bytes: rows and statements in every format, refused where they are over the limits, never cut."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, cast

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, Triple

from ligraph.errors import NotAcceptable, ResultTooLarge
from ligraph.formats import SPARQL_CSV, SPARQL_JSON, SPARQL_TSV, SPARQL_XML, Format
from ligraph.serialization import to_rdf, with_carriage_returns
from ligraph.stores.screening import DEEPEST, MOST_PARTS

Writer = Callable[[Iterable[Triple]], bytes]

_RESULTS = {
    SPARQL_JSON: QueryResultsFormat.JSON,
    SPARQL_CSV: QueryResultsFormat.CSV,
    SPARQL_TSV: QueryResultsFormat.TSV,
    SPARQL_XML: QueryResultsFormat.XML,
}
_STRINGS = {SPARQL_JSON: re.compile(rb'"(?:[^"\\]|\\.)*"'), SPARQL_CSV: re.compile(rb'"[^"]*"')}
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_ROW_ENDS = {SPARQL_JSON: b"},{", SPARQL_CSV: b"\n", SPARQL_TSV: b"\n", SPARQL_XML: b"<result>"}


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


class Scribe:
    """Writes results.

    Shape: `writers` has what writes statements in formats that `to_rdf` does not have.
    """

    def __init__(self, terms: Terms, writers: Mapping[Format, Writer]) -> None:
        self.terms = terms
        self.writers = writers

    def rows(self, results: QuerySolutions | QueryBoolean, format_: Format) -> tuple[bytes, int]:
        """Return rows or a yes in a format, and how many there are.

        Raises: ResultTooLarge; NotAcceptable; ValueError for a format of statements; what reading the results raises.
        """
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
        if format_ is SPARQL_XML:
            if _NOT_XML.search(content):
                results = None  # type: ignore[assignment]
                hint = "ask for another format, such as application/sparql-results+json"
                raise NotAcceptable("XML has no way to write a control character of a text", hint=hint)
            content = with_carriage_returns(content)
        if isinstance(results, QueryBoolean):
            return content, 1
        rows = _count(content, format_)
        if self.terms.rows is not None and rows > self.terms.rows:
            rows = _count(_STRINGS[format_].sub(b"", content), format_) if format_ in _STRINGS else rows
        if self.terms.rows is not None and rows > self.terms.rows:
            results = None  # type: ignore[assignment]
            raise self._too_many("rows")
        return content, rows

    def statements(self, triples: Iterable[Triple], format_: Format) -> tuple[bytes, int]:
        """Return statements in a format, each once, and how many there are.

        Raises: ResultTooLarge; NotAcceptable; ValueError for a format of rows; what reading the statements raises.
        """
        if format_ in _RESULTS:
            raise ValueError(f"it answers with statements, which cannot be given as {format_.title}")
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
        hint = "ask for parts of it, with LIMIT and OFFSET"
        return ResultTooLarge(f"the result has over {self.terms.rows:,} {what}", hint=hint)

    def _too_many_bytes(self) -> ResultTooLarge:
        hint = "ask for parts of it, with LIMIT and OFFSET, or for fewer variables"
        return ResultTooLarge(f"the result has over {self.terms.bytes:,} bytes", hint=hint)


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
    """Return how many rows results have; in CSV and JSON a text may look like the end of a row, and count as one."""
    found = content.count(_ROW_ENDS[format_])
    if format_ is SPARQL_JSON:
        return 0 if content.endswith(b'"bindings":[]}}') else found + 1
    return found if format_ is SPARQL_XML else max(found - 1, 0)
