"""The description of the interfaces for programs, `/openapi.json`.

Source: OpenAPI Specification 3.1 section 4.
"""

from __future__ import annotations

import re
from contextlib import suppress
from math import isfinite
from typing import Any

from ligraph.formats import DOCUMENTS, GRAPHS, HTML, RESULTS, Format
from ligraph.stores.questions import KINDS, Parameter, Question
from ligraph.views.links import LINKSETS
from ligraph.views.profiles import FORMS, PROFILES
from ligraph.web.live import Live

_SCHEMAS = {
    "iri": {"type": "string", "format": "iri-reference"},
    "text": {"type": "string"},
    "integer": {"type": "integer", "format": "int64"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
}
_PROBLEM = {
    "description": "What is wrong, and what would be right (RFC 9457)",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status"],
                "properties": {
                    "type": {"type": "string", "format": "uri"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "hint": {"type": "string"},
                },
            }
        }
    },
}
_AROUND = {
    "/context.jsonld": ("Return the JSON-LD context in force", "application/ld+json"),
    "/dump/{name}": (
        "Return all statements of a release: {id}.nq.gz, .ttl.gz or .jsonl.gz",
        "application/gzip",
    ),
    "/sitemap.xml": ("List the parts of the sitemap", "application/xml"),
    "/llms.txt": ("Tell language models what the site is", "text/markdown"),
    "/.well-known/api-catalog": ("List the interfaces as a link set", "application/linkset+json"),
    "/errors/{name}": ("Explain a type of problem", "text/html"),
    "/health": ("Tell whether the service lives, and what it serves", "application/json"),
    "/metrics": ("Count what the service did, for Prometheus", "text/plain"),
}
_MOVED = {"description": "It has another address, or another spelling of it"}
_REFUSALS = ("400", "404", "405", "406", "413", "414", "415", "422", "429", "431", "501", "502", "503", "504", "505")


def describe_paths(live: Live) -> dict[str, Any]:
    """Return the paths of documents, of the query services and every stored question, and of what is around them."""
    paths = {**_documents(), "/sparql": _sparql(), "/graphs": _graphs(), "/queries": _list()}
    for question in live.questions.values():
        paths[f"/queries/{question.name}"] = {"get": _question(question)}
    return paths | {path: _plain(path, summary, media_type) for path, (summary, media_type) in _AROUND.items()}


def _documents() -> dict[str, Any]:
    parts = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": r"^[^\s:/.][^\s:/]*$", "description": description},
        }
        for name, description in (("segment", "What ids begin with, such as set"), ("slug", "The rest of the id"))
    ]
    media_types = list(dict.fromkeys(known.media_type for known in DOCUMENTS))
    chosen = [
        _parameter("_mediatype", {"type": "string", "enum": media_types, "description": "Before the header Accept"}),
        _parameter(
            "_profile",
            {
                "type": "string",
                "enum": [*(profile.token for profile in PROFILES), *(form.token for form in FORMS), "alt"],
                "description": "Before the header Accept-Profile; alt lists all representations",
            },
        ),
    ]

    def get(summary: str, operation: str, parameters: list[Any], formats: tuple[Format, ...]) -> dict[str, Any]:
        responses = {**_responses(formats), "301": _MOVED, "410": _PROBLEM, "412": _PROBLEM}
        return {
            "get": {
                "summary": summary,
                "operationId": operation,
                "parameters": parameters,
                "responses": responses,
            }
        }

    thing = get("Lead from a thing to its document", "thing", parts, ())
    thing["get"]["responses"]["303"] = {"description": "See the document"}
    return {
        "/id/{segment}/{slug}": thing,
        "/doc/{segment}/{slug}": get("Return the document of a thing", "document", [*parts, *chosen], DOCUMENTS),
        "/linkset/{segment}/{slug}": get("Return the typed links of a document", "linkset", parts, LINKSETS),
        "/embed/{segment}/{slug}.html": get("Return a card for the page of another site", "card", parts, (HTML,)),
        "/dataset": get("Describe the dataset, as DCAT and VoID", "dataset", chosen, DOCUMENTS),
        "/linkset/dataset": get("Return the typed links of the dataset", "dataset_linkset", [], LINKSETS),
        "/ns": get("Return the ontology", "ontology", chosen, DOCUMENTS),
        "/shapes": get("Return the shapes that data are checked against", "shapes", chosen, DOCUMENTS),
    }


def _sparql() -> dict[str, Any]:
    query = {"type": "string", "description": "One SPARQL 1.1 query"}
    graphs = [_parameter(name, {"type": "array", "items": {"type": "string"}}) for name in _DATASET]
    formats = (*RESULTS, *GRAPHS)
    form = {"type": "object", "required": ["query"], "properties": {"query": query}}
    bodies = {"application/x-www-form-urlencoded": {"schema": form}, "application/sparql-query": {"schema": query}}
    return {
        "get": {
            "summary": "Answer a query; without one, describe the service",
            "operationId": "query",
            "parameters": [_parameter("query", query), *graphs, _format(formats)],
            "responses": _responses(formats),
        },
        "post": {
            "summary": "Answer a query",
            "operationId": "post_query",
            "parameters": [_format(formats)],
            "requestBody": {"required": True, "content": bodies},
            "responses": _responses(formats),
        },
    }


_DATASET = ("default-graph-uri", "named-graph-uri")


def _graphs() -> dict[str, Any]:
    parameters = [
        _parameter("graph", {"type": "string", "format": "iri", "description": "The IRI of a named graph"}),
        _parameter("default", {"type": "string", "description": "Without a value: the default graph"}),
        _format(GRAPHS),
    ]
    summary = "Return one graph (SPARQL 1.1 Graph Store HTTP Protocol)"
    return {
        "get": {"summary": summary, "operationId": "graph", "parameters": parameters, "responses": _responses(GRAPHS)}
    }


def _list() -> dict[str, Any]:
    content = {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}, "text/html": {}}
    found = {"description": "The questions with their parameters", "content": content}
    return {"get": {"summary": "List the stored questions", "operationId": "questions", "responses": {"200": found}}}


def _plain(path: str, summary: str, media_type: str) -> dict[str, Any]:
    """Return what has one representation."""
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    answered = {"description": "The answer", "content": {media_type: {}}}
    ranges = {"206": answered, "416": _PROBLEM} if path.startswith("/dump/") else {}
    return {
        "get": {
            "summary": summary,
            "operationId": re.sub(r"\W+", "_", path.partition("{")[0].strip("/.")),
            "parameters": [name] if "{name}" in path else [],
            "responses": {**_responses(()), "200": answered, "412": _PROBLEM, **ranges},
        }
    }


def _question(question: Question) -> dict[str, Any]:
    formats = (*(GRAPHS if question.answers_with_graph else RESULTS), HTML)
    return {
        "summary": question.title,
        "description": question.description,
        "operationId": f"question_{question.name.replace('-', '_')}",
        "parameters": [*(_typed(parameter) for parameter in question.parameters), _format(formats)],
        "responses": _responses(formats),
    }


def _typed(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {**_SCHEMAS[parameter.kind], "description": KINDS[parameter.kind]}
    if parameter.default:
        schema["default"] = _in_json(parameter.kind, parameter.default)
    described = _parameter(parameter.name, schema, required=parameter.required)
    return {**described, "example": _in_json(parameter.kind, parameter.example)} if parameter.example else described


def _in_json(kind: str, text: str) -> Any:
    """Return the value of a parameter as JSON has it; a text that is none stays one."""
    with suppress(ValueError):
        if kind == "integer":
            return int(text)
        if kind == "decimal" and isfinite(float(text)):
            return float(text)
    return text in ("true", "1") if kind == "boolean" else text


def _format(formats: tuple[Format, ...]) -> dict[str, Any]:
    return _parameter("format", {"type": "string", "enum": list(dict.fromkeys(known.name for known in formats))})


def _parameter(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _responses(formats: tuple[Format, ...]) -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {} for known in formats for media_type in known.media_types}
    answered = {"description": "The answer", "content": content}
    return {"200": answered, "304": {"description": "Unchanged"}, **dict.fromkeys(_REFUSALS, _PROBLEM)}
