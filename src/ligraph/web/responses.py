"""Answers: bytes with the headers that every answer carries, and 304 where the client has them already."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors *"
)
"""Content-Security-Policy of pages: no script runs in them, ours or another's."""


EXPOSED = ("Link", "ETag", "Location", "Content-Location", "Retry-After")
SHARED = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(EXPOSED).encode()),
]
"""What lets any page read an answer; said to all, as a cache keeps one answer for all.

Source: Fetch Standard (WHATWG) section 3.3.5, CORS protocol and HTTP caches."""


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


def headers_of(request: Request) -> Headers:
    """Return the headers of a request; what is said twice counts as one list."""
    pairs = request.scope["headers"]
    headers = dict(pairs)
    if len(headers) < len(pairs):
        headers.clear()
        for name, value in pairs:
            headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


def answer(
    request: Request,
    content: bytes,
    content_type: str,
    *,
    vary: str = "",
    cache: str = "no-cache",
    headers: Mapping[str, str] | None = None,
    lasting: bool = True,
) -> Response:
    """Return an answer with a strong ETag made from its bytes, or 304; one that is not lasting has none.

    Source: RFC 9110 sections 8.8.3 (ETag), 13.1.2 (If-None-Match), 15.4.5 (304).
    """
    tag = f'"{hashlib.sha256(content_type.encode() + content).hexdigest()[:32]}"'
    fixed = {"ETag": tag, "Cache-Control": cache} if lasting else {"Cache-Control": "no-store"}
    common = {**fixed, **(headers or {})}
    if vary:
        common["Vary"] = vary
    if lasting and has_tag(request.headers.get("if-none-match"), tag):
        kept = ("ETag", "Cache-Control", "Vary", "Content-Location", "Link")
        return Response(status_code=304, headers={name: common[name] for name in kept if name in common})
    common["X-Content-Type-Options"] = "nosniff"
    if content_type.startswith("text/html"):
        common["Content-Security-Policy"] = POLICY
    if request.method == "HEAD":
        common["Content-Length"] = str(len(content))
        content = b""
    return Response(content, headers={"Content-Type": content_type, **common})


def has_tag(header: str | None, tag: str) -> bool:
    """Return whether If-None-Match names a tag; the comparison is the weak one."""
    if header is None:
        return False
    return header.strip() == "*" or tag in {item.strip().removeprefix("W/") for item in header.split(",")}
