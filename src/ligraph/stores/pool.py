"""The worker processes of one release: who answers what, and who is ended when.

Swift workers, one for each processor, answer queries in the order in which they come. A query that has used
`SLOW_SECONDS` of processor time keeps its worker to itself and is lowered; a spare takes over what waited behind it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ligraph.errors import LigraphError, OutOfTime, Overloaded, Refused
from ligraph.stores.forker import Forker
from ligraph.stores.frames import Told
from ligraph.stores.lanes import Job, Lane
from ligraph.stores.nursery import Order
from ligraph.stores.queries import Answer
from ligraph.stores.refusals import out_of_memory, out_of_time, too_many

SLOW_SECONDS = 0.02
"""Processor time after which a query is slow."""

_TICK_SECONDS = 0.01
_DEPTH_SECONDS = 0.002
_DEEPEST = 64
_MOST_SWIFT = 8
_SHORT_SECONDS = 0.0003
_MOST_TRIES = 3
_AGAIN_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0
_STUCK_SECONDS = 2.0
_log = logging.getLogger("ligraph")


@dataclass(frozen=True)
class Bounds:
    """What queries may take.

    Units: seconds. `places` is how many slow queries run at once in the whole service, `most` how many may wait.
    """

    seconds: float
    places: int
    most: int


class Board(Protocol):
    """Where the processes of a service count together."""

    def add(self, name: str, amount: float = 1) -> None:
        """Add to a count."""

    def total(self, name: str) -> float:
        """Return the count of all processes."""


class Pool:
    """Answers queries in worker processes. Use it in one event loop, between `start` and `close`.

    Shape: `program` is the module that is run to fork workers; `board` is where this process and others of the service
    count slow queries and kills.
    """

    is_steady = is_sure = True
    doubts = 0
    condition = None

    def __init__(self, order: Order, bounds: Bounds, program: str, board: Board) -> None:
        self.forker = Forker(order, program, self)
        self.bounds = bounds
        self.board = board
        self._free = deque(range(order.slots))
        self._number = 0
        self._queue: deque[Job] = deque()
        self._long_queue: deque[Job] = deque()
        self._lanes: set[Lane] = set()
        self._slow: set[Lane] = set()
        self._swift: list[Lane] = []
        self._spare: Lane | None = None
        self._mean = 0.0005
        self._count = 0
        self._is_ticking = False
        self._is_closing = False

    async def start(self) -> None:
        """Start the process that forks workers, and the first of them."""
        self.loop = asyncio.get_running_loop()
        self.forker.start(self.loop)
        self._begin()

    def _begin(self) -> None:
        self._swift, self._spare = [], None
        self._staff()

    async def close(self) -> None:
        """End every worker; whoever still waits is told that the service ends."""
        self._is_closing = True
        error = Overloaded("the service is being stopped", hint="ask again in a few seconds")
        for job in [*self._queue, *self._long_queue, *(job for lane in self._lanes for job in lane.pending)]:
            self._settle(job, Told(0, error, 0.0))
        for lane in list(self._lanes):
            self._unmark(lane)
            if lane.transport:
                lane.transport.abort()
        await self.forker.close()

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._count == 0

    async def ask(self, packed: bytes, *, outward: bool = False) -> Answer:
        """Return the answer to a packed query; a cancelled call stops the query.

        Raises: what `Evaluator.answer` raises; OutOfTime, OutOfMemory, Overloaded; Refused where the engine crashed.
        """
        future: asyncio.Future[Told] = self.loop.create_future()
        job = self.submit(packed, lambda told: None if future.done() else future.set_result(told), outward=outward)
        try:
            told = await future
        except asyncio.CancelledError:
            self.leave(job)
            raise
        if isinstance(told.answer, LigraphError):
            raise told.answer
        return told.answer

    def submit(self, packed: bytes, tell: Callable[[Told], None], *, outward: bool = False) -> Job:
        """Take a packed query; `tell` is called with its answer or error, unless the job is left before.

        Raises: Overloaded.
        """
        waiting = self.board.total("waiting")
        if waiting >= self.bounds.most:
            raise too_many(waiting)
        job = Job(packed, tell, outward=outward)
        self._expect(1)
        if job.is_long:
            self._long_queue.append(job)
            self._start_long()
        else:
            self._queue.append(job)
            self._send_on()
        if not self._is_ticking:
            self._is_ticking = True
            self.loop.call_later(_TICK_SECONDS, self._tick)
        return job

    def leave(self, job: Job) -> None:
        """Drop a job for which nobody waits any more; a query that runs is ended soon."""
        if not job.is_settled:
            self._expect(-1)
            job.leave()

    def _expect(self, more: int) -> None:
        self._count += more
        self.board.add("waiting", more)

    def _settle(self, job: Job, told: Told) -> None:
        if not job.is_settled:
            self._expect(-1)
            job.settle(told)

    def _send_on(self) -> None:
        """Send swift workers what waits, and none more than it does in about two milliseconds.

        Where queries are short, one worker is filled before the next, as to wake another takes longer than to wait, and
        the last is left alone: the service itself is as busy as a worker then, and needs a processor.
        """
        if not self._queue:
            return
        depth = min(max(int(_DEPTH_SECONDS / self._mean), 1), _DEEPEST)
        is_short = self._mean < _SHORT_SECONDS
        for lane in self._swift[: max(len(self._swift) - 1, 1)] if is_short else sorted(self._swift, key=_load):
            self._fill(lane, depth)

    def _fill(self, lane: Lane, depth: int) -> None:
        while self._queue and len(lane.pending) < depth:
            job = self._queue.popleft()
            if not job.is_settled:
                self._send(lane, job)

    def _send(self, lane: Lane, job: Job) -> None:
        self._number += 1
        lane.send(job, self._number)

    def _start_long(self) -> None:
        """Give queries that are known to be long workers of their own, as many as there are places."""
        while self._long_queue and self._has_place():
            job = self._long_queue.popleft()
            if job.is_settled:
                continue
            lane = self._new_lane(outward=True) if job.outward else self._take_spare()
            if lane is None:
                self._long_queue.appendleft(job)
                return
            self._send(lane, job)
            self._mark(lane)

    def _has_place(self) -> bool:
        return self.board.total("slow") < self.bounds.places

    # What comes back

    def on_told(self, lane: Lane, told: Told) -> None:
        """Take an answer: to the first pending job, or to one that another worker has been sent since."""
        if not lane.pending or lane.pending[0].number != told.number:
            return
        job = lane.pending.popleft()
        if lane not in self._slow:
            self._mean += (told.seconds - self._mean) / 32
        self._settle(job, told)
        if lane in self._slow:
            self._unmark(lane)
            # What it was sent behind that is with others: it is of no more use.
            self._stop(lane, Overloaded("the worker is done"))
            self._start_long()
        else:
            self._send_on()

    def on_cut(self, lane: Lane) -> None:
        """Take note that the connection to a worker ended."""
        self._bury(lane)

    def on_born(self, slot: int, pid: int) -> None:
        """Take note of the process id of a worker, and do what could not be done to it before."""
        lane = next((lane for lane in self._lanes if lane.slot_number == slot and not lane.pid), None)
        if lane is None:
            return
        lane.pid, lane.since = pid, time.monotonic()
        if lane in self._slow:
            self.forker.lower(pid)
        if lane.doom:
            self.forker.kill(pid)

    def on_gone(self, pid: int, status: int) -> None:
        """Take note of the exit code of a worker."""
        lane = next((lane for lane in self._lanes if lane.pid == pid), None)
        if lane:
            lane.status = status
            self._bury(lane)

    def _bury(self, lane: Lane) -> None:
        """Forget a worker whose end is known; answer the query that it was at, and send again what waited behind."""
        if self._is_closing or not lane.is_cut or lane.status is None or lane not in self._lanes:
            return
        self._lanes.remove(lane)
        self._unmark(lane)
        self._free.append(lane.slot_number)
        self._give_back(lane, lane.status)
        if lane in self._swift:
            self._exchange(lane, self._take_spare())
        elif lane is self._spare:
            self._spare = None
            self.loop.call_later(_AGAIN_SECONDS, self._staff)
        self._send_on()
        self._start_long()

    def _give_back(self, lane: Lane, status: int) -> None:
        blamed = lane.slot.current
        for job in reversed(lane.pending):
            job.tries += 1
            if job.number == blamed or job.tries > _MOST_TRIES:
                self._settle(job, Told(job.number, lane.doom or self._cause(status), 0.0))
            elif not job.is_settled:
                (self._long_queue if job.is_long else self._queue).appendleft(job)
        lane.pending.clear()

    def _cause(self, status: int) -> LigraphError:
        self._note("crash")
        name = signal.Signals(-status).name if status < 0 else f"exit code {status}"
        _log.warning("a worker ended with %s while it answered a query", name)
        if status in (-signal.SIGABRT, -signal.SIGKILL):
            return out_of_memory()
        return Refused("the engine cannot answer this query: it ended its process", hint="ask in smaller steps")

    def on_orphaned(self, status: int) -> None:
        """Take note that all workers ended with the process that forked them; nobody's query is to blame."""
        _log.error("the process that forks workers ended with %s; another is started", status)
        dead, self._lanes = self._lanes, set()
        self._swift, self._spare = [], None
        for lane in dead:
            self._unmark(lane)
            lane.slot.clear()
            lane.doom = Overloaded(
                "the processes that answer queries end again and again", hint="ask again in a minute"
            )
            self._give_back(lane, -signal.SIGKILL)
            self._free.append(lane.slot_number)
            if lane.transport:
                lane.transport.abort()

    def on_again(self) -> None:
        """Begin again with new workers."""
        self._begin()
        self._send_on()
        self._start_long()

    # What is looked at from time to time

    def _tick(self) -> None:
        try:
            self._look_around(time.monotonic())
        finally:
            self._is_ticking = not self._is_closing and (self._count > 0 or any(lane.pending for lane in self._lanes))
            if self._is_ticking:
                self.loop.call_later(_TICK_SECONDS, self._tick)

    def _look_around(self, now: float) -> None:
        if self._is_closing:
            return
        for lane in list(self._lanes):
            self._look_at(lane, now)
        if any(self._is_unheard(lane, now) for lane in self._lanes):
            _log.error("the process that forks workers does not do what it is asked")
            self.forker.end()
        if self._long_queue:
            self._drop_overdue(now)
            self._start_long()

    def _look_at(self, lane: Lane, now: float) -> None:
        age = lane.age()
        if lane.doom:
            return
        if age is None:
            if lane.pid and lane.pending and not lane.slot.current and self._is_stuck(lane, now):
                self._note("starved")
                self._stop(lane, Overloaded("no worker could begin with the query", hint="ask again in a few seconds"))
            return
        if lane.pending[0].is_settled and age > SLOW_SECONDS:
            self._note("left")
            self._stop(lane, OutOfTime("the client is gone"))
        elif age > self.bounds.seconds:
            self._note("time")
            self._stop(lane, out_of_time(self.bounds.seconds))
        elif lane in self._swift and age > SLOW_SECONDS and _has_worked(lane, age):
            self._move_over(lane)

    def _is_stuck(self, lane: Lane, now: float) -> bool:
        """Return whether a worker should have begun with what it was sent: a new one has its store to open first."""
        return now > max(lane.pending[0].sent + _STUCK_SECONDS, lane.since + _PATIENCE_SECONDS)

    def _is_unheard(self, lane: Lane, now: float) -> bool:
        """Return whether a worker should have been begun or ended long ago."""
        since = self.forker.up_since
        return (
            since is not None
            and (not lane.pid or lane.doom is not None)
            and (now - max(lane.since, since) > _PATIENCE_SECONDS)
        )

    def _move_over(self, lane: Lane) -> None:
        """Let a slow query have its worker to itself, or begin it again later, and others a worker that is free."""
        spare = self._take_spare()
        if spare is None:
            return
        slow, *behind = lane.pending
        lane.slot.skip_to(self._number)
        lane.pending = deque([slow])
        self._exchange(lane, spare)
        self._queue.extendleft(reversed(behind))
        if self._has_place():
            self._mark(lane)
        else:
            lane.pending.clear()
            slow.is_long = True
            self._long_queue.append(slow)
            self._note("moved")
            self._stop(lane, Overloaded("the query begins again later"))
        self._send_on()

    def _drop_overdue(self, now: float) -> None:
        while self._long_queue and now - self._long_queue[0].asked > self.bounds.seconds:
            message = f"{self.bounds.places:,} long queries are running, as many as may at once"
            error = Overloaded(message, hint="ask again in a minute, or for less")
            self._settle(self._long_queue.popleft(), Told(0, error, 0.0))

    # Workers

    def _new_lane(self, *, outward: bool = False) -> Lane | None:
        """Return a worker that is begun, None where none can be now."""
        if self._is_closing or not self._free or not self.forker.is_running:
            return None
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            _log.error("no worker can be begun: %s", error)
            return None
        ours.setblocking(False)
        lane = Lane(self, self.loop, self.forker.memory, self._free.popleft())
        self._lanes.add(lane)
        try:
            self.forker.fork(lane.slot_number, theirs, outward=outward)
        finally:
            theirs.close()
        self.loop.create_task(self._connect(lane, ours))
        return lane

    async def _connect(self, lane: Lane, ours: socket.socket) -> None:
        await self.loop.create_connection(lambda: lane, sock=ours)

    def _take_spare(self) -> Lane | None:
        lane = self._spare or self._new_lane()
        self._spare = self._new_lane()
        if self._spare is None:
            self.loop.call_later(_AGAIN_SECONDS, self._staff)
        return lane

    def _exchange(self, lane: Lane, spare: Lane | None) -> None:
        """Put a spare in the place of a swift worker."""
        place = self._swift.index(lane)
        self._swift[place : place + 1] = [spare] if spare else []

    def _staff(self) -> None:
        """Begin the workers that are missing."""
        wanted = min(os.cpu_count() or 1, _MOST_SWIFT)
        while len(self._swift) < wanted and (lane := self._new_lane()):
            self._swift.append(lane)
        self._spare = self._spare or self._new_lane()
        self._send_on()
        if self.forker.is_running and not self._spare and not self._is_closing:
            self.loop.call_later(_AGAIN_SECONDS, self._staff)

    def _mark(self, lane: Lane) -> None:
        """Count a worker as one that has a slow query to itself."""
        self._slow.add(lane)
        self.board.add("slow")
        if lane.pid:
            self.forker.lower(lane.pid)

    def _unmark(self, lane: Lane) -> None:
        if lane in self._slow:
            self._slow.remove(lane)
            self.board.add("slow", -1)

    def _stop(self, lane: Lane, error: LigraphError) -> None:
        lane.doom = error
        lane.since = time.monotonic()
        if lane.pid:
            self.forker.kill(lane.pid)

    def _note(self, kind: str) -> None:
        self.board.add(f"kill {kind}")


def _has_worked(lane: Lane, age: float) -> bool:
    """Return whether a query is a slow one; a worker may also be stopped, or wait for a disk."""
    return age > _STUCK_SECONDS or lane.processor_seconds() > SLOW_SECONDS


def _load(lane: Lane) -> int:
    return len(lane.pending)
