"""`/sparql`: queries by GET and POST.

Source: SPARQL 1.1 Protocol (W3C 2013) section 2.1.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ligraph.errors import BadRequest, TooLarge, UnsupportedMediaType
from ligraph.formats import GRAPHS, JSON_LD, N_TRIPLES, RESULTS
from ligraph.serialization import read_triples
from ligraph.stores.queries import Dataset, answers_with_graph, run
from ligraph.views.jsonld import to_flat_json_ld
from ligraph.web.live import Live, live_of
from ligraph.web.negotiation import negotiate, wants_html
from ligraph.web.responses import answer

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"


async def answer_query(request: Request) -> Response:
    """Answer `/sparql`: one query, in the format that is asked for; a form for a browser that brings none."""
    live = live_of(request)
    snapshot = live.snapshot
    if request.method in ("GET", "HEAD") and "query" not in request.query_params and wants_html(request):
        page = snapshot.pages.query(f"{request.scope.get('root_path', '')}/sparql", EXAMPLE)
        return answer(request, page, "text/html; charset=utf-8", vary="Accept")
    query, dataset = await _read_query(request, live)
    limit = live.collection.settings.limits.query_bytes
    if len(query.encode("utf-8", "surrogatepass")) > limit:
        raise TooLarge(f"the query is over {limit:,} bytes", hint="send a shorter query")
    formats = GRAPHS if answers_with_graph(query) else RESULTS
    format_ = negotiate(request, formats, parameter="format")
    asked = N_TRIPLES if format_ is JSON_LD else format_
    content = await run_in_threadpool(run, snapshot.release.store, query, asked, dataset=dataset)
    if format_ is JSON_LD:
        content = to_flat_json_ld(read_triples(content), snapshot.words)
    return answer(request, content, format_.content_type, vary="Accept")


EXAMPLE = """\
PREFIX lig: <https://w3id.org/ligraph/ns#>
PREFIX schema: <http://schema.org/>

SELECT ?resource ?name ?action WHERE {
  ?resource a lig:Resource ; schema:name ?name ; lig:action ?action .
}
ORDER BY ?name
LIMIT 20
"""


async def _read_query(request: Request, live: Live) -> tuple[str, Dataset | None]:
    """Return the one query of a request, and the graphs that the request names for it.

    Raises: BadRequest when there is none or more than one; UnsupportedMediaType, TooLarge for its body.
    """
    address = parse_qs(request.url.query, keep_blank_values=True)
    if request.method != "POST":
        return _only(address.get("query", [])), _dataset(address)
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kind not in (FORM, QUERY):
        message = f"a query is posted as {FORM} or {QUERY}, not as “{kind}”" if kind else "the body has no Content-Type"
        raise UnsupportedMediaType(message, hint=f"post the query itself as {QUERY}, or a form with a field “query”")
    body = await _read_body(request, live.collection.settings.limits.query_bytes)
    charset = parameters.partition("charset=")[2].strip('" ').lower()
    if charset and charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(f"the body is said to be {charset}", hint="send UTF-8")
    try:
        text = body.decode("utf-8")
        if kind == QUERY:
            return text, _dataset(address)
        form = parse_qs(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest("the body is not UTF-8") from None
    return _only(form.get("query", [])), _dataset(form)


def _dataset(fields: dict[str, list[str]]) -> Dataset | None:
    default, named = fields.get("default-graph-uri", []), fields.get("named-graph-uri", [])
    return Dataset(tuple(default), tuple(named)) if default or named else None


async def _read_body(request: Request, limit: int) -> bytes:
    # A form writes three bytes for each that it escapes; the query itself is measured once it is decoded.
    limit = 3 * limit + 1_000
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"the body is over {limit:,} bytes", hint="send a shorter query")
    return bytes(body)


def _only(queries: list[str]) -> str:
    if len(queries) != 1:
        found = f"{len(queries)} queries" if queries else "no query"
        raise BadRequest(f"the request has {found}", hint="send exactly one parameter “query”")
    return queries[0]
