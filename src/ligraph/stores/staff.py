"""The worker processes of one release: begun, lowered, ended, and replaced.

There is a swift worker for each processor, and a spare that takes the place of one that is lost or has a slow query.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

from ligraph.errors import LigraphError
from ligraph.stores.forker import Forker
from ligraph.stores.frames import Told
from ligraph.stores.lanes import Lane
from ligraph.stores.nursery import Order

_MOST_SWIFT = 8
_AGAIN_SECONDS = 1.0
_log = logging.getLogger("ligraph")


class Employer(Protocol):
    """Who is told of what workers do."""

    def on_told(self, lane: Lane, told: Told) -> None:
        """Take an answer."""

    def on_lost(self, lane: Lane, status: int) -> None:
        """Take note that a worker ended, with an exit code."""

    def on_orphaned(self, lanes: set[Lane]) -> None:
        """Take note that all workers ended with the process that forked them."""

    def on_staffed(self) -> None:
        """Take note that there are workers again."""


class Staff:
    """The workers. Use it in one event loop, between `start` and `close`.

    Shape: `swift` are those that take whatever comes; `lanes` are all that are not known to have ended.
    """

    def __init__(self, order: Order, program: str, employer: Employer) -> None:
        self.forker = Forker(order, program, self)
        self.employer = employer
        self.lanes: set[Lane] = set()
        self.swift: list[Lane] = []
        self._lowered: set[Lane] = set()
        self._spare: Lane | None = None
        self._free = deque(range(order.slots))
        self._connecting: set[asyncio.Task[None]] = set()
        self._coming: asyncio.TimerHandle | None = None
        self._is_closing = False

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the process that forks workers, and the first of them.

        Raises: OSError.
        """
        self.loop = loop
        self.forker.start(loop)
        self._complete()

    async def close(self) -> None:
        """End every worker."""
        self._is_closing = True
        for lane in self.lanes:
            lane.abort()
            lane.slot.release()
        await self.forker.close()

    def add(self, *, outward: bool = False) -> Lane | None:
        """Return a worker that is begun, None where none can be now; one that is `outward` may reach the network."""
        if self._is_closing or not self._free or not self.forker.is_running:
            return None
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            _log.error("no worker can be begun: %s", error)
            return None
        ours.setblocking(False)
        lane = Lane(self, self.loop, self.forker.memory, self._free.popleft())
        self.lanes.add(lane)
        try:
            self.forker.fork(lane.slot_number, theirs, outward=outward)
        finally:
            theirs.close()
        connecting = self.loop.create_task(self._connect(lane, ours))
        self._connecting.add(connecting)
        connecting.add_done_callback(self._connecting.discard)
        return lane

    async def _connect(self, lane: Lane, ours: socket.socket) -> None:
        await self.loop.create_connection(lambda: lane, sock=ours)

    def take_spare(self) -> Lane | None:
        """Return a worker that is free, None where there is none."""
        if self._coming:
            # None could be begun a moment ago.
            lane, self._spare = self._spare, None
            return lane
        lane = self._spare or self.add()
        self._spare = self.add()
        if self._spare is None:
            self._complete_later()
        return lane

    def exchange(self, lane: Lane, spare: Lane | None) -> None:
        """Put a spare in the place of a swift worker."""
        place = self.swift.index(lane)
        self.swift[place : place + 1] = [spare] if spare else []

    def lower(self, lane: Lane) -> None:
        """Have a worker run only while nobody else wants to."""
        self._lowered.add(lane)
        if lane.pid:
            self.forker.lower(lane.pid)

    def set_apart(self, lane: Lane) -> None:
        """Have a worker leave one processor to others."""
        lane.is_apart = True
        self.forker.set_apart(lane.pid)

    def stop(self, lane: Lane, error: LigraphError, number: int = 0) -> None:
        """End a worker because of the query with a number, of which `error` is said."""
        lane.doom, lane.doomed = error, number
        lane.since = time.monotonic()
        if lane.pid:
            self.forker.kill(lane.pid)

    def unheard(self, now: float, patience: float) -> bool:
        """Return whether a worker should have been begun or ended long ago."""
        since = self.forker.up_since
        return since is not None and any(
            (not lane.pid or lane.doom is not None) and now - max(lane.since, since) > patience for lane in self.lanes
        )

    # What is told of workers

    def on_told(self, lane: Lane, told: Told) -> None:
        """Hand on an answer."""
        self.employer.on_told(lane, told)

    def on_cut(self, lane: Lane) -> None:
        """Take note that the connection to a worker ended."""
        self._bury(lane)

    def on_born(self, slot: int, pid: int) -> None:
        """Take note of the process id of a worker, and do what could not be done to it before."""
        lane = self._find(lambda lane: lane.slot_number == slot and not lane.pid)
        if lane is None:
            return
        lane.pid, lane.since = pid, time.monotonic()
        if lane in self._lowered:
            self.forker.lower(pid)
        if lane.doom:
            self.forker.kill(pid)
        self.employer.on_staffed()

    def on_gone(self, pid: int, status: int) -> None:
        """Take note of the exit code of a worker."""
        lane = self._find(lambda lane: lane.pid == pid)
        if lane:
            lane.status = status
            self._bury(lane)

    def _find(self, fits: Callable[[Lane], bool]) -> Lane | None:
        return next(filter(fits, self.lanes), None)

    def _bury(self, lane: Lane) -> None:
        """Forget a worker whose end is known; what it said before has been heard by then."""
        if self._is_closing or not lane.is_cut or lane.status is None or lane not in self.lanes:
            return
        self.lanes.discard(lane)
        if lane in self.swift:
            self.exchange(lane, self.take_spare())
        elif lane is self._spare:
            self._spare = None
            self._complete_later()
        self.employer.on_lost(lane, lane.status)
        self._forget(lane)

    def on_orphaned(self, status: int) -> None:
        """Take note that all workers ended with the process that forked them."""
        _log.error("the process that forks workers ended with %s; another is started", status)
        dead, self.lanes = self.lanes, set()
        self.swift, self._spare = [], None
        self.employer.on_orphaned(dead)
        for lane in dead:
            lane.abort()
            self._forget(lane)

    def _forget(self, lane: Lane) -> None:
        """Let another worker have the slot of one that nobody asks about any more."""
        self._lowered.discard(lane)
        self._free.append(lane.slot_number)

    def on_again(self) -> None:
        """Begin again with new workers."""
        self._complete()

    def _complete(self) -> None:
        """Begin the workers that are missing."""
        if self._coming:
            self._coming.cancel()
            self._coming = None
        wanted = min(os.cpu_count() or 1, _MOST_SWIFT)
        while len(self.swift) < wanted and (lane := self.add()):
            self.swift.append(lane)
        self._spare = self._spare or self.add()
        if self.forker.is_running and not self._spare:
            self._complete_later()
        self.employer.on_staffed()

    def _complete_later(self) -> None:
        if not self._is_closing and not self._coming:
            self._coming = self.loop.call_later(_AGAIN_SECONDS, self._complete)
