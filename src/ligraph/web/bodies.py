"""Rendered documents that are kept for the next reader, as many as fit a budget of bytes."""

from collections import OrderedDict

from ligraph.formats import Format

BUDGET = 64 * 1024**2
"""Bytes that one process keeps. A document of this repository's collection has 5 to 40 thousand in each format."""

Key = tuple[str, Format]


class Bodies:
    """Bodies by id and format. The one that nobody asked for the longest goes first."""

    def __init__(self, budget: int = BUDGET) -> None:
        self.budget = budget
        self.size = 0
        self._bodies: OrderedDict[Key, bytes] = OrderedDict()

    def get(self, key: Key) -> bytes | None:
        """Return a body where it is kept."""
        body = self._bodies.get(key)
        if body is not None:
            self._bodies.move_to_end(key)
        return body

    def keep(self, key: Key, body: bytes) -> bytes:
        """Keep a body, and return it."""
        self.size += len(body) - len(self._bodies.pop(key, b""))
        self._bodies[key] = body
        while self.size > self.budget:
            _, oldest = self._bodies.popitem(last=False)
            self.size -= len(oldest)
        return body
