"""A post as a document: its lines, whatever form they had, and what the file says of itself."""

from dataclasses import dataclass
from typing import Literal

from ligraph.collection.ingest.decoding import spaced
from ligraph.collection.ingest.lines import Line, unwrapped, with_addresses, with_bullet

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
    block = 0
    for number, row in enumerate(text.split("\n"), 1):
        line = spaced(row)
        if line:
            found.append(Line(line, number, block))
        else:
            block += 1
    return found


def finished(lines: list[Line]) -> list[Line]:
    """Return lines with bullets made items, wrapped lines joined and written-out addresses made links."""
    return [with_addresses(line) for line in unwrapped([with_bullet(line) for line in lines])]
