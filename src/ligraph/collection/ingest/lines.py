"""What every form of a post becomes: lines with a number, and what a single line can be.

A line of text, a heading, an item of a list and a table cell all end up as `Line`, so that structure is parsed
once for plain text, web pages and Markdown.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ligraph.collection.ingest.names import is_presenter
from ligraph.collection.ingest.words import ACTIONS, LINK_VERBS, PRESENTER_WORDS

Kind = Literal["text", "item", "heading", "embed", "file"]

_BULLET = re.compile(r"^(?:[•●◦▪■‣·*–—+-]|o(?=\s[A-Z])|\(?\d{1,2}[.)])\s+(?=\S)")
_ORNAMENT = re.compile(r"^[^\w“\"‘'(\[{]+|[:\s.*_=~|–—-]+$")
_BARE_ADDRESS = re.compile(r"<?(https?://[^\s<>\"“”]+)>?", re.I)
_IN_BRACKETS = re.compile(r"\[\s*[^\W\d_]+\s*\]|\(\s*[^\W\d_]+\s*\)")
_ARROW = re.compile(r"\s*(?:[»›→➔➜►▶⟶]|>>?)\s*$")
_TOGETHER = re.compile(r"\s*[&+/]\s*|\s+(?:and|or)\s+")
_INLINE_ACTION = re.compile(r"^\W*(?P<word>[^\W\d_]+)\s*(?:[:|]|\s[–—-])\s+(?P<rest>\S.*)$")
_PRESENTERS = re.compile(
    rf"^\W*(?:(?:the|our|featured|guest|session|video|panel|set)\s+)*(?:{'|'.join(PRESENTER_WORDS)})(?:\(s\)|s)?"
    r"(?P<also>\s*(?:and|&|/)\s*[\w]+)?\s*(?:(?P<colon>[:–—-])\s*(?P<rest>.*))?$",
    re.I,
)
_BY = re.compile(
    r"^(?:(?:co-)?(?:presented|facilitated|moderated|hosted|led)\s+by|with|featuring)\s+(?P<rest>[A-Z].*)$", re.I
)


@dataclass(frozen=True)
class Link:
    """An address and the words that lead to it; `spans` when it goes on over other lines, as a card does."""

    label: str
    href: str
    spans: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a post.

    Shape: `number` counts from 1 in the file; lines of one paragraph share their `block`; `level` is that of a
    heading; `strong` when all of it is emphasised; `action` is the word of a line that announces one; `ordinal` the
    number that stood before an item. What a page plays in itself is a line too, a player of another site (`embed`)
    or a `file`, with its address as text and link.
    """

    text: str
    number: int
    block: int
    kind: Kind = "text"
    level: int = 0
    strong: bool = False
    links: tuple[Link, ...] = ()
    action: str | None = None
    ordinal: int | None = None

    @property
    def is_embedded(self) -> bool:
        """Return whether the line is none that a person reads, but what the page plays there."""
        return self.kind in ("embed", "file")

    @property
    def plain(self) -> str:
        """Return the text without marks before it and colons after it."""
        return _ORNAMENT.sub("", _ORNAMENT.sub("", self.text))


def action_of(line: Line) -> str | None:
    """Return the action that a line announces, in lower case, when the line says nothing else; also `watch & read`."""
    plain = line.plain[1:-1] if _IN_BRACKETS.fullmatch(line.plain) else line.plain
    words = plain.split()
    together = parted_actions(plain)
    if len(together) > 1 and all(word in ACTIONS for word in together) and all(link.spans for link in line.links):
        return plain.casefold()
    # An icon's name may stand before the word, as in "activity ACT".
    icon = len(words) == 2 and words[0].islower() and words[1].isupper()
    word = words[-1].casefold() if len(words) == 1 or icon else ""
    return word if word in ACTIONS and all(link.spans for link in line.links) else None


def parted_actions(text: str) -> list[str]:
    """Return the actions that a text such as `Watch & Read` names, in lower case."""
    return _TOGETHER.split(text.strip().casefold())


def inline_action(line: Line, *, opens: bool) -> tuple[str, str] | None:
    """Return the action and the title of a line such as `WATCH: Title`; `opens` when it begins a paragraph."""
    match = _INLINE_ACTION.match(line.text)
    if not match or match["word"].casefold() not in ACTIONS:
        return None
    if match["word"].isupper() or line.kind == "heading" or (opens and is_title(match["rest"])):
        return match["word"].casefold(), match["rest"].strip()
    return None


def presenters_of(line: Line) -> str | None:
    """Return what follows `Presenters:` on its line, "" where nothing does, None for another line."""
    if line.kind == "item":
        return None
    if (by := _BY.match(line.text)) and is_presenter(by["rest"]):
        return by["rest"]
    match = _PRESENTERS.match(line.text)
    if not match:
        return None
    if match["colon"] is None:
        return "" if line.kind == "heading" or line.strong or len(line.text.split()) < 3 else None
    return (match["rest"] or "").strip()


def with_bullet(line: Line) -> Line:
    """Return a line of plain text as an item where it begins with a bullet or a number."""
    match = _BULLET.match(line.text)
    if not match or line.kind == "heading":
        return line
    number = re.search(r"\d+", match[0])
    ordinal = int(number[0]) if number else None
    return replace(line, text=line.text[match.end() :].strip(), kind="item", ordinal=ordinal)


def with_addresses(line: Line) -> Line:
    """Return a line whose written-out addresses have become links."""
    if line.links:
        return line
    found = tuple(match[1].rstrip(".,;)") for match in _BARE_ADDRESS.finditer(line.text))
    if not found:
        return line
    rest = " ".join(_BARE_ADDRESS.sub(" ", line.text).replace("()", " ").split())
    label = rest.strip(" :–—-")
    linked = replace(line, links=tuple(Link(label or href, href) for href in found))
    return replace(linked, text=label) if label and is_cue(replace(line, text=label)) else linked


def is_cue(line: Line) -> bool:
    """Return whether a line is the link below a resource, such as `Watch Video »`."""
    text = line.text
    if _ARROW.search(text) or (line.links and _BARE_ADDRESS.fullmatch(text)):
        return True
    words = re.findall(r"[^\W\d_]+", text)
    covered = any(link.label.strip(" »›→") == text.strip(" »›→") for link in line.links)
    if text.endswith((".", "!", ":", ";")) or not words:
        return covered and not words
    verb = words[0].casefold() in LINK_VERBS
    return (verb and len(words) <= 6) or (covered and line.kind != "heading" and len(words) <= 8)


def is_arrow(line: Line) -> bool:
    """Return whether a line ends in an arrow, as only links do."""
    return _ARROW.search(line.text) is not None


def cue_label(text: str) -> str:
    """Return the words of a link without its arrow."""
    return _ARROW.sub("", text).strip()


def is_title(text: str) -> bool:
    """Return whether a text can be a title by its form: short, and not a sentence."""
    return len(text) <= 160 and len(text.split()) <= 20 and not text.endswith((".", ";", ",", ":"))


def paragraphs(lines: Iterable[Line]) -> list[tuple[str, int]]:
    """Return the paragraphs of some lines, each with the number of its first line."""
    found: list[tuple[str, int]] = []
    block = None
    for line in lines:
        if found and line.block == block and line.kind != "item":
            found[-1] = (f"{found[-1][0]} {line.text}", found[-1][1])
        else:
            found.append((line.text, line.number))
        block = line.block
    return found


def is_broken(above: str, first: str, width: int) -> bool:
    """Return whether a line was broken only because the first word of the next would not have fitted the width.

    Nobody wraps a text to less than 50 characters: a file of short lines has short paragraphs.
    Units: `width` is the number of characters of the longest line of the document.
    """
    return 50 <= width <= 100 and len(above) + 1 + len(first) > width


def unwrapped(lines: Sequence[Line], width: int) -> list[Line]:
    """Return lines with those joined that were broken only to fit a width.

    Units: `width` is a number of characters.
    """
    found: list[Line] = []
    last = ""
    for line in lines:
        first = line.text.split(" ", 1)[0]
        joins = (
            found
            and line.kind == "text"
            and line.block == found[-1].block
            and is_broken(last, first, width)
            and action_of(line) is None
            and not is_arrow(found[-1])
            and not line.text.startswith("(")
        )
        last = line.text
        if joins:
            links = found[-1].links + line.links
            found[-1] = replace(found[-1], text=f"{found[-1].text} {line.text}", links=links)
        else:
            found.append(line)
    return found
