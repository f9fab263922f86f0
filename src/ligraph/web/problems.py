"""Errors as answers: problem documents, and pages for browsers.

Source: RFC 9457 section 3.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ligraph.compression import compress
from ligraph.errors import (
    BadRequest,
    LigraphError,
    MethodNotAllowed,
    NotFound,
    RangeNotSatisfiable,
    RequestError,
    UnsupportedMediaType,
    error_classes,
)
from ligraph.web.live import live_of, snapshot_of
from ligraph.web.nearest import nearest_to
from ligraph.web.negotiation import wants_html
from ligraph.web.representations import VARY
from ligraph.web.responses import PASSING, POLICY, Reply, answer, coding_for

PROBLEM = "application/problem+json"

_LONGEST = 2_000
_log = logging.getLogger("ligraph")


async def answer_problem(request: Request, error: Exception) -> Response:
    """Return the answer to a request that failed; what went wrong inside is not told to strangers."""
    headers: dict[str, str] = {"Vary": f"{VARY}, Accept-Encoding", **PASSING}
    if isinstance(error, HTTPException):
        # A browser that is refused what it asks first tells its page nothing, not even that there is no such address.
        is_first = "access-control-request-method" in request.headers
        is_known = error.status_code == HTTPStatus.METHOD_NOT_ALLOWED
        if request.method == "OPTIONS" and (is_known or is_first):
            return Response(status_code=204, headers={"Allow": ", ".join(_allowed(error.headers))})
        error = _translate(request, error)
    elif isinstance(error, RequestValidationError):
        error = BadRequest("; ".join(str(detail["msg"]) for detail in error.errors()))
    elif not isinstance(error, LigraphError):
        _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
        error = LigraphError("")
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allow)
    if isinstance(error, RangeNotSatisfiable):
        headers["Content-Range"] = f"bytes */{error.size}"
    if isinstance(error, UnsupportedMediaType) and error.coding:
        headers["Accept-Encoding"] = error.coding
    if error.retry_after:
        headers["Retry-After"] = str(error.retry_after)
    body = problem_of(error, snapshot_of(request).release.manifest.base or live_of(request).site)
    if wants_html(request):
        content = snapshot_of(request).pages.problem({"hint": None, **body}, await nearest_to(request, error))
        headers |= {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
    else:
        content = orjson.dumps(body)
        headers["Content-Type"] = PROBLEM
    if coding := coding_for(request, content):
        headers["Content-Encoding"] = coding
        content = compress(content, coding)
    if request.method == "HEAD":
        headers["Content-Length"] = str(len(content))
        content = b""
    return Response(content, error.status, headers)


def problem_of(error: LigraphError, base: str) -> dict[str, Any]:
    """Return the members of a problem document."""
    problem: dict[str, Any] = {"type": f"{base}errors/{error.name}", "title": error.title, "status": error.status}
    # What a client asked too much of is no secret; what broke inside is.
    if error.status < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, RequestError):
        message = error.message
        # A long address is not sent back whole.
        problem["detail"] = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
        if error.hint:
            problem["hint"] = error.hint
        problem |= error.members
    return problem


async def explain_error(request: Request) -> Reply:
    """Answer `/errors/{name}`: what a problem type means."""
    name = request.path_params["name"]
    cls = error_classes().get(name)
    if cls is None:
        raise NotFound(f"there is no error called “{name}”")
    text = (cls.__doc__ or "").strip().splitlines()[0]
    page = snapshot_of(request).pages.error_kinds(name, cls.title, cls.status, text)
    return answer(request, page, "text/html; charset=utf-8")


def _translate(request: Request, error: HTTPException) -> LigraphError:
    """Return an error of the framework as one of ours."""
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = _allowed(error.headers)
        message = f"{request.method} is not a method of this address: {', '.join(allow)}"
        return MethodNotAllowed(message, allow=allow)
    if error.status_code == HTTPStatus.NOT_FOUND:
        return NotFound(f"nothing has the address {request.url.path}")
    return BadRequest(str(error.detail))


def _allowed(headers: Mapping[str, str] | None) -> list[str]:
    """Return the methods that an address has; the framework names them in any order, and leaves out OPTIONS."""
    named = (headers or {}).get("Allow", "GET, HEAD").split(",")
    return [*sorted(name.strip() for name in named), "OPTIONS"]
