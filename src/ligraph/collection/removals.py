"""`data/removed.yaml`: ids that were published once and are no more, so that 410 and 301 outlive a deployment."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

import yaml
from pyoxigraph import NamedNode, Store

from ligraph.collection.ids import complaint
from ligraph.collection.report import Result, Severity
from ligraph.collection.yamltree import YamlError, compose, is_null, line_of
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
    lines: dict[str, int] = {}
    for key, value in root.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            complain(key, "write one id and what became of it: set/old: removed, or set/old: set/new")
            continue
        if (first := lines.setdefault(key.value, line_of(key))) != line_of(key):
            complain(key, f"{key.value} is listed twice, first at line {first}: keep one")
            continue
        if is_null(value):
            complain(key, f"{key.value} has nothing after it: write removed, or the id that replaces it")
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


def with_removals(collection: Collection, ids: Iterable[str]) -> str | None:
    """Return the text of the list with more ids in it, or None where all of them are there.

    Raises: CollectionError when the list cannot be edited.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    path = collection.removed
    editor = YAML()
    editor.width = 1_000
    try:
        known = editor.load(path.read_text("utf-8-sig")) if path.exists() else None
    except (OSError, YAMLError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "problem", None) or error
        raise CollectionError(
            f"{path} cannot be edited: {reason}", hint="ids that are no more are listed there"
        ) from None
    new = [identifier for identifier in sorted(ids) if identifier not in (known or {})]
    if not new:
        return None
    if not known:
        return HEADER + "".join(f"{identifier}: {REMOVED}\n" for identifier in new)
    known.update(dict.fromkeys(new, REMOVED))
    stream = io.StringIO()
    editor.dump(known, stream)
    return stream.getvalue()


def _is_described(store: Store, iri: str) -> bool:
    return next(store.quads_for_pattern(NamedNode(iri), None, None, None), None) is not None
