"""A release in the making: written beside the others, then renamed whole, then made live."""

import os
import platform
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, Store

from ligraph import __version__
from ligraph.collection.checking import Checked
from ligraph.collection.report_formats import to_turtle
from ligraph.collection.vocabulary import inline_context
from ligraph.config import Collection
from ligraph.errors import ReleaseError
from ligraph.namespaces import NAME
from ligraph.releases.canonical import canonical_lines, digest_lines, dump, read_lines, triples_in, write_lines
from ligraph.releases.history import DRAFT, RELEASE
from ligraph.releases.manifest import (
    DUMP,
    FILE_NAME,
    FORMAT,
    REPORT,
    STORE,
    Manifest,
    describe_files,
)
from ligraph.releases.memory import remember
from ligraph.releases.statistics import statistics_of
from ligraph.releases.things import Absent
from ligraph.releases.words import keep_words, write_words
from ligraph.replacement import sync_folder

_TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Draft:
    """A release that is not one yet: its folder, its statements as N-Quads, and its store, which is being written."""

    collection: Collection
    folder: Path
    content: bytes
    store: Future[None]

    def complete(
        self,
        checked: Checked,
        absent: Absent,
        parent: Manifest | None,
        inputs: dict[str, str],
        write_more: Callable[[Path, Manifest], None],
    ) -> Manifest:
        """Write all that a release has beside its store; return its manifest.

        Shape: `write_more` is handed the folder once all is there but what it writes, and the manifest, which does not
        describe files yet.
        Raises: OSError when it cannot be written; what `write_more` raises.
        """
        lines = canonical_lines(self.content)
        (self.folder / "dumps").mkdir()
        write_lines(self.folder / DUMP, lines)
        _write_difference(self.folder, self.collection, parent, lines)
        context = inline_context(checked.vocabulary, self.collection.settings.language)
        write_words(self.folder, self.collection, checked.vocabulary, context)
        (self.folder / REPORT).write_bytes(to_turtle(checked.report, self.collection.settings.ids))
        manifest = _manifest(checked, absent, parent, inputs, lines)
        self.store.result()
        # What is written from here on reads the release: its lines would only take memory.
        del lines
        write_more(self.folder, manifest)
        manifest = replace(manifest, files=describe_files(self.folder))
        (self.folder / FILE_NAME).write_bytes(manifest.to_json())
        _sync(self.folder)
        return manifest

    def keep(self, manifest: Manifest) -> None:
        """Make the draft a release, from one moment to the next; it is not live yet."""
        releases = self.collection.releases
        keep_words(self.collection, self.folder, manifest)
        self.folder.rename(releases / manifest.id)
        sync_folder(releases)
        files = {name: (releases / manifest.id / name, entry["sha256"]) for name, entry in manifest.files.items()}
        remember(releases.parent, RELEASE, files)


@contextmanager
def drafting(collection: Collection, store: Store) -> Iterator[Draft]:
    """Begin to write a release of the statements of a store. Call within `history.writing`.

    Raises: ReleaseError when it cannot be written; nothing of the draft stays then, nor when it is not kept.
    """
    folder = collection.releases / DRAFT
    try:
        folder.mkdir(parents=True)
        content = dump(store)
        # The engine loads outside Python's lock: a second core writes the store while this one checks.
        with ThreadPoolExecutor(1) as other:
            yield Draft(collection, folder, content, other.submit(write_store, folder, content))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReleaseError(
            f"the release cannot be written: {reason}",
            hint=f"look at the space and the rights of {collection.root}; the live release is untouched",
        ) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_store(folder: Path, content: bytes) -> None:
    """Load N-Quads into RocksDB and keep a checkpoint of it: files that nothing writes to again.

    Raises: OSError when they cannot be written.
    """
    work = folder / "work"
    store = Store(work)
    # The engine itself wrote these N-Quads: nothing in them is left to validate.
    store.bulk_load(content, format=RdfFormat.N_QUADS, lenient=True)
    store.flush()
    store.backup(folder / STORE)
    del store
    shutil.rmtree(work)


def _write_difference(folder: Path, collection: Collection, parent: Manifest | None, lines: list[bytes]) -> None:
    if parent is None:
        shutil.copyfile(folder / DUMP, folder / "added.nq.gz")
        write_lines(folder / "removed.nq.gz", [])
        return
    before = read_lines(collection.releases / parent.id / DUMP)
    old, new = set(before), set(lines)
    write_lines(folder / "added.nq.gz", (line for line in lines if line not in old))
    write_lines(folder / "removed.nq.gz", (line for line in before if line not in new))


def _manifest(
    checked: Checked,
    absent: Absent,
    parent: Manifest | None,
    inputs: dict[str, str],
    lines: list[bytes],
) -> Manifest:
    collection, settings = checked.collection, checked.collection.settings
    digests = digest_lines(lines)
    now = _next_time(collection)
    release = f"{now:{_TIME}}-{digests.total[:12]}"
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
    return Manifest(
        format=FORMAT,
        id=release,
        created=created,
        parent=parent.id if parent else None,
        title=settings.title,
        description=settings.description,
        publisher=settings.publisher,
        publisher_names=_publisher_names(checked),
        licence=settings.licence,
        language=settings.language,
        base=settings.base,
        digest=digests.total,
        statements=len(lines),
        statistics=statistics_of(triples_in(lines), settings.base, checked.vocabulary.own_namespaces),
        warnings=checked.report.warnings,
        graphs=graphs,
        inputs=inputs,
        removed=absent.since(parent, release),
        software={
            "ligraph": __version__,
            "pyoxigraph": version("pyoxigraph"),
            "python": platform.python_version(),
        },
        files={},
    )


def _publisher_names(checked: Checked) -> dict[str, str]:
    """Return what the publisher is called, by language."""
    settings, names = checked.collection.settings, NamedNode(NAME)
    if not settings.publisher:
        return {}
    found = checked.store.quads_for_pattern(NamedNode(settings.ids + settings.publisher), names, None)
    texts = sorted(
        (quad.object.language or "", quad.object.value) for quad in found if isinstance(quad.object, Literal)
    )
    return dict(texts)


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
