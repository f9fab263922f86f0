"""Stored questions: queries with a name, a description and typed parameters, in files of their own.

A file begins with comments, `# title:`, `# description:`, then `# param: topic iri` for each parameter, perhaps with
`required` behind it and `# example:` or `# default:` below; `# endpoint:` names another endpoint that it is for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from ligraph.errors import BadParameter, CollectionError, LigraphError, Refused
from ligraph.namespaces import XSD, as_stored
from ligraph.stores.rewriting import check_syntax
from ligraph.stores.screening import DEEPEST, MOST_PARTS, read_query
from ligraph.stores.tokens import tokens_of

SUFFIX = ".rq"

_HEADER = re.compile(r"#\s*(\w+):\s*(.*?)\s*")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_PARAMETER = re.compile(r"(\w+)\s+(\w+)(\s+required)?")
_FORMS = {
    "integer": re.compile(r"[+-]?[0-9]{1,18}"),
    "decimal": re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"),
    "boolean": re.compile(r"true|false|0|1"),
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
}
KINDS = {
    "iri": "an IRI, or an id of this collection",
    "text": "a text",
    "integer": "a whole number",
    "decimal": "a number",
    "boolean": "true or false",
    "date": "a date such as 2021-04-30",
}
"""What a parameter can be, in words."""

RESERVED = frozenset({"format"})

_ENDPOINT = "http://localhost/sparql"
"""What relative IRIs are read against; the address of the endpoint is not known yet."""


@dataclass(frozen=True)
class Parameter:
    """A variable of a question that whoever asks gives a value.

    Shape: `kind` is a key of `KINDS`.
    """

    name: str
    kind: str
    required: bool = False
    example: str = ""
    default: str = ""


@dataclass(frozen=True)
class Question:
    """A stored question.

    Shape: `endpoint` is another endpoint that it is for, "" for this one; `answers_with_graph` says whether the answer
    is statements rather than rows.
    """

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    endpoint: str
    text: str
    answers_with_graph: bool


def read_questions(
    folder: Path, *, deepest: int = DEEPEST, most: int = MOST_PARTS
) -> tuple[dict[str, Question], list[LigraphError]]:
    """Return the questions of a folder by name, and what is wrong with the files that are none."""
    found, wrong = {}, []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            question = read_question(path, deepest=deepest, most=most)
        except LigraphError as error:
            wrong.append(error)
        else:
            found[question.name] = question
    return found, wrong


def read_question(path: Path, *, deepest: int = DEEPEST, most: int = MOST_PARTS) -> Question:
    """Return the question of a file.

    Raises: CollectionError with file and line where its header or its query is wrong; where it cannot be read, or is a
    query too complex for this endpoint.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CollectionError(f"{path.name} cannot be read: {error}") from None
    if not _NAME.fullmatch(path.stem):
        message = f"{path.name} is not a name that an address can have"
        raise CollectionError(message, hint="use small letters, digits and “-”")
    said: dict[str, str] = {}
    parameters: list[Parameter] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("#"):
            break
        match = _HEADER.fullmatch(line)
        if not match:
            continue
        key, value = match[1].lower(), match[2]
        if key == "param":
            parameters.append(_parameter(value, f"{path.name}:{number}"))
        elif key in ("example", "default") and parameters:
            last = parameters[-1]
            parameters[-1] = replace(last, example=value) if key == "example" else replace(last, default=value)
        else:
            said[key] = value
    variables = {match[0][1:] for match in tokens_of(text) if match.lastgroup == "variable"}
    for parameter in parameters:
        if parameter.name not in variables:
            raise CollectionError(f"{path.name}: the query has no variable ?{parameter.name}, which is a parameter")
    endpoint = said.get("endpoint", "")
    try:
        # Limits are those of this endpoint. No query is longer than its text.
        graph = _answers_with_graph(text, *((len(text), len(text)) if endpoint else (deepest, most)))
    except LigraphError as error:
        raise CollectionError(f"{path.name}: {error.message}", hint=error.hint) from None
    title, description = said.get("title") or path.stem, said.get("description", "")
    return Question(path.stem, title, description, tuple(parameters), endpoint, text, graph)


def _answers_with_graph(text: str, deepest: int, most: int) -> bool:
    """Return whether a query answers with statements. It is only read: an engine may take minutes to plan it.

    Raises: MalformedQuery; TooComplex; Refused.
    """
    # A function of one engine is refused where it is asked.
    with suppress(Refused):
        check_syntax(text, _ENDPOINT)
    return read_query(text, deepest=deepest, most=most).answers_with_graph


def _parameter(value: str, place: str) -> Parameter:
    match = _PARAMETER.fullmatch(value)
    if not match or match[2] not in KINDS or match[1] in RESERVED:
        hint = f"write “# param: NAME KIND”, where KIND is one of {', '.join(KINDS)}"
        raise CollectionError(f"{place}: “{value}” is not a parameter", hint=hint)
    return Parameter(match[1], match[2], bool(match[3]))


def bind(question: Question, values: Mapping[str, str], ids: str) -> dict[str, str]:
    """Return the terms that a question's variables are bound to, as N-Triples writes them; those not given stay open.

    Raises: BadParameter for a value of another kind, a parameter that the question has not, one that is missing.
    """
    known = {parameter.name: parameter for parameter in question.parameters}
    for name in values:
        if name not in known:
            names = ", ".join(f"“{name}”" for name in known) or "none"
            message = f"“{name}” is not a parameter of {question.name}"
            raise BadParameter(message, parameter=name, hint=f"it has {names}")
    bound = {}
    for name, parameter in known.items():
        value = values.get(name, "").strip() or parameter.default
        if value:
            bound[name] = str(_term(parameter, value, ids))
        elif parameter.required:
            message = f"the parameter “{name}” is missing: {KINDS[parameter.kind]}"
            hint = f"for example {name}={parameter.example}" if parameter.example else None
            raise BadParameter(message, parameter=name, hint=hint)
    return bound


def _term(parameter: Parameter, value: str, ids: str) -> NamedNode | Literal:
    wanted = f"“{parameter.name}” is {KINDS[parameter.kind]}, not “{value[:200]}”"
    hint = f"for example {parameter.name}={parameter.example}" if parameter.example else None
    if parameter.kind == "iri":
        try:
            return NamedNode(as_stored(value if ":" in value else ids + value))
        except ValueError:
            raise BadParameter(wanted, parameter=parameter.name, hint=hint) from None
    if parameter.kind == "text":
        return Literal(value)
    if not _FORMS[parameter.kind].fullmatch(value) or (parameter.kind == "date" and not _is_day(value)):
        raise BadParameter(wanted, parameter=parameter.name, hint=hint)
    return Literal(value, datatype=NamedNode(XSD + parameter.kind))


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        date.fromisoformat(text)
        return True
    return False
