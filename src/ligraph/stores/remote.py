"""A SPARQL service over the network as the engine of a release.

Rows are asked for as JSON and statements as N-Triples or Turtle, whatever the client wants, and written here: so they
are read to the end before anything is sent, and an answer that was cut is seen. In CSV, a cut cannot be told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any

from pyoxigraph import Triple

from ligraph.errors import EngineDown, EngineError
from ligraph.formats import Format
from ligraph.kept import Kept
from ligraph.stores.bindings import with_values
from ligraph.stores.bounds import Board, Bounds, Places
from ligraph.stores.descriptions import describe, subjects_queries
from ligraph.stores.durations import is_broken, mended, query_for
from ligraph.stores.embedded import Release
from ligraph.stores.endpoint import Endpoint, Reply
from ligraph.stores.engines import is_sure_since, surety
from ligraph.stores.excerpts import Excerpt, Fetch, Found, Pattern, Portion, fetches_of
from ligraph.stores.facts import Facts, Made
from ligraph.stores.lookout import ROWS, Lookout
from ligraph.stores.queries import Answer, Dataset, Query, admit_query, answer_of, unpack
from ligraph.stores.refusals import out_of_time, too_many
from ligraph.stores.replies import read_results, rows_in, statements_in, yes_or_no
from ligraph.stores.results import Scribe, Terms, Writer
from ligraph.stores.rewriting import asks_yes_or_no, check_syntax, with_whole_iris, without_from
from ligraph.stores.screening import Reading
from ligraph.stores.tokens import with_schema_as_stored

STATEMENTS = "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
TURTLE_ONLY = "text/turtle"

LONG_SECONDS = 1.0
"""Time after which a query is a long one, of which only some run at once."""

_MOST_STEPS = 40
_MOST_READ = 64 * 1024**2
_LARGE = 100_000
_DESCRIBED_TOGETHER = 200
_FETCHED_TOGETHER = 4
_log = logging.getLogger("ligraph")


class Remote:
    """Answers queries, and reads facts, at an endpoint. Use it in one event loop, between `start` and `close`.

    Shape: `release` has no store of its own; `board` is where this process and others count long queries.
    """

    is_steady = False

    def __init__(
        self,
        release: Release,
        endpoint: Endpoint,
        terms: Terms,
        bounds: Bounds,
        board: Board,
        writers: Mapping[Format, Writer],
    ) -> None:
        self.release = release
        self.endpoint = endpoint
        self.terms = terms
        self.bounds = bounds
        self.board = board
        self.places = Places(bounds, board)
        self.scribe = Scribe(terms, writers)
        self.lookout = Lookout(release.manifest, endpoint, terms.union, self._forget)
        self.kept: Kept[Pattern, Found] = Kept()
        self._count = 0

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._count == 0

    @property
    def is_sure(self) -> bool:
        """Whether the engine's data were the release's when they were compared last."""
        return self.lookout.comparison.agrees

    @property
    def doubts(self) -> int:
        """How often the engine's data were found to be others than before."""
        return self.lookout.doubts

    @property
    def condition(self) -> dict[str, Any]:
        """How the engine's data compare with the release."""
        return self.lookout.comparison.members

    async def start(self) -> None:
        """Compare the engine's data with the release, and go on doing so. An engine that is down may come up later."""
        await self.lookout.start()

    async def close(self) -> None:
        """Stop looking, and close all connections."""
        await self.lookout.close()
        await self.endpoint.close()

    # Queries

    async def ask(self, packed: bytes, *, client: str | None = None, outward: bool = False) -> Answer:
        """Return the answer to a packed query; a cancelled call lets go of the engine.

        Raises: what `Evaluator.answer` raises; OutOfTime, OutOfMemory, Overloaded; EngineError.
        """
        waiting = self.board.total("waiting")
        if waiting >= self.bounds.most:
            raise too_many(waiting)
        query = unpack(packed)
        reading, format_ = admit_query(query, self.terms)
        doubts = surety(self)
        with self._counted():
            await _aside(len(query.text), check_syntax, query.text, self.terms.endpoint)
            content, rows = await self._long(self._answer(query, reading, format_), client)
        lasting = reading.lasting and is_sure_since(self, doubts)
        return answer_of(query, content, format_, rows, lasting=lasting)

    async def _answer(self, query: Query, reading: Reading, format_: Format) -> tuple[bytes, int]:
        text = with_schema_as_stored(with_values(query.text, query.bound or {}))
        if reading.form == "DESCRIBE" and not reading.has_from and not query.dataset:
            rows: list[list[Any]] = []
            for subjects in subjects_queries(text):
                reply = await self._post(with_whole_iris(subjects, self.terms.endpoint), ROWS)
                rows += read_results(reply, rows_in)
            described = await self._describe(rows)
            return await _aside(100 * len(described), self.scribe.statements, described, format_)
        text, named = without_from(with_whole_iris(text, self.terms.endpoint))
        dataset = query.dataset or named
        if not reading.answers_with_graph:
            reply = await self._post(text, ROWS, dataset)
            return await _aside(len(reply.content), self._rows, reply, format_, asks_yes_or_no(text))
        reply = await self._post(text, STATEMENTS, dataset)
        found = await _aside(len(reply.content), statements_in, reply)
        if any(is_broken(triple.object) for triple in found):
            found = mended(found, statements_in(await self._post(text, TURTLE_ONLY, dataset)))
        return await _aside(len(reply.content), self.scribe.statements, found, format_)

    async def _describe(self, rows: list[list[Any]]) -> dict[Triple, None]:
        """Return the statements that describe what rows name; where they are too many, no more than tells that."""
        things = list(dict.fromkeys(term for row in rows for term in row))
        found: dict[Triple, None] = {}
        for start in range(0, len(things), _DESCRIBED_TOGETHER):
            some = things[start : start + _DESCRIBED_TOGETHER]
            found |= await self._facts(lambda facts, some=some: dict.fromkeys(describe(facts, [some])))  # type: ignore[misc]
            if self.terms.rows is not None and len(found) > self.terms.rows:
                break
        return found

    def _rows(self, reply: Reply, format_: Format, is_ask: bool) -> tuple[bytes, int]:
        return read_results(reply, lambda results: self.scribe.rows(yes_or_no(results) if is_ask else results, format_))

    async def _long(self, work: Coroutine[Any, Any, Made], client: str | None) -> Made:
        """Return what comes of work; where it takes long, it needs one of the places for that."""
        task = asyncio.create_task(work)
        is_long = False
        try:
            async with asyncio.timeout(self.bounds.seconds):
                done, _ = await asyncio.wait({task}, timeout=LONG_SECONDS)
                if not done:
                    if not self.places.are_free_for(client):
                        raise self.places.refusal(client)
                    is_long = True
                    self.places.take(client)
                return await task
        except TimeoutError:
            self.board.add("kill time")
            raise out_of_time(self.bounds.seconds) from None
        finally:
            if is_long:
                self.places.leave(client)
            if not task.done():
                task.cancel()
                await asyncio.wait({task})

    # Documents and pages

    async def read(self, make: Callable[[Facts], Made]) -> Made:
        """Return what a function makes of the facts. It is called again each time that what it lacked has come.

        Raises: what the function raises; ResultTooLarge for more facts than a result may have bytes; OutOfTime,
        EngineError.
        """
        with self._counted():
            try:
                async with asyncio.timeout(self.bounds.seconds):
                    return await self._facts(make)
            except TimeoutError:
                raise out_of_time(self.bounds.seconds) from None

    async def _facts(self, make: Callable[[Facts], Made]) -> Made:
        excerpt = Excerpt(self.kept)
        doubts = surety(self)
        for _ in range(_MOST_STEPS):
            try:
                made = make(Portion(self.release.manifest, excerpt))
            except Exception:
                # Of half the facts anything may follow, also what cannot be.
                if not excerpt.missing:
                    raise
            else:
                if not excerpt.missing:
                    return made
            await self._fetch(excerpt, doubts)
        raise EngineError(f"{self.endpoint.name} was asked {_MOST_STEPS} times, and what a page needs is still missing")

    async def _fetch(self, excerpt: Excerpt, doubts: int) -> None:
        fetches = fetches_of(excerpt.missing)
        found: dict[Pattern, Found] = {}
        for start in range(0, len(fetches), _FETCHED_TOGETHER):
            now = (self._found(fetch) for fetch in fetches[start : start + _FETCHED_TOGETHER])
            for part in await asyncio.gather(*now):
                found |= part
        if is_sure_since(self, doubts):
            for pattern, one in found.items():
                self.kept.keep(pattern, one, one.size)
        excerpt.take(found)

    async def _found(self, fetch: Fetch) -> dict[Pattern, Found]:
        reply = await self._post(fetch.query, ROWS)
        rows = await _aside(len(reply.content), read_results, reply, rows_in)
        try:
            found = fetch.read(rows)
        except (ValueError, IndexError, TypeError) as error:
            raise EngineError(f"{self.endpoint.name} answers another question than it was asked: {error}") from None
        broken = {quad.subject for one in found.values() for quad in one.quads if is_broken(quad.object)}
        if broken:
            right = statements_in(await self._post(query_for(broken), TURTLE_ONLY))
            found = {pattern: Found(mended(one.quads, right), one.is_whole) for pattern, one in found.items()}
        return found

    # The endpoint

    async def _post(self, text: str, accept: str, dataset: Dataset | None = None) -> Reply:
        try:
            return await self.endpoint.post(
                text,
                accept,
                seconds=self.bounds.seconds,
                most=_MOST_READ if self.terms.bytes is None else max(_MOST_READ, 2 * self.terms.bytes),
                dataset=dataset,
            )
        except EngineDown:
            self.lookout.look_now()
            raise

    def _forget(self) -> None:
        """Let go of what was kept of data that are others now."""
        self.kept = Kept()

    @contextlib.contextmanager
    def _counted(self) -> Iterator[None]:
        """Count somebody who waits, and log what the engine does wrong: who asked is not told."""
        self._count += 1
        self.board.add("waiting")
        try:
            yield
        except EngineDown:
            raise
        except EngineError as error:
            _log.error("%s", error)
            raise
        finally:
            self._count -= 1
            self.board.add("waiting", -1)


async def _aside(size: int, work: Callable[..., Made], *arguments: Any) -> Made:
    """Return what comes of work that may take long; where there is much to do, others go on meanwhile."""
    if size < _LARGE:
        return work(*arguments)
    return await asyncio.to_thread(work, *arguments)
