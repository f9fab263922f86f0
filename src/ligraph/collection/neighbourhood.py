"""What a shape looks at around one node: cut out of the store, so that pySHACL reads no more than it needs."""

from collections.abc import Iterable

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode, Store, Triple
from rdflib.namespace import SH
from rdflib.term import Node

from ligraph.collection.paths import Predicate, Term, Triples, read_path
from ligraph.collection.shapes import Shapes
from ligraph.namespaces import RDFS, TYPE, XSD

_PAIRS = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)


class Scissors:
    """Cuts the neighbourhoods of nodes out of a store, as far as shapes can see."""

    def __init__(self, shapes: Shapes, store: Store) -> None:
        self.shapes = shapes
        self.graph = shapes.graph
        self.store = store

    def cut(self, nodes: Iterable[Term]) -> tuple[Triples, set[tuple[Node, Term]]]:
        """Return what the shapes read when they judge the nodes, and which shape judges which node then.

        Shape: the second part also has the nodes below, which nested property shapes make focus nodes; results
        about any other node come from statements that are only borrowed.
        """
        passed: Triples = set()
        judged: set[tuple[Node, Term]] = set()
        _all(self.store, None, RDFS + "subClassOf", None, passed)
        for node in nodes:
            for root in self.shapes.roots:
                if self._is_target(node, root, passed):
                    self._see(root, node, passed, judged)
        return passed, judged

    def _is_target(self, node: Term, root: Node, passed: Triples) -> bool:
        """Return whether a shape may target a node, and add the statements that make it a target."""
        found = False
        for kind, value in self.shapes.targets(root):
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
        if (shape, node) in seen or self.shapes.is_off(shape):
            return
        seen.add((shape, node))
        path = self.graph.value(shape, SH.path)
        values = {node} if path is None else read_path(self.graph, path).walk(self.store, node, passed)
        for predicate in _PAIRS:
            for other in self.graph.objects(shape, predicate):
                Predicate(str(other)).walk(self.store, node, passed)
        if (shape, SH["class"], None) in self.graph:
            for value in values:
                _all(self.store, value, TYPE, None, passed)
        if (shape, SH.closed, None) in self.graph:
            for value in values:
                _all(self.store, value, None, None, passed)
        for below in self.shapes.below(shape):
            for value in values:
                self._see(below, value, passed, seen)


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
