"""The requests and responses that the W3C's protocol manifests describe, with the terms of HTTP in RDF."""

from collections.abc import Iterator
from dataclasses import dataclass

from manifests import MF, Entry
from rdflib.collection import Collection
from rdflib.namespace import Namespace
from rdflib.term import Node

HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")

STATUSES = {
    "OK": range(200, 201),
    "Created": range(201, 202),
    "NoContent": range(204, 205),
    "NotFound": range(404, 405),
    "StatusCode2xx": range(200, 300),
    "StatusCode3xx": range(300, 400),
    "StatusCode4xx": range(400, 500),
}


@dataclass(frozen=True)
class Exchange:
    """One request of a test and what is expected of its response.

    Shape: `query` is what follows “?” in the address, as it is sent; `boolean`, `format` and `content` are None where
    nothing is expected.
    """

    method: str
    query: str
    headers: dict[str, str]
    body: bytes
    statuses: tuple[range, ...]
    boolean: bool | None
    format: str | None
    content: str | None
    content_type: str | None

    def allows(self, status: int) -> bool:
        """Return whether a status is one of the expected."""
        return any(status in statuses for statuses in self.statuses)


def exchanges_of(entry: Entry) -> Iterator[Exchange]:
    """Yield the requests of a test, in their order."""
    for request in Collection(entry.graph, entry.value(MF.action, HT.requests)):
        response = entry.graph.value(request, HT.resp)
        assert response
        text, encoding = _content(entry, request)
        boolean = entry.graph.value(response, MF.expectedBoolean)
        expected_format = entry.graph.value(response, MF.expectedFormat)
        statuses = [str(status).rpartition("#")[2] for status in entry.graph.objects(response, MF.expectedStatus)]
        assert statuses, f"{entry.name}: a response without status"
        yield Exchange(
            method=str(entry.graph.value(request, HT.methodName)),
            query=str(entry.graph.value(request, HT.absolutePath)).partition("?")[2],
            headers=_headers(entry, request),
            body=(text or "").encode(encoding),
            statuses=tuple(STATUSES[status] for status in statuses),
            boolean=None if boolean is None else bool(boolean.toPython()),  # type: ignore[attr-defined]
            format=None if expected_format is None else str(expected_format),
            content=_content(entry, response)[0],
            content_type=_headers(entry, response).get("content-type"),
        )


def _headers(entry: Entry, message: Node) -> dict[str, str]:
    head = entry.graph.value(message, HT.headers)
    return {
        str(entry.graph.value(header, HT.fieldName)).lower(): str(entry.graph.value(header, HT.fieldValue))
        for header in (Collection(entry.graph, head) if head else ())
    }


def _content(entry: Entry, message: Node) -> tuple[str | None, str]:
    body = entry.graph.value(message, HT.body)
    if body is None:
        return None, "utf-8"
    return str(entry.graph.value(body, CNT.chars)), str(entry.graph.value(body, CNT.characterEncoding))
