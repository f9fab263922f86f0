"""One reader per source format: bytes of a file → statements. Nothing here reaches the network."""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NoReturn
from xml.parsers import expat

import orjson
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from ligraph.collection import yamlld
from ligraph.collection.ids import complaint
from ligraph.collection.vocabulary import Vocabulary
from ligraph.collection.yamltree import nearest
from ligraph.config import is_language
from ligraph.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, YAML_LD, Format
from ligraph.namespaces import LIG

CONTEXT_ADDRESS = LIG.removesuffix("ns#") + "context.jsonld"

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
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.S
)
_XML_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s*)?\S+\s+(?:SYSTEM|PUBLIC|(?:\"[^\"]*&|'[^']*&))", re.I)


@dataclass
class Source:
    """One file to be read: its bytes, its format, and what ids and texts in it are relative to.

    Shape: `complaints` grows while the statements are read; `is_cut` is true once the rest could not be read.
    """

    content: bytes
    format: Format
    ids: str
    graph: str
    language: str
    base: str
    complaints: list[yamlld.Complaint] = field(default_factory=list)
    is_cut: bool = False

    def cut(self, line: int, message: str) -> None:
        """Note why the rest of the file cannot be read."""
        self.complaints.append(yamlld.Complaint(line, message))
        self.is_cut = True

    @property
    def text(self) -> str:
        """The content as text."""
        return self.content.decode("utf-8")


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
            yield from _read_json(source, vocabulary)
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


def inline_context(vocabulary: Vocabulary, language: str) -> dict[str, Any]:
    """Return the context that documents and sources carry: the terms, and the language of plain texts."""
    return {"@language": language, **vocabulary.context}


def _read_yaml(source: Source, vocabulary: Vocabulary) -> Iterator[Quad]:
    document = yamlld.read(source.text, source.graph.removeprefix(source.ids), vocabulary)
    source.complaints += document.complaints
    source.is_cut = document.is_cut
    yield from _parse_json_ld(
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


def _read_json(source: Source, vocabulary: Vocabulary) -> Iterator[Quad]:
    from pyld import jsonld

    try:
        document = _load_json(source.text)
    except json.JSONDecodeError as error:
        source.cut(error.lineno, f"this is not JSON: {error.msg}")
        return
    except _Unreadable as error:
        source.cut(error.line, str(error))
        return
    except RecursionError:
        source.cut(1, "this is nested too deeply to be read")
        return
    dropped: set[str] = set()
    known = {CONTEXT_ADDRESS, source.base + "context.jsonld"}

    def load(address: str, _options: object) -> dict[str, Any]:
        if address not in known:
            raise jsonld.JsonLdError(f"the context {address} is not fetched", "jsonld.ContextNotFetched")
        return {
            "contextUrl": None,
            "documentUrl": address,
            "document": {"@context": inline_context(vocabulary, source.language)},
        }

    try:
        expanded = jsonld.expand(
            document, {"base": source.ids, "documentLoader": load}, on_property_dropped=dropped.add
        )
    except jsonld.JsonLdError as error:
        line, message = _explain(error, source.text)
        source.cut(line, f"this is not JSON-LD: {message}")
        return
    except RecursionError:
        source.cut(1, "this is nested too deeply to be read")
        return
    source.complaints += _unusable(expanded, source)
    for key in sorted(name for name in dropped if isinstance(name, str) and not name.startswith("@")):
        line = _line_of_text(source.text, json.dumps(key, ensure_ascii=False))
        right = nearest(key, vocabulary.terms)
        if key in vocabulary.context:
            right = f': write "@context": "{CONTEXT_ADDRESS}"'
        source.complaints.append(yamlld.Complaint(line, f"“{key}” is not a term of the context{right}"))
    try:
        quads = _parse_json_ld(expanded, source.ids)
    except TypeError:
        # What orjson cannot write has been found before, but for its limit of 254 levels.
        source.cut(1, "this is nested too deeply to be read")
        return
    yield from quads


def _unusable(node: Any, source: Source) -> Iterator[yamlld.Complaint]:
    """Yield what is wrong with ids and languages: what is said with a malformed one would be dropped."""
    if isinstance(node, list):
        for item in node:
            yield from _unusable(item, source)
    elif isinstance(node, dict):
        language = node.get("@language")
        if isinstance(language, str) and not is_language(language):
            line = _line_of_text(source.text, json.dumps(language, ensure_ascii=False))
            yield yamlld.Complaint(line, f"“{language}” is not a language tag, such as en or pt-BR")
        types = node.get("@type")
        names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
        for iri in (node.get("@id"), *names, *(key for key in node if not key.startswith("@"))):
            if isinstance(iri, str) and not iri.startswith("_:") and not _is_iri(iri):
                local = iri.removeprefix(source.ids)
                line = _line_of_text(source.text, json.dumps(local, ensure_ascii=False))
                what = complaint(local) if local != iri else None
                yield yamlld.Complaint(line, what or f"“{local}” is not an address or an id")
        for value in node.values():
            yield from _unusable(value, source)


def _is_iri(text: str) -> bool:
    try:
        NamedNode(text)
    except ValueError:
        return False
    return True


class _Unreadable(Exception):
    """JSON with a value that is none in RDF, and its line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _load_json(text: str) -> Any:
    """Return what a JSON text says.

    Raises: JSONDecodeError for a syntax error; _Unreadable for a number or a character that cannot be handed on.
    """

    def refuse(number: str) -> NoReturn:
        shown = number if len(number) <= 30 else number[:30] + "…"
        line = _line_of_pattern(text, rf"(?<![\w.+\-]){re.escape(number)}(?![\w.+\-])")
        raise _Unreadable(line, f"{shown} is too large for a number, or none: write it as a text, in quotes")

    def whole(number: str) -> int:
        # Python refuses more than 4,300 digits, and orjson more than 64 bits.
        if len(number) > 20 or not -(2**63) <= int(number) < 2**64:
            refuse(number)
        return int(number)

    def fraction(number: str) -> float:
        return float(number) if isfinite(float(number)) else refuse(number)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            keys = [key for key, _ in pairs]
            key = next(key for key in keys if keys.count(key) > 1)
            last = json.dumps(members[key], ensure_ascii=False)
            member = rf"{re.escape(json.dumps(key, ensure_ascii=False))}\s*:\s*"
            line = _line_of_pattern(text, member + re.escape(last), member)
            raise _Unreadable(line, f"“{key}” is written twice in one place: keep one, or make it a list")
        return members

    document = json.loads(text, parse_int=whole, parse_float=fraction, parse_constant=refuse, object_pairs_hook=once)
    for escape in _ESCAPE.finditer(text):
        if escape["lone"]:
            line = text.count("\n", 0, escape.start()) + 1
            raise _Unreadable(line, f"“{escape[0]}” is half a character: write the character itself")
    return document


def _parse_json_ld(document: object, ids: str) -> Iterator[Quad]:
    return parse(orjson.dumps(document), format=RdfFormat.JSON_LD, base_iri=ids)


def _explain(error: BaseException, text: str) -> tuple[int, str]:
    """Return the line and the innermost reason of a PyLD error, which wraps one in another."""
    while isinstance(cause := getattr(error, "cause", None) or error.__cause__ or error.__context__, BaseException):
        error = cause
    message = str(error.args[0] if error.args else error)
    fetched = re.fullmatch(r"the context (.*) is not fetched", message)
    if fetched:
        return _line_of_text(text, fetched[1]), f"{message}: write it in the file, or use {CONTEXT_ADDRESS}"
    return _line_of_text(text, '"@context"') if "context" in message else 1, message


def _undecodable(content: bytes) -> int | None:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return None


def _line_of_pattern(text: str, *patterns: str) -> int:
    """Return the line of the first pattern that is found, or 1."""
    match = next((match for pattern in patterns if (match := re.search(pattern, text))), None)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _line_of_text(text: str, wanted: str) -> int:
    position = text.find(wanted)
    return text.count("\n", 0, position) + 1 if position >= 0 else 1
