"""What was made once and is kept for the next reader, as much as fits a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

BUDGET = 64 * 1024**2
"""Bytes that one process keeps. A document of this repository's collection has 5 to 40 thousand in each format."""

OVERHEAD = 500
"""Bytes that an entry takes beside its content: there may be many small ones."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key. The one that nobody asked for the longest goes first.

    Units: `budget` and sizes are bytes.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.size = 0
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """Return a value where it is kept."""
        entry = self._values.get(key)
        if entry is None:
            return None
        self._values.move_to_end(key)
        return entry[0]

    def keep(self, key: Key, value: Value, size: int) -> Value:
        """Keep a value of a size, and return it."""
        size += OVERHEAD
        _, before = self._values.pop(key, (None, 0))
        self.size += size - before
        self._values[key] = (value, size)
        while self.size > self.budget:
            _, (_, oldest) = self._values.popitem(last=False)
            self.size -= oldest
        return value
