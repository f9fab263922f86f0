"""Web pages as saved from a browser: the lines of the post, without the page around it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Comment
from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from ligraph.collection.ingest.chrome import prune, words_in
from ligraph.collection.ingest.decoding import spaced
from ligraph.collection.ingest.documents import Document, finished, width_of
from ligraph.collection.ingest.lines import Line, Link, is_arrow
from ligraph.collection.ingest.words import words_of
from ligraph.collection.values import date_type
from ligraph.errors import PostError

LINE = "data-ligraph-line"
"""The attribute that carries a line number of Markdown into the page made from it."""
MOST = 100_000
"""Elements of a page, closing tags counted. A saved page of the series has about 5,000."""
DEEPEST = 150
"""Levels of nesting read. A page of the series made with a page builder has about 40."""

_BLOCKS = words_of("""
    address article blockquote body center dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 header hr html li
    main ol p pre section summary table tbody td tfoot th thead tr ul
""")
_STRONG = {"b", "strong"}
_SAVED = re.compile(r"saved from url=\(\d+\)\s*(https?://\S+)", re.I)
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")


def page_document(text: str, *, whole: bool = False, address: str | None = None) -> Document:
    """Return the lines of a page and what its head says; `whole` where there is nothing around the post.

    Raises: PostError for a page nested deeper than any that a person reads.
    """
    try:
        soup = _soup(text)
        address = address or _address(soup)
        base = next((urljoin(address or "", str(tag["href"])) for tag in soup.find_all("base", href=True)), address)
        title, published = _title(soup), _published(soup)
        if not whole:
            prune(soup)
        walker = _Walker(base)
        walker.walk(_content(soup), 0)
    except RecursionError:
        raise PostError(
            "the page is nested too deeply to be a post", hint="save the post again from a browser"
        ) from None
    walker.flush()
    return Document(
        tuple(finished(walker.lines, width_of(text))), "page", address, title, published, tuple(walker.broken)
    )


def absolute(href: str, base: str | None = None) -> str | None:
    """Return an address as it stands, made absolute; None for what is no web address or leads only within the page."""
    href = href.strip()
    if not href or href.startswith("#"):
        return None
    try:
        whole = urljoin(base, href) if base else href
        parts = urlsplit(whole)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    if not good:
        return None
    return re.sub(r"[\x00-\x20<>\"{}|\\^`]", lambda match: f"%{ord(match[0]):02X}", whole)


def date_of(text: str) -> str | None:
    """Return as much of a date as can be trusted, None where it is none."""
    text = text.strip().replace("+00:00", "Z")
    for part in (text, (_DATE.match(text) or [""])[0]):
        try:
            date_type(part)
        except ValueError:
            continue
        return part
    return None


@dataclass
class _Anchor:
    """A link that is open: its address, where its words begin, whether it goes over more than one line."""

    href: str
    start: int
    spans: bool = False


class _Walker:
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
        is_block = node.name in _BLOCKS
        if is_block:
            self.flush()
            self.block += 1
        self.context.append(node)
        is_link = node.name == "a" and bool(node.get("href"))
        if is_link:
            self.anchors.append(_Anchor(str(node["href"]), len(self.words)))
        for child in node.children:
            self.walk(child, depth + 1)
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

    def flush(self) -> None:
        """End the line at hand."""
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
        self.words, self.links, self.start, self.weak = [], [], None, False


def _soup(text: str) -> BeautifulSoup:
    """Return the tree of a page whose size a person could have made."""
    if text.count("<") > MOST:
        raise PostError(
            f"the page has more than {MOST:,} elements", hint="save the post alone, without what is around it"
        )
    soup = BeautifulSoup(text, "html.parser")
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depth = depths[id(tag)] = depths.get(id(tag.parent), 0) + 1
        if depth > DEEPEST:
            raise PostError("the page is nested too deeply to be a post", hint="save the post again from a browser")
    return soup


def _content(soup: BeautifulSoup) -> Tag:
    """Return the element that holds the post: the one of the usual kinds with most of the text."""
    whole = soup.body or soup
    found = [*soup.find_all(["main", "article"]), *soup.find_all(role="main")]
    best = max(found, key=lambda tag: len(tag.get_text()), default=None)
    return best if best is not None and len(best.get_text()) * 2 > len(whole.get_text()) else whole


def _metas(soup: BeautifulSoup, *names: str) -> Iterator[str]:
    for name in names:
        for tag in soup.find_all("meta"):
            if name in (tag.get("property"), tag.get("name"), tag.get("itemprop")) and tag.get("content"):
                yield str(tag["content"]).strip()


def _address(soup: BeautifulSoup) -> str | None:
    links = (str(tag["href"]) for tag in soup.find_all("link", href=True) if "canonical" in words_in(tag, "rel"))
    comments = soup.find_all(string=lambda text: isinstance(text, Comment))
    saved = (match[1] for comment in comments if (match := _SAVED.search(str(comment))))
    candidates = (absolute(href) for group in (links, _metas(soup, "og:url"), saved) for href in group)
    return next((address for address in candidates if address), None)


def _title(soup: BeautifulSoup) -> str | None:
    told = next(_metas(soup, "og:title"), None) or (soup.title.get_text() if soup.title else "")
    return spaced(told.replace("\n", " ")) or None


def _published(soup: BeautifulSoup) -> str | None:
    for text in _metas(soup, "article:published_time", "datePublished"):
        if date := date_of(text):
            return date
    for tag in soup.find_all("time", datetime=True):
        if "updated" not in words_in(tag, "class") and (date := date_of(str(tag["datetime"]))):
            return date
    return None
