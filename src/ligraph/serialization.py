"""Statements as RDF text, the same bytes for the same statements in the same order."""

import re
from collections.abc import Iterable
from typing import cast

from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize

from ligraph.errors import NotAcceptable
from ligraph.formats import GRAPHS, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, Format
from ligraph.namespaces import PREFIXES, TYPE

_LINES = (N_TRIPLES, N_QUADS)
_WRITERS = {
    TURTLE: RdfFormat.TURTLE,
    TRIG: RdfFormat.TRIG,
    N_TRIPLES: RdfFormat.N_TRIPLES,
    N_QUADS: RdfFormat.N_QUADS,
    RDF_XML: RdfFormat.RDF_XML,
}
# Source: Namespaces in XML 1.0 section 4, NCName.
_BEGINS = (
    r"A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f"
    r"\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_ELEMENT = re.compile(rf"[{_BEGINS}][{_BEGINS}\-.0-9\u00b7\u0300-\u036f\u203f\u2040]*$")
# Source: RDF 1.1 XML Syntax (W3C 2014) section 6.1.4, what property elements cannot be called.
_RESERVED = frozenset(
    f"http://www.w3.org/1999/02/22-rdf-syntax-ns#{word}"
    for word in (
        *("RDF", "ID", "about", "parseType", "resource", "nodeID", "datatype"),
        *("Description", "aboutEach", "aboutEachPrefix", "bagID", "li"),
    )
)
# Source: Namespaces in XML 1.0 section 3: it must not be declared.
_XMLNS = "http://www.w3.org/2000/xmlns/"
_SHOWN = 200
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_rdf(triples: Iterable[Triple] | Iterable[Quad], format_: Format, prefixes: dict[str, str] = PREFIXES) -> bytes:
    """Return statements in Turtle, TriG, N-Triples, N-Quads or RDF/XML; TriG and N-Quads also say their graphs.

    Raises: NotAcceptable where RDF/XML has no way to say one of them.
    """
    if format_ in _LINES:
        return serialize(triples, format=_WRITERS[format_]) or b""
    if format_ is RDF_XML:
        triples = cast(list[Triple], list(triples))
        _check_xml(triples)
    text = serialize(triples, format=_WRITERS[format_], prefixes=prefixes) or b""
    if format_ is RDF_XML:
        return with_carriage_returns(_with_sorted_names(text))
    # The engine declares prefixes in an order that changes from run to run.
    lines = text.split(b"\n")
    declared = [line for line in lines if line.startswith(b"@prefix ")]
    return b"\n".join([*sorted(declared), b"", *lines[len(declared) :]])


def with_carriage_returns(xml: bytes) -> bytes:
    """Return XML with references for carriage returns, which parsers would take for ends of lines.

    Source: XML 1.0 section 2.11.
    """
    return xml.replace(b"\r", b"&#13;")


def _with_sorted_names(xml: bytes) -> bytes:
    """Return RDF/XML with the namespaces of its root in order, which the engine changes from run to run."""
    start = xml.index(b"<rdf:RDF ") + len(b"<rdf:RDF ")
    end = xml.index(b">", start)
    return xml[:start] + b" ".join(sorted(xml[start:end].split(b" "))) + xml[end:]


def _check_xml(triples: Iterable[Triple] | Iterable[Quad]) -> None:
    """Check that statements can be written in XML: the engine writes what is malformed without a word.

    Raises: NotAcceptable with the first that cannot.
    """
    for triple in triples:
        name = triple.predicate.value
        reason = ""
        if not _ELEMENT.search(name):
            reason = "its property ends in nothing that could be the name of an element"
        elif name.startswith(_XMLNS) or (name == TYPE and getattr(triple.object, "value", "").startswith(_XMLNS)):
            reason = "its property or class lies in a namespace that XML keeps to itself"
        elif name in _RESERVED:
            reason = "its property is a word of the syntax"
        elif name == TYPE and isinstance(triple.object, NamedNode) and not _ELEMENT.search(triple.object.value):
            reason = "its class ends in nothing that could be the name of an element"
        elif isinstance(triple.object, Literal) and _NOT_XML.search(triple.object.value):
            reason = "its text has a character that XML forbids"
        elif isinstance(triple.object, Literal) and triple.object.direction:
            # What RDF 1.2 has for it, other readers take for a node with properties.
            reason = "its text has a direction"
        if reason:
            statement = f"{triple.subject} {triple.predicate} {str(triple.object)[:_SHOWN]}"
            others = ", ".join(known.media_type for known in GRAPHS if known is not RDF_XML)
            message = f"RDF/XML has no way to write the statement {statement}: {reason}"
            raise NotAcceptable(message, hint=f"ask for one of {others}")


def read_term(text: str) -> NamedNode | Literal | BlankNode:
    """Return the term that is written in the form of N-Triples, long texts also in that of Turtle."""
    if text.startswith("<"):
        return NamedNode(text[1:-1])
    if text.startswith("_:"):
        return BlankNode()
    term = next(parse(f"<urn:s> <urn:p> {text} .", format=RdfFormat.TURTLE)).object
    assert isinstance(term, Literal)
    return term
