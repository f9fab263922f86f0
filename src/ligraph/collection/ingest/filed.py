"""The records of a data file as flat values with their lines, nested records as records of their own."""

from dataclasses import dataclass

import yaml

from ligraph.collection.yamltree import YamlError, compose
from ligraph.errors import CollectionError

HEAD = "the file"
"""The record that holds what the head of a file says."""


@dataclass(frozen=True)
class Value:
    """A value as text: a scalar, an id, or several of them with commas between."""

    text: str
    line: int


@dataclass
class Thing:
    """A record; parts of a value are written `roles.role-1.roleName`."""

    line: int
    values: dict[str, Value]

    def texts(self, key: str) -> list[str]:
        """Return the values of a key."""
        return self.values[key].text.split(", ") if key in self.values else []

    @property
    def name(self) -> str | None:
        """Return what the record is called."""
        return next((self.values[key].text for key in ("name", "roleName") if key in self.values), None)


def read_things(text: str) -> dict[str, Thing]:
    """Return every record of a file by its id, nested ones too.

    Raises: CollectionError when the file is not YAML.
    """
    try:
        root = compose(text)
    except YamlError as error:
        message = f"the file that is there already cannot be read: line {error.line}: {error.message}"
        raise CollectionError(message, hint="correct it, then try again") from None
    found: dict[str, Thing] = {}
    if isinstance(root, yaml.MappingNode):
        head = Thing(1, {})
        for key, node in root.value:
            if key.value == "things" and isinstance(node, yaml.SequenceNode):
                for item in node.value:
                    _read(item, found)
            else:
                _add(head, str(key.value), node, found)
        found = {HEAD: head} | found
    return found


def _read(node: yaml.Node, found: dict[str, Thing]) -> str | None:
    """Add the record of a mapping that has an id; return the id."""
    id_ = _id(node)
    if id_ is None or not isinstance(node, yaml.MappingNode):
        return None
    thing = found.setdefault(id_, Thing(node.start_mark.line + 1, {}))
    for key, value in node.value:
        if key.value != "id":
            _add(thing, str(key.value), value, found)
    return id_


def _id(node: yaml.Node) -> str | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    ids = (value for key, value in node.value if key.value == "id")
    return next((str(value.value) for value in ids if isinstance(value, yaml.ScalarNode)), None)


def _add(thing: Thing, key: str, node: yaml.Node, found: dict[str, Thing]) -> None:
    line = node.start_mark.line + 1
    match node:
        case yaml.MappingNode() if key in ("plays", "plays.recording") or _id(node) is None:
            # A clip has an id of its own only where a person gave it one.
            if id_ := _id(node):
                thing.values[key] = Value(id_, line)
            elif not node.value:
                thing.values[key] = Value("{}", line)
            for part, value in node.value:
                if part.value != "id":
                    _add(thing, f"{key}.{part.value}", value, found)
        case yaml.MappingNode():
            thing.values[key] = Value(_read(node, found) or "", line)
        case yaml.SequenceNode() if key == "appearances":
            for number, item in enumerate(node.value, 1):
                _add(thing, f"{key}.{number}", item, found)
        case yaml.SequenceNode():
            names = [_read(item, found) or _plain(item) for item in node.value]
            thing.values[key] = Value(", ".join(names), line)
        case _:
            thing.values[key] = Value(_plain(node), line)


def _plain(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return " ".join(str(node.value).split())
    if isinstance(node, yaml.SequenceNode):
        return ", ".join(_plain(item) for item in node.value)
    return ", ".join(f"{_plain(key)}: {_plain(value)}" for key, value in node.value)
