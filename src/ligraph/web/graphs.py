"""`/graphs`: the statements of one graph, or of the default graph.

Source: SPARQL 1.1 Graph Store HTTP Protocol (W3C 2013) sections 4.2 (indirect identification), 5.2 (GET), 5.6 (HEAD).
"""

from __future__ import annotations

from pyoxigraph import NamedNode
from starlette.requests import Request
from starlette.types import ASGIApp

from ligraph.errors import BadRequest, NotAcceptable, NotFound
from ligraph.formats import GRAPHS
from ligraph.stores.queries import Dataset
from ligraph.web.answers import Caller, admit, answer_with, wish_of
from ligraph.web.clients import peer_of
from ligraph.web.fields import read_fields
from ligraph.web.live import live_of
from ligraph.web.negotiation import media_types
from ligraph.web.responses import headers_of

_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


async def show_graph(request: Request) -> ASGIApp:
    """Answer `/graphs?graph=IRI` and `/graphs?default`."""
    live = live_of(request)
    headers = headers_of(request)
    fields = read_fields(request.scope["query_string"])
    names, default = fields.get("graph", []), "default" in fields
    if len(names) + default != 1:
        raise BadRequest("the request names no graph, or several", hint="send ?graph=IRI or ?default, one of them")
    caller = Caller(admit(live, peer_of(request), headers), request.receive)
    wish = wish_of(headers, fields.get("format", [""])[0])
    if wish.statements is None:
        raise NotAcceptable("no format of statements fits", hint=f"ask for one of {media_types(GRAPHS)}")
    if default:
        return await answer_with(live, headers, caller, _ALL, wish)
    graph = _graph_in(names[0])
    if graph not in live.snapshot.release.manifest.graphs:
        raise NotFound(f"there is no graph <{graph}>", hint="the service description at /sparql lists the graphs")
    return await answer_with(live, headers, caller, _ALL, wish, dataset=Dataset((graph,)))


def _graph_in(text: str) -> str:
    """Return the IRI of a graph.

    Raises: BadRequest for one that is relative or malformed.
    """
    try:
        return NamedNode(text).value
    except ValueError:
        raise BadRequest(f"“{text[:200]}” is not an absolute IRI", hint="name a graph by its whole IRI") from None
