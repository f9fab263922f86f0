"""`/sparql` and `/graphs` as the standards of HTTP and of SPARQL's protocols say it.

Source: SPARQL 1.1 Protocol, Graph Store HTTP Protocol (W3C 2013); RFC 9110, RFC 9111; Fetch Standard (WHATWG).
"""

import gzip
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import brotli
import pytest
import rdflib
from rdflib.namespace import VOID, Namespace
from starlette.testclient import TestClient

from ligraph import build, create_app
from ligraph.releases.loose import write_loose

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
EVERY_ROW = Path(__file__).parent / "every_row"
IDS = "https://example.org/every-row/id/"
GRAPH = f"{IDS}graph/every-row.yaml"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
ALL = "SELECT * { ?s ?p ?o }"
ALL_TRIPLES = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
SEVERAL = {"accept", "accept-encoding"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(EVERY_ROW, root, dirs_exist_ok=True)
    build(root)
    with TestClient(create_app(root, site="http://site.example/")) as client:
        # Each test says by itself what it accepts.
        del client.headers["accept"], client.headers["accept-encoding"]
        # From memory rows may come in another order than from files, so that validators change once.
        until = time.monotonic() + 30
        while client.get("/health").json()["queries"] != "memory" and time.monotonic() < until:
            time.sleep(0.05)
        yield client


def listed(header: str) -> set[str]:
    return {item.strip().lower() for item in header.split(",")}


@pytest.mark.parametrize(
    ("content_type", "body", "expected"),
    [
        (FORM, b"query=SELECT(%22100%2525%22%20AS%20?x){}", "100%25"),
        (f"{FORM}; charset=UTF-8", b"query=SELECT(%22a+b%22+AS+?x){}", "a b"),
        (FORM, b"query=SELECT(%22a%2Bb%22+AS+?x){}", "a+b"),
        (FORM, b"query=SELECT(%22%C3%A9%F0%9F%98%80%22+AS+?x){}", "é😀"),
        ("Application/X-WWW-Form-URLEncoded;Charset=utf-8", b"query=SELECT(1+AS+?x){}", "1"),
        (DIRECT, b'SELECT ("100%25" AS ?x) {}', "100%25"),
        (f"{DIRECT};charset=utf-8", 'SELECT ("a+b é😀" AS ?x) {}'.encode(), "a+b é😀"),
        (f'{DIRECT}; charset="UTF-8"', 'SELECT ("é" AS ?x) {}'.encode(), "é"),
        ("APPLICATION/SPARQL-QUERY", b"SELECT (1 AS ?x) {}", "1"),
    ],
)
def test_a_body_is_decoded_once(client: TestClient, content_type: str, body: bytes, expected: str) -> None:
    """Protocol sections 2.1.2 and 2.1.3."""
    answer = client.post("/sparql", content=body, headers={"Content-Type": content_type})
    assert answer.json()["results"]["bindings"][0]["x"]["value"] == expected


@pytest.mark.parametrize(
    "query", ["query=SELECT(%22100%2525%22%20AS%20?x){}", "query=SELECT%20(%22100%2525%22+AS+?x){}"]
)
def test_an_address_is_decoded_once(client: TestClient, query: str) -> None:
    answer = client.get(f"/sparql?{query}")
    assert answer.json()["results"]["bindings"][0]["x"]["value"] == "100%25"


@pytest.mark.parametrize(
    ("method", "address", "content_type", "body", "status"),
    [
        ("GET", "query=ASK{}&query=ASK{}", "", b"", 400),
        ("POST", "", FORM, b"query=ASK{}&query=ASK{}", 400),
        ("POST", "query=ASK{}", FORM, b"query=ASK{}", 400),
        ("POST", "query=ASK{}", DIRECT, b"ASK{}", 400),
        ("POST", "", FORM, b"", 400),
        ("POST", "", FORM, b"Query=ASK{}", 400),
        ("POST", "query=ASK{}", "", b"", 415),
        ("POST", "", DIRECT, b"", 400),
        ("GET", "query=", "", b"", 400),
        ("GET", "update=CLEAR%20ALL", "", b"", 400),
        ("GET", "query=ASK{}&update=CLEAR%20ALL", "", b"", 400),
        ("POST", "", FORM, b"update=CLEAR%20ALL", 400),
        ("POST", "", "application/sparql-update", b"CLEAR ALL", 415),
        ("POST", "", DIRECT, b"CLEAR ALL", 400),
        ("GET", "query=CLEAR%20ALL", "", b"", 400),
        ("GET", "default-graph-uri=urn:g", "", b"", 400),
        ("GET", "query=ASK{}&default-graph-uri=relative", "", b"", 400),
        ("GET", "query=ASK%FF{}", "", b"", 400),
        ("POST", "", "multipart/form-data; boundary=x", b"--x--", 415),
        ("POST", "", "text/plain", b"ASK {}", 415),
        ("POST", "", f"{DIRECT}; charset=UTF-16", "ASK {}".encode("utf-16"), 415),
        ("POST", "", DIRECT, "ASK {}".encode("utf-16"), 400),
        ("POST", "", DIRECT, b'ASK { FILTER("\xe9" = "") }', 400),
        ("POST", "", f"{FORM}; charset=iso-8859-1", b"query=ASK{}", 415),
    ],
)
def test_what_is_no_query_is_refused(
    client: TestClient, method: str, address: str, content_type: str, body: bytes, status: int
) -> None:
    """Protocol sections 2.1 and 2.1.7: exactly one query, in one of three ways."""
    headers = {"Content-Type": content_type} if content_type else {}
    answer = client.request(method, f"/sparql?{address}", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize("content_type", [FORM, DIRECT])
def test_the_dataset_may_be_in_the_address_of_what_is_posted(client: TestClient, content_type: str) -> None:
    """As the W3C's tests have it for both kinds of bodies."""
    body = "query=ASK{?s?p?o}" if content_type == FORM else "ASK { ?s ?p ?o }"
    for graph, expected in (("urn:none", False), (GRAPH, True)):
        answer = client.post(
            "/sparql", params={"default-graph-uri": graph}, content=body, headers={"Content-Type": content_type}
        )
        assert answer.json()["boolean"] is expected


def test_several_default_graphs_are_merged(client: TestClient) -> None:
    """Protocol section 2.1.4."""

    def count(*graphs: str) -> int:
        query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
        answer = client.get("/sparql", params={"query": query, "default-graph-uri": graphs})
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    derived = f"{IDS}derived/graph/every-row.yaml"
    assert count(GRAPH, derived) == count(GRAPH) + count(derived)
    assert count(GRAPH, GRAPH) == count(GRAPH) > 100


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    ("path", "allow"),
    [("/sparql?query=ASK%7B%7D", "GET, HEAD, POST, OPTIONS"), ("/graphs?default", "GET, HEAD, OPTIONS")],
)
def test_other_methods_are_refused_with_those_that_are_allowed(
    client: TestClient, method: str, path: str, allow: str
) -> None:
    """RFC 9110 section 15.5.6."""
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == allow
    assert answer.headers["content-type"] == "application/problem+json"


def test_graphs_are_not_posted(client: TestClient) -> None:
    for path in ("/graphs", "/graphs?default", f"/graphs?graph={GRAPH}"):
        answer = client.post(path, content="<urn:s> <urn:p> 1 .", headers={"Content-Type": "text/turtle"})
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


ROWS = [
    ("", "application/sparql-results+json"),
    ("*/*", "application/sparql-results+json"),
    ("application/sparql-results+json", "application/sparql-results+json"),
    ("application/json", "application/json"),
    ("application/sparql-results+xml", "application/sparql-results+xml"),
    ("application/xml", "application/xml"),
    ("text/csv", "text/csv; charset=utf-8"),
    ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
    ("TEXT/CSV", "text/csv; charset=utf-8"),
    ("text/csv;charset=utf-8", "text/csv; charset=utf-8"),
    ("text/*", "text/csv; charset=utf-8"),
    ("text/*;q=0.9, text/csv;q=0.1", "text/tab-separated-values; charset=utf-8"),
    ("text/csv;q=0.1, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
    ("text/csv;q=0, */*;q=0.1", "application/sparql-results+json"),
    ("application/sparql-results+json;q=0, application/json;q=0, */*", "text/csv; charset=utf-8"),
    ("text/turtle, text/csv;q=0.2", "text/csv; charset=utf-8"),
    ("image/png, */*;q=0.01", "application/sparql-results+json"),
    ("*/*;q=0.1, application/sparql-results+json;q=0", "application/json"),
    ("application/sparql-results+json;q=0, application/*", "application/json"),
    ("application/json;q=0.5, */*", "application/sparql-results+json"),
    ("application/json, */*", "application/json"),
]
GRAPHS = [
    ("", "text/turtle; charset=utf-8"),
    ("*/*", "text/turtle; charset=utf-8"),
    ("text/turtle", "text/turtle; charset=utf-8"),
    ("application/n-triples", "application/n-triples"),
    ("application/ld+json", "application/ld+json"),
    ("application/rdf+xml", "application/rdf+xml"),
    ("application/trig", "application/trig"),
    ("application/n-quads", "application/n-quads"),
    ('application/ld+json;profile="http://www.w3.org/ns/json-ld#flattened urn:x"', "application/ld+json"),
    ("application/sparql-results+json, application/rdf+xml;q=0.5", "application/rdf+xml"),
    ("text/turtle;q=0.1, application/*;q=0.5, application/n-triples;q=0.2, application/ld+json;q=0", None),
    ("*/*;q=0.1, text/turtle;q=0", "application/n-triples"),
]


@pytest.mark.parametrize(("accept", "expected"), ROWS)
def test_rows_come_as_they_are_asked_for(client: TestClient, accept: str, expected: str) -> None:
    for query in ("SELECT * { ?s ?p ?o } LIMIT 2", "ASK {}"):
        answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept} if accept else {})
        assert (answer.status_code, answer.headers["content-type"]) == (200, expected)
        assert listed(answer.headers["vary"]) >= SEVERAL


@pytest.mark.parametrize(("accept", "expected"), GRAPHS)
def test_statements_come_as_they_are_asked_for(client: TestClient, accept: str, expected: str | None) -> None:
    expected = expected or "application/rdf+xml"
    headers = {"Accept": accept} if accept else {}
    for path in ("/sparql?query=CONSTRUCT{?s?p?o}WHERE{?s?p?o}", "/graphs?default", f"/graphs?graph={GRAPH}"):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (200, expected)
        assert listed(answer.headers["vary"]) >= SEVERAL


@pytest.mark.parametrize(
    ("name", "rows", "statements"),
    [
        ("json", "application/sparql-results+json", "application/ld+json"),
        ("application/json", "application/sparql-results+json", None),
        ("csv", "text/csv; charset=utf-8", None),
        ("tsv", "text/tab-separated-values; charset=utf-8", None),
        ("turtle", None, "text/turtle; charset=utf-8"),
        ("n3", None, "text/turtle; charset=utf-8"),
        ("json-ld", None, "application/ld+json"),
        ("rdf%2Bxml", None, "application/rdf+xml"),
        ("rdf+xml", None, "application/rdf+xml"),
        ("N-Triples", None, "application/n-triples"),
        ("ntriples", None, "application/n-triples"),
        ("nquads", None, "application/n-quads"),
        ("ttl", None, "text/turtle; charset=utf-8"),
        ("nt", None, "application/n-triples"),
        ("jsonld", None, "application/ld+json"),
        ("application/ld+json", None, "application/ld+json"),
        ("rdf", None, "application/rdf+xml"),
        ("trig", None, "application/trig"),
        ("nq", None, "application/n-quads"),
        ("xml", "application/sparql-results+xml", "application/rdf+xml"),
        ("png", None, None),
    ],
)
def test_people_may_name_the_format(client: TestClient, name: str, rows: str | None, statements: str | None) -> None:
    """In the words of libraries too: SPARQLWrapper says format=turtle, json-ld, rdf+xml or n3."""
    for query, expected in ((ALL, rows), (ALL_TRIPLES, statements)):
        answer = client.get(f"/sparql?query={quote(query)}&format={name}", headers={"Accept": "image/png"})
        if expected:
            assert (answer.status_code, answer.headers["content-type"]) == (200, expected)
        else:
            assert answer.status_code == 406
    posted = client.post("/sparql", data={"query": ALL, "format": unquote(name)})
    assert (posted.status_code, posted.headers["content-type"]) == (
        (200, rows) if rows else (406, "application/problem+json")
    )


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (f"/sparql?query={ALL}", "image/png"),
        (f"/sparql?query={ALL}", "text/turtle"),
        (f"/sparql?query={ALL}", "*/*;q=0"),
        (f"/sparql?query={ALL_TRIPLES}", "text/csv, application/sparql-results+json"),
        ("/sparql", "image/png"),
        ("/graphs?default", "image/png"),
        ("/graphs?default", "text/csv"),
    ],
)
def test_what_cannot_be_given_is_406_with_what_could(client: TestClient, path: str, accept: str) -> None:
    """RFC 9110 sections 12.5.5 and 15.5.7."""
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 406
    assert "accept" in listed(answer.headers["vary"])
    assert "etag" not in answer.headers
    assert "/" in answer.json()["hint"]


PATHS = [
    "/sparql",
    f"/sparql?query={ALL}",
    f"/sparql?query={ALL_TRIPLES}",
    "/sparql?query=ASK{}",
    "/sparql?query=SELECT(NOW()AS?t){}",
    "/sparql?query=SELECT",
    "/sparql?query=ASK{}&query=ASK{}",
    "/graphs?default",
    f"/graphs?graph={GRAPH}",
    "/graphs?graph=urn:none",
    "/graphs",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_head_is_get_without_the_body(client: TestClient, path: str, coding: str) -> None:
    """RFC 9110 section 9.3.2."""
    headers = {"Accept": "*/*;q=0.5", "Accept-Encoding": coding}
    get, head = client.get(path, headers=headers), client.head(path, headers=headers)
    assert (head.status_code, head.content) == (get.status_code, b"")
    now_and_then = {"content-length"} if "NOW" in path else set()
    assert {name: value for name, value in head.headers.items() if name not in now_and_then} == {
        name: value for name, value in get.headers.items() if name not in now_and_then
    }


@pytest.mark.parametrize(
    ("path", "methods"), [("/sparql", {"GET", "HEAD", "POST", "OPTIONS"}), ("/graphs", {"GET", "HEAD", "OPTIONS"})]
)
def test_options_tell_what_may_be_done(client: TestClient, path: str, methods: set[str]) -> None:
    answer = client.options(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert set(answer.headers["allow"].split(", ")) == methods


@pytest.mark.parametrize(
    "path", [*PATHS, "/sparql?query=SELECT*{SERVICE<urn:x>{?s?p?o}}", "/sparql?query=ASK{}&format=png"]
)
@pytest.mark.parametrize("origin", [{}, {"Origin": "https://page.example"}])
def test_any_page_may_read_every_answer(client: TestClient, path: str, origin: dict[str, str]) -> None:
    """Errors too; and what a program was answered, a cache may give to a page."""
    answer = client.get(path, headers=origin)
    assert answer.headers["access-control-allow-origin"] == "*"
    exposed = listed(answer.headers["access-control-expose-headers"])
    assert exposed >= {"link", "etag", "location", "content-location", "retry-after"}
    assert "access-control-allow-credentials" not in answer.headers
    tag = answer.headers.get("etag")
    if tag:
        again = client.get(path, headers={**origin, "If-None-Match": tag})
        assert (again.status_code, again.headers["access-control-allow-origin"]) == (304, "*")


def test_pages_may_read_that_a_method_is_refused(client: TestClient) -> None:
    answer = client.put("/sparql", headers={"Origin": "https://page.example"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (405, "*")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("asked", ["accept", "content-type", "accept, content-type, if-none-match, x-requested-with"])
def test_a_page_is_told_that_it_may_ask(client: TestClient, method: str, asked: str) -> None:
    """A quoted profile in `Accept`, and a body that is no form, are asked for in advance."""
    answer = client.options(
        "/sparql",
        headers={
            "Origin": "https://page.example",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": asked,
        },
    )
    assert answer.status_code in (200, 204)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert method in answer.headers["access-control-allow-methods"]
    assert listed(answer.headers["access-control-allow-headers"]) >= listed(asked)
    assert "access-control-allow-credentials" not in answer.headers


KEPT = [f"/sparql?query={ALL}", f"/sparql?query={ALL_TRIPLES}", "/sparql?query=ASK{}", "/graphs?default", "/sparql"]


@pytest.mark.parametrize(
    ("format_", "triple", "words"),
    [
        ("jsonld", "<urn:a> <schema:name> 'x'", "<schema:name>"),
        ("jsonld", "<lig:x> <urn:p> 'x'", "<lig:x>"),
        ("jsonld", "<urn:a> <urn:p> <org:x>", "<org:x>"),
        ("jsonld", "<urn:a> <urn:p> 'x'^^<xsd:date>", "<xsd:date>"),
        ("rdf", "<urn:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> 2", "#li"),
        ("rdf", "<urn:a> <http://www.w3.org/1999/02/22-rdf-syntax-ns#Description> 2", "#Description"),
        ("rdf", "<urn:a> a <http://example.org/2024>", "/2024"),
        ("rdf", "<urn:a> <http://example.org/a²> 2", "a²"),
    ],
)
def test_what_a_format_cannot_say_is_406(client: TestClient, format_: str, triple: str, words: str) -> None:
    query = {"query": f"CONSTRUCT {{ {triple} }} {{}}"}
    answer = client.get("/sparql", params={**query, "format": format_})
    assert answer.status_code == 406
    assert words in answer.json()["detail"]
    assert client.get("/sparql", params={**query, "format": "nt"}).status_code == 200


@pytest.mark.parametrize("path", KEPT)
def test_what_a_client_has_is_not_sent_again(client: TestClient, path: str) -> None:
    """RFC 9110 sections 13.1.2 and 15.4.5."""
    first = client.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for header in (tag, f"W/{tag}", f'"other", {tag}', f'"a,b",W/{tag}', "*"):
        again = client.get(path, headers={"If-None-Match": header})
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "vary", "cache-control", "content-location"):
            assert again.headers.get(name) == first.headers.get(name)
    for header in ('"other"', tag.strip('"'), f'"{tag[1:-2]}"', ""):
        assert client.get(path, headers={"If-None-Match": header}).status_code == 200


def test_what_json_ld_would_read_as_another_iri_is_written_whole(client: TestClient) -> None:
    query = "CONSTRUCT { <urn:a> a <http://schema.org///x> } {}"
    answer = client.get("/sparql", params={"query": query, "format": "jsonld"})
    assert {str(o) for o in rdflib.Graph().parse(data=answer.text, format="json-ld").objects()} == {
        "http://schema.org///x"
    }


def test_what_is_posted_is_answered_whatever_the_client_has(client: TestClient) -> None:
    """RFC 9110 section 13.1.2: 304 is for GET and HEAD only."""
    tag = client.get("/sparql", params={"query": ALL}).headers["etag"]
    answer = client.post("/sparql", data={"query": ALL}, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["etag"]) == (200, tag)


@pytest.mark.parametrize("path", KEPT[:-1])
def test_the_tag_goes_before_the_date(client: TestClient, path: str) -> None:
    """RFC 9110 section 13.1.3: a date is not looked at beside a tag."""
    date = client.get(path).headers["last-modified"]
    assert parsedate_to_datetime(date).utcoffset() is not None
    assert date.endswith(" GMT")
    assert client.get(path, headers={"If-None-Match": '"other"', "If-Modified-Since": date}).status_code == 200


@pytest.mark.parametrize("path", KEPT[:-1])
def test_conditions_are_looked_at_in_their_order(client: TestClient, path: str) -> None:
    """RFC 9110 section 13.2.2."""
    first = client.get(path)
    tag, date = first.headers["etag"], first.headers["last-modified"]
    later, earlier = "Fri, 01 Jan 2100 00:00:00 GMT", "Sat, 01 Jan 2000 00:00:00 GMT"
    for headers, status in (
        ({"If-Match": '"other"'}, 412),
        ({"If-Match": f"W/{tag}"}, 412),
        ({"If-Match": f'"other", {tag}'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": '"other"', "If-None-Match": tag}, 412),
        ({"If-Match": tag, "If-None-Match": tag}, 304),
        ({"If-Unmodified-Since": earlier}, 412),
        ({"If-Unmodified-Since": earlier, "If-None-Match": tag}, 412),
        ({"If-Unmodified-Since": date}, 200),
        ({"If-Match": tag, "If-Unmodified-Since": earlier}, 200),
        ({"If-Modified-Since": date}, 304),
        ({"If-Modified-Since": later}, 304),
        ({"If-Modified-Since": earlier}, 200),
        ({"If-Modified-Since": "no date"}, 200),
    ):
        for method in ("GET", "HEAD"):
            answer = client.request(method, path, headers=headers)
            assert answer.status_code == status, headers
            if status == 304:
                assert (answer.headers["etag"], answer.headers["last-modified"]) == (tag, date)


def test_what_may_be_another_next_time_fits_no_condition(client: TestClient) -> None:
    parameters = {"query": "SELECT (RAND() AS ?x) {}"}
    for name, value, status in (
        ("If-None-Match", "*", 200),
        ("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT", 200),
        ("If-Match", "*", 200),
        ("If-Match", '"x"', 412),
        ("If-Match", "", 412),
    ):
        assert client.get("/sparql", params=parameters, headers={name: value}).status_code == status


@pytest.mark.parametrize("path", KEPT[:-1])
def test_what_a_release_fixes_is_kept_but_asked_for_again(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["cache-control"] == "no-cache"
    assert "last-modified" in answer.headers


@pytest.mark.parametrize("query", ["SELECT", "SELECT * { SERVICE <urn:x> { ?s ?p ?o } }"])
def test_a_query_that_is_refused_has_nothing_to_keep(client: TestClient, query: str) -> None:
    answer = client.get("/sparql", params={"query": query}, headers={"If-None-Match": "*"})
    assert answer.status_code in (400, 422)
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_each_representation_has_a_tag_of_its_own(client: TestClient) -> None:
    """RFC 9110 section 8.8.3: by media type and by content coding, as by query and dataset."""
    types = ["application/sparql-results+json", "application/json", "application/sparql-results+xml", "text/csv"]
    requests: list[dict[str, Any]] = [
        {"params": {"query": ALL}, "headers": {"Accept": type_, "Accept-Encoding": coding}}
        for type_ in [*types, "application/xml", "text/tab-separated-values"]
        for coding in ("identity", "gzip", "br")
    ]
    requests += [{"params": {"query": ALL, "default-graph-uri": GRAPH}}, {"params": {"query": f"{ALL} LIMIT 1"}}]
    tags = [client.get("/sparql", **request).headers["etag"] for request in requests]
    assert len(set(tags)) == len(requests)


def test_the_same_request_has_the_same_tag(client: TestClient) -> None:
    answers = [client.get("/sparql", params={"query": ALL}) for _ in range(2)]
    assert answers[0].headers["etag"] == answers[1].headers["etag"]
    assert answers[0].content == answers[1].content
    posted = client.post("/sparql", data={"query": ALL})
    assert posted.content == answers[0].content


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("gzip;q=0", ""),
        ("*", "br"),
        ("*;q=0.5, br;q=0", "gzip"),
        ("identity;q=1, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip;q=1", "gzip"),
        ("GZIP", "gzip"),
        ("deflate, zstd", ""),
    ],
)
@pytest.mark.parametrize("path", KEPT[:2])
def test_answers_are_compressed_for_those_who_ask(client: TestClient, path: str, accept: str, coding: str) -> None:
    """RFC 9110 section 12.5.3."""
    plain = client.get(path).content
    with client.stream("GET", path, headers={"Accept-Encoding": accept} if accept else {}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding", "") == coding
    assert "accept-encoding" in listed(answer.headers["vary"])
    assert int(answer.headers["content-length"]) == len(raw)
    unpacked = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}[coding](raw)
    assert unpacked == plain
    assert len(raw) < len(plain) / 2 or not coding


CHANGING = [
    "SELECT (NOW() AS ?x) {}",
    "SELECT (now() AS ?x) {}",
    "SELECT (Now#comment\n( ) AS ?x) {}",
    "SELECT (RAND() AS ?x) {}",
    "SELECT (1 AS ?x) { FILTER(rand() >= 0) }",
    "SELECT ?s { ?s ?p ?o } ORDER BY RAND()",
    "SELECT (UUID() AS ?x) {}",
    "SELECT (StrUUID() AS ?x) {}",
    "SELECT (BNODE() AS ?x) {}",
    "SELECT (bnode('a') AS ?x) {}",
    "SELECT * { { SELECT (NOW() AS ?x) {} } }",
    "SELECT * { BIND(STRUUID() AS ?x) }",
    "ASK { BIND(NOW() AS ?x) }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o FILTER(0.5<RAND()&&2>1) }",
    "SELECT * { ?s ?p ?o } ORDER BYRAND()",
    "#\\u000A'''\nSELECT (RAND() AS ?o) {}\n#\\u000A'''",
    "SELECT * { VALUES ?d { 1 } FILTER(?d<NOW()&&?d>'2020-01-01'^^<http://www.w3.org/2001/XMLSchema#date>) }",
    "CONSTRUCT { [] <urn:p> ?o } WHERE { ?s ?p ?o }",
    "CONSTRUCT { _:b <urn:p> ?o } WHERE { ?s ?p ?o }",
    "construct { ?s <urn:p> [ <urn:q> ?o ] } where { ?s ?p ?o }",
    "CONSTRUCT { ?s <urn:p> (1 2) } WHERE { ?s ?p ?o }",
    "CONSTRUCT #{\n{ # _:b\n _:b <urn:p> ?o } WHERE { ?s ?p ?o }",
    "CONSTRUCT WHERE { [] <http://schema.org/name> ?o }",
    "CONSTRUCT WHERE { _:b <http://schema.org/name> ?o }",
]
LASTING = [
    'SELECT ("NOW()" AS ?x) {}',
    "SELECT ?now { ?now a ?rand } # UUID()",
    "SELECT * { <urn:NOW()> ?p ?o }",
    "PREFIX now: <urn:> SELECT * { ?s now:rand ?o }",
    'SELECT ("a"@now AS ?x) {}',
    "SELECT * { _:b ?p ?o }",
    "SELECT * { [] ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . [] ?q ?s . _:b ?r ?s }",
    "DESCRIBE ?s WHERE { [] ?p ?s }",
]


@pytest.mark.parametrize("query", CHANGING)
def test_what_may_be_another_next_time_is_not_kept(client: TestClient, query: str) -> None:
    answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == 200
    assert "etag" not in answer.headers
    assert "last-modified" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    assert client.get("/sparql", params={"query": query}, headers={"If-None-Match": "*"}).status_code == 200


@pytest.mark.parametrize("query", LASTING)
def test_a_word_that_is_no_call_changes_nothing(client: TestClient, query: str) -> None:
    assert "etag" in client.get("/sparql", params={"query": query}).headers


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT (<x> AS ?x) {}", "http://site.example/x"),
        ("SELECT (<> AS ?x) {}", "http://site.example/sparql"),
        ("SELECT (<#x> AS ?x) {}", "http://site.example/sparql#x"),
        ("SELECT (<?x> AS ?x) {}", "http://site.example/sparql?x"),
        ("SELECT (IRI('x') AS ?x) {}", "http://site.example/x"),
        ("BASE <urn:b> SELECT (<urn:y> AS ?x) {}", "urn:y"),
        ("BASE <http://other.example/a/> SELECT (<x> AS ?x) {}", "http://other.example/a/x"),
        ("BASE <a/> SELECT (<x> AS ?x) {}", "http://site.example/a/x"),
        ("PREFIX : <p/> SELECT (:x AS ?x) {}", "http://site.example/p/x"),
    ],
)
def test_the_base_is_the_endpoint(client: TestClient, query: str, expected: str) -> None:
    """Protocol section 2.3, whatever the client calls this host."""
    answer = client.get("/sparql", params={"query": query}, headers={"Host": "other.example"})
    assert answer.json()["results"]["bindings"][0]["x"] == {"type": "uri", "value": expected}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT (<https://schema.org/name> AS ?x) {}", "http://schema.org/name"),
        ("PREFIX s: <https://schema.org/> SELECT (s:name AS ?x) {}", "http://schema.org/name"),
        ("BASE <https://schema.org/> SELECT (<name> AS ?x) {}", "http://schema.org/name"),
        ("BASE <https://schema.org> SELECT (<name> AS ?x) {}", "http://schema.org/name"),
        ("SELECT ?x { VALUES ?x { <https://schema.org/name> } }", "http://schema.org/name"),
        ("SELECT (DATATYPE('a'^^<https://schema.org/Text>) AS ?x) {}", "http://schema.org/Text"),
        ("SELECT ('https://schema.org/name' AS ?x) {}", "https://schema.org/name"),
        ("SELECT ('<https://schema.org/name>' AS ?x) {}", "<https://schema.org/name>"),
        ('SELECT ("""a "<https://schema.org/>" b""" AS ?x) {}', 'a "<https://schema.org/>" b'),
        ("SELECT (IRI('https://schema.org/name') AS ?x) {}", "https://schema.org/name"),
        ("SELECT (<https://schema.org/n\\u0061me> AS ?x) {}", "http://schema.org/name"),
        ("SELECT (<\\u0068ttps://schema.org/name> AS ?x) {}", "http://schema.org/name"),
        (
            "BASE <http://e.org/> SELECT ?x { VALUES (?y ?x) { (<a#b> <https://schema.org/name>) } }",
            "http://schema.org/name",
        ),
        ("SELECT (<https://schema.org.example/name> AS ?x) {}", "https://schema.org.example/name"),
        ("SELECT (STR(<https://schema.org/name>) AS ?x) {} # <https://schema.org/>", "http://schema.org/name"),
    ],
)
def test_schema_org_means_what_is_stored(client: TestClient, query: str, expected: str) -> None:
    answer = client.get("/sparql", params={"query": query})
    assert answer.json()["results"]["bindings"][0]["x"]["value"] == expected


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT * {\n  ?s ?p }", 2, 9),
        ("ASK { ?s <https://schema.org/name> }", 1, 36),
        ("ASK { ?s <https://schema.org/name> ?o ; <https://schema.org/url> }", 1, 66),
        ("DESCRIBE ?s {\n  ?s ?p }", 2, 9),
        ("DESCRIBE <urn:a> <urn:b> { ?s ?p }", 1, 34),
        ("DESCRIBE", 1, 9),
        # Relative IRIs are none: the endpoint is their base.
        ("SELECT (<//h/x> AS ?a) (<../x> AS ?b) (<%zz> AS ?c) {}", 1, 40),
        ("DESCRIBE { ?s ?p ?o }", 1, 10),
        ("DESCRIBE WHERE { ?s ?p ?o }", 1, 10),
        ("DESCRIBE ?s, ?p { ?s ?p ?o }", 1, 12),
        ("DESCRIBE * <urn:x>", 1, 12),
        ("DESCRIBE 'text' ?s { ?s ?p ?o }", 1, 10),
        ("DESCRIBE ?s § { ?s ?p ?o }", 1, 13),
    ],
)
def test_a_fault_is_where_it_is_said_to_be(client: TestClient, query: str, line: int, column: int) -> None:
    """Also where the engine is asked another query than the one that was sent."""
    answer = client.get("/sparql", params={"query": query})
    problem = answer.json()
    assert (answer.status_code, problem["line"], problem["column"]) == (400, line, column), problem["detail"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("graph=relative", 400),
        ("graph=", 400),
        ("graph=%2Fpath", 400),
        ("", 400),
        ("default&graph=urn:g", 400),
        ("graph=urn:a&graph=urn:b", 400),
        ("graph=urn:none", 404),
        (f"graph={GRAPH}", 200),
        (f"graph={GRAPH.replace('/', '%2F').replace(':', '%3A')}", 200),
        (f"graph={GRAPH.replace('every', '%2565very')}", 404),
        ("default", 200),
        ("default=", 200),
    ],
)
def test_a_graph_is_named_by_its_whole_iri(client: TestClient, query: str, status: int) -> None:
    """Graph Store Protocol sections 4.2 and 5.1."""
    answer = client.get(f"/graphs?{query}")
    assert answer.status_code == status
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_service_outlives_many_queries_that_never_end(tmp_path: Path) -> None:
    """Each of them costs a worker; there are always others, more than were there at first."""
    shutil.copytree(EVERY_ROW, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "ligraph.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[limits]\nquery_seconds = 0.05\n")
    build(tmp_path)
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with TestClient(create_app(tmp_path)) as client:
        for number in range(20):
            assert client.post("/sparql", data={"query": f"{endless} # {number}"}).status_code == 504
            assert client.post("/sparql", data={"query": f"ASK {{}} # {number}"}).status_code == 200


@contextmanager
def serving_trig(folder: Path, text: str, default_graph: str) -> Iterator[TestClient]:
    """Yield a client of a service over a file."""
    (folder / "data.trig").write_text(text, "utf-8")
    write_loose(folder, [folder / "data.trig"], default_graph)
    with TestClient(create_app(folder, site="http://site.example/")) as client:
        yield client


def test_the_description_of_the_service_reads_well(client: TestClient) -> None:
    """Its Turtle has prefixes, and in full only the IRIs of this site and of its data."""
    written = client.get("/sparql", headers={"Accept": "text/turtle"}).text
    statements = re.sub(r"(?m)^@prefix .*$", "", written)
    assert "sd:endpoint" in statements
    assert re.findall(r"<http://(?:www\.w3\.org|purl\.org|rdfs\.org)/[^>]*>", statements) == []


@pytest.mark.parametrize(("default_graph", "expected"), [("union", {"1", "2", "3"}), ("unnamed", {"1"})])
def test_the_default_graph_is_one_thing_to_all(tmp_path: Path, default_graph: str, expected: set[str]) -> None:
    """To queries, to the Graph Store Protocol, and in the description of the service."""
    text = "<urn:s> <urn:p> 1 . <urn:g> { <urn:s> <urn:p> 2 } <urn:h> { <urn:s> <urn:p> 2 } _:g { <urn:s> <urn:p> 3 }"
    with serving_trig(tmp_path, text, default_graph) as client:
        rows = client.get("/sparql", params={"query": "SELECT ?o { ?s ?p ?o }"}).json()["results"]["bindings"]
        graph = rdflib.Graph().parse(data=client.get("/graphs?default").content, format="turtle")
        description = rdflib.Graph().parse(data=client.get("/sparql").content, format="turtle")
    assert {row["o"]["value"] for row in rows} == {str(value) for value in graph.objects()} == expected
    default = next(description.objects(None, SD.defaultGraph))
    union = (None, SD.feature, SD.UnionDefaultGraph) in description
    assert union == (default_graph == "union")
    assert description.value(default, VOID.triples) == rdflib.Literal(len(expected))
    assert description.value(rdflib.URIRef("urn:g"), VOID.triples) == rdflib.Literal(1)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(
            "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
            "1",
            marks=pytest.mark.xfail(
                strict=True, reason="the engine's union has a statement once for each of its graphs"
            ),
        ),
        pytest.param(
            "SELECT (COUNT(*) AS ?n) FROM <urn:a> FROM <urn:b> { ?s ?p ?o }",
            "1",
            marks=pytest.mark.xfail(strict=True, reason="the engine does not merge the graphs of FROM"),
        ),
        pytest.param(
            "SELECT (COU\\u004eT(*) AS ?n) { ?s ?p ?o } LIMIT 1",
            "2",
            marks=pytest.mark.xfail(strict=True, reason="the engine reads escapes in texts and IRIs only"),
        ),
        ("SELECT (COUNT(*) AS ?n) { SELECT DISTINCT * { ?s ?p ?o } }", "1"),
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", "2"),
    ],
)
def test_graphs_are_merged(tmp_path: Path, query: str, expected: str) -> None:
    """SPARQL 1.1 Query sections 13.2.1 and 19.2."""
    with serving_trig(tmp_path, "<urn:a> { <urn:s> <urn:p> 1 } <urn:b> { <urn:s> <urn:p> 1 }", "union") as client:
        answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == 200
    assert answer.json()["results"]["bindings"][0]["n"]["value"] == expected
