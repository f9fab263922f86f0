"""The first to see a request: the addresses that are asked most are handled at once, past the framework's layers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ligraph.stores.refusals import being_stopped
from ligraph.web.answers import ClientGone
from ligraph.web.openapi import describe_paths
from ligraph.web.problems import answer_problem
from ligraph.web.responses import SHARED

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
        self._hot: dict[tuple[str, str], Handler] = {
            (method, before + route.path): route.endpoint
            for route in hot
            for method in route.methods or ()
            for before in ("", prefix)
        }

    def openapi(self) -> dict[str, Any]:
        """Return the description of the API: the framework's part and that of the query services."""
        described = dict(super().openapi())
        described["paths"] = {**describe_paths(self.state.live), **described.get("paths", {})}
        return described

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        handler = self._hot.get((scope["method"], scope["path"])) if scope["type"] == "http" else None
        if handler is None:
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        if self._prefix:
            scope["root_path"] = self._prefix
        request = Request(scope, receive)
        response: ASGIApp
        try:
            response = await handler(request)
        except Exception as error:
            response = await answer_problem(request, error)
        await response(scope, receive, _shared(send))


def _shared(send: Send) -> Send:
    """Return a `send` that lets any page read what is sent; said to all, as a cache keeps one answer for all.

    Source: Fetch Standard (WHATWG) section 3.3.5, CORS protocol and HTTP caches.
    """

    async def send_shared(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *SHARED]
        await send(message)

    return send_shared
