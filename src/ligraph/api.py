"""The main job as calls: load, check, build. Each composes the rows of the house."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ligraph.config import Collection, open_collection
from ligraph.errors import DataError, ReleaseError
from ligraph.releases.history import intact_manifest, writing
from ligraph.releases.inputs import input_digests
from ligraph.releases.manifest import REPORT, Manifest, file_digest

if TYPE_CHECKING:
    from pyoxigraph import Store

    from ligraph.collection.checking import Checked
    from ligraph.collection.report import Report


@dataclass(frozen=True)
class Built:
    """What a build came to.

    Shape: `report` is None where the sources have not changed and the live release was kept.
    """

    manifest: Manifest
    report: Report | None

    @property
    def is_new(self) -> bool:
        """Whether a release was made."""
        return self.report is not None


class CheckFailed(DataError):
    """Sources that do not pass; `report` says where and how."""

    name = "check-failed"

    def __init__(self, report: Report) -> None:
        super().__init__(f"{report.violations} violations", hint="see them all with: ligraph check")
        self.report = report


def load(root: Path | str) -> Store:
    """Return all statements of a collection, written and derived, and the ontology, unchecked.

    Raises: CollectionError when the collection cannot be read.
    """
    from ligraph.collection.checking import load as load_sources

    _, sources = load_sources(open_collection(Path(root)))
    return sources.store


def check(root: Path | str, *, full: bool = False) -> Checked:
    """Return the graph of a collection with the report of all that is wrong with it.

    Raises: CollectionError when the collection cannot be read.
    """
    from ligraph.collection.checking import check as check_collection

    return check_collection(open_collection(Path(root)), full=full)


def build(root: Path | str) -> Built:
    """Make a release of a collection, or keep the live one where nothing changed.

    Raises: CheckFailed when the sources do not pass; BusyError while another build runs; ReleaseError when the
    release cannot be written.
    """
    collection = open_collection(Path(root))
    # Unchanged sources need no right to write: a folder that is read-only can be served.
    live, inputs = intact_manifest(collection), input_digests(collection)
    if live and live.inputs == inputs and _is_readable(collection, live):
        return Built(live, None)
    with writing(collection):
        live, inputs = intact_manifest(collection), input_digests(collection)
        if live and live.inputs == inputs and _is_readable(collection, live):
            return Built(live, None)
        return _build(collection, live, inputs)


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


def _build(collection: Collection, parent: Manifest | None, inputs: dict[str, str]) -> Built:
    from ligraph.collection.checking import check as check_collection
    from ligraph.collection.removals import add_removals
    from ligraph.collection.report_formats import to_turtle
    from ligraph.releases.things import disappeared
    from ligraph.releases.writing import drafting

    checked = check_collection(collection)
    if not checked.report.conforms:
        raise CheckFailed(checked.report)
    if parent and add_removals(collection, disappeared(collection, parent, checked.store)):
        # The other digests stay those from before the check: what was edited since is not in this release.
        removed = collection.relative(collection.removed)
        inputs = {**inputs, removed: file_digest(collection.removed)}
    with drafting(checked, parent, inputs) as draft:
        (draft.folder / REPORT).write_bytes(to_turtle(checked.report, collection.settings.ids))
        return Built(draft.publish(), checked.report)
