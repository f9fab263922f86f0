"""Addresses in a page: made absolute, taken out of the redirects that count clicks, found in what is embedded."""

import re
from urllib.parse import parse_qs, urljoin, urlsplit

from bs4.element import Tag

EMBEDS = ("iframe", "video", "audio", "embed", "object")

_REDIRECTS = (
    (re.compile(r"(?:www\.)?google\.[a-z.]+/url"), ("q", "url")),
    (re.compile(r"[\w.-]+\.safelinks\.protection\.outlook\.com/"), ("url",)),
    (re.compile(r"lm?\.facebook\.com/l\.php"), ("u",)),
    (re.compile(r"(?:www\.)?linkedin\.com/redir/redirect"), ("url",)),
)
"""Hosts with the path of a redirect, and the parameters that hold where it leads."""
_SAVED = re.compile(r"(?:^|/)[^/]*_files/", re.I)
_TINY = ("0", "1", "0px", "1px")


def absolute(href: str, base: str | None = None) -> str | None:
    """Return an address, made absolute; None for what is no web address or leads only within the page.

    It stands as it was written, but for a redirect that tells where it leads: of that the target is returned.
    """
    href = href.strip()
    if not href or href.startswith("#"):
        return None
    try:
        whole = urljoin(base or "https:", href) if base or href.startswith("//") else href
        parts = urlsplit(whole)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    if not good:
        return None
    target = _target(whole)
    return re.sub(r"[\x00-\x20<>\"{}|\\^`]", lambda match: f"%{ord(match[0]):02X}", target)


def _target(address: str) -> str:
    """Return where a redirect leads, any other address as it is."""
    _, _, rest = address.partition("://")
    for pattern, keys in _REDIRECTS:
        if pattern.match(rest.lower()):
            told = parse_qs(urlsplit(address).query)
            targets = (value for key in keys for value in told.get(key, ()))
            return next((one for one in targets if re.match(r"https?://[^/]", one, re.I)), address)
    return address


def embedded_address(tag: Tag, base: str | None) -> tuple[str, str | None] | None:
    """Return what a page plays in itself, as it is written and made absolute; None where it shows nothing.

    A browser that saves a page puts a file of its own in place of what was embedded: that is no address.
    """
    if tag.get("width") in _TINY or tag.get("height") in _TINY:
        return None
    for one in (tag, *tag.find_all(["source", "embed"])):
        # Pages that load late keep the address beside an empty `src`.
        late = [str(value) for key, value in one.attrs.items() if re.fullmatch(r"data-(?:\w+-)*src", key)]
        for href in (*late, str(one.get("src") or one.get("data") or "")):
            if href.strip() and not href.startswith(("about:", "data:", "blob:", "javascript:")):
                return href, None if _SAVED.search(href) else absolute(href, base)
    return None
