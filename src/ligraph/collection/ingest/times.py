"""Times as posts write them: `(Watch from 36:28–1:00:00)`, `(Start at 3:20)`."""

import re
from dataclasses import dataclass

_TIME = r"(?<![\d:])\d{1,3}(?::\d{1,3}){1,2}(?![\d:])"
_TIMES = re.compile(_TIME)
_RANGE = re.compile(
    rf"(?P<start>{_TIME})\s*(?:h|min|minutes?|sec)?\s*(?:-|‐|‑|‒|–|—|―|−|~|→|\bto\b|\btill?\b|\buntil\b|\bthrough\b|\band\b|/)+\s*"
    rf"(?P<end>{_TIME})",
    re.I,
)
_WORDS = re.compile(r"\b(watch|listen|view|start|begin|play|from|at|hear|minutes?|clip|segment|skip|jump)\b", re.I)
_BEGINNING = re.compile(r"\b(?:the\s+)?(?:very\s+)?(?:beginning|start)(?=\s*(?:-|–|—|to|until|through)\b)", re.I)
LONGEST = 24 * 3600


@dataclass(frozen=True)
class Range:
    """A stretch of a recording, as it was written and in seconds.

    Units: whole seconds; `end` is None where only a start is given.
    """

    start: int
    end: int | None
    written: tuple[str, str | None]


@dataclass(frozen=True)
class Reading:
    """The ranges that a text names, and what is wrong with those that are none."""

    ranges: tuple[Range, ...]
    wrong: tuple[str, ...]


def has_times(text: str) -> bool:
    """Return whether a text tells when to watch or listen."""
    times = _TIMES.findall(text)
    return bool(times) and (bool(_WORDS.search(text)) or bool(_RANGE.search(text)))


def read_times(text: str) -> Reading:
    """Return the ranges of a text in its order."""
    text = _BEGINNING.sub("0:00", text)
    ranges: list[Range] = []
    wrong: list[str] = []
    rest = text
    for match in _RANGE.finditer(text):
        rest = rest.replace(match[0], " ", 1)
        start, end = seconds(match["start"]), seconds(match["end"])
        if start is None or end is None:
            bad = match["start"] if start is None else match["end"]
            wrong.append(f"“{bad}” is not a time of a recording")
        elif end <= start:
            wrong.append(f"the end {match['end']} is not after the start {match['start']}")
        else:
            ranges.append(Range(start, end, (match["start"], match["end"])))
    for written in _TIMES.findall(rest):
        start = seconds(written)
        if start is None:
            wrong.append(f"“{written}” is not a time of a recording")
        else:
            ranges.append(Range(start, None, (written, None)))
    return Reading(tuple(ranges), tuple(wrong))


def seconds(written: str) -> int | None:
    """Return a time such as 36:28 or 1:00:00, None where it is none.

    Units: whole seconds.
    """
    parts = [int(part) for part in written.split(":")]
    if parts[-1] > 59 or len(written.rpartition(":")[2]) != 2 or (len(parts) == 3 and parts[1] > 59):
        return None
    total = 0
    for part in parts:
        total = total * 60 + part
    return total if total <= LONGEST else None


def clock(total: int) -> str:
    """Return seconds as the curator writes them: 36:28, 1:00:00.

    Units: whole seconds.
    """
    hours, rest = divmod(total, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
