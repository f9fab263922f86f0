"""A document as one tree of JSON-LD, from its thing outwards: built directly and not framed.

Each subject is written out once, where it belongs: a resource at its place in the set, its clip in the resource, a role
in the appearance. Elsewhere it is named by its id. What is only referred to has its class and name wherever it is
mentioned. Subjects that no forward link reaches hang on reverse terms (the roles of a person), the rest under
`@included`.

Source: JSON-LD 1.1 (W3C 2020) sections 4.8 (reverse properties), 4.9 (included nodes).
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ligraph.errors import NotAcceptable
from ligraph.namespaces import LIG, NAME, ORG, PREF_LABEL, PROV, SCHEMA, TYPE, XSD
from ligraph.stores.documents import Document, Properties, Subject
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

_DEEPEST = 80
"""Nodes within nodes; what lies deeper is included beside the tree. JSON is read to some depth only: orjson, to 254."""

_INTEGERS = re.compile("-?[0-9]{1,15}")
_BACK = "^"
_NOTHING: Properties = {}
_POSITION = SCHEMA + "position"
_INTEGER = XSD + "integer"
_STRING = XSD + "string"


class Tree:
    """A document as a tree. Grow it once."""

    def __init__(self, document: Document, words: Words) -> None:
        self.document = document
        self.words = words
        self.nodes = document.properties
        self.sequences: dict[tuple[str, ...], list[str]] = {}
        self.written: set[Subject] = set()
        self.named: dict[Subject, dict[str, Any]] = {}
        self.incoming: dict[Subject, dict[str, list[Subject]]] = {}
        for subject, said in self.nodes.items():
            for predicate in _REVERSE.values():
                for value in said.get(predicate, ()):
                    if isinstance(value, NamedNode):
                        self.incoming.setdefault(value, {}).setdefault(predicate, []).append(subject)
        self.light = {one for one, said in self.nodes.items() if one != document.about and _is_light(said)}
        self.homes = self._settle()

    def grow(self) -> dict[str, Any]:
        """Return the tree from the thing outwards."""
        tree = self._node(self.document.about)
        left = []
        for subject in sorted(self.nodes.keys() - self.written, key=lambda node: node.value):
            if subject not in self.written:
                left.append(self._node(subject))
        if left:
            tree["@included"] = left
        return tree

    def _settle(self) -> dict[Subject, tuple[Subject, str]]:
        """Return where each subject is written out: under which other one, by which property.

        What holds it goes before what refers to it, and what is nearer to the thing before what is farther.
        """
        homes: dict[Subject, tuple[Subject, str]] = {self.document.about: (self.document.about, "")}
        depths: dict[Subject, int] = {self.document.about: 0}
        whole = len(self.nodes) - len(self.light)
        for held_only in (True, False):
            waiting = deque(homes)
            while waiting and len(homes) < whole:
                owner = waiting.popleft()
                if depths[owner] == _DEEPEST:
                    continue
                for predicate, value in self._edges(owner, held_only=held_only):
                    if value not in homes:
                        homes[value], depths[value] = (owner, predicate), depths[owner] + 1
                        waiting.append(value)
        return homes

    def _edges(self, owner: Subject, *, held_only: bool) -> Iterator[tuple[str, Subject]]:
        """Yield the links to what has statements of its own here, in their order, then those that lead back."""
        said = self.nodes[owner]
        for predicate in self._in_order(said):
            if held_only and predicate not in _HOLDING:
                continue
            values = said[predicate]
            found = [one for one in values if isinstance(one, Subject) and one in self.nodes and one not in self.light]
            for value in sorted(found, key=self._place) if len(found) > 1 else found:
                yield predicate, value
        if back := self.incoming.get(owner):
            for predicate in _REVERSE.values():
                for subject in sorted(back.get(predicate, ()), key=self._place):
                    yield _BACK + predicate, subject

    def _in_order(self, said: Properties) -> list[str]:
        """Return properties in the order of the context, the others by IRI; many nodes have the same ones."""
        names = tuple(said)
        if names not in self.sequences:
            order, last = self.words.order, len(self.words.order)
            self.sequences[names] = sorted(said, key=lambda iri: (order.get(iri, last), iri))
        return self.sequences[names]

    def _node(self, subject: Subject, *, hung_by: str = "") -> dict[str, Any]:
        """Return a node with all its statements but the one that its place in the tree says already."""
        self.written.add(subject)
        said = self.nodes[subject]
        node: dict[str, Any] = {"id": name_of(subject)}
        # Files of others may give a text as a class: `type` takes names only.
        types = said.get(TYPE, ())
        if classes := [one for one in types if not isinstance(one, Literal)]:
            node["type"] = one_or_all(sorted(self.words.compact(name_of(one)) for one in classes))
        for predicate in self._in_order(said):
            objects = said[predicate]
            if predicate == TYPE:
                objects = [one for one in objects if isinstance(one, Literal)]
            if predicate == hung_by:
                objects = [one for one in objects if self.homes[subject] != (one, _BACK + predicate)]
            if len(objects) > 1:
                objects = sorted(objects, key=self._place)
            if objects:
                values = [self._value(subject, predicate, one) for one in objects]
                node[self.words.compact(predicate)] = one_or_all(values)
        if back := self.incoming.get(subject):
            for key, predicate in _REVERSE.items():
                here = (subject, _BACK + predicate)
                found = (one for one in back.get(predicate, ()) if self.homes.get(one) == here)
                if hanging := sorted(found, key=self._place):
                    node[key] = one_or_all([self._node(one, hung_by=predicate) for one in hanging])
        return node

    def _place(self, term: NamedNode | BlankNode | Literal | Triple) -> tuple[int, str]:
        """Return where a value stands among others: by its position where it has one, then by its text."""
        if isinstance(term, NamedNode):
            positions = self.nodes.get(term, _NOTHING).get(_POSITION, ())
            numbers = [one.value for one in positions if isinstance(one, Literal) and _is_plain_integer(one.value)]
            return min(map(int, numbers), default=0), term.value
        return 0, str(term)

    def _value(self, subject: Subject, predicate: str, term: NamedNode | BlankNode | Literal | Triple) -> Any:
        if isinstance(term, Literal):
            return literal_in(self.words, predicate, term)
        if isinstance(term, Triple):
            raise NotAcceptable("JSON-LD has no way to write a statement about a statement", hint="ask for text/turtle")
        if term in self.light and not (predicate in _NAMED_ONCE and term in self.written):
            if term not in self.named:
                self.named[term] = self._node(term)
            return self.named[term]
        if self.homes.get(term) == (subject, predicate):
            return self._node(term)
        type_ = self.words.types.get(predicate)
        if type_ == "@vocab" and term not in self.nodes:
            return self.words.compact(name_of(term))
        return name_of(term) if type_ == "@id" and isinstance(term, NamedNode) else {"id": name_of(term)}


def _is_light(said: Properties) -> bool:
    """Return whether no more is said of a subject than what it is and is called: it is only referred to."""
    if not said.keys() <= _NAMING:
        return False
    return all(isinstance(name, Literal) for names in (NAME, PREF_LABEL) for name in said.get(names, ()))


def name_of(node: NamedNode | BlankNode | Literal | Triple) -> str:
    """Return what a node is called: its IRI, or the label of a blank one."""
    return node.value if isinstance(node, NamedNode) else str(node)


def literal_in(words: Words, predicate: str, literal: Literal) -> Any:
    """Return a literal as short as the context allows."""
    type_ = words.types.get(predicate)
    if literal.language:
        usual = literal.language == words.language and type_ is None and predicate not in words.plain
        return literal.value if usual and not literal.direction else in_language(literal)
    datatype = literal.datatype.value
    if datatype == _STRING:
        return literal.value if predicate in words.plain else {"@value": literal.value}
    if datatype == type_:
        return int(literal.value) if datatype == _INTEGER and _is_plain_integer(literal.value) else literal.value
    return {"@value": literal.value, "@type": words.compact(datatype)}


def in_language(literal: Literal) -> dict[str, str]:
    """Return a text with its language, and its direction where it has one.

    Source: JSON-LD 1.1 (W3C 2020) section 9.5, value objects.
    """
    said = {"@value": literal.value, "@language": literal.language or ""}
    return {**said, "@direction": str(literal.direction)} if literal.direction else said


def _is_plain_integer(text: str) -> bool:
    # A JSON number over 2^53 loses digits in most readers.
    return _INTEGERS.fullmatch(text) is not None and str(int(text)) == text


def one_or_all(values: Any) -> Any:
    """Return the one value of a list, a longer list as it is, and whatever is no list."""
    return values[0] if isinstance(values, list) and len(values) == 1 else values
