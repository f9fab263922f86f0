"""Statements as RDF text, the same bytes for the same statements in the same order."""

from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from ligraph.formats import N_TRIPLES, TURTLE, Format
from ligraph.namespaces import PREFIXES

_WRITERS = {TURTLE: RdfFormat.TURTLE, N_TRIPLES: RdfFormat.N_TRIPLES}


def to_rdf(triples: Iterable[Triple], format_: Format, prefixes: dict[str, str] = PREFIXES) -> bytes:
    """Return statements in Turtle or N-Triples."""
    if format_ is not TURTLE:
        return serialize(triples, format=_WRITERS[format_]) or b""
    text = serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes) or b""
    # The engine declares prefixes in an order that changes from run to run.
    lines = text.split(b"\n")
    declared = [line for line in lines if line.startswith(b"@prefix ")]
    return b"\n".join([*sorted(declared), b"", *lines[len(declared) :]])


def read_term(text: str) -> NamedNode | Literal | BlankNode:
    """Return the term that is written in the form of N-Triples, long texts also in that of Turtle."""
    if text.startswith("<"):
        return NamedNode(text[1:-1])
    if text.startswith("_:"):
        return BlankNode()
    term = next(parse(f"<urn:s> <urn:p> {text} .", format=RdfFormat.TURTLE)).object
    assert isinstance(term, Literal)
    return term


def read_triples(content: bytes) -> list[Triple]:
    """Return the statements of an N-Triples text."""
    return [quad.triple for quad in parse(content, format=RdfFormat.N_TRIPLES)]
