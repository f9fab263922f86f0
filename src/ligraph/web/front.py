"""The first to see a request: the addresses that are asked most are handled at once, past the framework's layers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ligraph.stores.refusals import being_stopped
from ligraph.web.answers import ClientGone
from ligraph.web.openapi import describe_paths
from ligraph.web.problems import answer_problem
from ligraph.web.responses import SHARED, key_of

_ASKED_FIRST = (
    b"Accept, Accept-Datetime, Accept-Language, Accept-Profile, Content-Type, If-Match, If-Modified-Since, "
    b"If-None-Match, If-Unmodified-Since, Range"
)
"""What a browser may send from a page of another site, beside what it asks for. A quoted profile makes even `Accept` a
header to ask for first.

Source: Fetch Standard (WHATWG) section 2.2.2, CORS-unsafe request-header bytes."""

_REST = "{x:path}"

Handler = Callable[[Request], Awaitable[ASGIApp]]


def attended(handler: Handler) -> Handler:
    """Return a handler of queries, which take their time: for who leaves meanwhile, and for when the service stops.

    Raises: Overloaded when the service is being stopped.
    """

    async def handle(request: Request) -> ASGIApp:
        try:
            return await handler(request)
        except (ClientGone, ClientDisconnect):
            return _send_nothing
        except asyncio.CancelledError:
            raise being_stopped() from None

    return handle


async def _send_nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer nobody."""


class Front(FastAPI):
    """A FastAPI application that hands what some routes take to their handlers before its own layers.

    Each of these routes is also in the list of all, which answers other methods of its path.
    """

    def __init__(self, hot: Iterable[Route], prefix: str, **options: Any) -> None:
        super().__init__(**options)
        self._prefix = prefix
        self._hot: dict[tuple[str, str], Handler] = {}
        self._below: list[tuple[str, Route]] = []
        for route in hot:
            for before in dict.fromkeys(("", prefix)):
                if route.path.endswith(_REST):
                    self._below.append((before + route.path.removesuffix(_REST), route))
                else:
                    self._hot |= {(method, before + route.path): route.endpoint for method in route.methods or ()}

    def openapi(self) -> dict[str, Any]:
        """Return the description of the API: the framework's part and that of the query services."""
        described = dict(super().openapi())
        live = self.state.live
        described["servers"] = [{"url": live.site.rstrip("/")}]
        described["paths"] = {**describe_paths(live), **described.get("paths", {})}
        return described

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        response = self._at_once(scope)
        if response is None:
            await super().__call__(scope, receive, _shared(send, scope))
            return
        scope["app"] = self
        if self._prefix:
            scope["root_path"] = self._prefix
        try:
            await response(scope, receive, _shared(send, scope))
        except Exception as error:
            refusal = await answer_problem(Request(scope, receive), error)
            await refusal(scope, receive, _shared(send, scope))

    def _at_once(self, scope: Scope) -> ASGIApp | None:
        """Return what answers a request past the framework: what was sent to such a request before, or a hot route."""
        method = scope["method"]
        # That of the server as a whole (RFC 9110 section 9.3.7), which is no path.
        if (method, scope["path"]) == ("OPTIONS", "*"):
            return Response(status_code=204, headers={"Allow": "GET, HEAD, OPTIONS, POST"})
        if method in ("GET", "HEAD") and (key := key_of(scope)):
            snapshot = self.state.live.snapshot
            kept = snapshot.replies.get(key)
            if kept and snapshot.engine.is_sure:
                return cast(ASGIApp, kept)
        handler = self._hot.get((method, scope["path"])) or self._handler_below(scope)
        if handler is None:
            return None

        async def handle(scope: Scope, receive: Receive, send: Send) -> None:
            response = await handler(Request(scope, receive))
            await response(scope, receive, send)

        return handle

    def _handler_below(self, scope: Scope) -> Handler | None:
        """Return the handler of the hot route whose path begins that of a request, which then has the rest."""
        for begin, route in self._below:
            if scope["path"].startswith(begin) and scope["method"] in (route.methods or ()):
                scope["path_params"] = {"x": scope["path"][len(begin) :]}
                return cast(Handler, route.endpoint)
        return None


def _shared(send: Send, scope: Scope) -> Send:
    """Return a `send` that lets any page read what is sent; said to all, as a cache keeps one answer for all.

    Source: Fetch Standard (WHATWG) sections 3.3.3 (preflight) and 3.3.5 (CORS protocol and HTTP caches).
    """

    async def send_shared(message: Message) -> None:
        if message["type"] == "http.response.start":
            more = _for_preflight(scope, message["headers"]) if scope["method"] == "OPTIONS" else []
            message["headers"] = [*message["headers"], *SHARED, *more]
        await send(message)

    return send_shared


def _for_preflight(scope: Scope, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    methods = next((value for name, value in headers if name == b"allow"), b"GET, HEAD, OPTIONS")
    asked = [value for name, value in scope["headers"] if name == b"access-control-request-headers"]
    return [
        (b"access-control-allow-methods", methods),
        (b"access-control-allow-headers", b", ".join([_ASKED_FIRST, *asked])),
        (b"access-control-max-age", b"86400"),
    ]
