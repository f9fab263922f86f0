"""The embedded engine: a release opened read-only with pyoxigraph."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

import orjson
from pyoxigraph import NamedNode, RdfFormat, Store

from ligraph.errors import ReleaseError
from ligraph.releases.manifest import CONTEXT, DUMP, STORE, Manifest, check_digests, check_sizes, read_manifest
from ligraph.releases.memory import forget
from ligraph.stores.facts import Facts, Made


@dataclass(frozen=True)
class Release:
    """An open release: its manifest and its statements.

    Shape: with `is_elsewhere` another engine has the statements, and whatever is asked of `store` is an error.
    """

    folder: Path
    manifest: Manifest
    store: Store
    is_elsewhere: bool = False

    @property
    def ids(self) -> str:
        """The IRI that ids are relative to."""
        return self.manifest.ids

    @cached_property
    def context(self) -> dict[str, Any]:
        """The JSON-LD context that the release was made with."""
        return dict(orjson.loads((self.folder / CONTEXT).read_bytes())["@context"])

    def describes(self, local: str) -> bool:
        """Return whether anything is said about the thing with an id."""
        try:
            thing = NamedNode(self.ids + local)
        except ValueError:
            return False
        return next(self.store.quads_for_pattern(thing, None, None, None), None) is not None

    async def read(self, make: Callable[[Facts], Made]) -> Made:
        """Return what a function makes of the facts."""
        return make(self)

    def verify(self) -> None:
        """Read every byte and compare it with what was written.

        Raises: ReleaseError with the first file that differs.
        """
        try:
            check_digests(self.folder, self.manifest, but=STORE if self.is_elsewhere else None)
        except ReleaseError:
            forget(self.folder.parent.parent)
            raise


def open_release(root: Path | str, release: str | None = None) -> Release:
    """Return a release of the collection in a folder, by default the live one.

    It looks at the sizes of files and never at sources: opening costs the same for any collection.

    Raises: ReleaseError when there is none, or it is damaged or of another format.
    """
    # The processes that answer queries open folders, and do without what reads settings.
    from ligraph.config import open_collection
    from ligraph.releases.history import release_folder

    return open_folder(release_folder(open_collection(Path(root)), release))


def open_folder(folder: Path) -> Release:
    """Return the release in a folder.

    Raises: ReleaseError when it is damaged or of another format.
    """
    manifest = read_manifest(folder)
    check_sizes(folder, manifest)
    try:
        store = Store.read_only(str(folder / STORE))
    except (OSError, ValueError, RuntimeError) as error:
        hint = "make the release again from its sources with: ligraph build"
        if "file descriptors" in str(error):
            hint = "let this process open more files, with: ulimit -n 1024"
        raise ReleaseError(f"the store of release {folder.name} cannot be opened: {error}", hint=hint) from None
    return Release(folder, manifest, store)


def held_in_memory(release: Release) -> Release:
    """Return a release with its statements read into memory: from there each takes a seventh of the time.

    The engine reads them outside Python's lock.
    """
    store = Store()
    with gzip.open(release.folder / DUMP) as dump:
        # The engine itself wrote these N-Quads: nothing in them is left to validate.
        store.bulk_load(cast(IO[bytes], dump), format=RdfFormat.N_QUADS, lenient=True)
    return replace(release, store=store)


def open_elsewhere(folder: Path) -> Release:
    """Return the release in a folder whose statements are read from another engine; the folder may lack the store.

    Raises: ReleaseError when it is damaged or of another format.
    """
    manifest = read_manifest(folder)
    check_sizes(folder, manifest, but=STORE)
    return Release(folder, manifest, cast(Store, _Elsewhere()), is_elsewhere=True)


class _Elsewhere:
    """What stands where the store of a release is that another engine has."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"another engine has the statements: read them with Snapshot.read, not by {name}")
