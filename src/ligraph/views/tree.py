"""A document as one tree of JSON-LD, from its thing outwards: built directly and not framed.

Each subject is written out once, where it belongs: a resource at its place in the set, its clip in the resource, a role
in the appearance. Elsewhere it is named by its id. What is only referred to has its class and name wherever it is
mentioned. Subjects that no forward link reaches hang on reverse terms (the roles of a person), the rest under
`@included`.

Source: JSON-LD 1.1 (W3C 2020) sections 4.8 (reverse properties), 4.9 (included nodes).
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ligraph.errors import NotAcceptable
from ligraph.namespaces import LIG, NAME, ORG, PREF_LABEL, PROV, SCHEMA, TYPE, XSD
from ligraph.stores.documents import Document, Subject
from ligraph.views.words import Words

_REVERSE = {
    "role": ORG + "member",
    "presented": LIG + "presenter",
    "appearanceIn": LIG + "appearance",
    "document": SCHEMA + "mainEntity",
}
_HOLDING = frozenset(
    {
        SCHEMA + "itemListElement",
        SCHEMA + "item",
        LIG + "plays",
        LIG + "appearance",
        LIG + "inRole",
        SCHEMA + "isPartOf",
        SCHEMA + "hasPart",
    }
)
"""The properties under which what they lead to is written out, where it is not written out nearer to the thing."""

_NAMING = frozenset({TYPE, NAME, PREF_LABEL})
_NAMED_ONCE = frozenset({PROV + "wasDerivedFrom"})
"""What stands on nearly every node; its name is said the first time."""

_BACK = "^"
_POSITION = SCHEMA + "position"
_INTEGER = XSD + "integer"
_STRING = XSD + "string"


class Tree:
    """A document as a tree. Grow it once."""

    def __init__(self, document: Document, words: Words) -> None:
        self.document = document
        self.words = words
        self.nodes = document.statements
        self.last = len(words.order)
        self.written: set[Subject] = set()
        self.named: dict[Subject, dict[str, Any]] = {}
        self.incoming: dict[tuple[str, Subject], list[Subject]] = defaultdict(list)
        reverse = set(_REVERSE.values())
        for subject, triples in self.nodes.items():
            for triple in triples:
                if triple.predicate.value in reverse and isinstance(triple.object, NamedNode):
                    self.incoming[triple.predicate.value, triple.object].append(subject)
        self.light = {subject for subject in self.nodes if subject != document.about and self._is_light(subject)}
        self.homes = self._settle()

    def grow(self) -> dict[str, Any]:
        """Return the tree from the thing outwards."""
        tree = self._node(self.document.about, None)
        left = []
        for subject in sorted(self.nodes, key=lambda node: node.value):
            if subject not in self.written:
                left.append(self._node(subject, None))
        if left:
            tree["@included"] = left
        return tree

    def _is_light(self, subject: Subject) -> bool:
        """Return whether no more is said of a subject than what it is and is called: it is only referred to."""
        return all(triple.predicate.value in _NAMING for triple in self.nodes[subject])

    def _settle(self) -> dict[Subject, tuple[Subject, str]]:
        """Return where each subject is written out: under which other one, by which property.

        What holds it goes before what refers to it, and what is nearer to the thing before what is farther.
        """
        homes: dict[Subject, tuple[Subject, str]] = {self.document.about: (self.document.about, "")}
        for held_only in (True, False):
            waiting = deque(homes)
            while waiting:
                owner = waiting.popleft()
                for predicate, value in self._edges(owner, held_only=held_only):
                    if value not in homes and value not in self.light:
                        homes[value] = (owner, predicate)
                        waiting.append(value)
        return homes

    def _edges(self, owner: Subject, *, held_only: bool) -> list[tuple[str, Subject]]:
        """Return the links to other subjects in the order in which they are written, those that lead back last."""
        found = [
            (triple.predicate.value, triple.object)
            for triple in self.nodes[owner]
            if isinstance(triple.object, Subject)
            and triple.object in self.nodes
            and (not held_only or triple.predicate.value in _HOLDING)
        ]
        found.sort(key=lambda edge: (self._order(edge[0]), edge[0], self._place(edge[1])))
        for predicate in _REVERSE.values():
            back = sorted(self.incoming.get((predicate, owner), ()), key=self._place)
            found += [(_BACK + predicate, subject) for subject in back]
        return found

    def _order(self, predicate: str) -> int:
        return self.words.order.get(predicate, self.last)

    def _node(self, subject: Subject, said: Triple | None) -> dict[str, Any]:
        """Return a node with all its statements but the one that its place in the tree says already."""
        self.written.add(subject)
        values: dict[str, list[Any]] = defaultdict(list)
        node: dict[str, Any] = {"id": name_of(subject)}
        types = []
        for triple in self.nodes[subject]:
            if triple.predicate.value == TYPE and isinstance(triple.object, NamedNode):
                types.append(self.words.compact(triple.object.value))
            elif triple != said:
                values[triple.predicate.value].append(triple.object)
        if types:
            node["type"] = _one_or_all(sorted(types))
        for predicate in sorted(values, key=lambda iri: (self._order(iri), iri)):
            objects = values[predicate]
            if len(objects) > 1:
                objects.sort(key=self._place)
            node[self.words.compact(predicate)] = _one_or_all(
                [self._value(subject, predicate, item) for item in objects]
            )
        for key, predicate in _REVERSE.items():
            here = (subject, _BACK + predicate)
            hanging = [one for one in self.incoming.get((predicate, subject), ()) if self.homes.get(one) == here]
            if hanging:
                hanging.sort(key=self._place)
                back = NamedNode(predicate)
                node[key] = _one_or_all([self._node(one, Triple(one, back, subject)) for one in hanging])
        return node

    def _place(self, term: NamedNode | BlankNode | Literal | Triple) -> tuple[int, str]:
        """Return where a value stands among others: by its position where it has one, then by its text."""
        if isinstance(term, NamedNode):
            for triple in self.nodes.get(term, ()):
                if triple.predicate.value == _POSITION and isinstance(triple.object, Literal):
                    return int(triple.object.value) if triple.object.value.isdecimal() else 0, term.value
        return 0, str(term)

    def _value(self, subject: Subject, predicate: str, term: NamedNode | BlankNode | Literal | Triple) -> Any:
        if isinstance(term, Literal):
            return literal_in(self.words, predicate, term)
        if isinstance(term, Triple):
            raise NotAcceptable("JSON-LD has no way to write a statement about a statement", hint="ask for text/turtle")
        type_ = self.words.types.get(predicate)
        if term in self.light and not (predicate in _NAMED_ONCE and term in self.written):
            if term not in self.named:
                self.named[term] = self._node(term, None)
            return self.named[term]
        if self.homes.get(term) == (subject, predicate):
            return self._node(term, None)
        if type_ == "@vocab" and term not in self.nodes:
            return self.words.compact(name_of(term))
        return name_of(term) if type_ == "@id" and isinstance(term, NamedNode) else {"id": name_of(term)}


def name_of(node: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return what a node is called: its IRI, or the label of a blank one."""
    return node.value if isinstance(node, NamedNode) else str(node)


def literal_in(words: Words, predicate: str, literal: Literal) -> Any:
    """Return a literal as short as the context allows."""
    type_ = words.types.get(predicate)
    if literal.language:
        if literal.language == words.language and type_ is None and predicate not in words.plain:
            return literal.value
        return {"@value": literal.value, "@language": literal.language}
    datatype = literal.datatype.value
    if datatype == _STRING:
        return literal.value if predicate in words.plain else {"@value": literal.value}
    if datatype == type_:
        return int(literal.value) if datatype == _INTEGER and _is_plain_integer(literal.value) else literal.value
    return {"@value": literal.value, "@type": words.compact(datatype)}


def _is_plain_integer(text: str) -> bool:
    # A JSON number over 2^53 loses digits in most readers.
    return text.lstrip("-").isdecimal() and len(text) < 16 and str(int(text)) == text


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
