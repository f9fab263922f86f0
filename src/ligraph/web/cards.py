"""`/embed/{x}.html`: the card of a thing, to be pasted into a page elsewhere or fetched by its server."""

from __future__ import annotations

from starlette.requests import Request

from ligraph.errors import NotFound
from ligraph.formats import HTML
from ligraph.stores.documents import read_document
from ligraph.stores.facts import Facts
from ligraph.views.cards import card
from ligraph.views.links import Link, to_header
from ligraph.web.addresses import elsewhere, split_address
from ligraph.web.live import live_of
from ligraph.web.responses import Body, Reply, answer

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors *"
"""Content-Security-Policy of cards, which have their few styles in themselves; nothing else is loaded, nothing runs."""


async def show_card(request: Request) -> Reply:
    """Answer `/embed/{x}.html`."""
    snapshot = live_of(request).snapshot
    site = snapshot.pages.site
    asked = request.path_params["x"]
    doubts = snapshot.surety()

    def find(facts: Facts) -> Reply | tuple[str, Body]:
        local, fixed = split_address(facts, asked, (HTML,))
        if fixed is None:
            raise NotFound(f"no card has the address /embed/{asked[:200]}", hint=f"write /embed/{asked[:200]}.html")
        if other := elsewhere(request, facts, local, "embed", ".html"):
            return other
        body = snapshot.kept_body((f"embed/{local}", HTML))
        if body is None:
            document = read_document(facts.store, facts.manifest, local) if facts.describes(local) else None
            if document is None:
                raise NotFound(f"nothing is known about {facts.ids}{local}")
            links = [Link(site.page_of(document.about.value), "canonical"), Link(document.about.value, "cite-as")]
            body = Body(card(document, facts.store, facts.manifest, snapshot.pages), to_header(links))
        return local, body

    found = await snapshot.read(find)
    if isinstance(found, Reply):
        return found
    local, body = found
    lasting = snapshot.keep_body((f"embed/{local}", HTML), body, doubts)
    headers = {"Link": body.links, "Content-Security-Policy": POLICY}
    return answer(request, body, HTML.content_type, headers=headers, lasting=lasting, release=snapshot)
