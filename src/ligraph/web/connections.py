"""One connection, as far as a client may use it: requests come in time and begin with so much, answers are read."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, cast

import orjson
from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ligraph.errors import RequestError, TooLarge
from ligraph.web.heads import (
    check_bodiless,
    check_framing,
    check_head,
    check_size,
    fault_of,
    with_path,
    without_upgrade,
)
from ligraph.web.live import Live
from ligraph.web.problems import PROBLEM, problem_of
from ligraph.web.responses import PASSING, SHARED

PATIENCE_SECONDS = 30.0
"""For how long a request may be on its way, and an answer lie unread."""

_LEAST_READ = 65_536


class Connection(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # What `check_head` then looks at.
        self.parser.set_dangerous_leniencies(lenient_version=True)
        self._live = cast(Live, self.app.state.live)
        self._head = self._body = self._framing = 0
        self._is_head = self._is_within = self._is_new = False
        self._before: RequestResponseCycle | None = None
        self._fault: RequestError | None = None
        self._unread = 0
        self._used = self.loop.time()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection, unless so many are open that none would be left to reach workers by."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._watch = self.loop.call_later(PATIENCE_SECONDS, self._look)
        if len(self.connections) > self._live.most_connections:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._watch.cancel()
        super().connection_lost(exc)
        # Left to uvicorn after a connection that broke, this timer would hold on to all that the connection had.
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        """Read on, unless what comes is not a request, or its head goes on for too long."""
        if self._fault:
            return
        self._is_new = False
        self._unset_keepalive_if_required()
        if not self._is_within:
            data = without_upgrade(data)
        body = self._body
        try:
            self._feed(data)
            # Of data in which a request begins, most may be of those before.
            if self._is_head and not self._is_new:
                self._head += len(data)
                check_size(self.url, self._head)
            elif self._is_within and not self._is_new:
                self._framing += len(data) - (self._body - body)
                check_framing(self._framing, self._body)
        except HttpParserError as error:
            self._turn_away(fault_of(error, data))
        except TooLarge as error:
            self._turn_away(error)

    def _feed(self, data: bytes) -> None:
        """Hand data to the parser, and the rest where it stops at a request that offers another protocol."""
        while data:
            try:
                self.parser.feed_data(data)
            except HttpParserUpgrade as stop:
                data = data[stop.args[0] :]
            else:
                return

    def on_message_begin(self) -> None:
        """Note that a request has begun to come."""
        self._is_head = self._is_within = self._is_new = True
        self._head = self._body = self._framing = 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes behind the body is none, and is dropped (RFC 9110 section 6.5.1)."""
        if self._is_head:
            super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        self._body += len(body)
        super().on_body(body)

    def on_headers_complete(self) -> None:
        """Begin with a request, unless its head is too large or not as HTTP wants it."""
        self._head = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        check_size(self.url, self._head)
        check_head(self.parser.get_method(), self.parser.get_http_version(), self.headers)
        if self.parser.should_upgrade():
            # The parser would take its body for the next request.
            check_bodiless(self.headers)
        self._before = self.cycle
        self.url = with_path(self.url)
        super().on_headers_complete()
        self._is_head = False

    def on_message_complete(self) -> None:
        """Note that a request has come whole."""
        self._is_within = False
        self._used = self.loop.time()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Note that the client may ask again."""
        self._used = self.loop.time()
        super().on_response_complete()
        if self._fault and self.cycle.response_complete and not self.transport.is_closing():
            self._say(self._fault)

    def _turn_away(self, error: RequestError) -> None:
        """Refuse a request in its turn, and read no more: where the next one begins is not known."""
        self._fault = error
        if not self._is_head and self.cycle:
            # One that was begun with waits for its body, of which no more comes.
            if self.pipeline:
                self.pipeline.popleft()
                self.cycle = cast(RequestResponseCycle, self._before)
            elif self.cycle.response_started:
                self.transport.close()
                return
            else:
                self._say(error)
                return
        if self.cycle is None or self.cycle.response_complete:
            self._say(error)

    def _say(self, error: RequestError) -> None:
        """Say what is wrong with a request, and close the connection."""
        base = self._live.snapshot.release.manifest.base or self._live.site
        content = orjson.dumps(problem_of(error, base))
        status = HTTPStatus(error.status)
        headers = {"Content-Type": PROBLEM, **PASSING, "Connection": "close", "Content-Length": len(content)}
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode(),
            *(b"%b: %b\r\n" % header for header in (*self.server_state.default_headers, *SHARED)),
            *(f"{name.lower()}: {value}\r\n".encode() for name, value in headers.items()),
            b"\r\n",
            # The parser knows no method before it knows an address: it still names that of the request before.
            b"" if self.url and self.parser.get_method() == b"HEAD" else content,
        ]
        self.transport.write(b"".join(lines))
        self.transport.close()

    def _look(self) -> None:
        """Close the connection where a client holds it for nothing."""
        unread = self.transport.get_write_buffer_size()
        is_late = self._awaits() and self.loop.time() - self._used > PATIENCE_SECONDS
        if unread and self._unread and unread > self._unread - _LEAST_READ:
            self.transport.abort()
        elif is_late and not unread:
            self.transport.close()
        self._unread = unread
        self._watch = self.loop.call_later(PATIENCE_SECONDS, self._look)

    def _awaits(self) -> bool:
        """Return whether it is for the client to send something."""
        return self._is_within or self.cycle is None or self.cycle.response_complete
