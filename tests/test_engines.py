"""The same site from every engine: worker processes here, the Oxigraph server, Virtuoso.

What an engine of others answers differently is listed in `DIFFERENCES` and in `docs/engines.md`, and nothing else may
differ.
"""

from __future__ import annotations

import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from engines import SECONDS, has_virtuoso, oxigraph, virtuoso
from pyoxigraph import RdfFormat, Triple, parse
from starlette.testclient import TestClient

from ligraph import build, create_app, open_release
from ligraph.kept import Kept
from ligraph.stores.bindings import with_values

ROOT = Path(__file__).parents[1]
IDS = "https://w3id.org/ligraph/living-improvement/id/"
GRAPH = IDS + "graph/people.yaml"
TOML = f"""
[limits]
query_seconds = {SECONDS}
result_rows = 2_500
result_bytes = 500_000
long_queries = 3
"""
PREFIXES = """\
PREFIX schema: <http://schema.org/> PREFIX lig: <https://w3id.org/ligraph/ns#> PREFIX org: <http://www.w3.org/ns/org#> \
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> """
EVERY = f'DESCRIBE ?s ?g {{ GRAPH ?g {{ ?s a ?c }} FILTER(STRSTARTS(STR(?s), "{IDS}")) }}'
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?c) > STR(?f) && STR(?i) < STR(?a)) }"
Fields = dict[str, str | list[str]]

DIFFERENT_QUESTIONS = {("virtuoso", "watching-time")}
"""Stored questions that an engine answers wrongly: Virtuoso counts variables without a value."""

SAME = [
    "SELECT (AVG(?a) AS ?x) { VALUES ?a { 1 2 } }",
    "SELECT (SUM(?a) AS ?x) { VALUES ?a { 1.5 2 } }",
    "SELECT (STR(1.0) AS ?x) {}",
    'SELECT (CONCAT("a", "b") AS ?x) (UCASE("ä") AS ?y) (STRLEN("ä😀") AS ?z) {}',
    'SELECT (SUBSTR("hello", 2, 3) AS ?x) (REPLACE("abc", "b", "x") AS ?y) (STRBEFORE("a-b", "-") AS ?z) {}',
    "SELECT (ROUND(2.5) AS ?x) (CEIL(2.1) AS ?y) (FLOOR(2.9) AS ?z) (ABS(-1) AS ?w) {}",
    'SELECT (YEAR("2021-04-30T10:00:00Z"^^xsd:dateTime) AS ?x) (TZ("2021-04-30T10:00:00Z"^^xsd:dateTime) AS ?z) {}',
    'SELECT (IF(1 < 2, "y", "n") AS ?x) (COALESCE(?u, "d") AS ?y) {}',
    'SELECT (STRDT("x", <urn:d>) AS ?x) (STRLANG("x", "en") AS ?y) (IRI("http://a/b") AS ?z) {}',
    'SELECT (MD5("a") AS ?x) (SHA256("a") AS ?y) {}',
    'SELECT (xsd:integer("5") AS ?x) (xsd:decimal("1.5") AS ?y) {}',
    'SELECT (GROUP_CONCAT(?a; SEPARATOR="|") AS ?x) { VALUES ?a { "a" "b" } }',
    "SELECT (MIN(?a) AS ?y) (MAX(?a) AS ?z) (COUNT(DISTINCT ?a) AS ?w) { VALUES ?a { 3 1 2 } }",
    "SELECT ?a ?b { VALUES (?a ?b) { (1 UNDEF) (2 3) } }",
    "SELECT ?a { VALUES ?a { 1 2 } MINUS { VALUES ?a { 2 } } }",
    "SELECT ?a { VALUES ?a { 1 2 } FILTER(?a IN (1, 5)) }",
    "SELECT ?a { VALUES ?a { 1 2 } FILTER NOT EXISTS { ?a ?b ?c } }",
    "SELECT ?n { ?s a lig:ResourceSet ; schema:name ?n } ORDER BY DESC(?n) LIMIT 2 OFFSET 1",
    'SELECT ?a { VALUES ?a { "b" "A" "a" "ä" "B" } } ORDER BY ?a',
    'SELECT ?n { ?s schema:name "Hub Leadership"@en ; schema:name ?n }',
    'SELECT ?n { ?s schema:name "Hub Leadership" ; schema:name ?n }',
    'SELECT ?n { ?s schema:name "Hub Leadership"@EN ; schema:name ?n }',
    "SELECT ?s { ?s schema:position 5 . ?s a lig:ResourceSet }",
    'SELECT ?s { ?s schema:position "5" . ?s a lig:ResourceSet }',
    "SELECT (COUNT(*) AS ?n) { ?s schema:isPartOf/schema:isPartOf* ?o . ?s a lig:ResourceSet }",
    "SELECT (COUNT(*) AS ?n) { ?s ^schema:isPartOf ?o }",
    "SELECT (COUNT(*) AS ?n) { ?s !(schema:name|schema:isPartOf) ?o . ?s a schema:Person }",
    "SELECT (COUNT(*) AS ?n) { ?s (schema:isPartOf|schema:about)? ?o . ?s a schema:Person }",
    "SELECT (COUNT(*) AS ?n) { { SELECT ?s { ?s a schema:Person } LIMIT 3 } }",
    'SELECT ?x { BIND("2021-04"^^xsd:gYearMonth AS ?x) }',
    'SELECT ?x { BIND("line\\nfeed \\"q\\" é" AS ?x) }',
    "SELECT ?x { OPTIONAL { ?x a <urn:none> } }",
    "SELECT (1 + ?u AS ?x) {}",
    'SELECT ("a" + 1 AS ?x) {}',
    'SELECT ?s { ?s a schema:CreativeWorkSeries ; schema:name ?n FILTER(LANGMATCHES(LANG(?n), "EN")) }',
    "SELECT (COUNT(*) AS ?n) { ?s a schema:Person OPTIONAL { ?s schema:sameAs ?x } FILTER(!BOUND(?x)) }",
    "SELECT ?t (COUNT(DISTINCT ?r) AS ?n) { ?r a lig:Resource ; schema:about/skos:prefLabel ?t } "
    "GROUP BY ?t HAVING(COUNT(DISTINCT ?r) > 3) ORDER BY DESC(?n) STR(?t)",
    "SELECT ?s (?e - ?b AS ?x) { ?s schema:startOffset ?b ; schema:endOffset ?e FILTER(?e - ?b < 300) } ORDER BY ?x ?s",
]
"""Queries that all engines answer in the same way."""

DIFFERENT = [
    ("SELECT (1/2 AS ?x) (7/2 AS ?y) {}", "0.5\t3.5", "0\t3"),
    ("SELECT (COUNT(*)/3 AS ?x) { VALUES ?a { 1 2 } }", "0.666666666666666666", "0"),
    ("SELECT (true AS ?x) (1 = 2 AS ?y) (CONTAINS('abc', 'b') AS ?z) {}", "true\tfalse\ttrue", "1\t0\t1"),
    ('SELECT (DATATYPE("a") AS ?x) {}', "<http://www.w3.org/2001/XMLSchema#string>", ""),
    ('SELECT (DATATYPE("a"@en) AS ?x) {}', "<http://www.w3.org/1999/02/22-rdf-syntax-ns#langString>", ""),
    ('SELECT (LANG("a"@en-GB) AS ?x) {}', '"en-gb"', '"en-GB"'),
    ('SELECT (ENCODE_FOR_URI("a b/é") AS ?x) {}', '"a%20b%2F%C3%A9"', '"a%20b%2Fé%00"'),
    ("SELECT (isBLANK(BNODE()) AS ?x) {}", "true", 400),
    ("SELECT (1/0 AS ?x) {}", "", 400),
    ("SELECT (COUNT(*) AS ?n) { ?s schema:isPartOf+ ?o }", "27", 400),
    ("SELECT ?s { ?s schema:position 5.0 . ?s a lig:ResourceSet }", None, f"<{IDS}set/hub-leadership>"),
    ('SELECT ?x { BIND("PT5M"^^xsd:duration AS ?x) }', '"PT5M"^^<http://www.w3.org/2001/XMLSchema#duration>', 400),
    ("SELECT ?d { <" + IDS + "clip/key-elements-of-building-leadership> schema:duration ?d }",
     '"PT4M25S"^^<http://www.w3.org/2001/XMLSchema#duration>', '"265.25"^^<http://www.w3.org/2001/XMLSchema#duration>'),
    ('SELECT ?a { VALUES ?a { 9 "x" <urn:a> } } ORDER BY ?a', '<urn:a>\n9\n"x"', '"x"\n<urn:a>\n9'),
    ("SELECT * {}", "", "1"),
    ("SELECT ?n { ?s a lig:ResourceSet ; schema:position ?n FILTER(COALESCE(?n < ?u, ?n = 5)) }", "5", None),
    ("SELECT (COUNT(?y) AS ?n) { { SELECT DISTINCT ?x ?y { VALUES (?x ?y) { (1 UNDEF) (2 3) } } } }", "1", "2"),
    ("SELECT (UUID() = UUID() AS ?x) {}", "false", "1"),
]  # fmt: skip
"""Queries, what they are answered here and by the Oxigraph server, and what by Virtuoso 7.2: rows, or a status."""


@dataclass
class Site:
    """A site, with the name of its engine."""

    engine: str
    client: TestClient
    root: Path

    @property
    def is_remote(self) -> bool:
        return self.engine != "embedded"

    @property
    def behind(self) -> Any:
        """What answers queries."""
        return self.client.app.state.live.snapshot.engine  # type: ignore[attr-defined]

    def ask(self, query: str, accept: str = "text/tab-separated-values", fields: Fields | None = None) -> Any:
        params = {"query": PREFIXES + query, **(fields or {})}
        return self.client.get("/sparql", params=params, headers={"Accept": accept})


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a collection with a release: this repository's, and every row of the model."""
    root = tmp_path_factory.mktemp("built")
    for name in ("data", "queries"):
        shutil.copytree(ROOT / name, root / name)
    every_row = (ROOT / "tests/every_row/data/every-row.yaml").read_text("utf-8")
    # Both have a scheme of this name.
    (root / "data/every-row.yaml").write_text(every_row.replace("scheme/topics", "scheme/every-row"))
    (root / "ligraph.toml").write_text((ROOT / "ligraph.toml").read_text("utf-8") + TOML)
    build(root)
    return root


@pytest.fixture(scope="module")
def embedded(built: Path) -> Iterator[Site]:
    with TestClient(create_app(built), base_url="http://127.0.0.1:8000") as client:
        yield Site("embedded", client, built)


@pytest.fixture(scope="module", params=["embedded", "oxigraph", "virtuoso"])
def site(
    request: pytest.FixtureRequest, built: Path, embedded: Site, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Return the site with one of the engines. Without its own store: nothing may be read there."""
    if request.param == "embedded":
        yield embedded
        return
    if request.param == "virtuoso" and not has_virtuoso():
        pytest.skip("Virtuoso is not installed: apt install virtuoso-opensource-7-bin")
    folder = tmp_path_factory.mktemp(request.param)
    root = folder / "site"
    shutil.copytree(built, root, ignore=shutil.ignore_patterns("store"))
    dump = next(built.glob(".ligraph/releases/*/dumps/all.nq.gz"))
    (folder / "engine").mkdir()
    with {"oxigraph": oxigraph, "virtuoso": virtuoso}[request.param](dump, folder / "engine") as address:
        settings = f'engine = "sparql"\nquery_url = "{address}"\n'
        (root / "ligraph.toml").write_text(settings + (root / "ligraph.toml").read_text("utf-8"))
        with TestClient(create_app(root), base_url="http://127.0.0.1:8000") as client:
            yield Site(request.param, client, root)


def test_a_missing_virtuoso_is_a_failure_where_it_must_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.delenv("CI", raising=False)
    assert not has_virtuoso()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="virtuoso-opensource-7-bin"):
        has_virtuoso()


def things(root: Path) -> list[str]:
    """Return the ids of all things, and of all files."""
    release = open_release(root)
    found = {quad.subject.value for quad in release.store if not isinstance(quad.subject, Triple)}
    return sorted(iri.removeprefix(IDS) for iri in found if iri.startswith(IDS) and "#" not in iri)


def triples(content: bytes, media_type: str) -> set[Triple]:
    format_ = RdfFormat.from_media_type(media_type)
    assert format_
    return {quad.triple for quad in parse(content, format=format_)}


class TestEveryEngine:
    def test_pages_and_documents_are_the_same_bytes(self, site: Site, embedded: Site) -> None:
        """With few requests: each page is made without what the ones before have left."""
        if not site.is_remote:
            return
        most = 0
        for number, local in enumerate(["", *things(embedded.root)]):
            for suffix in (".html", (".jsonld", ".ttl", ".nt")[number % 3]) if local else ("",):
                address = f"/doc/{local}{suffix}" if local else "/"
                site.behind.kept = Kept()
                before = site.behind.endpoint.requests
                answer = site.client.get(address)
                expected = embedded.client.get(address)
                assert answer.status_code == 200, address
                assert answer.content == expected.content, address
                assert answer.headers == expected.headers, address
                most = max(most, site.behind.endpoint.requests - before)
        assert most <= 10

    def test_a_page_that_was_made_costs_no_request(self, site: Site) -> None:
        first = site.client.get("/doc/set/hub-leadership")
        before = site.behind.endpoint.requests if site.is_remote else 0
        assert site.client.get("/doc/set/hub-leadership").content == first.content
        tag = {"If-None-Match": first.headers["etag"]}
        assert site.client.get("/doc/set/hub-leadership", headers=tag).status_code == 304
        assert site.client.get("/id/set/hub-leadership", follow_redirects=False).status_code == 303
        assert not site.is_remote or site.behind.endpoint.requests == before

    @pytest.mark.parametrize(
        ("address", "status"),
        [
            ("/id/set/hub-leadership", 303),
            ("/id/set/nothing", 404),
            ("/doc/set/nothing.ttl", 404),
            ("/doc/resource/hub-leadership", 404),
            ("/doc/set/%22%3E", 404),
        ],
    )
    def test_things_are_found_or_not(self, site: Site, embedded: Site, address: str, status: int) -> None:
        for accept in ("text/html", "application/json"):
            headers = {"Accept": accept}
            answer = site.client.get(address, headers=headers, follow_redirects=False)
            expected = embedded.client.get(address, headers=headers, follow_redirects=False)
            assert answer.status_code == expected.status_code == status
            assert answer.content == expected.content
            assert answer.headers.get("location") == expected.headers.get("location")

    @pytest.mark.parametrize(
        "accept",
        [
            "application/sparql-results+json",
            "application/sparql-results+xml",
            "text/csv",
            "text/tab-separated-values",
        ],
    )
    @pytest.mark.parametrize(
        "query",
        [
            "SELECT ?s ?name ?none { ?s a schema:Person ; schema:name ?name } ORDER BY ?s STR(?name)",
            "SELECT ?s ?n { ?s a lig:ResourceSet ; schema:position ?n } ORDER BY ?s",
            "SELECT ?s { ?s a <urn:none> }",
            "ASK { ?s a schema:Person }",
            "ASK { ?s a <urn:none> }",
        ],
    )
    def test_rows_are_the_same_bytes_in_every_format(self, site: Site, embedded: Site, query: str, accept: str) -> None:
        answer, expected = site.ask(query, accept), embedded.ask(query, accept)
        assert answer.status_code == 200
        assert answer.content == expected.content
        assert answer.headers["content-type"] == expected.headers["content-type"]

    @pytest.mark.parametrize(
        "accept",
        [
            "text/turtle",
            "application/n-triples",
            "application/ld+json",
            "application/rdf+xml",
            "application/trig",
            "application/n-quads",
        ],
    )
    def test_statements_are_the_same_in_every_format(self, site: Site, embedded: Site, accept: str) -> None:
        query = "CONSTRUCT { ?s a lig:Resource ; schema:name ?n ; schema:duration ?d } WHERE " + (
            "{ ?s schema:name ?n OPTIONAL { ?s schema:duration ?d } }"
        )
        answer, expected = site.ask(query, accept), embedded.ask(query, accept)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(accept)
        assert triples(answer.content, accept) == triples(expected.content, accept)

    @pytest.mark.parametrize(
        "query",
        [
            f"DESCRIBE <{IDS}set/hub-leadership>",
            f"DESCRIBE <{IDS}person/sandra-park> <{IDS}set/hub-leadership>",
            "DESCRIBE <http://schema.org/Person>",
            f"DESCRIBE <{IDS}person/sandra-park> ?x {{ ?x a schema:Nothing }}",
        ],
    )
    def test_a_description_is_our_document(self, site: Site, embedded: Site, query: str) -> None:
        assert site.ask(query, "text/turtle").content == embedded.ask(query, "text/turtle").content

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT ?g ?s { GRAPH ?g { ?s schema:position ?n FILTER(?n < ?max) } }",
            "SELECT ?s { { ?s schema:position ?n FILTER(?n < ?max) } UNION { ?s a schema:Person } }",
            "SELECT ?s { { ?s a schema:Person } UNION { ?s schema:position ?n FILTER(?n < ?max) } }",
            "SELECT ?s { ?s schema:position ?n MINUS { ?s schema:position ?m FILTER(?m < ?max) } }",
            "SELECT ?s { ?s a schema:Person OPTIONAL { { ?s schema:position ?n FILTER(?n < ?max) } } }",
            "SELECT ?k { { SELECT (COUNT(*) AS ?k) { ?s schema:position ?n FILTER(?n < ?max) } } }",
            "SELECT ?n { ?s schema:position ?n } GROUP BY ?n HAVING(COUNT(?s) > ?max)",
        ],
    )
    def test_a_parameter_has_its_value_within_groups(self, site: Site, embedded: Site, query: str) -> None:
        """The value is written into the query by hand, and as stored questions do it: the rows are the same."""
        asked = with_values(query, {"max": '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'})
        expected = sorted(embedded.ask(query.replace("?max", "2"), "text/csv").text.splitlines())
        assert len(expected) > 1
        assert sorted(site.ask(asked, "text/csv").text.splitlines()) == expected

    @pytest.mark.parametrize("query", ["DESCRIBE ?s { ?s a lig:ResourceSet }", EVERY])
    def test_things_of_a_pattern_are_described(self, site: Site, embedded: Site, query: str) -> None:
        ours, theirs = (one.ask(query, "text/turtle").content for one in (site, embedded))
        assert triples(ours, "text/turtle") == triples(theirs, "text/turtle")

    @pytest.mark.parametrize(
        ("query", "fields"),
        [
            (f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}> {{ ?s ?p ?o }}", {}),
            (f"PREFIX g: <{IDS}graph/> SELECT (COUNT(*) AS ?n) FROM g:people.yaml {{ ?s ?p ?o }}", {}),
            (f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}> FROM <{IDS}graph/series.yaml> {{ ?s ?p ?o }}", {}),
            (f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", {}),
            (f"SELECT (COUNT(*) AS ?n) FROM NAMED <{GRAPH}> {{ GRAPH ?g {{ ?s ?p ?o }} }}", {}),
            ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", {"default-graph-uri": GRAPH}),
            ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", {"default-graph-uri": [GRAPH, IDS + "graph/series.yaml"]}),
            ("SELECT (COUNT(*) AS ?n) FROM <urn:none> { ?s ?p ?o }", {"default-graph-uri": GRAPH}),
            (f"SELECT (COUNT(*) AS ?n) FROM <{GRAPH}> {{ ?s ?p ?o }}", {"default-graph-uri": "urn:none"}),
            ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", {"default-graph-uri": GRAPH}),
            ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", {"named-graph-uri": GRAPH}),
            ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", {"named-graph-uri": GRAPH}),
            (f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{GRAPH}> {{ ?s ?p ?o }} }}", {}),
            ("SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a schema:Person ; schema:name ?n }", {}),
        ],
    )
    def test_graphs_are_those_that_are_named(self, site: Site, embedded: Site, query: str, fields: Fields) -> None:
        assert site.ask(query, fields=fields).text == embedded.ask(query, fields=fields).text

    @pytest.mark.parametrize(
        "query",
        [
            "PREFIX s: <https://schema.org/> SELECT (COUNT(*) AS ?n) { ?x a s:Person }",
            "SELECT (COUNT(*) AS ?n) { ?x a <https://schema.org/Person> }",
            'SELECT ("https://schema.org/Person" AS ?x) {}',
            "SELECT (<x> AS ?a) {}",
            "BASE <http://b.example/c/> SELECT (<x> AS ?a) {}",
            "BASE <c/> SELECT (<x> AS ?a) {}",
        ],
    )
    def test_addresses_mean_the_same(self, site: Site, embedded: Site, query: str) -> None:
        # A BASE may stand behind prefixes, and what it says holds from there.
        assert site.ask(query).text == embedded.ask(query).text

    @pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "queries").glob("*.rq")))
    def test_stored_questions_have_the_same_rows(self, site: Site, embedded: Site, name: str) -> None:
        text = (ROOT / "queries" / f"{name}.rq").read_text("utf-8")
        parameter = re.search(r"^# param: (\S+) ", text, re.MULTILINE)
        example = re.search(r"^# (?:example|default): (.*)", text, re.MULTILINE)
        fields = {parameter[1]: example[1]} if parameter and example else {}
        addresses = [(f"/queries/{name}", {"format": "csv", **fields})]
        for address, given in addresses:
            answer, expected = (one.client.get(address, params=given) for one in (site, embedded))
            assert answer.status_code == expected.status_code == 200, answer.text
            if (site.engine, name) in DIFFERENT_QUESTIONS:
                assert answer.text != expected.text
                continue
            assert sorted(answer.text.splitlines()) == sorted(expected.text.splitlines())

    @pytest.mark.parametrize(
        "query",
        [
            "SELEC * { ?s ?p ?o }",
            "SELECT * { ?s ?p }",
            "SELECT * { ?s nope:p ?o }",
            "SELECT ?s { ?s ?p ?o } GROUP BY ?p",
            "INSERT DATA { <urn:a> <urn:b> 1 }",
            "SELECT * { ?s ?p ?o } ; DELETE WHERE { ?s ?p ?o }",
            "define input:same-as 'yes' SELECT * { ?s ?p ?o }",
            "SELECT (bif:upper('x') AS ?x) {}",
        ],
    )
    def test_what_is_no_query_of_sparql_is_told_in_the_same_words(self, site: Site, embedded: Site, query: str) -> None:
        answer, expected = site.ask(query, "application/json"), embedded.ask(query, "application/json")
        assert answer.status_code == 400
        assert answer.json()["line"] == expected.json()["line"]
        assert answer.json()["column"] == expected.json()["column"]

    def test_an_unknown_function_is_the_callers_fault(self, site: Site) -> None:
        answer = site.ask("SELECT (<urn:f>(1) AS ?x) {}")
        assert answer.status_code == 400
        assert "urn:f" in answer.json()["detail"]

    def test_functions_of_one_engine_are_not_run(self, site: Site) -> None:
        answer = site.ask("SELECT (<bif:sys_stat>('st_dbms_name') AS ?x) {}")
        assert answer.status_code in (400, 422)

    def test_others_are_not_asked(self, site: Site) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.settimeout(0.5)
            there = f"<http://127.0.0.1:{listening.getsockname()[1]}/>"
            for query in (f"SELECT * {{ SERVICE {there} {{ ?s ?p ?o }} }}", f"SELECT * FROM {there} {{ ?s ?p ?o }}"):
                assert site.ask(query).status_code in (200, 422)
            with pytest.raises(TimeoutError):
                listening.accept()

    def test_a_query_that_takes_too_long_is_ended_and_others_are_answered(self, site: Site) -> None:
        site.ask("ASK {}")
        statuses: list[int] = []
        endless = threading.Thread(target=lambda: statuses.append(site.ask(ENDLESS).status_code))
        started = time.monotonic()
        endless.start()
        time.sleep(0.5)
        for number in range(5):
            assert site.ask(f"SELECT ({number} AS ?n) {{ ?s a lig:ResourceSet }}").status_code == 200
        assert time.monotonic() - started < SECONDS
        endless.join(SECONDS + 3)
        assert statuses == [504]
        assert SECONDS - 1 < time.monotonic() - started < SECONDS + 3

    @pytest.mark.parametrize(
        "query",
        [
            "SELECT ?s { ?s ?p ?o . ?s2 a lig:ResourceSet } LIMIT 3000",
            'SELECT (CONCAT(STR(?s), ?long) AS ?x) { VALUES ?long { "' + "x" * 5_000 + '" } ?s a ?c } LIMIT 1000',
            "CONSTRUCT { ?s <urn:p> ?s2 } WHERE { ?s ?p ?o . ?s2 a schema:Person }",
        ],
    )
    def test_a_result_over_a_limit_is_refused_whole(self, site: Site, query: str) -> None:
        answer = site.ask(query, "*/*")
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("errors/result-too-large")

    def test_an_answer_has_a_tag_that_a_client_may_come_back_with(self, site: Site) -> None:
        query = "SELECT ?n { ?s a schema:CreativeWorkSeries ; schema:name ?n }"
        first = site.ask(query)
        assert first.headers["etag"].startswith('"')
        again = site.client.get(
            "/sparql",
            params={"query": PREFIXES + query},
            headers={"Accept": "text/tab-separated-values", "If-None-Match": first.headers["etag"]},
        )
        assert again.status_code == 304
        assert again.headers["etag"] == first.headers["etag"]

    @pytest.mark.parametrize("query", ["SELECT (NOW() AS ?x) {}", "SELECT (RAND() AS ?x) {}"])
    def test_what_changes_is_not_kept(self, site: Site, query: str) -> None:
        answer = site.ask(query)
        assert answer.headers["cache-control"] == "no-store"
        assert "etag" not in answer.headers

    @pytest.mark.parametrize("query", SAME)
    def test_what_a_query_means_is_the_same(self, site: Site, embedded: Site, query: str) -> None:
        answer, expected = site.ask(query), embedded.ask(query)
        assert answer.status_code == 200
        if "ORDER BY" in query:
            assert answer.text == expected.text
        assert sorted(answer.text.splitlines()) == sorted(expected.text.splitlines())

    @pytest.mark.parametrize(("query", "ours", "virtuosos"), DIFFERENT)
    def test_what_differs_is_known(self, site: Site, query: str, ours: str | None, virtuosos: str | int | None) -> None:
        expected = virtuosos if site.engine == "virtuoso" else ours
        answer = site.ask(query)
        if isinstance(expected, int):
            assert answer.status_code == expected
        else:
            rows = answer.text.splitlines()[1:]
            assert rows == ([] if expected is None else expected.split("\n"))

    def test_a_graph_can_be_taken_whole(self, site: Site, embedded: Site) -> None:
        for number, graph in enumerate(sorted(embedded.client.app.state.live.snapshot.release.manifest.graphs)):  # type: ignore[attr-defined]
            fields = {"graph": graph, "format": "nt"}
            ours, theirs = (one.client.get("/graphs", params=fields) for one in (site, embedded))
            assert ours.status_code == 200, number
            assert triples(ours.content, "application/n-triples") == triples(theirs.content, "application/n-triples")

    def test_the_service_promises_what_it_keeps(self, site: Site) -> None:
        """What memory a query may take is the business of an engine of others."""
        said = site.client.get("/sparql", headers={"Accept": "text/turtle"}).text
        assert f"run for {SECONDS} seconds" in said
        assert ("bytes of memory" in said) != site.is_remote

    def test_health_says_that_the_engine_has_the_release(self, site: Site) -> None:
        health = site.client.get("/health")
        assert health.status_code == 200
        assert health.json()["status"] == "ok"
        if site.is_remote:
            assert health.json()["engine"]["state"] == "same"
            assert health.json()["engine"]["statements"] == health.json()["statements"]
