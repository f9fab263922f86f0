"""`/sparql`: queries by GET and POST; without a query, what the service is.

Source: SPARQL 1.1 Protocol (W3C 2013) section 2.1; SPARQL 1.1 Service Description (W3C 2013) section 2; RFC 9110
section 15.5.16 (415).
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp

from ligraph.errors import BadRequest, NotAcceptable, TooLarge, UnsupportedMediaType
from ligraph.formats import GRAPHS, RESULTS
from ligraph.stores.queries import Dataset
from ligraph.web.answers import Caller, Wish, admit, answer_with, wish_of
from ligraph.web.clients import peer_of
from ligraph.web.fields import Fields, decode, read_fields
from ligraph.web.live import live_of
from ligraph.web.negotiation import media_types
from ligraph.web.responses import Headers, headers_of
from ligraph.web.service import describe_service

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
_PARAMETERS = {"query", "update", "default-graph-uri", "named-graph-uri"}


async def answer_query(request: Request) -> ASGIApp:
    """Answer `/sparql`: one query in the format that is asked for, or the description of the service."""
    live = live_of(request)
    headers = headers_of(request)
    address = read_fields(request.scope["query_string"])
    if request.method != "POST" and not _PARAMETERS & address.keys():
        return await describe_service(request)
    caller = Caller(admit(live, peer_of(request), headers), request.receive)
    limit = live.limits.query_bytes
    if request.method == "POST":
        text, fields = await _posted(request, headers, address, limit)
        # What is posted selects no representation that could be compared (RFC 9110 section 13.2.1).
        headers = {name: value for name, value in headers.items() if not name.startswith(b"if-")}
    else:
        text, fields = _one_query(address), address
    if len(text) > limit or len(text.encode("utf-8", "surrogatepass")) > limit:
        raise TooLarge(f"the query is over {limit:,} bytes", hint="send a shorter query")
    wish = _fitting(headers, fields.get("format", [""])[0])
    return await answer_with(live, headers, caller, text, wish, dataset=_dataset(fields))


def _fitting(headers: Headers, named: str) -> Wish:
    """Return how a request wants its answer.

    Raises: NotAcceptable where neither rows nor statements can be given so.
    """
    wish = wish_of(headers, named)
    if wish.rows is None and wish.statements is None:
        wanted = f"“format={named[:100]}”" if named else f"“Accept: {wish.accept[:500]}”"
        offered = f"{media_types(RESULTS)}; for statements {media_types(GRAPHS)}"
        raise NotAcceptable(f"no format of results fits {wanted}", hint=f"ask for one of {offered}")
    return wish


async def _posted(request: Request, headers: Headers, address: Fields, limit: int) -> tuple[str, Fields]:
    """Return the query of a POST request, and the fields that name its graphs.

    Raises: BadRequest when there is no query or more than one; UnsupportedMediaType, TooLarge for its body.
    """
    kind, _, parameters = headers.get(b"content-type", b"").decode("latin-1").partition(";")
    kind = kind.strip().lower()
    if kind not in (FORM, QUERY):
        found = f"a query is not posted as “{kind[:100]}”" if kind else "the body has no Content-Type"
        raise UnsupportedMediaType(found, hint=f"post the query itself as {QUERY}, or a form with a field “query”")
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip('" ')
    if charset and charset not in ("utf-8", "utf8"):
        raise UnsupportedMediaType(f"the body is said to be {charset[:100]}", hint="send UTF-8")
    encodings = headers.get(b"content-encoding", b"").decode("latin-1")
    if any(coding.strip().lower() not in ("", "identity") for coding in encodings.split(",")):
        found, hint = f"the body is said to be {encodings[:100]}", "send it as it is, without Content-Encoding"
        raise UnsupportedMediaType(found, coding="identity", hint=hint)
    body = await _read_body(request, limit)
    if "query" in address:
        raise BadRequest("the request has a query in its address beside its body", hint="send one of them")
    if kind == QUERY:
        return decode(body), address
    form = read_fields(body)
    # Beside a form, the graphs may be named in the address: the W3C's tests do so.
    return _one_query(form), form | {name: address.get(name, []) + form.get(name, []) for name in address}


def _one_query(fields: Fields) -> str:
    if "update" in fields:
        raise BadRequest("updates are not taken here", hint="send a query; the data change by a new release")
    queries = fields.get("query", [])
    if len(queries) != 1:
        found = f"{len(queries)} queries" if queries else "no query"
        raise BadRequest(f"the request has {found}", hint="send exactly one parameter “query”")
    return queries[0]


def _dataset(fields: Fields) -> Dataset | None:
    # A graph that is named twice is merged with itself; the engine would count its statements twice.
    default, named = (tuple(dict.fromkeys(fields.get(f"{kind}-graph-uri", ()))) for kind in ("default", "named"))
    return Dataset(default, named) if default or named else None


async def _read_body(request: Request, limit: int) -> bytes:
    # A form writes three bytes for each that it escapes; the query itself is measured once it is decoded.
    limit = 3 * limit + 1_000
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(f"the body is over {limit:,} bytes", hint="send a shorter query")
    return bytes(body)
