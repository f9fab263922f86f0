"""The process that forks workers, seen from the service: started, asked, listened to, replaced when it ends."""

from __future__ import annotations

import asyncio
import logging
import mmap
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import IO, Protocol

from ligraph.stores.frames import SLOT
from ligraph.stores.nursery import MEANS, MESSAGE, Order

_RESTART_SECONDS = 1.0
_log = logging.getLogger("ligraph")


class Family(Protocol):
    """Who is told of workers."""

    def on_born(self, slot: int, pid: int) -> None:
        """Take note of a worker that was forked."""

    def on_gone(self, pid: int, status: int) -> None:
        """Take note of a worker that ended."""

    def on_orphaned(self, status: int) -> None:
        """Take note that the process that forks workers ended, and they with it; another is started in a moment."""

    def on_again(self) -> None:
        """Take note that another was started."""


class Forker:
    """Starts the process that forks workers. Use it in one event loop, between `start` and `close`.

    Shape: `memory` has the slots of workers; `means` is by what these have no network, None before it is known and
    where they have it; `up_since` is when the process was ready, None where it is not; while it is not running, what
    it is asked has no effect.
    """

    def __init__(self, order: Order, program: str, family: Family) -> None:
        self.order = order
        self.program = program
        self.family = family
        self.means: str | None = None
        self.up_since: float | None = None
        self.is_running = False
        self._file: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closing = False

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the process.

        Raises: OSError.
        """
        self.loop = loop
        self.ready: asyncio.Future[None] = loop.create_future()
        # Memory, where the system gives it as a file: what is written into a file on a full disk ends the process.
        if hasattr(os, "memfd_create"):
            self._file = os.fdopen(os.memfd_create("ligraph-slots"), "r+b")
        else:
            self._file = tempfile.TemporaryFile(prefix="ligraph-slots-")  # noqa: SIM115 - closed by close
        self._file.truncate(self.order.slots * SLOT)
        self.memory = mmap.mmap(self._file.fileno(), self.order.slots * SLOT)
        try:
            self._begin()
        except OSError:
            self._let_go()
            raise

    def _let_go(self) -> None:
        """Give back the memory of the slots, of which the system has a descriptor for each view."""
        if self._file:
            self._file.close()
            with suppress(BufferError):
                self.memory.close()

    def _begin(self) -> None:
        self._started = time.monotonic()
        ours, theirs = socket.socketpair()
        assert self._file
        inherited = (theirs.fileno(), self._file.fileno())
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the program is ours
                [sys.executable, "-m", self.program, *map(str, inherited), self.order.to_json()],
                pass_fds=inherited,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        self._control = ours
        self._control.setblocking(False)
        self.is_running = True
        self.loop.add_reader(self._control, self._listen)

    async def close(self) -> None:
        """End the process, and all workers with it."""
        self._is_closing = True
        if self.up_since is None:
            # It has no workers yet, and looks at nothing before it has read its statements.
            self.end()
        self._cut()
        self._let_go()
        self.ready.cancel()
        if self._process:
            try:
                await asyncio.to_thread(self._process.wait)
            finally:
                # Also where this is cut short: a process that nobody waits for stays in the system's table.
                self._process.kill()
                self._process.wait()

    def fork(self, slot: int, connection: socket.socket, *, outward: bool) -> None:
        """Have a worker forked, with one end of a connection."""
        self._say(b"fork", slot, int(outward), [connection.fileno()])

    def kill(self, pid: int) -> None:
        """Have a worker ended at once."""
        self._say(b"kill", pid)

    def lower(self, pid: int) -> None:
        """Have a worker run only while nobody else wants to."""
        self._say(b"idle", pid)

    def set_apart(self, pid: int) -> None:
        """Have a worker leave one processor to others."""
        self._say(b"away", pid)

    def end(self) -> None:
        """End the process, which does not do what it is asked; another takes its place."""
        if self._process:
            self._process.kill()

    def _say(self, verb: bytes, number: int, flag: int = 0, descriptors: Sequence[int] = ()) -> None:
        if not self.is_running:
            return
        try:
            socket.send_fds(self._control, [MESSAGE.pack(verb, number, flag)], descriptors)
        except BlockingIOError:
            self.end()
        except OSError:
            # It has ended: that is read in a moment, and its workers are given up.
            return

    def _listen(self) -> None:
        try:
            message = self._control.recv(MESSAGE.size)
        except BlockingIOError:
            return
        except ConnectionError:
            message = b""
        if not message:
            self._replace()
            return
        verb, pid, number = MESSAGE.unpack(message)
        if verb == b"born":
            self.family.on_born(number, pid)
        elif verb == b"gone":
            self.family.on_gone(pid, number)
        else:
            self.up_since = time.monotonic()
            self.means = MEANS[number]
            if not self.ready.done():
                self.ready.set_result(None)

    def _cut(self) -> None:
        if self.is_running:
            self.is_running, self.up_since = False, None
            self.loop.remove_reader(self._control)
            self._control.close()

    def _replace(self) -> None:
        self._cut()
        if self._is_closing or not self._process:
            return
        self.family.on_orphaned(self._process.wait())
        wait = max(0.0, self._started + _RESTART_SECONDS - time.monotonic())
        self.loop.call_later(wait, self._start_another)

    def _start_another(self) -> None:
        if self._is_closing:
            return
        try:
            self._begin()
        except OSError as error:
            _log.error("the process that forks workers cannot be started: %s", error)
            self.loop.call_later(_RESTART_SECONDS, self._start_another)
        else:
            self.family.on_again()
