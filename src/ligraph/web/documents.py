"""`/id/{x}` and `/doc/{x}`: things, and the documents about them."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from ligraph.errors import Gone, NotFound
from ligraph.formats import DOCUMENTS, HTML, JSON_LD, Format, by_suffix
from ligraph.serialization import to_rdf
from ligraph.stores.documents import read_document
from ligraph.stores.facts import Facts
from ligraph.views.jsonld import to_json_ld
from ligraph.web.live import Live, live_of
from ligraph.web.negotiation import negotiate
from ligraph.web.responses import answer
from ligraph.web.snapshot import Snapshot


async def redirect_thing(request: Request) -> Response:
    """Answer `/id/{x}`: a thing cannot be sent, so the reader is sent to its document."""
    local = request.path_params["x"]

    def find(facts: Facts) -> Response:
        moved = _moved(request, facts, local, "id")
        if not moved and not facts.describes(local):
            raise NotFound(f"nothing is known about {facts.ids}{local}")
        return moved or _redirect(request, 303, f"doc/{local}")

    return await live_of(request).snapshot.read(find)


async def show_document(request: Request) -> Response:
    """Answer `/doc/{x}` in the format that is asked for, and `/doc/{x}.{suffix}` in the one that it names."""
    live = live_of(request)
    snapshot = live.snapshot
    asked = request.path_params["x"]
    doubts = snapshot.engine.doubts

    def find(facts: Facts) -> Response | tuple[str, Format | None, Format, bytes]:
        local, fixed = _split(facts, asked)
        moved = _moved(request, facts, local, "doc", f".{fixed.suffix}" if fixed else "")
        if moved:
            return moved
        if not facts.describes(local):
            raise NotFound(f"nothing is known about {facts.ids}{local}")
        format_ = fixed or negotiate(request, DOCUMENTS)
        body = snapshot.bodies.get((local, format_)) if snapshot.engine.is_sure else None
        return local, fixed, format_, body or _render(snapshot, facts, local, format_)

    found = await snapshot.read(find)
    if isinstance(found, Response):
        return found
    local, fixed, format_, body = found
    lasting = snapshot.keep_body((local, format_), body, doubts)
    headers = {"Link": _links(live, local)}
    if not fixed:
        headers["Content-Location"] = _href(request, f"doc/{local}.{format_.suffix}")
    vary = "" if fixed else "Accept"
    return answer(request, body, format_.content_type, vary=vary, headers=headers, lasting=lasting)


def _split(facts: Facts, asked: str) -> tuple[str, Format | None]:
    """Return the id in an address, and the format that its suffix names: an id may have a dot of its own."""
    name, dot, suffix = asked.rpartition(".")
    format_ = by_suffix(DOCUMENTS, suffix) if dot else None
    if format_ and not facts.describes(asked):
        return name, format_
    return asked, None


def _render(snapshot: Snapshot, facts: Facts, local: str, format_: Format) -> bytes:
    document = read_document(facts.store, facts.manifest, local)
    if document is None:
        raise NotFound(f"nothing is known about {facts.ids}{local}")
    if format_ is HTML:
        return snapshot.pages.document(document, facts.store, facts.manifest)
    if format_ is JSON_LD:
        return to_json_ld(document, snapshot.words)
    return to_rdf(document.triples, format_)


def _moved(request: Request, facts: Facts, local: str, kind: str, suffix: str = "") -> Response | None:
    """Return a redirect where a thing was renamed, to what was asked of it.

    Raises: Gone where it was removed.
    """
    removed = facts.manifest.removed
    if local not in removed or facts.describes(local):
        return None
    target = removed[local]
    if target is None:
        raise Gone(f"{facts.ids}{local} was published once and has been removed")
    return _redirect(request, 301, f"{kind}/{target}{suffix}", request.url.query)


def _redirect(request: Request, status: int, path: str, query: str = "") -> Response:
    location = _href(request, path) + (f"?{query}" if query else "")
    headers = {"Location": location, "Cache-Control": "no-cache"}
    if status == 303:
        headers["Vary"] = "Accept"
    return Response(status_code=status, headers=headers)


def _links(live: Live, local: str) -> str:
    """Return the `Link` header of a document: its canonical address and its other formats."""
    address = f"{live.site}doc/{quote(local)}"
    links = [f'<{address}>; rel="canonical"']
    links += [f'<{address}.{known.suffix}>; rel="alternate"; type="{known.media_type}"' for known in DOCUMENTS]
    return ", ".join(links)


def _href(request: Request, path: str) -> str:
    return f"{request.scope.get('root_path', '')}/{quote(path)}"
