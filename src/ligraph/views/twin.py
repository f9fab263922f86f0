"""A copy of this process that makes part of the work beside it, where there is a second processor."""

from __future__ import annotations

import os
import select
import signal
import struct
import sys
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Generic, TypeVar

Job = TypeVar("Job")

_SIZE = struct.Struct("!Q")
_PATIENCE_SECONDS = 60
"""For how long a copy may say nothing: a lock that another thread held when the copy was made never opens there."""

_LARGEST_READ = 1 << 20


class Twin(Generic[Job]):
    """Makes bytes of jobs, in their order and at most one ahead of who takes them; for use in a `with` statement.

    Whatever happens to it, only time is lost: `take` returns None from then on.
    """

    def __init__(self, jobs: Sequence[Job], make: Callable[[Job], bytes], processors: int | None = None) -> None:
        self._jobs = jobs
        self._make = make
        self._processors = processors
        self._pid = 0
        self._results = -1

    def __enter__(self) -> Twin[Job]:
        """Start the copy, where that is of use and without danger: on Linux, and not from within a service."""
        is_service = threading.current_thread() is not threading.main_thread()
        if self._jobs and sys.platform == "linux" and not is_service:
            if (self._processors or len(os.sched_getaffinity(0))) > 1:
                try:
                    self._start()
                except OSError:
                    self._end()
                except BaseException:
                    # An interrupt while the copy was made.
                    self._end()
                    raise
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the copy, whether it is done or not."""
        self._end()

    def take(self) -> bytes | None:
        """Return the bytes of the next job, None where they have to be made here."""
        head = self._read(_SIZE.size)
        result = self._read(_SIZE.unpack(head)[0]) if head else None
        if result is None:
            self._end()
        return result

    def _read(self, size: int) -> bytes | None:
        """Return so many bytes of what the copy says, None where it ends before or says nothing any more."""
        if self._results < 0:
            return None
        parts = bytearray()
        while len(parts) < size:
            # Not `select`, which takes no descriptor over 1,023.
            waiting = select.poll()
            waiting.register(self._results, select.POLLIN)
            ready = waiting.poll(_PATIENCE_SECONDS * 1_000)
            part = os.read(self._results, min(size - len(parts), _LARGEST_READ)) if ready else b""
            if not part:
                return None
            parts += part
        return bytes(parts)

    def _end(self) -> None:
        if self._results >= 0:
            # One that was not told its number ends where nobody reads what it says.
            os.close(self._results)
            self._results = -1
        if self._pid:
            # Where this process has its children reaped for it, the copy may be gone already.
            with suppress(ProcessLookupError, ChildProcessError):
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)
            self._pid = 0

    def _start(self) -> None:
        self._results, writing = os.pipe()
        # The copy is ended by this process, and must not unwind what is begun here.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            with warnings.catch_warnings():
                # Python warns of threads that may hold a lock: those of the engine rest, and the copy only reads.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._pid = os.fork()
            if self._pid == 0:
                self._work(writing)
        finally:
            os.close(writing)
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _work(self, writing: int) -> None:
        """Make everything and end, past whatever this process would do at its end."""
        try:
            os.close(self._results)
            with os.fdopen(writing, "wb", buffering=0) as results:
                for job in self._jobs:
                    made = self._make(job)
                    # Where nobody reads any more, the process that this is a copy of is gone.
                    for part in (_SIZE.pack(len(made)), made):
                        while part:
                            part = part[results.write(part) :]
        finally:
            os._exit(0)
