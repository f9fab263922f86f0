"""What the service and its workers say to each other: length-prefixed frames, and a slot of shared memory for each."""

from __future__ import annotations

import mmap
import struct
import time
from collections.abc import Iterator
from typing import NamedTuple

import orjson

from ligraph.compression import CODINGS
from ligraph.errors import LigraphError, error_classes
from ligraph.formats import GRAPHS, RESULTS, Format
from ligraph.stores.queries import Answer

_ASKED = struct.Struct("<IQ")
_TOLD = struct.Struct("<IQBBBBII")
_FORMATS: tuple[Format | None, ...] = (None, *RESULTS, *GRAPHS)
_CODINGS = ("", *CODINGS)
_ANSWER, _PROBLEM = 0, 1

SLOT = 32
"""Bytes of a worker's slot: the number of its query (0 for none), when that began by the clock and by the processor
time of the worker, and the number of the last query that it shall not begin."""


class Told(NamedTuple):
    """What came back for a query.

    Units: `seconds` that the worker was at it.
    """

    number: int
    answer: Answer | LigraphError
    seconds: float


def ask_frame(number: int, packed: bytes) -> bytes:
    """Return a query as a frame."""
    return _ASKED.pack(len(packed), number) + packed


def answer_frame(number: int, answer: Answer, seconds: float) -> list[bytes]:
    """Return an answer as the parts of a frame."""
    head = _TOLD.pack(
        len(answer.content),
        number,
        _ANSWER,
        _FORMATS.index(answer.format),
        _CODINGS.index(answer.coding),
        answer.lasting,
        answer.rows,
        int(seconds * 1e6),
    )
    return [head, answer.content]


def problem_frame(number: int, error: LigraphError, seconds: float) -> list[bytes]:
    """Return an error as the parts of a frame."""
    content = orjson.dumps([error.name, error.message, error.hint, error.members])
    return [_TOLD.pack(len(content), number, _PROBLEM, 0, 0, 0, 0, int(seconds * 1e6)), content]


def asked_in(buffer: bytearray) -> Iterator[tuple[int, bytes]]:
    """Take the whole frames of queries out of what was received: number and packed query of each."""
    while len(buffer) >= _ASKED.size:
        length, number = _ASKED.unpack_from(buffer)
        end = _ASKED.size + length
        if len(buffer) < end:
            return
        packed = bytes(buffer[_ASKED.size : end])
        del buffer[:end]
        yield number, packed


def told_in(buffer: bytearray) -> Iterator[Told]:
    """Take the whole frames of answers out of what was received."""
    while len(buffer) >= _TOLD.size:
        length, number, kind, format_, coding, lasting, rows, micros = _TOLD.unpack_from(buffer)
        end = _TOLD.size + length
        if len(buffer) < end:
            return
        content = bytes(buffer[_TOLD.size : end])
        del buffer[:end]
        seconds = micros / 1e6
        if kind == _PROBLEM:
            yield Told(number, _error_in(content), seconds)
        else:
            known = _FORMATS[format_]
            assert known is not None
            yield Told(number, Answer(content, known, rows, bool(lasting), _CODINGS[coding]), seconds)


def _error_in(content: bytes) -> LigraphError:
    name, message, hint, members = orjson.loads(content)
    return error_classes()[name](message, hint=hint, **members)


class Slot:
    """What one worker shows of itself while it cannot speak."""

    def __init__(self, memory: mmap.mmap, number: int) -> None:
        start = number * SLOT
        whole = memoryview(memory)[start : start + SLOT]
        self._numbers = whole.cast("Q")
        self._times = whole.cast("d")

    def begin(self, number: int) -> None:
        """Note the query that is begun."""
        self._times[1] = time.monotonic()
        self._times[2] = time.process_time()
        self._numbers[0] = number

    def end(self) -> None:
        """Note that no query is being answered."""
        self._numbers[0] = 0

    def clear(self) -> None:
        """Note nothing: for a new worker."""
        self._numbers[0] = self._numbers[3] = 0

    def skip_to(self, number: int) -> None:
        """Have the worker leave out what it was sent up to a number."""
        self._numbers[3] = number

    @property
    def skipped(self) -> int:
        """The number of the last query that shall not be begun."""
        return self._numbers[3]

    @property
    def current(self) -> int:
        """The number of the query that is being answered, 0 for none."""
        return self._numbers[0]

    @property
    def began(self) -> float:
        """When the query was begun, by the monotonic clock."""
        return self._times[1]

    @property
    def processor_before(self) -> float:
        """The processor time that the worker had used when the query was begun."""
        return self._times[2]
