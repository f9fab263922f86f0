"""One reader per source format: bytes of a file → statements. Nothing here reaches the network."""

import io
import re
from collections.abc import Iterator
from xml.parsers import expat

from pyoxigraph import Quad, RdfFormat, parse

from ligraph.collection import jsonld, yamlld
from ligraph.collection.source import Source
from ligraph.collection.vocabulary import Vocabulary, inline_context
from ligraph.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, YAML_LD

_RDF_FORMATS = {
    TURTLE: RdfFormat.TURTLE,
    TRIG: RdfFormat.TRIG,
    N_TRIPLES: RdfFormat.N_TRIPLES,
    N_QUADS: RdfFormat.N_QUADS,
    RDF_XML: RdfFormat.RDF_XML,
}
_POSITION = re.compile(
    r"(?:Parser|Syntax)? ?error (?:at|between) line (\d+)(?: between)? columns? \d+"
    r"(?: and (?:line \d+ column )?\d+)?: ",
    re.I,
)
_XML_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s*)?\S+\s+(?:SYSTEM|PUBLIC|(?:\"[^\"]*&|'[^']*&))", re.I)


def read_quads(source: Source, vocabulary: Vocabulary) -> Iterator[Quad]:
    """Yield the statements of a file up to its end or its first syntax error.

    Shape: statements that name no graph are in the default graph. What is wrong goes to `source.complaints`.
    """
    if source.format not in (N_TRIPLES, N_QUADS) and (line := _undecodable(source.content)):
        source.cut(line, "this line is not UTF-8: save the file as UTF-8")
        return
    try:
        if source.format is YAML_LD:
            yield from _read_yaml(source, vocabulary)
        elif source.format is JSON_LD:
            yield from jsonld.read_quads(source, vocabulary)
        elif source.format is RDF_XML:
            yield from _read_xml(source)
        else:
            yield from parse(source.content, format=_RDF_FORMATS[source.format], base_iri=source.ids)
    except SyntaxError as error:
        message = _POSITION.sub("", error.msg or "")
        found = _POSITION.match(error.msg or "")
        line = error.lineno or (int(found[1]) if found else 1)
        if re.match(r"[A-Z][a-z ]", message):
            message = message[0].lower() + message[1:]
        source.cut(line, f"this is not {source.format.title}: {message}")


def _read_yaml(source: Source, vocabulary: Vocabulary) -> Iterator[Quad]:
    document = yamlld.read(source.text, source.graph.removeprefix(source.ids), vocabulary)
    source.complaints += document.complaints
    source.is_cut = document.is_cut
    yield from jsonld.parse_expanded(
        {"@context": inline_context(vocabulary, source.language), "@graph": document.nodes}, source.ids
    )


def _read_xml(source: Source) -> Iterator[Quad]:
    if entity := _XML_ENTITY.search(source.content):
        line = source.content.count(b"\n", 0, entity.start()) + 1
        source.cut(line, "entities that refer to files or to other entities are not read: write them out")
        return
    try:
        # The reader of RDF/XML takes a file that breaks off for a whole one, and tells no lines. Expat fetches nothing.
        expat.ParserCreate(namespace_separator=" ").Parse(source.content, True)
    except expat.ExpatError as error:
        source.cut(error.lineno, f"this is not XML: {expat.ErrorString(error.code)}")
        return
    content = _Lines(source.content)
    try:
        yield from parse(content, format=RdfFormat.RDF_XML, base_iri=source.ids)
    except SyntaxError as error:
        raise SyntaxError(error.msg, (None, content.line, None, None)) from None


class _Lines(io.BytesIO):
    """Bytes that are handed out line by line, so that `line` is how far a reader has come."""

    line = 0

    def read(self, size: int | None = -1) -> bytes:
        """Return one line at most."""
        part = self.readline(size)
        self.line += part.endswith(b"\n") or (bool(part) and self.tell() == len(self.getbuffer()))
        return part


def _undecodable(content: bytes) -> int | None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return None
