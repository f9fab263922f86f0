"""What strangers send: anything at all, and the service answers or refuses, by whichever way a request is taken."""

from __future__ import annotations

import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import TOML
from hypothesis import example, given, settings
from hypothesis import strategies as st
from servers import serving

from ligraph import build

DATA = """things:
- id: scheme/s
  prefLabel: Topics
- {id: topic/one, prefLabel: One, inScheme: scheme/s}
- {id: topic/two, prefLabel: Zwei — two, inScheme: scheme/s}
"""
QUESTION = """# title: By name
# param: name text
# example: One
SELECT ?thing { ?thing <http://www.w3.org/2004/02/skos/core#prefLabel> ?label FILTER (STR(?label) = ?name) }
"""
REFUSALS = {400, 404, 405, 406, 413, 414, 415, 422, 429, 431, 501, 503, 504, 505}

QUERIES = [
    "ASK {}",
    "SELECT * { ?s ?p ?o } LIMIT 3",
    "SELECT ?x { VALUES ?x { 1 'a' <http://a/> UNDEF } }",
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "SELECT ?n { ?t skos:prefLabel ?n FILTER (REGEX(?n, 'o', 'i')) }",
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 2",
    "DESCRIBE <https://example.org/c/id/topic/one>",
    "SELECT (COUNT(*) AS ?n) { { SELECT * { ?s ?p ?o } } OPTIONAL { ?o ?q ?z } MINUS { ?s a ?c } }",
    "SELECT (NOW() AS ?now) {}",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }",
    "SELECT",
]
PIECES = [
    *"{}()[].;,|/^*+?!=<>&\"'\\#:@_-0123456789éſ\x00\n\t ",
    "SELECT",
    "WHERE",
    "FILTER",
    "UNION",
    "EXISTS",
    "?x",
    "a:b",
]


@dataclass
class Served:
    port: int
    process: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=10)

    def send(self, *pieces: bytes) -> list[bytes]:
        """Send pieces, one by one; return status and headers but the date, and content of each answer until the end."""
        with self.connect() as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # What was refused amid the request is cut off.
            with suppress(OSError):
                for piece in pieces:
                    connection.sendall(piece)
                connection.shutdown(socket.SHUT_WR)
            return answers_in(connection)

    def ask(self, target: str, *headers: str) -> bytes:
        """Return the one answer to a request by GET."""
        with self.connect() as connection:
            lines = (f"GET {target} HTTP/1.1", "Host: x", *headers, "", "")
            connection.sendall("\r\n".join(lines).encode("latin-1"))
            return one_answer(connection)

    def post(self, query: bytes, *headers: str) -> bytes:
        """Return the answer to a query."""
        lines = ("POST /sparql HTTP/1.1", "Host: x", "Connection: close", *headers, f"Content-Length: {len(query)}")
        with self.connect() as connection:
            connection.sendall("\r\n".join((*lines, "", "")).encode("latin-1") + query)
            return one_answer(connection)

    def means(self) -> tuple[int, int]:
        """Return how many descriptors the service has open, and how many processes."""
        listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        parents = {int(pid): int(parent) for pid, parent in (line.split() for line in listed.splitlines())}
        family = {self.process}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        return len(list(Path(f"/proc/{self.process}/fd").iterdir())), len(family)

    def memory(self) -> int:
        """Return the memory of the process that answers HTTP, in MiB."""
        status = Path(f"/proc/{self.process}/status").read_text("ascii")
        return int(re.findall(r"VmRSS:\s*(\d+)", status)[0]) // 1024


def one_answer(connection: socket.socket) -> bytes:
    return next(iter(answers_in(connection, most=1)), b"")


def answers_in(connection: socket.socket, most: int = 1000) -> list[bytes]:
    """Return the answers that come over a connection; a date is left out, an end amid an answer is a fault."""
    received = b""
    answers: list[bytes] = []
    while len(answers) < most:
        head, found, rest = received.partition(b"\r\n\r\n")
        if found and head.startswith(b"HTTP/1.1 100"):
            received = rest
            continue
        size = re.search(rb"(?i)\r\ncontent-length: (\d+)", head) if found else None
        length = int(size[1]) if size and not rest.startswith(b"HTTP/1.1 ") else 0
        if found and len(rest) >= length:
            answers.append(re.sub(rb"(?i)\r\ndate: [^\r]*", b"", head) + b"\r\n\r\n" + rest[:length])
            received = rest[length:]
            continue
        try:
            chunk = connection.recv(1 << 16)
        except ConnectionResetError:
            chunk = b""
        if not chunk and found and not rest:
            chunk = b"HTTP/1.1 000 what ends an answer to HEAD"
        elif not chunk:
            assert not received or b" 000 " in received, f"an answer was cut: {received[:200]!r}"
            break
        received += chunk
    return answers


def status_of(answer: bytes) -> int:
    assert re.match(rb"HTTP/1\.1 \d{3} ", answer), answer[:100]
    return int(answer[9:12])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a small collection for all tests here; none of them may cost it a worker, a descriptor or its memory."""
    root = tmp_path_factory.mktemp("fuzzed")
    for name, text in {"ligraph.toml": TOML, "data/topics.yaml": DATA, "queries/by-name.rq": QUESTION}.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    build(root)
    with serving("-C", str(root)) as address:
        found = Served(int(address.rstrip("/").rpartition(":")[2]), owner_of(address))
        # The files answer first, from workers of their own.
        while b'"memory"' not in found.ask("/health") or found.means()[1] > 8:
            time.sleep(0.1)
        with nothing_lost(found):
            yield found


def owner_of(address: str) -> int:
    """Return the process that serves at an address: the parent of what forks workers for it."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    workers = [line.split()[:2] for line in listed.splitlines() if f'"endpoint":"{address}sparql"' in line]
    return next(int(parent) for _, parent in workers if parent not in {pid for pid, _ in workers})


def lives(served: Served) -> bool:
    return status_of(served.ask("/sparql?query=ASK{}")) == 200


@contextmanager
def nothing_lost(served: Served) -> Iterator[None]:
    """Hold what the service has before and after against each other, once it has settled."""
    before, memory = served.means(), served.memory()
    yield
    assert lives(served)
    for _ in range(100):
        after = served.means()
        if after[0] <= before[0] + 2 and after[1] == before[1]:
            break
        time.sleep(0.1)
    assert after[1] == before[1], f"processes: {before[1]}, then {after[1]}"
    assert after[0] <= before[0] + 2, f"descriptors: {before[0]}, then {after[0]}"
    assert served.memory() < memory + 64


values = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=40)
accepts = st.one_of(
    values,
    st.lists(
        st.sampled_from(
            ["*/*", "text/*", "text/csv", "text/turtle;q=0", "application/json", "text/html;q=.9", "a/b;q=2", "*/*;q=0"]
        ),
        max_size=4,
    ).map(", ".join),
)
headers = st.lists(
    st.one_of(
        st.builds("Accept: {}".format, accepts),
        st.builds("Accept-Encoding: {}".format, st.one_of(values, st.sampled_from(["gzip", "br;q=1, *;q=0", "*"]))),
        st.builds("If-None-Match: {}".format, st.one_of(values, st.sampled_from(["*", '""', 'W/"x"', ","]))),
        st.builds("X-Forwarded-For: {}".format, values),
        st.builds("Content-Type: {}".format, values),
        st.builds("Cache-Control: {}".format, values),
        st.builds("User-Agent: {}".format, values),
        st.sampled_from(["Connection: keep-alive", "Connection: Keep-Alive, x", "Referer: host:", "Range: bytes=0-1"]),
    ),
    max_size=4,
)
mutated = st.builds(
    lambda query, seed, count: mutate(query, random.Random(seed), count),
    st.sampled_from(QUERIES),
    st.integers(0, 2**32),
    st.integers(0, 6),
)
nested = st.recursive(
    st.sampled_from(["?s ?p ?o", "FILTER (1 = 1)", "BIND (1 AS ?x)", "?s (<a:b>/<c:d>)* ?o", "(1 2) ?p ()"]),
    lambda inner: st.one_of(
        inner.map("{{ {} }}".format),
        inner.map("OPTIONAL {{ {} }}".format),
        inner.map("FILTER NOT EXISTS {{ {} }}".format),
        st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
        inner.map("GRAPH ?g {{ {} }}".format),
        inner.map("{{ SELECT * {{ {} }} }}".format),
    ),
    max_leaves=12,
).map("SELECT (COUNT(*) AS ?n) {{ {} }}".format)
anything = st.text(st.characters(codec=None), max_size=200)
queries = st.one_of(mutated, nested, anything)


def mutate(query: str, chance: random.Random, count: int) -> str:
    """Return a query with pieces taken out, put in, doubled or exchanged."""
    for _ in range(count):
        start = chance.randrange(len(query) + 1)
        end = min(start + chance.randrange(8), len(query))
        put = chance.choice(["", chance.choice(PIECES), query[start:end] * 2, query[::-1][start:end]])
        query = query[:start] + put + query[end:]
    return query


def encoded(query: str) -> bytes:
    """Return a query as bytes; half surrogates as what some clients make of them, which is not UTF-8."""
    return query.encode("utf-8", "surrogatepass")


@settings(max_examples=300, deadline=None)
@given(query=queries, sent=headers)
@example(query="ASK{}#x", sent=[])
@example(query="\ud800", sent=[])
@example(query="SELECT * { ?s ?p ?o }\x00", sent=["Accept: text/csv"])
@example(query="a" * 20_000, sent=[])
@example(query="SELECT * { SERVICE <http://127.0.0.1:9/> {} }", sent=["Accept: text/html;q=0.1, */*"])
def test_both_ways_give_the_same_answer(served: Served, query: str, sent: list[str]) -> None:
    """A header that means nothing sends a request the long way; status, headers and bytes stay what they are."""
    if "NOW" in query.upper() or "RAND" in query.upper() or "UUID" in query.upper() or "BNODE" in query.upper():
        return
    target = f"/sparql?query={quote(encoded(query))}"
    short, long = served.ask(target, *sent), served.ask(target, *sent, "X-A: 1")
    assert without_counts(short) == without_counts(long)
    assert status_of(short) in {200, 304, *REFUSALS}


def without_counts(answer: bytes) -> bytes:
    """Return an answer without what is another one each time: the labels of blank nodes."""
    return re.sub(rb"_:\w+|etag: [^\r]*" if b"no-store" in answer else rb"_:\w+", b"", answer)


@pytest.mark.parametrize(
    "target",
    ["/sparql?query=ASK{}#x", "/sparql?query=ASK%7B%7D%23x", "/sparql?query=%41SK{}+", "/sparql?query=A=3DSK{}"],
)
def test_targets_mean_the_same_both_ways(served: Served, target: str) -> None:
    assert served.ask(target) == served.ask(target, "X-A: 1")


@settings(max_examples=200, deadline=None)
@given(query=queries, sent=headers)
def test_any_query_is_answered_or_refused(served: Served, query: str, sent: list[str]) -> None:
    answer = served.post(encoded(query), "Content-Type: application/sparql-query", *sent)
    assert status_of(answer) in {200, 304, *REFUSALS}
    if status_of(answer) >= 400:
        assert b"application/problem+json" in answer or b"text/html" in answer


REQUESTS = [
    b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\nX-A: 1\r\n\r\n",
    b"HEAD /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /sparql?query=ASK{} HTTP/1.0\r\n\r\n",
    b"GET /sparql?query=ASK{} HTTP/1.1\nHost: x\n\n",
    b"GET /doc/topic/one.ttl HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"PUT /graphs?default HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 5\r\n\r\nASK{}",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"2;x=y\r\nAS\r\n3\r\nK{}\r\n0\r\nX: y\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n5\r\nASK{}\r\n0\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nASK{}",
    b"GET /sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    b"GET /%ff%00%ed%a0%80 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://other/sparql?query=ASK{} HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT other:80 HTTP/1.1\r\nHost: other\r\n\r\n",
]


@settings(max_examples=200, deadline=None)
@given(
    requests=st.lists(st.sampled_from(REQUESTS), min_size=1, max_size=5),
    cuts=st.lists(st.integers(0, 1000), max_size=6),
    junk=st.one_of(st.just(b""), st.binary(max_size=60)),
    at=st.integers(0, 1000),
)
@example(requests=[b"GET /?" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n"], cuts=[], junk=b"", at=0)
@example(requests=[b"GET / HTTP/1.1\r\nX-A: " + b"a" * 70_000], cuts=[30_000], junk=b"", at=0)
def test_any_bytes_are_answered_or_refused(
    served: Served, requests: list[bytes], cuts: list[int], junk: bytes, at: int
) -> None:
    """Requests one behind the other, cut anywhere, with something in between, and half closed behind them."""
    sent = b"".join(requests)
    at = min(at, len(sent))
    sent = sent[:at] + junk + sent[at:]
    ends = [*sorted({min(cut, len(sent)) for cut in cuts}), len(sent)]
    for answer in served.send(*(sent[start:end] for start, end in zip([0, *ends], ends, strict=False))):
        assert status_of(answer) in {200, 204, 303, 304, *REFUSALS}
    assert lives(served)


def test_the_description_of_the_api_says_what_comes(served: Served, tmp_path: Path) -> None:
    """Requests made of /openapi.json, also ones that it does not allow: statuses and media types are those it names."""
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        "run",
        f"http://127.0.0.1:{served.port}/openapi.json",
        "--checks",
        "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        "--phases",
        "examples,coverage,fuzzing",
        "--max-examples",
        "40",
        "--seed",
        "6",
        "--generation-database",
        "none",
        "--no-color",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
