"""On which line of its file a statement stands. Looked up when something is wrong, never before."""

import logging
import re
from bisect import bisect_left
from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode, RdfFormat, parse

from ligraph.collection import yamlld
from ligraph.collection.files import SourceFile
from ligraph.collection.vocabulary import Vocabulary
from ligraph.config import Collection
from ligraph.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, YAML_LD
from ligraph.namespaces import as_stored, shorten


@dataclass(frozen=True)
class Place:
    """One statement of a file: `subject` None is a blank node, `predicate` None the beginning of a subject."""

    line: int
    subject: str | None
    predicate: str | None
    value: str | None


class Lines:
    """The places of statements in one collection's files; a file is read when it is first asked for."""

    def __init__(self, collection: Collection, vocabulary: Vocabulary) -> None:
        self.collection = collection
        self.vocabulary = vocabulary
        self._wanted: dict[SourceFile, set[str]] = defaultdict(set)
        self._places: dict[SourceFile, list[Place]] = {}
        self._by_subject: dict[SourceFile, dict[str, list[Place]]] = {}

    def expect(self, file: SourceFile, subjects: Iterable[str]) -> None:
        """Say which subjects of a file will be asked for, so that a large file is read once and little kept."""
        new = set(subjects) - self._wanted[file]
        if new:
            self._wanted[file] |= new
            self._places.pop(file, None)

    def find(
        self, file: SourceFile, subject: str | None, predicate: str | None = None, value: str | None = None
    ) -> int | None:
        """Return the line of a statement, else that of its subject's property, else of its subject, else None.

        Shape: without a subject, the first line of the file where the predicate and the value agree.
        """
        if subject is None:
            if file.format in (N_TRIPLES, N_QUADS):
                return _find_statement(file.path.read_bytes(), predicate, value)
            if file.format in (JSON_LD, RDF_XML):
                return self._find_word(file, predicate, value)
            return next((place.line for place in self._read(file) if _agrees(place, predicate, value)), None)
        self.expect(file, [subject])
        self._read(file)
        places = self._by_subject[file].get(subject, [])
        for wanted in ((predicate, value), (predicate, None), (None, None)):
            for place in places:
                if _agrees(place, *wanted):
                    return place.line
        return None

    def _find_word(self, file: SourceFile, predicate: str | None, value: str | None) -> int | None:
        """Return the first line of a JSON-LD or RDF/XML file that has a value, else a property, in some spelling."""
        text = file.path.read_bytes().decode("utf-8-sig", "replace")
        for word in (value, predicate):
            for name in self._spellings(word) if word else ():
                if match := re.search(rf"(?<![\w/#.-]){re.escape(name)}(?![\w/#.-])", text):
                    return text.count("\n", 0, match.start()) + 1
        return None

    def _spellings(self, word: str) -> list[str]:
        """Return how a word may be written: whole, relative, with a prefix, as a term of the context."""
        ids = self.collection.settings.ids
        return [word, word.removeprefix(ids), shorten(word), self.vocabulary.keys.get(word, word)]

    def blank_nodes(self, file: SourceFile) -> list[int]:
        """Return the lines of statements about blank nodes."""
        return sorted({place.line for place in self._read(file) if place.subject is None})

    def _read(self, file: SourceFile) -> list[Place]:
        if file not in self._places:
            content = file.path.read_bytes()
            wanted = self._wanted[file]
            places = list(_READERS[file.format.name](self, file, content, wanted))
            by_subject: dict[str, list[Place]] = defaultdict(list)
            for place in places:
                if place.subject is not None:
                    by_subject[place.subject].append(place)
            self._places[file], self._by_subject[file] = places, by_subject
        return self._places[file]

    # ── one reader per format ──

    def _yaml(self, file: SourceFile, content: bytes, _wanted: set[str]) -> Iterator[Place]:
        ids = self.collection.settings.ids
        graph = file.graph.removeprefix(ids)
        for mark in yamlld.read(content.decode("utf-8-sig", "replace"), graph, self.vocabulary).marks:
            value = mark.value
            if value is not None and value.partition("/")[0] in self.vocabulary.allowed:
                yield Place(mark.line, ids + mark.subject, mark.property, ids + value)
            yield Place(mark.line, ids + mark.subject, mark.property, value)

    def _turtle(self, file: SourceFile, content: bytes, _wanted: set[str]) -> Iterator[Place]:
        found: list[Place] = []
        _parse_turtle(content.decode("utf-8-sig", "replace"), self.collection.settings.ids, file.format is TRIG, found)
        yield from found

    def _n_quads(self, _file: SourceFile, content: bytes, wanted: set[str]) -> Iterator[Place]:
        for number, line in enumerate(content.removeprefix(BOM_UTF8).split(b"\n"), 1):
            statement = line.lstrip()
            if not statement or statement[:1] == b"#":
                continue
            if wanted and statement[:1] == b"<":
                subject = statement[1 : statement.find(b">")].decode("utf-8", "replace")
                if subject not in wanted:
                    continue
            yield from _places_of(line, number)

    def _text_search(self, file: SourceFile, content: bytes, wanted: set[str]) -> Iterator[Place]:
        """Find at least the line on which a subject is first named: JSON-LD and RDF/XML."""
        text = content.decode("utf-8-sig", "replace")
        ids = self.collection.settings.ids
        for subject in sorted(wanted):
            for name in (subject, subject.removeprefix(ids)):
                quoted = re.escape(name)
                before = r'"(?:@?id)"\s*:\s*' if file.format is JSON_LD else r"rdf:(?:about|ID)\s*=\s*"
                match = re.search(f"""{before}["']{quoted}["']""", text) or re.search(f"""["']{quoted}["']""", text)
                if match:
                    yield Place(text.count("\n", 0, match.start()) + 1, subject, None, None)
                    break


_Reader = Callable[[Lines, SourceFile, bytes, set[str]], Iterator[Place]]
_READERS: dict[str, _Reader] = {
    YAML_LD.name: Lines._yaml,
    TURTLE.name: Lines._turtle,
    TRIG.name: Lines._turtle,
    N_TRIPLES.name: Lines._n_quads,
    N_QUADS.name: Lines._n_quads,
    JSON_LD.name: Lines._text_search,
    RDF_XML.name: Lines._text_search,
}


def _find_statement(content: bytes, predicate: str | None, value: str | None) -> int | None:
    """Return the first line of N-Triples or N-Quads with a property and a value; only lines with the words are read."""
    for word in (value, predicate):
        for match in re.finditer(re.escape(word.encode()), content) if word else ():
            start = content.rfind(b"\n", 0, match.start()) + 1
            end = content.find(b"\n", match.end())
            line = content[start : end if end >= 0 else len(content)]
            if any(_agrees(place, predicate, value) for place in _places_of(line, 1)):
                return content.count(b"\n", 0, start) + 1
    return None


def _places_of(line: bytes, number: int) -> Iterator[Place]:
    """Yield the statement of one line of N-Triples or N-Quads, if it is one."""
    try:
        for quad in parse(line, format=RdfFormat.N_QUADS):
            yield Place(number, _iri(quad.subject), as_stored(quad.predicate.value), _text(quad.object))
    except SyntaxError:
        return


def _agrees(place: Place, predicate: str | None, value: str | None) -> bool:
    return predicate in (None, place.predicate) and value in (None, place.value)


def _parse_turtle(text: str, base: str, trig: bool, found: list[Place]) -> None:
    """Add the places of the statements of a Turtle or TriG text, up to its first error."""
    import rdflib
    from rdflib.plugins.parsers.notation3 import BadSyntax, RDFSink, SinkParser
    from rdflib.plugins.parsers.trig import TrigSinkParser

    # rdflib logs every IRI that it finds odd; the check has said so already.
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)
    # rdflib makes the statements of an object list when it has read the whole list, so the place of each object is
    # noted when the object is read. It counts a line twice where it reads one twice, so lines are counted here.
    breaks = [match.start() for match in re.finditer("\n", text)]
    noted: dict[int, tuple[int, Any]] = {}
    latest = 1

    class Sink(RDFSink):
        def makeStatement(self, quadruple: Any, why: Any = None) -> None:  # noqa: N802
            _, predicate, subject, value = quadruple
            if isinstance(predicate, tuple):
                predicate = predicate[1]
            node = None if isinstance(subject, rdflib.BNode) else str(subject)
            line, _ = noted.pop(id(value), (latest, None))
            if id(subject) in noted:
                found.append(Place(noted.pop(id(subject))[0], node, None, None))
            # The words true and false come as Python's own.
            text = str(value).lower() if isinstance(value, bool) else str(value)
            found.append(Place(line, node, as_stored(str(predicate)), text))

    parser_class: Any = TrigSinkParser if trig else SinkParser

    class Parser(parser_class):  # type: ignore[misc]
        def object(self, argstr: str, i: int, res: Any) -> int:
            nonlocal latest
            start = self.skipSpace(argstr, i)
            line = bisect_left(breaks, start) + 1
            end = super().object(argstr, start if start >= 0 else i, res)
            if end >= 0 and res:
                latest = line
                noted.setdefault(id(res[-1]), (line, res[-1]))
            return int(end)

    graph: Any = rdflib.Dataset() if trig else rdflib.Graph()
    parser = Parser(Sink(graph), baseURI=base, turtle=True)
    try:
        parser.loadBuf(text)
    except (BadSyntax, ValueError, AttributeError, TypeError, RecursionError):
        return


def _iri(term: object) -> str | None:
    return term.value if isinstance(term, NamedNode) else None


def _text(term: Any) -> str | None:
    return getattr(term, "value", None)
