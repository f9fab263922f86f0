"""What comes before the body of a request, as HTTP wants it, over a real socket."""

from __future__ import annotations

import gzip
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import brotli
import pytest
from servers import copy_every_row, serving

from ligraph import build

QUERY = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n"
LONG_WAY = b"X-A: 1\r\n"


@dataclass
class Answered:
    """An answer: its status, its headers by name in small letters, and its body."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> str:
        """What the problem document says is wrong, and what would be right."""
        problem = json.loads(self.body)
        assert problem["status"] == self.status
        return f"{problem['detail']}: {problem.get('hint', '')}"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    root: Path = copy_every_row(tmp_path_factory.mktemp("heads"))
    build(root)
    with serving("-C", str(root)) as address:
        yield int(address.rstrip("/").rpartition(":")[2])


def send(port: int, request: bytes) -> Answered:
    """Return the answer to a request."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(request)
        received = b""
        while b"\r\n\r\n" not in received:
            received += receive(client)
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)) and not request.startswith(b"HEAD"):
            body += receive(client)
    return Answered(int(first.split()[1]), headers, body)


def receive(client: socket.socket) -> bytes:
    chunk = client.recv(1 << 16)
    assert chunk, "the answer is cut"
    return chunk


@pytest.mark.parametrize("more", [b"", LONG_WAY], ids=["short", "long"])
@pytest.mark.parametrize(
    ("hosts", "status"),
    [
        ([], 400),
        ([b"x", b"x"], 400),
        ([b"a b/c"], 400),
        ([b"a/b"], 400),
        ([b"user@a"], 400),
        ([b"a:b"], 400),
        ([b"a, b"], 400),
        ([b"%zz"], 400),
        ([b"caf\xc3\xa9"], 400),
        ([b"[::1"], 400),
        ([b""], 200),
        ([b"a"], 200),
        ([b"  a.example:8000 \t"], 200),
        ([b"a_b-c.example:"], 200),
        ([b"caf%C3%A9.example"], 200),
        ([b"[2001:db8::1]:80"], 200),
    ],
)
def test_a_request_names_one_host(port: int, hosts: list[bytes], status: int, more: bytes) -> None:
    """RFC 9112 section 3.2, by either way, for queries and what is kept by its address."""
    lines = b"".join(b"Host: %b\r\n" % host for host in hosts) + b"Referer: http://host:80/\r\n" + more
    for first in (QUERY, b"GET /robots.txt HTTP/1.1\r\n"):
        # What is sent again comes another way than what is made.
        for _ in range(2):
            answer = send(port, first + lines + b"\r\n")
            assert answer.status == status
            assert status == 200 or "Host" in answer.told


def test_only_http_1_0_may_name_no_host(port: int) -> None:
    assert send(port, b"GET / HTTP/1.0\r\n\r\n").status == 200
    assert send(port, b"GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n").status == 400
    assert send(port, b"GET / HTTP/1.0\r\nHost: a b\r\n\r\n").status == 400


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /" + b"a" * 65_300 + b" HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 300 + b"\r\n\r\n", 414),
        (b"GET /" + b"a" * 65_534 + b" HTTP/1.0\r\n\r\n", 404),
        (b"GET /" + b"a" * 65_535 + b" HTTP/1.0\r\n\r\n", 414),
        (b"GET /" + b"a" * 400_000, 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 400_000, 431),
    ],
    ids=["long", "with headers", "longest", "too long", "endless", "header", "endless header"],
)
def test_what_is_too_long_is_the_address_or_the_headers(port: int, request_: bytes, status: int) -> None:
    """RFC 9112 section 3, RFC 6585 section 5."""
    answer = send(port, request_)
    assert answer.status == status
    assert status == 404 or ("post" in answer.told) == (status == 414)


ASKED = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        (b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n", "FOO"),
        (b"get / HTTP/1.1\r\nHost: x\r\n\r\n", "get"),
        (b"GETS /doc HTTP/1.1\r\nHost: x\r\n\r\n", "GETS"),
        (b"\r\nBREW /pot HTTP/1.1\r\nHost: x\r\n\r\n", "BREW"),
        (b"CONNECT other:80 HTTP/1.1\r\nHost: other:80\r\n\r\n", "CONNECT"),
        (ASKED + b"Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nASK{}\r\n0\r\n\r\n", "gzip"),
        (ASKED + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nASK{}\r\n0\r\n\r\n", "gzip"),
        (ASKED + b"Transfer-Encoding: deflate\r\n\r\n", "deflate"),
    ],
)
def test_methods_and_codings_that_are_not_known_are_501(port: int, request_: bytes, named: str) -> None:
    """RFC 9110 section 9.1, RFC 9112 section 6.1."""
    answer = send(port, request_)
    assert answer.status == 501
    assert f"“{named}”" in answer.told


@pytest.mark.parametrize(
    "request_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello, who are you?\r\n\r\n",
        b"F\x00O / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTPS/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_what_is_not_http_is_400(port: int, request_: bytes) -> None:
    assert send(port, request_).status == 400


def test_a_known_method_is_405_and_a_known_coding_is_read(port: int) -> None:
    assert (
        send(port, b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").headers["allow"] == "GET, HEAD, OPTIONS"
    )
    for coding in (b"chunked", b"Chunked"):
        answer = send(port, ASKED + b"Transfer-Encoding: " + coding + b"\r\n\r\n5\r\nASK{}\r\n0\r\n\r\n")
        assert (answer.status, answer.body) == (200, b'{"head":{},"boolean":true}')


@pytest.mark.parametrize(
    ("version", "status"),
    [
        (b"1.1", 200),
        (b"1.2", 200),
        (b"1.9", 200),
        (b"2.0", 505),
        (b"3.0", 505),
        (b"0.9", 505),
        (b"2", 400),
        (b"1.x", 400),
    ],
)
def test_what_is_not_http_1_is_another_version(port: int, version: bytes, status: int) -> None:
    """RFC 9110 section 2.5: a minor version that is higher means the highest that is known."""
    answer = send(port, b"GET /robots.txt HTTP/" + version + b"\r\nHost: x\r\n\r\n")
    assert answer.status == status
    assert "connection" not in answer.headers or status != 200
    if version == b"1.2":
        assert send(port, b"GET / HTTP/1.2\r\n\r\n").status == 400


@pytest.mark.parametrize("target", [b"http://host", b"http://host:80", b"HTTPS://other.example", b"http://[::1]:80"])
@pytest.mark.parametrize("query", [b"", b"?x", b"?_mediatype=text/turtle", b"?x=http://a/b"])
def test_a_whole_address_without_a_path_is_that_of_the_site(port: int, target: bytes, query: bytes) -> None:
    """RFC 9112 section 3.2.2: nothing is made of the host in it."""
    lines = b" HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n"
    answer, same = send(port, b"GET " + target + query + lines), send(port, b"GET /" + query + lines)
    assert (answer.status, answer.body) == (200, same.body)
    assert answer.headers["etag"] == same.headers["etag"]
    assert b"other.example" not in answer.body


@pytest.mark.parametrize("target", [b"http://", b"http:///", b"http://?x", b"http://a b", b"foo", b"?x", b"http:x"])
def test_what_is_no_address_is_refused(port: int, target: bytes) -> None:
    assert send(port, b"GET " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n").status == 400


@pytest.mark.parametrize("target", ["/doc/person/éva", "/sparql?query=ASK{?x ?y 'é'}".replace(" ", "+"), "http://é/"])
def test_what_is_not_ascii_is_to_be_percent_encoded(port: int, target: str) -> None:
    answer = send(port, f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert answer.status == 400
    assert "%C3%A9" in answer.told


def test_what_is_refused_at_once_has_the_headers_of_other_problems(port: int) -> None:
    other = send(port, b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n")
    # Only what is not refused at once depends on what is asked for, and leaves the connection open.
    expected = other.headers.keys() - {"vary"} | {"connection"}
    for request in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"FOO / HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"\x00",
        b"GET / HTTP/2.0\r\n\r\n",
    ):
        answer = send(port, request)
        assert answer.headers.keys() == expected
        for name in expected - {"connection", "content-length", "date"}:
            assert answer.headers[name] == other.headers[name]
        assert answer.headers["connection"] == "close"


@pytest.mark.parametrize(
    ("request_", "status", "end"),
    [(b"HEAD / HTTP/1.1\r\n\r\n", 400, b"\r\n\r\n"), (b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n", 501, b"}")],
)
def test_only_an_answer_to_head_has_no_body(port: int, request_: bytes, status: int, end: bytes) -> None:
    """RFC 9110 section 9.3.2, of requests that are refused at once, behind one that is not."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert client.recv(1 << 16).endswith(b"\r\n\r\n")
        client.sendall(request_)
        received = b""
        while chunk := client.recv(1 << 16):
            received += chunk
    assert received.startswith(b"HTTP/1.1 %d " % status)
    assert received.endswith(end)


@pytest.mark.parametrize("path", ["/health", "/metrics", "/nowhere", "/robots.txt"])
def test_no_answer_is_sniffed(port: int, path: str) -> None:
    """Fetch Standard (WHATWG) section 3.6, X-Content-Type-Options."""
    assert send(port, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()).headers["x-content-type-options"] == "nosniff"


def test_options_of_the_server_names_all_methods(port: int) -> None:
    """RFC 9110 section 9.3.7."""
    answer = send(port, b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
    assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert send(port, b"OPTIONS /* HTTP/1.1\r\nHost: x\r\n\r\n").status == 404


@pytest.mark.parametrize(
    ("codings", "status"),
    [
        ([b"gzip"], 415),
        ([b"br"], 415),
        ([b"identity, GZIP"], 415),
        ([b"identity", b"x"], 415),
        ([b"Identity"], 200),
        ([b""], 200),
    ],
)
def test_a_query_that_is_compressed_is_not_read(port: int, codings: list[bytes], status: int) -> None:
    """RFC 9110 sections 8.4.1 and 15.5.16: the answer says which codings are read, and only where they are to blame."""
    body = gzip.compress(b"ASK{}") if status == 415 else b"ASK{}"
    lines = b"".join(b"Content-Encoding: %b\r\n" % coding for coding in codings)
    answer = send(port, ASKED + lines + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert answer.status == status
    assert answer.headers.get("accept-encoding") == ("identity" if status == 415 else None)
    assert status == 200 or "Content-Encoding" in answer.told
    other = send(port, b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n")
    assert (other.status, other.headers.get("accept-encoding")) == (415, None)


@pytest.mark.parametrize("more", [b"", LONG_WAY], ids=["short", "long"])
def test_x_gzip_is_gzip(port: int, more: bytes) -> None:
    """RFC 9110 section 8.4.1.3, by either way."""
    query = b"GET /sparql?query=SELECT+*+%7B?s+?p+?o%7D HTTP/1.1\r\nHost: x\r\nAccept-Encoding: "
    answer, same = send(port, query + b"x-gzip\r\n" + more + b"\r\n"), send(port, query + b"gzip\r\n" + more + b"\r\n")
    assert answer.headers["content-encoding"] == "gzip"
    assert gzip.decompress(answer.body) == gzip.decompress(same.body)


PAGE = b" HTTP/1.1\r\nHost: x\r\nAccept: text/html, */*;q=0.1\r\n"


@pytest.mark.parametrize("coding", ["gzip", "br"])
@pytest.mark.parametrize(
    "first",
    [b"GET /nowhere" + PAGE, b"GET /sparql?query=SELEC" + PAGE, b"GET /sparql?query=SELEC" + PAGE + LONG_WAY],
    ids=["unknown", "short", "long"],
)
def test_a_page_about_a_problem_is_compressed_as_others_are(port: int, first: bytes, coding: str) -> None:
    plain = send(port, first + b"\r\n")
    lines = b"Accept-Encoding: " + coding.encode() + b"\r\n\r\n"
    answer = send(port, first + lines)
    assert len(plain.body) > 1_000
    assert "content-encoding" not in plain.headers
    assert (answer.status, answer.headers["content-encoding"]) == (plain.status, coding)
    decode = gzip.decompress if coding == "gzip" else brotli.decompress
    assert decode(answer.body) == plain.body
    head = send(port, first.replace(b"GET", b"HEAD") + lines)
    assert (head.headers["content-length"], head.body) == (str(len(answer.body)), b"")


def test_a_short_problem_is_not_compressed(port: int) -> None:
    answer = send(port, b"GET /nowhere HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
    assert "content-encoding" not in answer.headers
    assert "/nowhere" in answer.told


@pytest.mark.parametrize("bad", [b"GET / HTTP/1.1\r\n\r\n", b"\x00", b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n"])
def test_what_is_refused_at_once_is_answered_in_its_turn(port: int, bad: bytes) -> None:
    """RFC 9112 section 9.3.2."""
    good = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    last = good.replace(b"Host", b"Connection: close\r\nHost")
    for sent, statuses in ((good + good + bad, [b"200", b"200", b"400"]), (last + bad, [b"200"])):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            client.sendall(sent)
            received = b""
            while chunk := client.recv(1 << 16):
                received += chunk
        assert re.findall(rb"HTTP/1\.1 (\d+) ", received) == statuses


def test_a_body_that_breaks_off_is_refused_at_once(port: int) -> None:
    """Its own request would wait for the rest of it."""
    assert send(port, ASKED + b"Transfer-Encoding: chunked\r\n\r\n5\r\nASK{}\r\nx").status == 400


def statuses_of(port: int, *parts: bytes) -> tuple[list[bytes], bytes]:
    """Return the statuses of all answers on one connection, and all that came, until it is closed or silent."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for part in parts:
            with suppress(OSError):
                client.sendall(part)
            time.sleep(0.1)
        client.settimeout(2)
        with suppress(OSError):
            while chunk := client.recv(1 << 16):
                received += chunk
    return re.findall(rb"HTTP/1\.1 (\d+) ", received), received


GOOD = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


def test_a_body_that_breaks_off_behind_other_requests_is_refused_behind_their_answers(port: int) -> None:
    """RFC 9112 section 9.3.2."""
    broken = ASKED + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n"
    statuses, received = statuses_of(port, GOOD + GOOD + broken)
    assert statuses == [b"200", b"200", b"400"]
    assert received.index(b"Sitemap:") < received.index(b"400 Bad Request")


def test_an_answered_request_whose_body_then_breaks_off_has_one_answer(port: int) -> None:
    """A body that is not read is refused before it has come."""
    refused = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert statuses_of(port, refused + b"5\r\nASK{}\r\n", b"ZZ\r\n")[0] == [b"415"]


@pytest.mark.parametrize("trailer", [b"a: b\r\n" * 100_000, b"a: " + b"b" * 1_000_000])
def test_headers_behind_a_body_are_bounded(port: int, trailer: bytes) -> None:
    """They would be kept as long as the connection lives."""
    begun = ASKED + b"Transfer-Encoding: chunked\r\n\r\n5\r\nASK{}\r\n0\r\n"
    halves = (trailer[:70_000], trailer[70_000:140_000], trailer[140_000:])
    assert statuses_of(port, begun, *halves)[0] == [b"431"]


def test_headers_behind_a_body_are_dropped_and_small_chunks_are_read(port: int) -> None:
    chunks = b"".join(b"1\r\n%c\r\n" % letter for letter in b"ASK{}")
    begun = ASKED + b"Transfer-Encoding: chunked\r\n\r\n"
    statuses, received = statuses_of(port, begun + chunks, b"0\r\nAccept: text/csv\r\n\r\n")
    assert statuses == [b"200"]
    assert b"content-type: application/sparql-results+json" in received


OFFER = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"


def test_who_offers_another_protocol_is_answered_in_this_one(port: int) -> None:
    """RFC 9110 section 7.8; so do Java's client, and curl with --http2."""
    body = b"query=ASK%7B%7D"
    posted = b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + FORM + OFFER + b"Content-Length: %d\r\n\r\n" % len(body)
    asked = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n" + OFFER + b"\r\n"
    assert statuses_of(port, posted + body)[0] == [b"200"]
    assert statuses_of(port, posted, body)[0] == [b"200"]
    assert statuses_of(port, asked + asked + GOOD)[0] == [b"200", b"200", b"200"]
    assert statuses_of(port, asked, GOOD)[0] == [b"200", b"200"]


def test_a_body_is_never_taken_for_a_request(port: int) -> None:
    """Where the name of the header comes in two pieces, the parser sees it."""
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\n" + FORM + b"Content-Length: %d\r\nConnection: Upgrade\r\nUpg"
    statuses, received = statuses_of(port, head % len(GOOD), b"rade: h2c\r\n\r\n", GOOD)
    assert statuses == [b"400"]
    assert b"leave out the header Upgrade" in received


@pytest.mark.parametrize("cut", [b"\r\n\r\n", b"\n\r\n", b"\r\n", b"\n"])
def test_a_body_stays_what_it_is_however_it_comes(port: int, cut: bytes) -> None:
    """A byte more than its Content-Length would begin another request."""
    hidden = b"ASK{}#" + b"\nUpgrade: y" * 17 + GOOD
    request_ = ASKED + b"Content-Length: %d\r\n\r\n" % len(hidden)
    at = len(request_) - len(cut)
    statuses, received = statuses_of(port, request_[:at], request_[at:] + hidden)
    assert statuses == [b"400"]
    assert b"Sitemap" not in received
    text = b'ASK { ?s ?p """x\nUpgrade: y""" }'
    request_ = ASKED + b"Content-Length: %d\r\n\r\n" % len(text)
    at = len(request_) - len(cut)
    assert statuses_of(port, request_[:at], request_[at:] + text)[0] == [b"200"]
