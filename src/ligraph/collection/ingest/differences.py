"""What a post says now, held against a file that a person may have edited. Nothing is ever changed in the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import yaml

from ligraph.collection.ingest.drafts import Draft
from ligraph.collection.yamltree import YamlError, compose
from ligraph.errors import CollectionError

Change = Literal["changed", "only in the post", "only in the file"]


@dataclass(frozen=True)
class Difference:
    """One difference of a record or of one of its keys.

    Shape: `key` is None where the whole record is in one of the two only; parts are written `roles.role-1.roleName`;
    `line` is that of the file, or that of the draft where the file has nothing; values are as YAML has them.
    """

    id: str
    key: str | None
    change: Change
    line: int
    in_post: str | None
    in_file: str | None


@dataclass(frozen=True)
class _Value:
    text: str
    line: int


@dataclass
class _Thing:
    line: int
    values: dict[str, _Value]


def compare(existing_text: str, draft: Draft) -> list[Difference]:
    """Return what differs between a file and the draft of its post, in the order of the file, then of the post.

    Raises: CollectionError when the file is not YAML.
    """
    file, post = _things(existing_text), _things(draft.text)
    found: list[Difference] = []
    for id_, thing in file.items():
        if id_ not in post:
            found.append(Difference(id_, None, "only in the file", thing.line, None, _name(thing)))
        else:
            found += _keys(id_, post[id_], thing)
    for id_, thing in post.items():
        if id_ not in file:
            found.append(Difference(id_, None, "only in the post", thing.line, _name(thing), None))
    return found


def _name(thing: _Thing) -> str | None:
    return next((thing.values[key].text for key in ("name", "roleName") if key in thing.values), None)


def _keys(id_: str, post: _Thing, file: _Thing) -> Iterator[Difference]:
    for key, mine in file.values.items():
        theirs = post.values.get(key)
        if theirs is None:
            yield Difference(id_, key, "only in the file", mine.line, None, mine.text)
        elif theirs.text != mine.text:
            yield Difference(id_, key, "changed", mine.line, theirs.text, mine.text)
    for key, theirs in post.values.items():
        if key not in file.values:
            yield Difference(id_, key, "only in the post", file.line, theirs.text, None)


def _things(text: str) -> dict[str, _Thing]:
    """Return every record of a file by its id, nested ones too; the head is the record named “the file”."""
    try:
        root = compose(text)
    except YamlError as error:
        message = f"the file that is there already cannot be read: line {error.line}: {error.message}"
        raise CollectionError(message, hint="correct it, then try again") from None
    found: dict[str, _Thing] = {}
    if isinstance(root, yaml.MappingNode):
        head = _Thing(1, {})
        for key, node in root.value:
            if key.value == "things" and isinstance(node, yaml.SequenceNode):
                for item in node.value:
                    _read(item, found)
            else:
                _add(head, str(key.value), node, found)
        found = {"the file": head} | found
    return found


def _read(node: yaml.Node, found: dict[str, _Thing]) -> str | None:
    """Add the record of a mapping that has an id; return the id."""
    if not isinstance(node, yaml.MappingNode):
        return None
    ids = (value for key, value in node.value if key.value == "id")
    id_ = next((str(value.value) for value in ids if isinstance(value, yaml.ScalarNode)), None)
    if id_ is None:
        return None
    thing = found.setdefault(id_, _Thing(node.start_mark.line + 1, {}))
    for key, value in node.value:
        if key.value != "id":
            _add(thing, str(key.value), value, found)
    return id_


def _add(thing: _Thing, key: str, node: yaml.Node, found: dict[str, _Thing]) -> None:
    line = node.start_mark.line + 1
    match node:
        case yaml.MappingNode() if (id_ := _read(node, found)) is not None:
            thing.values[key] = _Value(id_, line)
        case yaml.MappingNode():
            if not node.value:
                thing.values[key] = _Value("{}", line)
            for part, value in node.value:
                _add(thing, f"{key}.{part.value}", value, found)
        case yaml.SequenceNode() if key == "appearances":
            for number, item in enumerate(node.value, 1):
                _add(thing, f"{key}.{number}", item, found)
        case yaml.SequenceNode():
            names = [_read(item, found) or _plain(item) for item in node.value]
            thing.values[key] = _Value(", ".join(names), line)
        case _:
            thing.values[key] = _Value(_plain(node), line)


def _plain(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return " ".join(str(node.value).split())
    if isinstance(node, yaml.SequenceNode):
        return ", ".join(_plain(item) for item in node.value)
    return ", ".join(f"{_plain(key)}: {_plain(value)}" for key, value in node.value)
