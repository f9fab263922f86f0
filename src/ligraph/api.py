"""The main job as calls: load, check, build. Each composes the rows of the house."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ligraph.config import Collection, open_collection
from ligraph.errors import BusyError, CheckFailed, CollectionError, ReleaseError
from ligraph.progress import Progress, untold
from ligraph.releases.history import damage, intact_manifest, is_held, let_go, make_live, release_of, writing
from ligraph.releases.inputs import input_digests
from ligraph.releases.manifest import Manifest
from ligraph.replacement import replacing

if TYPE_CHECKING:
    from pyoxigraph import Store

    from ligraph.collection.checking import Checked
    from ligraph.collection.report import Report


@dataclass(frozen=True)
class Built:
    """What a build came to.

    Shape: `report` is None where no release had to be made; `reason` says what else there is to know, such as why
    a release was made again from unchanged sources; `left_out` things are not in the JSON-LD dump of a release that was
    made, because JSON-LD has no way to say something about them.
    """

    manifest: Manifest
    report: Report | None
    reason: str | None = None
    left_out: int = 0

    @property
    def is_new(self) -> bool:
        """Whether a release was made."""
        return self.report is not None


def load(root: Path | str) -> Store:
    """Return all statements of a collection, written and derived, unchecked.

    Raises: CollectionError when the collection cannot be read.
    """
    from ligraph.collection.checking import load as load_sources

    _, sources = load_sources(open_collection(Path(root)))
    return sources.store


def check(root: Path | str, *, full: bool = False, progress: Progress = untold) -> Checked:
    """Return the graph of a collection with the report of all that is wrong with it.

    Raises: CollectionError when the collection cannot be read.
    """
    from ligraph.collection.checking import check as check_collection

    return check_collection(open_collection(Path(root)), full=full, progress=progress)


def build(root: Path | str, *, keep_rollback: bool = False, progress: Progress = untold) -> Built:
    """Make a release of a collection, or keep the one that was made from these very sources.

    Shape: with `keep_rollback` a release that somebody rolled back to stays live until the sources change.
    Raises: CheckFailed when the sources do not pass; BusyError while another build runs; ReleaseError when the
    release cannot be written.
    """
    from ligraph.releases.things import last_things, things_of

    collection = open_collection(Path(root))
    # Unchanged sources need no right to write: a folder that is read-only can be served.
    live, inputs = intact_manifest(collection), input_digests(collection)
    if live and _is_readable(collection, live):
        if live.inputs == inputs:
            return Built(live, None)
        if keep_rollback and is_held(collection):
            return Built(
                live, None, "rolled back, and the sources have not changed since: ligraph build makes them live"
            )
    with writing(collection):
        live, inputs = intact_manifest(collection), input_digests(collection)
        let_go(collection)
        if live and live.inputs == inputs and _is_readable(collection, live):
            return Built(live, None)
        made = release_of(collection, inputs)
        if made and _is_readable(collection, made) and last_things(collection) <= things_of(collection, made.id):
            # Where ids disappear, a new release says so.
            reason = damage(collection)
            make_live(collection, made.id)
            return Built(made, None, reason)
        return _build(collection, live, inputs, progress)


def _is_readable(collection: Collection, manifest: Manifest) -> bool:
    """Return whether the engine can open a release; one that it wrote itself it can."""
    if manifest.software.get("pyoxigraph") == version("pyoxigraph"):
        return True
    from ligraph.stores.embedded import open_folder

    try:
        open_folder(collection.releases / manifest.id)
    except ReleaseError:
        return False
    return True


def _build(collection: Collection, parent: Manifest | None, inputs: dict[str, str], progress: Progress) -> Built:
    from ligraph.collection.checking import judge
    from ligraph.collection.checking import load as load_sources
    from ligraph.collection.removals import Removal, read_list, with_removals
    from ligraph.releases.things import Absent, disappeared, last_things
    from ligraph.releases.writing import drafting
    from ligraph.views.dumps import write_dumps

    reason = damage(collection)
    vocabulary, sources = load_sources(collection, progress)
    with drafting(collection, sources.store) as draft:
        try:
            checked = judge(collection, vocabulary, sources, progress=progress)
        except OSError as error:
            raise CollectionError(f"{error.filename} cannot be read any more: {error.strerror}") from None
        if not checked.report.conforms:
            raise CheckFailed(checked.report)
        gone = disappeared(last_things(collection), collection.settings.ids, checked.store)
        before = checked.removals.content
        known = {removal.id: removal for removal in checked.removals.entries}
        removals = tuple(known.get(id_, Removal(id_)) for id_ in sorted({*known, *gone}))
        left_out = 0

        def write_more(folder: Path, manifest: Manifest) -> None:
            nonlocal left_out
            left_out = write_dumps(folder, manifest, checked.store, progress)

        listed = with_removals(before, gone)
        if listed is not None:
            # The other digests stay those from before the check: what was edited since is not in this release.
            inputs = {**inputs, collection.relative(collection.removed): hashlib.sha256(listed.encode()).hexdigest()}
        # Whatever fails does so before the release has its name, the list its ids, and the pointer its release.
        with replacing(collection.removed, listed) as put_list:
            progress("Writing", 0, 1)
            manifest = draft.complete(checked, Absent(removals, frozenset(gone)), parent, inputs, write_more)
            if listed is not None and read_list(collection) != before:
                raise BusyError(
                    f"{collection.removed} was edited while the release was made",
                    hint="nothing was changed: run ligraph build again",
                )
            draft.keep(manifest)
            put_list()
        make_live(collection, manifest.id)
        return Built(manifest, checked.report, reason, left_out)
