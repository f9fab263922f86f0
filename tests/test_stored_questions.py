"""Stored questions: their headers, their parameters, and their answers by every way."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from anyio.from_thread import BlockingPortal
from conftest import TOML, WriteCollection
from pyoxigraph import Literal, RdfFormat, parse
from starlette.testclient import TestClient
from starlette.types import Message
from typer.testing import CliRunner

from ligraph import build, create_app, open_release
from ligraph.cli import app
from ligraph.errors import BadParameter, CollectionError, UsageError
from ligraph.formats import N_TRIPLES, SPARQL_JSON
from ligraph.stores.queries import Evaluator, Query
from ligraph.stores.questions import bind, read_question, read_questions
from ligraph.stores.results import Terms

TOPICS = """things:
- {id: scheme/s, prefLabel: Topics}
- {id: topic/a, prefLabel: Alpha, inScheme: scheme/s}
- {id: topic/b, prefLabel: Beta, inScheme: scheme/s}
"""
QUESTION = """# title: Topics of a scheme
# description: Which topics a scheme has.
# param: scheme iri
# example: scheme/s
# param: label text
# param: most integer
# default: 5

PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?topic ?label ?most {
  ?topic skos:inScheme ?scheme ; skos:prefLabel ?name BIND(STR(?name) AS ?label)
}
ORDER BY ?label
"""
ALL = """# title: Everything on a thing
# param: thing iri required

CONSTRUCT { ?thing ?p ?o } WHERE { ?thing ?p ?o }
"""
IDS = "https://example.org/c/id/"


@pytest.fixture
def root(collection: WriteCollection) -> Path:
    files: dict[str, str | bytes] = {
        "data/topics.yaml": TOPICS,
        "queries/topics.rq": QUESTION.replace("label text", "name text").replace("?label", "?name2"),
        "queries/all.rq": ALL,
        "queries/broken.rq": "# param: thing nothing\nSELECT * {}",
        "queries/chance.rq": "SELECT (RAND() AS ?x) {}",
    }
    root = collection(files)
    build(root)
    return root


@pytest.fixture
def client(root: Path) -> Iterator[TestClient]:
    with TestClient(create_app(root)) as client:
        yield client


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("# param: x\nSELECT ?x {}", "q.rq:1: “x” is not a parameter"),
        ("# title: T\n# param: x number\nSELECT ?x {}", "q.rq:2: “x number” is not a parameter"),
        ("# param: format text\nSELECT ?format {}", "q.rq:1: “format text” is not a parameter"),
        ("# param: y text\nSELECT ?x { } # ?y", "the query has no variable ?y"),
        (b"\xff", "q.rq cannot be read"),
        ("# title: T\nSELECT ?x { ?x }", "q.rq: the query is not SPARQL: line 2, column 16: "),
        ("SELECT ?x { ?x schema:name 1 }", "line 1, column 16: the prefix “schema:” is not declared"),
        ("# endpoint: https://example.org/sparql\nSELEC ?x {}", "q.rq: the query is not SPARQL: line 2, column 1: "),
        ("", "q.rq: the query is not SPARQL: line 1, column 1: "),
        ("DELETE WHERE { ?s ?p ?o }", "q.rq: the query is not SPARQL: line 1, column 1: "),
        ("ASK {" + " OPTIONAL { ?s ?p ?o }" * 501 + "}", "q.rq: the query has 501 patterns and operators"),
        ("ASK " + "{" * 6_000 + "}" * 6_000, "q.rq: the query is nested 6,000 levels deep"),
        ("ASK { SERVICE <http://\\u0061/> {} }", "q.rq: SERVICE is not allowed beside escaped characters"),
    ],
)
def test_a_question_that_is_wrong_is_told_with_its_place(tmp_path: Path, text: str | bytes, complaint: str) -> None:
    path = tmp_path / "q.rq"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CollectionError, match=re.escape(complaint)):
        read_question(path)


@pytest.mark.parametrize(
    "text",
    [
        "ASK { <relative> ?p ?o }",
        "SELECT ?x { SERVICE <http://127.0.0.1:9/> { ?x ?p ?o } }",
        "# endpoint: https://example.org/sparql\nASK {" + " OPTIONAL { ?s ?p ?o }" * 501 + "}",
        "# endpoint: https://example.org/sparql\nASK { FILTER(<bif:contains>(1, 2)) }",
    ],
)
def test_what_only_some_endpoint_refuses_is_a_question(tmp_path: Path, text: str) -> None:
    path = tmp_path / "q.rq"
    path.write_text(text)
    assert read_question(path).name == "q"


def test_a_file_that_is_wrong_costs_only_itself(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    (root / "queries" / "large.rq").write_text("ASK {" + " OPTIONAL { ?s ?p ?o }" * 501 + "}")
    (root / "queries" / "wrong.rq").write_text("SELECT ?x { ?x }")
    found, wrong = read_questions(root / "queries")
    assert set(found) == {"all", "chance", "topics"}
    assert len(wrong) == 3
    with TestClient(create_app(root)) as client:
        listed = client.get("/queries", headers={"Accept": "application/json"}).json()
        assert {question["name"]: question["answers_with"] for question in listed} == {
            "all": "statements",
            "chance": "rows",
            "topics": "rows",
        }
        assert {"/queries/all", "/queries/topics"} < client.get("/openapi.json").json()["paths"].keys()
        assert client.get("/queries/large").status_code == 404
    assert "large.rq: the query has 501 patterns" in caplog.text
    assert "wrong.rq: the query is not SPARQL: line 1" in caplog.text


@pytest.mark.parametrize(
    ("kind", "value", "term"),
    [
        ("iri", "topic/a", f"<{IDS}topic/a>"),
        ("iri", "https://schema.org/name", "<http://schema.org/name>"),
        ("iri", "urn:x:y", "<urn:x:y>"),
        ("text", 'a "b" \\ {?x} \n', '"a \\"b\\" \\\\ {?x}"'),
        ("integer", "-5", '"-5"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        ("decimal", "1.50", '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>'),
        ("boolean", "true", '"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'),
        ("date", "2021-04-30", '"2021-04-30"^^<http://www.w3.org/2001/XMLSchema#date>'),
    ],
)
def test_values_become_terms_of_their_kind(tmp_path: Path, kind: str, value: str, term: str) -> None:
    path = tmp_path / "q.rq"
    path.write_text(f"# param: x {kind}\nSELECT ?x {{}}")
    assert bind(read_question(path), {"x": value}, IDS) == {"x": term}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(("iri", "topic/a b"), ("iri", "a:>"), ("integer", "5.0"), ("integer", "٣"), ("decimal", "x")),
        *(("date", "2021"), ("date", "2021-13-45"), ("date", "2021-02-30")),
    ],
)
def test_values_of_another_kind_are_refused(tmp_path: Path, kind: str, value: str) -> None:
    path = tmp_path / "q.rq"
    path.write_text(f"# param: x {kind}\nSELECT ?x {{}}")
    with pytest.raises(BadParameter, match=r"“x” is") as caught:
        bind(read_question(path), {"x": value}, IDS)
    assert caught.value.parameter == "x"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_question_is_answered_in_every_format(client: TestClient) -> None:
    for way in ("/queries/topics?format=csv", "/queries/topics.csv"):
        answer = client.get(way)
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert [row["name2"] for row in rows(answer.text)] == ["Alpha", "Beta"]
    assert len(client.get("/queries/topics").json()["results"]["bindings"]) == 2
    assert client.get("/queries/topics", headers={"Accept": "application/sparql-results+xml"}).text.startswith("<?xml")
    page = client.get("/queries/topics", headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.headers["content-type"].startswith("text/html")
    assert '<a href="/doc/topic/a">topic/a</a>' in page.text
    assert "2 rows" in page.text


NASTY = [
    "plain",
    'a "quoted" text',
    "back\\slash",
    "\\u0022 } INSERT",
    "\\\\u0022",
    "x\\",
    "line\nand\ttab\r",
    "\x01\\u0041",
    "?x $y {} # no",
    "é 😀",
]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x {{}}",
        "SELECT ?x WHERE {{ }} # ?x {{",
        "SELECT ?x {{ SELECT ?x {{ ?s ?p ?o }} LIMIT 1 }}",
        "SELECT ?x {{ {{ ?s ?p ?x }} UNION {{ }} }} LIMIT 1",
        "SELECT (SAMPLE(?x) AS ?y) {{ ?s ?p ?o }} GROUP BY ?x",
        "CONSTRUCT {{ <urn:s> <urn:p> ?x }} WHERE {{ }}",
        "ASK {{ FILTER(?x = {literal}) }}",
    ],
)
def test_any_text_is_bound_as_it_is(root: Path, query: str, text: str) -> None:
    """The term that comes back is the term that went in, whatever it looks like."""
    literal = Literal(text)
    evaluator = Evaluator(open_release(root), Terms(), {})
    bound = {"x": str(literal)}
    asked = query.format(literal=_in_sparql(text))
    answer = evaluator.answer(Query(asked, SPARQL_JSON, N_TRIPLES, None, bound))
    if query.startswith("ASK"):
        assert json.loads(answer.content)["boolean"] is True
    elif query.startswith("CONSTRUCT"):
        (quad,) = parse(answer.content, format=RdfFormat.N_TRIPLES)
        assert quad.object == literal
    else:
        (row,) = json.loads(answer.content)["results"]["bindings"]
        assert next(iter(row.values()))["value"] == text


def _in_sparql(text: str) -> str:
    """Return a literal with every character escaped, so that nothing of it means anything."""
    return '"' + "".join(f"\\U{ord(character):08X}" for character in text) + '"'


def test_statements_are_answered_as_statements(client: TestClient) -> None:
    answer = client.get("/queries/all?thing=topic/a", headers={"Accept": "text/turtle"})
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    assert '"Alpha"@en' in answer.text
    assert "Alpha" in client.get("/queries/all.html?thing=topic/a").text


@pytest.mark.parametrize("accept", ["text/html", "TEXT/HTML", "text/csv"])
def test_an_answer_that_is_another_one_each_time_is_not_kept(client: TestClient, accept: str) -> None:
    answer = client.get("/queries/chance", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(accept.lower())
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_parameters_are_bound(client: TestClient) -> None:
    assert len(rows(client.get("/queries/topics.csv?scheme=scheme/s").text)) == 2
    assert rows(client.get("/queries/topics.csv?scheme=scheme/none").text) == []
    assert {row["most"] for row in rows(client.get("/queries/topics.csv").text)} == {"5"}
    assert {row["most"] for row in rows(client.get("/queries/topics.csv?most=7").text)} == {"7"}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("?most=x", "most"), ("?what=1", "what"), ("?most=1&most=2", "most"), ("?scheme=%3E", "scheme")],
)
def test_a_bad_parameter_is_named(client: TestClient, query: str, parameter: str) -> None:
    answer = client.get(f"/queries/topics{query}")
    assert answer.status_code == 422
    assert answer.json()["parameter"] == parameter
    assert answer.json()["type"].endswith("/bad-parameter")


def test_what_is_needed_is_asked_for(client: TestClient) -> None:
    answer = client.get("/queries/all")
    assert (answer.status_code, answer.json()["parameter"]) == (422, "thing")


def test_questions_are_listed_for_people_and_programs(client: TestClient) -> None:
    listed = client.get("/queries", headers={"Accept": "application/json"}).json()
    assert [question["name"] for question in listed] == ["all", "chance", "topics"]
    assert [parameter["name"] for parameter in listed[2]["parameters"]] == ["scheme", "name", "most"]
    assert "Topics of a scheme" in client.get("/queries", headers={"Accept": "text/html"}).text
    assert client.get("/queries/none").status_code == 404
    assert client.get("/queries/broken").status_code == 404


def test_questions_are_in_the_description_of_the_api(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    parameters = described["paths"]["/queries/topics"]["get"]["parameters"]
    assert {parameter["name"]: parameter["schema"]["type"] for parameter in parameters} == {
        "scheme": "string",
        "name": "string",
        "most": "integer",
        "format": "string",
    }
    assert described["paths"]["/queries/all"]["get"]["parameters"][0]["required"] is True
    # What is shown and taken has the type that is told.
    most = next(parameter for parameter in parameters if parameter["name"] == "most")
    assert most["schema"]["default"] == 5
    for kind, question in (("rows", "topics"), ("statements", "all")):
        get = described["paths"][f"/queries/{question}"]["get"]
        assert "html" in get["parameters"][-1]["schema"]["enum"], kind
        assert "text/html" in get["responses"]["200"]["content"], kind


def test_a_parameter_is_given_once_on_the_command_line_too(root: Path) -> None:
    run = CliRunner().invoke(app, ["query", "-C", str(root), "--stored", "topics", "-p", "most=7", "-p", "most=8"])
    assert isinstance(run.exception, UsageError)
    assert "“most” is given several times" in str(run.exception)


def test_the_command_line_asks_the_same(root: Path) -> None:
    run = CliRunner().invoke(app, ["query", "-C", str(root), "--stored", "topics", "-p", "most=7", "--format", "json"])
    assert run.exit_code == 0
    found = json.loads(run.stdout)["results"]["bindings"]
    assert [row["most"]["value"] for row in found] == ["7", "7"]


def test_a_question_for_another_endpoint_is_asked_there(root: Path, client: TestClient) -> None:
    path = root / "queries" / "theirs.rq"
    path.write_text("# endpoint: https://example.org/sparql\nASK {}")
    client.app.state.live._read_questions()  # type: ignore[attr-defined]
    answer = client.get("/queries/theirs")
    assert (answer.status_code, answer.json()["hint"]) == (422, "ask it there")
    run = CliRunner().invoke(app, ["query", "-C", str(root), "--stored", "theirs"])
    assert isinstance(run.exception, UsageError)
    assert str(run.exception) == "theirs is for another endpoint, https://example.org/sparql"
    assert run.exception.hint == f"ask it there: curl --data-urlencode query@{path} https://example.org/sparql"


def test_a_question_for_the_endpoint_of_the_site_is_asked_here(root: Path) -> None:
    (root / "queries" / "ours.rq").write_text("# endpoint: https://example.org/c/sparql\nASK {}")
    settings = root / "ligraph.toml"
    settings.write_text('site = "https://example.org/c/"\n' + settings.read_text())
    with TestClient(create_app(root)) as client:
        assert client.get("/queries/ours").json()["boolean"] is True
    run = CliRunner().invoke(app, ["query", "-C", str(root), "--stored", "ours", "--format", "json"])
    assert json.loads(run.stdout)["boolean"] is True


ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {' '.join(f'?a{n} ?b{n} ?c{n} .' for n in range(8))} }}"
WAYS = [("/queries/endless", b""), ("/sparql", f"query={quote(ENDLESS)}".encode())]


@pytest.fixture
def app_(root: Path) -> Iterator[tuple[Any, BlockingPortal]]:
    """Yield an application with a question that takes long, and where it runs."""
    (root / "queries" / "endless.rq").write_text(ENDLESS)
    with TestClient(create_app(root)) as client:
        assert client.portal
        yield client.app, client.portal


async def ask_for(app: Any, path: str, query: bytes, leaves: bool) -> tuple[list[Message], asyncio.Task[None]]:
    """Ask as a server does; the client leaves, or the server is stopped. Return what was sent."""
    sent: list[Message] = []

    async def receive() -> Message:
        if not leaves:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query}
    scope |= {"headers": [], "scheme": "http", "server": ("x", 80), "client": ("127.0.0.1", 9), "root_path": ""}
    task = asyncio.create_task(app(scope, receive, send))
    await asyncio.wait([task], timeout=None if leaves else 1)
    task.cancel()
    await asyncio.wait([task])
    return sent, task


@pytest.mark.parametrize(("path", "query"), WAYS)
def test_a_client_that_goes_away_is_no_error(
    app_: tuple[Any, BlockingPortal], caplog: pytest.LogCaptureFixture, path: str, query: bytes
) -> None:
    app, portal = app_
    caplog.clear()
    sent, task = portal.call(ask_for, app, path, query, True)
    assert (sent, task.exception()) == ([], None)
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(("path", "query"), WAYS)
def test_a_service_that_is_being_stopped_says_so(app_: tuple[Any, BlockingPortal], path: str, query: bytes) -> None:
    app, portal = app_
    sent, task = portal.call(ask_for, app, path, query, False)
    assert not task.cancelled()
    assert sent[0]["status"] == 503
    said = json.loads(sent[1]["body"])
    assert (said["title"], said["detail"]) == ("No query can be taken just now", "the service is being stopped")


def test_a_question_is_held_to_the_limits_of_its_service(collection: WriteCollection) -> None:
    files = {
        "queries/three.rq": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "queries/one.rq": "SELECT * { ?a ?b ?c }",
    }
    root = collection({**files, "ligraph.toml": f"{TOML}[limits]\nquery_parts = 2\n"})
    build(root)
    with TestClient(create_app(root)) as client:
        assert client.get("/queries/one").status_code == 200
        assert client.get("/queries/three").status_code == 404


def test_an_edited_question_is_taken_up(client: TestClient, root: Path) -> None:
    (root / "queries" / "more.rq").write_text("# title: More\nASK {}")
    client.app.state.live._read_questions()  # type: ignore[attr-defined]
    assert client.get("/queries/more").json()["boolean"] is True
