"""Things as templates see them: what is said of them, by name, and a record of what a page has shown.

A layout asks for what it shows; what nobody asked for is left, and goes under “More facts”. So a layout can forget a
property, and a page cannot lose one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, Store, Triple

from ligraph.namespaces import LIG, NAME, ORG, PREF_LABEL, PREFIXES, SCHEMA, SKOS, TYPE, VOID, shorten
from ligraph.views.documents import Document
from ligraph.views.site import Site
from ligraph.views.values import Value, in_words, rank, read_address, read_literal
from ligraph.views.words import Words

Term = NamedNode | BlankNode | Literal | Triple
Properties = dict[str, list[Term]]

LIMIT = 200
"""How many things that link to one are listed on its page."""

_FARTHEST = 2_000
"""How many links are counted: a page costs what it shows, however large the collection is."""


_NAMING = (TYPE, NAME, PREF_LABEL)
_IN_PASSING = {*_NAMING, LIG + "appearance"}
"""What a document says of things that it only refers to. Of others it says everything."""


@dataclass(frozen=True)
class Kind:
    """A class of things: the words for one and for many, and the layout of its pages."""

    iri: str
    word: str
    plural: str
    layout: str = "thing"


KINDS = (
    Kind(SCHEMA + "CreativeWorkSeries", "series", "series", "series"),
    Kind(SCHEMA + "BlogPosting", "post", "posts", "post"),
    Kind(LIG + "ResourceSet", "set", "sets", "set"),
    Kind(LIG + "Resource", "resource", "resources", "resource"),
    Kind(SCHEMA + "Clip", "clip", "clips", "clip"),
    Kind(SCHEMA + "VideoObject", "video recording", "recordings", "recording"),
    Kind(SCHEMA + "AudioObject", "audio recording", "recordings", "recording"),
    Kind(LIG + "Session", "session", "sessions", "event"),
    Kind(SCHEMA + "EventSeries", "event series", "events", "event"),
    Kind(SCHEMA + "Event", "event", "events", "event"),
    Kind(SCHEMA + "Person", "person", "people", "person"),
    Kind(SCHEMA + "Project", "initiative", "initiatives", "initiative"),
    Kind(ORG + "Organization", "organization", "organizations", "organization"),
    Kind(SCHEMA + "Organization", "organization", "organizations", "organization"),
    Kind(SKOS + "Concept", "topic", "topics", "topic"),
    Kind(SKOS + "ConceptScheme", "scheme of topics", "schemes", "scheme"),
    Kind(VOID + "Dataset", "source file", "source files", "graph"),
    Kind(ORG + "Membership", "role", "roles"),
    Kind(LIG + "Appearance", "appearance", "appearances"),
    Kind(SCHEMA + "ListItem", "place", "places"),
)
"""The first that fits is what a thing is called: a session is an event too, an initiative an organization."""


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

    def __init__(self, store: Store, site: Site, words: Words, document: Document | None = None) -> None:
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

    def subjects(self, predicate: str, value: NamedNode, limit: int = LIMIT) -> Found:
        """Return what links to a thing by a property, in order of position and name."""
        return self._found(self.store.quads_for_pattern(None, NamedNode(predicate), value, None), limit)

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
            if term.value.startswith(self.site.ids):
                return self.node(term)
            names = self.names(term)
            return read_address(term.value, self.site, names[0].value if names else None)
        if isinstance(term, Literal):
            return read_literal(term, self.site)
        return Value(str(term))

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

        def place(term: Term) -> tuple[int, int, str]:
            if isinstance(term, Literal):
                return 0, rank(term.language, self.site), term.value.zfill(9) if term.value.isdigit() else term.value
            if isinstance(term, NamedNode) and term.value.startswith(self.site.ids):
                position, text = self.node(term).place
                return position, 0, text
            return 0, 0, str(term)

        return [self.value(term) for term in (sorted(terms, key=place) if len(terms) > 1 else terms)]

    def _found(self, quads: Iterator[Quad], limit: int) -> Found:
        found = dict.fromkeys(quad.subject for quad in islice(quads, _FARTHEST))
        nodes = [self.node(subject) for subject in found if isinstance(subject, NamedNode)]
        shown = sorted(nodes[:limit], key=lambda node: node.place)
        return Found(shown, max(0, len(nodes) - limit), next(quads, None) is not None)

    def _take(self, document: Document) -> None:
        """Remember what the document says, so that it is not read twice."""
        prefix = document.about.value + "#"
        for subject, triples in document.statements.items():
            said = _by_predicate(triples)
            if subject == document.about or subject.value.startswith(prefix):
                self._own[subject] = said
            if said.keys() <= _IN_PASSING:
                for predicate in _NAMING:
                    self._objects[subject, predicate] = said.get(predicate, [])
            else:
                self._said[subject] = said


class Node:
    """A thing or a part of one. Asking for a property counts as showing it."""

    external = False
    machine = None

    def __init__(self, reader: Reader, iri: NamedNode) -> None:
        self.reader = reader
        self.iri = iri

    def all(self, name: str) -> list[Node | Value]:
        """Return the values of a property, named like `schema:about`."""
        predicate = expand(name)
        terms = self.reader.objects(self.iri, predicate)
        if terms:
            self.reader.shown.update((self.iri, predicate, term) for term in terms)
        return self.reader.ordered(terms)

    def peek(self, name: str) -> list[Node | Value]:
        """Return the values of a property that something else on the page will show."""
        return self.reader.ordered(self.reader.objects(self.iri, expand(name)))

    def nodes(self, name: str) -> list[Node]:
        """Return the things that a property leads to."""
        predicate = expand(name)
        found = [value for value in self.peek(name) if isinstance(value, Node)]
        self.reader.shown.update((self.iri, predicate, node.iri) for node in found)
        return found

    def number(self, name: str) -> int | None:
        """Return the smallest whole number that a property says, or None."""
        predicate = expand(name)
        numbers = {
            int(term.value): term
            for term in self.reader.objects(self.iri, predicate)
            if isinstance(term, Literal) and term.value.isdecimal()
        }
        if not numbers:
            return None
        smallest = min(numbers)
        self.reader.shown.add((self.iri, predicate, numbers[smallest]))
        return smallest

    def back(self, name: str, limit: int = LIMIT) -> Found:
        """Return the things that lead here by a property."""
        return self.reader.subjects(expand(name), self.iri, limit)

    @cached_property
    def names(self) -> list[Literal]:
        """All its names, the one for the site's readers first."""
        return self.reader.names(self.iri)

    @cached_property
    def text(self) -> str:
        """What it is called, in the language that suits best; a thing without a name by the end of its id."""
        return self.names[0].value if self.names else self.local.rpartition("/")[2]

    @cached_property
    def language(self) -> str | None:
        """The language of that name where it is not the site's."""
        return read_literal(self.names[0], self.reader.site).language if self.names else None

    @cached_property
    def other_names(self) -> list[Value]:
        """All that it is called besides, the spellings too."""
        self.reader.shown.update((self.iri, iri, name) for name in self.names for iri in (NAME, PREF_LABEL))
        more = [*self.all("schema:alternateName"), *self.all("skos:altLabel")]
        return [read_literal(name, self.reader.site) for name in self.names[1:]] + [
            v for v in more if isinstance(v, Value)
        ]

    @cached_property
    def local(self) -> str:
        """Its id: what follows the site's ids in its IRI."""
        return self.iri.value.removeprefix(self.reader.site.ids)

    @property
    def classes(self) -> list[Value]:
        """Its classes by their short names."""
        self.reader.shown.update((self.iri, TYPE, NamedNode(iri)) for iri in self.types)
        return [self.reader.class_(iri) for iri in self.types]

    @cached_property
    def types(self) -> list[str]:
        """The IRIs of its classes."""
        return sorted(term.value for term in self.reader.objects(self.iri, TYPE) if isinstance(term, NamedNode))

    @cached_property
    def kind(self) -> Kind:
        """What people call its class."""
        known = next((kind for kind in KINDS if kind.iri in self.types), None)
        return known or Kind("", in_words(self.types[0]) if self.types else "thing", "things")

    @cached_property
    def href(self) -> str | None:
        """The link to its page; None where nothing is said about it."""
        return self.reader.site.href(self.iri.value) if self.types else None

    @cached_property
    def anchor(self) -> str:
        """The `id` of the element that shows this part of the page's thing; asking for it takes the place."""
        self.reader.anchored.add(self.iri)
        self.reader.shown.update((self.iri, TYPE, term) for term in self.reader.objects(self.iri, TYPE))
        return self.iri.value.partition("#")[2]

    @cached_property
    def place(self) -> tuple[int, str]:
        """Where it stands among others: by its position where it has one, then by its name."""
        for term in self.reader.objects(self.iri, SCHEMA + "position"):
            if isinstance(term, Literal) and term.value.isdecimal():
                return int(term.value), self.text.casefold()
        return 0, self.text.casefold()

    @property
    def rest(self) -> list[Row]:
        """What is said of it and was not asked for yet."""
        return self.reader.rows(self.iri)


@lru_cache(maxsize=256)
def expand(name: str) -> str:
    """Return the IRI of a name with one of the model's prefixes."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local


def anchor(iri: str) -> str:
    """Return where the page of the ontology explains a term: own terms by their fragment."""
    if iri.startswith(LIG):
        return iri.removeprefix(LIG)
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}-{iri[len(namespace) :]}"
    return iri.rpartition("#")[2] if "#" in iri else iri.rpartition("/")[2]


def _by_predicate(triples: Iterable[Triple]) -> Properties:
    found: Properties = {}
    for triple in triples:
        found.setdefault(triple.predicate.value, []).append(triple.object)
    return found
