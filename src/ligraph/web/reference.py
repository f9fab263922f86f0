"""`/openapi.json` and `/docs`: every interface of the site, for programs and for people."""

from __future__ import annotations

import orjson
from starlette.requests import Request

from ligraph.web.live import live_of
from ligraph.web.responses import Reply, answer


async def show_openapi(request: Request) -> Reply:
    """Answer `/openapi.json`."""
    return answer(request, orjson.dumps(request.app.openapi()), "application/json")


async def show_reference(request: Request) -> Reply:
    """Answer `/docs`: what the description for programs says, as a page that needs no script."""
    pages = live_of(request).snapshot.pages
    described = request.app.openapi()
    page = pages.render("docs.html", described=described, canonical=pages.site.canonical("docs"))
    return answer(request, page, "text/html; charset=utf-8")
