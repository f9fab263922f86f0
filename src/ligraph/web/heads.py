"""What a request begins with, as HTTP wants it.

Source: RFC 9110 sections 2.5 (versions) and 9.1 (methods); RFC 9112 sections 3 (request line), 3.2 (Host), 3.2.2
(absolute form) and 6.1 (Transfer-Encoding); RFC 6585 section 5 (431).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from http import HTTPMethod

from httptools import HttpParserError, HttpParserInvalidMethodError, HttpParserInvalidURLError

from ligraph.errors import (
    AddressTooLong,
    BadRequest,
    HeadTooLarge,
    RequestError,
    Unimplemented,
    VersionNotSupported,
)

LARGEST_HEAD = 65_535
"""Bytes of a request before its body, and the longest address that the parser takes."""

# RFC 3986 section 3.2.2: an address in brackets, or a name, which may be empty.
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?")
_WITHOUT_PATH = re.compile(rb"[A-Za-z][\w+.-]*://[^/?#]+(?=\?|$)")
_UPGRADE = re.compile(rb"(?i)\nupgrade(?=[ \t]*:)")
_MOST_FRAMING = 16
_METHODS = frozenset(method.encode() for method in HTTPMethod)
_REQUEST_LINE = re.compile(rb"(?:\r?\n)*([\w!#$%&'*+.^`|~-]{1,100}) [!-~\x80-\xff]+ HTTP/[0-9]\.[0-9]\r?\n")


def is_host(values: Sequence[bytes]) -> bool:
    """Return whether the values of a request's Host lines, without spaces around them, name one host."""
    return len(values) == 1 and _HOST.fullmatch(values[0]) is not None


def check_size(address: bytes, size: int) -> None:
    """Look at the size of a request's head, in bytes, and at that part of it which is the address.

    Raises: AddressTooLong, HeadTooLarge.
    """
    if size > LARGEST_HEAD:
        message = f"the address and headers of the request are over {LARGEST_HEAD:,} bytes"
        if len(address) > size / 2:
            raise AddressTooLong(message, hint="post a long query as application/sparql-query")
        raise HeadTooLarge(message, hint="send fewer headers, or shorter ones")


def check_framing(size: int, body: int) -> None:
    """Look at what comes with a body and is none of it, in bytes: sizes of chunks, and headers behind it.

    Raises: HeadTooLarge.
    """
    if size > LARGEST_HEAD + _MOST_FRAMING * body:
        message = f"what comes with the body is over {LARGEST_HEAD:,} bytes"
        raise HeadTooLarge(message, hint="send larger chunks, and no headers behind them")


def check_bodiless(headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Look at the headers of a request that has no body.

    Raises: BadRequest.
    """
    if any(name == b"transfer-encoding" or (name == b"content-length" and value != b"0") for name, value in headers):
        message = "the request offers another protocol and has a body"
        raise BadRequest(message, hint="leave out the header Upgrade")


def without_upgrade(data: bytes) -> bytes:
    """Return data that begin a request without the name of its header Upgrade, which nobody has to heed.

    Shape: of a head that comes in pieces nothing is changed, as a piece may have some of the body, where a byte more
    would begin another request; what offers another protocol so, and has a body, `check_bodiless` refuses.
    Source: RFC 9110 section 7.8. Java's client sends it with every request, curl with --http2; what follows such a head
    is no body to the parser.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"\nX-Upgrade", head) + end + rest if end and _UPGRADE.search(head) else data


def with_path(address: bytes) -> bytes:
    """Return the address of a request; the path “/” may be left out where it has a host."""
    host = _WITHOUT_PATH.match(address)
    return b"%b/%b" % (host[0], address[host.end() :]) if host else address


def check_head(method: bytes, version: str, headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Look at the method and the version of a request, and its headers, with names in small letters.

    Raises: VersionNotSupported; Unimplemented for its method and its transfer coding; BadRequest where it does not name
    one host.
    """
    if not version.startswith("1."):
        raise VersionNotSupported(f"the request is one of HTTP/{version}", hint="send a request of HTTP/1.1")
    if method == b"CONNECT":
        raise _unknown_method(method)
    for name, value in headers:
        if name == b"transfer-encoding" and value.strip().lower() != b"chunked":
            coding = value.partition(b",")[0].strip().decode("latin-1")
            raise Unimplemented(f"the transfer coding “{coding[:100]}” is not known here", hint="send it as “chunked”")
    hosts = [value.strip(b" \t") for name, value in headers if name == b"host"]
    if (hosts or version != "1.0") and not is_host(hosts):
        found = f"{len(hosts)} Host headers" if len(hosts) > 1 else "a Host header that names no host"
        message = f"the request has {found if hosts else 'no Host header'}"
        raise BadRequest(message, hint="send one line “Host:” with the name of the server, and its port")


def fault_of(error: HttpParserError, data: bytes) -> RequestError:
    """Return what is wrong with a request in data that the parser, or what it called, did not take."""
    cause = error.__context__ or error
    if isinstance(cause, RequestError):
        return cause
    if isinstance(cause, HttpParserInvalidURLError):
        message = "the address of the request has a byte that none may have, or is no address"
        return BadRequest(message, hint="percent-encode what is not ASCII: “é” is %C3%A9")
    line = _REQUEST_LINE.match(data)
    # Where the first request of several is good, the method is that of another one.
    if isinstance(cause, HttpParserInvalidMethodError) and line and line[1] not in _METHODS:
        return _unknown_method(line[1])
    return BadRequest("what came is not a request of HTTP/1.1")


def _unknown_method(method: bytes) -> Unimplemented:
    hint = "GET, HEAD and OPTIONS work everywhere, POST at /sparql"
    return Unimplemented(f"the method “{method.decode()}” is not known here", hint=hint)
