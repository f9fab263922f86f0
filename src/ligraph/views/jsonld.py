"""A document as JSON-LD: one tree from the thing outwards, built directly and not framed.

Each subject is written out where it is first met and named by its id elsewhere. Subjects that no forward link
reaches hang on reverse terms (the roles of a person), the rest under `@included`.

Source: JSON-LD 1.1 (W3C 2020) sections 4.8 (reverse properties), 4.9 (included nodes).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import orjson
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ligraph.errors import NotAcceptable
from ligraph.namespaces import LIG, ORG, SCHEMA, TYPE, XSD
from ligraph.stores.documents import Document, Subject
from ligraph.views.words import Words

_REVERSE = {
    "role": ORG + "member",
    "presented": LIG + "presenter",
    "appearanceIn": LIG + "appearance",
    "document": SCHEMA + "mainEntity",
}
_TYPE = NamedNode(TYPE)
_POSITION = SCHEMA + "position"
_INTEGER = XSD + "integer"
_STRING = XSD + "string"


def to_tree(document: Document, words: Words) -> dict[str, Any]:
    """Return a document as a JSON-LD tree without its context.

    Raises: NotAcceptable.
    """
    _check_names(document.triples, words)
    return _Tree(document, words).grow()


def to_json_ld(document: Document, words: Words) -> bytes:
    """Return a document as JSON-LD, the same bytes for the same release in a file, a page, a dump and an embed.

    Raises: NotAcceptable.
    """
    return to_line({"@context": words.context, **to_tree(document, words)})


def to_line(value: object) -> bytes:
    """Return JSON in one line that can stand in a page: a browser would take `</script>` in a text for the end.

    Source: HTML (WHATWG) section 4.12.1.3, restrictions for contents of script elements; RFC 8259 section 7.
    """
    # Outside of texts JSON has no “<”.
    return orjson.dumps(value).replace(b"<", b"\\u003c") + b"\n"


def to_flat_json_ld(triples: Iterable[Triple], words: Words) -> bytes:
    """Return any statements as JSON-LD: one node for each subject, in order, none inside another."""
    triples = list(triples)
    _check_names(triples, words)
    nodes: dict[str, dict[str, Any]] = {}
    for triple in sorted(set(triples), key=lambda t: (str(t.subject), t.predicate != _TYPE, str(t))):
        name = _name(triple.subject)
        node = nodes.setdefault(name, {"id": name})
        predicate, value = triple.predicate.value, triple.object
        if triple.predicate == _TYPE and isinstance(value, NamedNode):
            node.setdefault("type", []).append(words.compact(value.value))
        elif isinstance(value, Literal):
            node.setdefault(words.compact(predicate), []).append(_literal(words, predicate, value))
        else:
            typed = words.types.get(predicate) == "@id"
            node.setdefault(words.compact(predicate), []).append(_name(value) if typed else {"id": _name(value)})
    return to_line({"@context": words.context, "@graph": list(nodes.values())})


def to_expanded_json_ld(triples: Iterable[Triple], *, flattened: bool = False) -> bytes:
    """Return any statements as JSON-LD without a context: every name in full, every value with its type.

    Shape: one node for each subject, in the order of the statements; flattened, in the order of the subjects.
    Source: JSON-LD 1.1 (W3C 2020) sections 9.1 (expanded), 9.3 (flattened document form).
    """
    nodes: dict[str, dict[str, Any]] = {}
    for triple in triples:
        node = nodes.setdefault(_name(triple.subject), {"@id": _name(triple.subject)})
        if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
            node.setdefault("@type", []).append(triple.object.value)
        else:
            node.setdefault(triple.predicate.value, []).append(_expanded(triple.object))
    ordered = sorted(nodes.values(), key=lambda node: str(node["@id"])) if flattened else nodes.values()
    return to_line(list(ordered))


def _expanded(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, str]:
    if isinstance(term, Triple):
        raise NotAcceptable("JSON-LD has no way to write a statement about a statement", hint="ask for text/turtle")
    if not isinstance(term, Literal):
        return {"@id": _name(term)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    said = {"@value": term.value}
    return said if term.datatype.value == _STRING else {**said, "@type": term.datatype.value}


def _check_names(triples: Iterable[Triple], words: Words) -> None:
    """Check that no IRI would be read as a prefix and a name, as `<schema:name>` would be.

    Raises: NotAcceptable.
    Source: JSON-LD 1.1 Processing Algorithms and API (W3C 2020) section 7.1, “IRI confused with prefix”.
    """
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            name = term.datatype if isinstance(term, Literal) else term
            iri = name.value if isinstance(name, NamedNode) else ""
            scheme, _, rest = iri.partition(":")
            if scheme in words.prefixes and not rest.startswith("//"):
                message = f"JSON-LD has no way to write <{iri}>: “{scheme}” is a prefix of its context"
                raise NotAcceptable(message, hint="ask for another format, such as text/turtle")


def _name(node: NamedNode | BlankNode | Literal | Triple) -> str:
    return node.value if isinstance(node, NamedNode) else str(node)


class _Tree:
    def __init__(self, document: Document, words: Words) -> None:
        self.document = document
        self.words = words
        self.nodes = document.statements
        self.written: set[Subject] = set()
        self.incoming: dict[tuple[str, Subject], list[Subject]] = defaultdict(list)
        reverse = set(_REVERSE.values())
        for subject, triples in self.nodes.items():
            for triple in triples:
                if triple.predicate.value in reverse and isinstance(triple.object, NamedNode):
                    self.incoming[triple.predicate.value, triple.object].append(subject)
        self.forward = self._reachable()

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

    def _reachable(self) -> set[Subject]:
        """Return the subjects that forward links reach from the thing."""
        found: set[Subject] = {self.document.about}
        waiting: list[Subject] = [self.document.about]
        while waiting:
            for triple in self.nodes.get(waiting.pop(), ()):
                value = triple.object
                if isinstance(value, Subject) and value in self.nodes and value not in found:
                    found.add(value)
                    waiting.append(value)
        return found

    def _node(self, subject: Subject, said: Triple | None) -> dict[str, Any]:
        """Return a node with all its statements but the one that its place in the tree says already."""
        self.written.add(subject)
        values: dict[str, list[Any]] = defaultdict(list)
        node: dict[str, Any] = {"id": _name(subject)}
        types = []
        for triple in self.nodes[subject]:
            if triple.predicate.value == TYPE and isinstance(triple.object, NamedNode):
                types.append(self.words.compact(triple.object.value))
            elif triple != said:
                values[triple.predicate.value].append(triple.object)
        if types:
            node["type"] = _one_or_all(sorted(types))
        known = len(self.words.order)
        for predicate in sorted(values, key=lambda iri: (self.words.order.get(iri, known), iri)):
            objects = sorted(values[predicate], key=self._place)
            node[self.words.compact(predicate)] = _one_or_all([self._value(predicate, item) for item in objects])
        for key, predicate in _REVERSE.items():
            hanging = [s for s in self.incoming[predicate, subject] if s not in self.forward and s not in self.written]
            if hanging:
                hanging.sort(key=self._place)
                node[key] = _one_or_all(
                    [self._node(s, Triple(s, NamedNode(predicate), subject)) for s in hanging if s not in self.written]
                )
        return node

    def _place(self, term: NamedNode | BlankNode | Literal | Triple) -> tuple[int, str]:
        """Return where a value stands among others: by its position where it has one, then by its text."""
        if isinstance(term, NamedNode):
            for triple in self.nodes.get(term, ()):
                if triple.predicate.value == _POSITION and isinstance(triple.object, Literal):
                    return int(triple.object.value) if triple.object.value.isdecimal() else 0, term.value
        return 0, str(term)

    def _value(self, predicate: str, term: NamedNode | BlankNode | Literal | Triple) -> Any:
        type_ = self.words.types.get(predicate)
        if isinstance(term, NamedNode):
            if type_ == "@vocab" and term not in self.nodes:
                return self.words.compact(term.value)
            if term in self.nodes and term not in self.written:
                return self._node(term, None)
            return term.value if type_ == "@id" else {"id": term.value}
        if isinstance(term, BlankNode):
            return self._node(term, None) if term in self.nodes and term not in self.written else {"id": _name(term)}
        if isinstance(term, Triple):
            raise NotAcceptable("JSON-LD has no way to write a statement about a statement", hint="ask for text/turtle")
        return _literal(self.words, predicate, term)


def _literal(words: Words, predicate: str, literal: Literal) -> Any:
    """Return a literal as short as the context allows."""
    type_ = words.types.get(predicate)
    if literal.language:
        if literal.language == words.language and type_ is None and predicate not in words.plain:
            return literal.value
        return {"@value": literal.value, "@language": literal.language}
    datatype = literal.datatype.value
    if datatype == _STRING:
        return {"@value": literal.value}
    if datatype == type_:
        return int(literal.value) if datatype == _INTEGER and _is_plain_integer(literal.value) else literal.value
    return {"@value": literal.value, "@type": words.compact(datatype)}


def _is_plain_integer(text: str) -> bool:
    # A JSON number over 2^53 loses digits in most readers.
    return text.lstrip("-").isdecimal() and len(text) < 16 and str(int(text)) == text


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
