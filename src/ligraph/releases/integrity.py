"""Whether a release is still what was written, without reading again what nobody touched."""

from pathlib import Path

import orjson

from ligraph.config import Collection
from ligraph.errors import ReleaseError
from ligraph.releases.history import live_manifest
from ligraph.releases.manifest import Manifest, check_digests

_MEMORY = "whole.json"
Stamps = dict[str, list[int]]


def intact_manifest(collection: Collection) -> Manifest | None:
    """Return the manifest of the live release where every byte of it is as it was written, else None.

    Files that are as they were when they were last found good are not read again. The memory of that is
    `.ligraph/whole.json`, which may be deleted at any time.
    """
    manifest = live_manifest(collection)
    if manifest is None:
        return None
    folder = collection.releases / manifest.id
    known, now = _read(folder), _stamps(folder, manifest)
    try:
        check_digests(folder, manifest, {name for name in now if known.get(name) != now[name]})
    except ReleaseError:
        return None
    if known != now:
        remember(folder, manifest)
    return manifest


def remember(folder: Path, manifest: Manifest) -> None:
    """Note that the files of a release are good as they are now."""
    path = _path(folder)
    try:
        draft = path.with_suffix(".new")
        draft.write_bytes(orjson.dumps(_stamps(folder, manifest)))
        draft.replace(path)
    except OSError:
        # A memory that cannot be kept costs time, nothing else.
        return


def forget(folder: Path) -> None:
    """Have the next build read every byte of a release."""
    try:
        _path(folder).unlink(missing_ok=True)
    except OSError:
        return


def _path(folder: Path) -> Path:
    return folder.parent.parent / _MEMORY


def _read(folder: Path) -> dict[str, object]:
    try:
        memory = orjson.loads(_path(folder).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    return memory if isinstance(memory, dict) else {}


def _stamps(folder: Path, manifest: Manifest) -> Stamps:
    """Return size, time and inode of each file; inodes tell one release from another."""
    found = {}
    for name in manifest.files:
        stat = (folder / name).stat()
        found[name] = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
    return found
