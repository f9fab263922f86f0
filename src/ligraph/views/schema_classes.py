"""The classes in a document of schema.org: the same for a thing wherever the document speaks of it.

They are decided by the place where all of a thing is said. Where it is referred to beside that, a class that demands
more than a name (`google.py`) is left out: the id says which thing it is, and no search engine makes a video of a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ligraph.namespaces import LIG
from ligraph.views.google import as_list, clips_of, has_demands, nearest_class
from ligraph.views.said import Said
from ligraph.views.schema_words import class_for
from ligraph.views.tree import one_or_all

OPEN = ""
"""The `@type` of a node whose class is not decided yet: it depends on what is written later."""

_Node = dict[str, Any]


def say_classes(tree: _Node, written: Mapping[str, _Node], said: Said, page: str | None) -> None:
    """Give each open node of a tree its classes, none where nothing says what it is.

    Shape: `written` has the nodes in which all of a thing is said, by id; `page` is the address of the page in which
    the tree stands, None where it is not known.
    """
    clips = _clips(tree, written, said, page) if page else set()
    decided: dict[str, list[str]] = {}
    for node in _open_nodes(tree):
        iri = node["@id"]
        whole = written.get(iri, node)
        if iri not in decided:
            decided[iri] = _classes(class_for(said.types(iri)), whole, iri in clips)
        classes = decided[iri]
        if not classes or (whole is not node and any(map(has_demands, classes))):
            del node["@type"]
        else:
            node["@type"] = one_or_all(classes)


def _open_nodes(tree: _Node) -> Iterator[_Node]:
    """Yield each open node of a tree; one that stands at several places, once if it is closed meanwhile."""
    waiting: list[Any] = [tree]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            if value.get("@type") == OPEN:
                yield value


def _clips(tree: _Node, written: Mapping[str, _Node], said: Said, page: str) -> set[str]:
    """Return the parts that can be given as clips: those of the thing that the page is about, where it is a video."""
    if class_for(said.types(tree["@id"])) != "VideoObject":
        return set()
    parts = [part for part in as_list(tree.get("hasPart", [])) if isinstance(part, dict)]
    whole = [part for part in parts if written.get(part.get("@id", "")) is part]
    clips = [part for part in whole if class_for(said.types(part["@id"])) == "Clip"]
    return clips_of(tree, clips, page, said.number(tree["@id"], LIG + "seconds"))


def _classes(class_: str, node: _Node, is_clip: bool) -> list[str]:
    """Return the classes that a thing can be given as, by what is said of it."""
    nearest = nearest_class(class_, node)
    if nearest == "Clip" and not is_clip:
        nearest = "CreativeWork"
    if nearest == "Collection" and nearest_class("ItemList", node) == "ItemList":
        return ["Collection", "ItemList"]
    return [nearest] if nearest else []
