"""YAML as a tree of nodes with lines, safe to walk: no deep nesting, no aliases, one document."""

import re
from collections.abc import Iterable
from typing import Any

import yaml
from rapidfuzz import fuzz, process

DEEPEST = 40
"""Levels of nesting in a source file. A thing in a place in a set, with its clip's recording, takes 12."""

# Before anything that lies deep in blocks its line has one column per level, of spaces and indicators.
_COULD_BE_DEEP = re.compile(r"[ \t?:-]{20}")

_ADVICE = {
    "but found another document": "one file is one document: leave out the line “---”, or make two files",
    "could not find expected ':'": "a key ends with “:” and a space",
    "did not find expected key": "is a line above indented differently, or a quote left open?",
    "found character that cannot start any token": "indent with spaces; quote a text that begins with %, @ or `",
    "mapping values are not allowed in this context": "a text that contains “: ” needs quotes",
}


class YamlError(Exception):
    """A file that cannot be read as a tree, with the line and what would be right."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def compose(text: str) -> yaml.Node | None:
    """Return the root node of a YAML text, or None where it is empty.

    Raises: YamlError for a syntax error, a second document, an alias, or nesting deeper than DEEPEST.
    """
    try:
        _measure_depth(text)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or "this is not YAML"
        if error.context == "while scanning a quoted scalar" and problem == "found unexpected end of stream":
            mark, problem = error.context_mark, "the quote that opens here is not closed"
        advice = f" ({_ADVICE[problem]})" if problem in _ADVICE else ""
        raise YamlError(_line(mark), f"this is not YAML: {problem}{advice}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(line, f"a character that YAML does not allow: U+{ord(text[error.position]):04X}") from None
    if root is not None:
        _refuse_aliases(root)
    return root


def line_of(node: yaml.Node | None) -> int:
    """Return the line on which a node begins, from 1."""
    return _line(node.start_mark if node else None)


def is_null(node: yaml.ScalarNode) -> bool:
    """Return whether a scalar is no value to YAML: empty, `~` or `null` without quotes."""
    return node.tag == "tag:yaml.org,2002:null"


def without(node: yaml.MappingNode, keys: Iterable[str]) -> yaml.MappingNode:
    """Return a mapping without some of its keys, at the same place."""
    kept = [pair for pair in node.value if pair[0].value not in keys]
    return yaml.MappingNode(node.tag, kept, node.start_mark, node.end_mark)


def keys_of(node: yaml.MappingNode) -> list[str]:
    """Return the keys of a mapping that are words."""
    return [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return “: did you mean …?” where a known word is near, else the known words."""
    words = sorted(known)
    if suggestion := suggest(word, words):
        return suggestion
    return ": " + ", ".join(words[:12]) + (", …" if len(words) > 12 else "")


def suggest(word: str, known: Iterable[str]) -> str:
    """Return “: did you mean …?” where a known word is near, else nothing."""
    # A prefix that both have makes any two words near: only what comes after it is compared.
    near = process.extractOne(word, sorted(known), scorer=fuzz.ratio, processor=_after_prefix, score_cutoff=74)
    return f": did you mean “{near[0]}”?" if near else ""


def _after_prefix(word: str) -> str:
    return word.rpartition(":")[2]


def _measure_depth(text: str) -> None:
    # libyaml composes by recursion in C: 100,000 open brackets exhaust the stack and kill the process.
    # Events cost as much as composing, so they are counted only where a text could be deep.
    if sum(map(text.count, "[{")) <= DEEPEST and not _COULD_BE_DEEP.search(text):
        return
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise YamlError(_line(event.start_mark), f"over {DEEPEST} levels deep: write things flat, by id")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _refuse_aliases(root: yaml.Node) -> None:
    # An alias is the anchored node itself, met a second time.
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            raise YamlError(line_of(node), "aliases (*name) are not read: write out what the anchor here stands for")
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for pair in node.value:
                waiting.extend(pair)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 1
