"""`/ns` and `/context.jsonld`: the words that the data are written in."""

from starlette.requests import Request
from starlette.responses import Response

from ligraph.formats import HTML, JSON_LD, N_TRIPLES, TURTLE
from ligraph.serialization import to_rdf
from ligraph.web.live import snapshot_of
from ligraph.web.negotiation import negotiate
from ligraph.web.responses import answer


async def show_ontology(request: Request) -> Response:
    """Answer `/ns`: the ontology in force, for people and machines."""
    snapshot = snapshot_of(request)
    format_ = negotiate(request, (HTML, TURTLE, N_TRIPLES))
    body = snapshot.bodies.get(("ns", format_))
    if body is None:
        triples = snapshot.ontology()
        body = snapshot.pages.ontology(triples) if format_ is HTML else to_rdf(triples, format_)
        snapshot.bodies.keep(("ns", format_), body, len(body))
    return answer(request, body, format_.content_type, vary="Accept")


async def show_context(request: Request) -> Response:
    """Answer `/context.jsonld`: the JSON-LD context in force."""
    return answer(request, snapshot_of(request).context, JSON_LD.content_type)
