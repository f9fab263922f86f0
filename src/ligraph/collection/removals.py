"""`data/removed.yaml`: ids that were published once and are no more, so that 410 and 301 outlive a deployment."""

import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pyoxigraph import NamedNode, Store

from ligraph.collection.ids import complaint
from ligraph.collection.report import Result, Severity
from ligraph.collection.yamltree import YamlError, compose, line_of
from ligraph.config import Collection
from ligraph.errors import CollectionError

HEADER = """\
# Ids that were published once and are no more. `ligraph build` adds to this list; keep the file.
# Where a thing lives on under another id, write the new id: `set/old: set/new` answers 301, `set/old: removed` 410.
"""
REMOVED = "removed"


@dataclass(frozen=True)
class Removal:
    """One id that is no more, and the id that replaces it, where there is one."""

    id: str
    renamed_to: str | None = None


def read_removals(collection: Collection, store: Store) -> tuple[list[Removal], list[Result]]:
    """Return the ids that are no more, and what is wrong with the list of them."""
    path = collection.removed
    name = collection.relative(path)
    results: list[Result] = []
    removals: list[Removal] = []

    def complain(node: yaml.Node | None, message: str, severity: Severity = Severity.VIOLATION) -> None:
        results.append(Result(severity, message, name, line_of(node)))

    try:
        root = compose(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return [], []
    except (YamlError, UnicodeDecodeError) as error:
        line = error.line if isinstance(error, YamlError) else 1
        return [], [Result(Severity.VIOLATION, getattr(error, "message", "this is not UTF-8"), name, line)]
    if root is None:
        return [], []
    if not isinstance(root, yaml.MappingNode):
        complain(root, "this is a mapping: set/old: removed, or set/old: set/new")
        return [], results
    ids = collection.settings.ids
    for key, value in root.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            complain(key, "write one id and what became of it: set/old: removed, or set/old: set/new")
            continue
        target = None if value.value == REMOVED else value.value
        if wrong := complaint(key.value) or (target and complaint(target)):
            complain(key, wrong)
            continue
        if _is_described(store, ids + key.value):
            complain(key, f"{key.value} is described again: take it off this list", Severity.WARNING)
            continue
        if target and not _is_described(store, ids + target):
            complain(value, f"{key.value} is said to live on as {target}, which nothing describes: name the new id")
        removals.append(Removal(key.value, target))
    return removals, results


def add_removals(collection: Collection, ids: Iterable[str]) -> bool:
    """Add ids to the list of those that are no more; return whether the file changed.

    Raises: CollectionError when the file cannot be written.
    """
    from ruamel.yaml import YAML

    path = collection.removed
    editor = YAML()
    editor.width = 1_000
    try:
        known = editor.load(path.read_text("utf-8-sig")) if path.exists() else None
        new = [identifier for identifier in sorted(ids) if not isinstance(known, Mapping) or identifier not in known]
        if not new:
            return False
        if known is None:
            text = HEADER + "".join(f"{identifier}: {REMOVED}\n" for identifier in new)
        else:
            known.update(dict.fromkeys(new, REMOVED))
            stream = io.StringIO()
            editor.dump(known, stream)
            text = stream.getvalue()
        _replace(path, text)
    except OSError as error:
        raise CollectionError(f"{path} cannot be written: {error.strerror}") from None
    return True


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _is_described(store: Store, iri: str) -> bool:
    return next(store.quads_for_pattern(NamedNode(iri), None, None, None), None) is not None
