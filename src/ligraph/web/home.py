"""`/`: the collection, for people and for catalogues."""

from starlette.requests import Request
from starlette.responses import Response

from ligraph.formats import HTML, N_TRIPLES, TURTLE
from ligraph.serialization import to_rdf
from ligraph.views.catalog import catalog_triples
from ligraph.web.live import live_of
from ligraph.web.negotiation import negotiate
from ligraph.web.responses import answer


async def show_home(request: Request) -> Response:
    """Answer `/` as a page or as a `dcat:Catalog`."""
    live = live_of(request)
    snapshot = live.snapshot
    manifest = snapshot.release.manifest
    doubts = snapshot.engine.doubts
    format_ = negotiate(request, (HTML, TURTLE, N_TRIPLES))
    body = snapshot.bodies.get(("", format_)) if snapshot.engine.is_sure else None
    if format_ is not HTML:
        body = body or to_rdf(catalog_triples(manifest, live.site), format_)
        snapshot.bodies.keep(("", format_), body, len(body))
        return answer(request, body, format_.content_type, vary="Accept")
    if body is None:
        body = await snapshot.read(lambda facts: snapshot.pages.home(facts.store, facts.manifest))
    lasting = snapshot.keep_body(("", format_), body, doubts)
    return answer(request, body, format_.content_type, vary="Accept", lasting=lasting)
