"""`/openapi.json` and `/docs`: every interface of the site, for programs and for people."""

from __future__ import annotations

import orjson
from starlette.requests import Request

from ligraph.formats import HTML, JSON
from ligraph.web.live import live_of
from ligraph.web.responses import Reply, answer


async def show_openapi(request: Request) -> Reply:
    """Answer `/openapi.json`."""
    snapshot = live_of(request).snapshot
    body = snapshot.body_of(("/openapi.json", ""), lambda: orjson.dumps(request.app.openapi()))
    return answer(request, body, JSON.content_type)


async def show_reference(request: Request) -> Reply:
    """Answer `/docs`: what the description for programs says, as a page that needs no script."""
    snapshot = live_of(request).snapshot
    pages = snapshot.pages

    def draw() -> bytes:
        return pages.render("docs.html", described=request.app.openapi(), canonical=pages.site.canonical("docs"))

    return answer(request, snapshot.body_of(("/docs", ""), draw), HTML.content_type)
