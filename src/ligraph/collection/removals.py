"""`data/removed.yaml`: ids that were published once and are no more, so that 410 and 301 outlive a deployment."""

import io
from collections.abc import Sequence
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


@dataclass(frozen=True)
class Removals:
    """The list of the ids that are no more, and the bytes that it was read from; None where there is no file."""

    entries: tuple[Removal, ...] = ()
    content: bytes | None = None


def read_removals(collection: Collection, store: Store) -> tuple[Removals, list[Result]]:
    """Return the ids that are no more, and what is wrong with the list of them.

    Raises: CollectionError when the file cannot be read.
    """
    name = collection.relative(collection.removed)
    content = read_list(collection)
    if content is None:
        return Removals(), []
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Removals((), content), [Result(Severity.VIOLATION, "this is not UTF-8", name, 1)]
    entries, results = _read_entries(text, name, collection.settings.ids, store)
    return Removals(tuple(entries), content), results


def read_list(collection: Collection) -> bytes | None:
    """Return what the list holds now, or None where there is no file.

    Raises: CollectionError when it cannot be read.
    """
    try:
        return collection.removed.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CollectionError(f"{collection.removed} cannot be read: {error.strerror}") from None


def _read_entries(text: str, name: str, ids: str, store: Store) -> tuple[list[Removal], list[Result]]:
    results: list[Result] = []
    removals: list[Removal] = []

    def complain(node: yaml.Node | None, message: str, severity: Severity = Severity.VIOLATION) -> None:
        results.append(Result(severity, message, name, line_of(node)))

    try:
        root = compose(text)
    except YamlError as error:
        return [], [Result(Severity.VIOLATION, error.message, name, error.line)]
    if root is None:
        return [], []
    if not isinstance(root, yaml.MappingNode):
        complain(root, "this is a mapping: set/old: removed, or set/old: set/new")
        return [], results
    lines: dict[str, int] = {}
    for key, value in root.value:
        if not isinstance(key, yaml.ScalarNode) or not isinstance(value, yaml.ScalarNode):
            complain(key, "write one id and what became of it: set/old: removed, or set/old: set/new")
            continue
        if key.value in lines:
            complain(key, f"{key.value} is listed twice, first at line {lines[key.value]}: keep one")
            continue
        lines[key.value] = line_of(key)
        if is_null(value):
            complain(key, f"{key.value} has nothing after it: write removed, or the id that replaces it")
            continue
        target = None if value.value == REMOVED else value.value
        if wrong := complaint(key.value) or (target and complaint(target)):
            complain(key, wrong)
            continue
        if is_described(store, ids + key.value):
            complain(key, f"{key.value} is described again: take it off this list", Severity.WARNING)
            continue
        if target and not is_described(store, ids + target):
            complain(value, f"{key.value} is said to live on as {target}, which nothing describes: name the new id")
        removals.append(Removal(key.value, target))
    return removals, results


def with_removals(content: bytes | None, ids: Sequence[str]) -> str | None:
    """Return the text of a list with more ids in it, or None where all of them are there.

    Raises: CollectionError when the list cannot be edited.
    """
    if not ids:
        return None
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    text = (content or b"").decode("utf-8-sig")
    editor = YAML()
    editor.width = 1_000
    try:
        known = editor.load(text)
    except YAMLError as error:
        reason = getattr(error, "problem", None) or error
        raise CollectionError(f"data/removed.yaml cannot be edited: {reason}", hint="write one id a line") from None
    new = [identifier for identifier in sorted(ids) if identifier not in (known or {})]
    if not new:
        return None
    entries = "".join(f"{identifier}: {REMOVED}\n" for identifier in new)
    if known is None:
        # What there is, if anything, are a person's comments.
        return f"{text.rstrip()}\n{entries}" if text.strip() else HEADER + entries
    known.update(dict.fromkeys(new, REMOVED))
    stream = io.StringIO()
    editor.dump(known, stream)
    return stream.getvalue()


def is_described(store: Store, iri: str) -> bool:
    """Return whether anything is said of an IRI."""
    return next(store.quads_for_pattern(NamedNode(iri), None, None, None), None) is not None
