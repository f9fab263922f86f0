"""One worker process, seen from the service: the connection to it, and the queries that it was sent."""

from __future__ import annotations

import asyncio
import mmap
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol, cast

from ligraph.errors import LigraphError
from ligraph.stores.frames import Replies, Slot, Told, ask_frame


class Job:
    """A query on its way.

    Shape: `tell` is called once with what came back, unless nobody waits any more; `number` is 0 until it was sent, and
    another one each time; `client` is who asks, None for this machine itself; `is_long` where it shall have a worker to
    itself, `outward` where that may ask others.
    """

    __slots__ = ("asked", "client", "is_long", "is_settled", "number", "outward", "packed", "sent", "tell", "tries")

    def __init__(
        self, packed: bytes, tell: Callable[[Told], None], client: str | None = None, *, outward: bool = False
    ) -> None:
        self.packed = packed
        self.tell = tell
        self.client = client
        self.outward = outward
        self.is_long = outward
        self.is_settled = False
        self.number = 0
        self.tries = 0
        self.asked = self.sent = time.monotonic()

    def settle(self, told: Told) -> None:
        """Hand on what came back, where somebody waits for it."""
        if not self.is_settled:
            self.is_settled = True
            self.tell(told)

    def leave(self) -> None:
        """Wait no more: what runs is ended, what comes back is dropped."""
        self.is_settled = True


class Owner(Protocol):
    """Who is told of what a worker does."""

    def on_told(self, lane: Lane, told: Told) -> None:
        """Take an answer."""

    def on_cut(self, lane: Lane) -> None:
        """Take note that a connection ended."""


class Lane(asyncio.Protocol):
    """One worker.

    Shape: `doom` is why it is being ended, and `doomed` the number of the query that is to blame, 0 for none; `since`
    is when its beginning was asked for or told, or its end asked for; `status` is its exit code once it is known.
    """

    def __init__(self, owner: Owner, loop: asyncio.AbstractEventLoop, memory: mmap.mmap, slot_number: int) -> None:
        self.owner = owner
        self.loop = loop
        self.slot_number = slot_number
        self.slot = Slot(memory, slot_number)
        self.slot.clear()
        self.transport: asyncio.Transport | None = None
        self.pending: deque[Job] = deque()
        self.pid = 0
        self.since = time.monotonic()
        self.doom: LigraphError | None = None
        self.doomed = 0
        self.is_apart = False
        self.is_cut = False
        self.status: int | None = None
        self._unsent: list[bytes] = []
        self._replies = Replies()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send what was asked before."""
        self.transport = cast(asyncio.Transport, transport)
        self.flush()

    def send(self, job: Job, number: int) -> None:
        """Send a job, behind those that are pending, together with what else is sent in this turn of the loop."""
        job.number = number
        job.sent = time.monotonic()
        self.pending.append(job)
        # To wake a worker costs about as much as a short query: what comes together is sent together.
        if not self._unsent:
            self.loop.call_soon(self.flush)
        self._unsent.append(ask_frame(number, job.packed))

    def flush(self) -> None:
        """Write what is to be sent, once the connection is there."""
        if self._unsent and self.transport and not self.is_cut:
            self.transport.write(b"".join(self._unsent))
            self._unsent.clear()

    def abort(self) -> None:
        """Close the connection."""
        if self.transport:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Hand on the answers that are whole."""
        for told in self._replies.feed(data):
            self.owner.on_told(self, told)

    def connection_lost(self, error: Exception | None) -> None:
        """Note that nothing more will come."""
        self.is_cut = True
        self.owner.on_cut(self)

    @property
    def current(self) -> Job | None:
        """The job that is being answered, None for none; the answers to those before it are on their way."""
        number = self.slot.current
        return next((job for job in self.pending if job.number == number), None)

    def processor_seconds(self) -> float:
        """Return the processor time that the current query has used."""
        try:
            used = time.clock_gettime(_processor_clock(self.pid))
        except (OSError, AttributeError):
            return self.slot.age()
        return used - self.slot.processor_before


def _processor_clock(pid: int) -> int:
    """Return the clock of the processor time of another process.

    Source: clock_getcpuclockid(3); the C library of Linux makes it the same way.
    """
    return (~pid << 3) | 2
