"""Where sets begin and which lines announce an action: the skeleton of a post."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ligraph.collection.ingest.lines import (
    Line,
    action_of,
    inline_action,
    is_arrow,
    is_cue,
    is_title,
    parted_actions,
    presenters_of,
)
from ligraph.collection.ingest.words import ACTIONS, SET_WORDS

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_LABELLED = re.compile(
    rf"^\W*(?:\w+\s+(?=(?:resource\s+)?sets?\b))?(?P<label>{'|'.join(sorted(SET_WORDS, key=len, reverse=True))})"
    rf"\s*(?:no\.?\s*|#\s*)?(?:(?P<number>\d{{1,2}}|[ivx]{{1,4}}|[a-h]|{'|'.join(_NUMBERS)})(?![\w’'])\s*(?:$|[:.)|]|[–—-])|:)\s*(?P<name>.*)$",
    re.I,
)
_ORDINAL = re.compile(r"^#?\s*(?P<number>\d{1,2})\s*(?:[.):]|\s[–—-])\s+(?P<name>\S.*)$")
_SHORT = ("DO", "GO")
"""The words of two letters that can stand above a resource; others are initials."""
_SPACED = re.compile(rf"^(?P<label>{'|'.join(SET_WORDS)})\s+(?P<number>\d{{1,2}})\s+(?P<name>[A-Z“].*)$", re.I)


@dataclass(frozen=True)
class Heading:
    """The heading of a set.

    Shape: `start` and `body` are indexes of lines: where the heading stands, and what comes after it.
    """

    name: str
    line: int
    number: int | None
    start: int
    body: int
    label: str = ""


def with_actions(lines: Sequence[Line]) -> list[Line]:
    """Return lines in which those that announce an action say so; `WATCH: Title` becomes two lines."""
    found: list[Line] = []
    for index, line in enumerate(lines):
        opens = index == 0 or lines[index - 1].block != line.block
        if word := action_of(line):
            found.append(replace(line, action=word))
        elif inline := inline_action(line, opens=opens):
            found += [replace(line, text=inline[0], action=inline[0], links=()), replace(line, text=inline[1])]
        else:
            found.append(line)
    levels = {line.level for line in found if line.action and (line.level or not line.plain.isupper())}
    for index in range(1, len(found) - 2):
        if _is_unknown_action(found, index, levels):
            found[index] = replace(found[index], action=found[index].plain.casefold())
    return _with_players_below(found)


def _stands_alone(lines: Sequence[Line], index: int) -> bool:
    """Return whether a line is a capitalised word between two paragraphs."""
    line, beside = lines[index], (lines[index - 1], lines[index + 1])
    return line.plain.istitle() and line.block not in (other.block for other in beside)


def _with_players_below(lines: list[Line]) -> list[Line]:
    """Return lines in which what a page plays stands below the action that it is for, also where all stood above it."""
    players = [index for index, line in enumerate(lines) if line.is_embedded and any(o.action for o in lines[index:])]
    after = [index for index, line in enumerate(lines) if line.is_embedded and index not in players]
    if after or not players or not all(lines[index + 1].action for index in players):
        return lines
    for index in players:
        lines[index], lines[index + 1] = lines[index + 1], lines[index]
    return lines


def _is_unknown_action(lines: Sequence[Line], index: int, levels: set[int]) -> bool:
    """Return whether a line stands where an action would, and looks like one: a word, above a title, a text, a link."""
    line, words = lines[index], " ".join(parted_actions(lines[index].plain)).split()
    shouted = line.plain.isupper() and (len(line.plain) > 2 or line.plain in _SHORT)
    alike = line.level in levels and len(words) == 1 and (line.level > 0 or _stands_alone(lines, index))
    if line.action or not 1 <= len(words) <= 2 or not (shouted or alike):
        return False
    if not all(word.isalpha() for word in words) or line.kind == "item" or lines[index - 1].action or line.links:
        return False
    if presenters_of(line) is not None or _LABELLED.match(line.text):
        return False
    below: list[Line] = []
    for following in lines[index + 1 : index + 10]:
        if following.action or _LABELLED.match(following.text):
            return False
        if is_arrow(following) or (below and is_cue(following)):
            return len(below) > 1 and is_title(below[0].text)
        below.append(following)
    return False


def find_sets(lines: Sequence[Line]) -> list[Heading]:
    """Return the headings of sets: those that are numbered, else those of one level, else titles above presenters."""
    return _labelled(lines) or _numbered(lines) or _levelled(lines) or _above_presenters(lines)


def _labelled(lines: Sequence[Line]) -> list[Heading]:
    found = [heading for index, line in enumerate(lines) if (heading := _heading_at(lines, index, line))]
    labels = Counter(heading.label for heading in found)
    label = next((label for label in SET_WORDS if labels[label] > (0 if label.endswith("set") else 1)), None)
    mine = [heading for heading in found if heading.label == label]
    kept = []
    for position, heading in enumerate(mine):
        end = mine[position + 1].start if position + 1 < len(mine) else len(lines)
        later = any(heading.name.casefold() == other.name.casefold() for other in mine[position + 1 :])
        # A list of contents names each set before it comes.
        if not later or any(line.action for line in lines[heading.body : end]):
            kept.append(heading)
    return kept if kept and any(line.action for line in lines[kept[0].start :]) else []


def _numbered(lines: Sequence[Line]) -> list[Heading]:
    """Return the headings that have a number and no word for what they number: `1. Title`, `2. Title`.

    Steps of an activity are numbered too, but one below the other, and no resource stands between them.
    """
    found: list[Heading] = []
    for index, line in enumerate(lines):
        ordinal, name = _ordinal(line)
        if line.action or not name or not is_title(name) or is_cue(line) or _is_step(lines, index):
            continue
        acts = bool(found) and any(other.action for other in lines[found[-1].body : index])
        if ordinal == 1 and not acts:
            found = []
        if ordinal == len(found) + 1 and (acts or not found):
            found.append(Heading(name, line.number, ordinal, index, index + 1))
    if found and not any(line.action for line in lines[found[-1].body :]):
        found.pop()
    return found if len(found) > 1 else []


def _ordinal(line: Line) -> tuple[int | None, str]:
    """Return the number of a line and what it numbers."""
    if line.ordinal is not None:
        return line.ordinal, line.text
    match = _ORDINAL.match(line.text) if line.kind == "heading" or line.strong else None
    return (int(match["number"]), match["name"].strip()) if match else (None, "")


def _is_step(lines: Sequence[Line], index: int) -> bool:
    """Return whether the line above or below is numbered too."""
    beside = [*lines[max(index - 1, 0) : index], *lines[index + 1 : index + 2]]
    return any(_ordinal(other)[0] is not None for other in beside)


def _heading_at(lines: Sequence[Line], index: int, line: Line) -> Heading | None:
    match = _LABELLED.match(line.text)
    if not match and (line.kind == "heading" or line.strong):
        match = _SPACED.match(line.text)
    is_prose = line.kind != "heading" and len(line.text) > (80 if line.text.endswith(".") else 250)
    if not match or line.action or is_prose:
        return None
    label = " ".join(match["label"].casefold().split())
    if match["number"] is None and not label.endswith("set"):
        return None
    name, body = match["name"].strip(), index + 1
    if not name and body < len(lines) and is_title(lines[body].text) and not _is_other(lines[body]):
        name, body = lines[body].text, body + 1
    return Heading(name or line.text.strip(" :"), line.number, _number(match["number"]), index, body, label)


def _number(written: str | None) -> int | None:
    word = (written or "").casefold()
    for words in (_NUMBERS, _ROMAN):
        if word in words:
            return words.index(word) + 1
    if len(word) == 1 and word in "abcdefgh":
        return ord(word) - ord("a") + 1
    return int(word) if word.isdigit() else None


def _is_other(line: Line) -> bool:
    return bool(line.action) or presenters_of(line) is not None or bool(_LABELLED.match(line.text))


def _levelled(lines: Sequence[Line]) -> list[Heading]:
    """Return the headings that stand nearest above an opening action or list of presenters."""
    above: list[int] = []
    last: int | None = None
    for index, line in enumerate(lines):
        if line.action or presenters_of(line) is not None:
            if last is not None:
                above.append(last)
            last = None
        elif line.kind == "heading" and index:
            last = index
    # Titles of resources stand below an action, those of sets above one.
    candidates = [i for i in above if not _follows_action(lines, i)]
    if not candidates:
        return []
    level = Counter(lines[i].level for i in candidates).most_common(1)[0][0]
    chosen = [i for i in candidates if lines[i].level == level]
    return [Heading(lines[i].text, lines[i].number, None, i, i + 1) for i in chosen]


def _follows_action(lines: Sequence[Line], index: int) -> bool:
    return index > 0 and lines[index - 1].action in ACTIONS


def _above_presenters(lines: Sequence[Line]) -> list[Heading]:
    found: list[Heading] = []
    for index, line in enumerate(lines):
        if presenters_of(line) is None:
            continue
        for above in range(index - 1, 0, -1):
            text = lines[above]
            if text.action or is_cue(text) or text.kind == "item" or text.text.startswith("("):
                break
            if is_title(text.text) and not text.text.endswith(":"):
                found.append(Heading(text.text, text.number, None, above, above + 1))
                break
    return found
