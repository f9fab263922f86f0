"""How a release is opened: what answers queries over it, within which limits, from its files or from memory."""

from __future__ import annotations

from pathlib import Path

from ligraph import __version__
from ligraph.config import Collection
from ligraph.formats import JSON_LD
from ligraph.releases.history import release_folder, release_ids
from ligraph.releases.manifest import CONTEXT
from ligraph.stores.bounds import Bounds
from ligraph.stores.embedded import Release, open_elsewhere, open_folder
from ligraph.stores.nursery import Order
from ligraph.stores.pool import Pool
from ligraph.stores.results import Terms
from ligraph.views.jsonld import to_flat_json_ld
from ligraph.views.pages import Pages
from ligraph.views.site import site_of
from ligraph.views.words import Words
from ligraph.web.snapshot import Snapshot
from ligraph.web.tally import Tally

MOST_IN_MEMORY = 2_000_000
"""Statements up to which a release is kept in memory by the processes that answer queries, where there is room.

From memory a lookup takes two thirds, and a thousand rows take a third, of the time that they take from RocksDB: see
docs/performance.md."""

_STATEMENT_BYTES = 500
_SHARE_OF_MEMORY = 4

_PROGRAM = "ligraph.web.answering"
_SLOTS = 256


class Opener:
    """Opens the releases of a collection for a service.

    Shape: `site` is where the service is reached, `root_path` what its paths begin with there.
    """

    def __init__(self, collection: Collection, site: str, root_path: str, tally: Tally) -> None:
        self.collection = collection
        self.site = site
        self.root_path = root_path
        self.tally = tally
        self.limits = collection.settings.limits

    def open(self, release: str | None) -> Snapshot:
        """Return a release, which is not started yet; the live one where none is named.

        Raises: ReleaseError, OSError, ValueError where it cannot be read.
        """
        settings = self.collection.settings
        folder = release_folder(self.collection, release)
        opened = open_folder(folder) if settings.engine == "embedded" else open_elsewhere(folder)
        words = Words(opened.context)
        pages = Pages(site_of(opened.manifest, self.site, self.root_path), words)
        context = (folder / CONTEXT).read_bytes()
        is_latest = folder.name == max(release_ids(self.collection))
        if settings.query_url and settings.engine == "sparql":
            from ligraph.stores.endpoint import Endpoint
            from ligraph.stores.remote import Remote

            writers = {JSON_LD: lambda triples: to_flat_json_ld(triples, words)}
            bounds = self._bounds()
            remote = Remote(opened, Endpoint(settings.query_url), self._terms(), bounds, self.tally, writers)
            seal = self._seal(opened, settings.query_url)
            return Snapshot(opened, words, pages, context, remote, remote, seal, "engine", is_latest)
        pool, seal = self.pool(opened, in_memory=False)
        return Snapshot(opened, words, pages, context, pool, opened, seal, "files", is_latest)

    def pool(self, release: Release, *, in_memory: bool) -> tuple[Pool, bytes]:
        """Return what answers queries over a release, from its files or from memory, and the seal of its answers."""
        order = Order(str(release.folder), in_memory, self._terms(), self.limits.query_memory, _SLOTS)
        pool = Pool(order, self._bounds(), _PROGRAM, self.tally)
        return pool, self._seal(release, "memory" if in_memory else "files")

    def _seal(self, release: Release, engine: str) -> bytes:
        terms = self._terms()
        kind = [__version__, release.manifest.id, terms.endpoint or "", str(terms.union), engine, ""]
        return "\n".join(kind).encode()

    def _terms(self) -> Terms:
        return Terms(
            endpoint=f"{self.site}sparql",
            union=self.collection.settings.default_graph == "union",
            services=tuple(self.collection.settings.services),
            rows=self.limits.result_rows,
            bytes=self.limits.result_bytes,
            depth=self.limits.query_depth,
            parts=self.limits.query_parts,
        )

    def _bounds(self) -> Bounds:
        return Bounds(self.limits.query_seconds, self.limits.long_queries, self.limits.waiting_queries)


def has_room(statements: int) -> bool:
    """Return whether statements may be kept in memory: not too many, and in a part of what is free."""
    free = _free_memory()
    return statements <= MOST_IN_MEMORY and (free is None or statements * _STATEMENT_BYTES < free / _SHARE_OF_MEMORY)


def _free_memory() -> int | None:
    """Return how many bytes of memory are available, None where the system does not tell."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
