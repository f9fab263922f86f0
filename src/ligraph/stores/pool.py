"""The worker processes of one release, seen from the service: who answers what, and who is ended when.

One worker, the swift one, answers queries in the order in which they come. A query that has used `SLOW_SECONDS` of
processor time keeps its worker to itself and is lowered; a spare takes over what waited behind it.
"""

from __future__ import annotations

import asyncio
import logging
import mmap
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol, cast

from ligraph.errors import LigraphError, OutOfMemory, OutOfTime, Overloaded, Refused
from ligraph.stores.frames import SLOT, Slot, Told, ask_frame, told_in
from ligraph.stores.nursery import MESSAGE, Order
from ligraph.stores.queries import Answer

SLOW_SECONDS = 0.02
"""Processor time after which a query is slow."""

_TICK_SECONDS = 0.01
_DEPTH_SECONDS = 0.002
_DEEPEST = 16
_RESTART_SECONDS = 1.0
_MOST_TRIES = 3
_log = logging.getLogger("ligraph")


@dataclass(slots=True, eq=False)
class Job:
    """A query on its way.

    Shape: `number` is 0 until it was sent; it gets a new one each time. `is_long` where it shall have a worker to
    itself.
    """

    packed: bytes
    future: asyncio.Future[Told]
    outward: bool = False
    is_long: bool = False
    number: int = 0
    tries: int = 0
    asked: float = field(default_factory=time.monotonic)


class Lane(asyncio.Protocol):
    """One worker: the connection to it and what it was sent."""

    def __init__(self, pool: Pool, slot_number: int) -> None:
        self.pool = pool
        self.slot_number = slot_number
        self.slot = Slot(pool.memory, slot_number)
        self.slot.clear()
        self.transport: asyncio.Transport | None = None
        self.unsent: list[bytes] = []
        self.pending: deque[Job] = deque()
        self.pid = 0
        self.doom: LigraphError | None = None
        self.is_cut = False
        self.status: int | None = None
        self._buffer = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send what was asked before."""
        self.transport = cast(asyncio.Transport, transport)
        self.flush()

    def send(self, job: Job, number: int) -> None:
        """Send a job, behind those that are pending, together with what else is sent in this turn of the loop."""
        job.number = number
        self.pending.append(job)
        if not self.unsent:
            self.pool.loop.call_soon(self.flush)
        self.unsent.append(ask_frame(number, job.packed))

    def flush(self) -> None:
        """Write what is to be sent, once the connection is there."""
        if self.unsent and self.transport:
            self.transport.write(b"".join(self.unsent))
            self.unsent.clear()

    def data_received(self, data: bytes) -> None:
        """Hand on the answers that are whole."""
        self._buffer += data
        for told in told_in(self._buffer):
            self.pool.on_told(self, told)

    def connection_lost(self, error: Exception | None) -> None:
        """Note that nothing more will come."""
        self.is_cut = True
        self.pool.on_end(self)

    def age(self, now: float) -> float | None:
        """Return for how many seconds the first pending job has been answered, None where it has not begun."""
        if not self.pending or self.slot.current != self.pending[0].number:
            return None
        return now - self.slot.began

    def processor_seconds(self) -> float:
        """Return the processor time that the current query has used."""
        try:
            used = time.clock_gettime(_processor_clock(self.pid))
        except (OSError, AttributeError):
            return time.monotonic() - self.slot.began
        return used - self.slot.processor_before


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

    def __init__(self, order: Order, bounds: Bounds, program: str, board: Board) -> None:
        self.order = order
        self.bounds = bounds
        self.program = program
        self.board = board
        self._free = deque(range(order.slots))
        self._number = 0
        self._queue: deque[Job] = deque()
        self._long_queue: deque[Job] = deque()
        self._lanes: set[Lane] = set()
        self._slow: set[Lane] = set()
        self._swift: Lane | None = None
        self._spare: Lane | None = None
        self._mean = 0.0005
        self._count = 0
        self._ticking = False
        self._closing = False

    async def start(self) -> None:
        """Start the process that forks workers, and the first two of them."""
        self.loop = asyncio.get_running_loop()
        self._file = tempfile.TemporaryFile(prefix="ligraph-slots-")  # noqa: SIM115 - closed by close
        self._file.truncate(self.order.slots * SLOT)
        self.memory = mmap.mmap(self._file.fileno(), self.order.slots * SLOT)
        self._start_nursery()

    def _start_nursery(self) -> None:
        self._started = time.monotonic()
        self._control, theirs = socket.socketpair()
        inherited = (theirs.fileno(), self._file.fileno())
        self._nursery = subprocess.Popen(  # noqa: S603 - the program is ours
            [sys.executable, "-m", self.program, *map(str, inherited), self.order.to_json()],
            pass_fds=inherited,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        self.loop.add_reader(self._control, self._listen)
        self._swift, self._spare = self._new_lane(), self._new_lane()

    async def close(self) -> None:
        """End every worker; what is still asked gets no answer."""
        self._closing = True
        self.loop.remove_reader(self._control)
        self._control.close()
        for lane in self._lanes:
            self._unmark(lane)
            if lane.transport:
                lane.transport.abort()
        await asyncio.to_thread(self._nursery.wait)
        self._file.close()

    @property
    def slow(self) -> int:
        """How many slow queries are running."""
        return len(self._slow)

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return self._count == 0

    is_steady = is_sure = True
    doubts = 0
    condition = None

    async def ask(self, packed: bytes, *, outward: bool = False) -> Answer:
        """Return the answer to a packed query; a cancelled call stops the query.

        Raises: what `Evaluator.answer` raises; OutOfTime, OutOfMemory, Overloaded; Refused where the engine crashed.
        """
        if self._count >= self.bounds.most:
            raise Overloaded(f"{self._count:,} queries are waiting already", hint="ask again in a few seconds")
        job = Job(packed, self.loop.create_future(), outward, is_long=outward)
        self._count += 1
        try:
            self._admit(job)
            if not self._ticking:
                self._ticking = True
                self.loop.call_later(_TICK_SECONDS, self._tick)
            told = await job.future
        finally:
            self._count -= 1
        if isinstance(told.answer, LigraphError):
            raise told.answer
        return told.answer

    def _admit(self, job: Job) -> None:
        if job.is_long:
            self._long_queue.append(job)
            self._start_long()
        else:
            self._queue.append(job)
            self._send_on()

    def _send_on(self) -> None:
        """Send the swift worker as much as it does in about two milliseconds."""
        lane = self._swift
        if lane is None:
            return
        depth = min(max(int(_DEPTH_SECONDS / self._mean), 1), _DEEPEST)
        while self._queue and len(lane.pending) < depth:
            job = self._queue.popleft()
            if not job.future.done():
                self._send(lane, job)

    def _send(self, lane: Lane, job: Job) -> None:
        self._number += 1
        lane.send(job, self._number)

    def _start_long(self) -> None:
        """Give queries that are known to be long workers of their own, as many as there are places."""
        while self._long_queue and self._has_place():
            job = self._long_queue.popleft()
            if job.future.done():
                continue
            lane = self._new_lane(outward=True) if job.outward else self._take_spare()
            self._send(lane, job)
            self._mark(lane)
            self._lower(lane)

    def _has_place(self) -> bool:
        return self.board.total("slow") < self.bounds.places

    # What comes back

    def on_told(self, lane: Lane, told: Told) -> None:
        """Take an answer: to the first pending job, or to one that another worker has been sent since."""
        if not lane.pending or lane.pending[0].number != told.number:
            return
        job = lane.pending.popleft()
        self._mean += (told.seconds - self._mean) / 32
        if not job.future.done():
            job.future.set_result(told)
        if lane in self._slow:
            self._unmark(lane)
            self._end(lane)
            self._start_long()
        elif lane is self._swift:
            self._send_on()

    def on_end(self, lane: Lane) -> None:
        """Bury a worker once its connection is cut and its exit code known; send again what waited behind its query."""
        if self._closing or not lane.is_cut or lane.status is None:
            return
        self._lanes.discard(lane)
        self._unmark(lane)
        self._free.append(lane.slot_number)
        blamed = lane.slot.current
        for job in reversed(lane.pending):
            if job.future.done():
                continue
            job.tries += 1
            if job.number == blamed or job.tries > _MOST_TRIES:
                error = lane.doom or self._cause(lane.status)
                job.future.set_result(Told(job.number, error, 0.0))
            else:
                (self._long_queue if job.is_long else self._queue).appendleft(job)
        lane.pending.clear()
        if lane is self._swift:
            self._swift = self._take_spare()
        elif lane is self._spare:
            self._spare = None
            self.loop.call_later(_RESTART_SECONDS, self._want_spare)
        self._send_on()
        self._start_long()

    def _cause(self, status: int) -> LigraphError:
        self._note("crash")
        _log.warning("a worker ended with %s while it answered a query", _signal_name(status))
        if status in (-signal.SIGABRT, -signal.SIGKILL):
            return OutOfMemory("the query needs more memory than a query is given", hint="ask for less at once")
        return Refused("the engine cannot answer this query: it ended its process", hint="ask in smaller steps")

    def _listen(self) -> None:
        """Take what the nursery says."""
        try:
            message = self._control.recv(MESSAGE.size)
        except ConnectionError:
            message = b""
        if not message:
            self._replace_nursery()
            return
        verb, pid, number = MESSAGE.unpack(message)
        for lane in self._lanes:
            if verb == b"born" and lane.slot_number == number and not lane.pid:
                lane.pid = pid
                if lane in self._slow:
                    self._lower(lane)
                if lane.doom:
                    self._say(b"kill", pid)
                return
            if verb == b"gone" and lane.pid == pid:
                lane.status = number
                self.on_end(lane)
                return

    def _replace_nursery(self) -> None:
        """Start another nursery where the one that was is gone, and its workers with it."""
        self.loop.remove_reader(self._control)
        self._control.close()
        if self._closing:
            return
        _log.error("the process that forks workers ended with %s; starting another", self._nursery.wait())
        wait = max(0.0, self._started + _RESTART_SECONDS - time.monotonic())
        self.loop.call_later(wait, self._begin_again)

    def _begin_again(self) -> None:
        if self._closing:
            return
        dead, self._lanes = self._lanes, set()
        self._swift = self._spare = None
        for lane in dead:
            self._unmark(lane)
        self._start_nursery()
        for lane in dead:
            lane.is_cut, lane.status = True, lane.status or -signal.SIGKILL
            if lane.transport:
                lane.transport.abort()
            # Nobody is to blame: the engine did not end by itself.
            lane.slot.end()
            self.on_end(lane)

    # What is looked at from time to time

    def _tick(self) -> None:
        if self._closing:
            return
        now = time.monotonic()
        for lane in list(self._lanes):
            self._look_at(lane, now)
        if self._long_queue:
            self._drop_overdue(now)
            self._start_long()
        self._ticking = self._count > 0
        if self._ticking:
            self.loop.call_later(_TICK_SECONDS, self._tick)

    def _look_at(self, lane: Lane, now: float) -> None:
        age = lane.age(now)
        if age is None or lane.doom:
            return
        job = lane.pending[0]
        if job.future.done() and age > SLOW_SECONDS:
            self._note("left")
            self._stop(lane, OutOfTime("the client is gone"))
        elif age > self.bounds.seconds:
            self._note("time")
            hint = "ask for less: name things, give patterns with few matches first, use LIMIT"
            self._stop(lane, OutOfTime(f"the query ran longer than {self.bounds.seconds:g} seconds", hint=hint))
        elif lane is self._swift and age > SLOW_SECONDS and lane.processor_seconds() > SLOW_SECONDS:
            self._move_over(lane)

    def _move_over(self, lane: Lane) -> None:
        """Let a slow query have its worker to itself, or begin it again later, and others a worker that is free."""
        slow, *behind = lane.pending
        lane.slot.skip_to(self._number)
        lane.pending = deque([slow])
        self._swift = self._take_spare()
        self._queue.extendleft(reversed(behind))
        if self._has_place():
            self._mark(lane)
            self._lower(lane)
        else:
            lane.pending.clear()
            slow.is_long = True
            self._long_queue.append(slow)
            self._note("moved")
            self._stop(lane, Overloaded("the query begins again later"))
        self._send_on()

    def _drop_overdue(self, now: float) -> None:
        while self._long_queue and now - self._long_queue[0].asked > self.bounds.seconds:
            job = self._long_queue.popleft()
            if not job.future.done():
                message = f"{self.bounds.places:,} long queries are running, as many as may at once"
                error = Overloaded(message, hint="ask again in a minute, or for less")
                job.future.set_result(Told(0, error, 0.0))

    # Workers

    def _new_lane(self, *, outward: bool = False) -> Lane:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        lane = Lane(self, self._free.popleft())
        self._lanes.add(lane)
        message = MESSAGE.pack(b"fork", lane.slot_number, outward)
        try:
            socket.send_fds(self._control, [message], [theirs.fileno()])
        finally:
            theirs.close()
        self.loop.create_task(self._connect(lane, ours))
        return lane

    async def _connect(self, lane: Lane, ours: socket.socket) -> None:
        await self.loop.create_connection(lambda: lane, sock=ours)

    def _take_spare(self) -> Lane:
        lane = self._spare or self._new_lane()
        self._spare = self._new_lane()
        return lane

    def _want_spare(self) -> None:
        if self._spare is None and not self._closing:
            self._spare = self._new_lane()

    def _mark(self, lane: Lane) -> None:
        self._slow.add(lane)
        self.board.add("slow")

    def _unmark(self, lane: Lane) -> None:
        if lane in self._slow:
            self._slow.remove(lane)
            self.board.add("slow", -1)

    def _lower(self, lane: Lane) -> None:
        if lane.pid:
            self._say(b"idle", lane.pid)

    def _stop(self, lane: Lane, error: LigraphError) -> None:
        lane.doom = error
        if lane.pid:
            self._say(b"kill", lane.pid)

    def _end(self, lane: Lane) -> None:
        """Let a worker go that has done its query: what it was sent behind that is with others."""
        self._stop(lane, Overloaded("the worker is done"))

    def _say(self, verb: bytes, pid: int) -> None:
        if not self._closing:
            self._control.sendall(MESSAGE.pack(verb, pid, 0))

    def _note(self, kind: str) -> None:
        self.board.add(f"kill {kind}")


def _processor_clock(pid: int) -> int:
    """Return the clock of the processor time of another process.

    Source: clock_getcpuclockid(3); the C library of Linux makes it the same way.
    """
    return (~pid << 3) | 2


def _signal_name(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"exit code {status}"
