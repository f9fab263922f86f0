"""`/openapi.json` and `/docs`: every interface of the site, for programs and for people."""

from __future__ import annotations

from collections.abc import Callable

import orjson
from starlette.requests import Request

from ligraph.formats import HTML, JSON
from ligraph.web.live import live_of
from ligraph.web.responses import Body, Reply, answer
from ligraph.web.snapshot import Snapshot


async def show_openapi(request: Request) -> Reply:
    """Answer `/openapi.json`."""
    snapshot = live_of(request).snapshot
    body = _kept(snapshot, "/openapi.json", lambda: orjson.dumps(request.app.openapi()))
    return answer(request, body, JSON.content_type)


async def show_reference(request: Request) -> Reply:
    """Answer `/docs`: what the description for programs says, as a page that needs no script."""
    snapshot = live_of(request).snapshot
    pages = snapshot.pages

    def draw() -> bytes:
        return pages.render("docs.html", described=request.app.openapi(), canonical=pages.site.canonical("docs"))

    return answer(request, _kept(snapshot, "/docs", draw), HTML.content_type)


def _kept(snapshot: Snapshot, path: str, make: Callable[[], bytes]) -> Body:
    """Return what depends on the release and the stored questions, at whose change it is forgotten."""
    body = snapshot.bodies.get((path, ""))
    if body is None:
        body = Body(make())
        snapshot.bodies.keep((path, ""), body, body.size)
    return body
