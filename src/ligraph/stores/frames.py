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


class Replies:
    """What is received from a worker, until it is whole: large answers come in many pieces, which are joined once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._wanted = _TOLD.size

    def feed(self, data: bytes) -> list[Told]:
        """Take what was received; return the answers that are whole by now."""
        if self._pieces:
            self._pieces.append(data)
            self._size += len(data)
            if self._size < self._wanted:
                return []
            data = b"".join(self._pieces)
            self._pieces.clear()
        told, start, size = [], 0, len(data)
        wanted = _TOLD.size
        while size - start >= _TOLD.size:
            length = _TOLD.unpack_from(data, start)[0]
            wanted = _TOLD.size + length
            if size - start < wanted:
                break
            told.append(_told_in(data, start))
            start += wanted
            wanted = _TOLD.size
        if start < size:
            self._pieces.append(data[start:])
            self._size, self._wanted = size - start, wanted
        return told


def _told_in(data: bytes, start: int) -> Told:
    length, number, kind, format_, coding, lasting, rows, micros = _TOLD.unpack_from(data, start)
    start += _TOLD.size
    content = data[start : start + length]
    if kind == _PROBLEM:
        return Told(number, _error_in(content), micros / 1e6)
    known = _FORMATS[format_]
    assert known is not None
    return Told(number, Answer(content, known, rows, bool(lasting), _CODINGS[coding]), micros / 1e6)


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

    def release(self) -> None:
        """Let go of the memory; the slot is not used any more."""
        self._numbers.release()
        self._times.release()

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

    def age(self) -> float:
        """Return for how many seconds the current query has been answered."""
        return time.monotonic() - self._times[1]

    @property
    def skipped(self) -> int:
        """The number of the last query that shall not be begun."""
        return self._numbers[3]

    @property
    def current(self) -> int:
        """The number of the query that is being answered, 0 for none."""
        return self._numbers[0]

    @property
    def processor_before(self) -> float:
        """The processor time that the worker had used when the query was begun."""
        return self._times[2]
