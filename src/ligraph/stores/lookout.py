"""Whether an engine still has the release, looked at again and again while it is asked."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ligraph.errors import EngineDown, LigraphError
from ligraph.releases.manifest import Manifest
from ligraph.stores.comparison import Comparison, compare
from ligraph.stores.endpoint import Endpoint
from ligraph.stores.replies import read_results, rows_in, yes_or_no

ROWS = "application/sparql-results+json, application/json;q=0.9, application/sparql-results+xml;q=0.5"
"""The formats of rows and of yes or no that are asked for."""

LOOK_SECONDS = 60.0
"""Time between two comparisons of the engine's data with the release."""

LOOK_AGAIN_SECONDS = 5.0
"""The same while the engine cannot be reached."""

_COUNT_SECONDS = 300.0
_FIRST_LOOK_SECONDS = 10.0
_log = logging.getLogger("ligraph")


class Lookout:
    """Compares what an endpoint has with a release. Use it in one event loop, between `start` and `close`.

    Shape: `union` is what the default graph of the engine should be; `doubts` counts how often its data were found to
    be others than before, and `on_doubt` is called each time.
    """

    def __init__(self, manifest: Manifest, endpoint: Endpoint, union: bool, on_doubt: Callable[[], None]) -> None:
        self.manifest = manifest
        self.endpoint = endpoint
        self.union = union
        self.on_doubt = on_doubt
        self.comparison = Comparison("not compared yet")
        self.doubts = 0
        self._look_now, self._has_looked = asyncio.Event(), asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Compare, and go on doing so. An engine that is down may come up later."""
        self._looking = asyncio.create_task(self._look_on())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FIRST_LOOK_SECONDS):
                await self._has_looked.wait()

    async def close(self) -> None:
        """Compare no more."""
        if self._looking:
            self._looking.cancel()
            await asyncio.wait({self._looking})

    def look_now(self) -> None:
        """Compare at once, as somebody could not reach the engine that could be reached before."""
        if self.comparison.is_reachable:
            self._look_now.set()

    async def _look_on(self) -> None:
        while True:
            await self._look()
            self._has_looked.set()
            seconds = LOOK_SECONDS if self.comparison.is_reachable else LOOK_AGAIN_SECONDS
            self._look_now.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._look_now.wait()

    async def _look(self) -> None:
        """Compare, and say what is new of it once."""
        before = self.comparison
        try:
            now = await compare(self.manifest, self.union, self._select, self._ask)
        except EngineDown as error:
            _log.error("%s", error)
            now = replace(before, detail="the engine cannot be reached", is_reachable=False)
        except (LigraphError, ValueError, TypeError) as error:
            _log.error("the engine's data cannot be compared: %s", error)
            now = replace(before, detail="the engine does not count its statements", is_reachable=True)
        if now.detail != before.detail:
            (_log.info if now.agrees and now.is_reachable else _log.error)("%s: %s", self.endpoint.name, now.detail)
        if before.agrees and not now.agrees:
            self.doubts += 1
            self.on_doubt()
        self.comparison = now

    async def _select(self, query: str) -> list[list[Any]]:
        reply = await self.endpoint.post(query, ROWS, seconds=_COUNT_SECONDS)
        return read_results(reply, rows_in)

    async def _ask(self, query: str) -> bool:
        reply = await self.endpoint.post(query, ROWS, seconds=_COUNT_SECONDS)
        return read_results(reply, lambda results: bool(yes_or_no(results)))
