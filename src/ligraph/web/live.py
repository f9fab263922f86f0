"""What is being served: an open release with all that was made ready for it once."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import cast

from pyoxigraph import RdfFormat, Triple, parse
from starlette.requests import Request

from ligraph.config import Collection
from ligraph.errors import LigraphError
from ligraph.releases.history import current_id, release_folder
from ligraph.releases.manifest import CONTEXT, ONTOLOGY
from ligraph.stores.embedded import Release, open_folder
from ligraph.views.pages import Pages
from ligraph.views.site import site_of
from ligraph.views.words import Words
from ligraph.web.bodies import Bodies

_POLL_SECONDS = 1.0
_log = logging.getLogger("ligraph")


@dataclass
class Snapshot:
    """One open release, its words, and the pages made from them."""

    release: Release
    words: Words
    pages: Pages
    context: bytes
    bodies: Bodies = field(default_factory=Bodies)

    def ontology(self) -> list[Triple]:
        """Return the ontology that the release was made with."""
        content = (self.release.folder / ONTOLOGY).read_bytes()
        return [quad.triple for quad in parse(content, format=RdfFormat.TURTLE)]


class Live:
    """The release that is served now. It follows the collection's pointer unless it was told a release.

    Shape: `refused` is the id of a release that was made live and cannot be served.
    """

    def __init__(self, collection: Collection, site: str, root_path: str, release: str | None) -> None:
        self.collection = collection
        self.site = site
        self.root_path = root_path
        self.follows = release is None
        self.integrity = "not yet checked"
        self.refused: str | None = None
        self.snapshot = self._open(release or current_id(collection))

    def _open(self, release: str | None) -> Snapshot:
        opened = open_folder(release_folder(self.collection, release))
        words = Words(opened.context)
        pages = Pages(site_of(opened.manifest, self.site, self.root_path), words)
        return Snapshot(opened, words, pages, (opened.folder / CONTEXT).read_bytes())

    async def watch(self) -> None:
        """Check the release's bytes once, then take up each release that becomes live."""
        await self._verify()
        while self.follows:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                now = current_id(self.collection)
                if now and now not in (self.snapshot.release.manifest.id, self.refused):
                    await self._take_up(now)
            except (LigraphError, OSError) as error:
                _log.error("the live release cannot be told: %s", error)

    async def _take_up(self, release: str) -> None:
        """Serve another release from now on; where it cannot be opened, say so once and go on with the old one."""
        try:
            self.snapshot = self._open(release)
        except (LigraphError, OSError, ValueError) as error:
            self.refused = release
            _log.error("release %s cannot be served: %s", release, error)
            return
        self.refused = None
        _log.info("serving release %s", release)
        await self._verify()

    async def _verify(self) -> None:
        try:
            await asyncio.to_thread(self.snapshot.release.verify)
            self.integrity = "whole"
        except (LigraphError, OSError) as error:
            self.integrity = "damaged"
            _log.error("%s", error)


def live_of(request: Request) -> Live:
    """Return what an application serves."""
    return cast(Live, request.app.state.live)


def snapshot_of(request: Request) -> Snapshot:
    """Return the release that is served, to be used for the whole of one request."""
    return live_of(request).snapshot
