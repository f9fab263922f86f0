"""`/queries` and `/queries/{name}`: the stored questions, and their answers."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.types import ASGIApp

from ligraph.errors import BadParameter, NotAcceptable, NotFound, Refused
from ligraph.formats import GRAPHS, HTML, JSON, RESULTS, SPARQL_JSON, TURTLE, Format
from ligraph.stores.queries import Query
from ligraph.stores.questions import RESERVED, Question, bind
from ligraph.web.answers import Caller, Wish, admit, answer_with, fetch
from ligraph.web.clients import peer_of
from ligraph.web.fields import Fields, read_fields
from ligraph.web.live import Live, live_of
from ligraph.web.negotiation import choose_coding, choose_named, media_types, negotiate
from ligraph.web.responses import Headers, answer, headers_of


async def list_questions(request: Request) -> ASGIApp:
    """Answer `/queries`: every stored question with its parameters, as a page or as JSON."""
    live = live_of(request)
    format_ = negotiate(request, (HTML, JSON), parameter="format")
    questions = live.questions.values()
    if format_ is HTML:
        body = live.snapshot.pages.questions(list(questions))
    else:
        body = orjson.dumps([_describe(live, question) for question in questions], option=orjson.OPT_INDENT_2) + b"\n"
    return answer(request, body, format_.content_type, vary="Accept")


async def answer_question(request: Request) -> ASGIApp:
    """Answer `/queries/{name}`: a stored question with the values that the address gives its parameters."""
    live = live_of(request)
    headers = headers_of(request)
    asked = request.path_params["name"]
    name, _, suffix = asked.partition(".")
    question = live.questions.get(name)
    if question is None:
        raise NotFound(f"there is no stored question “{name}”", hint="/queries lists them")
    if question.endpoint and question.endpoint != f"{live.site}sparql":
        raise Refused(f"this question is for another endpoint, {question.endpoint}", hint="ask it there")
    fields = read_fields(request.scope["query_string"])
    values = _values(fields)
    caller = Caller(admit(live, peer_of(request), headers), request.receive)
    wish = _wish(headers, question, fields.get("format", [suffix])[0])
    bound = bind(question, values, live.snapshot.release.ids)
    if isinstance(wish, Wish):
        return await answer_with(live, headers, caller, question.text, wish, bound=bound)
    query = Query(question.text, SPARQL_JSON, TURTLE, None, bound)
    found = await fetch(live, caller, query, query.pack())
    page = live.snapshot.pages.question(question, values, found)
    return answer(request, page, HTML.content_type, vary="Accept", lasting=found.lasting)


def _values(fields: Fields) -> dict[str, str]:
    """Return the values of parameters.

    Raises: BadParameter for one that is given twice.
    """
    for name, values in fields.items():
        if len(values) > 1:
            raise BadParameter(f"“{name}” is given {len(values)} times", parameter=name, hint="give it once")
    # A form sends what nobody filled in as an empty text.
    return {name: values[0] for name, values in fields.items() if name not in RESERVED and values[0]}


def _wish(headers: Headers, question: Question, named: str) -> Wish | None:
    """Return the format of an answer, None for a page.

    Raises: NotAcceptable.
    """
    formats = GRAPHS if question.answers_with_graph else RESULTS
    offered: tuple[Format, ...] = (HTML, *formats)
    accept = headers.get(b"accept", b"").decode("latin-1")
    format_, called = choose_named(offered, accept, named) if named else _best(offered, formats, accept)
    if format_ is HTML:
        return None
    if format_ is None:
        wanted = f"“{named[:100]}”" if named else f"“Accept: {accept[:500]}”"
        raise NotAcceptable(f"the answer cannot be given as {wanted}", hint=f"ask for one of {media_types(offered)}")
    coding = choose_coding(headers.get(b"accept-encoding", b"").decode("latin-1"))
    return Wish(format_, called, format_, called, coding)


def _best(offered: tuple[Format, ...], formats: tuple[Format, ...], accept: str) -> tuple[Format | None, str]:
    """Return the format for an Accept header: a page only for who names HTML, as programs take anything."""
    return choose_named(offered if "text/html" in accept.lower() else formats, accept, "")


def _describe(live: Live, question: Question) -> dict[str, object]:
    return {
        "name": question.name,
        "title": question.title,
        "description": question.description,
        "endpoint": question.endpoint or f"{live.site}sparql",
        "url": f"{live.site}queries/{question.name}",
        "answers_with": "statements" if question.answers_with_graph else "rows",
        "parameters": [vars(parameter) for parameter in question.parameters],
        "query": question.text,
    }
