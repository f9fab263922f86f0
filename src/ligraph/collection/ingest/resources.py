"""The resources of a set: action, title, description, link, times and notes, in the order in which they stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ligraph.collection.ingest.decisions import Decision
from ligraph.collection.ingest.lines import (
    Line,
    Link,
    cue_label,
    is_arrow,
    is_cue,
    is_title,
    paragraphs,
    presenters_of,
)
from ligraph.collection.ingest.names import is_presenter, presenters_inline
from ligraph.collection.ingest.times import Range, has_times, read_times
from ligraph.collection.ingest.words import FILLERS, LINK_VERBS

_TAIL = re.compile(r"^(?P<cue>[^()]*\S)\s*(?P<note>\([^()]*\))$")
_AFTER_LINK = re.compile(r"^\s*(?:(?:[–—:|-]\s+)|(?=\())(?P<rest>\S.*)$", re.S)
_BRACKETED = re.compile(r"^[(\[](?P<inside>.*)[)\]]\.?$", re.S)
_BROKEN_TIMES = re.compile(r"^\W*(?:watch|listen)\b.*(?:\d|\bfrom\b)", re.I)


@dataclass
class Resource:
    """One resource as it stands in the post.

    Shape: `action` is the word above it, in lower case; `is_timed_above` when its times stand beside its title;
    `players` are the lines of what the page plays in itself.
    """

    action: str
    name: str
    line: int
    body: list[Line] = field(default_factory=list)
    cues: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    note_links: list[Link] = field(default_factory=list)
    title_links: tuple[Link, ...] = ()
    players: list[Line] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    times_line: int = 0
    is_timed_above: bool = False
    notes: list[str] = field(default_factory=list)
    presenters: list[tuple[str, int]] = field(default_factory=list)

    @property
    def description(self) -> str:
        """Return the paragraphs of the description, an empty line between them."""
        return "\n\n".join(text for text, _ in paragraphs(self.body))

    @property
    def kind(self) -> str | None:
        """Return what the link calls a resource: `playbook` for `Download Playbook`."""
        for cue in self.cues:
            words = re.findall(r"[^\W\d_][\w-]*", cue)
            if words and words[0].casefold() in LINK_VERBS:
                rest = [word for word in words[1:] if word.casefold() not in FILLERS]
                if 1 <= len(rest) <= 2 and len(words) <= 5:
                    return " ".join(word if word.isupper() and len(word) < 5 else word.lower() for word in rest)
        return None

    @property
    def is_closed(self) -> bool:
        """Return whether its link, times or note have been read, after which no description follows."""
        return bool(self.cues or self.notes or (self.ranges and not self.is_timed_above))


def read_resources(lines: Sequence[Line], *, is_end: bool = False) -> tuple[list[Resource], list[Decision]]:
    """Return the resources below the actions of a set, and what is unclear about them; `is_end` for the last set."""
    reader = _Reader(is_end=is_end)
    starts = [index for index, line in enumerate(lines) if line.action]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        # The name of an icon may stand above the same word as a label.
        repeated = end == start + 1 < len(lines) and lines[end].action == lines[start].action
        if not repeated:
            reader.read_group(lines[start], lines[start + 1 : end], is_last=end == len(lines))
    return reader.resources, reader.decisions


def _title_and_rest(line: Line) -> tuple[str, str]:
    """Return the title of a resource, and what its line says after it: a description behind a link, times."""
    label = line.links[0].label if line.links else ""
    if label and line.text.startswith(label) and (match := _AFTER_LINK.match(line.text[len(label) :])):
        return label, match["rest"]
    if (tail := _TAIL.match(line.text)) and has_times(tail["note"]):
        return tail["cue"], tail["note"]
    return line.text, ""


class _Reader:
    """Reads the groups of lines below each action, once, from the top."""

    def __init__(self, *, is_end: bool) -> None:
        self.is_end = is_end
        self.resources: list[Resource] = []
        self.decisions: list[Decision] = []

    def read_group(self, action: Line, lines: Sequence[Line], *, is_last: bool) -> None:
        """Read the resources below one action."""
        current: Resource | None = None
        presenting = is_over = False
        players: list[Line] = []
        for index, line in enumerate(lines):
            inline = presenters_of(line)
            if line.is_embedded:
                # It stands below its resource, or above the title of the next.
                (players if current is None or current.players else current.players).append(line)
            elif is_over:
                self.stray(line, last=True)
            elif current is not None and inline is not None:
                presenting = True
                current.presenters += [(text, line.number) for text in presenters_inline(inline)]
            elif current is not None and presenting and (line.kind == "item" or is_presenter(line.text)):
                current.presenters.append((line.text, line.number))
            elif current is None or self.begins(current, lines, index):
                presenting = False
                current = self.begin(action, line)
                if current is not None:
                    current.players, players = players, []
            elif not self.read_below(current, line):
                if current.is_closed:
                    # What follows it at the end of a file is no further resource but what stands below the post.
                    is_over = is_last and self.is_end
                    self.stray(line, last=is_last)
                else:
                    current.body.append(line)
        if current is not None:
            current.players += players
        else:
            message = f"{action.text} has nothing below it"
            self.decide("empty-action", message, action.number, "is the post whole? add the resource")

    def begin(self, action: Line, line: Line) -> Resource | None:
        """Begin a resource with its title."""
        if is_arrow(line) or line.text.startswith("("):
            message = f"a resource under {action.text} has no title above “{line.text}”; it is left out"
            self.decide("title", message, line.number, "add the resource with its title")
            return None
        title, rest = _title_and_rest(line)
        resource = Resource(action.action or "", title, line.number, title_links=line.links)
        self.resources.append(resource)
        if match := _TAIL.match(rest):
            note = Line(match["note"], line.number, line.block)
            rest = match["cue"] if self.read_below(resource, note) else rest
        if rest and not self.read_below(resource, Line(rest, line.number, line.block)):
            resource.body.append(Line(rest, line.number, line.block))
        resource.is_timed_above = bool(resource.ranges)
        return resource

    @staticmethod
    def begins(current: Resource, lines: Sequence[Line], index: int) -> bool:
        """Return whether a line is the title of a further resource below the same action."""
        line = lines[index]
        if is_cue(line) or line.text.startswith("(") or not is_title(line.text) or index + 1 == len(lines):
            return False
        below = lines[index + 1 :]
        leads = any(is_cue(other) or has_times(other.text) for other in below[:8])
        if line.kind == "heading" and (current.body or current.is_closed):
            return leads or bool(line.links)
        return (current.is_closed or bool(current.players and current.body)) and leads

    def read_below(self, current: Resource, line: Line) -> bool:
        """Read what stands below a description: the link, times, a note. Return whether the line was one of them."""
        if match := _TAIL.match(line.text):
            cue = Line(match["cue"], line.number, line.block, line.kind, line.level, line.strong, line.links)
            if is_cue(cue) and self.read_below(current, cue):
                return self.read_below(current, Line(match["note"], line.number, line.block))
        bracketed = _BRACKETED.match(line.text)
        if has_times(line.text) and (bracketed or len(line.text.split()) < 12):
            self.read_times(current, line, (bracketed["inside"] if bracketed else line.text).strip())
        elif _BROKEN_TIMES.match(line.text) and bracketed:
            self.decide(
                "times", f"“{line.text}” names no time that can be read", line.number, "write start and end yourself"
            )
            current.notes.append(bracketed["inside"].strip())
        elif is_cue(line) and (is_arrow(line) or not bracketed):
            current.cues.append(cue_label(line.text))
            current.links += line.links
        elif bracketed:
            current.notes.append(bracketed["inside"].strip())
            current.note_links += line.links
        else:
            return False
        return True

    def read_times(self, current: Resource, line: Line, inside: str) -> None:
        """Read the ranges of a line; what they do not tell of it stays as a note."""
        reading = read_times(inside)
        current.ranges += reading.ranges
        if not current.links:
            current.links += line.links
        current.times_line = current.times_line or line.number
        if reading.wrong:
            message = f"“{line.text}”: {'; '.join(reading.wrong)}"
            self.decide("times", message, line.number, "look at the recording, then write start and end")
        plain = len(reading.ranges) == 1 and reading.ranges[0].end is not None and not reading.wrong
        if not plain or len(inside.split()) > 6:
            current.notes.append(inside)

    def stray(self, line: Line, *, last: bool) -> None:
        """Note a line that belongs to nothing."""
        where = "after the last resource of the set" if last else "between two resources"
        self.decide(
            "stray", f"“{line.text}” stands {where} and is left out", line.number, "add it by hand if it matters"
        )

    def decide(self, kind: str, message: str, line: int, remedy: str) -> None:
        """Note something for a person to decide."""
        self.decisions.append(Decision(kind, message, line, (), remedy))
