"""Times as posts write them: `(Watch from 36:28–1:00:00)`, `(Start at 3:20)`."""

import re
from dataclasses import dataclass

_TIME = r"(?<![\d:])\d{1,3}(?::\d{1,3}){1,2}(?![\d:])"
_TIMES = re.compile(_TIME)
_DASH = r"(?:-|‐|‑|‒|–|—|―|−|~|→|/)"
_UP_TO = r"\b(?:to|till?|until|through|thru)\b"
_STOP = r"\b(?:end|stop|finish|pause)(?:s|ing|ping)?\b"
_RANGE = re.compile(
    rf"(?P<start>{_TIME})\s*(?:h|min|minutes?|sec|mark)?\s*"
    rf"(?:[,;]?\s*(?:and\s+)?(?:{_DASH}+|{_UP_TO})?\s*{_STOP}(?:\s+at|\s*:)?|(?:,?\s*(?:{_DASH}|{_UP_TO})|\band\b)+)\s*(?:the\s+)?"
    rf"(?P<end>{_TIME})",
    re.I,
)
_ONLY_END = re.compile(rf"\b(?:until|till?|up to|through|(?<!for )the first)\s+(?:the\s+)?(?={_TIME})", re.I)
_UNITS = re.compile(
    r"\b(?:(\d{1,2})\s*h(?:rs?|ours?)?\s*)?(\d{1,3})\s*m(?:in(?:ute)?s?)?"
    r"(?:\s*(\d{1,2})\s*s(?:ec(?:ond)?s?)?)?\b",
    re.I,
)
_MINUTES = re.compile(
    rf"\bminutes?\s+(\d{{1,3}})\s*(?:{_DASH}|{_UP_TO})\s*(?:minutes?\s+)?(\d{{1,3}})\b(?![:.]\d)", re.I
)
_FIRST = re.compile(
    r"\b(watch|listen(?:\s+to)?|view|play|hear|see)\s+(?:only\s+|just\s+)?the\s+first\s+(\d{1,3})\s*"
    r"-?(hours?|hrs?|minutes?|mins?|seconds?|secs?)\b",
    re.I,
)
_SIZES = {"h": 3600, "m": 60, "s": 1}
_DOTTED = re.compile(r"(?<![\d.:$€£])(\d{1,3})\.([0-5]\d)(?![\d.%])")
_TORN = re.compile(r"(?<=\d): (?=\d\d(?!\d))|(?<=\d) :(?=\d\d(?!\d))")
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
    if not _TIMES.search(text):
        # Such a time alone may be the length of a film.
        return bool(_RANGE.search(_clocks(text)))
    return bool(_WORDS.search(text)) or bool(_RANGE.search(text))


def _clocks(text: str) -> str:
    """Return a text with `3: 05` and, if it has no other times, `1h02m03s` and their like as clocks show them."""
    text = _TORN.sub(":", text)
    if _TIMES.search(text):
        return text
    text = _FIRST.sub(lambda match: f"{match[1]} 0:00–{clock(int(match[2]) * _SIZES[match[3][0].casefold()])}", text)
    text = _DOTTED.sub(r"\1:\2", _MINUTES.sub(r"\1:00–\2:00", text))
    return _UNITS.sub(_clock_of, text)


def _clock_of(match: re.Match[str]) -> str:
    """Return hours, minutes and seconds as a clock shows them; minutes alone may be a length, and stay."""
    hours, minutes, rest = match.groups()
    if hours is None and rest is None:
        return match[0]
    return f"{hours}:{int(minutes):02}:{int(rest or 0):02}" if hours else f"{minutes}:{int(rest):02}"


def read_times(text: str) -> Reading:
    """Return the ranges of a text in its order."""
    text = _BEGINNING.sub("0:00", _clocks(text))
    if len(_TIMES.findall(text)) == 1:
        text = _ONLY_END.sub("0:00–", text)
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
