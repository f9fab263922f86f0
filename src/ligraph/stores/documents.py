"""The document of a thing: exactly the statements that every format, DESCRIBE and the embed carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from ligraph.namespaces import DCTERMS, LIG, NAME, ORG, PREF_LABEL, SCHEMA, TYPE, VOID, XSD
from ligraph.releases.manifest import Manifest
from ligraph.stores.facts import Statements

Term = NamedNode | BlankNode | Literal | Triple
Subject = NamedNode | BlankNode
Graph = NamedNode | BlankNode | DefaultGraph

_TYPE = NamedNode(TYPE)
_NAMES = (NamedNode(NAME), NamedNode(PREF_LABEL))
_MEMBER = NamedNode(ORG + "member")
_PRESENTER = NamedNode(LIG + "presenter")
_APPEARANCE = NamedNode(LIG + "appearance")


@dataclass(frozen=True)
class Document:
    """What is said about one thing.

    Shape: `statements` by subject, the thing first, then its parts, then what comes along; each subject's
    statements once, in no order. `about` is the thing's IRI, `iri` the document's. `graphs` are those that a statement
    stands in; what the document says of itself is in none.
    """

    about: NamedNode
    iri: NamedNode
    statements: dict[Subject, list[Triple]]
    graphs: dict[Triple, list[Graph]]

    @cached_property
    def triples(self) -> list[Triple]:
        """All statements in the order of formats: by subject, types first, then by predicate and object."""
        return [
            triple
            for triples in self.statements.values()
            for triple in sorted(triples, key=lambda t: (t.predicate != _TYPE, t.predicate.value, str(t.object)))
        ]

    @property
    def quads(self) -> list[Quad]:
        """All statements in the graphs that they stand in: by graph, then in the order of `triples`."""
        found = [
            Quad(triple.subject, triple.predicate, triple.object, graph)
            for triple in self.triples
            for graph in self.graphs.get(triple, (DefaultGraph(),))
        ]
        return sorted(found, key=lambda quad: str(quad.graph_name))

    def objects(self, subject: NamedNode, predicate: str) -> list[Term]:
        """Return the objects of a subject's property, in order."""
        name = NamedNode(predicate)
        found = [triple.object for triple in self.statements.get(subject, ()) if triple.predicate == name]
        return sorted(found, key=str)


def read_document(store: Statements, manifest: Manifest, local: str) -> Document | None:
    """Return the document of a thing by its id, or None where nothing is said about it."""
    about = NamedNode(manifest.ids + local)
    reader = _Reader(store, about)
    if not reader.take(about):
        return None
    reader.take_parts(about)
    reader.take_company(about)
    if not manifest.base:
        reader.take_blank_nodes()
    reader.take_names()
    # A document of loose files has no name of its own, and nothing to say of itself.
    iri = NamedNode(f"{manifest.base}doc/{local}") if manifest.base else about
    if manifest.base:
        reader.statements[iri] = list(_own_statements(iri, about, store, manifest))
    ordered = sorted(reader.statements, key=lambda subject: _place(subject.value, about.value))
    return Document(about, iri, {subject: reader.statements[subject] for subject in ordered}, reader.graphs)


class _Reader:
    """Takes whole subjects out of the store, each once."""

    def __init__(self, store: Statements, about: NamedNode) -> None:
        self.store = store
        self.about = about
        self.statements: dict[Subject, list[Triple]] = {}
        self.graphs: dict[Triple, list[Graph]] = {}

    def take(self, subject: Subject) -> bool:
        """Take all statements about a subject; return whether there are any."""
        if subject not in self.statements:
            found = self.find(subject, None)
            if found:
                self.statements[subject] = found
        return subject in self.statements

    def find(self, subject: Subject, predicate: NamedNode | None) -> list[Triple]:
        """Return the statements about a subject, each once, and note the graphs that they stand in."""
        found: dict[Triple, list[Graph]] = {}
        for quad in self.store.quads_for_pattern(subject, predicate, None, None):
            found.setdefault(quad.triple, []).append(quad.graph_name)
        self.graphs |= found
        return list(found)

    def take_parts(self, thing: NamedNode) -> list[NamedNode]:
        """Take the parts of a thing: the IRIs that begin with its own and “#”, which link to or from it."""
        prefix = thing.value + "#"
        parts = [quad.subject for quad in self.store.quads_for_pattern(None, _MEMBER, thing, None)]
        waiting = [*self.objects(thing), *parts]
        taken = []
        while waiting:
            node = waiting.pop(0)
            if isinstance(node, NamedNode) and node.value.startswith(prefix) and node not in taken:
                self.take(node)
                taken.append(node)
                waiting.extend(self.objects(node))
        return sorted(taken, key=lambda part: part.value)

    def take_company(self, thing: NamedNode) -> None:
        """Take what a thing of its class brings along."""
        types = {value.value for value in self.objects(thing, TYPE) if isinstance(value, NamedNode)}
        if LIG + "ResourceSet" in types:
            self._take_items(thing)
        if types & {SCHEMA + "VideoObject", SCHEMA + "AudioObject"}:
            self._take_all(self.objects(thing, SCHEMA + "hasPart"))
        if SCHEMA + "Person" in types:
            for quad in list(self.store.quads_for_pattern(None, _PRESENTER, thing, None)):
                if isinstance(quad.subject, NamedNode):
                    self.take(quad.subject)
                    self._take_whole_of(quad.subject)

    def take_blank_nodes(self) -> None:
        """Take the blank nodes that statements lead to, which no document of their own has."""
        waiting = [value for subject in list(self.statements) for value in self.objects(subject)]
        while waiting:
            node = waiting.pop()
            if isinstance(node, BlankNode) and node not in self.statements and self.take(node):
                waiting.extend(self.objects(node))

    def take_names(self) -> None:
        """Take type and name of everything that is referred to and not yet here."""
        referred = {
            triple.object
            for triples in self.statements.values()
            for triple in triples
            if isinstance(triple.object, NamedNode) and triple.predicate != _TYPE
        }
        for node in sorted(referred - self.statements.keys(), key=lambda node: node.value):
            found = [triple for predicate in (_TYPE, *_NAMES) for triple in self.find(node, predicate)]
            if found:
                self.statements[node] = found

    def objects(self, subject: Subject, predicate: str | None = None) -> list[Term]:
        """Return the objects of what was taken about a subject."""
        return [
            triple.object
            for triple in self.statements.get(subject, ())
            if predicate is None or triple.predicate.value == predicate
        ]

    def _take_items(self, thing: NamedNode) -> None:
        for place in self.objects(thing, SCHEMA + "itemListElement"):
            if not isinstance(place, NamedNode):
                continue
            for resource in self._take_all(self.objects(place, SCHEMA + "item")):
                for part in self.take_parts(resource):
                    self._take_all(self.objects(part, LIG + "inRole"))
                for played in self._take_all(self.objects(resource, LIG + "plays")):
                    self._take_all(self.objects(played, SCHEMA + "isPartOf"))
        for appearance in self.objects(thing, LIG + "appearance"):
            if isinstance(appearance, NamedNode):
                self._take_all(self.objects(appearance, LIG + "inRole"))

    def _take_whole_of(self, appearance: NamedNode) -> None:
        """Take the one statement that says where an appearance was, with type and name of that."""
        for quad in list(self.store.quads_for_pattern(None, _APPEARANCE, appearance, None)):
            whole = quad.subject
            if isinstance(whole, NamedNode) and whole != self.about:
                known = self.statements.setdefault(whole, [])
                self.graphs.setdefault(quad.triple, [])
                if quad.graph_name not in self.graphs[quad.triple]:
                    self.graphs[quad.triple].append(quad.graph_name)
                names = [triple for predicate in (_TYPE, *_NAMES) for triple in self.find(whole, predicate)]
                known += [triple for triple in dict.fromkeys((quad.triple, *names)) if triple not in known]

    def _take_all(self, nodes: Iterable[Term]) -> list[NamedNode]:
        return [node for node in nodes if isinstance(node, NamedNode) and self.take(node)]


def _place(subject: str, about: str) -> tuple[object, ...]:
    """Return where a subject stands in a document: the thing, its parts by number, then the others by IRI."""
    numbers = tuple(int(part) if part.isdecimal() else 0 for part in re.split(r"(\d+)", subject))
    words = tuple(part for part in re.split(r"\d+", subject))
    return subject != about, not subject.startswith(about + "#"), words, numbers


def modified(store: Statements, manifest: Manifest, about: NamedNode) -> str:
    """Return when what is said about a thing last changed: the latest change of a graph that speaks of it."""
    graphs = {quad.graph_name.value for quad in store.quads_for_pattern(about, None, None, None)}  # type: ignore[union-attr]
    known = [manifest.graphs[graph]["modified"] for graph in graphs if graph in manifest.graphs]
    return str(max(known, default=manifest.created))


def _own_statements(iri: NamedNode, about: NamedNode, store: Statements, manifest: Manifest) -> Iterator[Triple]:
    """Yield what a document says of itself."""
    when = Literal(modified(store, manifest, about), datatype=NamedNode(XSD + "dateTime"))
    yield Triple(iri, _TYPE, NamedNode(SCHEMA + "WebPage"))
    yield Triple(iri, NamedNode(SCHEMA + "mainEntity"), about)
    yield Triple(iri, NamedNode(VOID + "inDataset"), NamedNode(manifest.base + "dataset"))
    yield Triple(iri, NamedNode(DCTERMS + "modified"), when)
    yield Triple(iri, NamedNode(SCHEMA + "version"), Literal(manifest.id))
    if manifest.licence:
        yield Triple(iri, NamedNode(DCTERMS + "license"), NamedNode(manifest.licence))
