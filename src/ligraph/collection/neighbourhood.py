"""What a shape looks at around one node: cut out of the store, so that pySHACL reads no more than it needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple
from rdflib import URIRef
from rdflib.namespace import SH
from rdflib.term import Node

from ligraph.collection.paths import Path, Predicate, Term, Triples, read_path
from ligraph.collection.shapes import Shapes
from ligraph.namespaces import RDFS, TYPE, XSD

_PAIRS = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)


@dataclass(frozen=True)
class _View:
    """What a shape looks at from a node.

    Shape: `path` is None for a node shape; `pairs` are the properties that it compares with; `sees_class` and
    `sees_all` say whether it looks at the classes, or at all statements, of its values; `below` judge these.
    """

    path: Path | None
    pairs: tuple[Predicate, ...]
    sees_class: bool
    sees_all: bool
    below: tuple[Node, ...]


class Scissors:
    """Cuts the neighbourhoods of nodes out of a store, as far as shapes can see."""

    def __init__(self, shapes: Shapes, store: Store) -> None:
        self.shapes = shapes
        self.store = store
        self.targets = [(root, list(shapes.targets(root))) for root in shapes.roots]
        self.views: dict[Node, _View | None] = {}

    def cut(self, nodes: Iterable[Term]) -> tuple[Triples, set[tuple[Node, Term]]]:
        """Return what the shapes read when they judge the nodes, and which shape judges which node then.

        Shape: the second part also has the nodes below, which nested property shapes make focus nodes; results
        about any other node come from statements that are only borrowed.
        """
        passed: Triples = set()
        judged: set[tuple[Node, Term]] = set()
        _all(self.store, None, RDFS + "subClassOf", None, passed)
        for node in nodes:
            for root, targets in self.targets:
                if self._is_target(node, targets, passed):
                    self._see(root, node, passed, judged)
        return passed, judged

    def _is_target(self, node: Term, targets: list[tuple[URIRef, Node]], passed: Triples) -> bool:
        """Return whether a shape with some targets may target a node, and add the statements that make it one."""
        found = False
        for kind, value in targets:
            if kind == SH.targetNode:
                found |= to_rdflib(node) == value
            elif kind == SH.targetSubjectsOf:
                found |= _all(self.store, node, str(value), None, passed)
            elif kind == SH.targetObjectsOf:
                found |= _all(self.store, None, str(value), node, passed)
            else:
                # Whether the class fits is pySHACL's to say; it needs the types.
                found |= _all(self.store, node, TYPE, None, passed)
        return found

    def _see(self, shape: Node, node: Term, passed: Triples, seen: set[tuple[Node, Term]]) -> None:
        """Add what a shape reads at a node."""
        view = self._view(shape)
        if view is None or (shape, node) in seen:
            return
        seen.add((shape, node))
        values = {node} if view.path is None else view.path.walk(self.store, node, passed)
        for other in view.pairs:
            other.walk(self.store, node, passed)
        for value in values:
            if view.sees_class:
                _all(self.store, value, TYPE, None, passed)
            if view.sees_all:
                _all(self.store, value, None, None, passed)
            for below in view.below:
                self._see(below, value, passed, seen)

    def _view(self, shape: Node) -> _View | None:
        """Return what a shape looks at, read from the shapes once; None where it is deactivated."""
        if shape not in self.views:
            self.views[shape] = None if self.shapes.is_off(shape) else _read_view(self.shapes, shape)
        return self.views[shape]


def _read_view(shapes: Shapes, shape: Node) -> _View:
    graph = shapes.graph
    path = graph.value(shape, SH.path)
    return _View(
        None if path is None else read_path(graph, path),
        tuple(Predicate(str(other)) for pair in _PAIRS for other in graph.objects(shape, pair)),
        (shape, SH["class"], None) in graph,
        (shape, SH.closed, None) in graph,
        tuple(shapes.below(shape)),
    )


def to_rdflib(term: Term) -> Node:
    """Return a term of the store as rdflib knows it, its text unchanged."""
    match term:
        case NamedNode():
            return rdflib.URIRef(term.value)
        case BlankNode():
            return rdflib.BNode(term.value)
        case Literal():
            if term.language:
                return rdflib.Literal(term.value, lang=term.language)
            if term.datatype.value == XSD + "string":
                return rdflib.Literal(term.value)
            return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)
    raise TypeError(f"{term} is a statement, not a node")


def to_store(node: Node) -> Term:
    """Return a node of rdflib as the store knows it, its text unchanged."""
    match node:
        case rdflib.URIRef():
            return NamedNode(node)
        case rdflib.BNode():
            return BlankNode(node)
        case rdflib.Literal(language=str() as language):
            return Literal(node, language=language)
        case rdflib.Literal(datatype=rdflib.URIRef() as datatype):
            return Literal(node, datatype=NamedNode(datatype))
    return Literal(str(node))


def to_graph(triples: Iterable[Triple]) -> rdflib.Graph:
    """Return statements of the store as an rdflib graph."""
    graph = rdflib.Graph()
    for triple in triples:
        graph.add((to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object)))
    return graph


def _all(store: Store, subject: Term | None, predicate: str | None, value: Term | None, passed: Triples) -> bool:
    """Add all statements of a form; return whether there are any."""
    if isinstance(subject, Literal):
        return False
    name = NamedNode(predicate) if predicate else None
    found = False
    for quad in store.quads_for_pattern(subject, name, value, None):
        passed.add(quad.triple)
        found = True
    return found
