"""Who asks: the address that requests are counted by."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from starlette.requests import Request

from ligraph.web.responses import Headers

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_OWN = ("127.0.0.1", "::1")


def peer_of(request: Request) -> str:
    """Return the address at the other end of a request's connection, "" where there is none."""
    return request.client.host if request.client else ""


def client_of(peer: str, headers: Headers, proxies: Sequence[Network]) -> str | None:
    """Return the address of a client, None for this machine itself.

    Shape: what a trusted proxy says goes before the connection's own address; an IPv6 client is its /64 network, all of
    which one household has.
    """
    if peer in _OWN and not proxies:
        return None
    address = _parse(peer)
    if proxies and address and _is_within(address, proxies):
        # The last entry is what the nearest proxy saw; each one that is trusted vouches for the one before.
        for told in reversed(headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")):
            told_address = _parse(told.strip())
            if told_address is None:
                break
            address = told_address
            if not _is_within(address, proxies):
                break
    if address is None or address.is_loopback:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_within(address: ipaddress.IPv4Address | ipaddress.IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)
