"""The card of a thing from the live release, for a page elsewhere."""

from __future__ import annotations

import unicodedata
import zlib
from pathlib import Path

from ligraph.config import Collection, open_collection
from ligraph.errors import Gone, NotFound
from ligraph.releases.history import release_folder
from ligraph.releases.things import most_alike, things_of
from ligraph.stores.documents import read_document
from ligraph.stores.embedded import Release, open_folder
from ligraph.views.cards import card
from ligraph.views.pages import Pages
from ligraph.views.site import site_of
from ligraph.views.words import Words


def embed(root: Path, thing: str) -> bytes:
    """Return the card of a thing, named by its id or its IRI; a part has the card of its thing.

    Raises: NotFound with the ids that are most like it; Gone with the id that replaces it; ReleaseError.
    """
    collection = open_collection(root)
    release = open_folder(release_folder(collection, None))
    local = unicodedata.normalize("NFC", thing).removeprefix(release.ids).partition("#")[0]
    document = read_document(release.store, release.manifest, local) if release.describes(local) else None
    if document is None:
        raise _missing(collection, release, local)
    pages = Pages(site_of(release.manifest, collection.settings.site, ""), Words(release.context))
    return card(document, release.store, release.manifest, pages)


def _missing(collection: Collection, release: Release, local: str) -> NotFound | Gone:
    removed = release.manifest.removed
    if local in removed:
        successor = removed[local]["renamed_to"]
        if successor is None:
            return Gone(f"{local} was published once and has been removed")
        return Gone(f"{local} has another id now: ligraph embed {successor}")
    try:
        near = most_alike(sorted(things_of(collection, release.manifest.id)), local)
    except (OSError, EOFError, zlib.error):
        near = []
    hint = f"did you mean {', '.join(near)}?" if near else "an id is what follows “/id/” in the address of a thing"
    return NotFound(f"nothing is known about {local}", hint=hint)
