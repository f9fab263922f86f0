"""`manifest.json`: what a release holds, what it was made from, and how to see that it is whole."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from ligraph.errors import ReleaseError
from ligraph.releases.statistics import Statistics, read_statistics

FORMAT = 4
"""The layout of release folders. A release of another format is made again from its sources."""

FILE_NAME = "manifest.json"
STORE = "store"
DUMP = "dumps/all.nq.gz"
TURTLE_DUMP = "dumps/all.ttl.gz"
JSON_LD_DUMP = "dumps/all.jsonl.gz"
SITEMAPS = "sitemaps"
REPORT = "report.ttl"
ONTOLOGY = "ontology.ttl"
SHAPES = "shapes.ttl"
CONTEXT = "context.jsonld"
_SELF = "sha256"


@dataclass(frozen=True)
class Manifest:
    """What a release says of itself.

    Shape: `graphs` by IRI with `digest`, `statements` and `modified`; `files` by path with `bytes` and `sha256`;
    `removed` by id with `renamed_to`, the id that replaces it, and `release`, the first release without it, None where
    there is none or it is not known; `publisher` is an id, `publisher_names` by language; times are RFC 3339 in UTC.
    """

    format: int
    id: str
    created: str
    parent: str | None
    title: str
    description: str
    publisher: str | None
    publisher_names: dict[str, str]
    licence: str | None
    language: str
    base: str
    digest: str
    statements: int
    statistics: Statistics
    warnings: int
    graphs: dict[str, dict[str, Any]]
    inputs: dict[str, str]
    removed: dict[str, dict[str, str | None]]
    software: dict[str, str]
    files: dict[str, dict[str, Any]]

    @property
    def ids(self) -> str:
        """The IRI that ids are relative to; for loose files, which have no base, an id is a whole IRI."""
        return f"{self.base}id/" if self.base else ""

    @property
    def triples(self) -> int:
        """How many statements there are, where one that is in several graphs counts once."""
        return self.statistics.triples

    @property
    def things(self) -> dict[str, int]:
        """How many things each segment has; parts are not things."""
        return self.statistics.things

    def to_json(self) -> bytes:
        """Return the manifest as it is stored, with a digest of itself."""
        values = vars(self)
        return orjson.dumps({**values, _SELF: _digest_of(values)}, option=orjson.OPT_INDENT_2) + b"\n"


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a release.

    Raises: ReleaseError when there is none, or when it is of another format.
    """
    path = folder / FILE_NAME
    again = "make the release again from its sources with: ligraph build"
    try:
        content = path.read_bytes()
        values = orjson.loads(content)
    except FileNotFoundError:
        raise ReleaseError(f"{folder} is not a release: it has no {FILE_NAME}", hint=again) from None
    except OSError as error:
        raise ReleaseError(f"{path} cannot be read: {error.strerror}", hint=again) from None
    except orjson.JSONDecodeError as error:
        raise ReleaseError(f"{path} is damaged: {error}", hint=again) from None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        found = values.get("format") if isinstance(values, dict) else None
        message = f"{folder.name} is a release of format {found}, and this ligraph reads format {FORMAT}"
        raise ReleaseError(message, hint=again)
    values.pop(_SELF, None)
    try:
        manifest = Manifest(**{**values, "statistics": read_statistics(values["statistics"])})
        is_whole = manifest.to_json() == content
    except (AttributeError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise ReleaseError(f"{path} is damaged: it is not what was written", hint=again)
    if manifest.id != folder.name:
        raise ReleaseError(f"{path} is that of another release, {manifest.id}", hint=again)
    return manifest


def describe_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Return size and digest of every file of a release, the manifest left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != FILE_NAME:
            found[path.relative_to(folder).as_posix()] = {"bytes": path.stat().st_size, "sha256": file_digest(path)}
    return found


def check_sizes(folder: Path, manifest: Manifest, *, but: str | None = None) -> None:
    """Check that every file of a release is there and as long as it was, but for those of one folder.

    Raises: ReleaseError with the file that is not.
    """
    for name, entry in _files(manifest, but):
        try:
            size = (folder / name).stat().st_size
        except OSError:
            size = None
        if size != entry["bytes"]:
            state = "is missing" if size is None else f"has {size:,} bytes where {entry['bytes']:,} were written"
            raise _damage(folder, name, state)


def check_digests(folder: Path, manifest: Manifest, *, but: str | None = None) -> None:
    """Check that every byte of a release is as it was written, but for one folder: reads it all.

    Raises: ReleaseError with the first file that is not.
    """
    for name, entry in _files(manifest, but):
        try:
            digest = file_digest(folder / name)
        except OSError:
            raise _damage(folder, name, "cannot be read") from None
        if digest != entry["sha256"]:
            raise _damage(folder, name, "is not what was written: a byte of it changed")


def _files(manifest: Manifest, but: str | None) -> list[tuple[str, dict[str, Any]]]:
    return [(name, entry) for name, entry in manifest.files.items() if name.partition("/")[0] != but]


def file_digest(path: Path) -> str:
    """Return the SHA-256 digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _digest_of(values: dict[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(values)).hexdigest()


def _damage(folder: Path, name: str, state: str) -> ReleaseError:
    return ReleaseError(
        f"release {folder.name} is damaged: {name} {state}",
        hint="make it again from its sources with: ligraph build; or go back with: ligraph rollback",
    )
