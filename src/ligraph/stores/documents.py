"""The document of a thing: exactly the statements that every format, DESCRIBE and the embed carry."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Triple

from ligraph.namespaces import DCTERMS, LIG, NAME, ORG, PREF_LABEL, SCHEMA, TYPE, VOID, XSD
from ligraph.releases.manifest import Manifest
from ligraph.stores.facts import Statements

Term = NamedNode | BlankNode | Literal | Triple
Subject = NamedNode | BlankNode

_TYPE = NamedNode(TYPE)
_NAMES = (NamedNode(NAME), NamedNode(PREF_LABEL))
_MEMBER = NamedNode(ORG + "member")
_PRESENTER = NamedNode(LIG + "presenter")
_APPEARANCE = NamedNode(LIG + "appearance")
_WEB_PAGE = NamedNode(SCHEMA + "WebPage")
_LICENCE = NamedNode(DCTERMS + "license")
_DATE_TIME = NamedNode(XSD + "dateTime")


Properties = dict[str, list[Term]]
"""What is said of one subject: values by the IRI of their property, in no order."""


@dataclass(frozen=True)
class Document:
    """What is said about one thing.

    Shape: `properties` by subject, the thing first, then its parts, then what comes along; each statement once. `found`
    has the statements with the graphs that they stand in, those twice that were met twice; what the document says of
    itself is in none. `about` is the thing's IRI, `iri` the document's.
    """

    about: NamedNode
    iri: NamedNode
    properties: dict[Subject, Properties]
    found: list[Quad]

    @cached_property
    def triples(self) -> list[Triple]:
        """All statements in the order of formats: by subject, types first, then by predicate and object."""
        return [triple for subject in self.properties for triple in self._said_of(subject)]

    @property
    def quads(self) -> list[Quad]:
        """All statements in the graphs that they stand in: by graph, then in the order of `triples`."""
        places = {triple: number for number, triple in enumerate(self.triples)}
        found = set(self.found)
        if self.iri != self.about:
            found |= {Quad(one.subject, one.predicate, one.object) for one in self._said_of(self.iri)}
        return sorted(found, key=lambda quad: (str(quad.graph_name), places[quad.triple]))

    @property
    def licences(self) -> list[NamedNode]:
        """Under which licences the document is; one of loose files says nothing of itself."""
        found = self.objects(self.iri, DCTERMS + "license") if self.iri != self.about else []
        return [one for one in found if isinstance(one, NamedNode)]

    def objects(self, subject: NamedNode, predicate: str) -> list[Term]:
        """Return the objects of a subject's property, in order."""
        return sorted(self.properties.get(subject, {}).get(predicate, ()), key=str)

    def _said_of(self, subject: Subject) -> Iterator[Triple]:
        said = self.properties.get(subject, {})
        for predicate, name in _in_order(tuple(said)):
            values = said[predicate]
            for value in sorted(values, key=str) if len(values) > 1 else values:
                yield Triple(subject, name, value)


@lru_cache(maxsize=2_000)
def _in_order(predicates: tuple[str, ...]) -> list[tuple[str, NamedNode]]:
    """Return properties in the order of formats, each as a name, too; many subjects have the same ones."""
    return [(iri, NamedNode(iri)) for iri in sorted(predicates, key=lambda iri: (iri != TYPE, iri))]


def by_property(statements: Iterable[Triple | Quad]) -> Properties:
    """Return what statements about one subject say, by property; one may come several times."""
    found: Properties = {}
    for one in statements:
        found.setdefault(one.predicate.value, []).append(one.object)
    for predicate, values in found.items():
        if len(values) > 1:
            found[predicate] = list(dict.fromkeys(values))
    return found


def read_document(store: Statements, manifest: Manifest, local: str) -> Document | None:
    """Return the document of a thing by its id, or None where nothing is said about it."""
    about = NamedNode(manifest.ids + local)
    reader = _Reader(store, about)
    if not reader.take(about):
        return None
    said = list(reader.found)
    reader.take_parts(about)
    reader.take_company(about)
    if not manifest.base:
        reader.take_blank_nodes()
    reader.take_names()
    properties = reader.properties
    # A document of loose files has no name of its own, and nothing to say of itself.
    iri = NamedNode(f"{manifest.base}doc/{local}") if manifest.base else about
    if manifest.base:
        properties[iri] = _own_properties(about, _latest(said, manifest), _licences(store, said, manifest), manifest)
    ordered = sorted(properties, key=lambda subject: _place(subject.value, about.value))
    return Document(about, iri, {subject: properties[subject] for subject in ordered}, reader.found)


class _Reader:
    """Takes whole subjects out of the store, each once."""

    def __init__(self, store: Statements, about: NamedNode) -> None:
        self.store = store
        self.about = about
        self.properties: dict[Subject, Properties] = {}
        self.found: list[Quad] = []

    def take(self, subject: Subject) -> bool:
        """Take all statements about a subject; return whether there are any."""
        if subject in self.properties:
            return True
        said = by_property(self.find(subject, None))
        if said:
            self.properties[subject] = said
        return bool(said)

    def find(self, subject: Subject, predicate: NamedNode | None) -> list[Quad]:
        """Return the statements about a subject; one may stand in several graphs."""
        quads = list(self.store.quads_for_pattern(subject, predicate, None, None))
        self.found += quads
        return quads

    def add(self, subject: Subject, quads: list[Quad]) -> None:
        """Add statements about a subject, of which some may be known."""
        known = self.properties.setdefault(subject, {})
        for predicate, values in by_property(quads).items():
            known[predicate] = list(dict.fromkeys([*known.get(predicate, ()), *values]))

    def take_parts(self, thing: NamedNode) -> list[NamedNode]:
        """Take the parts of a thing: the IRIs that begin with its own and “#”, which link to or from it."""
        prefix = thing.value + "#"
        waiting = deque(self.values(thing))
        if thing == self.about:
            waiting += self.subjects(_MEMBER, thing)
        taken: dict[NamedNode, None] = {}
        while waiting:
            node = waiting.popleft()
            if isinstance(node, NamedNode) and node.value.startswith(prefix) and node not in taken:
                self.take(node)
                taken[node] = None
                waiting.extend(self.values(node))
        return sorted(taken, key=lambda part: part.value)

    def take_company(self, thing: NamedNode) -> None:
        """Take what a thing of its class brings along."""
        types = {value.value for value in self.objects(thing, TYPE) if isinstance(value, NamedNode)}
        if LIG + "ResourceSet" in types:
            self._take_items(thing)
        if types & {SCHEMA + "VideoObject", SCHEMA + "AudioObject"}:
            self._take_all(self.objects(thing, SCHEMA + "hasPart"))
        if SCHEMA + "Person" in types:
            for appearance in self.subjects(_PRESENTER, thing):
                if isinstance(appearance, NamedNode):
                    self.take(appearance)
                    self._take_whole_of(appearance)

    def take_blank_nodes(self) -> None:
        """Take the blank nodes that statements lead to, which no document of their own has."""
        waiting = [value for subject in list(self.properties) for value in self.values(subject)]
        while waiting:
            node = waiting.pop()
            if isinstance(node, BlankNode) and node not in self.properties and self.take(node):
                waiting.extend(self.values(node))

    def take_names(self) -> None:
        """Take type and name of everything that is referred to and not yet here."""
        referred = {
            value
            for said in self.properties.values()
            for predicate, values in said.items()
            if predicate != TYPE
            for value in values
            if isinstance(value, NamedNode)
        }
        for node in sorted(referred - self.properties.keys(), key=lambda node: node.value):
            if said := by_property(self._names_of(node)):
                self.properties[node] = said

    def objects(self, subject: Subject, predicate: str) -> list[Term]:
        """Return the objects of what was taken about a subject."""
        return self.properties.get(subject, {}).get(predicate, [])

    def values(self, subject: Subject) -> list[Term]:
        """Return all objects of what was taken about a subject."""
        return [value for values in self.properties.get(subject, {}).values() for value in values]

    def subjects(self, predicate: NamedNode, value: NamedNode) -> list[Any]:
        """Return what links to a thing."""
        return list(dict.fromkeys(q.subject for q in self.store.quads_for_pattern(None, predicate, value, None)))

    def _names_of(self, node: NamedNode) -> list[Quad]:
        return [quad for predicate in (_TYPE, *_NAMES) for quad in self.find(node, predicate)]

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
                self.found.append(quad)
                self.add(whole, [quad, *self._names_of(whole)])

    def _take_all(self, nodes: Iterable[Term]) -> list[NamedNode]:
        return [node for node in nodes if isinstance(node, NamedNode) and self.take(node)]


def _place(subject: str, about: str) -> tuple[bool, bool, list[int | str]]:
    """Return where a subject stands in a document: the thing, its parts by number, then the others by IRI."""
    if not subject.startswith(about + "#"):
        return subject != about, True, [subject]
    parts = re.split(r"(\d+)", subject[len(about) :])
    return True, False, [int(part) if part.isdecimal() else part for part in parts]


def modified(store: Statements, manifest: Manifest, about: NamedNode) -> str:
    """Return when what is said about a thing last changed: the latest change of a graph that speaks of it."""
    return _latest(store.quads_for_pattern(about, None, None, None), manifest)


def _latest(quads: Iterable[Quad], manifest: Manifest) -> str:
    graphs = {quad.graph_name.value for quad in quads}  # type: ignore[union-attr]
    known = [manifest.graphs[graph]["modified"] for graph in graphs if graph in manifest.graphs]
    return str(max(known, default=manifest.created))


def _licences(store: Statements, said: Iterable[Quad], manifest: Manifest) -> list[Term]:
    """Return the licences of what is said: those that its source files name, the collection's where one names none."""
    usual: list[Term] = [NamedNode(manifest.licence)] if manifest.licence else []
    graphs = {quad.graph_name.value for quad in said if isinstance(quad.graph_name, NamedNode)}
    files = sorted(graph for graph in graphs if graph.startswith(f"{manifest.ids}graph/"))
    found: dict[Term, None] = {}
    for file in files:
        named = [quad.object for quad in store.quads_for_pattern(NamedNode(file), _LICENCE, None, None)]
        found |= dict.fromkeys(named or usual)
    return list(found) if files else usual


def _own_properties(about: NamedNode, when: str, licences: list[Term], manifest: Manifest) -> Properties:
    """Return what a document says of itself."""
    said: Properties = {
        TYPE: [_WEB_PAGE],
        SCHEMA + "mainEntity": [about],
        VOID + "inDataset": [NamedNode(manifest.base + "dataset")],
        DCTERMS + "modified": [Literal(when, datatype=_DATE_TIME)],
        SCHEMA + "version": [Literal(manifest.id)],
    }
    if licences:
        said[DCTERMS + "license"] = licences
    return said
