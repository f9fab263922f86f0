"""What one page reads of the store, once, and a record of what it has shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from ligraph.namespaces import LIG, NAME, PREF_LABEL, TYPE, shorten
from ligraph.stores.documents import Document, Properties, Term
from ligraph.stores.excerpts import MOST_LINKS
from ligraph.stores.facts import Statements
from ligraph.views.nodes import Node
from ligraph.views.site import Site
from ligraph.views.values import Value, anchor, in_words, rank, read_address, read_literal
from ligraph.views.words import Words

LIMIT = 200
"""How many things that link to one are listed on its page."""

_FARTHEST = MOST_LINKS - 1
"""How many links are counted, and put in order where there are no more: a page costs what it shows, however large the
collection is."""


_NAMING = (TYPE, NAME, PREF_LABEL)
_IN_PASSING = {*_NAMING, LIG + "appearance"}
"""What a document says of things that it only refers to. Of others it says everything."""


@dataclass(frozen=True)
class Row:
    """A property with all its values, as “More facts” lists it."""

    label: Value
    values: list[Node | Value]


@dataclass(frozen=True)
class Found:
    """Things that link to one, as many as a page lists.

    Shape: `more` were counted beyond them; `uncounted` where there are still others.
    """

    nodes: list[Node]
    more: int = 0
    uncounted: bool = False

    def of(self, layout: str) -> list[Node]:
        """Return those that have a layout, by name."""
        return [node for node in self.nodes if node.kind.layout == layout]

    def but(self, *layouts: str) -> list[Node]:
        """Return those that have none of these layouts."""
        return [node for node in self.nodes if node.kind.layout not in layouts]


class Reader:
    """What one page reads, and what of it was shown.

    The thing and its parts come from the document, so that page and formats say the same; the rest is looked up.
    """

    def __init__(self, store: Statements, site: Site, words: Words, document: Document | None = None) -> None:
        self.store = store
        self.site = site
        self.words = words
        self.about = document.about if document else None
        self.shown: set[tuple[NamedNode, str, Term]] = set()
        self.anchored: set[NamedNode] = set()
        self._own: dict[NamedNode, Properties] = {}
        self._said: dict[NamedNode, Properties] = {}
        self._objects: dict[tuple[NamedNode, str], list[Term]] = {}
        self._nodes: dict[NamedNode, Node] = {}
        if document:
            self._take(document)
            self._said.update(self._own)

    def objects(self, subject: NamedNode, predicate: str) -> list[Term]:
        """Return what a property of a thing says, in no order."""
        said = self._said.get(subject)
        if said is not None:
            return said.get(predicate, [])
        known = self._objects.get((subject, predicate))
        if known is None:
            quads = self.store.quads_for_pattern(subject, NamedNode(predicate), None, None)
            known = self._objects[subject, predicate] = list(dict.fromkeys(quad.object for quad in quads))
        return known

    def subjects(self, predicate: str, value: NamedNode, limit: int | None = None) -> Found:
        """Return what links to a thing by a property, in order of position and name."""
        return self._found(self.store.quads_for_pattern(None, NamedNode(predicate), value, None), limit or LIMIT)

    def instances(self, class_: str) -> list[Node]:
        """Return the first things of a class, in order of position and name."""
        return self._found(self.store.quads_for_pattern(None, NamedNode(TYPE), NamedNode(class_), None), LIMIT).nodes

    def typed_in(self, graph: NamedNode) -> Found:
        """Return the things and parts that a graph gives a type."""
        return self._found(self.store.quads_for_pattern(None, NamedNode(TYPE), None, graph), LIMIT)

    def node(self, iri: NamedNode) -> Node:
        """Return a thing or a part."""
        if iri not in self._nodes:
            self._nodes[iri] = Node(self, iri)
        return self._nodes[iri]

    def value(self, term: Term) -> Node | Value:
        """Return what a template shows for a term."""
        if isinstance(term, NamedNode):
            if self.has_page(term):
                return self.node(term)
            names = self.names(term)
            return read_address(term.value, self.site, names[0].value if names else None)
        if isinstance(term, Literal):
            return read_literal(term, self.site)
        return Value(str(term))

    def has_page(self, term: NamedNode) -> bool:
        """Return whether a thing has a page here: one below `ids`; of loose files, one that they describe."""
        if self.site.ids:
            return term.value.startswith(self.site.ids)
        return next(iter(self.store.quads_for_pattern(term, None, None, None)), None) is not None

    def some(self) -> list[Node]:
        """Return the first things that anything is said of."""
        found: dict[NamedNode, None] = {}
        for quad in islice(self.store.quads_for_pattern(None, None, None, None), _FARTHEST):
            if isinstance(quad.subject, NamedNode):
                found[quad.subject] = None
        return [self.node(iri) for iri in islice(found, LIMIT)]

    def names(self, subject: NamedNode) -> list[Literal]:
        """Return the names of a thing, the one for the site's readers first."""
        terms = self.objects(subject, NAME)
        if not terms or subject in self._own:
            terms = terms + self.objects(subject, PREF_LABEL)
        found = [term for term in terms if isinstance(term, Literal)]
        return sorted(found, key=lambda name: (rank(name.language, self.site), name.language or "", name.value))

    def rows(self, subject: NamedNode) -> list[Row]:
        """Return what is said of a thing or a part of this page and was not shown yet."""
        left = []
        order = self.words.order
        properties = self._own.get(subject, {})
        for predicate in sorted(properties, key=lambda iri: (order.get(iri, len(order)), iri)):
            terms = [
                term
                for term in properties[predicate]
                if (subject, predicate, term) not in self.shown and term != self.about
            ]
            if terms:
                left.append(Row(self.label(predicate), self.ordered(terms)))
        return left

    def parts(self) -> list[Node]:
        """Return the parts of this page's thing that no layout gave an anchor."""
        return [self.node(part) for part in self._own if part != self.about and part not in self.anchored]

    def label(self, predicate: str) -> Value:
        """Return the words for a property, linked to what the ontology says about it."""
        words = in_words(predicate)
        href = f"{self.site.root_path}/ns#{anchor(predicate)}" if predicate in self.words.keys else None
        return Value(words[:1].upper() + words[1:], href=href)

    def class_(self, iri: str) -> Value:
        """Return the short name of a class, linked to what the ontology says about it."""
        href = f"{self.site.root_path}/ns#{anchor(iri)}" if iri in self.words.keys else None
        return Value(shorten(iri), href=href)

    def ordered(self, terms: list[Term]) -> list[Node | Value]:
        """Return terms as values: by position, the site's language first, then by text."""

        def place(term: Term) -> tuple[int, int, str, str]:
            if isinstance(term, Literal):
                text = term.value.zfill(9) if term.value.isdigit() else term.value
                return 0, rank(term.language, self.site), text, str(term)
            if isinstance(term, NamedNode) and term.value.startswith(self.site.ids):
                position, text = self.node(term).place
                return position, 0, text, term.value
            return 0, 0, str(term), ""

        return [self.value(term) for term in (sorted(terms, key=place) if len(terms) > 1 else terms)]

    def _found(self, quads: Iterator[Quad], limit: int) -> Found:
        found = dict.fromkeys(quad.subject for quad in islice(quads, _FARTHEST))
        nodes = [self.node(subject) for subject in found if isinstance(subject, NamedNode)]
        uncounted = next(quads, None) is not None
        # Of more than were looked at these are any: to put all of them in order would cost much and tell nothing.
        candidates = nodes[:limit] if uncounted else nodes
        shown = sorted(candidates, key=lambda node: (node.place, node.iri.value))[:limit]
        return Found(shown, max(0, len(nodes) - limit), uncounted)

    def _take(self, document: Document) -> None:
        """Remember what the document says, so that it is not read twice."""
        prefix = document.about.value + "#"
        for subject, said in document.properties.items():
            if isinstance(subject, BlankNode):
                continue
            if subject == document.about or subject.value.startswith(prefix):
                self._own[subject] = said
            if said.keys() <= _IN_PASSING:
                for predicate in _NAMING:
                    self._objects[subject, predicate] = said.get(predicate, [])
            else:
                self._said[subject] = said
