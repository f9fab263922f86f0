"""The site over HTTP: addresses, formats, headers, problems."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx2
import pytest
import rdflib
from starlette.testclient import TestClient

from ligraph import build, create_app
from ligraph.errors import error_classes

EVERY_ROW = Path(__file__).parent / "every_row"
IDS = "https://example.org/every-row/id/"
EXTRA = """\
things:
- id: person/éva-ü
  name: '</script><script>alert(1)</script> & "Éva"'
- id: topic/x1²2
  prefLabel: x1²2
  inScheme: scheme/topics
- id: topic/v1.2
  prefLabel: v1.2
  inScheme: scheme/topics
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(EVERY_ROW / "data", root / "data")
    shutil.copy(EVERY_ROW / "ligraph.toml", root)
    (root / "data" / "extra.yaml").write_text(EXTRA, "utf-8")
    (root / "data" / "removed.yaml").write_text("set/gone: removed\nset/old: set/listening-and-watching\n")
    build(root)
    return root


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[TestClient]:
    with TestClient(create_app(root, site="http://site.example/"), follow_redirects=False) as client:
        yield client


def test_a_thing_is_answered_by_its_document(client: TestClient) -> None:
    answer = client.get("/id/resource/a-talk")
    assert (answer.status_code, answer.headers["location"]) == (303, "/doc/resource/a-talk")
    assert "Accept" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("text/html", "text/html; charset=utf-8"),
        ("application/ld+json", "application/ld+json"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("application/n-triples", "application/n-triples"),
        ("*/*", "text/html; charset=utf-8"),
    ],
)
def test_a_document_comes_as_it_is_asked_for(client: TestClient, accept: str, content_type: str) -> None:
    answer = client.get("/doc/resource/a-talk", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == content_type
    assert "Accept" in answer.headers["vary"]
    fixed = client.get(answer.headers["content-location"])
    assert fixed.content == answer.content
    assert fixed.headers["content-type"] == content_type
    assert fixed.headers["vary"] == "Accept-Encoding"


def test_a_parser_follows_the_thing_to_its_triples(client: TestClient) -> None:
    answer = client.get("/id/resource/a-talk", headers={"Accept": "text/turtle"}, follow_redirects=True)
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    name = graph.value(rdflib.URIRef(IDS + "resource/a-talk"), rdflib.URIRef("http://schema.org/name"))
    assert name == rdflib.Literal("A Talk", lang="en")


def test_links_name_the_canonical_address_and_every_format(client: TestClient) -> None:
    link = client.get("/doc/resource/a-talk").headers["link"]
    assert '<http://site.example/doc/resource/a-talk>; rel="canonical"' in link
    for suffix, media_type in (("html", "text/html"), ("jsonld", "application/ld+json"), ("ttl", "text/turtle")):
        assert f'<http://site.example/doc/resource/a-talk.{suffix}>; rel="alternate"; type="{media_type}"' in link


@pytest.mark.parametrize("path", ["/", "/doc/resource/a-talk", "/doc/resource/a-talk.ttl", "/ns", "/context.jsonld"])
def test_what_a_client_has_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    for header in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = client.get(path, headers={"If-None-Match": header})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers.get("vary") == first.headers.get("vary")
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_each_format_has_a_tag_of_its_own(client: TestClient) -> None:
    tags = {client.get(f"/doc/resource/a-talk.{suffix}").headers["etag"] for suffix in ("html", "jsonld", "ttl", "nt")}
    assert len(tags) == 4


@pytest.mark.parametrize("path", ["/", "/doc/resource/a-talk", "/ns", "/context.jsonld", "/health", "/id/set/gone"])
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    for name in ("content-type", "content-length", "etag", "vary"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize("path", ["/", "/doc/resource/a-talk", "/id/resource/a-talk", "/ns", "/health"])
def test_other_methods_are_refused_and_named(client: TestClient, path: str) -> None:
    answer = client.delete(path)
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert answer.headers["content-type"] == "application/problem+json"
    options = client.options(path)
    assert options.status_code == 204
    assert "GET" in options.headers["allow"]


def test_any_page_may_read_and_see_the_headers(client: TestClient) -> None:
    answer = client.get("/doc/resource/a-talk.jsonld", headers={"Origin": "https://partner.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in answer.headers
    asked = {"Origin": "https://p.example", "Access-Control-Request-Method": "GET"}
    preflight = client.options("/doc/resource/a-talk", headers=asked | {"Access-Control-Request-Headers": "accept"})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert "GET" in preflight.headers["access-control-allow-methods"]
    assert preflight.headers["allow"] == preflight.headers["access-control-allow-methods"]
    allowed = preflight.headers["access-control-allow-headers"].lower().split(", ")
    assert {"accept", "accept-profile", "if-none-match"} <= set(allowed)


@pytest.mark.parametrize("path", ["/nowhere", "/nowhere/at/all", "/dump/none", "/ns/none.ttl", "/queries/none"])
def test_a_page_may_see_that_nothing_is_there(client: TestClient, path: str) -> None:
    """Fetch Standard (WHATWG) section 3.3.3: what a browser asks first has to be a success."""
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "accept-profile"}
    preflight = client.options(path, headers={"Origin": "https://p.example"} | asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "*"
    assert preflight.headers["access-control-allow-methods"] == preflight.headers["allow"] == "GET, HEAD, OPTIONS"
    assert client.get(path, headers={"Accept-Profile": "x"}).headers["access-control-allow-origin"] == "*"


def test_an_unknown_address_has_no_methods(client: TestClient) -> None:
    assert client.options("/nowhere").status_code == 404
    assert client.options("/nowhere", headers={"Origin": "https://p.example"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "name"),
    [
        ("/doc/resource/nope", 404, "not-found"),
        ("/id/resource/nope", 404, "not-found"),
        ("/nowhere", 404, "not-found"),
        ("/doc/%00", 404, "not-found"),
        ("/doc/..%2f..%2fetc/passwd", 404, "not-found"),
        ("/doc/" + "x" * 5000, 404, "not-found"),
        ("/doc/<script>", 404, "not-found"),
        ("/id/set/gone", 410, "gone"),
        ("/doc/set/gone", 410, "gone"),
        ("/doc/set/gone.ttl", 410, "gone"),
    ],
)
def test_problems_are_documents(client: TestClient, path: str, status: int, name: str) -> None:
    answer = client.get(path)
    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"https://example.org/every-row/errors/{name}"
    assert problem["title"]
    assert problem["detail"]


def test_nothing_fits_is_406_and_says_what_would(client: TestClient) -> None:
    answer = client.get("/doc/resource/a-talk", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert "Accept" in answer.headers["vary"]
    assert "text/turtle" in answer.json()["hint"]


def test_a_browser_gets_a_page_with_the_nearest_things(client: TestClient) -> None:
    answer = client.get("/doc/set/a-talk", headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert '/doc/resource/a-talk"' in answer.text
    for path in ("/doc/resource/a-tlak.html", "/id/resource/a-talks", "/doc/resource/A-Talk.ttl"):
        answer = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
        assert answer.status_code == 404
        assert '/doc/resource/a-talk"' in answer.text
    assert "Did you mean" not in client.get("/doc/person/zzz", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize("name", sorted(error_classes()))
def test_every_problem_type_is_explained(client: TestClient, name: str) -> None:
    answer = client.get(f"/errors/{name}")
    assert answer.status_code == 200
    assert error_classes()[name].title in answer.text.replace("&#39;", "'")


def test_what_was_renamed_is_found(client: TestClient) -> None:
    for kind in ("id", "doc"):
        answer = client.get(f"/{kind}/set/old")
        assert (answer.status_code, answer.headers["location"]) == (301, f"/{kind}/set/listening-and-watching")


def test_a_redirect_keeps_what_was_asked_for(client: TestClient) -> None:
    answer = client.get("/doc/set/old.ttl")
    assert (answer.status_code, answer.headers["location"]) == (301, "/doc/set/listening-and-watching.ttl")
    answer = client.get("/doc/set/old?_mediatype=text/turtle")
    assert answer.headers["location"] == "/doc/set/listening-and-watching?_mediatype=text/turtle"


def test_a_format_may_be_named_in_the_address(client: TestClient) -> None:
    for name in ("application/ld+json", "application/ld%2Bjson", "jsonld"):
        answer = client.get(f"/doc/resource/a-talk?_mediatype={name}")
        assert answer.headers["content-type"] == "application/ld+json"


def test_ids_of_any_script_and_with_dots(client: TestClient) -> None:
    answer = client.get("/id/" + quote("person/éva-ü"))
    assert answer.headers["location"] == "/doc/" + quote("person/éva-ü")
    assert client.get(answer.headers["location"] + ".ttl").status_code == 200
    assert client.get("/doc/topic/v1.2").status_code == 200
    assert client.get("/doc/" + quote("topic/x1²2")).status_code == 200
    assert client.get("/doc/topic/v1.2.nt").headers["content-type"] == "application/n-triples"
    assert client.get("/doc/graph/every-row.yaml").status_code == 200
    assert client.get("/doc/graph/every-row.yaml.jsonld").status_code == 200


def test_a_name_cannot_break_out_of_a_page(client: TestClient) -> None:
    answer = client.get("/doc/" + quote("person/éva-ü"), headers={"Accept": "text/html"})
    assert "<script>alert" not in answer.text
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_home_page_is_a_catalogue_for_machines(client: TestClient) -> None:
    answer = client.get("/", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=answer.text, format="turtle")
    catalogue = rdflib.URIRef("https://example.org/every-row/")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    assert (catalogue, rdflib.RDF.type, dcat.Catalog) in graph
    endpoint = rdflib.URIRef("http://site.example/sparql")
    assert (None, dcat.endpointURL, endpoint) in graph


def test_the_words_are_served(client: TestClient) -> None:
    context = client.get("/context.jsonld")
    assert context.headers["content-type"] == "application/ld+json"
    assert context.json()["@context"]["name"] == "schema:name"
    ontology = client.get("/ns", headers={"Accept": "text/turtle"})
    assert len(rdflib.Graph().parse(data=ontology.text, format="turtle")) > 400
    page = client.get("/ns", headers={"Accept": "text/html"})
    assert 'id="ResourceSet"' in page.text


def test_a_release_keeps_the_words_that_it_was_made_with(tmp_path: Path) -> None:
    """Settings that changed since are those of the next release."""
    shutil.copytree(EVERY_ROW, tmp_path / "c")
    settings = tmp_path / "c" / "ligraph.toml"
    old = build(tmp_path / "c").manifest.id
    settings.write_text(settings.read_text().replace("title = ", 'description = "New."\ntitle = "Not yet " # ', 1))
    for release, new in ((old, False), (build(tmp_path / "c").manifest.id, True)):
        with TestClient(create_app(tmp_path / "c", release=release)) as client:
            for accept in ("text/html", "text/turtle"):
                text = client.get("/", headers={"Accept": accept}).text
                assert (("Not yet" in text), ("New." in text)) == (new, new)


def test_health_says_what_is_served(client: TestClient) -> None:
    health = client.get("/health").json()
    assert health["status"] == "ok"
    assert health["release"]


COUNT = "SELECT (COUNT(?s) AS ?n) { ?s a <https://w3id.org/ligraph/ns#ResourceSet> }"


@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_queries_come_in_three_ways(client: TestClient, way: str) -> None:
    accept = {"Accept": "application/sparql-results+json"}
    match way:
        case "get":
            answer = client.get("/sparql", params={"query": COUNT}, headers=accept)
        case "form":
            answer = client.post("/sparql", data={"query": COUNT}, headers=accept)
        case _:
            headers = accept | {"Content-Type": "application/sparql-query; charset=UTF-8"}
            answer = client.post("/sparql", content=COUNT, headers=headers)
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert answer.json()["results"]["bindings"][0]["n"]["value"] == "1"


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("ASK { ?s <https://schema.org/name> ?n }", True),
        ("PREFIX s: <https://schema.org/> ASK { ?s s:name ?n }", True),
        ("PREFIX s: <http://schema.org/> ASK { ?s s:name ?n }", True),
        ('ASK { FILTER("<https://schema.org/>" = CONCAT("<http", "s://schema.org/>")) }', True),
        ("ASK { ?s ?p ?n FILTER(STRSTARTS(STR(?p), 'https://schema.org/')) }", False),
    ],
)
def test_schema_org_may_be_written_either_way(client: TestClient, query: str, answer: bool) -> None:
    assert client.get("/sparql", params={"query": query}).json()["boolean"] is answer


def test_a_form_is_decoded_once(client: TestClient) -> None:
    body = 'query=SELECT("100%2525" AS ?x){}'.replace('"', "%22").replace(" ", "%20")
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    answer = client.post("/sparql", content=body, headers=headers)
    assert answer.json()["results"]["bindings"][0]["x"]["value"] == "100%25"


def test_a_graph_comes_in_every_format_with_the_same_triples(client: TestClient) -> None:
    query = "CONSTRUCT { ?s ?p ?o . ?s <urn:says> [ <urn:what> ?o ] } WHERE { ?s ?p ?o }"
    graphs = []
    for format_ in ("turtle", "nt", "json-ld"):
        media_type = {"turtle": "text/turtle", "nt": "application/n-triples", "json-ld": "application/ld+json"}[format_]
        answer = client.get("/sparql", params={"query": query}, headers={"Accept": media_type})
        assert answer.headers["content-type"].startswith(media_type)
        graphs.append(len(rdflib.Graph().parse(data=answer.content, format=format_)))
    assert graphs[0] == graphs[1] == graphs[2] > 100


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ({"method": "GET", "url": "/sparql?query=ASK%7B%7D&query=ASK%7B%7D"}, 400),
        ({"method": "GET", "url": "/sparql?query=SELECT"}, 400),
        ({"method": "GET", "url": "/sparql?query=ASK%7BFILTER(%3Curn:f%3E())%7D"}, 400),
        ({"method": "POST", "url": "/sparql", "content": b"ASK {}"}, 415),
        ({"method": "POST", "url": "/sparql", "content": b"ASK {}", "headers": {"Content-Type": "text/plain"}}, 415),
        (
            {
                "method": "POST",
                "url": "/sparql",
                "content": "ASK {}".encode("utf-16"),
                "headers": {"Content-Type": "application/sparql-query"},
            },
            400,
        ),
        (
            {
                "method": "POST",
                "url": "/sparql",
                "content": b"#" * 400_000,
                "headers": {"Content-Type": "application/sparql-query"},
            },
            413,
        ),
        ({"method": "PUT", "url": "/sparql", "content": b""}, 405),
        ({"method": "GET", "url": "/sparql?query=ASK%7B%7D", "headers": {"Accept": "image/png"}}, 406),
    ],
)
def test_bad_queries_are_the_callers_errors(client: TestClient, request_: dict[str, object], status: int) -> None:
    answer = client.request(**request_)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


HIDING = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service silent <URL> { ?s ?p ?o } }",
    "SELECT * { S\\u0045RVICE <URL> { ?s ?p ?o } }",
    "SELECT * { #\nSERVICE<URL>{ ?s ?p ?o } }",
    "SELECT * { OPTIONAL { { SERVICE <URL> { ?s ?p ?o } } } }",
    "#a\rSELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "PREFIX u: <urn:> SELECT * { ?s u:p<urn:o>.SERVICE<URL>{?a ?b ?c} }",
    "PREFIX u: <urn:> SELECT * { ?s u:p?o.SERVICE<URL>{?a ?b ?c} }",
    'SELECT * { BIND("\\u0022" AS ?a) SERVICE <URL> { ?s ?p ?o } BIND("\\u0022" AS ?b) }',
    "SELECT * { FILTER(1<2)SERVICE<URL>{ ?s ?p ?o } FILTER(2>1) }",
    "SELECT * { ?s ?p 1SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { ?s ?p 'a'@en.SERVICE <URL> { ?s ?p ?o } }",
    "PREFIX ex: <urn:> SELECT * { ?s ?p ex:.SERVICE <URL> { ?a ?b ?c } }",
    "PREFIX ex: <urn:> SELECT * { ?s ?p ex:a.b.SERVICE <URL> { ?a ?b ?c } }",
    "PREFIX ex: <urn:> SELECT * { ?s ?p ex:a.SERVICE <URL> { ?a ?b ?c } }",
    "SELECT * { VALUES ?x { '''a' } SERVICE <URL> { ?s ?p ?o } # \\q'''\n}",
]


@pytest.mark.parametrize("query", HIDING)
def test_this_server_asks_no_other(client: TestClient, query: str) -> None:
    """However the word is hidden: a socket that listens is never visited."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.3)
        port = listening.getsockname()[1]
        answer = client.post("/sparql", data={"query": query.replace("URL", f"http://127.0.0.1:{port}/")})
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "refused")
        assert "SERVICE is not allowed" in answer.json()["detail"]
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize(
    "query",
    [
        "SELECT*" + "{" * 6000 + "}" * 6000,
        "SELECT*{" + "?a?b?c." * 10_000 + "}",
        "SELECT*{FILTER(" + "!" * 10_000 + "true)}",
        "ASK{FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ")}",
        "ASK{?a " + "/".join(["<urn:p>"] * 600) + " ?b}",
        "SELECT*{" + "OPTIONAL{?a ?b ?c}" * 600 + "}",
        "SELECT*{" + "\\u007B" * 6000 + "}" * 6000,
    ],
    ids=["braces", "patterns", "not", "parentheses", "path", "optionals", "escaped braces"],
)
def test_a_query_that_would_kill_the_engine_is_refused(client: TestClient, query: str) -> None:
    answer = client.post("/sparql", data={"query": query})
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "too-complex")


@pytest.mark.parametrize(
    ("query", "fields", "expected"),
    [
        ("ASK FROM <urn:none> { ?s ?p ?o }", {}, False),
        ("ASK FROM <GRAPH> { ?s ?p ?o }", {}, True),
        ("ASK { ?s ?p ?o }", {"default-graph-uri": "urn:none"}, False),
        ("ASK { ?s ?p ?o }", {"default-graph-uri": "GRAPH"}, True),
        ("ASK FROM <urn:none> { ?s ?p ?o }", {"default-graph-uri": "GRAPH"}, True),
        ("ASK FROM <GRAPH> { ?s ?p ?o }", {"default-graph-uri": "urn:none"}, False),
        ("ASK { GRAPH ?g { ?s ?p ?o } }", {"default-graph-uri": "GRAPH"}, False),
        ("ASK { GRAPH ?g { ?s ?p ?o } }", {"named-graph-uri": "GRAPH"}, True),
        ("ASK { ?s ?p ?o }", {"named-graph-uri": "GRAPH"}, False),
        ("ASK { GRAPH ?g { ?s ?p ?o } }", {}, True),
    ],
)
@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_the_dataset_of_the_request_goes_before_that_of_the_query(
    client: TestClient, query: str, fields: dict[str, str], expected: bool, way: str
) -> None:
    """SPARQL 1.1 Protocol section 2.1.4."""
    graph = IDS + "graph/every-row.yaml"
    query = query.replace("GRAPH>", f"{graph}>")
    fields = {name: value.replace("GRAPH", graph) for name, value in fields.items()}
    if way == "get":
        answer = client.get("/sparql", params={"query": query, **fields})
    elif way == "form":
        answer = client.post("/sparql", data={"query": query, **fields})
    else:
        headers = {"Content-Type": "application/sparql-query"}
        answer = client.post("/sparql", params=fields, content=query, headers=headers)
    assert answer.json()["boolean"] is expected


def test_a_form_that_hides_behind_a_comment_is_seen(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": "#\rCONSTRUCT WHERE { ?s ?p ?o }"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/turtle")


@pytest.mark.parametrize("path", ["/ns/", "/health/", "/doc/resource/a-talk/"])
def test_no_redirect_is_built_from_the_host_header(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "location" not in answer.headers


@pytest.mark.parametrize("way", ["form", "direct"])
def test_a_query_over_the_limit_is_refused_however_it_comes(client: TestClient, way: str) -> None:
    """By GET it cannot come: servers and clients end an address at 64 kB."""
    query = "ASK {} #" + "x" * 100_000
    if way == "form":
        answer = client.post("/sparql", data={"query": query})
    else:
        answer = client.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"})
    assert answer.status_code == 413
    assert "100,000 bytes" in answer.json()["detail"]


@pytest.mark.parametrize("query", ['ASK { BIND("SERVICE" AS ?x) }', "ASK {} # SERVICE", "ASK { <urn:SERVICE> ?p ?o }"])
def test_a_word_in_a_text_is_no_service(client: TestClient, query: str) -> None:
    assert client.get("/sparql", params={"query": query}).status_code == 200


def test_a_browser_without_a_query_gets_a_form(client: TestClient) -> None:
    answer = client.get("/sparql", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert "<textarea" in answer.text


def test_a_prefix_reaches_every_link(root: Path) -> None:
    with TestClient(create_app(root, root_path="/kg"), follow_redirects=False) as client:
        answer = client.get("/kg/id/resource/a-talk")
        assert answer.headers["location"] == "/kg/doc/resource/a-talk"
        page = client.get("/kg/doc/resource/a-talk", headers={"Accept": "text/html"})
        assert page.headers["content-location"] == "/kg/doc/resource/a-talk.html"
        assert 'href="/doc/' not in page.text
        assert client.get("/kg/static/ligraph.css").status_code == 200


SERVE = [sys.executable, "-c", "from ligraph.cli import main; main()", "serve", "-C"]


def serve(root: Path, *options: str) -> tuple[subprocess.Popen[str], str]:
    """Start `ligraph serve` on a free port and return it with the address that it prints."""
    command = [*SERVE, str(root), "--port", "0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    line = process.stdout.readline()
    return process, line.split()[-1]


def stop(process: subprocess.Popen[str]) -> int:
    process.send_signal(signal.SIGINT)
    code = process.wait(20)
    if process.stdout:
        process.stdout.close()
    return code


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_a_new_release_is_taken_up_by_every_process(tmp_path: Path, options: tuple[str, ...]) -> None:
    shutil.copytree(EVERY_ROW, tmp_path / "site", ignore=shutil.ignore_patterns(".ligraph"))
    root = tmp_path / "site"
    process, address = serve(root, *options)
    try:
        assert httpx2.get(f"{address}doc/topic/new.ttl").status_code == 404
        (root / "data" / "new.yaml").write_text("things:\n- {id: topic/new, prefLabel: new, inScheme: scheme/topics}\n")
        build(root)

        def statuses() -> set[int]:
            # Each request is a connection of its own, which any of the processes may take.
            return {httpx2.get(f"{address}doc/topic/new.ttl").status_code for _ in range(8)}

        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and statuses() != {200}:
            time.sleep(0.1)
        assert statuses() == {200}
    finally:
        stop(process)


def test_watching_builds_when_a_file_changes(tmp_path: Path) -> None:
    root = tmp_path / "site"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    process, address = serve(root, "--watch")
    try:
        time.sleep(0.5)
        (root / "data" / "new.yaml").write_text("things:\n- {id: topic/new, prefLabel: new, inScheme: scheme/topics}\n")
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and httpx2.get(f"{address}doc/topic/new.ttl").status_code == 404:
            time.sleep(0.2)
        assert httpx2.get(f"{address}doc/topic/new.ttl").status_code == 200
    finally:
        stop(process)


def test_a_port_that_is_taken_is_a_clear_error(root: Path) -> None:
    process, address = serve(root)
    try:
        port = address.rstrip("/").rpartition(":")[2]
        second = subprocess.run([*SERVE, str(root), "--port", port], capture_output=True, text=True, timeout=30)
        assert second.returncode == 2
        assert f"port {port}" in second.stderr
        assert "--port 0" in second.stderr
    finally:
        stop(process)


def test_the_context_of_a_document_is_the_one_that_is_served(client: TestClient) -> None:
    document = json.loads(client.get("/doc/resource/a-talk.jsonld").content)
    assert document["@context"] == client.get("/context.jsonld").json()["@context"]
