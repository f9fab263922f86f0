"""A copy of this process that makes part of the work beside it, where there is a second processor."""

from __future__ import annotations

import os
import signal
import struct
import sys
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Generic, TypeVar

Job = TypeVar("Job")

_SIZE = struct.Struct("!Q")


class Twin(Generic[Job]):
    """Makes bytes of jobs, in their order and at most one ahead of who takes them; for use in a `with` statement.

    Whatever happens to it, only time is lost: `take` returns None from then on.
    """

    def __init__(self, jobs: Sequence[Job], make: Callable[[Job], bytes]) -> None:
        self._jobs = jobs
        self._make = make
        self._pid = 0
        self._results: BinaryIO | None = None

    def __enter__(self) -> Twin[Job]:
        """Start the copy, where that is of use: only Linux copies a process that has threads without danger."""
        if self._jobs and sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1:
            with suppress(OSError):
                self._start()
        return self

    def __exit__(
        self, type_: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the copy, whether it is done or not."""
        if self._results:
            self._results.close()
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)

    def take(self) -> bytes | None:
        """Return the bytes of the next job, None where they have to be made here."""
        if self._results is None:
            return None
        head = self._results.read(_SIZE.size)
        if len(head) == _SIZE.size:
            size = _SIZE.unpack(head)[0]
            result = self._results.read(size)
            if len(result) == size:
                return result
        return None

    def _start(self) -> None:
        reading, writing = os.pipe()
        with warnings.catch_warnings():
            # Python warns of threads that may hold a lock: those of the engine rest, and the copy only reads from it.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._pid = os.fork()
        if self._pid == 0:
            os.close(reading)
            self._work(writing)
        os.close(writing)
        self._results = os.fdopen(reading, "rb")

    def _work(self, writing: int) -> None:
        """Make everything and end, past whatever this process would do at its end."""
        try:
            with os.fdopen(writing, "wb", buffering=0) as results:
                for job in self._jobs:
                    made = self._make(job)
                    # Where nobody reads any more, the process that this is a copy of is gone.
                    for part in (_SIZE.pack(len(made)), made):
                        while part:
                            part = part[results.write(part) :]
        finally:
            os._exit(0)
