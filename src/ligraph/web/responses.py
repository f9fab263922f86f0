"""Answers: bytes with the headers that every answer carries, and 304 where the client has them already."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from ligraph.compression import SMALLEST, compress
from ligraph.web.conditions import outcome
from ligraph.web.negotiation import choose_coding

if TYPE_CHECKING:
    from ligraph.web.snapshot import Snapshot

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors *"
)
"""Content-Security-Policy of pages: no script runs in them, ours or another's."""

EXPOSED = ("Link", "ETag", "Location", "Content-Location", "Retry-After", "Content-Range", "Accept-Ranges")
SHARED = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(EXPOSED).encode()),
]
"""What lets any page read an answer; said to all, as a cache keeps one answer for all.

Source: Fetch Standard (WHATWG) section 3.3.5, CORS protocol and HTTP caches."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""`Cache-Control` of what never changes under its address. Source: RFC 8246."""

PASSING = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
"""The headers of what may be another the next time, and is not negotiated."""

_REPEATED = frozenset({b"etag", b"cache-control", b"vary", b"content-location", b"last-modified"})
"""What 304 says again. Source: RFC 9110 section 15.4.5."""

KEYS = frozenset({b"accept", b"accept-profile", b"accept-encoding"})
"""The headers that choose a representation."""

_LONGEST_KEY = 4_000
_PARAMETERS = (b"_mediatype=", b"_profile=", b"format=")

Headers = Mapping[bytes, bytes]
"""The headers of a request, by name in small letters."""


class Bytes:
    """An answer whose headers are bytes already; for HEAD, its content is not sent."""

    __slots__ = ("content", "headers", "status_code")

    def __init__(self, status_code: int, headers: list[tuple[bytes, bytes]], content: bytes) -> None:
        self.status_code = status_code
        self.headers = headers
        self.content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer."""
        if self.status_code != HTTPStatus.NOT_MODIFIED:
            self.headers.append((b"content-length", str(len(self.content)).encode()))
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.content})


class Body:
    """What is sent, made once; in each coding, once it was asked for. `links` is the `Link` header of it."""

    def __init__(self, content: bytes, links: str = "") -> None:
        self.content = content
        self.links = links
        self._coded: dict[str, bytes] = {}

    @cached_property
    def digest(self) -> str:
        """A digest of the bytes."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    @property
    def size(self) -> int:
        """About how many bytes it takes, with its codings."""
        return 2 * len(self.content) + len(self.links)

    def coded(self, coding: str) -> bytes:
        """Return the bytes in a content coding."""
        if coding not in self._coded:
            self._coded[coding] = compress(self.content, coding)
        return self._coded[coding]


class Reply:
    """An answer that may be sent again and again, to GET and HEAD: as a whole, or as 304.

    Shape: `tag` is "" where it has no validator.
    """

    def __init__(
        self,
        status: int,
        headers: Iterable[tuple[str, str]],
        content: bytes,
        *,
        tag: str = "",
        modified: datetime | None = None,
        is_latest: bool = True,
    ) -> None:
        self.status_code = status
        self.content = content
        self.tag = tag
        self.modified = modified
        self.is_latest = is_latest
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self.unchanged = [header for header in self.headers if header[0] in _REPEATED]
        if status != HTTPStatus.NOT_MODIFIED:
            self.headers.append((b"content-length", str(len(content)).encode()))

    @property
    def size(self) -> int:
        """About how many bytes it takes: its headers are kept as pairs, and as text once they were sent so."""
        return len(self.content) + 2 * sum(len(name) + len(value) + 150 for name, value in self.headers) + 1_000

    @cached_property
    def head(self) -> bytes:
        """Status line and headers, without the empty line at their end."""
        return _head_of(self.status_code, self.headers)

    @cached_property
    def head_unchanged(self) -> bytes:
        """The same of 304."""
        return _head_of(HTTPStatus.NOT_MODIFIED, self.unchanged)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer.

        Raises: PreconditionFailed.
        """
        status, headers, content = self.status_code, self.headers, self.content
        if self.tag and scope["method"] in ("GET", "HEAD"):
            asked = conditions_in(scope["headers"])
            if asked and outcome(asked, self.tag, self.modified, is_latest=self.is_latest) != HTTPStatus.OK:
                status, headers, content = HTTPStatus.NOT_MODIFIED, self.unchanged, b""
        await send({"type": "http.response.start", "status": int(status), "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else content})


def _head_of(status: int, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    line = f"HTTP/1.1 {status:d} {HTTPStatus(status).phrase}\r\n".encode()
    return line + b"".join(b"%b: %b\r\n" % header for header in (*headers, *SHARED))


def conditions_in(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return those of a request's headers that make it conditional; what is said twice counts as one list."""
    found: dict[str, str] = {}
    for raw, value in headers:
        if raw.startswith(b"if-"):
            name, text = raw.decode("latin-1"), value.decode("latin-1")
            found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def headers_of(request: Request) -> Headers:
    """Return the headers of a request; what is said twice counts as one list."""
    pairs = request.scope["headers"]
    headers = dict(pairs)
    if len(headers) < len(pairs):
        headers.clear()
        for name, value in pairs:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def coding_for(request: Request, content: bytes) -> str:
    """Return the content coding in which a client would have some bytes, "" where it saves nothing."""
    if len(content) < SMALLEST:
        return ""
    return choose_coding(", ".join(request.headers.getlist("accept-encoding")))


def answer(
    request: Request,
    body: Body | bytes,
    content_type: str,
    *,
    vary: str = "",
    cache: str = "no-cache",
    headers: Mapping[str, str] | None = None,
    lasting: bool = True,
    release: Snapshot | None = None,
    is_dated: bool = True,
) -> Reply:
    """Return an answer with a strong ETag made from its bytes; one that is not lasting has none.

    Shape: `vary` lists what it depends on beside Accept-Encoding. What the `release` fixes also says when that was
    made, unless it is not dated, and is kept for whoever asks for the same in the same way.
    Source: RFC 9110 sections 8.8.2 (Last-Modified), 8.8.3 (ETag), 12.5.5 (Vary).
    """
    body = body if isinstance(body, Body) else Body(body)
    coding = coding_for(request, body.content)
    said = {"Content-Type": content_type, "Cache-Control": cache if lasting else "no-store"}
    tag, modified, is_latest = "", None, True
    if lasting:
        digest = hashlib.sha256(f"{content_type}\n{body.digest}".encode()).hexdigest()[:32]
        tag = said["ETag"] = f'"{digest}-{coding}"' if coding else f'"{digest}"'
        if release and is_dated:
            modified, is_latest = release.modified, release.is_latest
            said["Last-Modified"] = format_datetime(modified, usegmt=True)
    if coding:
        said["Content-Encoding"] = coding
    said["Vary"] = ", ".join(part for part in (vary, "Accept-Encoding") if part)
    said["X-Content-Type-Options"] = "nosniff"
    if content_type.startswith("text/html"):
        said["Content-Security-Policy"] = POLICY
    content = body.coded(coding) if coding else body.content
    all_headers = {**said, **(headers or {})}
    reply = Reply(200, all_headers.items(), content, tag=tag, modified=modified, is_latest=is_latest)
    return keep_reply(request.scope, reply, release) if lasting and release else reply


def keep_reply(scope: Scope, reply: Reply, release: Snapshot) -> Reply:
    """Keep an answer that a release fixes for who asks for the same in the same way; return it."""
    if key := key_of(scope):
        release.replies.keep(key, reply, reply.size + len(key))
    return reply


def key_of(scope: Scope) -> bytes | None:
    """Return what such an answer depends on: the address, and the headers that choose a representation.

    Shape: None for what is too long to be kept by it, or has parameters that nothing depends on.
    """
    query: bytes = scope["query_string"]
    if query and not query.startswith(_PARAMETERS):
        return None
    parts = [scope.get("raw_path") or scope["path"].encode(), query]
    for name, value in scope["headers"]:
        if name in KEYS:
            parts += (name, value)
    key = b"\n".join(parts)
    return key if len(key) < _LONGEST_KEY else None
