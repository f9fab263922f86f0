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
        b"POST /sparql HTTP/1.1\r\nContent-Type: application/sparql-query\r\nContent-Length: 9\r\n\r\nASK",
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
    head = f"POST /sparql HTTP/1.1\r\nContent-Type: application/sparql-query\r\nContent-Length: {len(LARGE)}\r\n\r\n"
    with serving_here(root) as (port, server), socket.create_connection(("127.0.0.1", port), timeout=10) as unread:
        unread.sendall(f"{head}{LARGE}".encode())
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
