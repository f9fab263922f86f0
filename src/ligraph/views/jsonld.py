"""Statements as JSON-LD: a document as one tree, and anything in the other forms of the standard.

Source: JSON-LD 1.1 (W3C 2020) section 9, data model and forms of documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ligraph.errors import NotAcceptable
from ligraph.namespaces import TYPE, XSD
from ligraph.stores.documents import Document, Properties, Subject, by_property
from ligraph.views.profiles import EXPANDED, FLATTENED, Form
from ligraph.views.tree import Tree, in_language, literal_in, name_of, one_or_all
from ligraph.views.words import Words

_TYPE = NamedNode(TYPE)
_STRING = XSD + "string"
_NO_TRIPLES = "JSON-LD has no way to write a statement about a statement"
_WEB = ("http://", "https://")


def to_tree(document: Document, words: Words) -> dict[str, Any]:
    """Return a document as a JSON-LD tree without its context.

    Raises: NotAcceptable.
    """
    _check_names(_names_in(document.properties.items()), words)
    return Tree(document, words).grow()


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
    _check_names(_names_in((triple.subject, by_property([triple])) for triple in triples), words)
    nodes: dict[str, dict[str, Any]] = {}
    for triple in sorted(set(triples), key=lambda t: (str(t.subject), t.predicate != _TYPE, str(t))):
        name = name_of(triple.subject)
        node = nodes.setdefault(name, {"id": name})
        predicate, value = triple.predicate.value, triple.object
        if triple.predicate == _TYPE and isinstance(value, NamedNode):
            node.setdefault("type", []).append(words.compact(value.value))
        elif isinstance(value, Triple):
            raise NotAcceptable(_NO_TRIPLES, hint="ask for text/turtle")
        elif isinstance(value, Literal):
            node.setdefault(words.compact(predicate), []).append(literal_in(words, predicate, value))
        else:
            typed = words.types.get(predicate) == "@id"
            node.setdefault(words.compact(predicate), []).append(name_of(value) if typed else {"id": name_of(value)})
    graph = [{key: one_or_all(value) for key, value in node.items()} for node in nodes.values()]
    return to_line({"@context": words.context, "@graph": graph})


def to_expanded_json_ld(triples: Iterable[Triple], *, flattened: bool = False) -> bytes:
    """Return any statements as JSON-LD without a context: every name in full, every value with its type.

    Shape: one node for each subject, in the order of the statements; flattened, in the order of the subjects.
    Source: JSON-LD 1.1 (W3C 2020) sections 9.1 (expanded), 9.3 (flattened document form).
    """
    nodes: dict[str, dict[str, Any]] = {}
    for triple in triples:
        node = nodes.setdefault(name_of(triple.subject), {"@id": name_of(triple.subject)})
        if triple.predicate == _TYPE and isinstance(triple.object, NamedNode):
            node.setdefault("@type", []).append(triple.object.value)
        else:
            node.setdefault(triple.predicate.value, []).append(_expanded(triple.object))
    ordered = sorted(nodes.values(), key=lambda node: str(node["@id"])) if flattened else nodes.values()
    return to_line(list(ordered))


def in_form(triples: Iterable[Triple], form: Form, words: Words) -> bytes:
    """Return any statements as JSON-LD in a form; those of no tree are flat and compacted."""
    if form in (EXPANDED, FLATTENED):
        return to_expanded_json_ld(triples, flattened=form is FLATTENED)
    return to_flat_json_ld(triples, words)


def _expanded(term: NamedNode | BlankNode | Literal | Triple) -> dict[str, str]:
    if isinstance(term, Triple):
        raise NotAcceptable(_NO_TRIPLES, hint="ask for text/turtle")
    if not isinstance(term, Literal):
        return {"@id": name_of(term)}
    if term.language:
        return in_language(term)
    said = {"@value": term.value}
    return said if term.datatype.value == _STRING else {**said, "@type": term.datatype.value}


def _check_names(names: Iterable[str], words: Words) -> None:
    """Check that no IRI would be read as a prefix and a name, as `<schema:name>` would be.

    Raises: NotAcceptable.
    Source: JSON-LD 1.1 Processing Algorithms and API (W3C 2020) section 7.1, “IRI confused with prefix”.
    """
    for iri in names:
        scheme, _, rest = iri.partition(":")
        if scheme in words.prefixes and not rest.startswith("//"):
            message = f"JSON-LD has no way to write <{iri}>: “{scheme}” is a prefix of its context"
            raise NotAcceptable(message, hint="ask for another format, such as text/turtle")


def _names_in(properties: Iterable[tuple[Subject | Triple, Properties]]) -> Iterator[str]:
    """Yield the IRIs of what is said of subjects, those of datatypes too; most are of the web, and left out."""
    for subject, said in properties:
        if not (name := name_of(subject)).startswith(_WEB):
            yield name
        for predicate, values in said.items():
            if not predicate.startswith(_WEB):
                yield predicate
            for value in values:
                if isinstance(value, Literal):
                    name = value.datatype.value
                elif isinstance(value, NamedNode):
                    name = value.value
                else:
                    continue
                if not name.startswith(_WEB):
                    yield name
