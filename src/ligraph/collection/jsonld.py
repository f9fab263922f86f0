"""JSON-LD sources: expanded by PyLD with the contexts that are known here, and by no other."""

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, NoReturn

import orjson
from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from ligraph.collection.ids import complaint
from ligraph.collection.source import Source
from ligraph.collection.vocabulary import Vocabulary, inline_context
from ligraph.collection.yamlld import Complaint
from ligraph.collection.yamltree import nearest
from ligraph.config import is_language
from ligraph.namespaces import LIG

CONTEXT_ADDRESS = LIG.removesuffix("ns#") + "context.jsonld"

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.S
)


def read_quads(source: Source, vocabulary: Vocabulary) -> Iterator[Quad]:
    """Yield the statements of a JSON-LD file. What is wrong goes to `source.complaints`."""
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
        source.complaints.append(Complaint(line, f"“{key}” is not a term of the context{right}"))
    try:
        quads = parse_expanded(expanded, source.ids)
    except TypeError:
        # What orjson cannot write has been found before, but for its limit of 254 levels.
        source.cut(1, "this is nested too deeply to be read")
        return
    yield from quads


def _unusable(node: Any, source: Source) -> Iterator[Complaint]:
    """Yield what is wrong with ids and languages: what is said with a malformed one would be dropped."""
    if isinstance(node, list):
        for item in node:
            yield from _unusable(item, source)
    elif isinstance(node, dict):
        language = node.get("@language")
        if isinstance(language, str) and not is_language(language):
            line = _line_of_text(source.text, json.dumps(language, ensure_ascii=False))
            yield Complaint(line, f"“{language}” is not a language tag, such as en or pt-BR")
        types = node.get("@type")
        names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
        for iri in (node.get("@id"), *names, *(key for key in node if not key.startswith("@"))):
            if isinstance(iri, str) and not iri.startswith("_:") and not _is_iri(iri):
                local = iri.removeprefix(source.ids)
                line = _line_of_text(source.text, json.dumps(local, ensure_ascii=False))
                what = complaint(local) if local != iri else None
                yield Complaint(line, what or f"“{local}” is not an address or an id")
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


def parse_expanded(document: object, ids: str) -> Iterator[Quad]:
    """Yield the statements of JSON-LD that refers to no context but its own."""
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


def _line_of_pattern(text: str, *patterns: str) -> int:
    """Return the line of the first pattern that is found, or 1."""
    match = next((match for pattern in patterns if (match := re.search(pattern, text))), None)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _line_of_text(text: str, wanted: str) -> int:
    position = text.find(wanted)
    return text.count("\n", 0, position) + 1 if position >= 0 else 1
