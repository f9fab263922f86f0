"""What may have been meant by an address that leads nowhere."""

from __future__ import annotations

import asyncio
import zlib

from starlette.requests import Request

from ligraph.errors import Gone, LigraphError, NotFound
from ligraph.releases.things import most_alike, things_of
from ligraph.web.live import Live, live_of

_MOST_STATEMENTS = 300_000
"""Statements up to which the ids of a release are read to be compared with what was asked for, within a second."""

_LONGEST = 200


async def nearest_to(request: Request, error: LigraphError) -> list[tuple[str, str]]:
    """Return address and id of the things whose ids are most like the one that was asked for."""
    if not isinstance(error, NotFound | Gone):
        return []
    live = live_of(request)
    snapshot = live.snapshot
    asked = "/".join(request.url.path.removeprefix(live.root_path).split("/")[2:])[:_LONGEST]
    name, _, suffix = asked.rpartition(".")
    asked = name if name and len(suffix) <= len("jsonld") else asked
    if not asked or not snapshot.release.manifest.base:
        return []
    found = most_alike(await _ids(live), asked)
    return [(snapshot.pages.site.href(snapshot.release.ids + local), local) for local in found]


async def _ids(live: Live) -> list[str]:
    """Return the ids of the live release, read once; none where they are too many."""
    snapshot = live.snapshot
    if snapshot.release.manifest.statements > _MOST_STATEMENTS:
        return []
    if snapshot.ids is None:
        try:
            found = await asyncio.to_thread(things_of, live.collection, snapshot.release.manifest.id)
        except (OSError, EOFError, zlib.error):
            found = set()
        snapshot.ids = sorted(found)
    return snapshot.ids
