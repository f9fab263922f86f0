"""SHACL property paths: written as SPARQL, and walked in a store with the statements they pass over.

Source: SHACL (W3C 2017) section 2.3.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple
from rdflib import BNode, Graph, URIRef
from rdflib.collection import Collection as RdfList
from rdflib.namespace import RDF, SH
from rdflib.term import Node

Term = NamedNode | BlankNode | Literal | Triple
Triples = set[Triple]


@dataclass(frozen=True)
class Predicate:
    """One property."""

    iri: str

    def sparql(self) -> str:
        """Return the path as SPARQL writes it."""
        return f"<{self.iri}>"

    def walk(self, store: Store, node: Term, passed: Triples) -> set[Term]:
        """Return the nodes that the path leads to from a node, and add the statements on the way to `passed`."""
        return _step(store, node, self.iri, False, passed)


@dataclass(frozen=True)
class Inverse:
    """A path walked backwards."""

    path: Path

    def sparql(self) -> str:
        """Return the path as SPARQL writes it."""
        return f"^({self.path.sparql()})"

    def walk(self, store: Store, node: Term, passed: Triples) -> set[Term]:
        """Return the nodes that the path leads to from a node, and add the statements on the way to `passed`."""
        return _backwards(self.path).walk(store, node, passed)


@dataclass(frozen=True)
class _InversePredicate:
    iri: str

    def sparql(self) -> str:
        return f"^<{self.iri}>"

    def walk(self, store: Store, node: Term, passed: Triples) -> set[Term]:
        return _step(store, node, self.iri, True, passed)


@dataclass(frozen=True)
class Sequence:
    """Paths one after another."""

    paths: tuple[Path, ...]

    def sparql(self) -> str:
        """Return the path as SPARQL writes it."""
        return "(" + "/".join(path.sparql() for path in self.paths) + ")"

    def walk(self, store: Store, node: Term, passed: Triples) -> set[Term]:
        """Return the nodes that the path leads to from a node, and add the statements on the way to `passed`."""
        nodes = {node}
        for path in self.paths:
            nodes = {value for start in nodes for value in path.walk(store, start, passed)}
        return nodes


@dataclass(frozen=True)
class Alternative:
    """Any of several paths."""

    paths: tuple[Path, ...]

    def sparql(self) -> str:
        """Return the path as SPARQL writes it."""
        return "(" + "|".join(path.sparql() for path in self.paths) + ")"

    def walk(self, store: Store, node: Term, passed: Triples) -> set[Term]:
        """Return the nodes that the path leads to from a node, and add the statements on the way to `passed`."""
        return {value for path in self.paths for value in path.walk(store, node, passed)}


@dataclass(frozen=True)
class Repeat:
    """A path walked several times: `*`, `+` or `?`."""

    path: Path
    sign: str

    def sparql(self) -> str:
        """Return the path as SPARQL writes it."""
        return f"({self.path.sparql()}){self.sign}"

    def walk(self, store: Store, node: Term, passed: Triples) -> set[Term]:
        """Return the nodes that the path leads to from a node, and add the statements on the way to `passed`."""
        first = self.path.walk(store, node, passed)
        if self.sign == "?":
            return first | {node}
        found, waiting = set(first), list(first)
        while waiting:
            for value in self.path.walk(store, waiting.pop(), passed):
                if value not in found:
                    found.add(value)
                    waiting.append(value)
        return found | {node} if self.sign == "*" else found


Path = Predicate | Inverse | _InversePredicate | Sequence | Alternative | Repeat

_REPEATS = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


def read_path(shapes: Graph, node: Node) -> Path:
    """Return the path that a node of a shapes graph describes.

    Raises: ValueError when it describes none.
    """
    if isinstance(node, URIRef):
        return Predicate(str(node))
    if (node, RDF.first, None) in shapes:
        return Sequence(tuple(_members(shapes, node)))
    for predicate, value in shapes.predicate_objects(node):
        if predicate == SH.inversePath:
            return Inverse(read_path(shapes, value))
        if predicate == SH.alternativePath:
            return Alternative(tuple(_members(shapes, value)))
        if isinstance(predicate, URIRef) and predicate in _REPEATS:
            return Repeat(read_path(shapes, value), _REPEATS[predicate])
    raise ValueError(f"{node} is not a property path")


def _members(shapes: Graph, node: Node) -> Iterator[Path]:
    assert isinstance(node, BNode | URIRef)
    for member in RdfList(shapes, node):
        yield read_path(shapes, member)


def _backwards(path: Path) -> Path:
    match path:
        case Predicate(iri):
            return _InversePredicate(iri)
        case _InversePredicate(iri):
            return Predicate(iri)
        case Inverse(inner):
            return inner
        case Sequence(paths):
            return Sequence(tuple(_backwards(inner) for inner in reversed(paths)))
        case Alternative(paths):
            return Alternative(tuple(_backwards(inner) for inner in paths))
        case Repeat(inner, sign):
            return Repeat(_backwards(inner), sign)


def _step(store: Store, node: Term, iri: str, backwards: bool, passed: Triples) -> set[Term]:
    predicate = NamedNode(iri)
    if backwards:
        found = [quad.triple for quad in store.quads_for_pattern(None, predicate, node, None)]
        passed.update(found)
        return {triple.subject for triple in found}
    if isinstance(node, Literal | Triple):
        return set()
    found = [quad.triple for quad in store.quads_for_pattern(node, predicate, None, None)]
    passed.update(found)
    return {triple.object for triple in found}
