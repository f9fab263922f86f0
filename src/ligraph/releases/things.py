"""The things of a release: what disappears when another release follows."""

import re

from pyoxigraph import NamedNode, Store

from ligraph.config import Collection
from ligraph.releases.canonical import read_lines
from ligraph.releases.manifest import DUMP, Manifest

_SUBJECT = re.compile(rb"<([^>#]*)>")


def disappeared(collection: Collection, parent: Manifest, store: Store) -> list[str]:
    """Return the ids that a release describes and a store does not; parts and source files have no pages to miss."""
    ids = collection.settings.ids
    prefix = ids.encode()
    before = set()
    for line in read_lines(collection.releases / parent.id / DUMP):
        match = _SUBJECT.match(line)
        if match and match[1].startswith(prefix):
            before.add(match[1])
    gone = []
    for iri in sorted(name.decode() for name in before):
        local = iri[len(ids) :]
        kept = next(store.quads_for_pattern(NamedNode(iri), None, None, None), None)
        if kept is None and not local.startswith(("graph/", "derived/")):
            gone.append(local)
    return gone
