"""The shapes in force, and what the sieve needs to know of them: roots, targets, and what it cannot sift.

Source: SHACL (W3C 2017) sections 2.1 (shapes and targets), 4 (core components), 5 (SPARQL-based constraints).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pyshacl.shapes_graph import ShapesGraph
from rdflib import BNode, Graph, URIRef
from rdflib import Literal as RdfLiteral
from rdflib.collection import Collection as RdfList
from rdflib.namespace import SH
from rdflib.term import Node

from ligraph.config import Collection
from ligraph.errors import CollectionError

_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_BEYOND_CORE = (SH.target, SH.rule, SH.js, SH.validator, SH.nodeValidator, SH.propertyValidator)
NESTED = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
LISTS = (SH["and"], SH["or"], SH.xone)
_THIS = re.compile(r"[\s{}()][$?]this")
_COUNTS = re.compile(r"\b(COUNT|SUM|AVG|GROUP_CONCAT)\s*\(", re.IGNORECASE)
_COUNTS_ROWS = re.compile(_COUNTS.pattern + r"(?!\s*DISTINCT\b)", re.IGNORECASE)
_ALTERNATIVE = re.compile(r"(?<!\|)\|(?!\|)|[$?]PATH\b")
_ONLY_PYSHACL_BINDS = re.compile(r"[$?](currentShape|shapesGraph)\b")


@dataclass(frozen=True)
class SparqlConstraint:
    """One `sh:sparql` of a root shape, or of a property shape directly below a node shape that is one."""

    root: Node
    shape: Node
    node: Node


class Shapes:
    """A shapes graph with the questions that the sieve asks of it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def known(self) -> ShapesGraph:
        """The shapes as pySHACL reads them, which refuses what is no shape."""
        known = ShapesGraph(self.graph)
        assert known.shapes is not None
        return known

    @cached_property
    def roots(self) -> list[Node]:
        """The shapes that have targets and are not deactivated."""
        nodes = {node for predicate in _TARGETS for node in self.graph.subjects(predicate, None)}
        nodes |= {shape.node for shape in self.known.shapes if shape.implicit_class_targets()}
        return sorted((node for node in nodes if not self.is_off(node)), key=str)

    @cached_property
    def sparql(self) -> list[SparqlConstraint]:
        """The SPARQL constraints that are run as queries of their own."""
        found = []
        for root in self.roots:
            for shape in [root, *self._on_the_focus(root)]:
                for node in self.graph.objects(shape, SH.sparql):
                    if not self.is_off(node):
                        found.append(SparqlConstraint(root, shape, node))
        return found

    @cached_property
    def core(self) -> Graph:
        """The shapes without the constraints in `sparql`: what pySHACL judges on neighbourhoods."""
        graph = Graph()
        ours = {(constraint.shape, constraint.node) for constraint in self.sparql}
        for subject, predicate, value in self.graph:
            if predicate != SH.sparql or (subject, value) not in ours:
                graph.add((subject, predicate, value))
        return graph

    @cached_property
    def beyond_the_sieve(self) -> str | None:
        """Why these shapes need one run over the whole graph, or None: SPARQL deeper down, or more than Core."""
        for predicate in _BEYOND_CORE:
            if (None, predicate, None) in self.graph:
                return f"sh:{predicate.removeprefix(str(SH))} is used"
        for predicate, has_path in ((SH.node, False), (SH.property, True)):
            for shape, node in self.graph.subject_objects(predicate):
                # pySHACL refuses the shape where it judges by it, so also where nothing is suspect.
                if ((node, SH.path, None) in self.graph) != has_path:
                    return f"sh:{predicate.removeprefix(str(SH))} of {shape} leads to a shape of another sort"
        for shape, node in self.graph.subject_objects(SH.sparql):
            if not self.is_off(node) and shape in self._deep:
                return f"{shape} has sh:sparql below another shape"
        for constraint in self.sparql:
            query = str(self.graph.value(constraint.node, SH.select))
            if _ONLY_PYSHACL_BINDS.search(query) or not _THIS.search(query):
                return f"the query of {constraint.shape} has variables that only pySHACL binds"
            # pyoxigraph 0.5 counts two ways of an alternative once when both its ends are bound.
            if _COUNTS.search(query) and _ALTERNATIVE.search(query):
                return f"the query of {constraint.shape} counts what an alternative path finds"
        return None

    @cached_property
    def aims(self) -> dict[str, str]:
        """The property that a shape is about, for shapes that target its subjects and those of no other."""
        found = {}
        for shape in set(self.graph.subjects(SH.targetSubjectsOf)):
            properties = list(self.graph.objects(shape, SH.targetSubjectsOf))
            if len(properties) == 1:
                found[str(shape)] = str(properties[0])
        return found

    @cached_property
    def counts_rows(self) -> bool:
        """Whether a query counts rows, so that a statement which two graphs make must not be met twice."""
        return any(_COUNTS_ROWS.search(str(self.graph.value(found.node, SH.select))) for found in self.sparql)

    def is_off(self, node: Node) -> bool:
        """Return whether a shape or constraint is deactivated."""
        return any(
            isinstance(value, RdfLiteral) and value.toPython() is True
            for value in self.graph.objects(node, SH.deactivated)
        )

    def targets(self, root: Node) -> Iterator[tuple[URIRef, Node]]:
        """Yield the targets of a root: kind and value. A shape that is a class targets its instances."""
        for kind in _TARGETS:
            for value in self.graph.objects(root, kind):
                yield kind, value
        if (root, SH.targetClass, root) not in self.graph and self._is_class(root):
            yield SH.targetClass, root

    def members(self, node: Node) -> list[Node]:
        """Return the members of an RDF list; a text is a list of none."""
        return list(RdfList(self.graph, node)) if isinstance(node, BNode | URIRef) else []

    def below(self, shape: Node) -> Iterator[Node]:
        """Yield the shapes that a shape refers to."""
        for predicate in NESTED:
            yield from self.graph.objects(shape, predicate)
        for predicate in LISTS:
            for value in self.graph.objects(shape, predicate):
                yield from self.members(value)

    def _is_class(self, node: Node) -> bool:
        try:
            shape: Any = self.known.lookup_shape_from_node(node)
            return bool(shape.implicit_class_targets())
        except KeyError:
            return False

    def _on_the_focus(self, root: Node) -> list[Node]:
        """Return the property shapes that judge the targets of a root: those of a property shape judge its values."""
        if (root, SH.path, None) in self.graph:
            return []
        return [node for node in self.graph.objects(root, SH.property) if not self.is_off(node)]

    @cached_property
    def _deep(self) -> set[Node]:
        """The shapes that judge other nodes than targets, or decide about a shape above them."""
        waiting: list[Node] = []
        for root in self.roots:
            near = self._on_the_focus(root)
            waiting += [node for node in self.below(root) if (root, SH.property, node) not in self.graph or not near]
            waiting += [node for shape in near for node in self.below(shape)]
        seen: set[Node] = set()
        while waiting:
            shape = waiting.pop()
            if shape not in seen and not self.is_off(shape):
                seen.add(shape)
                waiting.extend(self.below(shape))
        return seen


def shape_files(collection: Collection) -> list[Path]:
    """Return the files of shapes in force: the packaged ones, then the collection's own."""
    return [path for folder in collection.shape_folders for path in sorted(folder.glob("*.ttl"))]


def read_shapes(collection: Collection) -> Shapes:
    """Return the shapes in force; a file that comes twice with the same bytes counts once.

    Raises: CollectionError when a file cannot be read.
    """
    graph = Graph()
    seen = set()
    for path in shape_files(collection):
        try:
            content = path.read_bytes()
            digest = hashlib.sha256(content).digest()
            if digest not in seen:
                graph.parse(data=content, format="turtle")
            seen.add(digest)
        except OSError as error:
            raise CollectionError(f"{path} cannot be read: {error.strerror}") from None
        except UnicodeDecodeError:
            raise CollectionError(f"{path} is not UTF-8", hint="save it as UTF-8") from None
        except SyntaxError as error:
            line = getattr(error, "lines", -1) + 1
            raise CollectionError(f"{path}:{line}: this is not Turtle: {getattr(error, '_why', error)}") from None
    return Shapes(graph)
