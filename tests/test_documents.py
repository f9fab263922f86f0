"""Documents over HTTP: dereferencing, representations, profiles, validators, links. Every header is looked at.

Expected values come from RFC 9110, RFC 8288, JSON-LD 1.1, Content Negotiation by Profile and FAIR Signposting.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import brotli
import html5lib
import httpx2
import pytest
import rdflib
from pyld import jsonld
from pyld.jsonld import parse_link_header
from rdflib.compare import isomorphic
from starlette.testclient import TestClient

import ligraph

ROOT = Path(__file__).parent.parent
EVERY_ROW = Path(__file__).parent / "every_row"
BASE = "https://example.org/every-row/"
SITE = "http://site.example/"
TALK = "/doc/resource/a-talk"
FORMATS = {
    "html": "text/html; charset=utf-8",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle; charset=utf-8",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "trig": "application/trig",
    "nq": "application/n-quads",
    "json": "application/json",
}
FORM = "http://www.w3.org/ns/json-ld#"
SCHEMA = "https://schema.org/"
NATIVE = "https://w3id.org/ligraph/ns"
LONG_AGO = "Sat, 01 Jan 2000 00:00:00 GMT"
EXTRA = """\
things:
- id: person/éva-ü
  name: '</script><script>alert(1)</script> & "Éva"'
- {id: topic/v1.2, prefLabel: v1.2, inScheme: scheme/topics}
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site") / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    (root / "data" / "extra.yaml").write_text(EXTRA, "utf-8")
    (root / "data" / "removed.yaml").write_text("set/gone: removed\nset/old: set/listening-and-watching\n")
    ligraph.build(root)
    return root


@pytest.fixture(scope="module")
def client(root: Path) -> Iterator[TestClient]:
    with TestClient(ligraph.create_app(root, site=SITE), follow_redirects=False) as client:
        yield client


def links_of(answer: httpx2.Response) -> list[dict[str, str]]:
    """Return the links of a header, read by the grammar of RFC 8288 section 3."""
    found = []
    header, position = answer.headers["link"], 0
    one = re.compile(r"""\s*<([^>]*)>((?:\s*;\s*[\w*]+=(?:"(?:[^"\\]|\\.)*"|[^\s",;]+))*)\s*(?:,|$)""")
    while position < len(header):
        match = one.match(header, position)
        assert match, f"no link at {header[position : position + 80]}"
        position = match.end()
        pairs = re.findall(r';\s*(\w+)=("(?:[^"\\]|\\.)*"|[^\s",;]+)', match[2])
        names = [name for name, _ in pairs]
        assert len(set(names)) == len(names)
        found.append({"href": match[1]} | {name: value.strip('"') for name, value in pairs})
    return found


def targets(answer: httpx2.Response, rel: str) -> list[dict[str, str]]:
    return [link for link in links_of(answer) if link["rel"] == rel]


# Dereferencing


@pytest.mark.parametrize("accept", [None, "text/html", "text/turtle", "application/ld+json", "image/png"])
def test_a_thing_leads_to_its_document_whatever_is_accepted(client: TestClient, accept: str | None) -> None:
    answer = client.get("/id/resource/a-talk", headers={"Accept": accept} if accept else {})
    assert answer.status_code == 303
    assert answer.headers["location"] == TALK
    assert "accept" in answer.headers["vary"].lower()
    assert "content-location" not in answer.headers
    assert answer.content == b""
    assert client.get("/id/resource/a-talk").headers["location"] == TALK, "the second time, too"


@pytest.mark.parametrize(("suffix", "content_type"), FORMATS.items())
def test_a_suffix_fixes_the_representation(client: TestClient, suffix: str, content_type: str) -> None:
    for accept in ("*/*", "image/png", "application/n-triples"):
        answer = client.get(f"{TALK}.{suffix}", headers={"Accept": accept, "Accept-Profile": f"<{SCHEMA}>"})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == content_type
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "content-location" not in answer.headers


@pytest.mark.parametrize(("suffix", "content_type"), FORMATS.items())
def test_a_format_is_chosen_by_accept(client: TestClient, suffix: str, content_type: str) -> None:
    media_type = content_type.partition(";")[0]
    for accept in (media_type, media_type.upper(), f"text/x;q=1, {media_type};q=0.5", f"{media_type};charset=utf-8"):
        answer = client.get(TALK, headers={"Accept": accept})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == content_type
        assert answer.headers["content-location"] == f"{TALK}.{suffix}"
        assert answer.headers["vary"] == "Accept, Accept-Profile, Accept-Encoding"
        assert client.get(answer.headers["content-location"]).content == answer.content


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("text/html;q=0.1,application/ld+json;q=0.9", "jsonld"),
        ("*/*;q=0.1,text/turtle;q=0.2", "ttl"),
        ("text/*;q=0.5, text/html;q=0.1, application/trig;q=0.4", "ttl"),
        ("text/html;q=0, text/turtle;q=0.001", "ttl"),
        ("application/*", "jsonld"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("", "html"),
    ],
)
def test_quality_and_specificity_decide(client: TestClient, accept: str, suffix: str) -> None:
    answer = client.get(TALK, headers={"Accept": accept})
    assert answer.headers["content-location"] == f"{TALK}.{suffix}"


def test_q_0_excludes_and_nothing_left_is_406(client: TestClient) -> None:
    answer = client.get(TALK, headers={"Accept": "*/*;q=0.1,text/html;q=0"})
    assert answer.headers["content-location"] == f"{TALK}.jsonld"
    for accept in ("*/*;q=0", "image/png", "text/*;q=0"):
        refused = client.get(TALK, headers={"Accept": accept})
        assert refused.status_code == 406
        assert refused.headers["content-type"] == "application/problem+json"
        assert "accept" in refused.headers["vary"].lower()
        assert refused.json()["status"] == 406
        assert "text/turtle" in refused.json()["hint"]


def test_the_address_goes_before_the_headers(client: TestClient) -> None:
    for name in ("text/turtle", "ttl", "turtle", "TTL"):
        answer = client.get(TALK, params={"_mediatype": name}, headers={"Accept": "application/ld+json"})
        assert answer.headers["content-type"] == FORMATS["ttl"]
        assert answer.headers["content-location"] == f"{TALK}.ttl"
    answer = client.get(f"{TALK}?_mediatype=application/ld+json", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == FORMATS["jsonld"]
    assert client.get(TALK, params={"_mediatype": "image/png"}).status_code == 406


def test_what_is_not_known_is_404_and_what_was_removed_410(client: TestClient) -> None:
    for kind in ("id", "doc"):
        assert client.get(f"/{kind}/resource/nope").status_code == 404
        gone = client.get(f"/{kind}/set/gone")
        assert gone.status_code == gone.json()["status"] == 410
        moved = client.get(f"/{kind}/set/old")
        assert (moved.status_code, moved.headers["location"]) == (301, f"/{kind}/set/listening-and-watching")


@pytest.mark.parametrize("path", [TALK, "/id/resource/a-talk", f"{TALK}.ttl", "/", "/ns", "/dataset"])
def test_methods(client: TestClient, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert head.content == b""
    assert {name: value for name, value in head.headers.items() if name != "date"} == {
        name: value for name, value in get.headers.items() if name != "date"
    }
    options = client.options(path)
    assert options.status_code in (200, 204)
    assert {part.strip() for part in options.headers["allow"].split(",")} == {"GET", "HEAD", "OPTIONS"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        refused = client.request(method, path)
        assert refused.status_code == 405
        assert "GET" in refused.headers["allow"]
        assert refused.headers["content-type"] == "application/problem+json"


# One address per thing


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/id/person/e%CC%81va-u%CC%88", "/id/person/%C3%A9va-%C3%BC"),
        ("/doc/person/%c3%a9va-%c3%bc", "/doc/person/%C3%A9va-%C3%BC"),
        ("/doc/person%2Fli-wei", "/doc/person/li-wei"),
        ("/doc/person/%6ci-wei.ttl", "/doc/person/li-wei.ttl"),
        ("/doc/person/li-wei%2Ettl?_profile=native", "/doc/person/li-wei.ttl?_profile=native"),
        ("/doc/resource/a-talk.owl", "/doc/resource/a-talk.rdf"),
        ("/doc/person/ana-diaz%23role-1", "/doc/person/ana-diaz#role-1"),
    ],
)
def test_another_spelling_leads_to_the_one(client: TestClient, asked: str, location: str) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer.headers["location"]) == (301, location)
    assert client.get(location).status_code in (200, 303)


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/ns.TTL", "/ns.ttl"),
        ("/ns.owl?x=y", "/ns.rdf?x=y"),
        ("/shapes%2ettl", "/shapes.ttl"),
        ("/dataset.xml", "/dataset.rdf"),
        ("/linkset/dataset.JSON", "/linkset/dataset.json"),
        ("/linkset/resource/a-talk.JSON", "/linkset/resource/a-talk.json"),
        ("/embed/resource/a-talk.HTML", "/embed/resource/a-talk.html"),
        (f"{TALK}.xml", f"{TALK}.rdf"),
    ],
)
def test_a_suffix_has_one_spelling(client: TestClient, asked: str, location: str) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer.headers["location"]) == (301, location)
    assert client.get(location).status_code == 200


def test_a_link_set_says_where_it_is_once_it_is_known_to_be_there(client: TestClient) -> None:
    for path in ("/linkset/resource/a-talk", "/linkset/dataset"):
        answer = client.get(path, headers={"Accept": "application/linkset"})
        assert answer.headers["content-location"] == f"{path}.txt"
        assert client.get(f"{path}.txt").content == answer.content
        assert "content-location" not in client.get(f"{path}.txt").headers
    assert client.get("/linkset/set/nope", headers={"Accept": "image/png"}).status_code == 404
    assert client.get("/linkset/resource/a-talk", headers={"Accept": "image/png"}).status_code == 406


def test_what_no_address_may_have_is_not_repeated(client: TestClient) -> None:
    answer = client.get('/id/resource/a-talk?a="<b>', headers={"Accept": "*/*"})
    assert answer.headers["location"] == "/doc/resource/a-talk?a=%22%3Cb%3E"


def test_a_list_of_profiles_may_be_in_the_address(client: TestClient) -> None:
    """JSON-LD 1.1 appendix C: the list is separated by spaces, those that are not known are ignored."""
    for value in (
        f'application/ld+json;profile="{FORM}flattened {FORM}compacted"',
        f'application/ld+json; profile="https://example.org/nope {FORM}expanded"',
    ):
        by_header = client.get(TALK, headers={"Accept": value})
        by_address = client.get(TALK, params={"_mediatype": value})
        assert by_address.content == by_header.content
        assert by_address.headers["content-type"] == by_header.headers["content-type"] != FORMATS["jsonld"]


def test_a_document_has_the_licences_of_its_files(tmp_path: Path) -> None:
    """What a file says of its facts is not made free by the licence of the collection."""
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    other = "https://creativecommons.org/licenses/by-nc/4.0/"
    free = "https://creativecommons.org/publicdomain/zero/1.0/"
    thing = "things:\n- {{id: topic/{0}, prefLabel: {0}, inScheme: scheme/topics}}\n"
    (root / "data" / "other.yaml").write_text(f"license: {other}\n" + thing.format("other"))
    (root / "data" / "usual.yaml").write_text(thing.format("usual"))
    ligraph.build(root)
    with TestClient(ligraph.create_app(root, site=SITE)) as client:
        for local, licence in (("topic/other", other), ("topic/usual", free), ("graph/other.yaml", other)):
            page = client.get(f"/doc/{local}", headers={"Accept": "text/html"})
            spdx = {other: "https://spdx.org/licenses/CC-BY-NC-4.0", free: "https://spdx.org/licenses/CC0-1.0"}
            assert [link["href"] for link in targets(page, "license")] == [spdx[licence]]
            graph = rdflib.Graph().parse(data=client.get(f"/doc/{local}.ttl").text, format="turtle")
            document = rdflib.URIRef(f"{BASE}doc/{local}")
            assert [str(one) for one in graph.objects(document, rdflib.DCTERMS.license)] == [licence]
            about = page.text[page.text.index('id="page:about"') :]
            card = client.get(f"/embed/{local}.html").text.partition("<script")[0]
            for short, address in (("CC BY-NC 4.0", other), ("CC0 1.0", free)):
                assert (short in about) == (short in card) == (address == licence), (local, short)


def test_a_part_is_answered_by_the_document_of_its_thing(client: TestClient) -> None:
    answer = client.get("/id/person/ana-diaz%23role-1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/doc/person/ana-diaz#role-1")
    graph = rdflib.Graph().parse(data=client.get("/doc/person/ana-diaz.ttl").text, format="turtle")
    role = rdflib.URIRef(f"{BASE}id/person/ana-diaz#role-1")
    assert str(graph.value(role, rdflib.URIRef("http://schema.org/roleName"))) == "Director, Rows and Columns"
    page = client.get("/doc/person/ana-diaz.html").text
    assert 'id="role-1"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/doc/../../etc/passwd",
        "/doc/..%2f..%2fetc%2fpasswd",
        "/doc/%2e%2e/%2e%2e/etc/passwd",
        "/id/%00",
        "/doc/set/%C2%84.ttl",
        "/linkset/set/%C2%84",
        "/embed/set/%C2%84.html",
        "/embed/set/%00.html",
        "/doc/person/li-wei%00.ttl",
        "/doc/person/li-wei%2500",
        "/doc/%FF%FE",
        "/doc/person/li-wei/",
        "/doc//person/li-wei",
        "/doc/" + "x" * 20_000,
        "/doc/person/li wei",
        "/doc/person/<script>",
        "/static/../app.py",
        "/static/..%2fapp.py",
    ],
)
def test_hostile_addresses_are_refused(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    assert answer.json()["type"].startswith(f"{BASE}errors/")


# Formats


def triples(content: bytes, suffix: str) -> rdflib.Graph:
    """Return the statements of a representation, graph names aside, as another parser reads them."""
    graph = rdflib.Graph()
    if suffix in ("jsonld", "json"):
        document = json.loads(content)
        options = {"documentLoader": no_loader, "format": "application/n-quads"}
        content, suffix = jsonld.to_rdf(document, options).encode(), "nq"
    if suffix in ("trig", "nq"):
        dataset = rdflib.Dataset()
        dataset.parse(data=content, format="trig" if suffix == "trig" else "nquads")
        for subject, predicate, value, _ in dataset.quads():
            graph.add((subject, predicate, value))
        return graph
    return graph.parse(data=content, format={"ttl": "turtle", "nt": "nt", "rdf": "xml"}[suffix])


def no_loader(url: str, options: Any) -> Any:
    raise AssertionError(f"{url} is loaded from elsewhere")


def things(client: TestClient) -> list[str]:
    query = "SELECT DISTINCT ?s { ?s a ?t FILTER(!CONTAINS(STR(?s), '#')) } ORDER BY ?s"
    rows = client.get("/sparql", params={"query": query, "format": "json"}).json()["results"]["bindings"]
    return [row["s"]["value"].removeprefix(f"{BASE}id/") for row in rows]


def test_six_formats_say_the_same_of_every_thing(client: TestClient) -> None:
    found = things(client)
    assert len(found) > 25
    for local in found:
        graphs = {}
        for suffix in ("jsonld", "json", "ttl", "nt", "rdf", "trig", "nq"):
            answer = client.get(f"/doc/{quote(local)}.{suffix}")
            assert answer.status_code == 200, local
            graphs[suffix] = triples(answer.content, suffix)
        for suffix, graph in graphs.items():
            assert isomorphic(graph, graphs["nt"]), f"{local} says something else in {suffix}"


def test_trig_and_n_quads_name_the_source_graph(client: TestClient) -> None:
    graph = rdflib.URIRef(f"{BASE}id/graph/every-row.yaml")
    talk = rdflib.URIRef(f"{BASE}id/resource/a-talk")
    name = rdflib.URIRef("http://schema.org/name")
    for suffix, parser in (("trig", "trig"), ("nq", "nquads")):
        dataset = rdflib.Dataset()
        dataset.parse(data=client.get(f"{TALK}.{suffix}").content, format=parser)
        assert [quad[3] for quad in dataset.quads((talk, name, None, None))] == [graph]
        derived = rdflib.URIRef("http://schema.org/LearningResource")
        assert [quad[3] for quad in dataset.quads((talk, rdflib.RDF.type, derived, None))] == [
            rdflib.URIRef(f"{BASE}id/derived/graph/every-row.yaml")
        ]


def test_a_document_says_what_it_is_about(client: TestClient) -> None:
    graph = rdflib.Graph().parse(data=client.get(f"{TALK}.ttl").text, format="turtle")
    document = rdflib.URIRef(f"{BASE}doc/resource/a-talk")
    schema = rdflib.Namespace("http://schema.org/")
    assert graph.value(document, schema.mainEntity) == rdflib.URIRef(f"{BASE}id/resource/a-talk")
    assert graph.value(document, rdflib.VOID.inDataset) == rdflib.URIRef(f"{BASE}dataset")
    licence = rdflib.URIRef("https://creativecommons.org/publicdomain/zero/1.0/")
    assert graph.value(document, rdflib.DCTERMS.license) == licence
    release = client.get("/health").json()["release"]
    assert str(graph.value(document, schema.version)) == release
    assert graph.value(document, rdflib.DCTERMS.modified) is not None


# JSON-LD: forms and profiles


def test_the_json_is_the_native_json_ld_with_a_link_to_its_context(client: TestClient) -> None:
    plain, native = client.get(f"{TALK}.json"), client.get(f"{TALK}.jsonld")
    assert plain.headers["content-type"] == "application/json"
    assert plain.content == native.content
    contexts = targets(plain, "http://www.w3.org/ns/json-ld#context")
    assert [link["type"] for link in contexts] == ["application/ld+json"]
    context = client.get(contexts[0]["href"].removeprefix(SITE.rstrip("/")))
    assert context.status_code == 200
    assert context.headers["content-type"] == "application/ld+json"
    assert context.headers["access-control-allow-origin"] == "*"
    assert "immutable" in context.headers["cache-control"]
    assert "max-age=31536000" in context.headers["cache-control"]
    assert context.json()["@context"] == native.json()["@context"]
    assert not targets(native, "http://www.w3.org/ns/json-ld#context"), "it is ignored on application/ld+json"


def test_a_document_is_one_tree_from_its_thing(client: TestClient) -> None:
    tree = client.get("/doc/set/listening-and-watching.jsonld").json()
    assert tree["id"] == f"{BASE}id/set/listening-and-watching"
    names = [place["item"]["name"] for place in tree["itemListElement"]]
    assert names == ["A Talk", "A Talk", "A Handout", "An Exercise"]
    assert tree["itemListElement"][0]["item"]["plays"]["startOffset"] == 30
    assert tree["itemListElement"][1]["item"]["plays"]["duration"] == "PT1M30S"
    assert tree["appearance"][0]["presenter"]["name"] == "Ana Díaz"
    roles = [role["roleName"] for role in tree["appearance"][0]["inRole"]]
    assert roles == ["Director, Rows and Columns", "Fellow"]
    assert [person["id"] for person in tree["contributor"]] == [
        f"{BASE}id/person/{name}" for name in ("ana-diaz", "li-wei")
    ]
    assert "@included" not in tree


@pytest.mark.parametrize(
    ("profile", "token", "echoed"),
    [
        (f"{FORM}expanded", "expanded", f"{FORM}expanded"),
        (f"{FORM}flattened", "flattened", f"{FORM}flattened"),
        (f"{FORM}flattened {FORM}compacted", "flattened-compacted", f"{FORM}flattened {FORM}compacted"),
        (f"{FORM}compacted", "", None),
        (f"{FORM}framed", "", None),
        ("https://example.org/unknown", "", None),
        (f"https://example.org/unknown {FORM}expanded", "expanded", f"{FORM}expanded"),
        (SCHEMA, "schema", SCHEMA),
    ],
)
def test_a_profile_may_be_a_parameter_of_accept(
    client: TestClient, profile: str, token: str, echoed: str | None
) -> None:
    answer = client.get(TALK, headers={"Accept": f'application/ld+json;profile="{profile}"'})
    assert answer.status_code == 200
    expected = f'application/ld+json;profile="{echoed}"' if echoed else "application/ld+json"
    assert answer.headers["content-type"] == expected
    located = f"{TALK}.jsonld" + (f"?_profile={token}" if token else "")
    assert answer.headers["content-location"] == located
    assert client.get(located).content == answer.content
    assert client.get(located).headers["content-type"] == expected


@pytest.mark.parametrize("token", ["expanded", "flattened", "flattened-compacted"])
def test_every_form_says_the_same(client: TestClient, token: str) -> None:
    for path in (TALK, "/doc/set/listening-and-watching", "/doc/person/ana-diaz"):
        answer = client.get(f"{path}.jsonld", params={"_profile": token})
        usual = triples(client.get(f"{path}.nt").content, "nt")
        assert isomorphic(triples(answer.content, "jsonld"), usual)
        document = answer.json()
        if token == "flattened-compacted":
            assert set(document) == {"@context", "@graph"}
            nodes = document["@graph"]
            assert not any(isinstance(value, dict) and "name" in value for node in nodes for value in node.values())
        else:
            assert isinstance(document, list)
            assert jsonld.expand(document, {"documentLoader": no_loader}) == document
            if token == "flattened":
                ids = [node["@id"] for node in document]
                assert ids == sorted(set(ids))


@pytest.mark.parametrize(
    ("header", "is_schema"),
    [
        (f"<{SCHEMA}>", True),
        ("<http://schema.org/>", True),
        (f"<{SCHEMA}>;q=0.5, <{NATIVE}>;q=0.9", False),
        (f"<{NATIVE}>;q=0.2, <{SCHEMA}>;q=0.9", True),
        ("<https://example.org/unknown>", False),
        (f"<https://example.org/unknown>;q=1.0, <{SCHEMA}>;q=0.1", True),
        (f"<{SCHEMA}>;q=0", False),
        ("nonsense", False),
        ("<>", False),
        (f"<>;q=0.5, <{SCHEMA}>", True),
    ],
)
def test_a_profile_may_be_asked_for_by_its_header(client: TestClient, header: str, is_schema: bool) -> None:
    for accept in ("application/ld+json", "*/*"):
        answer = client.get(TALK, headers={"Accept": accept, "Accept-Profile": header})
        assert answer.status_code == 200
        profile = SCHEMA if is_schema else NATIVE
        assert [link["href"] for link in targets(answer, "profile")] == [profile]
        if is_schema:
            assert answer.json()["@context"] == "https://schema.org"
            assert answer.headers["content-location"] == f"{TALK}.jsonld?_profile=schema"
        assert "accept-profile" in answer.headers["vary"].lower()


def test_a_profile_is_a_preference_where_the_format_has_it_not(client: TestClient) -> None:
    answer = client.get(TALK, headers={"Accept": "text/turtle", "Accept-Profile": f"<{SCHEMA}>"})
    assert answer.headers["content-type"] == FORMATS["ttl"]
    assert [link["href"] for link in targets(answer, "profile")] == [NATIVE]


def test_several_headers_count_as_one(client: TestClient) -> None:
    headers = [("Accept-Profile", "<https://example.org/unknown>"), ("Accept-Profile", f"<{SCHEMA}>")]
    assert client.get(TALK, headers=headers).json()["@context"] == "https://schema.org"


@pytest.mark.parametrize("name", ["schema", SCHEMA, f"<{SCHEMA}>", "http://schema.org/"])
def test_a_profile_may_be_named_in_the_address(client: TestClient, name: str) -> None:
    answer = client.get(TALK, params={"_profile": name}, headers={"Accept": "text/html,*/*;q=0.8"})
    assert answer.json()["@context"] == "https://schema.org"
    fixed = client.get(f"{TALK}.jsonld", params={"_profile": name})
    assert fixed.content == answer.content
    assert [link["href"] for link in targets(fixed, "profile")] == [SCHEMA]


def test_a_profile_that_is_not_there_is_said_to_be(client: TestClient) -> None:
    answer = client.get(TALK, params={"_profile": "marc"})
    assert answer.status_code == 406
    assert "native, schema, alt" in answer.json()["hint"]
    for path, parameters in ((f"{TALK}.ttl", {}), (TALK, {"_mediatype": "ttl"})):
        refused = client.get(path, params={"_profile": "schema", **parameters})
        assert refused.status_code == 406
        assert "“schema”" in refused.json()["detail"]
        assert refused.json()["hint"].startswith("ask for one of application/ld+json")


def test_the_profiles_are_listed(client: TestClient) -> None:
    answer = client.get(TALK, params={"_profile": "alt"})
    assert answer.status_code == 200
    tokens = [link for link in links_of(answer) if link["rel"] == "type" and "token" in link]
    assert {(link["token"], link["anchor"]) for link in tokens} == {("native", NATIVE), ("schema", SCHEMA)}
    assert {link["href"] for link in tokens} == {"http://www.w3.org/ns/dx/prof/Profile"}
    [default] = [link for link in targets(answer, "canonical") if "format" in link]
    assert default["profile"] == NATIVE
    listed = {(link["format"], link["profile"]) for link in targets(answer, "alternate")}
    assert ("application/ld+json", SCHEMA) in listed
    assert ("text/turtle", NATIVE) in listed
    for link in targets(answer, "alternate"):
        got = client.get(link["href"].removeprefix(SITE.rstrip("/")))
        assert got.status_code == 200
        assert got.headers["content-type"].startswith(link["format"])
        assert [one["href"] for one in targets(got, "profile")] == [link["profile"]]
    graph = rdflib.Graph().parse(
        data=client.get(TALK, params={"_profile": "alt", "_mediatype": "text/turtle"}).text, format="turtle"
    )
    altr = rdflib.Namespace("http://www.w3.org/ns/dx/connegp/altr#")
    page = rdflib.URIRef(f"{SITE}doc/resource/a-talk")
    representations = list(graph.objects(page, altr.hasRepresentation))
    assert len(representations) == len(FORMATS) + 1
    assert {str(graph.value(one, rdflib.DCTERMS.conformsTo)) for one in representations} == {NATIVE, SCHEMA}


# Validators, conditions, codings


def test_every_representation_has_a_strong_tag_of_its_own(client: TestClient) -> None:
    addresses = [f"{TALK}.{suffix}" for suffix in FORMATS]
    addresses += [f"{TALK}.jsonld?_profile={token}" for token in ("schema", "expanded", "flattened")]
    tags = set()
    for address in addresses:
        for coding in ("identity", "gzip", "br"):
            answer = client.get(address, headers={"Accept-Encoding": coding})
            assert answer.headers["etag"].startswith('"')
            tags.add(answer.headers["etag"])
    assert len(tags) == 3 * len(addresses)


@pytest.mark.parametrize(
    "path", [TALK, f"{TALK}.ttl", "/", "/ns", "/context.jsonld", "/linkset/resource/a-talk", "/static/ligraph.css"]
)
@pytest.mark.parametrize("coding", ["identity", "br"])
def test_304_repeats_what_it_must(client: TestClient, path: str, coding: str) -> None:
    headers = {"Accept-Encoding": coding}
    first = client.get(path, headers=headers)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        for method in ("GET", "HEAD"):
            again = client.request(method, path, headers={**headers, "If-None-Match": known})
            assert (again.status_code, again.content) == (304, b"")
            for name in ("etag", "vary", "cache-control", "content-location"):
                assert again.headers.get(name) == first.headers.get(name), name
            assert not {"content-type", "content-length", "content-encoding", "link"} & set(again.headers)
            assert again.headers["access-control-allow-origin"] == "*"
    assert client.get(path, headers={**headers, "If-None-Match": '"x"'}).status_code == 200


def test_the_tag_of_one_representation_is_not_that_of_another(client: TestClient) -> None:
    tag = client.get(TALK, headers={"Accept": "text/turtle"}).headers["etag"]
    again = client.get(TALK, headers={"Accept": "application/ld+json", "If-None-Match": tag})
    assert again.status_code == 200


def test_dates_count_where_no_tag_is_named(client: TestClient) -> None:
    answer = client.get(TALK)
    modified = answer.headers["last-modified"]
    when = parsedate_to_datetime(modified)
    earlier = format_datetime(when - timedelta(seconds=1), usegmt=True)
    later = format_datetime(when + timedelta(days=1), usegmt=True)
    for since, status in ((modified, 304), (later, 304), (earlier, 200), ("yesterday", 200), ("", 200)):
        assert client.get(TALK, headers={"If-Modified-Since": since}).status_code == status, since
    both = {"If-Modified-Since": modified, "If-None-Match": '"x"'}
    assert client.get(TALK, headers=both).status_code == 200, "If-None-Match goes first"
    both = {"If-Modified-Since": earlier, "If-None-Match": answer.headers["etag"]}
    assert client.get(TALK, headers=both).status_code == 304
    assert client.post("/sparql", data={"query": "ASK {}"}, headers={"If-Modified-Since": later}).status_code == 200


def test_what_must_not_have_changed_goes_first(client: TestClient) -> None:
    answer = client.get(TALK)
    tag, modified = answer.headers["etag"], answer.headers["last-modified"]
    earlier = format_datetime(parsedate_to_datetime(modified) - timedelta(days=1), usegmt=True)
    for headers, status in (
        ({"If-Match": tag}, 200),
        ({"If-Match": f'"x", {tag}'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": '"x"'}, 412),
        ({"If-Match": f"W/{tag}"}, 412),
        ({"If-Match": '"x"', "If-None-Match": tag}, 412),
        ({"If-Match": tag, "If-None-Match": tag}, 304),
        ({"If-Unmodified-Since": modified}, 200),
        ({"If-Unmodified-Since": earlier}, 412),
        ({"If-Unmodified-Since": "never"}, 200),
        ({"If-Match": tag, "If-Unmodified-Since": earlier}, 200),
    ):
        found = client.get(TALK, headers=headers)
        assert found.status_code == status, headers
        if status == 412:
            assert found.json()["type"] == f"{BASE}errors/precondition-failed"


def test_after_a_rollback_only_the_very_date_fits(tmp_path: Path) -> None:
    """Who has the later state must not be told that it is still that."""
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    old = ligraph.build(root).manifest
    (root / "data" / "new.yaml").write_text("things:\n- {id: topic/new, prefLabel: new, inScheme: scheme/topics}\n")
    new = ligraph.build(root).manifest
    assert old.created < new.created
    with TestClient(ligraph.create_app(root, release=old.id)) as client:
        modified = client.get("/dataset").headers["last-modified"]
        later = format_datetime(parsedate_to_datetime(modified) + timedelta(days=1), usegmt=True)
        assert client.get("/dataset", headers={"If-Modified-Since": modified}).status_code == 304
        assert client.get("/dataset", headers={"If-Modified-Since": later}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, br", "br"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("", None),
        ("gzip;q=0.5, identity;q=1", None),
        ("deflate", None),
    ],
)
def test_a_coding_is_negotiated(client: TestClient, accepted: str, coding: str | None) -> None:
    plain = client.get(f"{TALK}.ttl", headers={"Accept-Encoding": "identity"})
    with client.stream("GET", f"{TALK}.ttl", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["content-length"] == str(len(raw))
    unpacked = {"gzip": gzip.decompress, "br": brotli.decompress}.get(coding or "", bytes)(raw)
    assert unpacked == plain.content
    assert "accept-encoding" in answer.headers["vary"].lower()


@pytest.mark.parametrize(
    "path",
    [
        "/sparql",
        "/queries",
        "/openapi.json",
        "/dataset",
        "/errors/not-found",
        "/robots.txt",
        "/shapes",
        "/docs",
        "/static/ligraph.css",
    ],
)
def test_all_that_is_long_is_compressed_for_who_asks(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "accept-encoding" in answer.headers["vary"].lower()
    if len(answer.content) >= 1000:
        assert answer.headers["content-encoding"] == "gzip"


# Links


def test_signposting_of_a_page(client: TestClient) -> None:
    for answer in (client.get(TALK), client.head(TALK), client.get(f"{TALK}.html")):
        page = f"{SITE}doc/resource/a-talk"
        assert [link["href"] for link in targets(answer, "canonical")] == [page]
        assert [link["href"] for link in targets(answer, "cite-as")] == [f"{BASE}id/resource/a-talk"]
        assert {link["href"] for link in targets(answer, "type")} == {
            "https://schema.org/LearningResource",
            "https://schema.org/AboutPage",
        }
        assert [link["href"] for link in targets(answer, "author")] == [f"{BASE}id/person/ana-diaz"]
        assert [link["href"] for link in targets(answer, "license")] == ["https://spdx.org/licenses/CC0-1.0"]
        described = {(link["href"], link["type"], link["profile"]) for link in targets(answer, "describedby")}
        assert (f"{page}.ttl", "text/turtle", NATIVE) in described
        assert (f"{page}.jsonld?_profile=schema", "application/ld+json", SCHEMA) in described
        sets = {(link["href"], link["type"]) for link in targets(answer, "linkset")}
        assert sets == {
            (f"{SITE}linkset/resource/a-talk.json", "application/linkset+json"),
            (f"{SITE}linkset/resource/a-talk.txt", "application/linkset"),
        }
        alternates = {(link["href"], link["type"]) for link in targets(answer, "alternate")}
        assert {(f"{page}.{s}", t.partition(";")[0]) for s, t in FORMATS.items()} <= alternates
        assert not targets(answer, "describes")
        assert len(answer.headers["link"]) < 7_800
        assert all(link["href"].startswith("http") for link in links_of(answer))


@pytest.mark.parametrize("suffix", [suffix for suffix in FORMATS if suffix != "html"])
def test_signposting_of_data(client: TestClient, suffix: str) -> None:
    answer = client.get(f"{TALK}.{suffix}")
    assert [link["href"] for link in targets(answer, "describes")] == [f"{SITE}doc/resource/a-talk"]
    assert [link["href"] for link in targets(answer, "cite-as")] == [f"{BASE}id/resource/a-talk"]
    assert [link["href"] for link in targets(answer, "canonical")] == [f"{SITE}doc/resource/a-talk"]
    assert not targets(answer, "describedby")
    assert not targets(answer, "type")


@pytest.mark.parametrize(
    ("local", "class_"),
    [
        ("set/listening-and-watching", "Collection"),
        ("clip/a-talk", "Clip"),
        ("recording/a-talk", "VideoObject"),
        ("recording/another-talk", "AudioObject"),
        ("session/opening", "Event"),
        ("person/ana-diaz", "Person"),
        ("organization/publisher", "Organization"),
        ("initiative/rows-for-all", "Project"),
        ("topic/rows", "DefinedTerm"),
        ("scheme/topics", "DefinedTermSet"),
        ("post/first", "BlogPosting"),
        ("series/every-row", "CreativeWorkSeries"),
        ("graph/every-row.yaml", "Dataset"),
    ],
)
def test_each_class_has_its_type_in_schema_org(client: TestClient, local: str, class_: str) -> None:
    answer = client.get(f"/doc/{local}", headers={"Accept": "text/html"})
    assert [link["href"] for link in targets(answer, "type")] == [
        f"https://schema.org/{class_}",
        "https://schema.org/AboutPage",
    ]


def test_the_link_set_has_every_link_with_its_anchor(client: TestClient) -> None:
    page = f"{SITE}doc/resource/a-talk"
    answer = client.get("/linkset/resource/a-talk.json")
    assert answer.headers["content-type"] == "application/linkset+json"
    assert list(answer.json()) == ["linkset"]
    contexts = {context["anchor"]: context for context in answer.json()["linkset"]}
    said = {(rel, target["href"]) for rel, found in contexts[page].items() if rel != "anchor" for target in found}
    header = {(link["rel"], link["href"]) for link in links_of(client.get(f"{TALK}.html")) if link["rel"] != "profile"}
    assert said == header
    for described in contexts[page]["describedby"]:
        assert [one["href"] for one in contexts[described["href"]]["describes"]] == [page]
    text = client.get("/linkset/resource/a-talk", headers={"Accept": "application/linkset"})
    assert text.headers["content-type"] == "application/linkset"
    assert f'<{BASE}id/resource/a-talk>; rel="cite-as"; anchor="{page}"' in text.text
    negotiated = client.get("/linkset/resource/a-talk")
    assert negotiated.headers["content-type"] == "application/linkset+json"
    assert "accept" in negotiated.headers["vary"].lower()
    assert client.get("/linkset/resource/nope").status_code == 404


def test_the_dataset_has_a_link_set_and_its_data_lead_back(client: TestClient, root: Path) -> None:
    page = client.get("/dataset", headers={"Accept": "text/html"})
    data = client.get("/dataset.ttl")
    for answer in (page, data):
        assert [link["href"] for link in targets(answer, "canonical")] == [f"{SITE}dataset"]
        assert [link["href"] for link in targets(answer, "cite-as")] == [f"{BASE}dataset"]
        assert {link["type"] for link in targets(answer, "linkset")} == {
            "application/linkset+json",
            "application/linkset",
        }
    assert len(targets(page, "type")) == 2
    assert not targets(page, "describes")
    assert {link.get("profile") for link in targets(page, "describedby")} == {NATIVE, SCHEMA}
    assert [link["href"] for link in targets(data, "describes")] == [f"{SITE}dataset"]
    assert not targets(data, "item")
    assert not targets(data, "type")
    for link in targets(page, "linkset"):
        got = client.get(link["href"].removeprefix(SITE.rstrip("/")))
        assert got.headers["content-type"] == link["type"]
    [whole] = [one for one in targets(page, "linkset") if one["type"].endswith("json")]
    contexts = {
        one["anchor"]: one for one in client.get(whole["href"].removeprefix(SITE.rstrip("/"))).json()["linkset"]
    }
    assert {one["href"] for one in contexts[f"{SITE}dataset"]["cite-as"]} == {f"{BASE}dataset"}
    assert [one["href"] for one in contexts[f"{SITE}dataset.ttl"]["describes"]] == [f"{SITE}dataset"]
    dumps = targets(page, "item")
    assert len(dumps) == 3
    for dump in dumps:
        assert contexts[dump["href"]]["collection"] == [{"href": f"{SITE}dataset", "type": "text/html"}]
        got = client.get(dump["href"].removeprefix(SITE.rstrip("/")))
        assert got.headers["content-type"] == dump["type"]
        assert [link["href"] for link in targets(got, "collection")] == [f"{SITE}dataset"]
    assert client.get("/linkset/dataset.ttl").status_code == 404


def test_a_long_id_spills_into_the_link_set(tmp_path: Path) -> None:
    """Percent-encoded, an id of 190 letters has 1,710 bytes: what every reader needs is sent all the same."""
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    local = f"topic/{'語' * 190}"
    (root / "data" / "long.yaml").write_text(f"things:\n- {{id: {local}, prefLabel: long, inScheme: scheme/topics}}\n")
    ligraph.build(root)
    with TestClient(ligraph.create_app(root, site=SITE)) as client:
        answer = client.get(f"/doc/{quote(local)}")
        assert answer.status_code == 200
        assert len(answer.headers["link"]) < 7_800
        for rel in ("canonical", "cite-as", "type", "license", "linkset"):
            assert targets(answer, rel), rel
        whole = client.get(f"/linkset/{quote(local)}.json").json()["linkset"]
        page = next(context for context in whole if context["anchor"] == f"{SITE}doc/{quote(local)}")
        assert len(page["alternate"]) == len(FORMATS) + 1
        assert page["describedby"]


def test_headers_fit_into_what_nginx_takes(tmp_path: Path) -> None:
    """Its `proxy_buffer_size` is 4,096 bytes; a proxy and a server add some of their own."""
    root = tmp_path / "c"
    for name in ("data", "queries", "ontology", "shapes"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "ligraph.toml", root)
    ligraph.build(root)
    with TestClient(ligraph.create_app(root, site="https://improvement.publications.example.org/")) as client:
        found = re.findall("<loc>([^<]*)</loc>", client.get("/sitemap-1.xml").text)
        assert len(found) > 100
        for address in found:
            for accept in ("text/html", "application/ld+json"):
                answer = client.get(address, headers={"Accept": accept, "Accept-Encoding": "br"})
                assert answer.status_code == 200
                assert sum(len(name) + len(value) + 4 for name, value in answer.headers.raw) < 3_900
                assert len(targets(answer, "alternate")) == len(FORMATS) + 1, address
                assert {link["type"] for link in targets(answer, "linkset")} >= {"application/linkset+json"}


def test_very_many_authors_spill_into_the_link_set(tmp_path: Path) -> None:
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    people = [f"person/somebody-with-a-name-{number}" for number in range(80)]
    things = [f"- {{id: {one}, name: Somebody}}" for one in people]
    things.append(
        f"- {{id: resource/many, name: Many, description: Words, action: read, url: 'https://example.org/m', "
        f"learningResourceType: talk, creator: [{', '.join(people)}]}}"
    )
    (root / "data" / "many.yaml").write_text("source: https://example.org/many\nthings:\n" + "\n".join(things) + "\n")
    ligraph.build(root)
    with TestClient(ligraph.create_app(root, site=SITE)) as client:
        answer = client.get("/doc/resource/many", headers={"Accept": "text/html"})
        assert answer.status_code == 200
        assert len(answer.headers["link"]) <= 3_100
        for rel in ("canonical", "cite-as", "type", "license", "linkset", "describedby", "author"):
            assert targets(answer, rel), rel
        assert len(targets(answer, "alternate")) == len(FORMATS) + 1
        whole = client.get("/linkset/resource/many.json").json()["linkset"]
        [page] = [context for context in whole if context["anchor"] == f"{SITE}doc/resource/many"]
        assert len(page["author"]) == 80


@pytest.mark.parametrize("path", [f"{TALK}.jsonld", f"{TALK}.json", TALK, "/ns.json", "/dataset", "/?_profile=alt"])
def test_pyld_finds_one_alternate_at_most_beside_json(client: TestClient, path: str) -> None:
    """PyLD 3.3 breaks off at several, whatever else the answer has; the others it must not see."""
    answer = client.get(path, headers={"Accept": "application/ld+json, application/json"})
    assert "json" in answer.headers["content-type"]
    assert not isinstance(parse_link_header(answer.headers["link"]).get("alternate"), list)
    assert len(targets(answer, "alternate")) > 5


def test_links_to_an_id_of_another_script_are_ascii(client: TestClient) -> None:
    answer = client.get("/doc/" + quote("person/éva-ü"))
    assert [link["href"] for link in targets(answer, "cite-as")] == [f"{BASE}id/person/%C3%A9va-%C3%BC"]


# Pages


def test_a_page_embeds_both_profiles_safely(client: TestClient) -> None:
    for local in (quote("person/éva-ü"), "resource/a-talk"):
        page = client.get(f"/doc/{local}.html").text
        scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        assert len(scripts) == 2
        assert "<script>alert" not in page
        native, schema = (client.get(f"/doc/{local}.jsonld{query}").text for query in ("", "?_profile=schema"))
        assert [script.strip() for script in scripts] == [native.strip(), schema.strip()]


def test_a_source_file_has_the_name_of_its_page(client: TestClient) -> None:
    page = client.get("/doc/graph/every-row.yaml", headers={"Accept": "text/html"}).text
    [title] = re.findall("<h1[^>]*>(.*?)</h1>", page)
    assert client.get("/doc/graph/every-row.yaml.jsonld?_profile=schema").json()["name"] == title


def test_a_clip_is_at_a_moment_of_the_page_in_which_it_stands(client: TestClient) -> None:
    answer = client.get("/doc/recording/a-talk", headers={"Accept": "text/html"})
    [canonical] = [link["href"] for link in targets(answer, "canonical")]
    *_, script = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.DOTALL)
    clip = json.loads(script)["hasPart"]
    assert (clip["@type"], clip["url"]) == ("Clip", f"{canonical}?t=30")
    assert canonical.startswith(SITE)
    assert client.get(clip["url"], headers={"Accept": "text/html"}).content == answer.content


def test_pages_and_cards_have_no_control_characters(tmp_path: Path) -> None:
    """They are errors in HTML; as data they stay what they are."""
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    bell = 'things:\n- {id: topic/bell, prefLabel: "a\\abell", inScheme: scheme/topics}\n'
    (root / "data" / "bell.yaml").write_text(bell)
    ligraph.build(root)
    with TestClient(ligraph.create_app(root, site=SITE)) as client:
        for path in ("/doc/topic/bell.html", "/embed/topic/bell.html"):
            page = client.get(path)
            assert "a bell" in page.text
            assert not re.search("[\x00-\x08\x0b\x0e-\x1f]", page.text)
            script = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)[-1]
            assert json.loads(script)["name"] == "a\abell"
        html5lib.HTMLParser(strict=True).parse(client.get("/doc/topic/bell.html").text)
        assert client.get("/doc/topic/bell.jsonld").json()["prefLabel"] == "a\abell"
        assert client.get("/doc/topic/bell.rdf").status_code == 406


@pytest.mark.parametrize("local", ["set/listening-and-watching", "resource/a-talk", "clip/a-talk", "person/ana-diaz"])
def test_a_card_carries_its_json_ld(client: TestClient, local: str) -> None:
    answer = client.get(f"/embed/{local}.html")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "script-src" not in answer.headers["content-security-policy"]
    assert [link["href"] for link in targets(answer, "cite-as")] == [f"{BASE}id/{local}"]
    [script] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', answer.text, re.DOTALL)
    profile = client.get(f"/doc/{local}.jsonld?_profile=schema").text
    assert script.strip() == profile.strip()
    assert f'href="{BASE}id/{local}"' in answer.text
    tag = answer.headers["etag"]
    again = client.get(f"/embed/{local}.html", headers={"If-None-Match": tag})
    assert (again.status_code, again.headers["etag"]) == (304, tag)


def test_cards_that_are_not_there(client: TestClient) -> None:
    assert client.get("/embed/set/gone.html").status_code == 410
    moved = client.get("/embed/set/old.html")
    assert (moved.status_code, moved.headers["location"]) == (301, "/embed/set/listening-and-watching.html")
    assert client.get("/embed/set/nope.html").status_code == 404
    assert ".html" in client.get("/embed/resource/a-talk").json()["hint"]
    assert client.get("/embed/resource/a%2Dtalk.html").headers["location"] == "/embed/resource/a-talk.html"


# Addresses


def test_nothing_is_built_from_what_a_client_says_of_the_site(client: TestClient) -> None:
    said = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "X-Forwarded-Prefix": "/evil",
        "Forwarded": "host=evil.example;proto=gopher",
        "X-Original-URL": "/evil",
    }
    for path in (
        TALK,
        "/id/resource/a-talk",
        "/",
        "/.well-known/api-catalog",
        "/robots.txt",
        "/linkset/set/nope",
        "/docs",
    ):
        told, plain = client.get(path, headers=said), client.get(path)
        assert "evil" not in told.text + str(told.headers)
        assert (told.status_code, told.content) == (plain.status_code, plain.content)
        assert told.headers.get("link") == plain.headers.get("link")


def test_under_a_prefix(root: Path) -> None:
    """Whether the proxy passes the prefix on or not; what is well known lies at the root of the host."""
    site = "https://host.example/circles/"
    with TestClient(ligraph.create_app(root, site=site, root_path="/circles"), follow_redirects=False) as client:
        for before in ("/circles", ""):
            assert client.get(f"{before}/id/resource/a-talk").headers["location"] == "/circles/doc/resource/a-talk"
            answer = client.get(f"{before}{TALK}", headers={"Accept": "text/turtle"})
            assert answer.headers["content-location"] == "/circles/doc/resource/a-talk.ttl"
            assert [link["href"] for link in targets(answer, "canonical")] == [f"{site}doc/resource/a-talk"]
            assert [link["href"] for link in targets(answer, "cite-as")] == [f"{BASE}id/resource/a-talk"]
            moved = client.get(f"{before}/doc/resource%2Fa-talk.ttl")
            assert moved.headers["location"] == "/circles/doc/resource/a-talk.ttl"
            assert client.get(f"{before}/.well-known/void").headers["location"] == "/circles/dataset"
            catalogue = client.get(f"{before}/.well-known/api-catalog").json()["linkset"]
            assert catalogue[0]["anchor"] == "https://host.example/.well-known/api-catalog"
            assert f"{site}sparql" in {item["href"] for item in catalogue[0]["item"]}
            home = client.get("/circles?x=y")
            assert (home.status_code, home.headers["location"]) == (308, "/circles/?x=y")
            assert client.get("/circles/").status_code == 200
            described = client.get(f"{before}/openapi.json").json()
            assert described["servers"] == [{"url": site.rstrip("/")}]
            robots = client.get(f"{before}/robots.txt").text
            assert f"Sitemap: {site}sitemap.xml" in robots
            assert "Disallow: /circles/sparql?" in robots


# Front doors


def test_the_catalogue_of_interfaces(client: TestClient) -> None:
    answer, head = client.get("/.well-known/api-catalog"), client.head("/.well-known/api-catalog")
    profile = "https://www.rfc-editor.org/info/rfc9727"
    assert answer.headers["content-type"] == f'application/linkset+json; profile="{profile}"'
    assert answer.headers["access-control-allow-origin"] == "*"
    for one in (answer, head):
        [link] = targets(one, "api-catalog")
        assert (link["href"], link["profile"]) == (f"{SITE}.well-known/api-catalog", profile)
    assert list(answer.json()) == ["linkset"]
    contexts = {context["anchor"]: context for context in answer.json()["linkset"]}
    items = [item["href"] for item in contexts[f"{SITE}.well-known/api-catalog"]["item"]]
    assert f"{SITE}sparql" in items
    for item in items:
        assert client.get(item.removeprefix(SITE.rstrip("/"))).status_code == 200, item
        assert {"service-desc", "service-doc", "service-meta"} <= contexts[item].keys()
        for rel, links in contexts[item].items():
            for link in links if rel != "anchor" else ():
                found = client.get(link["href"].removeprefix(SITE.rstrip("/")), headers={"Accept": link["type"]})
                assert found.status_code == 200, link
                assert found.headers["content-type"].startswith(link["type"]), link


def test_the_first_page_leads_to_the_catalogue_of_interfaces(client: TestClient) -> None:
    [link] = targets(client.get("/"), "api-catalog")
    assert link == {
        "href": f"{SITE}.well-known/api-catalog",
        "rel": "api-catalog",
        "type": "application/linkset+json",
        "profile": "https://signposting.org/FAIRiCat/",
    }


def test_crawlers_and_language_models_are_told(client: TestClient) -> None:
    robots = client.get("/robots.txt")
    assert robots.headers["content-type"] == "text/plain; charset=utf-8"
    assert robots.text.startswith("User-agent: *\n")
    text = client.get("/llms.txt")
    assert text.headers["content-type"] == "text/markdown; charset=utf-8"
    assert text.text.startswith("# Every row\n\n> ")
    for address in re.findall(r"\]\((http[^)]*)\)", text.text):
        assert client.get(address.removeprefix(SITE.rstrip("/"))).status_code == 200, address


def test_the_site_says_how_it_is_searched(root: Path, tmp_path: Path) -> None:
    with TestClient(ligraph.create_app(root, site=SITE)) as client:
        assert client.get("/opensearch.xml").status_code == 404
    shutil.copytree(root, tmp_path / "c")
    (tmp_path / "c" / "queries").mkdir()
    shutil.copy(Path(__file__).parents[1] / "queries" / "find.rq", tmp_path / "c" / "queries")
    with TestClient(ligraph.create_app(tmp_path / "c", site=SITE)) as client:
        [link] = targets(client.get("/"), "search")
        assert (link["href"], link["type"]) == (f"{SITE}opensearch.xml", "application/opensearchdescription+xml")
        answer = client.get("/opensearch.xml")
        assert answer.headers["content-type"] == link["type"]
        tree = ElementTree.fromstring(answer.content)
        space = "{http://a9.com/-/spec/opensearch/1.1/}"
        assert tree.tag == f"{space}OpenSearchDescription"
        assert len(tree.findtext(f"{space}ShortName", "")) <= 16
        for url in tree.findall(f"{space}Url"):
            address = url.attrib["template"].replace("{searchTerms}", quote("talk")).removeprefix(SITE.rstrip("/"))
            found = client.get(address, headers={"Accept": url.attrib["type"]})
            assert found.headers["content-type"].startswith(url.attrib["type"])
            assert "The Whole Talk" in found.text
        home = client.get("/", headers={"Accept": "text/html"}).text
        script = re.findall(r'<script type="application/ld\+json">(.*?)</script>', home, re.DOTALL)[0]
        assert client.get("/?_profile=schema").text.strip() == script.strip()
        told = json.loads(script)
        assert (told["@id"], told["name"], told["url"]) == (BASE, "Every row", SITE)
        assert told["dataset"] == {"@id": f"{BASE}dataset"}
        target = told["potentialAction"]["target"]["urlTemplate"].replace("{search_term_string}", "talk")
        assert "The Whole Talk" in client.get(target.removeprefix(SITE), headers={"Accept": "text/html"}).text
        search = (
            '<link rel="search" type="application/opensearchdescription+xml" title="Every row" href="/opensearch.xml">'
        )
        assert search in client.get("/", headers={"Accept": "text/html"}).text
        # Stored questions may change while a release is served; what was kept of its first page does not outlive them.
        (tmp_path / "c" / "queries" / "find.rq").unlink()
        until = time.monotonic() + 20
        date = format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)
        while (page := client.get("/", headers={"Accept": "text/html", "If-Modified-Since": date})).status_code and (
            search in page.text
        ):
            assert time.monotonic() < until
            time.sleep(0.2)
        assert not targets(page, "search")


def test_the_interfaces_are_a_page_that_loads_nothing(client: TestClient) -> None:
    answer = client.get("/docs")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert not re.findall(r'(?:src|href)="https?://(?!creativecommons)[^"]*\.(?:js|css)', answer.text)
    described = client.get("/openapi.json").json()
    for path in described["paths"]:
        assert path in answer.text
    assert {"/dump/{name}", "/context.jsonld", "/health", "/.well-known/api-catalog"} <= described["paths"].keys()
    for parameter in described["paths"]["/doc/{segment}/{slug}"]["get"]["parameters"][:2]:
        for name in ("person", "éva-ü", "王小明", "v1.2"):
            assert re.search(parameter["schema"]["pattern"], name)
        for name in ("a/b", "a b", "a:b", ".hidden", ""):
            assert not re.search(parameter["schema"]["pattern"], name)


def test_the_voids_well_known_address_leads_to_the_dataset(client: TestClient) -> None:
    answer = client.get("/.well-known/void")
    assert (answer.status_code, answer.headers["location"]) == (302, "/dataset")


@pytest.mark.parametrize(
    "path", ["/nope", "/doc/set/nope", "/errors/nope", "/context/0000.jsonld", "/static/nope.css", "/queries/nope"]
)
def test_every_unknown_path_is_a_problem_document(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 404
    assert client.get(problem["type"].removeprefix(BASE.rstrip("/"))).status_code == 200
    page = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.status_code == 404
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "accept" in page.headers["vary"].lower()


# Dumps, words, sitemaps


def dump_of(client: TestClient, suffix: str) -> str:
    release = client.get("/health").json()["release"]
    return f"/dump/{release}.{suffix}.gz"


@pytest.mark.parametrize("suffix", ["nq", "ttl", "jsonl"])
def test_a_dump_is_the_file_of_the_release(client: TestClient, root: Path, suffix: str) -> None:
    path = dump_of(client, suffix)
    answer = client.get(path, headers={"Accept": "text/html", "Accept-Encoding": "gzip, br"})
    release = path.split("/")[2].partition(".")[0]
    content = (root / ".ligraph" / "releases" / release / "dumps" / f"all.{suffix}.gz").read_bytes()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/gzip"
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-length"] == str(len(content))
    assert answer.content == content
    assert answer.headers["etag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "last-modified" in answer.headers
    head = client.head(path)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(content)))
    again = client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert "immutable" in again.headers["cache-control"]
    assert client.get(path, headers={"If-Match": '"x"'}).status_code == 412


def test_a_dump_comes_in_ranges(client: TestClient) -> None:
    path = dump_of(client, "nq")
    whole = client.get(path)
    content, tag = whole.content, whole.headers["etag"]
    size = len(content)
    for asked, start, end in (("0-3", 0, 4), ("10-", 10, size), ("-5", size - 5, size), (f"1-{size * 2}", 1, size)):
        part = client.get(path, headers={"Range": f"bytes={asked}"})
        assert part.status_code == 206
        assert part.content == content[start:end]
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.headers["content-length"] == str(end - start)
        assert part.headers["etag"] == tag
    for asked, start, end in (
        ("BYTES=0-3", 0, 4),
        (f"bytes=0-1, {size}-", 0, 2),
        (f"bytes={size * 3}-, -2", size - 2, size),
        ("bytes=0-" + "9" * 30, 0, size),
        ("bytes=, 2-2 ,", 2, 3),
    ):
        part = client.get(path, headers={"Range": asked})
        assert (part.status_code, part.content) == (206, content[start:end]), asked
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
    several = client.get(path, headers={"Range": "bytes=0-1, 4-5"})
    assert several.status_code == 206
    assert several.headers["content-type"].startswith("multipart/byteranges; boundary=")
    for invalid in ("bytes=5-2", "bytes=x", "lines=0-3", "bytes=", "bytes=" + ",".join(["0-"] * 50)):
        ignored = client.get(path, headers={"Range": invalid})
        assert (ignored.status_code, ignored.content) == (200, content), invalid
    past = client.get(path, headers={"Range": f"bytes={size}-"})
    assert past.status_code == past.json()["status"] == 416
    assert past.headers["content-range"] == f"bytes */{size}"
    assert past.headers["content-type"] == "application/problem+json"
    modified = whole.headers["last-modified"]
    for condition, status in (
        (tag, 206),
        ('"x"', 200),
        (f"W/{tag}", 200),
        (modified, 206),
        (LONG_AGO, 200),
        ("x", 200),
    ):
        one = client.get(path, headers={"Range": "bytes=0-3", "If-Range": condition})
        assert one.status_code == status, condition
        # RFC 9110 section 13.1.5: of what has changed, no range is looked at.
        past = client.get(path, headers={"Range": f"bytes={size}-", "If-Range": condition})
        assert past.status_code == (416 if status == 206 else 200), condition
    assert client.get(path, headers={"Range": "bytes=0-3", "If-None-Match": tag}).status_code == 304


def test_dumps_of_earlier_releases_stay_until_they_are_pruned(tmp_path: Path) -> None:
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    old = ligraph.build(root).manifest
    (root / "data" / "new.yaml").write_text("things:\n- {id: topic/new, prefLabel: new, inScheme: scheme/topics}\n")
    new = ligraph.build(root).manifest
    with TestClient(ligraph.create_app(root)) as client:
        assert client.get(f"/dump/{old.id}.nq.gz").status_code == 200
        assert client.get(f"/dump/{new.id}.nq.gz").status_code == 200
        shutil.rmtree(root / ".ligraph" / "releases" / old.id)
        assert client.get(f"/dump/{old.id}.nq.gz").status_code == 404
        for name in (
            "x.nq.gz",
            f"{new.id}.zip",
            f"..%2f{new.id}.nq.gz",
            f"{new.id}.nq.gz/x",
            "20200101T000000Z-000000000000.ttl.gz",
        ):
            assert client.get(f"/dump/{name}").status_code == 404


def test_each_line_of_the_dump_is_a_document(client: TestClient) -> None:
    lines = gzip.decompress(client.get(dump_of(client, "jsonl")).content).splitlines(keepends=True)
    found = {json.loads(line)["id"].removeprefix(f"{BASE}id/"): line for line in lines}
    assert found.keys() == set(things(client))
    for local, line in found.items():
        assert line == client.get(f"/doc/{quote(local)}.jsonld").content


def test_dumps_say_what_the_endpoint_says(client: TestClient) -> None:
    dataset = rdflib.Dataset()
    dataset.parse(data=gzip.decompress(client.get(dump_of(client, "nq")).content), format="nquads")
    turtle = rdflib.Graph()
    turtle.parse(data=gzip.decompress(client.get(dump_of(client, "ttl")).content), format="turtle")
    query = {"query": "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } } }", "format": "json"}
    count = int(client.get("/sparql", params=query).json()["results"]["bindings"][0]["n"]["value"])
    assert len(turtle) == count
    assert {(s, p, o) for s, p, o, _ in dataset.quads()} == set(turtle)


def test_words_are_described_and_kept(client: TestClient, root: Path) -> None:
    for path, least in (("/ns", 400), ("/shapes", 1_000)):
        graphs = {}
        for suffix in ("ttl", "nt", "rdf", "jsonld"):
            answer = client.get(f"{path}.{suffix}")
            assert answer.status_code == 200, (path, suffix)
            graphs[suffix] = triples(answer.content, suffix)
            assert len(graphs[suffix]) == len(graphs["ttl"]) > least
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.headers["content-location"] == f"{path}.html"
        [kept] = targets(page, "http://purl.org/dc/terms/hasVersion")
        version = client.get(kept["href"].removeprefix(SITE.rstrip("/")))
        assert version.headers["content-type"] == "text/turtle; charset=utf-8"
        assert "immutable" in version.headers["cache-control"]
        assert len(triples(version.content, "ttl")) == len(graphs["ttl"])
    explained = client.get("/shapes", headers={"Accept": "text/html"}).text
    assert "A set has a name" in explained
    shapes = rdflib.Graph().parse(data=client.get("/shapes.ttl").text, format="turtle")
    for shape in shapes.subjects(rdflib.RDF.type, rdflib.SH.NodeShape):
        assert explained.count(f'id="{str(shape).partition("#")[2]}"') == 1, shape
    for path in ("/ns/0000000000000000.ttl", "/ns/..%2f..%2fx.ttl", "/shapes/x.html", "/context/ABC.jsonld", "/ns.pdf"):
        assert client.get(path).status_code == 404


def test_a_context_is_there_after_its_release_was_pruned(tmp_path: Path) -> None:
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    old = ligraph.build(root).manifest
    settings = root / "ligraph.toml"
    settings.write_text(settings.read_text() + 'language = "es"\n')
    ligraph.build(root)
    shutil.rmtree(root / ".ligraph" / "releases" / old.id)
    digest = old.files["context.jsonld"]["sha256"][:16]
    with TestClient(ligraph.create_app(root)) as client:
        kept = client.get(f"/context/{digest}.jsonld")
        assert kept.json()["@context"]["@language"] == "en"
        assert client.get("/context.jsonld").json()["@context"]["@language"] == "es"


def test_the_sitemap_lists_every_page(client: TestClient) -> None:
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    index = client.get("/sitemap.xml")
    assert index.headers["content-type"] == "application/xml"
    found: dict[str | None, str | None] = {}
    for part in ElementTree.fromstring(index.content).findall(f"{space}sitemap"):
        address = part.findtext(f"{space}loc", "")
        assert address.startswith(SITE)
        tree = ElementTree.fromstring(client.get(address.removeprefix(SITE.rstrip("/"))).content)
        found |= {page.findtext(f"{space}loc"): page.findtext(f"{space}lastmod") for page in tree}
        assert part.findtext(f"{space}lastmod") == max(found.values(), key=str)
    pages = {f"{SITE}doc/{quote(local)}" for local in things(client) if not local.startswith("graph/")}
    assert found.keys() == pages
    graph = rdflib.Graph().parse(data=client.get(f"{TALK}.ttl").text, format="turtle")
    document = rdflib.URIRef(f"{BASE}doc/resource/a-talk")
    modified = str(graph.value(document, rdflib.DCTERMS.modified)).replace("+00:00", "Z")
    assert modified == found[f"{SITE}doc/resource/a-talk"]
    assert client.get("/sitemap-99.xml").status_code == 404


# The dataset


def test_the_dataset_is_described(client: TestClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/dataset.ttl").text, format="turtle")
    dataset, dcat = rdflib.URIRef(f"{BASE}dataset"), rdflib.DCAT
    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    assert {dcat.Dataset, rdflib.VOID.Dataset} <= set(graph.objects(dataset, rdflib.RDF.type))
    downloads = list(graph.objects(dataset, dcat.distribution))
    sizes = {}
    for one in downloads:
        for address in graph.objects(one, dcat.downloadURL):
            file = client.get(str(address).removeprefix(SITE.rstrip("/")))
            assert file.status_code == 200
            assert int(str(graph.value(one, dcat.byteSize))) == len(file.content)
            checksum = graph.value(one, spdx.checksum)
            assert str(graph.value(checksum, spdx.checksumValue)) == hashlib.sha256(file.content).hexdigest()
            sizes[str(address)] = len(file.content)
    assert {address.rpartition(".")[0].rpartition(".")[2] for address in sizes} == {"nq", "ttl", "jsonl"}
    query = {"query": "SELECT (COUNT(*) AS ?n) { { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } } }", "format": "json"}
    count = client.get("/sparql", params=query).json()["results"]["bindings"][0]["n"]["value"]
    assert str(graph.value(dataset, rdflib.VOID.triples)) == count
    assert graph.value(dataset, rdflib.VOID.sparqlEndpoint) == rdflib.URIRef(f"{SITE}sparql")
    for example in graph.objects(dataset, rdflib.VOID.exampleResource):
        local = str(example).removeprefix(f"{BASE}id/")
        assert client.get(f"/id/{quote(local)}").status_code == 303


def test_the_dataset_comes_in_every_format_and_for_search_engines(client: TestClient) -> None:
    graphs = {
        suffix: triples(client.get(f"/dataset.{suffix}").content, suffix) for suffix in FORMATS if suffix != "html"
    }
    for suffix, graph in graphs.items():
        assert isomorphic(graph, graphs["nt"]), suffix
    answer = client.get("/dataset", headers={"Accept-Profile": f"<{SCHEMA}>", "Accept": "*/*"})
    found = answer.json()
    assert answer.headers["content-location"] == "/dataset.jsonld?_profile=schema"
    assert (found["@id"], found["url"], found["name"]) == (f"{BASE}dataset", f"{SITE}dataset", "Every row")
    assert found["publisher"]["name"] == "Publisher of Rows"
    assert found["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert len(found["distribution"]) == 3
    assert found["@type"] == "CreativeWork", "it has no description, which Google requires of a dataset"
    page = client.get("/dataset.html").text
    assert f'<script type="application/ld+json">{answer.text}</script>' in page


# Faults that were found by asking


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 +99999999999999999999"}, 200),
        ({"If-Unmodified-Since": f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"}, 200),
        ({"Accept-Profile": ">" + " " * 6_000 + ">"}, 200),
        ({"Accept": "application/ld+json;profile=http://www.w3.org/ns/json-ld#expanded;q=0.1, text/turtle;q=0.5"}, 200),
        ({"Accept": ";;;,,,=", "Accept-Encoding": ";q=", "If-None-Match": ",,"}, 200),
    ],
)
def test_headers_that_make_no_sense_do_no_harm(client: TestClient, headers: dict[str, str], status: int) -> None:
    answer = client.get(TALK, headers=headers)
    assert answer.status_code == status
    if "expanded;q=0.1" in headers.get("Accept", ""):
        assert answer.headers["content-type"] == FORMATS["ttl"]


def test_a_profile_without_quotes_is_understood(client: TestClient) -> None:
    answer = client.get(TALK, headers={"Accept": f"application/ld+json;profile={FORM}expanded"})
    assert answer.headers["content-type"] == f'application/ld+json;profile="{FORM}expanded"'


@pytest.mark.parametrize("digits", ["0-" + "9" * 5_000, "9" * 5_000 + "-", "-" + "9" * 5_000])
def test_ranges_of_any_length_are_no_error(client: TestClient, digits: str) -> None:
    assert client.get(dump_of(client, "nq"), headers={"Range": f"bytes={digits}"}).status_code == 200


def test_a_long_list_of_nothing_takes_no_time(client: TestClient) -> None:
    path = dump_of(client, "nq")
    whole = client.get(path)
    for header in ("bytes=0-1" + ", " * 20_000 + "x", "bytes=" + ", " * 20_000, "bytes=0-1" + " " * 20_000 + "x"):
        started = time.monotonic()
        assert client.get(path, headers={"Range": header}).content == whole.content
        # A pattern that goes back and forth would take longer than anybody lives.
        assert time.monotonic() - started < 5


def test_only_get_has_ranges_and_304_has_no_length(client: TestClient) -> None:
    path = dump_of(client, "nq")
    whole = client.head(path, headers={"Range": "bytes=0-9"})
    assert whole.status_code == 200
    again = client.get(path, headers={"If-None-Match": whole.headers["etag"]})
    assert again.status_code == 304
    assert not {"content-length", "content-type", "content-disposition"} & set(again.headers)


@pytest.mark.parametrize("number", ["0", "01", "-1", "x", "9" * 300, "9" * 5_000])
def test_a_sitemap_that_is_not_there(client: TestClient, number: str) -> None:
    assert client.get(f"/sitemap-{number}.xml").status_code == 404


@pytest.mark.parametrize(
    ("accept", "is_page"),
    [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", True),
        ("text/html", True),
        ("text/turtle,text/html;q=0.2", False),
        ("application/json, text/html;q=0.9", False),
        ("application/n-quads,text/html;q=0.1,*/*;q=0.05", False),
        ("text/*", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_a_problem_is_a_page_for_who_reads_pages(client: TestClient, accept: str, is_page: bool) -> None:
    answer = client.get("/doc/set/nope", headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == ("text/html; charset=utf-8" if is_page else "application/problem+json")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_link_sets_know_what_was_moved(client: TestClient) -> None:
    assert client.get("/linkset/set/gone").status_code == 410
    moved = client.get("/linkset/set/old.json")
    assert (moved.status_code, moved.headers["location"]) == (301, "/linkset/set/listening-and-watching.json")
    assert client.get("/linkset/resource%2Fa-talk").headers["location"] == "/linkset/resource/a-talk"


def test_parts_have_the_card_of_their_thing_and_must_be_there(client: TestClient) -> None:
    answer = client.get("/embed/person/ana-diaz%23role-1.html")
    assert (answer.status_code, answer.headers["location"]) == (301, "/embed/person/ana-diaz.html#role-1")
    for path in ("/id/person/ana-diaz%23nope", "/doc/person/ana-diaz%23nope"):
        assert client.get(path).status_code == 404


def test_what_was_asked_for_goes_along(client: TestClient) -> None:
    answer = client.get("/id/resource/a-talk?_mediatype=text/turtle")
    assert answer.headers["location"] == f"{TALK}?_mediatype=text/turtle"


def test_the_list_of_profiles_has_a_format_of_its_own(client: TestClient) -> None:
    fixed = client.get(f"{TALK}.ttl?_profile=alt", headers={"Accept": "text/html"})
    assert fixed.headers["content-type"] == FORMATS["ttl"]
    listed = client.get(f"{TALK}?_profile=alt")
    assert [link["href"] for link in targets(listed, "profile")] == ["http://www.w3.org/ns/dx/connegp/altr"]
    assert client.get(listed.headers["content-location"]).content == listed.content


@pytest.mark.parametrize("path", ["/", "/dataset", "/ns", "/shapes"])
def test_what_describes_the_collection_lists_its_profiles_too(client: TestClient, path: str) -> None:
    answer = client.get(path, params={"_profile": "alt"})
    assert answer.status_code == 200
    assert "json" not in answer.headers["content-type"]
    tokens = {link["token"] for link in links_of(answer) if link["rel"] == "type" and "token" in link}
    assert tokens == ({"native", "schema"} if path in ("/", "/dataset") else {"native"})
    alternates = targets(answer, "alternate")
    assert {link["format"] for link in alternates} == {type_.partition(";")[0] for type_ in FORMATS.values()} - {
        "text/html"
    }
    for link in [*alternates, *targets(answer, "canonical")]:
        got = client.get(link["href"].removeprefix(SITE.rstrip("/")))
        assert got.headers["content-type"].startswith(link["format"])
        assert [one["href"] for one in targets(got, "profile")] == [link["profile"]]
    turtle = client.get(path, params={"_profile": "alt", "_mediatype": "text/turtle"})
    altr = rdflib.Namespace("http://www.w3.org/ns/dx/connegp/altr#")
    graph = rdflib.Graph().parse(data=turtle.text, format="turtle")
    assert len(set(graph.objects(rdflib.URIRef(f"{SITE}{path[1:]}"), altr.hasRepresentation))) == len(alternates) + 1
    assert client.get(turtle.headers["content-location"]).content == turtle.content


@pytest.mark.parametrize("name", ["alt,schema", "http://www.w3.org/ns/dx/connegp/altr"])
def test_the_list_of_profiles_is_a_profile_by_its_token_or_iri(client: TestClient, name: str) -> None:
    answer = client.get(TALK, params={"_profile": name}, headers={"Accept": "text/turtle"})
    assert [link["href"] for link in targets(answer, "profile")] == ["http://www.w3.org/ns/dx/connegp/altr"]
    asked = {"Accept": "text/turtle", "Accept-Profile": "<http://www.w3.org/ns/dx/connegp/altr>"}
    assert client.get(TALK, headers=asked).content == answer.content


def test_a_long_address_is_not_sent_back_whole(client: TestClient) -> None:
    for path in ("/nope/", "/doc/set/", "/linkset/set/", "/errors/"):
        answer = client.get(path + "x" * 60_000)
        assert answer.status_code == 404
        assert len(answer.content) < 4_000


def test_410_names_the_release_that_removed_it(tmp_path: Path) -> None:
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    new = root / "data" / "new.yaml"
    new.write_text("things:\n- {id: topic/new, prefLabel: new, inScheme: scheme/topics}\n")
    ligraph.build(root)
    new.unlink()
    release = ligraph.build(root).manifest.id
    with TestClient(ligraph.create_app(root)) as client:
        for path in ("/id/topic/new", "/doc/topic/new.ttl", "/embed/topic/new.html"):
            gone = client.get(path)
            assert gone.status_code == 410
            assert gone.json()["release"] == release
            assert release in gone.json()["detail"]


def test_words_that_were_altered_are_not_served(tmp_path: Path) -> None:
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    digest = ligraph.build(root).manifest.files["context.jsonld"]["sha256"][:16]
    with TestClient(ligraph.create_app(root)) as client:
        assert client.get(f"/context/{digest}.jsonld").status_code == 200
    kept = root / ".ligraph" / "words" / f"context-{digest}.jsonld"
    kept.write_text("{}")
    with TestClient(ligraph.create_app(root)) as client:
        # The release itself has them, as long as it is the one that is served.
        assert "@context" in client.get(f"/context/{digest}.jsonld").json()
    settings = root / "ligraph.toml"
    settings.write_text(settings.read_text() + 'language = "es"\n')
    ligraph.build(root)
    with TestClient(ligraph.create_app(root)) as client:
        assert client.get(f"/context/{digest}.jsonld").status_code == 404


def test_words_are_there_where_the_folder_of_the_release_is_gone(tmp_path: Path) -> None:
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    made = ligraph.build(root).manifest
    with TestClient(ligraph.create_app(root)) as client:
        shutil.rmtree(root / ".ligraph" / "releases" / made.id)
        for path in ("/ns", "/shapes", "/context.jsonld"):
            assert client.get(path).status_code == 200
        for name, path, suffix in (("ontology", "ns", "ttl"), ("shapes", "shapes", "ttl")):
            digest = made.files[f"{name}.ttl"]["sha256"][:16]
            answer = client.get(f"/{path}/{digest}.{suffix}")
            assert "immutable" in answer.headers["cache-control"]
            assert "last-modified" not in answer.headers
            for other in {"ns", "shapes", "context"} - {path}:
                for ending in ("ttl", "jsonld"):
                    assert client.get(f"/{other}/{digest}.{ending}").status_code == 404
