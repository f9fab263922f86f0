"""What a request begins with, as HTTP wants it.

Source: RFC 9112 sections 3 (request line) and 3.2 (Host); RFC 6585 section 5 (431).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from httptools import HttpParserError

from ligraph.errors import AddressTooLong, BadRequest, HeadTooLarge, RequestError

LARGEST_HEAD = 65_535
"""Bytes of a request before its body, and the longest address that the parser takes."""

# RFC 3986 section 3.2.2: an address in brackets, or a name, which may be empty.
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?")


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


def check_head(version: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Look at the version of a request and its headers, with names in small letters.

    Raises: BadRequest where they do not name one host.
    """
    hosts = [value.strip(b" \t") for name, value in headers if name == b"host"]
    if (hosts or version != "1.0") and not is_host(hosts):
        found = f"{len(hosts)} Host headers" if len(hosts) > 1 else "a Host header that names no host"
        message = f"the request has {found if hosts else 'no Host header'}"
        raise BadRequest(message, hint="send one line “Host:” with the name of the server, and its port")


def fault_of(error: HttpParserError) -> RequestError:
    """Return what is wrong with a request that the parser, or what it called, did not take."""
    cause = error.__context__
    return cause if isinstance(cause, RequestError) else BadRequest("what came is not a request of HTTP/1.1")
