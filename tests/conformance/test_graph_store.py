"""The W3C tests of the Graph Store Protocol, as far as they read: what they write is refused, and put there by us.

Those of the folder `http-rdf-update` are deprecated in favour of these.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from urllib.parse import unquote

import pytest
import rdflib
from exchanges import Exchange, exchanges_of
from manifests import MF, Entry, entries_of, marks_of, parameters
from rdflib.compare import isomorphic
from starlette.testclient import TestClient

from ligraph import create_app
from ligraph.releases.loose import write_loose

SUITE = "sparql11/graph-store-protocol"

pytestmark = marks_of(SUITE)

OFFERED = {MF.IndirectGraphIdentification}
"""What a test may require: without the other features it is not to be run."""

ENTRIES = entries_of(SUITE, "manifest-direct.ttl") + entries_of(SUITE, "manifest-indirect.ttl")
READ = [entry for entry in ENTRIES if set(entry.graph.objects(entry.node, MF.requires)) <= OFFERED]

EXCEPTIONS: dict[str, str] = {}
"""Tests that the endpoint fails, each with the reason."""

Graphs = dict[str, rdflib.Graph]
"""What a graph store has, by the query part of a graph's address."""


def test_the_manifests_are_as_they_are_read_here() -> None:
    assert {entry.kind for entry in ENTRIES} == {"GraphStoreProtocolTest"}
    assert EXCEPTIONS.keys() <= {entry.name for entry in READ}


@pytest.mark.parametrize("entry", parameters(READ, EXCEPTIONS))
def test_graphs_are_read_and_not_written(tmp_path: Path, entry: Entry) -> None:
    graphs: Graphs = {}
    for number, exchange in enumerate(exchanges_of(entry)):
        with store(tmp_path / str(number), graphs) as client:
            answer = client.request(
                exchange.method, f"/graphs?{exchange.query}", content=exchange.body, headers=exchange.headers
            )
        if exchange.method not in ("GET", "HEAD"):
            assert answer.status_code == 405
            assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
            write(graphs, exchange)
            continue
        assert exchange.allows(answer.status_code)
        if exchange.content_type:
            assert answer.headers["content-type"] == exchange.content_type
        if exchange.method == "HEAD":
            assert answer.content == b""
        elif exchange.content:
            assert isomorphic(read(answer.text), read(exchange.content))


@contextmanager
def store(folder: Path, graphs: Graphs) -> Iterator[TestClient]:
    """Yield a client of a service over some graphs."""
    lines = [
        line.removesuffix(".") + ("." if query == "default" else f"<{unquote(query.removeprefix('graph='))}> .")
        for query, graph in graphs.items()
        for line in graph.serialize(format="nt").splitlines()
    ]
    folder.mkdir()
    (folder / "data.nq").write_text("\n".join(lines), "utf-8")
    write_loose(folder, [folder / "data.nq"], "unnamed")
    with TestClient(create_app(folder)) as client:
        yield client


def write(graphs: Graphs, exchange: Exchange) -> None:
    """Do what a request to write would have done."""
    if exchange.method == "DELETE":
        graphs.pop(exchange.query, None)
        return
    if exchange.method == "PUT":
        graphs[exchange.query] = rdflib.Graph()
    message = message_from_bytes(f"Content-Type: {exchange.headers['content-type']}\n\n".encode() + exchange.body)
    for part in message.walk():
        if not part.is_multipart():
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            graphs.setdefault(exchange.query, rdflib.Graph()).parse(data=content, format="turtle")


def read(turtle: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=turtle, format="turtle")
