"""A release in the making: written beside the others, then renamed whole, then made live."""

import os
import platform
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import orjson
from pyoxigraph import NamedNode, RdfFormat, Store

from ligraph import __version__
from ligraph.collection.checking import Checked
from ligraph.collection.readers import inline_context
from ligraph.collection.removals import read_removals
from ligraph.config import Collection
from ligraph.errors import ReleaseError
from ligraph.formats import TURTLE
from ligraph.namespaces import TYPE
from ligraph.releases.canonical import canonical_lines, digest_lines, dump, read_lines, write_lines
from ligraph.releases.history import DRAFT, RELEASE, make_live, sync_folder
from ligraph.releases.manifest import CONTEXT, DUMP, FILE_NAME, FORMAT, ONTOLOGY, STORE, Manifest, describe_files
from ligraph.releases.memory import remember
from ligraph.serialization import to_rdf

_TIME = "%Y%m%dT%H%M%SZ"


@dataclass
class Draft:
    """A release that is not one yet: its folder, and the statements that it will hold."""

    folder: Path
    checked: Checked
    lines: list[bytes]
    manifest: Manifest

    def publish(self) -> Manifest:
        """Make the draft a release, and the live one; return its manifest."""
        collection = self.checked.collection
        manifest = replace(self.manifest, files=describe_files(self.folder))
        (self.folder / FILE_NAME).write_bytes(manifest.to_json())
        _sync(self.folder)
        self.folder.rename(collection.releases / manifest.id)
        sync_folder(collection.releases)
        files = {
            name: (collection.releases / manifest.id / name, entry["sha256"]) for name, entry in manifest.files.items()
        }
        remember(collection.releases.parent, RELEASE, files)
        make_live(collection, manifest.id)
        return manifest


@contextmanager
def drafting(checked: Checked, parent: Manifest | None, inputs: dict[str, str]) -> Iterator[Draft]:
    """Write a checked graph as a draft: store, dump, difference from the parent. Call within `history.writing`.

    Raises: ReleaseError when it cannot be written; nothing of the draft stays then.
    """
    folder = checked.collection.releases / DRAFT
    try:
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "dumps").mkdir(parents=True)
        content = dump(checked.store)
        # The engine loads outside Python's lock: a second core writes the store while this one does the rest.
        with ThreadPoolExecutor(1) as other:
            store = other.submit(_write_store, folder, content)
            lines = canonical_lines(content)
            write_lines(folder / DUMP, lines)
            _write_difference(folder, checked, parent, lines)
            _write_words(folder, checked)
            manifest = _manifest(checked, parent, inputs, lines)
            store.result()
        yield Draft(folder, checked, lines, manifest)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReleaseError(
            f"the release cannot be written: {reason}",
            hint=f"look at the space and the rights of {checked.collection.releases}; the live release is untouched",
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_store(folder: Path, content: bytes) -> None:
    """Load N-Quads into RocksDB and keep a checkpoint of it: files that nothing writes to again."""
    work = folder / "work"
    store = Store(work)
    store.bulk_load(content, format=RdfFormat.N_QUADS)
    store.flush()
    store.backup(folder / STORE)
    del store
    shutil.rmtree(work)


def _write_words(folder: Path, checked: Checked) -> None:
    """Keep the ontology and the context in force, so that a release is read with the words it was made with."""
    vocabulary = checked.vocabulary
    (folder / ONTOLOGY).write_bytes(to_rdf(vocabulary.triples, TURTLE))
    context = inline_context(vocabulary, checked.collection.settings.language)
    (folder / CONTEXT).write_bytes(orjson.dumps({"@context": context}, option=orjson.OPT_INDENT_2) + b"\n")


def _write_difference(folder: Path, checked: Checked, parent: Manifest | None, lines: list[bytes]) -> None:
    before: list[bytes] = []
    if parent:
        before = read_lines(checked.collection.releases / parent.id / DUMP)
    old, new = set(before), set(lines)
    write_lines(folder / "added.nq.gz", (line for line in lines if line not in old))
    write_lines(folder / "removed.nq.gz", (line for line in before if line not in new))


def _manifest(checked: Checked, parent: Manifest | None, inputs: dict[str, str], lines: list[bytes]) -> Manifest:
    collection = checked.collection
    digests = digest_lines(lines)
    now = _next_time(collection)
    created = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    known = parent.graphs if parent else {}
    graphs = {}
    for name, (digest, count) in digests.graphs.items():
        same = name in known and known[name]["digest"] == digest
        graphs[name] = {
            "digest": digest,
            "statements": count,
            "modified": known[name]["modified"] if same else created,
        }
    removals, _ = read_removals(collection, checked.store)
    return Manifest(
        format=FORMAT,
        id=_release_id(now, digests.total),
        created=created,
        parent=parent.id if parent else None,
        title=collection.settings.title,
        licence=collection.settings.licence,
        base=collection.settings.base,
        digest=digests.total,
        statements=len(lines),
        things=_count_things(checked),
        warnings=checked.report.warnings,
        graphs=graphs,
        inputs=inputs,
        removed={removal.id: removal.renamed_to for removal in removals},
        software={
            "ligraph": __version__,
            "pyoxigraph": version("pyoxigraph"),
            "python": platform.python_version(),
        },
        files={},
    )


def _count_things(checked: Checked) -> dict[str, int]:
    """Return how many things each segment has; parts are not things."""
    ids = checked.collection.settings.ids
    seen = set()
    counts: dict[str, int] = {}
    for quad in checked.store.quads_for_pattern(None, NamedNode(TYPE), None):
        subject = quad.subject
        assert isinstance(subject, NamedNode)
        iri = subject.value
        if iri.startswith(ids) and "#" not in iri and iri not in seen:
            seen.add(iri)
            segment = iri[len(ids) :].partition("/")[0]
            counts[segment] = counts.get(segment, 0) + 1
    return dict(sorted(counts.items()))


def _release_id(when: datetime, digest: str) -> str:
    return f"{when:{_TIME}}-{digest[:12]}"


def _next_time(collection: Collection) -> datetime:
    """Return now, or the first second after the latest release: ids are in the order in which releases were made."""
    now = datetime.now(UTC).replace(microsecond=0)
    for folder in collection.releases.iterdir():
        # Two builds in one second, or a clock that was set back.
        with suppress(ValueError):
            made = datetime.strptime(folder.name.partition("-")[0], _TIME).replace(tzinfo=UTC)
            now = max(now, made + timedelta(seconds=1))
    return now


def _sync(folder: Path) -> None:
    """Have all files of a folder on disk before it gets its name."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
            continue
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    sync_folder(folder)
