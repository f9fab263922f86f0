"""Web pages as saved from a browser: the lines of the post, without the page around it."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Comment
from bs4.element import Tag

from ligraph.collection.ingest.addresses import absolute
from ligraph.collection.ingest.chrome import prune, words_in
from ligraph.collection.ingest.decoding import spaced
from ligraph.collection.ingest.documents import Document, finished, width_of
from ligraph.collection.ingest.pictures import with_pictures
from ligraph.collection.ingest.walking import Walker
from ligraph.collection.values import date_type
from ligraph.errors import PostError

MOST = 100_000
"""Elements of a page, closing tags counted. A saved page of the series has about 5,000."""
DEEPEST = 150
"""Levels of nesting read. A page of the series made with a page builder has about 40."""

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
        walker = Walker(base)
        walker.walk(_content(soup), 0)
    except RecursionError:
        raise PostError(
            "the page is nested too deeply to be a post", hint="save the post again from a browser"
        ) from None
    walker.flush()
    lines = with_pictures(walker.lines, walker.pictures)
    return Document(tuple(finished(lines, width_of(text))), "page", address, title, published, tuple(walker.broken))


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
