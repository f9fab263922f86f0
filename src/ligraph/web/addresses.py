"""One address for each thing, written in one way; the others lead to it.

Source: RFC 3986 section 6.2.2 (percent-encoding); RFC 3987 section 5.3.2.2 (NFC).
"""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from starlette.requests import Request

from ligraph.errors import Gone, NotFound
from ligraph.formats import DOCUMENTS, Format, by_suffix
from ligraph.stores.facts import Facts
from ligraph.web.live import live_of
from ligraph.web.responses import Reply

_IN_PATH = "/-_.~:"
_IN_QUERY = "/-_.~:?@!$&'()*+,;=%"


def split_address(facts: Facts, asked: str, formats: tuple[Format, ...] = DOCUMENTS) -> tuple[str, Format | None]:
    """Return the id in an address, and the format that its suffix names: an id may have a dot of its own."""
    name, dot, suffix = asked.rpartition(".")
    format_ = by_suffix(formats, suffix) if dot else None
    if format_ and not facts.describes(asked):
        return name, format_
    return asked, None


def named_format(request: Request, path: str, formats: tuple[Format, ...]) -> Format | Reply | None:
    """Return the format that a suffix names, None without one, and a redirect where the address is written otherwise.

    Shape: `path` is the address below the site without its suffix.
    Raises: NotFound for a suffix that it has not.
    """
    suffix = request.path_params.get("suffix")
    if not suffix:
        return None
    format_ = by_suffix(formats, suffix)
    if format_ is None:
        raise NotFound(f"/{path} has no representation called .{suffix[:100]}")
    usual = f"/{path}.{format_.suffix}"
    if _is_canonical(request, usual):
        return format_
    query = request.scope["query_string"].decode("latin-1")
    return redirect(301, live_of(request).root_path + usual, query=query)


def elsewhere(request: Request, facts: Facts, local: str, kind: str, suffix: str = "") -> Reply | None:
    """Return a redirect where another address is the one for what was asked, with the format that was asked for.

    Raises: Gone where it was removed.
    Source: RFC 9110 section 15.4.2; RFC 3986 section 6.2.2 (one of several spellings); RFC 3987 section 5.3.2.2 (NFC).
    """
    query = request.scope["query_string"].decode("latin-1")
    is_usual = _is_canonical(request, f"/{kind}/{local}{suffix}")
    if not facts.ids:
        # Of files the whole IRI is the name of a thing; nothing of it is a part.
        is_usual = is_usual or not facts.describes(local)
        return None if is_usual else redirect(301, href(request, kind, local) + suffix, query=query)
    thing, _, part = local.partition("#")
    if thing in facts.manifest.removed and not facts.describes(thing):
        removal = facts.manifest.removed[thing]
        target, release = removal["renamed_to"], removal["release"]
        if target is None:
            since = f" since release {release}" if release else ""
            raise Gone(f"what was published as {facts.ids}{thing} has been removed{since}", release=release)
        return redirect(301, href(request, kind, target) + suffix, query=query, part=part)
    usual = unicodedata.normalize("NFC", thing)
    if part and not facts.describes(f"{usual}#{part}"):
        raise NotFound(f"nothing is known about {facts.ids}{usual}#{part}", hint="leave out the part, from “#” on")
    is_usual = is_usual and usual == thing and not (part and kind != "id")
    if not is_usual and facts.describes(usual):
        return redirect(301, href(request, kind, usual) + suffix, query=query, part=part)
    return None


def _is_canonical(request: Request, path: str) -> bool:
    """Return whether an address is written in the one way in which links to it are."""
    raw: bytes | None = request.scope.get("raw_path")
    return raw is None or raw.partition(b"?")[0].endswith(quote(path, safe=_IN_PATH).encode())


def redirect(status: int, location: str, *, query: str = "", part: str = "") -> Reply:
    """Return a redirect to an address, with what was asked for beside it."""
    location += (f"?{quote(query, safe=_IN_QUERY)}" if query else "") + (f"#{quote(part)}" if part else "")
    return Reply(status, [("Location", location), ("Cache-Control", "no-cache"), ("Vary", "Accept")], b"")


def href(request: Request, kind: str, local: str) -> str:
    """Return the path of a thing's document, or of what else there is of it, as links to it are written."""
    site = live_of(request).snapshot.pages.site
    return f"{site.root_path}/{kind}/{site.path_of(site.ids + local)}"
