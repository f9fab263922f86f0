"""What a release is made from: digests of every file and setting that changes answers."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import orjson

from ligraph import __version__
from ligraph.collection.files import source_files
from ligraph.config import Collection
from ligraph.errors import CollectionError
from ligraph.releases.manifest import file_digest

_NO_ANSWER = {"site", "limits", "engine"}


def input_digests(collection: Collection) -> dict[str, str]:
    """Return the SHA-256 digest of each input by its name.

    A file whose size, time and inode are as they were is not read again; the digests themselves do not depend on
    file times. The memory of that is `.ligraph/inputs.json`, which may be deleted at any time.

    Raises: CollectionError when an input cannot be read.
    """
    memory_path = collection.releases.parent / "inputs.json"
    memory = _read_memory(memory_path)
    found: dict[str, str] = {}
    fresh: dict[str, list[object]] = {}
    for name, path in _files(collection):
        try:
            stat = path.stat()
            stamp = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
            known = memory.get(name)
            digest = known[3] if known and known[:3] == stamp else file_digest(path)
        except OSError as error:
            raise CollectionError(f"{path} cannot be read: {error.strerror}") from None
        found[name] = str(digest)
        fresh[name] = [*stamp, digest]
    settings = collection.settings.model_dump(mode="json", exclude=_NO_ANSWER)
    found["settings"] = hashlib.sha256(orjson.dumps(settings, option=orjson.OPT_SORT_KEYS)).hexdigest()
    found["ligraph"] = __version__
    if fresh != memory:
        _write_memory(memory_path, fresh)
    return found


def _files(collection: Collection) -> Iterator[tuple[str, Path]]:
    for file in source_files(collection):
        yield file.name, file.path
    if collection.removed.is_file():
        yield collection.relative(collection.removed), collection.removed
    for kind, folders in (("ontology", collection.ontology_folders), ("shapes", collection.shape_folders)):
        for number, folder in enumerate(folders):
            patterns = ("*.ttl", "rules/*.rq", "context.jsonld") if kind == "ontology" else ("*.ttl",)
            for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
                yield f"{kind}:{number}/{path.relative_to(folder).as_posix()}", path


def _read_memory(path: Path) -> dict[str, list[object]]:
    try:
        memory = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}
    if not isinstance(memory, dict):
        return {}
    return {name: entry for name, entry in memory.items() if isinstance(entry, list) and len(entry) == 4}


def _write_memory(path: Path, memory: dict[str, list[object]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.write_bytes(orjson.dumps(memory))
        draft.replace(path)
    except OSError:
        # A memory that cannot be kept costs time, nothing else.
        return
