"""The short way for the most frequent requests: what is received whole is answered without a task of its own.

It is a protocol of uvicorn that looks at each request first. What it knows at sight to be `GET /sparql?query=…` with
plain headers it answers itself, from what is kept or by a worker; and any GET, from what was sent to the same request
before. All else goes on to the application as it came. Both ways give the same bytes.
"""

from __future__ import annotations

import asyncio
import re
import time
from http import HTTPStatus
from typing import Any, cast

from starlette.requests import Request

from ligraph.errors import BadRequest, LigraphError, TooManyRequests
from ligraph.stores.frames import Told
from ligraph.stores.lanes import Job
from ligraph.stores.pool import Pool
from ligraph.stores.queries import Answer, Query
from ligraph.web.answers import admit, headers_for, tag_of
from ligraph.web.clients import client_of
from ligraph.web.conditions import has_tag
from ligraph.web.connections import Connection
from ligraph.web.fields import decode_value
from ligraph.web.plain import QUERY, SIMPLE, read_headers, read_kept_headers
from ligraph.web.problems import answer_problem
from ligraph.web.responses import SHARED

_LARGEST = 16_384
_MOST_HELD = 65_536
_JOINED = 16_384
_SHARED_LINES = b"".join(b"%b: %b\r\n" % header for header in SHARED)


class Express(Connection):
    """One connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._paths = {path.encode() for path in ("/sparql", f"{self._live.root_path}/sparql")}
        self._job: Job | None = None
        self._is_busy = False
        self._is_closing = False
        self._held = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note who asks."""
        super().connection_made(cast(asyncio.Transport, transport))
        self._is_stranger = self.client is not None and client_of(self.client[0], {}, ()) is not None

    def data_received(self, data: bytes) -> None:
        """Answer what is simple and hand on the rest; what comes before an answer is out waits."""
        if self._is_busy:
            self._held += data
            if len(self._held) > _MOST_HELD:
                self.transport.pause_reading()
        elif not (self._is_free() and self._answers(data)):
            super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the query of a client that went away."""
        if self._job:
            cast(Pool, self._snapshot.engine).leave(self._job)
            self._job = None
            self._live.note_query(self._text, time.perf_counter() - self._started, "left")
        self._is_busy = False
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Close the connection, after the answer where one is on its way."""
        if self._is_busy:
            self._is_closing = True
        else:
            super().shutdown()

    def _is_free(self) -> bool:
        """Return whether no request is on its way, and the client reads its answers: else they would pile up here."""
        is_done = self.cycle is None or self.cycle.response_complete
        return is_done and not self._is_within and not self.flow.write_paused

    def _awaits(self) -> bool:
        return not self._is_busy and super()._awaits()

    def _answers(self, data: bytes) -> bool:
        """Answer a request where it is a simple one; return whether it was."""
        if len(data) > _LARGEST or not (match := SIMPLE.fullmatch(data)):
            return False
        if match[1] not in self._paths:
            return self._answers_again(match)
        query = QUERY.fullmatch(match[2] or b"")
        if query is None or len(query[1]) > self._live.limits.query_bytes:
            return False
        live, snapshot = self._live, self._live.snapshot
        wish = read_headers(match[3])
        if wish is None or live.services or live.proxies or not isinstance(snapshot.engine, Pool):
            return False
        try:
            text = decode_value(query[1])
        except BadRequest:
            return False
        self._started = time.perf_counter()
        self._snapshot, self._wish, self._text = snapshot, wish, text
        self._packed = Query(text, wish.rows, wish.statements, None, None, wish.coding).pack()
        client = None
        try:
            if self._is_stranger:
                client = admit(live, self.client[0] if self.client else "", {})
        except TooManyRequests as error:
            self._begin_to_explain(error)
            return True
        try:
            kept = snapshot.answers.get(self._packed)
            if kept:
                self._send(kept, "cached")
            else:
                self._is_busy = True
                job = Job(self._packed, self._on_told, client)
                snapshot.engine.submit(job)
                self._job = job
        except LigraphError as error:
            self._refuse(error)
        return True

    def _answers_again(self, match: re.Match[bytes]) -> bool:
        """Send what was sent to the same request before; return whether there is such an answer."""
        asked, snapshot = read_kept_headers(match[3]), self._live.snapshot
        if asked is None or not snapshot.engine.is_sure:
            return False
        reply = snapshot.replies.get(match[1] + b"\n" + (match[2] or b"") + asked.key)
        if reply is None:
            return False
        if asked.tags is not None and reply.tag and has_tag(asked.tags, reply.tag):
            self._put(reply.head_unchanged, b"")
        else:
            self._put(reply.head, reply.content)
        return True

    def _on_told(self, told: Told) -> None:
        self._job = None
        if isinstance(told.answer, LigraphError):
            self._refuse(told.answer)
            return
        answer = told.answer
        if answer.lasting:
            self._snapshot.answers.keep(self._packed, answer, len(answer.content) + len(self._packed))
        self._send(answer, "answered")

    def _send(self, answer: Answer, outcome: str) -> None:
        self._write(self._head_of(answer), answer.content)
        seconds = time.perf_counter() - self._started
        self._live.note_query(self._text, seconds, outcome, answer.rows, len(answer.content))

    def _head_of(self, answer: Answer) -> bytes:
        """Return status line and headers; all but the tag is the same for all answers of a kind."""
        snapshot, wish = self._snapshot, self._wish
        kind = (wish.content_type(answer), answer.coding, answer.lasting)
        head = snapshot.heads.get(kind)
        if head is None:
            headers = headers_for(snapshot, wish, answer, "%b" if answer.lasting else "")
            head = snapshot.heads[kind] = b"HTTP/1.1 200 OK\r\n" + b"".join(
                b"%b: %b\r\n" % header for header in headers
            )
        return head % tag_of(snapshot, self._packed, wish).encode() if answer.lasting else head

    def _refuse(self, error: LigraphError) -> None:
        self._live.note_query(self._text, time.perf_counter() - self._started, error.name)
        self._begin_to_explain(error)

    def _begin_to_explain(self, error: LigraphError) -> None:
        self._is_busy = True
        task = self.loop.create_task(self._explain(error))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _explain(self, error: LigraphError) -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/sparql",
            "query_string": b"",
            "headers": [
                (b"accept", self._wish.accept.encode("latin-1")),
                (b"accept-encoding", self._wish.coding.encode()),
            ],
            "root_path": self._live.root_path,
            "app": self.app,
        }
        response = await answer_problem(Request(scope), error)
        status = HTTPStatus(response.status_code)
        headers = [header for header in response.raw_headers if header[0] != b"content-length"]
        lines = [
            f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode(),
            *(b"%b: %b\r\n" % header for header in headers),
        ]
        self._write(b"".join(lines), bytes(response.body))

    def _write(self, head: bytes, content: bytes) -> None:
        """Write a response whole, to whose head its length and what is said to all is added."""
        self._put(b"%bcontent-length: %d\r\n%b" % (head, len(content), _SHARED_LINES), content)

    def _put(self, head: bytes, content: bytes) -> None:
        """Write a response whole, and take up what came meanwhile."""
        if self.transport is None or self.transport.is_closing():
            return
        now = b"".join(b"%b: %b\r\n" % header for header in self.server_state.default_headers)
        head = b"%b%b\r\n" % (head, now)
        if len(content) < _JOINED:
            self.transport.write(head + content)
        else:
            self.transport.writelines((head, content))
        self.server_state.total_requests += 1
        self._is_busy = False
        self._used = self.loop.time()
        if self._is_closing:
            self.transport.close()
        elif self._held:
            held, self._held = self._held, b""
            self.transport.resume_reading()
            self.data_received(held)
        elif self.timeout_keep_alive_task is None:
            self._wait(self.timeout_keep_alive)

    def _wait(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that was not used for a while; a timer is set once, not for every request."""
        left = self._used + self.timeout_keep_alive - self.loop.time()
        if self._is_busy or left > 0:
            self._wait(max(left, 1.0))
        else:
            super().timeout_keep_alive_handler()
