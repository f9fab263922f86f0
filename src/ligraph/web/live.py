"""What is being served: an open release with all that was made ready for it once."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import cast

from pyoxigraph import RdfFormat, Triple, parse
from starlette.requests import Request

from ligraph.config import Collection
from ligraph.errors import LigraphError
from ligraph.formats import Format
from ligraph.releases.history import current_id, release_folder
from ligraph.releases.manifest import CONTEXT, ONTOLOGY
from ligraph.stores.embedded import Release, open_folder
from ligraph.views.pages import Pages, Site
from ligraph.views.words import Words

KEPT_BODIES = 2_000
"""Rendered documents that are kept: most readers ask for the same few."""

_POLL_SECONDS = 1.0
_log = logging.getLogger("ligraph")


@dataclass
class Snapshot:
    """One open release, its words, and the pages made from them."""

    release: Release
    words: Words
    pages: Pages
    context: bytes
    bodies: OrderedDict[tuple[str, Format], bytes] = field(default_factory=OrderedDict)

    def ontology(self) -> list[Triple]:
        """Return the ontology that the release was made with."""
        content = (self.release.folder / ONTOLOGY).read_bytes()
        return [quad.triple for quad in parse(content, format=RdfFormat.TURTLE)]

    def keep(self, local: str, format_: Format, body: bytes) -> bytes:
        """Keep a rendered document for the next reader, and let go of the one not asked for longest."""
        self.bodies[local, format_] = body
        while len(self.bodies) > KEPT_BODIES:
            self.bodies.popitem(last=False)
        return body


class Live:
    """The release that is served now. It follows the collection's pointer unless it was told a release."""

    def __init__(self, collection: Collection, site: str, root_path: str, release: str | None) -> None:
        self.collection = collection
        self.site = site
        self.root_path = root_path
        self.follows = release is None
        self.integrity = "not yet checked"
        self.snapshot = self._open(release or current_id(collection))

    def _open(self, release: str | None) -> Snapshot:
        opened = open_folder(release_folder(self.collection, release))
        settings = self.collection.settings
        words = Words(opened.context)
        page_site = Site(
            title=settings.title,
            description=settings.description,
            root_path=self.root_path,
            base=opened.manifest.base,
            ids=opened.ids,
            address=self.site,
            language=settings.language,
            licence=settings.licence,
        )
        return Snapshot(opened, words, Pages(page_site, words), (opened.folder / CONTEXT).read_bytes())

    async def watch(self) -> None:
        """Check the release's bytes once, then take up each release that becomes live."""
        await self._verify()
        while self.follows:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                now = current_id(self.collection)
                if now and now != self.snapshot.release.manifest.id:
                    self.snapshot = self._open(now)
                    _log.info("serving release %s", now)
                    await self._verify()
            except LigraphError as error:
                _log.error("%s", error.message)

    async def _verify(self) -> None:
        try:
            await asyncio.to_thread(self.snapshot.release.verify)
            self.integrity = "whole"
        except LigraphError as error:
            self.integrity = "damaged"
            _log.error("%s", error.message)


def live_of(request: Request) -> Live:
    """Return what an application serves."""
    return cast(Live, request.app.state.live)


def snapshot_of(request: Request) -> Snapshot:
    """Return the release that is served, to be used for the whole of one request."""
    return live_of(request).snapshot
