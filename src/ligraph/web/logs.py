"""What is logged: one line for each event and query, JSON for programs and plain for a terminal; of clients, nothing.

A query's text is logged only where it was slow, because it may hold what its author would not tell others.
"""

from __future__ import annotations

import hashlib
import logging
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

_MOST_WAITING = 100
_LONGEST_TEXT = 2_000


def configure_logs() -> None:
    """Have everything that is logged go to stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s: %(message)s") if sys.stderr.isatty() else _Lines())
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.getLogger("httpx2").setLevel(logging.WARNING)


class _Lines(logging.Formatter):
    """Events of the service as queries are logged; a traceback is one of the fields, and no lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return an event as a line of JSON."""
        line = {
            "timestamp": _timestamp(record.created),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # A name of a file need not be UTF-8.
        return orjson.dumps({key: _as_utf8(text) for key, text in line.items()}).decode()


class QueryLog:
    """The log of queries. Lines are written together: a line of its own would take as long as many a query.

    Units: `slow` is in seconds.
    """

    def __init__(self, slow: float) -> None:
        self.slow = slow
        self._entries: list[tuple[float, str, float, int, int, str]] = []

    def add(self, text: str, seconds: float, rows: int, size: int, outcome: str) -> None:
        """Log a query: the digest of its text, how long it took, and what came of it; the text where it was slow."""
        self._entries.append((time.time(), text, seconds, rows, size, outcome))
        if len(self._entries) >= _MOST_WAITING:
            self.write()

    def write(self) -> None:
        """Write what was logged."""
        entries, self._entries = self._entries, []
        if not entries:
            return
        lines = [self._line(*entry) for entry in entries]
        if sys.stderr.isatty():
            import structlog

            log = structlog.wrap_logger(structlog.PrintLogger(sys.stderr))
            for line in lines:
                (log.warning if line["level"] == "warning" else log.info)(line.pop("event"), **_for_people(line))
        else:
            # A log that nobody can write to, as on a full disk, is no reason to answer nobody.
            with suppress(OSError):
                sys.stderr.buffer.write(b"".join(orjson.dumps(line) + b"\n" for line in lines))
                sys.stderr.buffer.flush()

    def _line(self, when: float, text: str, seconds: float, rows: int, size: int, outcome: str) -> dict[str, Any]:
        is_slow = seconds > self.slow
        line = {
            "timestamp": _timestamp(when),
            "level": "warning" if is_slow else "info",
            "event": "slow query" if is_slow else "query",
            "query": hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest(),
            "ms": round(seconds * 1000, 2),
            "rows": rows,
            "bytes": size,
            "outcome": outcome,
        }
        if is_slow:
            line["text"] = text[:_LONGEST_TEXT]
        return line


def _as_utf8(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


def _timestamp(when: float) -> str:
    return f"{_second(int(when))}.{int(when % 1 * 1000):03}+00:00"


@lru_cache(maxsize=4)
def _second(when: int) -> str:
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _for_people(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in ("timestamp", "level")}
