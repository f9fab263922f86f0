"""Where the foreign suites are, and what their manifests say of each test."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import Namespace
from rdflib.term import Node

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

_PLACES = [os.environ.get("LIGRAPH_SUITES"), Path(__file__).parents[3] / "shared/suites"]


@dataclass(frozen=True)
class Entry:
    """A test of a manifest: its name there, its kind, and the node that the manifest's statements are about."""

    name: str
    kind: str
    node: Node
    graph: rdflib.Graph

    def file(self, *path: Node) -> Path:
        """Return the file that a path of properties leads to."""
        return file_of(self.value(*path))

    def value(self, *path: Node) -> Node:
        """Return the one value that a path of properties leads to."""
        node: Node = self.node
        for predicate in path:
            found = self.graph.value(node, predicate, any=False)
            assert found is not None, f"{self.name}: {node} has no {predicate}"
            node = found
        return node


def find_suite(name: str) -> Path | None:
    """Return the folder of a suite, or None on a machine that has none."""
    return next((Path(place, name) for place in _PLACES if place and Path(place, name).is_dir()), None)


def marks_of(name: str) -> list[pytest.MarkDecorator]:
    """Return what marks the tests over a suite."""
    reason = f"needs the suite {name} in $LIGRAPH_SUITES or ../shared/suites"
    return [pytest.mark.shared, pytest.mark.skipif(find_suite(name) is None, reason=reason)]


def entries_of(name: str, manifest: str = "manifest.ttl") -> list[Entry]:
    """Return the tests that a manifest lists, in its order; none where the suite is not there."""
    folder = find_suite(name)
    return list(_read(folder / manifest)) if folder else []


def parameters(entries: Iterable[Entry], exceptions: Mapping[str, str]) -> list[object]:
    """Return tests as parameters of one; those with a known reason to fail have to.

    Shape: one parameter, None, where there are no tests, as pytest wants one.
    """
    return [
        pytest.param(
            entry,
            id=entry.name,
            marks=pytest.mark.xfail(reason=exceptions[entry.name], strict=True) if entry.name in exceptions else (),
        )
        for entry in entries
    ] or [None]


def file_of(node: Node) -> Path:
    """Return the file that an IRI names."""
    return Path(str(node).removeprefix("file://"))


def _read(path: Path) -> Iterator[Entry]:
    graph = rdflib.Graph().parse(path, format="turtle", publicID=path.as_uri())
    for head in graph.objects(None, MF.entries):
        for node in Collection(graph, head):
            kind = graph.value(node, rdflib.RDF.type)
            yield Entry(str(node).rpartition("#")[2], str(kind).rpartition("#")[2], node, graph)
