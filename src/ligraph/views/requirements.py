"""The shapes as people read them: what data must have, by the class or the property that it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode, Triple

from ligraph.namespaces import SH, shorten
from ligraph.views.pages import Pages
from ligraph.views.values import Value, in_words, read_address

_TARGETS = {
    SH + "targetClass": "Every {}",
    SH + "targetSubjectsOf": "Whatever has {}",
    SH + "targetObjectsOf": "Whatever is a value of {}",
    SH + "targetNode": "{}",
}
_BLOCKING = "violation"


@dataclass(frozen=True)
class Requirement:
    """One thing that a shape demands.

    Shape: `severity` is `violation`, `warning` or `info`; only the first keeps data from being released. `anchor` is ""
    where the page has it already.
    """

    anchor: str
    name: str
    path: str | None
    severity: str
    message: str


@dataclass(frozen=True)
class Group:
    """What is demanded of the same nodes; `shapes` has the anchors of the shapes that hold the demands."""

    anchor: str
    shapes: list[str]
    title: str
    target: Value
    requirements: list[Requirement]


def requirements_page(pages: Pages, triples: Iterable[Triple]) -> bytes:
    """Return the page of the shapes."""
    groups = _Shapes(pages, triples).read()
    return pages.render("shapes.html", groups=groups, canonical=pages.site.canonical("shapes"))


class _Shapes:
    def __init__(self, pages: Pages, triples: Iterable[Triple]) -> None:
        self.pages = pages
        self.said: dict[object, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            self.said[triple.subject][triple.predicate.value].append(triple.object)

    def read(self) -> list[Group]:
        """Return the groups: classes first, then properties, each in order of their names."""
        found: dict[tuple[int, str, str], list[Requirement]] = defaultdict(list)
        holders: dict[tuple[int, str, str], list[str]] = defaultdict(list)
        for shape, said in list(self.said.items()):
            for number, kind in enumerate(_TARGETS):
                for target in said.get(kind, ()):
                    if isinstance(target, NamedNode):
                        own = [self._requirement(one) for one in (shape, *said.get(SH + "property", ()))]
                        found[number, kind, target.value] += [one for one in own if one]
                        if isinstance(shape, NamedNode):
                            holders[number, kind, target.value].append(_anchor(shape))
        groups = []
        anchored: set[str] = set()
        for number, kind, target in sorted(found, key=lambda key: (key[0], in_words(key[2]))):
            ordered = sorted(found[number, kind, target], key=lambda one: (one.severity != _BLOCKING, one.name))
            # One that is about several kinds of nodes has its anchor where it is first met.
            requirements = [replace(one, anchor="") if one.anchor in anchored else one for one in ordered]
            anchored |= {one.anchor for one in ordered}
            shapes = [one for one in dict.fromkeys(holders[number, kind, target]) if one not in anchored]
            anchored |= set(shapes)
            short = shorten(target)
            value = read_address(target, self.pages.site, short)
            title = _TARGETS[kind].format(in_words(target))
            groups.append(Group(f"page:{short}-{number}", shapes, title, value, requirements))
        return [group for group in groups if group.requirements]

    def _requirement(self, shape: object) -> Requirement | None:
        """Return what a shape says, None for one that only holds others."""
        said = self.said[shape]
        messages = [text.value for text in said[SH + "message"] if isinstance(text, Literal)]
        if not messages or not isinstance(shape, NamedNode):
            return None
        names = [text.value for text in said[SH + "name"] if isinstance(text, Literal)]
        paths = [shorten(path.value) for path in said[SH + "path"] if isinstance(path, NamedNode)]
        severities = [in_words(one.value) for one in said[SH + "severity"] if isinstance(one, NamedNode)]
        anchor = _anchor(shape)
        name = names[0] if names else anchor
        return Requirement(anchor, name, paths[0] if paths else None, [*severities, _BLOCKING][0], messages[0])


def _anchor(shape: NamedNode) -> str:
    return shape.value.partition("#")[2] or shorten(shape.value)
