"""The things of a release: what disappears when another release follows."""

import gzip
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Store

from ligraph.collection.removals import Removal, is_described
from ligraph.config import Collection
from ligraph.releases.history import current_id, release_ids
from ligraph.releases.manifest import DUMP, Manifest

_MOST = 5
_LEAST_ALIKE = 75
"""Of a hundred: two ids that differ by a letter or two have 90 and more."""


@dataclass(frozen=True)
class Absent:
    """The ids that a release has no more: those that are listed, and which of them were described until now."""

    listed: tuple[Removal, ...] = ()
    gone: frozenset[str] = frozenset()

    def since(self, parent: Manifest | None, release: str) -> dict[str, dict[str, str | None]]:
        """Return for each id the one that replaces it, and the first release without it, where these are known."""
        known = parent.removed if parent else {}
        found = {}
        for removal in self.listed:
            first = known[removal.id]["release"] if removal.id in known else None
            if removal.id in self.gone:
                first = release
            found[removal.id] = {"renamed_to": removal.renamed_to, "release": first}
        return found


_SUBJECT = re.compile(rb"<([^>#]*)>")


def last_things(collection: Collection) -> set[str]:
    """Return the ids that were described last: by the live release, else by the newest whose dump can be read.

    A release that is damaged elsewhere, or of another format, still tells what was published.
    """
    known, live = release_ids(collection), current_id(collection)
    for name in sorted(known, key=lambda name: (name == live, name), reverse=True):
        try:
            return things_of(collection, name)
        except (OSError, EOFError, zlib.error):
            continue
    return set()


def disappeared(ids: Iterable[str], base: str, store: Store) -> list[str]:
    """Return the ids that a store says nothing about."""
    return [local for local in sorted(ids) if not is_described(store, base + local)]


def things_of(collection: Collection, release: str) -> set[str]:
    """Return the ids that a release describes; parts and source files have no pages to miss.

    Raises: OSError, EOFError or zlib.error when its dump cannot be read.
    """
    prefix = collection.settings.ids.encode()
    found = set()
    with gzip.open(collection.releases / release / DUMP) as lines:
        for line in lines:
            match = _SUBJECT.match(line)
            if match and match[1].startswith(prefix):
                local = match[1][len(prefix) :].decode()
                if not local.startswith(("graph/", "derived/")):
                    found.add(local)
    return found


def most_alike(ids: Iterable[str], local: str) -> list[str]:
    """Return the ids most like one that nothing has: those that differ in the segment only, then by their letters."""
    from rapidfuzz import fuzz, process

    known = list(ids)
    slug = local.rpartition("/")[2]
    same = [one for one in known if one.rpartition("/")[2] == slug]
    alike = process.extract(local, known, scorer=fuzz.ratio, limit=_MOST, score_cutoff=_LEAST_ALIKE)
    return list(dict.fromkeys([*same, *(one for one, *_ in alike)]))[:_MOST]
