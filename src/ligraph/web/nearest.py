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
    if snapshot.release.manifest.statements > _MOST_STATEMENTS:
        return []
    # One reading serves all who ask meanwhile.
    if snapshot.ids is None:
        snapshot.ids = asyncio.create_task(asyncio.to_thread(_read_ids, live, snapshot.release.manifest.id))
    ids = await asyncio.shield(snapshot.ids)
    found = await asyncio.to_thread(most_alike, ids, asked)
    return [(snapshot.pages.site.href(snapshot.release.ids + local), local) for local in found]


def _read_ids(live: Live, release: str) -> list[str]:
    try:
        return sorted(things_of(live.collection, release))
    except (OSError, EOFError, zlib.error):
        return []
