"""Records of a draft, and how they are written as YAML with the line that each came from."""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, FoldedScalarString

WIDTH = 100
_FOLDED = 90
_RESOLVER = yaml.resolver.Resolver()


class Record(dict[str, Any]):
    """A mapping of the draft with the line of the post that it came from; `flow` writes it on one line."""

    def __init__(self, line: int, values: Mapping[str, Any], *, flow: bool = False) -> None:
        super().__init__((key, value) for key, value in values.items() if value not in (None, "", [], ()))
        self.line = line
        self.flow = flow


def as_yaml(source: str, things: Sequence[Record], comment: str) -> str:
    """Return a data file: the comment, its head, its things."""
    writer = YAML()
    writer.width = 100_000
    writer.indent(mapping=2, sequence=2, offset=0)
    writer.representer.ignore_aliases = lambda *_: True
    root = CommentedMap(source=_scalar(source), things=_sequence(things))
    root.yaml_set_start_comment(comment)
    out = StringIO()
    writer.dump(root, out)
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _node(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list | tuple):
        return _sequence(value)
    return _scalar(value) if isinstance(value, str) else value


def _mapping(values: Mapping[str, Any]) -> CommentedMap:
    node = CommentedMap()
    if isinstance(values, Record) and values.flow:
        node.fa.set_flow_style()
    in_flow = isinstance(values, Record) and values.flow
    for key, value in values.items():
        node[key] = _in_braces(value) if in_flow and isinstance(value, str) else _node(value)
        if isinstance(value, Record) and value.line:
            node.yaml_add_eol_comment(f"line {value.line}", key, column=0)
    if isinstance(values, Record) and not values.flow and values.line and "id" in values:
        node.yaml_add_eol_comment(f"line {values.line}", "id", column=0)
    return node


def _sequence(values: Sequence[Any]) -> CommentedSeq:
    node = CommentedSeq(_node(value) for value in values)
    if values and all(isinstance(value, str) and len(value) < 40 for value in values):
        node.fa.set_flow_style()
    for index, value in enumerate(values):
        if isinstance(value, Record) and value.flow and value.line:
            node.yaml_add_eol_comment(f"line {value.line}", index, column=0)
    return node


def _scalar(text: str) -> str:
    """Return a text in the style in which an editor shows it best, quoted where YAML 1.1 would see no text."""
    if len(text) > _FOLDED and " " in text:
        folded: str = FoldedScalarString(text)
        folded.fold_pos = _folds(text)  # type: ignore[attr-defined]
        return folded
    return _plain(text)


def _plain(text: str) -> str:
    """Return a text on one line, quoted where YAML 1.1 would see no text."""
    if ":" in text and text.replace(":", "").isdigit():
        return text
    tag: str = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return text if tag.endswith(":str") else DoubleQuotedScalarString(text)


def _in_braces(text: str) -> str:
    """Return a text as it can stand within braces, where none is folded."""
    # YAML 1.1 takes a question mark there for the beginning of a key.
    return DoubleQuotedScalarString(text) if "?" in text else _plain(text)


def _folds(text: str) -> list[int]:
    """Return the places of the spaces at which a folded text is broken."""
    found: list[int] = []
    start, space = 0, None
    for index, character in enumerate(text):
        if character == "\n":
            start, space = index + 1, None
        elif character == " ":
            if space is not None and index - start > WIDTH - 10:
                found.append(space)
                start = space + 1
            space = index
    if space is not None and len(text) - start > WIDTH - 10:
        found.append(space)
    return found
