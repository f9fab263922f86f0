"""What a resource plays: a recording or a clip of it, from when to when, and where to watch it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from urllib.parse import urlsplit

from ligraph.views.nodes import Node
from ligraph.views.values import Value, clock, length


@dataclass(frozen=True)
class Playing:
    """A recording, or a clip of it.

    Shape: `clip` is None for a whole recording; `address` is None where the post gives none.
    Units: `start`, `end` and `seconds` are whole seconds; None where they are not known.
    """

    clip: Node | None
    recording: Node | None
    start: int | None
    end: int | None
    seconds: int | None
    address: Value | None

    @property
    def span(self) -> str | None:
        """The time range as players write it, or None."""
        if self.start is None and self.end is None:
            return None
        start = clock(self.start or 0)
        return f"{start}–{clock(self.end)}" if self.end is not None else f"from {start}"

    @property
    def length(self) -> Value | None:
        """How long it takes to watch, or None."""
        return length(self.seconds) if self.seconds is not None else None


@dataclass(frozen=True)
class WatchingTime:
    """What several recordings take together. Unknown lengths are counted, not lost."""

    seconds: int
    known: int
    unknown: int

    @property
    def length(self) -> Value:
        """The sum of the known lengths."""
        return length(self.seconds)


def playing(resource: Node) -> list[Playing]:
    """Return what a resource plays: nothing for a text."""
    return [read_playing(node) for node in resource.nodes("lig:plays")]


def read_playing(node: Node) -> Playing:
    """Return what a clip or a recording plays."""
    if node.kind.layout != "clip":
        length_ = node.number("lig:seconds")
        return Playing(None, node, None, None, length_, _address(node, None, None))
    start, end = node.number("schema:startOffset"), node.number("schema:endOffset")
    seconds = end - start if start is not None and end is not None and end > start else None
    recording = next(iter(node.nodes("schema:isPartOf")), None)
    address = _address(node, start, end)
    if not address and recording:
        address = _address(recording, start, end)
    return Playing(node, recording, start, end, seconds, address)


def addresses(resource: Node) -> list[Value]:
    """Return where people find a resource: its own addresses, else those of what it plays."""
    own = [_by_host(value) for value in resource.all("schema:url") if isinstance(value, Value)]
    return own or [one.address for one in playing(resource) if one.address]


def watching_time(resources: Iterable[Node]) -> WatchingTime:
    """Return what the recordings of some resources take together."""
    played = list(chain.from_iterable(playing(resource) for resource in resources))
    known = [one.seconds for one in played if one.seconds is not None]
    return WatchingTime(sum(known), len(known), len(played) - len(known))


def clips(recording: Node) -> list[Playing]:
    """Return the clips of a recording in the order of time."""
    found = [read_playing(part) for part in recording.nodes("schema:hasPart") if part.kind.layout == "clip"]
    return sorted(found, key=lambda clip: (clip.start or 0, clip.end or 0))


def _address(node: Node, start: int | None, end: int | None) -> Value | None:
    """Return where people watch, at the right moment where the address can say it."""
    for value in node.peek("schema:url"):
        if isinstance(value, Value) and value.href:
            return _by_host(Value(value.text, href=watched_from(value.href, start), external=True))
    for name in ("schema:contentUrl", "schema:embedUrl"):
        for value in node.peek(name):
            if isinstance(value, Value) and value.href:
                return _by_host(Value(value.text, href=_fragment(value.href, start, end), external=True))
    return None


def _by_host(value: Value) -> Value:
    """Return an address that is called by its host, as in “Watch at example.org”."""
    host = urlsplit(value.href or "").hostname
    return replace(value, text=host.removeprefix("www.")) if host else value


def watched_from(address: str, start: int | None) -> str:
    """Return the address of a page with the moment that its player begins at, where its host is known to take one."""
    host = urlsplit(address).hostname or ""
    if not start or "#" in address or re.search(r"[?&]t=", address):
        return address
    if re.fullmatch(r"((www|m)\.)?youtube\.com|youtu\.be", host):
        return f"{address}{'&' if '?' in address else '?'}t={start}s"
    return f"{address}#t={start}s" if re.fullmatch(r"(www\.)?vimeo\.com", host) else address


def _fragment(address: str, start: int | None, end: int | None) -> str:
    # Media Fragments URI 1.0 section 4.2.1: either side may be left out.
    if "#" in address or (start is None and end is None):
        return address
    return f"{address}#t={start or 0}" + (f",{end}" if end is not None else "")
