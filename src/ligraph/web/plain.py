"""Requests that are known at sight: GET with headers that every client sends, received whole."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ligraph.web.answers import Wish, wish_of
from ligraph.web.heads import is_host
from ligraph.web.responses import KEYS

# A request line and headers as every client writes them; whatever is out of the ordinary goes the long way.
SIMPLE = re.compile(rb"GET ([!->@-~]*)(?:\?([!-~]*))? HTTP/1\.1\r\n((?:[A-Za-z0-9-]+:[\t -~\x80-\xff]*\r\n)+)\r\n")
# A fragment is no part of a request's address.
QUERY = re.compile(rb"query=([!\x22$%'-~]*)")
_PLAIN = frozenset(
    {
        b"accept-language",
        b"cache-control",
        b"cookie",
        b"dnt",
        b"pragma",
        b"priority",
        b"referer",
        b"sec-ch-ua",
        b"sec-ch-ua-mobile",
        b"sec-ch-ua-platform",
        b"sec-fetch-dest",
        b"sec-fetch-mode",
        b"sec-fetch-site",
        b"sec-fetch-user",
        b"upgrade-insecure-requests",
        b"user-agent",
    }
)
"""Headers that change nothing about an answer."""


class Asked(NamedTuple):
    """What headers ask of what may be kept: how they belong to its key, and the tags that the client has."""

    key: bytes
    tags: str | None


@lru_cache(maxsize=512)
def read_kept_headers(block: bytes) -> Asked | None:
    """Return what the lines of a request's headers ask, None where one of them asks for more than a representation."""
    parts: list[bytes] = []
    tags = None
    hosts: list[bytes] = []
    for line in block.split(b"\r\n")[:-1]:
        name, _, value = line.partition(b":")
        name, value = name.lower(), value.strip()
        if name == b"if-none-match":
            tags = value.decode("latin-1") if tags is None else f"{tags}, {value.decode('latin-1')}"
        elif name == b"connection":
            if value.lower() != b"keep-alive":
                return None
        elif name == b"host":
            hosts.append(value)
        elif name in KEYS:
            parts += (name, value)
        elif name not in _PLAIN and name != b"origin":
            return None
    return Asked(b"".join(b"\n" + part for part in parts), tags) if is_host(hosts) else None


@lru_cache(maxsize=512)
def read_headers(block: bytes) -> Wish | None:
    """Return how a client wants its answer by the lines of its headers, None where one of them asks for more."""
    headers: dict[bytes, bytes] = {}
    hosts: list[bytes] = []
    for line in block.split(b"\r\n")[:-1]:
        name, _, value = line.partition(b":")
        name, value = name.lower(), value.strip()
        if name in (b"accept", b"accept-encoding"):
            if name in headers:
                return None
            headers[name] = value
        elif name == b"host":
            hosts.append(value)
        elif name == b"connection":
            if value.lower() != b"keep-alive":
                return None
        elif name not in _PLAIN:
            return None
    wish = wish_of(headers, "")
    return wish if (wish.rows or wish.statements) and is_host(hosts) else None
