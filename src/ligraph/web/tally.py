"""What all processes of the service count together: queries, how long they took, and what each client asked.

Each process writes in a block of its own in shared memory, so that nothing needs a lock, and reads those of all.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import time
from bisect import bisect_left
from pathlib import Path

from ligraph.errors import error_classes

MOST_PROCESSES = 64
BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Upper ends, in seconds, of the classes that durations are counted in; a last class has what is longer."""

OUTCOMES = ("answered", "cached", "not-modified", "left", *sorted(error_classes()))
KILLS = ("time", "left", "moved", "crash", "starved")

_FIELDS = (
    "slow",
    "waiting",
    "rows",
    "bytes",
    *(f"kill {kind}" for kind in KILLS),
    *(f"{outcome} {part}" for outcome in OUTCOMES for part in ("seconds", *range(len(BUCKETS) + 1))),
)
_PLACES = {name: number for number, name in enumerate(_FIELDS)}
_ROWS_SENT, _BYTES_SENT = _PLACES["rows"], _PLACES["bytes"]
_STARTS = {outcome: _PLACES[f"{outcome} seconds"] for outcome in OUTCOMES}

# A sketch of how often each client asked: several rows of counters, each with another hash; the least of a client's
# counters is at least what it asked, and more only where others share all of them.
_ROWS, _COLUMNS = 2, 1 << 14
_WINDOW = 60.0
_SKETCH = 2 * _ROWS * _COLUMNS * 4
_HEAD = 8 * (len(_FIELDS) + 1)
# The places of clients, which are few at a time: two hardly ever share a column, and then share their places.
_HOLDERS = 1 << 10
_BLOCK = -(-(_HEAD + _SKETCH + 4 * _HOLDERS) // 4096) * 4096


class Tally:
    """The counts of the service. Give all its processes the same file; a single process needs none."""

    def __init__(self, path: Path | None = None) -> None:
        self._file = os.open(path, os.O_RDWR) if path else -1
        blocks = MOST_PROCESSES if path else 1
        if path and os.fstat(self._file).st_size < blocks * _BLOCK:
            # Reserved, not left sparse: to write into a part for which a full disk has no room would end the process.
            _reserve(self._file, blocks * _BLOCK)
        memory = mmap.mmap(self._file, blocks * _BLOCK)
        views = [memoryview(memory)[number * _BLOCK : (number + 1) * _BLOCK] for number in range(blocks)]
        self._counts = [view[: _HEAD - 8].cast("d") for view in views]
        self._windows = [view[_HEAD - 8 : _HEAD].cast("Q") for view in views]
        self._asked = [view[_HEAD : _HEAD + _SKETCH].cast("I") for view in views]
        self._held = [view[_HEAD + _SKETCH : _HEAD + _SKETCH + 4 * _HOLDERS].cast("i") for view in views]
        self._salt = hashlib.sha256(str(path).encode() if path else os.urandom(16)).digest()
        self.own = self._claim(blocks)
        # What a process had when it ended, it has no more.
        for name in ("slow", "waiting"):
            self._counts[self.own][_PLACES[name]] = 0
        self._held[self.own][:] = memoryview(bytes(4 * _HOLDERS)).cast("i")

    def _claim(self, blocks: int) -> int:
        """Return a block that no living process has: the lock on it ends with its process."""
        for number in range(blocks):
            if self._file == -1:
                return number
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            except OSError:
                continue
            return number
        raise AssertionError(f"there are over {blocks} processes")

    def close(self) -> None:
        """Leave the block to the next process."""
        if self._file != -1:
            os.close(self._file)
            self._file = -1

    def add(self, name: str, amount: float = 1) -> None:
        """Add to a count."""
        self._counts[self.own][_PLACES[name]] += amount

    def total(self, name: str) -> float:
        """Return a count of the whole service."""
        place = _PLACES[name]
        return sum([counts[place] for counts in self._counts])

    def count_of(self, outcome: str) -> float:
        """Return how many queries had an outcome."""
        return sum(self.total(f"{outcome} {number}") for number in range(len(BUCKETS) + 1))

    def took(self, outcome: str, seconds: float, rows: int, size: int) -> None:
        """Count a query by its outcome and how long it took, and what was sent."""
        counts = self._counts[self.own]
        counts[_ROWS_SENT] += rows
        counts[_BYTES_SENT] += size
        start = _STARTS[outcome]
        counts[start] += seconds
        counts[start + 1 + bisect_left(BUCKETS, seconds)] += 1

    def hold(self, client: str, more: int) -> None:
        """Add to the places for long queries that a client has."""
        self._held[self.own][self._columns(client)[0] % _HOLDERS] += more

    def held_by(self, client: str) -> int:
        """Return how many places for long queries a client has in all processes."""
        column = self._columns(client)[0] % _HOLDERS
        return sum(held[column] for held in self._held)

    def asks(self, client: str) -> float:
        """Count a request of a client; return about how many it made in the last minute, this one included."""
        now = time.time()
        window, into = divmod(now, _WINDOW)
        generation = int(window) % 2
        self._turn(int(window))
        columns = self._columns(client)
        mine = self._asked[self.own]
        for row, column in enumerate(columns):
            mine[(generation * _ROWS + row) * _COLUMNS + column] += 1
        current = self._estimate(generation, columns, int(window))
        before = self._estimate(1 - generation, columns, int(window))
        return current + before * (1 - into / _WINDOW)

    def _turn(self, window: int) -> None:
        """Empty what is older than the last window, once for each."""
        last = self._windows[self.own]
        if last[0] == window:
            return
        for generation in {window % 2} if last[0] == window - 1 else {0, 1}:
            start = generation * _ROWS * _COLUMNS
            self._asked[self.own][start : start + _ROWS * _COLUMNS] = memoryview(bytes(_ROWS * _COLUMNS * 4)).cast("I")
        last[0] = window

    def _estimate(self, generation: int, columns: list[int], window: int) -> int:
        # A process that was not asked since has counts of windows that are over.
        wanted = window if window % 2 == generation else window - 1
        alive = [
            asked
            for asked, last in zip(self._asked, self._windows, strict=True)
            if last[0] in (wanted, wanted + 1) and last[0] <= window
        ]
        return min(
            sum(asked[(generation * _ROWS + row) * _COLUMNS + column] for asked in alive)
            for row, column in enumerate(columns)
        )

    def _columns(self, client: str) -> list[int]:
        digest = hashlib.blake2b(client.encode(), key=self._salt, digest_size=4 * _ROWS).digest()
        return [int.from_bytes(digest[4 * row : 4 * row + 4]) % _COLUMNS for row in range(_ROWS)]


def _reserve(file: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.ftruncate(file, size)
