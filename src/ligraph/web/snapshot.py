"""One open release, as it is served: with all that was made ready for it once, and what was made from it since."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property

from ligraph.formats import JSON_LD
from ligraph.kept import Kept
from ligraph.releases.manifest import CONTEXT
from ligraph.releases.words import word_digest
from ligraph.stores.embedded import Release
from ligraph.stores.engines import Engine, Source, is_sure_since, surety
from ligraph.stores.facts import Facts, Made
from ligraph.stores.queries import Answer
from ligraph.views.pages import Pages
from ligraph.views.words import Words
from ligraph.web.responses import Body, Reply

_NEGOTIATED = ((b"vary", b"Accept, Accept-Encoding"), (b"x-content-type-options", b"nosniff"))


@dataclass
class Snapshot:
    """One open release, its words, what answers queries over it, and the pages and answers made from them.

    Shape: `seal` is what decides the bytes of an answer beside its query; facts are read from `source`.
    """

    release: Release
    words: Words
    pages: Pages
    context: bytes
    engine: Engine
    source: Source
    seal: bytes
    kind: str
    is_latest: bool = True
    bodies: Kept[tuple[str, Hashable], Body] = field(default_factory=Kept)
    replies: Kept[bytes, Reply] = field(default_factory=Kept)
    answers: Kept[bytes, Answer] = field(default_factory=Kept)
    doubts: int = 0
    ids: asyncio.Task[list[str]] | None = None
    heads: dict[tuple[str, str, bool], bytes] = field(default_factory=dict)

    @cached_property
    def modified(self) -> datetime:
        """When the release was made."""
        return datetime.fromisoformat(self.release.manifest.created)

    @property
    def context_path(self) -> str:
        """The address, below the site, of the very JSON-LD context that the release was made with."""
        return f"context/{word_digest(self.release.manifest, CONTEXT)}.{JSON_LD.suffix}"

    @cached_property
    def _fixed(self) -> list[tuple[bytes, bytes]]:
        made = format_datetime(self.modified, usegmt=True).encode()
        return [(b"cache-control", b"no-cache"), (b"last-modified", made), *_NEGOTIATED]

    passing = ((b"cache-control", b"no-store"), *_NEGOTIATED)
    """The headers of answers that may be others the next time."""

    def lasting(self, tag: str) -> list[tuple[bytes, bytes]]:
        """Return the headers of answers that the release fixes."""
        return [(b"etag", tag.encode()), *self._fixed]

    async def read(self, make: Callable[[Facts], Made]) -> Made:
        """Return what a function makes of the release's facts. It may be called several times, and must change nothing.

        Raises: what the function raises; OutOfTime, EngineError.
        """
        return await self.source.read(make)

    def surety(self) -> int:
        """Return how often the engine was in doubt so far, -1 where it is now; to be asked before something is made."""
        return surety(self.engine)

    def is_sure_since(self, doubts: int) -> bool:
        """Return whether what was made since `surety` said so is the release's."""
        return is_sure_since(self.engine, doubts)

    def kept_body(self, key: tuple[str, Hashable]) -> Body | None:
        """Return a body that was made before, None where it was not or may be another now."""
        return self.bodies.get(key) if self.engine.is_sure else None

    def body_of(self, key: tuple[str, Hashable], make: Callable[[], bytes]) -> Body:
        """Return a body that is made of no facts, once."""
        body = self.bodies.get(key)
        if body is None:
            body = Body(make())
            self.bodies.keep(key, body, body.size)
        return body

    def keep_body(self, key: tuple[str, Hashable], body: Body, doubts: int) -> bool:
        """Keep a body that was made since the engine had so many doubts; return whether it surely is the release's."""
        if not self.is_sure_since(doubts):
            return False
        self.bodies.keep(key, body, body.size)
        return True

    def forget_doubtful(self) -> None:
        """Let go of what was made before the engine was found to have other data than the release."""
        if self.engine.doubts != self.doubts:
            self.doubts = self.engine.doubts
            self.answers = Kept()
            self.forget()

    def forget(self) -> None:
        """Let go of the pages and documents that were made."""
        self.bodies, self.replies = Kept(), Kept()
