"""What stands around a post on a page: navigation, sharing, comments, banners, what is hidden."""

import re

from bs4 import BeautifulSoup
from bs4.element import Tag

from ligraph.collection.ingest.words import ACTIONS, words_of

_NEVER_TEXT = words_of("""
    script style noscript template svg select textarea input canvas head
""")
_AROUND = words_of("nav aside form button footer dialog")
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_OPENS = re.compile(r"^\W*(?:\w+ )?set\s*#?\s*\w{1,5}\s*(?:$|[:.|–—-])", re.I)
_ROLES = words_of("navigation banner contentinfo complementary search dialog alert")
_CHROME = words_of("""
    share sharing sharedaddy social related comments comment respond cookie cookies gdpr consent sidebar breadcrumb
    breadcrumbs newsletter subscribe menu navbar popup modal footer skip advert advertisement ads jp pagination
""")
_CLOSED = words_of("toggle accordion tab tabs panel pane collapse collapsible expand expander faq details")
_ASIDES = words_of("screen-reader-text sr-only visually-hidden tags byline meta")


def prune(soup: BeautifulSoup) -> None:
    """Remove what stands around the post: navigation, sharing, comments, banners, what is hidden."""
    half = len(soup.get_text()) / 2
    for tag in list(soup.find_all(True)):
        if tag.decomposed or tag.name in ("html", "body", "main", "article"):
            continue
        is_small = len(tag.get_text()) < half and not _is_own(tag)
        if tag.name in _NEVER_TEXT or (is_small and (tag.name in _AROUND or _is_chrome(tag))):
            tag.decompose()


def _is_chrome(tag: Tag) -> bool:
    words = words_in(tag, "class") | words_in(tag, "id")
    if tag.name == "header":
        return tag.find("h1") is None and tag.find_parent(["article", "main"]) is None
    style = str(tag.get("style", "")).replace(" ", "").lower()
    is_hidden = tag.has_attr("hidden") or "display:none" in style
    hidden = is_hidden and len(tag.get_text()) < 300 and not _has_action(tag) and not _opens_up(tag, words)
    if hidden or str(tag.get("role", "")) in _ROLES or not words.isdisjoint(_CHROME):
        return True
    # The word above a resource may be marked up as its tag.
    return not words.isdisjoint(_ASIDES) and tag.get_text(strip=True).casefold() not in ACTIONS


def _is_own(tag: Tag) -> bool:
    """Return whether a button is of the post, because it is a link or a heading."""
    is_heading = tag.find_parent(_HEADINGS) is not None or tag.find(_HEADINGS) is not None
    linked = tag.find_parent("a", href=True) is not None
    return tag.name == "button" and (linked or is_heading or bool(_OPENS.match(tag.get_text(" ", strip=True))))


def _opens_up(tag: Tag, words: set[str]) -> bool:
    """Return whether what is hidden is the closed part of an accordion or tab, which a reader can open."""
    is_part = tag.get("role") in ("tabpanel", "region") or not words.isdisjoint(_CLOSED)
    return is_part and tag.find(["p", "li"]) is not None


def _has_action(tag: Tag) -> bool:
    return any(text.casefold() in ACTIONS for text in tag.stripped_strings)


def words_in(tag: Tag, attribute: str) -> set[str]:
    """Return the words of an attribute, and the parts of those that are joined by hyphens."""
    value = tag.get(attribute)
    names = value if isinstance(value, list) else str(value or "").split()
    words = {name.lower() for name in names}
    return words | {word for name in words for word in re.split(r"[-_]+", name)}
