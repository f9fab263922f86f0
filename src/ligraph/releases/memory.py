"""Digests of files that need no second reading: `.ligraph/inputs.json`, which may be deleted at any time."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import orjson

from ligraph.releases.manifest import file_digest

NAME = "inputs.json"
Entry = list[object]


def digests_of(folder: Path, section: str, files: Iterable[tuple[str, Path]]) -> dict[str, str]:
    """Return the SHA-256 digest of each file by its name; the memory is in `folder`.

    A file whose size, time and inode are as they were is not read again; the digests do not depend on times.

    Raises: OSError when a file cannot be read.
    """
    memory = _read(folder / NAME)
    known = memory.get(section, {})
    fresh: dict[str, Entry] = {}
    for name, path in files:
        stamp, entry = _stamp(path), known.get(name)
        fresh[name] = entry if entry and entry[:3] == stamp else [*stamp, file_digest(path)]
    if fresh != known:
        _write(folder / NAME, {**memory, section: fresh})
    return {name: str(entry[3]) for name, entry in fresh.items()}


def remember(folder: Path, section: str, files: Mapping[str, tuple[Path, str]]) -> None:
    """Note digests that are known already."""
    fresh = {name: [*_stamp(path), digest] for name, (path, digest) in files.items()}
    _write(folder / NAME, {**_read(folder / NAME), section: fresh})


def forget(folder: Path) -> None:
    """Have every file read again."""
    with suppress(OSError):
        (folder / NAME).unlink(missing_ok=True)


def _stamp(path: Path) -> Entry:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ino]


def _read(path: Path) -> dict[str, dict[str, Entry]]:
    try:
        memory = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    if not isinstance(memory, dict):
        return {}
    return {
        section: {name: entry for name, entry in entries.items() if isinstance(entry, list) and len(entry) == 4}
        for section, entries in memory.items()
        if isinstance(entries, dict)
    }


def _write(path: Path, memory: dict[str, dict[str, Entry]]) -> None:
    draft = path.with_suffix(".new")
    # A memory that cannot be kept costs time, nothing else.
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_bytes(orjson.dumps(memory))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
