"""What is being served: an open release with all that was made ready for it once."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import resource
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from pathlib import Path
from typing import cast

from pyoxigraph import RdfFormat, Triple, parse
from starlette.requests import Request

from ligraph import __version__
from ligraph.config import Collection
from ligraph.errors import LigraphError
from ligraph.formats import JSON_LD, Format
from ligraph.kept import Kept
from ligraph.releases.history import current_id, release_folder
from ligraph.releases.manifest import CONTEXT, ONTOLOGY
from ligraph.stores.embedded import Release, open_elsewhere, open_folder
from ligraph.stores.engines import Engine, Source
from ligraph.stores.facts import Facts, Made
from ligraph.stores.nursery import Order
from ligraph.stores.pool import Bounds, Pool
from ligraph.stores.queries import Answer
from ligraph.stores.questions import Question, read_questions
from ligraph.stores.results import Terms
from ligraph.views.jsonld import to_flat_json_ld
from ligraph.views.pages import Pages
from ligraph.views.site import site_of
from ligraph.views.words import Words
from ligraph.web.logs import QueryLog
from ligraph.web.tally import Tally

MOST_IN_MEMORY = 2_000_000
"""Statements up to which a release is kept in memory by the processes that answer queries, where there is room.

From memory a lookup takes two thirds, and a thousand rows take a third, of the time that they take from RocksDB: see
docs/performance.md."""

_STATEMENT_BYTES = 500
_SHARE_OF_MEMORY = 4

_NEGOTIATED = ((b"vary", b"Accept, Accept-Encoding"), (b"x-content-type-options", b"nosniff"))
_PROGRAM = "ligraph.web.answering"
_POLL_SECONDS = 0.5
_SLOTS = 256
_KEPT_DESCRIPTORS = 256
_PATIENCE_SECONDS = 300
_log = logging.getLogger("ligraph")


@dataclass
class Snapshot:
    """One open release, its words, what answers queries over it, and the pages and answers made from them.

    Shape: `seal` is what decides the bytes of an answer beside its query; facts are read from `source`.
    """

    release: Release
    words: Words
    pages: Pages
    context: bytes
    engine: Engine
    source: Source
    seal: bytes
    kind: str
    bodies: Kept[tuple[str, Format], bytes] = field(default_factory=Kept)
    answers: Kept[bytes, Answer] = field(default_factory=Kept)
    doubts: int = 0
    heads: dict[tuple[str, str, bool], bytes] = field(default_factory=dict)

    @cached_property
    def _fixed(self) -> list[tuple[bytes, bytes]]:
        made = format_datetime(datetime.fromisoformat(self.release.manifest.created), usegmt=True)
        return [(b"cache-control", b"no-cache"), (b"last-modified", made.encode()), *_NEGOTIATED]

    passing = ((b"cache-control", b"no-store"), *_NEGOTIATED)
    """The headers of answers that may be others the next time."""

    def lasting(self, tag: str) -> list[tuple[bytes, bytes]]:
        """Return the headers of answers that the release fixes."""
        return [(b"etag", tag.encode()), *self._fixed]

    async def read(self, make: Callable[[Facts], Made]) -> Made:
        """Return what a function makes of the release's facts. It may be called several times, and must change nothing.

        Raises: what the function raises; OutOfTime, EngineError.
        """
        return await self.source.read(make)

    def keep_body(self, key: tuple[str, Format], body: bytes, doubts: int) -> bool:
        """Keep a body that was made since the engine had so many doubts; return whether it surely is the release's."""
        if not self.engine.is_sure or self.engine.doubts != doubts:
            return False
        self.bodies.keep(key, body, len(body))
        return True

    def forget_doubtful(self) -> None:
        """Let go of what was made before the engine was found to have other data than the release."""
        if self.engine.doubts != self.doubts:
            self.doubts = self.engine.doubts
            self.bodies, self.answers = Kept(), Kept()

    def ontology(self) -> list[Triple]:
        """Return the ontology that the release was made with."""
        content = (self.release.folder / ONTOLOGY).read_bytes()
        return [quad.triple for quad in parse(content, format=RdfFormat.TURTLE)]


class Live:
    """The release that is served now. It follows the collection's pointer unless it was told a release.

    Shape: `refused` is the id of a release that was made live and cannot be served. Processes that serve the same site
    share the file `tally`.
    """

    def __init__(
        self, collection: Collection, site: str, root_path: str, release: str | None, tally: Path | None = None
    ) -> None:
        settings = collection.settings
        self.collection = collection
        self.limits = settings.limits
        self.services = tuple(settings.services)
        # Some descriptors are left for workers and the files of releases.
        descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        self.most_connections = max(descriptors - _KEPT_DESCRIPTORS, descriptors // 2)
        self.proxies = [ipaddress.ip_network(proxy) for proxy in settings.proxies]
        self.site = site
        self.root_path = root_path
        self.follows = release is None
        self.integrity = "not yet checked"
        self.refused: str | None = None
        self.tally = Tally(tally)
        self._has_said = False
        self._moving: asyncio.Task[None] | None = None
        self._verifying: asyncio.Task[None] | None = None
        self._questions_stamp: list[tuple[str, int]] | None = None
        self.questions: dict[str, Question] = {}
        self._read_questions()
        self.log = QueryLog(self.limits.slow_query_seconds)
        self.snapshot = self._open(release or current_id(collection))
        self._old: list[Engine] = []

    def _open(self, release: str | None) -> Snapshot:
        settings = self.collection.settings
        folder = release_folder(self.collection, release)
        opened = open_folder(folder) if settings.engine == "embedded" else open_elsewhere(folder)
        words = Words(opened.context)
        pages = Pages(site_of(opened.manifest, self.site, self.root_path), words)
        context = (folder / CONTEXT).read_bytes()
        if settings.query_url and settings.engine == "sparql":
            from ligraph.stores.endpoint import Endpoint
            from ligraph.stores.remote import Remote

            writers = {JSON_LD: lambda triples: to_flat_json_ld(triples, words)}
            bounds = self._bounds()
            remote = Remote(opened, Endpoint(settings.query_url), self._terms(), bounds, self.tally, writers)
            seal = self._seal(opened, settings.query_url)
            return Snapshot(opened, words, pages, context, remote, remote, seal, "engine")
        pool, seal = self._pool_for(opened, in_memory=False)
        return Snapshot(opened, words, pages, context, pool, opened, seal, "files")

    def _pool_for(self, release: Release, *, in_memory: bool) -> tuple[Pool, bytes]:
        """Return what answers queries over a release, from its files or from memory, and the seal of its answers."""
        order = Order(str(release.folder), in_memory, self._terms(), self.limits.query_memory, _SLOTS)
        pool = Pool(order, self._bounds(), _PROGRAM, self.tally)
        return pool, self._seal(release, "memory" if in_memory else "files")

    def _seal(self, release: Release, engine: str) -> bytes:
        terms = self._terms()
        kind = [__version__, release.manifest.id, terms.endpoint or "", str(terms.union), engine, ""]
        return "\n".join(kind).encode()

    def _terms(self) -> Terms:
        return Terms(
            endpoint=f"{self.site}sparql",
            union=self.collection.settings.default_graph == "union",
            services=self.services,
            rows=self.limits.result_rows,
            bytes=self.limits.result_bytes,
            depth=self.limits.query_depth,
            parts=self.limits.query_parts,
        )

    def _bounds(self) -> Bounds:
        return Bounds(self.limits.query_seconds, self.limits.long_queries, self.limits.waiting_queries)

    def _read_questions(self) -> None:
        """Take up the stored questions as they are now; what is wrong with one is logged once and costs that one."""
        stamp = []
        for path in sorted(self.collection.queries.glob("*")):
            # Editors leave links there that lead nowhere, and files that are gone in a moment.
            with suppress(OSError):
                stamp.append((path.name, path.stat().st_mtime_ns))
        if stamp == self._questions_stamp:
            return
        self._questions_stamp = stamp
        self.questions, wrong = read_questions(self.collection.queries)
        for error in wrong:
            _log.error("a stored question is left out: %s", error)

    def note_query(self, text: str, seconds: float, outcome: str, rows: int = 0, size: int = 0) -> None:
        """Count and log a query."""
        self.tally.took(outcome, seconds, rows, size)
        self.log.add(text, seconds, rows, size, outcome)

    async def start(self) -> None:
        """Start what answers queries."""
        await self.snapshot.engine.start()
        self._moving = asyncio.create_task(self._move_to_memory(self.snapshot))

    async def _move_to_memory(self, before: Snapshot) -> None:
        """Answer queries over a release from memory as soon as it has been read, where there is room for it.

        The files answer from the first moment on, and until then.
        """
        if not isinstance(before.engine, Pool):
            return
        await before.engine.forker.ready
        self._say_what_holds(before.engine.forker.means)
        if not _has_room(before.release.manifest.statements):
            return
        pool, seal = self._pool_for(before.release, in_memory=True)
        await pool.start()
        try:
            await asyncio.wait_for(pool.forker.ready, _PATIENCE_SECONDS)
        except TimeoutError:
            _log.warning("release %s is not kept in memory: it could not be read", before.release.manifest.id)
            self._old.append(pool)
            return
        except asyncio.CancelledError:
            await pool.close()
            raise
        if self.snapshot is before:
            # Rows may come in another order from memory: validators and kept answers go with the engine.
            self.snapshot = replace(before, engine=pool, seal=seal, kind="memory", answers=Kept())
            self._old.append(before.engine)
        else:
            self._old.append(pool)

    def _say_what_holds(self, means: str | None) -> None:
        """Log once what workers are kept from."""
        if self._has_said:
            return
        self._has_said = True
        memory = f"{self.limits.query_memory:,} bytes of memory each"
        if means:
            _log.info("queries run in processes without network (%s) and with %s", means, memory)
        else:
            _log.warning("this system has no way to take the network from processes: queries are only read for SERVICE")

    async def close(self) -> None:
        """End what answers queries, also over releases that were served before."""
        for task in (self._moving, self._verifying):
            if task:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        for engine in (self.snapshot.engine, *self._old):
            await engine.close()
        self.log.write()
        self.tally.close()

    async def watch(self) -> None:
        """Check the release's bytes once, then take up each release that becomes live; write logs between."""
        self._verifying = asyncio.create_task(self._verify())
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            self.log.write()
            self._read_questions()
            await self._let_go()
            self.snapshot.forget_doubtful()
            if not self.follows:
                continue
            try:
                now = current_id(self.collection)
                if now and now not in (self.snapshot.release.manifest.id, self.refused):
                    await self._take_up(now)
            except (LigraphError, OSError) as error:
                _log.error("the live release cannot be told: %s", error)

    async def _take_up(self, release: str) -> None:
        """Serve another release from now on; where it cannot be opened, say so once and go on with the old one."""
        try:
            snapshot = self._open(release)
            await snapshot.engine.start()
        except (LigraphError, OSError, ValueError) as error:
            self.refused = release
            _log.error("release %s cannot be served: %s", release, error)
            return
        before, self.snapshot = self.snapshot.engine, snapshot
        self._old.append(before)
        self._moving = asyncio.create_task(self._move_to_memory(snapshot))
        self.refused = None
        _log.info("serving release %s", release)
        self.integrity = "not yet checked"
        self._verifying = asyncio.create_task(self._verify())

    async def _let_go(self) -> None:
        """End what answered queries over earlier releases, once the last of them has its answer."""
        for engine in [engine for engine in self._old if engine.is_idle]:
            self._old.remove(engine)
            await engine.close()

    async def _verify(self) -> None:
        release = self.snapshot.release
        found = "whole"
        try:
            await asyncio.to_thread(release.verify)
        except (LigraphError, OSError) as error:
            found = "damaged"
            _log.error("%s", error)
        if self.snapshot.release is release:
            self.integrity = found


def _has_room(statements: int) -> bool:
    """Return whether statements may be kept in memory: not too many, and in a part of what is free."""
    free = _free_memory()
    return statements <= MOST_IN_MEMORY and (free is None or statements * _STATEMENT_BYTES < free / _SHARE_OF_MEMORY)


def _free_memory() -> int | None:
    """Return how many bytes of memory are available, None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def live_of(request: Request) -> Live:
    """Return what an application serves."""
    return cast(Live, request.app.state.live)


def snapshot_of(request: Request) -> Snapshot:
    """Return the release that is served, to be used for the whole of one request."""
    return live_of(request).snapshot
