"""The elements of a page as lines: one wherever a browser would begin one, with its links and pictures."""

import re
from dataclasses import dataclass

from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from ligraph.collection.ingest.addresses import EMBEDS, absolute, embedded_address
from ligraph.collection.ingest.chrome import words_in
from ligraph.collection.ingest.decoding import spaced
from ligraph.collection.ingest.lines import Kind, Line, Link, action_of, is_arrow
from ligraph.collection.ingest.pictures import button_words, picture_action
from ligraph.collection.ingest.words import ACTIONS, words_of

LINE = "data-ligraph-line"
"""The attribute that carries a line number of Markdown into the page made from it."""

_BLOCKS = words_of("""
    address article blockquote body center dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 header hr html li
    main ol p pre section summary table tbody td tfoot th thead tr ul
""")
_STRONG = {"b", "strong"}
_INLINE = _STRONG | {"em", "i", "span", "u", "mark", "font"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}


def _names_columns(row: Tag) -> bool:
    """Return whether a row of a table only says what stands below it: nothing, or no action and no link."""
    if row.name != "tr" or row.find("td") or len(cells := row.find_all("th")) < 2:
        return False
    texts = [cell.get_text(" ", strip=True) for cell in cells]
    return row.find("a") is None and not any(action_of(Line(text, 0, 0)) for text in texts)


@dataclass
class _Anchor:
    """A link that is open: its address, where its words begin, whether it goes over more than one line."""

    href: str
    start: int
    spans: bool = False


class Walker:
    """Walks the elements of a page once, and writes a line wherever a browser would begin one."""

    def __init__(self, base: str | None) -> None:
        self.base = base
        self.lines: list[Line] = []
        self.broken: list[tuple[str, int]] = []
        self.cursor = 1
        self.block = 0
        self.words: list[str] = []
        self.links: list[Link] = []
        self.start: int | None = None
        self.weak = False
        self.context: list[Tag] = []
        self.anchors: list[_Anchor] = []
        self.pictures: list[tuple[int, Line]] = []
        self.label_end: int | None = None

    def walk(self, node: PageElement, depth: int) -> None:
        """Read one element and what is in it."""
        if isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString):
                self.read_text(str(node))
            return
        if not isinstance(node, Tag):
            return
        line = node.get(LINE)
        if line or node.sourceline:
            self.cursor = int(str(line)) if line else max(self.cursor, node.sourceline or 0)
        if node.name == "br":
            if "soft" in words_in(node, "class") and any(tag.name == "li" for tag in self.context):
                self.words.append(" ")
            else:
                self.flush()
            return
        if _names_columns(node):
            return
        if node.name in EMBEDS:
            self.read_embedded(node)
            return
        if action := picture_action(node):
            self.flush()
            self.pictures.append((len(self.lines), Line(action, self.cursor, self.block)))
        is_block = node.name in _BLOCKS or (node.name == "button" and not self.anchors)
        if is_block:
            self.flush()
            self.block += 1
        self.context.append(node)
        is_link = node.name == "a" and bool(node.get("href"))
        if is_link:
            self.anchors.append(_Anchor(str(node["href"]), len(self.words)))
            if words := button_words(node):
                self.read_text(words)
        opens = node.name in _INLINE and not "".join(self.words).strip()
        for child in node.children:
            self.walk(child, depth + 1)
        if opens and self.label_end is None and self.is_label("".join(self.words).strip()):
            self.label_end = len(self.words)
        if is_link:
            self.read_link(self.anchors.pop())
            # Buttons stand beside each other without a space.
            if self.links and is_arrow(Line(self.links[-1].label, 0, 0)):
                self.flush()
        if is_block:
            self.flush()
            self.block += 1
        self.context.pop()

    def read_text(self, text: str) -> None:
        """Add text to the line at hand; in preformatted text each line is one."""
        for number, piece in enumerate(text.split("\n")):
            if number:
                self.cursor += 1
                if any(tag.name == "pre" for tag in self.context):
                    self.flush()
                    self.block += not piece.strip()
                else:
                    self.words.append(" ")
            if piece.strip():
                self.start = self.start or self.cursor
                self.weak = self.weak or not any(tag.name in _STRONG for tag in self.context)
            self.words.append(piece)

    def read_link(self, anchor: _Anchor) -> None:
        """Keep an address of the web for the line at hand; note one that cannot be followed from outside the page."""
        label = spaced("".join(self.words[anchor.start :]).replace("\n", " "))
        target = absolute(anchor.href, self.base)
        if target and label:
            self.links.append(Link(label, target, anchor.spans))
        elif target is None and label and not anchor.href.startswith(("#", "mailto:", "tel:", "javascript:")):
            self.broken.append((anchor.href, self.cursor))

    def read_embedded(self, node: Tag) -> None:
        """Write what the page plays in itself as a line of its own."""
        found = embedded_address(node, self.base)
        if found is None:
            return
        self.flush()
        href, target = found
        if target is None:
            self.broken.append((href, self.cursor))
            return
        self.block += 1
        kind: Kind = "file" if node.name in ("video", "audio") else "embed"
        self.lines.append(Line(target, self.cursor, self.block, kind, links=(Link("", target),)))
        self.block += 1

    def is_label(self, text: str) -> bool:
        """Return whether a text with markup of its own is an action, though on the line of a title."""
        is_heading = any(tag.name in _HEADINGS for tag in self.context)
        return text.casefold() in ACTIONS and (text.isupper() or is_heading)

    def flush(self) -> None:
        """End the line at hand; a label that opens it becomes a line of its own."""
        rest = "" if self.label_end is None else spaced("".join(self.words[self.label_end :]).replace("\n", " "))
        if rest and not rest[0].islower() and rest[0] not in ":|–—-":
            start, links, words, self.links = self.start, self.links, self.words[self.label_end :], []
            self.words = self.words[: self.label_end]
            self.end_line()
            self.start, self.words, self.links = start, words, links
        self.end_line()

    def end_line(self) -> None:
        """Write the line at hand, if it says anything."""
        text = spaced("".join(self.words).replace("\n", " "))
        for anchor in self.anchors:
            anchor.spans = anchor.spans or bool(text)
            self.read_link(anchor)
            anchor.start = 0
        if text:
            names = [tag.name for tag in self.context]
            heading = next((name for name in names if re.fullmatch(r"h[1-6]", name)), None)
            self.lines.append(
                Line(
                    text,
                    self.start or self.cursor,
                    self.block,
                    "heading" if heading else "item" if "li" in names else "text",
                    int(heading[1]) if heading else 0,
                    not self.weak,
                    tuple(self.links),
                )
            )
        self.words, self.links, self.start, self.weak, self.label_end = [], [], None, False, None
