"""Answers: bytes with the headers that every answer carries, and 304 where the client has them already."""

import hashlib
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors *"
)
"""Content-Security-Policy of pages: no script runs in them, ours or another's."""


def answer(
    request: Request,
    content: bytes,
    content_type: str,
    *,
    vary: str = "",
    cache: str = "no-cache",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an answer with a strong ETag made from its bytes, or 304.

    Source: RFC 9110 sections 8.8.3 (ETag), 13.1.2 (If-None-Match), 15.4.5 (304).
    """
    tag = f'"{hashlib.sha256(content_type.encode() + content).hexdigest()[:32]}"'
    common = {"ETag": tag, "Cache-Control": cache, **(headers or {})}
    if vary:
        common["Vary"] = vary
    if _has(request.headers.get("if-none-match"), tag):
        kept = ("ETag", "Cache-Control", "Vary", "Content-Location", "Link")
        return Response(status_code=304, headers={name: common[name] for name in kept if name in common})
    common["X-Content-Type-Options"] = "nosniff"
    if content_type.startswith("text/html"):
        common["Content-Security-Policy"] = POLICY
    if request.method == "HEAD":
        common["Content-Length"] = str(len(content))
        content = b""
    return Response(content, headers={"Content-Type": content_type, **common})


def _has(header: str | None, tag: str) -> bool:
    """Return whether If-None-Match names a tag; the comparison is the weak one."""
    if header is None:
        return False
    return header.strip() == "*" or tag in {item.strip().removeprefix("W/") for item in header.split(",")}
