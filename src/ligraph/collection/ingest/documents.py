"""A post as a document: its lines, whatever form they had, and what the file says of itself."""

from dataclasses import dataclass, replace
from typing import Literal

from ligraph.collection.ingest.decoding import spaced
from ligraph.collection.ingest.lines import Line, action_of, is_broken, unwrapped, with_addresses, with_bullet
from ligraph.collection.ingest.names import is_name

Form = Literal["text", "page", "markdown"]


@dataclass(frozen=True)
class Document:
    """A file as lines, with what it says of itself.

    Shape: `address` is absolute, or None where the file does not tell; `title` may be longer than that of the post;
    `broken_links` are addresses that cannot be made absolute, with their lines.
    """

    lines: tuple[Line, ...]
    form: Form
    address: str | None = None
    title: str | None = None
    published: str | None = None
    broken_links: tuple[tuple[str, int], ...] = ()


def plain_lines(text: str) -> list[Line]:
    """Return the lines of plain text; those between two empty lines share a block."""
    found: list[Line] = []
    above, width = "", width_of(text)
    block = hang = 0
    for number, row in enumerate(text.split("\n"), 1):
        line = with_bullet(Line(spaced(row), number, block))
        above, last = row.rstrip(), above
        goes_on = bool(found) and found[-1].kind == "item" and line.kind == "text" and action_of(line) is None
        if goes_on and line.text and last and is_broken(last, line.text.split(" ", 1)[0], width):
            found[-1] = replace(found[-1], text=f"{found[-1].text} {line.text}")
            continue
        if line.kind == "item" or (found and found[-1].kind == "item"):
            block += 1
            line = replace(line, block=block)
        indent = len(row) - len(row.lstrip())
        if not line.text:
            block, hang = block + 1, 0
        elif hang and indent >= hang and line.kind == "text":
            # Below nothing but a name stands what the person does.
            joint = ", " if is_name(found[-1].text) else " "
            found[-1] = replace(found[-1], text=f"{found[-1].text}{joint}{line.text}")
        else:
            # What is indented as far as the text of an item above it goes on with that item.
            hang = row.find(line.text[:1], indent + 1) if line.kind == "item" else 0
            found.append(line)
    return found


def finished(lines: list[Line], width: int) -> list[Line]:
    """Return lines with bullets made items, wrapped lines joined and written-out addresses made links.

    Units: `width` is the number of characters of the longest line of the file.
    """
    bulleted = [_own_block(with_bullet(line), line, -index) for index, line in enumerate(lines, 1)]
    return [with_addresses(line) for line in unwrapped(bulleted, width)]


def _own_block(line: Line, before: Line, block: int) -> Line:
    """Return a line that a bullet made an item as a paragraph of its own, others as they are."""
    return replace(line, block=block) if line.text != before.text else line


def width_of(text: str) -> int:
    """Return the number of characters of the longest line of a text."""
    return max(map(len, text.split("\n")))
