"""Clients that hold a connection for nothing lose it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import uvicorn
from conftest import TOML, WriteCollection

from ligraph import build, create_app
from ligraph.web import connections
from ligraph.web.express import Express

DATA = "things:\n- id: scheme/s\n  prefLabel: Topics\n"
LARGE = f"SELECT (CONCAT('{'x' * 5_000}', STR(?x)) AS ?y) {{ VALUES ?x {{ {'1 ' * 5_000} }} }}"


@pytest.fixture
def root(collection: WriteCollection) -> Path:
    root = collection({"data/s.yaml": DATA, "ligraph.toml": TOML})
    build(root)
    return root


@contextmanager
def serving_here(root: Path) -> Iterator[tuple[int, uvicorn.Server]]:
    """Serve in a thread of this process, so that a test may look into it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(
            create_app(root),
            loop="uvloop",
            http=Express,
            ws="none",
            log_config=None,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            wait_for(lambda: server.started)
            yield listening.getsockname()[1], server
        finally:
            server.should_exit = True
            thread.join(20)


def wait_for(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /sparql?query=AS",
        b"GET / HTTP/1.1\r\nHost: x\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 9\r\n\r\nASK",
    ],
)
def test_a_request_comes_in_time(root: Path, monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    monkeypatch.setattr(connections, "PATIENCE_SECONDS", 0.3)
    with serving_here(root) as (port, server), socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(begun)
        assert client.recv(100) == b""
        wait_for(lambda: not server.server_state.connections)


def test_an_answer_is_read_in_time(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE_SECONDS", 0.5)
    head = f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: {len(LARGE)}\r\nContent-Type: "
    with serving_here(root) as (port, server), socket.create_connection(("127.0.0.1", port), timeout=10) as unread:
        unread.sendall(f"{head}application/sparql-query\r\n\r\n{LARGE}".encode())
        wait_for(lambda: any(held_by(server)))
        wait_for(lambda: not server.server_state.connections)


def held_by(server: uvicorn.Server) -> list[int]:
    """Return how many bytes each connection has that its client did not read."""
    return [connection.transport.get_write_buffer_size() for connection in list(server.server_state.connections)]


def test_answers_that_nobody_reads_do_not_pile_up(root: Path) -> None:
    """Requests one by one, on the short way: none is taken before the answers of those before are on their way."""
    request = (
        f"GET /sparql?query={quote('SELECT ?x { VALUES ?x { %s } }' % ('1 ' * 2_000))} HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    with serving_here(root) as (port, server), socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.setblocking(False)
        for _ in range(600):
            try:
                client.send(request.encode())
            except BlockingIOError:
                break
            time.sleep(0.002)
        assert 0 < max(held_by(server)) < 2_000_000


@pytest.mark.parametrize(
    "lines",
    [
        "GET /doc/scheme/s HTTP/1.1|Accept: text/turtle",
        "GET /doc/scheme/s HTTP/1.1|Accept: application/ld+json|Accept-Profile: <https://schema.org/>",
        "GET /doc/scheme/s.ttl HTTP/1.1|Accept-Encoding: br",
        "GET /doc/scheme/s.jsonld?_profile=schema HTTP/1.1|Accept-Encoding: gzip|Origin: https://page.example",
        "GET /doc/scheme/s HTTP/1.1|If-None-Match: TAG",
        'GET /doc/scheme/s.nt HTTP/1.1|if-none-match: W/TAG|If-None-Match: "x"',
        "GET /id/scheme/s HTTP/1.1|User-Agent: x",
        "GET / HTTP/1.1|Accept: */*|Cookie: a=b",
        'GET /doc/scheme/s HTTP/1.1|If-Match: "x"',
        "GET /doc/scheme/s HTTP/1.1|If-Modified-Since: Thu, 01 Jan 2099 00:00:00 GMT",
        "GET /doc/scheme/s HTTP/1.1|Range: bytes=0-3",
        "HEAD /doc/scheme/s HTTP/1.1|Accept: text/turtle",
    ],
)
def test_what_is_sent_again_is_the_same(root: Path, lines: str) -> None:
    """The first answer comes from the application, later ones from what was kept; and each fits its own request."""
    with serving_here(root) as (port, _), socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        if "TAG" in lines:
            head, _ = exchange(client, f"{lines.partition('|')[0]}|Accept: */*")
            lines = lines.replace("TAG", next(line[6:] for line in head if line.startswith("etag: ")))
        first, others = exchange(client, lines), [exchange(client, lines) for _ in range(3)]
        assert others == [first] * 3
        # What was kept for one is not sent to another.
        head, body = exchange(client, "GET /doc/scheme/s HTTP/1.1|Accept: application/n-triples")
        assert "content-type: application/n-triples" in head
        assert body.startswith(b"<https://example.org/c/id/scheme/s> ")


def exchange(client: socket.socket, lines: str) -> tuple[list[str], bytes]:
    """Send a request whose lines are between bars; return the lines of the answer's head, sorted, and its body."""
    request = lines.replace("|", "\r\n") + "\r\nHost: x\r\n\r\n"
    client.sendall(request.encode())
    received = b""
    while b"\r\n\r\n" not in received:
        received += client.recv(65_536)
    head, _, body = received.partition(b"\r\n\r\n")
    found = head.decode().split("\r\n")
    length = next((int(line[16:]) for line in found if line.startswith("content-length: ")), 0)
    while len(body) < length and not lines.startswith("HEAD"):
        body += client.recv(65_536)
    return sorted(line for line in found if not line.startswith("date: ")), body
