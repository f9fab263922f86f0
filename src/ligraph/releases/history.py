"""The releases of a collection: which there are, which is live, and who may write."""

import fcntl
import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from ligraph.config import Collection
from ligraph.errors import BusyError, CollectionError, ReleaseError
from ligraph.releases.inputs import input_digests
from ligraph.releases.manifest import FILE_NAME, Manifest, check_digests, check_sizes, read_manifest
from ligraph.releases.memory import digests_of
from ligraph.replacement import replacing

DRAFT = ".draft"
"""Name of the folder in which a release is written before it is one."""

RELEASE = "release"
"""Name under which the digests of the live release are remembered."""


_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}")


def release_ids(collection: Collection) -> list[str]:
    """Return the ids of the releases, oldest first."""
    if not collection.releases.is_dir():
        return []
    return sorted(path.parent.name for path in collection.releases.glob(f"*/{FILE_NAME}") if path.parent.name != DRAFT)


def current_id(collection: Collection) -> str | None:
    """Return the id of the live release, or None where none was ever made."""
    try:
        return _pointer(collection).read_text("utf-8", "replace").strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ReleaseError(f"{_pointer(collection)} cannot be read: {error.strerror}") from None


def release_folder(collection: Collection, release: str | None = None) -> Path:
    """Return the folder of a release, or of the live one.

    Raises: ReleaseError when there is none.
    """
    name = release or current_id(collection)
    if name is None:
        raise ReleaseError(f"{collection.root} has no release yet", hint="make one with: ligraph build")
    folder = collection.releases / name
    if "/" in name or name.startswith(".") or not folder.is_dir():
        known = release_ids(collection)
        hint = f"there are: {', '.join(known[-5:])}" if known else "make one with: ligraph build"
        raise ReleaseError(f"there is no release {name}", hint=hint)
    return folder


def live_manifest(collection: Collection) -> Manifest | None:
    """Return the manifest of the live release where it is whole, else None."""
    try:
        folder = release_folder(collection)
        manifest = read_manifest(folder)
        check_sizes(folder, manifest)
    except ReleaseError:
        return None
    return manifest


def intact_manifest(collection: Collection) -> Manifest | None:
    """Return the manifest of the live release where every byte of it is as it was written, else None.

    Files that nobody touched since they were found good are not read again.
    """
    manifest = live_manifest(collection)
    if manifest is None:
        return None
    folder = collection.releases / manifest.id
    try:
        found = digests_of(folder.parent.parent, RELEASE, ((name, folder / name) for name in manifest.files))
    except OSError:
        return None
    return manifest if all(found[name] == entry["sha256"] for name, entry in manifest.files.items()) else None


def release_of(collection: Collection, inputs: dict[str, str]) -> Manifest | None:
    """Return a whole release that was made from certain inputs, the newest first, or None."""
    for name in reversed(release_ids(collection)):
        folder = collection.releases / name
        try:
            manifest = read_manifest(folder)
            if manifest.inputs == inputs:
                check_sizes(folder, manifest)
                check_digests(folder, manifest)
                return manifest
        except ReleaseError:
            continue
    return None


def damage(collection: Collection) -> str | None:
    """Return what is wrong with the live release, or None where it is whole or there is none."""
    if current_id(collection) is None:
        return None
    try:
        folder = release_folder(collection)
        manifest = read_manifest(folder)
        check_sizes(folder, manifest)
        check_digests(folder, manifest)
    except ReleaseError as error:
        return error.message
    return None


def make_live(collection: Collection, release: str) -> None:
    """Point to a release: from one moment to the next, and on disk when this returns."""
    with replacing(_pointer(collection), release + "\n") as put:
        put()


def roll_back(collection: Collection, release: str | None = None) -> str:
    """Make an earlier release live, by default the one before the live one; return its id.

    Raises: ReleaseError when there is none, or when it is damaged.
    """
    with writing(collection):
        if release is None:
            now = current_id(collection)
            earlier = [name for name in release_ids(collection) if now is None or name < now]
            if not earlier:
                raise ReleaseError("there is no release before the live one")
            release = earlier[-1]
        folder = release_folder(collection, release)
        manifest = read_manifest(folder)
        check_sizes(folder, manifest)
        check_digests(folder, manifest)
        make_live(collection, release)
        _hold(collection)
    return release


def is_held(collection: Collection) -> bool:
    """Return whether somebody rolled back, and the sources are those that were rolled back from."""
    try:
        return _held(collection).read_text("utf-8") == _inputs_digest(collection)
    except FileNotFoundError:
        return False


def let_go(collection: Collection) -> None:
    """Forget that somebody rolled back."""
    _held(collection).unlink(missing_ok=True)


def _hold(collection: Collection) -> None:
    _held(collection).write_text(_inputs_digest(collection), "utf-8")


def _held(collection: Collection) -> Path:
    return collection.releases.parent / "held"


def _inputs_digest(collection: Collection) -> str:
    return hashlib.sha256(orjson.dumps(input_digests(collection), option=orjson.OPT_SORT_KEYS)).hexdigest()


def prune(collection: Collection, keep: int) -> list[str]:
    """Delete all but the latest releases and the live one; return the ids of those deleted."""
    with writing(collection):
        live = current_id(collection)
        old = [name for name in release_ids(collection)[: -keep or None] if name != live]
        for name in old:
            # Without its manifest a folder is no release: a deletion that is cut off leaves none half.
            (collection.releases / name / FILE_NAME).unlink()
            shutil.rmtree(collection.releases / name)
        for folder in collection.releases.iterdir():
            # What a deletion that was cut off left of a release; what else people put there is theirs.
            if _ID.fullmatch(folder.name) and folder.is_dir() and not (folder / FILE_NAME).exists():
                shutil.rmtree(folder)
    return old


@contextmanager
def writing(collection: Collection) -> Iterator[None]:
    """Hold the right to write releases; the operating system gives it back when the process ends, however it ends.

    Raises: BusyError when another process holds it; CollectionError when the folder cannot be written.
    """
    folder = collection.releases
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder.parent / "lock").open("w")
    except OSError as error:
        raise CollectionError(
            f"{folder.parent} cannot be written: {error.strerror}",
            hint="releases are kept there; serve an existing one with: ligraph serve --release ID",
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BusyError(
                f"another process is building {collection.root}", hint="wait until it is done, then try again"
            ) from None
        shutil.rmtree(folder / DRAFT, ignore_errors=True)
        drafts = (*folder.parent.glob("*.new"), *folder.parent.glob("words/.*.new"))
        for half_written in (*drafts, *collection.data.glob(f".{collection.removed.name}.*.new")):
            half_written.unlink(missing_ok=True)
        yield


def _pointer(collection: Collection) -> Path:
    return collection.releases.parent / "current"
