"""The list of presenters in the opening of a set: which lines belong to it, and which of them are about one person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from ligraph.collection.ingest.affiliations import parts_of
from ligraph.collection.ingest.cues import organization_score, role_score
from ligraph.collection.ingest.lines import Line, presenters_of
from ligraph.collection.ingest.names import is_bare_name, is_name, is_presenter, presenters_inline, split_name

_NOBODY = frozenset(("", "none", "n/a", "tba", "tbd"))


@dataclass
class Roster:
    """The presenters of a set, each as text and line number, and the lines that are not about them.

    Shape: `is_headed` is false for a list of people that no heading announces.
    """

    entries: list[tuple[str, int]] = field(default_factory=list)
    rest: list[Line] = field(default_factory=list)
    is_headed: bool = True


def take_presenters(lines: Sequence[Line]) -> Roster:
    """Return the presenters that the opening of a set lists, and its other lines."""
    reader = _Reader()
    for line, following in zip_longest(lines, lines[1:]):
        if not reader.read_head(line, following) and not reader.read(line):
            reader.roster.rest.append(line)
    return reader.roster if reader.has_head else _unheaded(lines)


class _Reader:
    """Reads lines once, from the top, and knows whether a list is open and whose entry is."""

    def __init__(self) -> None:
        self.roster = Roster()
        self.has_head = False
        self.reading = False
        self.last: Line | None = None
        self.is_open = False
        self.is_titled = False

    def read_head(self, line: Line, following: Line | None) -> bool:
        """Read a line that announces presenters, with those that it names itself."""
        inline = presenters_of(line)
        if inline is None and line.text.endswith(":") and following is not None and following.kind == "item":
            inline = "" if len(line.text.split()) < 5 and is_presenter(following.text) else None
        if inline is None and line.kind == "item" and line.text.endswith(":"):
            inline = presenters_of(Line(line.text, line.number, line.block))
        if inline is None:
            return False
        self.reading = self.has_head = True
        self.last = None
        self.roster.entries += [(text, line.number) for text in presenters_inline(inline)]
        return True

    def read(self, line: Line) -> bool:
        """Read a line of the list that is open; return whether it belongs to it."""
        if not self.reading:
            return False
        if line.text.strip(" .–—-").casefold() in _NOBODY:
            return True
        if self.last is not None and self.goes_on(line, self.last):
            text, number = self.roster.entries[-1]
            self.roster.entries[-1] = (f"{text.rstrip(',;')}, {line.text}", number)
        elif self.begins(line):
            self.roster.entries.append((line.text, line.number))
            self.is_open = is_bare_name(line.text)
            self.is_titled = line.kind == "heading"
        else:
            self.reading = not line.text.endswith(".")
            self.is_open = False
            return False
        self.last = line
        return True

    def begins(self, line: Line) -> bool:
        """Return whether a line is the first about a person."""
        if line.kind == "heading":
            return is_bare_name(line.text)
        return line.kind == "item" or is_presenter(line.text) or is_bare_name(line.text)

    def goes_on(self, line: Line, last: Line) -> bool:
        """Return whether a line tells more of the person of the line before it."""
        if line.kind == "heading" or (line.text.endswith((".", "!", "?")) and len(line.text.split()) > 4):
            return False
        if self.is_titled or self.roster.entries[-1][0].endswith((",", ";")):
            return True
        if line.kind == "item" and last.kind == "item" and line.block == last.block:
            # A line break within one item: a name, and below it what the person does.
            return True
        return self.is_open and not is_bare_name(line.text) and not is_name(split_name(line.text)[0])


def _unheaded(lines: Sequence[Line]) -> Roster:
    """Return the people of a list that nothing announces, if each is plainly a person with a role somewhere."""
    found = [line for line in lines if line.kind == "item" or _is_plain(line)]
    if not found or not all(map(_is_plain, found)):
        return Roster(rest=list(lines))
    rest = [line for line in lines if line not in found]
    return Roster([(line.text, line.number) for line in found], rest, is_headed=False)


def _is_plain(line: Line) -> bool:
    """Return whether a line names a person, a role and an organization beyond doubt."""
    if not is_presenter(line.text):
        return False
    parts = parts_of(split_name(line.text)[1])
    is_role = any(role_score(part) >= 3 for part in parts)
    return is_role and any(organization_score(part, frozenset()) >= 2 for part in parts)
