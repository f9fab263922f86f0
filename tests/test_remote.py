"""What comes of an engine that is down, slow, has other data, or answers what is none: nothing half, nothing false.

The engine here is a small HTTP server in the test, which knows the release's statements and can be told to misbehave.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from engines import free_port, oxigraph
from pyoxigraph import NamedNode, Quad, QueryResultsFormat, QueryTriples, RdfFormat, Store, parse
from starlette.testclient import TestClient

from ligraph import build, create_app
from ligraph.errors import EngineDown, OutOfTime
from ligraph.stores import endpoint as endpoints
from ligraph.stores import lookout, remote
from ligraph.stores.endpoint import Endpoint

SECONDS = 1
TOML = """\
base = "https://example.org/c/"
engine = "sparql"
query_url = "{address}"
[limits]
query_seconds = 1
result_bytes = 300_000
long_queries = 2
"""
DATA = """\
source: https://example.org/post
things:
- {id: organization/one, name: One}
- {id: person/ada, name: Ada, roles: {role-1: {organization: organization/one, roleName: Guest}}}
"""
JSON = "application/sparql-results+json"
ALL = "SELECT * { ?s ?p ?o }"
ROW = b'{"x":{"type":"literal","value":"some words of a row"}}'
ROWS = b'{"head":{"vars":["x"]},"results":{"bindings":[' + b",".join([ROW] * 20) + b"]}}"

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers from the store of its server, unless that is to misbehave."""

    protocol_version = "HTTP/1.1"
    server: Double

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = parse_qs(body)
        self.query = fields["query"][0]
        self.server.asked.append(self)
        if self.server.is_down:
            self.close_connection = True
        elif self.server.answer:
            self.server.answer(self)
        else:
            self.answer_truly(fields)

    def answer_truly(self, fields: dict[str, list[str]]) -> None:
        results = self.server.store.query(self.query, use_default_graph_as_union=True)
        if isinstance(results, QueryTriples):
            self.send("application/n-triples", results.serialize(format=RdfFormat.N_TRIPLES) or b"")
        else:
            self.send(JSON, results.serialize(format=QueryResultsFormat.JSON) or b"")

    def send(self, media_type: str, content: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class Double(ThreadingHTTPServer):
    """A server in the place of an engine."""

    daemon_threads = True

    def __init__(self, store: Store, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.store = store
        self.answer: Answer | None = None
        self.asked: list[Handler] = []
        self.is_down = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/query"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: connections are cut on purpose."""


@contextmanager
def running(server: Double) -> Iterator[None]:
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield
    finally:
        # Connections that are kept would outlive it.
        server.is_down = True
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("site")
    (root / "data").mkdir()
    (root / "data/all.yaml").write_text(DATA)
    (root / "ligraph.toml").write_text(TOML.format(address="http://127.0.0.1:9/"))
    build(root)
    return root


@pytest.fixture
def store(root: Path) -> Store:
    dump = next(root.glob(".ligraph/releases/*/dumps/all.nq.gz"))
    store = Store()
    store.extend(parse(gzip.decompress(dump.read_bytes()), format=RdfFormat.N_QUADS))
    return store


@pytest.fixture
def engine(store: Store) -> Iterator[Double]:
    engine = Double(store)
    with running(engine):
        yield engine


@contextmanager
def site_of(root: Path, address: str) -> Iterator[TestClient]:
    (root / "ligraph.toml").write_text(TOML.format(address=address))
    with TestClient(create_app(root), base_url="http://127.0.0.1:8000") as client:
        yield client


@pytest.fixture
def client(root: Path, engine: Double) -> Iterator[TestClient]:
    with site_of(root, engine.address) as client:
        yield client


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the engine's data looked at often."""
    monkeypatch.setattr(lookout, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(lookout, "LOOK_AGAIN_SECONDS", 0.05)


def ask(client: TestClient, query: str = ALL, accept: str = JSON) -> Any:
    return client.get("/sparql", params={"query": query}, headers={"Accept": accept})


def health(client: TestClient, state: str) -> dict[str, Any]:
    """Return what `/health` says once the engine is in a state."""
    deadline = time.monotonic() + 5
    while True:
        body: dict[str, Any] = client.get("/health").json()
        if body["engine"]["state"] == state or time.monotonic() > deadline:
            assert body["engine"]["state"] == state, body
            return body
        time.sleep(0.02)


# ── Answers that are none ──


def raw(text: bytes) -> Answer:
    """Return what sends bytes as they are, and hangs up."""

    def answer(handler: Handler) -> None:
        handler.wfile.write(text)
        handler.close_connection = True

    return answer


def head(**headers: object) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode()


def said(status: int, text: str, media_type: str = "text/plain", **headers: str) -> Answer:
    return lambda handler: handler.send(media_type, text.encode(), status, **headers)


def drip(handler: Handler) -> None:
    handler.wfile.write(head(Content_Type=JSON, Content_Length=1_000_000))
    for _ in range(50):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


FAILURES: dict[str, tuple[Answer, int, str]] = {
    "a page": (said(200, "<!DOCTYPE html><html><title>Log in</title>", "text/html"), 502, "engine"),
    "a page said to be results": (said(200, "<html>Log in</html>", JSON), 502, "engine"),
    "no type": (raw(head(Content_Length=len(ROWS)) + ROWS), 502, "engine"),
    "nothing": (said(200, "", JSON), 502, "engine"),
    "cut, with the length of what was sent": (said(200, ROWS[:-40].decode(), JSON), 502, "engine"),
    "cut between rows": (said(200, ROWS[: ROWS.rindex(b",")].decode(), JSON), 502, "engine"),
    "cut, shorter than said": (raw(head(Content_Type=JSON, Content_Length=9_999) + ROWS), 502, "engine"),
    "cut in chunks": (raw(head(Content_Type=JSON, Transfer_Encoding="chunked") + b"5\r\n{\"hea\r\n"), 502, "engine"),
    "cut, with words about time": (said(200, ROWS[:99].decode() + "It has been cancelled", JSON), 504, "out-of-time"),
    "a part, and said to be": (said(200, ROWS.decode(), JSON, X_SQL_State="S1TAT"), 504, "out-of-time"),
    "as many rows as it gives": (said(200, ROWS.decode(), JSON, X_SPARQL_MaxRows="20"), 422, "result-too-large"),
    "no compression": (said(200, "not compressed", JSON, Content_Encoding="gzip"), 502, "engine"),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH\r\n\r\n"), 503, "engine-down"),
    "no answer": (raw(b""), 503, "engine-down"),
    "500": (said(500, "NullPointerException at /opt/secret"), 502, "engine"),
    "500 about time": (said(500, "Virtuoso S1T00 Error SR171: Transaction timed out"), 504, "out-of-time"),
    "500 about memory": (said(500, "java.lang.OutOfMemoryError: heap"), 422, "out-of-memory"),
    "500 about a function": (said(500, "The custom function <urn:f> is not supported"), 400, "bad-request"),
    "504": (said(504, ""), 504, "out-of-time"),
    "503": (said(503, "busy"), 503, "overloaded"),
    "429": (said(429, "slow down"), 503, "overloaded"),
    "401": (said(401, "who are you"), 502, "engine"),
    "404": (said(404, "no such dataset"), 502, "engine"),
    "400": (said(400, "cannot plan this\nsecond line"), 400, "bad-request"),
    "204": (raw(b"HTTP/1.1 204 No Content\r\n\r\n"), 502, "engine"),
    "bytes that drip": (drip, 504, "out-of-time"),
    "silence": (lambda _: time.sleep(2 * SECONDS), 504, "out-of-time"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_of_the_engine_has_its_status_and_is_not_told_to_strangers(
    client: TestClient, engine: Double, name: str
) -> None:
    answer, status, kind = FAILURES[name]
    engine.answer = answer
    started = time.monotonic()
    problem = ask(client)
    assert time.monotonic() - started < 2 * SECONDS
    assert problem.status_code == status
    assert problem.json()["type"] == f"https://example.org/c/errors/{kind}"
    assert "some words" not in problem.text
    assert "secret" not in problem.text
    assert "127.0.0.1" not in problem.text
    if status == 400:
        assert "second line" not in problem.text
        assert problem.json()["detail"].startswith("the query cannot be run: ")
    # The next one is answered as if nothing had been.
    engine.answer = None
    assert ask(client).status_code == 200


@pytest.mark.parametrize("name", ["a page", "cut between rows", "no answer", "500", "silence"])
def test_a_page_is_not_made_of_a_failure(client: TestClient, engine: Double, name: str) -> None:
    answer, status, _ = FAILURES[name]
    engine.answer = answer
    assert client.get("/doc/person/ada").status_code == status
    engine.answer = None
    assert client.get("/doc/person/ada").status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        b'{"head":{},"boolean":true}',
        b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"urn:x"}}]}}',
        b'{"head":{"vars":["n","g","s","p","o"]},"results":{"bindings":[{"n":{"type":"literal","value":"99"}}]}}',
        b'{"head":{"vars":["n","g","s","p","o"]},"results":{"bindings":[{"n":{"type":"literal","value":"x"}}]}}',
    ],
)
def test_a_page_is_not_made_of_answers_to_another_question(client: TestClient, engine: Double, content: bytes) -> None:
    engine.answer = lambda handler: handler.send(JSON, content)
    assert client.get("/doc/person/ada").status_code == 502


@pytest.mark.parametrize(
    "content",
    [ROWS, b'{"head":{"vars":[]},"results":{"bindings":[{}]}}', b'{"head":{"vars":["x"]},"results":{"bindings":[]}}'],
)
def test_rows_are_no_yes_and_no_no(client: TestClient, engine: Double, content: bytes) -> None:
    engine.answer = lambda handler: handler.send(JSON, content)
    assert ask(client, "ASK { ?s ?p ?o }").status_code == 502


def test_statements_without_a_length_may_be_cut(client: TestClient, engine: Double) -> None:
    engine.answer = raw(head(Content_Type="application/n-triples", Connection="close") + b"<urn:a> <urn:b> <urn:c> .\n")
    assert ask(client, "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "text/turtle").status_code == 502


def test_a_large_result_is_not_read_to_its_end(client: TestClient, engine: Double) -> None:
    sent = []

    def flood(handler: Handler) -> None:
        handler.wfile.write(head(Content_Type=JSON, Content_Length=10**10))
        while True:
            handler.wfile.write(ROW * 10_000)
            sent.append(len(ROW) * 10_000)

    engine.answer = flood
    answer = ask(client)
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("result-too-large")
    assert sum(sent) < 200 * 1024**2


def test_a_result_that_is_small_until_it_is_unpacked_is_refused(client: TestClient, engine: Double) -> None:
    bomb = gzip.compress(b" " * 300_000_000, 9)
    engine.answer = lambda handler: handler.send(JSON, bomb, Content_Encoding="gzip")
    assert ask(client).status_code == 422


def test_compression_is_taken(client: TestClient, engine: Double) -> None:
    plain = ask(client, "SELECT ?n { ?s <http://schema.org/name> ?n }")
    assert "gzip" in engine.asked[-1].headers["Accept-Encoding"]
    engine.answer = lambda handler: handler.send(JSON, gzip.compress(plain.content), Content_Encoding="gzip")
    assert ask(client, "SELECT ?n { ?s <http://schema.org/name> ?n } LIMIT 9").content == plain.content


# ── Where queries go ──


def test_a_redirect_to_another_host_is_not_followed(client: TestClient, engine: Double) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.3)
        target = f"http://localhost:{listening.getsockname()[1]}/query"
        engine.answer = said(307, "", Location=target)
        assert ask(client).status_code == 502
        with pytest.raises(TimeoutError):
            listening.accept()


def test_a_redirect_to_the_same_host_is_followed(client: TestClient, engine: Double) -> None:
    def answer(handler: Handler) -> None:
        if handler.path == "/query":
            handler.send("text/plain", b"", 308, Location="/here")
        else:
            handler.answer_truly({})

    engine.answer = answer
    assert ask(client).status_code == 200


def test_a_redirect_in_a_circle_ends(client: TestClient, engine: Double) -> None:
    engine.answer = said(307, "", Location="/query")
    engine.asked.clear()
    assert ask(client).status_code == 502
    assert len(engine.asked) < 10


def test_proxies_of_the_environment_are_not_used(root: Path, engine: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with site_of(root, engine.address) as client:
        assert ask(client).status_code == 200


def test_a_password_is_sent_and_told_nobody(root: Path, engine: Double, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    address = engine.address.replace("http://", "http://me:se%21cret@") + "?key=k123"
    with site_of(root, address) as client:
        ask(client)
        engine.answer = said(500, "no")
        problem = ask(client, "ASK {}")
        page = client.get("/health").text + client.get("/sparql", headers={"Accept": "text/html"}).text
    assert engine.asked[-1].headers["Authorization"] == "Basic " + base64.b64encode(b"me:se!cret").decode()
    assert engine.asked[-1].path == "/query?key=k123"
    ours = "".join(record.getMessage() for record in caplog.records if record.name == "ligraph")
    for text in (problem.text, page, ours):
        assert "cret" not in text
        assert "k123" not in text


def test_the_time_that_a_query_has_is_passed_on(root: Path, engine: Double) -> None:
    with site_of(root, f"{engine.address}?timeout={{milliseconds}}&s={{seconds}}") as client:
        ask(client)
    assert engine.asked[-1].path == "/query?timeout=1000&s=1"


# ── Asking again, and no more ──


def test_a_connection_that_was_closed_meanwhile_is_made_again(client: TestClient, engine: Double) -> None:
    def once(handler: Handler) -> None:
        engine.answer = None
        handler.close_connection = True

    engine.answer = once
    engine.asked.clear()
    assert ask(client).status_code == 200
    assert len(engine.asked) == 2


@pytest.mark.parametrize("name", ["cut, shorter than said", "500", "bytes that drip", "silence", "503", "a page"])
def test_once_bytes_came_or_time_passed_nothing_is_asked_again(client: TestClient, engine: Double, name: str) -> None:
    engine.answer = FAILURES[name][0]
    engine.asked.clear()
    ask(client)
    assert len(engine.asked) == 1


def test_what_was_worked_on_is_not_asked_again(engine: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "_AGAIN_SECONDS", 0.1)

    def give_up(handler: Handler) -> None:
        time.sleep(0.3)
        handler.close_connection = True

    async def fail() -> None:
        endpoint = Endpoint(engine.address)
        try:
            await endpoint.post("ASK {}", JSON, seconds=5)
        finally:
            await endpoint.close()

    engine.answer = give_up
    with pytest.raises(EngineDown):
        asyncio.run(fail())
    assert len(engine.asked) == 1


def test_a_query_that_nobody_waits_for_lets_go_of_the_engine(root: Path, engine: Double) -> None:
    gone = threading.Event()

    def wait(handler: Handler) -> None:
        handler.connection.settimeout(3)
        if handler.connection.recv(1) == b"":
            gone.set()

    engine.answer = wait

    async def leave() -> None:
        endpoint = Endpoint(engine.address)
        task = asyncio.create_task(endpoint.post("ASK {}", JSON, seconds=10))
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.wait({task})
        assert gone.wait(2)
        await endpoint.close()

    asyncio.run(leave())


def test_only_some_long_queries_run_at_once(
    client: TestClient, engine: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "LONG_SECONDS", 0.1)
    engine.answer = lambda handler: time.sleep(5) if "LONG" in handler.query else handler.answer_truly({})
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: statuses.append(ask(client, f"# LONG {n}\nASK {{}}").status_code))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.4)
    assert ask(client, "ASK {}").status_code == 200
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [503, 503, 504, 504]
    # The places are free again.
    assert ask(client, "ASK { ?s ?p ?o }").status_code == 200


# ── Down, and up again ──


def test_queries_that_wait_in_other_processes_count(client: TestClient) -> None:
    board = client.app.state.live.tally  # type: ignore[attr-defined]
    board.add("waiting", 1_000)
    assert ask(client, ALL).status_code == 503
    board.add("waiting", -1_000)
    assert ask(client, ALL).status_code == 200
    assert board.total("waiting") == 0


@pytest.mark.usefixtures("quick")
def test_an_engine_that_comes_up_later_is_taken(root: Path, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    port = free_port()
    with site_of(root, f"http://127.0.0.1:{port}/query") as client:
        down = client.get("/health")
        assert down.status_code == 503
        assert down.json()["status"] == "engine unreachable"
        for address in ("/doc/person/ada", "/", "/sparql?query=ASK{}"):
            answer = client.get(address)
            assert answer.status_code == 503
            assert answer.json()["type"].endswith("errors/engine-down")
            assert answer.headers["retry-after"]
        # What needs no engine is there.
        assert client.get("/ns").status_code == client.get("/sparql").status_code == 200
        with running(Double(store, port)):
            health(client, "same")
            assert client.get("/doc/person/ada").headers["etag"]
    assert sum("cannot be reached" in record.getMessage() for record in caplog.records) >= 1


@pytest.mark.usefixtures("quick")
def test_what_was_made_is_served_while_the_engine_is_down(root: Path, store: Store) -> None:
    engine = Double(store)
    with ExitStack() as up, ExitStack() as stack:
        up.enter_context(running(engine))
        client = stack.enter_context(site_of(root, engine.address))
        page = client.get("/doc/person/ada")
        rows = ask(client)
        up.close()
        assert health(client, "unreachable")["status"] == "engine unreachable"
        assert client.get("/doc/person/ada").content == page.content
        assert client.get("/doc/person/ada").headers["etag"] == page.headers["etag"]
        assert ask(client).content == rows.content
        assert client.get("/doc/organization/one").status_code == 503


# ── Other data ──

EXTRA = Quad(
    NamedNode("https://example.org/c/id/person/ada"),
    NamedNode("http://schema.org/url"),
    NamedNode("https://example.org/other"),
    NamedNode("https://example.org/c/id/graph/all.yaml"),
)


@pytest.mark.usefixtures("quick")
def test_while_the_data_are_others_nothing_is_tagged_or_kept(
    client: TestClient, engine: Double, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    page, rows = client.get("/doc/person/ada"), ask(client)
    assert page.headers["etag"]
    engine.store.add(EXTRA)
    body = health(client, "different")
    assert body["status"] == "engine different"
    assert "<https://example.org/c/id/graph/all.yaml> has 12, not 11" in body["engine"]["detail"]
    assert client.get("/health").status_code == 200
    other = client.get("/doc/person/ada", headers={"If-None-Match": page.headers["etag"]})
    assert other.status_code == 200
    assert "example.org/other" in other.text
    assert "etag" not in other.headers
    assert other.headers["cache-control"] == "no-store"
    asked = client.get(
        "/sparql", params={"query": ALL}, headers={"Accept": JSON, "If-None-Match": rows.headers["etag"]}
    )
    assert asked.status_code == 200
    assert "etag" not in asked.headers
    assert asked.headers["cache-control"] == "no-store"
    time.sleep(0.3)
    told = [record for record in caplog.records if "statements of the release the engine has" in record.getMessage()]
    assert len(told) == 1
    engine.store.remove(EXTRA)
    health(client, "same")
    again = client.get("/doc/person/ada")
    assert again.content == page.content
    assert again.headers["etag"] == page.headers["etag"]
    assert ask(client).headers["etag"] == rows.headers["etag"]


def test_what_was_made_of_other_data_before_that_was_seen_is_not_served_on(client: TestClient, engine: Double) -> None:
    behind = client.app.state.live.snapshot.engine  # type: ignore[attr-defined]

    def look(state: str) -> None:
        behind.lookout.look_now()
        health(client, state)
        # Other things than the engine are looked at twice in a second.
        time.sleep(0.6)

    engine.store.add(EXTRA)
    assert "example.org/other" in client.get("/doc/person/ada.nt").text
    assert "example.org/other" in ask(client).text
    look("different")
    engine.store.remove(EXTRA)
    look("same")
    for suffix in ("nt", "ttl"):
        assert "example.org/other" not in client.get(f"/doc/person/ada.{suffix}").text
    assert "example.org/other" not in ask(client).text


@pytest.mark.usefixtures("quick")
def test_what_was_asked_for_in_doubt_is_not_kept_though_the_doubt_is_over(client: TestClient, engine: Double) -> None:
    behind = client.app.state.live.snapshot.engine  # type: ignore[attr-defined]
    was_sure = False

    def answer_late(handler: Handler) -> None:
        nonlocal was_sure
        results = engine.store.query(handler.query, use_default_graph_as_union=True)
        assert not isinstance(results, QueryTriples)
        content = results.serialize(format=QueryResultsFormat.JSON) or b""
        if b"example.org/other" in content:
            engine.store.remove(EXTRA)
            # A query has a second.
            until = time.monotonic() + 0.8
            while not behind.is_sure and time.monotonic() < until:
                time.sleep(0.01)
            was_sure = behind.is_sure
        handler.send(JSON, content)

    engine.answer = answer_late
    until = time.monotonic() + 30
    while not was_sure and time.monotonic() < until:
        engine.store.add(EXTRA)
        health(client, "different")
        late = ask(client)
    assert was_sure
    assert "example.org/other" in late.text
    assert "etag" not in late.headers
    assert "example.org/other" not in ask(client).text


def test_statements_beside_the_release_are_told(root: Path, store: Store) -> None:
    store.add(Quad(EXTRA.subject, EXTRA.predicate, EXTRA.object, NamedNode("urn:other")))
    engine = Double(store)
    with running(engine), site_of(root, engine.address) as client:
        body = health(client, "same")
        assert body["engine"]["others"] == 1
        assert "1 statements in graphs that are not the release's" in body["engine"]["detail"]


@pytest.mark.usefixtures("quick")
def test_an_engine_that_does_not_count_is_not_believed(client: TestClient, engine: Double) -> None:
    health(client, "same")
    for answer in (said(500, "no"), said(200, '{"head":{},"boolean":true}', JSON), said(200, "<html>", "text/html")):
        engine.answer = answer
        time.sleep(0.2)
        assert "does not count" in client.get("/health").json()["engine"]["detail"]
    engine.answer = None
    time.sleep(0.2)
    health(client, "same")


@pytest.mark.parametrize(("union", "setting", "state"), [
    (True, "union", "same"), (False, "unnamed", "same"), (True, "unnamed", "different"), (False, "union", "different"),
])  # fmt: skip
def test_the_default_graph_of_the_engine_is_compared_with_the_setting(
    root: Path, tmp_path: Path, union: bool, setting: str, state: str
) -> None:
    dump = next(root.glob(".ligraph/releases/*/dumps/all.nq.gz"))
    with oxigraph(dump, tmp_path, union=union) as address:
        (root / "ligraph.toml").write_text(f'default_graph = "{setting}"\n' + TOML.format(address=address))
        with TestClient(create_app(root)) as client:
            body = health(client, state)
            assert ("default_graph" in body["engine"]["detail"]) == (state == "different")
            assert ask(client, "SELECT ?s { ?s ?p ?o } LIMIT 1").text.count('"value"') == union
            assert ("etag" in client.get("/doc/person/ada").headers) == (state == "same")


def test_another_engine_is_no_reason_for_another_release(root: Path) -> None:
    (root / "ligraph.toml").write_text(TOML.format(address="http://127.0.0.1:9/"))
    build(root)
    (root / "ligraph.toml").write_text(TOML.format(address="http://me:secret@127.0.0.1:8/"))
    assert not build(root).is_new
    (root / "ligraph.toml").write_text(TOML.format(address="http://127.0.0.1:9/").replace('"sparql"', '"embedded"'))
    assert not build(root).is_new


def test_an_endpoint_tells_what_failed() -> None:
    async def fail(address: str) -> None:
        endpoint = Endpoint(address)
        try:
            await endpoint.post("ASK {}", JSON, seconds=1)
        finally:
            await endpoint.close()

    with pytest.raises(EngineDown, match=r"http://127\.0\.0\.1:\d+/q cannot be reached"):
        asyncio.run(fail(f"http://me:pw@127.0.0.1:{free_port()}/q?key=1"))
    with socket.create_server(("127.0.0.1", 0)) as listening, pytest.raises(OutOfTime, match="longer than 1 second"):
        asyncio.run(fail(f"http://127.0.0.1:{listening.getsockname()[1]}/"))
