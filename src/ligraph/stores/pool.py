"""The queries over one release: who answers which, and which are ended when.

Swift workers, one for each processor, answer queries in the order in which they come. A query that turns out
slow keeps its worker to itself and is lowered; a spare takes over what waited behind it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections import deque
from typing import Any

from ligraph.errors import LigraphError, Overloaded, Refused
from ligraph.stores.bounds import Board, Bounds, Places
from ligraph.stores.frames import Told
from ligraph.stores.guard import Guard
from ligraph.stores.lanes import Job, Lane
from ligraph.stores.nursery import Order
from ligraph.stores.queries import Answer
from ligraph.stores.refusals import being_stopped, ended_again, out_of_memory, too_many
from ligraph.stores.staff import Staff
from ligraph.stores.waiting import Waiting

_DEPTH_SECONDS = 0.004
_DEEPEST = 64
_SHORT_SECONDS = 0.0003
_MOST_TRIES = 3
_log = logging.getLogger("ligraph")


class Pool:
    """Answers queries in worker processes. Use it in one event loop, between `start` and `close`.

    Shape: `program` is the module that is run to fork workers; `board` is where this process and others of the service
    count slow queries and kills.
    """

    is_steady = is_sure = True
    doubts = 0

    def __init__(self, order: Order, bounds: Bounds, program: str, board: Board) -> None:
        self.staff = Staff(order, program, self)
        self.bounds = bounds
        self.board = board
        self.places = Places(bounds, board)
        self.waiting = Waiting(bounds, self.places)
        self.guard = Guard(self.staff, bounds, self)
        self._number = 0
        self._slow: dict[Lane, str | None] = {}
        self._mean = 0.0005
        self._count = 0
        self._is_closing = False

    async def start(self) -> None:
        """Start the process that forks workers, and the first of them.

        Raises: OSError where no process can be started.
        """
        self.loop = asyncio.get_running_loop()
        self.staff.start(self.loop)

    async def close(self) -> None:
        """End every worker; whoever still waits is told that the service ends."""
        self._is_closing = True
        error = being_stopped()
        for job in [*self.waiting, *(job for lane in self.staff.lanes for job in lane.pending)]:
            self._settle(job, Told(0, error, 0.0))
        for lane in list(self._slow):
            self._unmark(lane)
        await self.staff.close()

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._count == 0

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits, or a worker is at what nobody waits for any more."""
        return not self._is_closing and (self._count > 0 or any(lane.pending for lane in self.staff.lanes))

    @property
    def condition(self) -> dict[str, Any] | None:
        """What `/health` says: nothing while there are workers."""
        return None if self.staff.swift or self._is_closing else {"state": "without workers"}

    async def ask(self, packed: bytes, *, client: str | None = None, outward: bool = False) -> Answer:
        """Return the answer to a packed query; a cancelled call stops the query.

        Raises: what `Evaluator.answer` raises; OutOfTime, OutOfMemory, Overloaded; Refused where the engine crashed.
        """
        future: asyncio.Future[Told] = self.loop.create_future()
        job = Job(packed, lambda told: None if future.done() else future.set_result(told), client, outward=outward)
        self.submit(job)
        try:
            told = await future
        except asyncio.CancelledError:
            self.leave(job)
            raise
        if isinstance(told.answer, LigraphError):
            raise told.answer
        return told.answer

    def submit(self, job: Job) -> None:
        """Take a query, which is told its answer or error, unless it is left before.

        Raises: Overloaded.
        """
        waiting = self.board.total("waiting")
        if waiting >= self.bounds.most:
            raise too_many(waiting)
        self._expect(1)
        self.waiting.add(job)
        if job.is_long:
            self._start_long()
        else:
            self._send_on()
        if not self.guard.is_looking:
            self.guard.begin(self.loop)

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
        """Send swift workers what waits, and none more than it does in about four milliseconds.

        Where queries are short, one worker is filled before the next, as to wake another takes longer than to wait, and
        the last is left alone: the service itself is as busy as a worker then, and needs a processor.
        """
        if not self.waiting.short:
            return
        depth = min(max(int(_DEPTH_SECONDS / self._mean), 1), _DEEPEST)
        is_short = self._mean < _SHORT_SECONDS
        # What waits here has a deadline; what is sent to a worker that is not there yet, or any more, has none.
        swift = [lane for lane in self.staff.swift if lane.pid and not lane.doom and not lane.is_cut]
        for lane in swift[: max(len(swift) - 1, 1)] if is_short else sorted(swift, key=_load):
            self._fill(lane, depth)

    def _fill(self, lane: Lane, depth: int) -> None:
        while len(lane.pending) < depth and (job := self.waiting.next_short()):
            self._send(lane, job)

    def _send(self, lane: Lane, job: Job) -> None:
        self._number += 1
        lane.send(job, self._number)

    def _start_long(self) -> None:
        """Give queries that are known to be long workers of their own, as many as there are places."""
        for job in self.waiting.next_long():
            lane = self.staff.add(outward=True) if job.outward else self.staff.take_spare()
            if lane is None:
                return
            self.waiting.long.remove(job)
            self._send(lane, job)
            self._mark(lane, job.client)

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
            self.staff.stop(lane, Overloaded("the worker is done"))
            self._start_long()
        else:
            self._send_on()

    def on_lost(self, lane: Lane, status: int) -> None:
        """Answer the query that a lost worker was at, and send again what waited behind."""
        self._unmark(lane)
        self._give_back(lane, lane.doomed if lane.doom else lane.slot.current, status)
        self.on_staffed()

    def on_orphaned(self, lanes: set[Lane]) -> None:
        """Send again what workers had that ended through no fault of a query, but for those that were being ended."""
        for lane in lanes:
            self._unmark(lane)
            self._give_back(lane, lane.doomed, -signal.SIGKILL)

    def on_staffed(self) -> None:
        """Go on with what waits."""
        self._send_on()
        self._start_long()

    def _give_back(self, lane: Lane, blamed: int, status: int) -> None:
        jobs, lane.pending = lane.pending, deque()
        for job in jobs:
            job.tries += 1
            if job.number == blamed:
                self._settle(job, Told(job.number, lane.doom or self._cause(status), 0.0))
            elif job.tries > _MOST_TRIES:
                self._settle(job, Told(job.number, ended_again(), 0.0))
        self.waiting.put_back(job for job in jobs if not job.is_settled)

    def _cause(self, status: int) -> LigraphError:
        self.board.add("kill crash")
        name = signal.Signals(-status).name if status < 0 else f"exit code {status}"
        _log.warning("a worker ended with %s while it answered a query", name)
        if status in (-signal.SIGABRT, -signal.SIGKILL):
            return out_of_memory()
        return Refused("the engine cannot answer this query: it ended its process", hint="ask in smaller steps")

    # What the guard sees

    def end(self, lane: Lane, kind: str, why: LigraphError, number: int = 0) -> None:
        """End a worker, and count for which kind of reason; the query with a number is told why."""
        self.board.add(f"kill {kind}")
        self.staff.stop(lane, why, number)

    def on_looked(self, now: float) -> None:
        """Drop what has waited too long, and begin what may be begun now."""
        for job, why in self.waiting.take_overdue(now):
            self._settle(job, Told(0, why, 0.0))
        self._start_long()

    def move_over(self, lane: Lane, slow: Job) -> None:
        """Let a slow query have its worker to itself, or begin it again later, and others a worker that is free."""
        spare = self.staff.take_spare()
        if spare is None:
            return
        lane.slot.skip_to(self._number)
        # Also those before it, whose answers may be held until the slow query has its own.
        self.waiting.put_back(job for job in lane.pending if job is not slow)
        lane.pending = deque([slow])
        self.staff.exchange(lane, spare)
        if self.places.are_free_for(slow.client):
            self._mark(lane, slow.client)
        else:
            lane.pending.clear()
            slow.is_long = True
            self.waiting.add(slow)
            self.end(lane, "moved", Overloaded("the query begins again later"))
        self._send_on()

    def _mark(self, lane: Lane, client: str | None) -> None:
        """Give a client's query a place, and the worker to itself."""
        self._slow[lane] = client
        self.places.take(client)
        self.staff.lower(lane)

    def _unmark(self, lane: Lane) -> None:
        if lane in self._slow:
            self.places.leave(self._slow.pop(lane))


def _load(lane: Lane) -> int:
    return len(lane.pending)
