"""What is being served: the release that is live now, in one engine or the next, and what is counted and logged."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import resource
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import cast

from starlette.requests import Request

from ligraph.config import Collection
from ligraph.errors import LigraphError
from ligraph.kept import Kept
from ligraph.releases.history import current_id
from ligraph.stores.confinement import can_limit_memory
from ligraph.stores.embedded import Release, held_in_memory
from ligraph.stores.engines import Engine
from ligraph.stores.pool import Pool
from ligraph.stores.questions import Question, read_questions
from ligraph.web.logs import QueryLog
from ligraph.web.opening import Opener, has_room
from ligraph.web.snapshot import Snapshot
from ligraph.web.tally import Tally

_POLL_SECONDS = 0.5
_KEPT_DESCRIPTORS = 256
_PATIENCE_SECONDS = 300
_log = logging.getLogger("ligraph")


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
        self._opener = Opener(collection, site, root_path, self.tally)
        self._has_said = False
        self._trouble = ""
        self._moving: asyncio.Task[None] | None = None
        self._verifying: asyncio.Task[None] | None = None
        self._questions_stamp: list[tuple[str, int]] | None = None
        self.questions: dict[str, Question] = {}
        self._read_questions()
        self.log = QueryLog(self.limits.slow_query_seconds)
        self.snapshot = self._opener.open(release or current_id(collection))
        self._old: list[Engine] = []

    def _read_questions(self) -> bool:
        """Take up the stored questions as they are now; return whether they changed.

        What is wrong with one is logged once and costs that one.
        """
        stamp = []
        for path in sorted(self.collection.queries.glob("*")):
            # Editors leave links there that lead nowhere, and files that are gone in a moment.
            with suppress(OSError):
                stamp.append((path.name, path.stat().st_mtime_ns))
        if stamp == self._questions_stamp:
            return False
        self._questions_stamp = stamp
        limits = self.limits
        self.questions, wrong = read_questions(
            self.collection.queries, deepest=limits.query_depth, most=limits.query_parts
        )
        for error in wrong:
            _log.error("a stored question is left out: %s", error)
        return True

    def note_query(self, text: str, seconds: float, outcome: str, rows: int = 0, size: int = 0) -> None:
        """Count and log a query."""
        self.tally.took(outcome, seconds, rows, size)
        self.log.add(text, seconds, rows, size, outcome)

    async def start(self) -> None:
        """Start what answers queries.

        Raises: OSError where no process can be started.
        """
        await self.snapshot.engine.start()
        self._begin_with(self.snapshot)

    def _begin_with(self, snapshot: Snapshot) -> None:
        """Do what is done once for each release while it is served already."""
        for task in (self._moving, self._verifying):
            if task:
                task.cancel()
        self._moving = asyncio.create_task(self._move_to_memory(snapshot))
        self.integrity = "not yet checked"
        self._verifying = asyncio.create_task(self._verify(snapshot))

    async def _move_to_memory(self, before: Snapshot) -> None:
        """Answer queries over a release from memory as soon as it has been read, where there is room for it.

        The files answer from the first moment on, and until then.
        """
        if not isinstance(before.engine, Pool):
            return
        await asyncio.shield(before.engine.staff.forker.ready)
        self._say_what_holds(before.engine.staff.forker.means)
        if not has_room(before.release.manifest.statements):
            return
        pool, seal = self._opener.pool(before.release, in_memory=True)
        try:
            await pool.start()
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await asyncio.shield(pool.staff.forker.ready)
        except (OSError, TimeoutError) as error:
            why = str(error) or "reading it takes too long"
            _log.warning("release %s is not kept in memory: %s", before.release.manifest.id, why)
            self._old.append(pool)
        except asyncio.CancelledError:
            await pool.close()
            raise
        else:
            # Rows may come in another order from memory: validators and kept answers go with the engine.
            self.snapshot = replace(before, engine=pool, seal=seal, kind="memory", answers=Kept())
            self._old.append(before.engine)
            await self._hold_facts(before.release)

    async def _hold_facts(self, release: Release) -> None:
        """Make documents from memory, too, where there is still room: these statements are in no other process.

        Blank nodes, which only files have that are served as they are, would be called otherwise there.
        """
        if release.manifest.base and has_room(release.manifest.statements):
            held = await asyncio.to_thread(held_in_memory, release)
            self.snapshot = replace(self.snapshot, source=held)

    def _say_what_holds(self, means: str | None) -> None:
        """Log once what workers are kept from."""
        if self._has_said:
            return
        self._has_said = True
        memory = f" and with {self.limits.query_memory:,} bytes of memory each" if can_limit_memory() else ""
        if means:
            _log.info("queries run in processes without network (%s)%s", means, memory)
        else:
            _log.warning("this system has no way to take the network from processes: queries are only read for SERVICE")
        if not memory:
            _log.warning("this system has no way to limit the memory of processes: a query can take all there is")

    async def close(self) -> None:
        """End what answers queries, also over releases that were served before."""
        tasks = [task for task in (self._moving, self._verifying) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for engine in (self.snapshot.engine, *self._old):
            await engine.close()
        self.log.write()
        self.tally.close()

    async def watch(self) -> None:
        """Take up each release that becomes live; write logs between."""
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                await self._look_around()
            except Exception:
                # Whatever is wrong now, the next release has to be seen.
                _log.exception("the service cannot be looked after")

    async def _look_around(self) -> None:
        self.log.write()
        if self._read_questions():
            # The first page says whether there is a search.
            self.snapshot.forget()
        await self._let_go()
        self.snapshot.forget_doubtful()
        if not self.follows:
            return
        try:
            now = current_id(self.collection)
            if now and now != self.snapshot.release.manifest.id:
                await self._take_up(now)
            else:
                self.refused, self._trouble = None, ""
        except (LigraphError, OSError) as error:
            self._say_trouble(f"the live release cannot be told: {error}")

    async def _take_up(self, release: str) -> None:
        """Serve another release from now on; where that cannot be, say so once and go on with the old one.

        It is tried again at every look: what is wrong may pass, such as that no more files may be open.
        """
        try:
            snapshot = self._opener.open(release)
            await snapshot.engine.start()
        except (LigraphError, OSError, ValueError) as error:
            self.refused = release
            self._say_trouble(f"release {release} cannot be served: {error}")
            return
        before, self.snapshot = self.snapshot.engine, snapshot
        self._old.append(before)
        self.refused, self._trouble = None, ""
        _log.info("serving release %s", release)
        self._begin_with(snapshot)

    def _say_trouble(self, trouble: str) -> None:
        """Log what is wrong once, not at every look."""
        if trouble != self._trouble:
            self._trouble = trouble
            _log.error("%s", trouble)

    async def _let_go(self) -> None:
        """End what answered queries over earlier releases, once the last of them has its answer."""
        for engine in [engine for engine in self._old if engine.is_idle]:
            # Cut short by the end of the service, it is closed again by that.
            await engine.close()
            self._old.remove(engine)

    async def _verify(self, snapshot: Snapshot) -> None:
        """Check the bytes of a release."""
        found = "whole"
        try:
            await asyncio.to_thread(snapshot.release.verify)
        except (LigraphError, OSError) as error:
            found = "damaged"
            _log.error("%s", error)
        if self.snapshot.release is snapshot.release:
            self.integrity = found


def live_of(request: Request) -> Live:
    """Return what an application serves."""
    return cast(Live, request.app.state.live)


def snapshot_of(request: Request) -> Snapshot:
    """Return the release that is served, to be used for the whole of one request."""
    return live_of(request).snapshot
