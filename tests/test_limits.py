"""Limits of the query service: each is first shown to be reached, and what it protects goes on."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from conftest import TOML, WriteCollection
from servers import LIGRAPH, serving
from starlette.testclient import TestClient

from ligraph import build, create_app
from ligraph.errors import OutOfTime, TooComplex
from ligraph.stores.confinement import FILTER
from ligraph.stores.queries import Query
from ligraph.stores.screening import read_query

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }"
GREEDY = """SELECT (GROUP_CONCAT(?x) AS ?all) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i .
BIND(CONCAT(STR(?a), STR(?d), STR(?g), STR(?c), STR(?f), STR(?i)) AS ?x) }"""
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER(STRLEN(STR(?a)) > STRLEN(STR(?d))) }"
LOOKUP = "SELECT ?name { <https://example.org/c/id/topic/t1> <http://www.w3.org/2004/02/skos/core#prefLabel> ?name }"


def topics(count: int) -> str:
    things = [
        f"- id: topic/t{number}\n  prefLabel: Topic {number}\n  inScheme: scheme/s\n" for number in range(1, count + 1)
    ]
    return "things:\n- id: scheme/s\n  prefLabel: Topics\n" + "".join(things)


Start = Callable[[str], Path]


@pytest.fixture
def limited(collection: WriteCollection) -> Start:
    """Return a function that makes a collection of 300 topics with limits, and its release."""

    def make(limits: str) -> Path:
        root = collection({"data/topics.yaml": topics(300), "ligraph.toml": f"{TOML}{limits}"})
        build(root)
        return root

    return make


@contextmanager
def client_of(root: Path) -> Iterator[TestClient]:
    with TestClient(create_app(root)) as client:
        yield client


def ask(client: TestClient | httpx2.Client, query: str, **headers: str) -> Any:
    return client.post("/sparql", data={"query": query}, headers=headers)


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].rpartition("/")[2]


@contextmanager
def server_of(root: Path, *options: str) -> Iterator[httpx2.Client]:
    """Serve in a process of its own, as a user does."""
    with (
        serving("-C", str(root), *options) as address,
        httpx2.Client(base_url=address, timeout=60, trust_env=False) as client,
    ):
        # The files answer first, from a pool of workers of their own.
        wait_for(lambda: client.get("/health").json()["queries"] == "memory" and len(nurseries_of(client)) == 1)
        yield client


def test_a_query_ends_when_its_time_is_up(limited: Start) -> None:
    with client_of(limited("[limits]\nquery_seconds = 1\n")) as client:
        started = time.monotonic()
        assert problem(ask(client, ENDLESS)) == (504, "out-of-time")
        assert time.monotonic() - started < 3
        assert ask(client, LOOKUP).json()["results"]["bindings"][0]["name"]["value"] == "Topic 1"


def test_a_query_gets_no_more_memory_than_it_may(limited: Start) -> None:
    with client_of(limited("[limits]\nquery_memory = 67108864\n")) as client:
        assert problem(ask(client, GREEDY)) == (422, "out-of-memory")
        assert ask(client, LOOKUP).status_code == 200


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "text/tab-separated-values"])
def test_a_result_has_no_more_rows_than_it_may(limited: Start, accept: str) -> None:
    with client_of(limited("[limits]\nresult_rows = 100\n")) as client:
        at, over = ("SELECT * { ?s ?p ?o } LIMIT 100", "SELECT * { ?s ?p ?o } LIMIT 101")
        assert ask(client, at, Accept=accept).status_code == 200
        assert problem(ask(client, over, Accept=accept)) == (422, "result-too-large")
        assert problem(ask(client, "CONSTRUCT WHERE { ?s ?p ?o }", Accept="*/*")) == (422, "result-too-large")


def test_texts_that_look_like_rows_are_none(limited: Start) -> None:
    """Braces in JSON, line ends in CSV: one row of them is one row."""
    with client_of(limited("[limits]\nresult_rows = 1\n")) as client:
        query = 'SELECT ("},{\\n\\n},{" AS ?x) ("a\\nb\\n" AS ?y) {}'
        for accept in ("application/sparql-results+json", "text/csv", "text/tab-separated-values"):
            assert ask(client, query, Accept=accept).status_code == 200


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"])
def test_a_result_has_no_more_bytes_than_it_may(limited: Start, query: str) -> None:
    with client_of(limited("[limits]\nresult_bytes = 10000\n")) as client:
        answer = ask(client, query, Accept="*/*")
        assert problem(answer) == (422, "result-too-large")
        assert "10,000 bytes" in answer.json()["detail"]
        assert len(answer.content) < 1000


LISTS = {
    "groups": ("{?a ?b ?c}" * 600, 600),
    "groups with a dot": ("{?a ?b ?c}." * 600, 600),
    "numbers": (f"?s ?p ({'1 ' * 600})", 599),
    "variables": (f"?s ?p ({'?a ' * 600})", 599),
    "booleans": (f"?s ?p ({'true ' * 600})", 599),
    "texts": (f"""?s ?p ({"'x'@en " * 600})""", 599),
    "blank nodes": (f"?s ?p ({'[] ' * 600})", 599),
    "lists": (f"({'() ' * 600}) ?p ?o", 599),
}


@pytest.mark.parametrize("kind", LISTS)
def test_groups_and_items_of_lists_are_parts(kind: str) -> None:
    pattern, parts = LISTS[kind]
    with pytest.raises(TooComplex):
        read_query(f"SELECT * {{ {pattern} }}")
    assert read_query(f"SELECT * {{ {pattern} }} #{' ' * 2_000}", most=2_000).parts >= parts


@pytest.mark.slow
@pytest.mark.parametrize("kind", LISTS)
def test_groups_and_items_of_lists_harm_the_engine(kind: str) -> None:
    """What they are counted for: the engine makes a plan for longer than is waited here."""
    program = "import sys; from pyoxigraph import Store; Store().query(sys.argv[1])"
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", program, f"SELECT * {{ {LISTS[kind][0]} }}"], timeout=5, check=False)


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("SELECT ?x WHERE { VALUES (?x ?y) { (1 2) ('a' true) (<a> <b>) } }", 1),
        (f"SELECT ?x {{ VALUES ?x {{ {'1 ' * 600} }} }}", 1),
        ("SELECT (COUNT(DISTINCT ?x) AS ?n) { ?s ?p ?x FILTER(STR(?x) IN ('a', 'b') && ?x != 1) }", 7),
        ("SELECT * { ?s (<a>/<b>)+ ?o OPTIONAL { ?o ?p ?q } }", 4),
    ],
)
def test_rows_and_conditions_are_not_lists(query: str, parts: int) -> None:
    assert read_query(f"{query} #{' ' * 500}").parts == parts


@pytest.mark.parametrize(
    ("limits", "query"),
    [
        ("query_depth = 5", "SELECT * " + "{" * 6 + "}" * 6),
        ("query_parts = 10", "SELECT * { " + "?s ?p ?o . " * 11 + "}"),
        ("query_parts = 10", "SELECT * { " + "OPTIONAL { ?s ?p ?o } " * 11 + "}"),
        ("query_parts = 10", "ASK { ?s " + "/".join(["<urn:p>"] * 12) + " ?o }"),
        ("query_parts = 10", "ASK { FILTER(" + " || ".join(["true"] * 12) + ") }"),
    ],
)
def test_a_query_is_no_more_complex_than_it_may(limited: Start, limits: str, query: str) -> None:
    with client_of(limited(f"[limits]\n{limits}\n")) as client:
        assert problem(ask(client, query)) == (422, "too-complex")
        assert ask(client, LOOKUP).status_code == 200


def test_more_queries_than_may_wait_are_turned_away_at_once(limited: Start) -> None:
    root = limited("[limits]\nquery_seconds = 3\nlong_queries = 1\nwaiting_queries = 3\n")
    with server_of(root) as client, ThreadPoolExecutor(8) as threads:
        endless = [threads.submit(ask, client, f"{ENDLESS} #{number}") for number in range(3)]
        time.sleep(1)
        answer = ask(client, LOOKUP)
        assert problem(answer) == (503, "overloaded")
        assert int(answer.headers["retry-after"]) > 0
        with httpx2.Client(base_url=client.base_url, trust_env=False) as other:
            # The short way, and a connection that ends: what was refused does not wait, and cannot stop waiting.
            assert problem(other.get("/sparql", params={"query": LOOKUP})) == (503, "overloaded")
        assert {future.result().status_code for future in endless} <= {503, 504}
        assert ask(client, LOOKUP).status_code == 200
        assert metric(client, "ligraph_waiting_queries") == 0


def test_long_queries_wait_for_a_place_and_others_do_not(limited: Start) -> None:
    """One place: the second long query begins when the first is ended, and lookups are answered all the while."""
    root = limited("[limits]\nquery_seconds = 2\nlong_queries = 1\n")
    with server_of(root) as client, ThreadPoolExecutor(4) as threads:
        started = time.monotonic()
        endless = [threads.submit(ask, client, f"{ENDLESS} #{number}") for number in range(2)]
        time.sleep(0.5)
        for number in range(20):
            asked = time.monotonic()
            assert ask(client, f"{LOOKUP} #{number}").status_code == 200
            assert time.monotonic() - asked < 0.5
        assert sorted(future.result().status_code for future in endless) in ([503, 504], [504, 504])
        assert time.monotonic() - started > 1.9


@pytest.mark.parametrize("query", ["LONG", "ENDLESS"])
def test_nobody_waits_for_a_long_query_amid_short_ones(limited: Start, query: str) -> None:
    """All go to one worker in one piece, which holds short answers for a moment to send them together."""
    root = limited("[limits]\nquery_seconds = 4\n")
    slow = {"LONG": LONG, "ENDLESS": ENDLESS}[query]

    async def ask_all() -> None:
        app = create_app(root)
        async with app.router.lifespan_context(app):
            live = app.state.live
            while live.snapshot.kind != "memory":
                await asyncio.sleep(0.05)
            engine = live.snapshot.engine
            for number in range(200):
                await engine.ask(Query(f"{LOOKUP} #{number}").pack())
            started = time.monotonic()
            before = [asyncio.create_task(engine.ask(Query(f"{LOOKUP} # before {n}").pack())) for n in range(4)]
            amid = asyncio.create_task(engine.ask(Query(slow).pack()))
            behind = [asyncio.create_task(engine.ask(Query(f"{LOOKUP} # behind {n}").pack())) for n in range(16)]
            answers = await asyncio.gather(*before, *behind)
            assert time.monotonic() - started < 1.5
            assert {answer.rows for answer in answers} == {1}
            if query == "LONG":
                assert (await amid).rows == 1
            else:
                with pytest.raises(OutOfTime):
                    await amid
            assert live.tally.total("kill starved") == 0
            assert live.tally.total("waiting") == live.tally.total("slow") == 0

    asyncio.run(ask_all())


def test_one_client_has_no_more_than_half_of_the_places(limited: Start) -> None:
    """Else whoever asks four endless queries keeps everybody's longer ones waiting."""
    root = limited('proxies = ["127.0.0.1"]\n[limits]\nquery_seconds = 4\nlong_queries = 4\n')
    greedy, other = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
    with server_of(root) as client, ThreadPoolExecutor(8) as threads:
        endless = [threads.submit(ask, client, f"{ENDLESS} #{number}", **greedy) for number in range(6)]
        wait_for(lambda: metric(client, "ligraph_long_queries") == 2)
        asked = time.monotonic()
        assert ask(client, LONG, **other).status_code == 200
        assert time.monotonic() - asked < 3
        answers = [future.result() for future in endless]
        assert {answer.status_code for answer in answers} == {503, 504}
        assert any("one client" in answer.json()["detail"] for answer in answers if answer.status_code == 503)


def test_workers_come_back_where_none_could_be_started(limited: Start) -> None:
    """A service without file descriptors says so, and lets nobody wait for ever."""
    root = limited("[limits]\nquery_seconds = 3\n")
    with server_of(root) as client:
        service = parent_of(nurseries_of(client)[0])
        before = resource.prlimit(service, resource.RLIMIT_NOFILE)
        used = len(list(Path(f"/proc/{service}/fd").iterdir()))
        resource.prlimit(service, resource.RLIMIT_NOFILE, (used - 3, before[1]))
        os.kill(nurseries_of(client)[0], signal.SIGKILL)
        wait_for(lambda: client.get("/health").json()["status"] == "engine without workers")
        assert client.get("/health").status_code == 503
        assert problem(ask(client, LOOKUP)) == (503, "overloaded")
        resource.prlimit(service, resource.RLIMIT_NOFILE, before)
        wait_for(lambda: client.get("/health").status_code == 200)
        assert ask(client, LOOKUP).status_code == 200


def parent_of(pid: int) -> int:
    return next(parent for child, parent, _ in processes() if child == pid)


def test_a_client_asks_no_more_often_than_it_may(limited: Start) -> None:
    root = limited('proxies = ["127.0.0.1"]\n[limits]\nrequests_per_minute = 5\n')
    with server_of(root) as client:
        # A minute that ends amid this would count anew: the older one counts by the share that is left of it.
        statuses = [ask(client, LOOKUP, **{"X-Forwarded-For": "203.0.113.7"}).status_code for _ in range(12)]
        assert statuses[0] == 200
        assert statuses[-1] == 429
        answer = ask(client, LOOKUP, **{"X-Forwarded-For": "203.0.113.7"})
        assert problem(answer) == (429, "too-many-requests")
        assert int(answer.headers["retry-after"]) > 0
        assert ask(client, LOOKUP, **{"X-Forwarded-For": "203.0.113.8"}).status_code == 200
        spoofed = ask(client, LOOKUP, **{"X-Forwarded-For": "198.51.100.9, 203.0.113.7"})
        assert spoofed.status_code == 429, "what the client itself wrote does not count"


def test_a_proxy_is_not_believed_unless_it_is_named(limited: Start) -> None:
    root = limited("[limits]\nrequests_per_minute = 2\n")
    with server_of(root) as client:
        for number in range(6):
            assert ask(client, f"{LOOKUP} #{number}", **{"X-Forwarded-For": "203.0.113.7"}).status_code == 200


@pytest.mark.parametrize("piece", ["1", "1é", "x.-", "\\'", "'\\'", '"""\\"', "<a", ":", "_"])
def test_a_long_run_of_anything_is_read_in_a_moment(piece: str) -> None:
    started = time.monotonic()
    with suppress(TooComplex):
        read_query(f"SELECT * {{ ?s ?p {piece * (90_000 // len(piece))} }}")
    assert time.monotonic() - started < 3


def test_a_query_by_get_is_no_longer_than_it_may_be(limited: Start) -> None:
    with server_of(limited("[limits]\nquery_bytes = 50\n")) as client:
        for header in ({}, {"X-A": "1"}):
            assert client.get("/sparql", params={"query": "ASK {}"}, headers=header).status_code == 200
            answer = client.get("/sparql", params={"query": "ASK {} #" + "x" * 50}, headers=header)
            assert problem(answer) == (413, "too-large")


def test_words_need_no_space_behind_them(limited: Start) -> None:
    """The engine reads them so: what an answer is given as goes by the word that begins."""
    with client_of(limited("")) as client:
        answer = ask(client, "CONSTRUCTWHERE{?s ?p ?o}", Accept="text/turtle, text/csv")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/turtle; charset=utf-8")
        assert ask(client, "PREFIX :<x:> DESCRIBE:a", Accept="text/turtle, text/csv").status_code in (200, 400)


def test_a_crash_costs_only_the_query_that_caused_it(limited: Start) -> None:
    """Workers are killed from outside while lookups go on: each of these has its answer."""
    root = limited("")
    with server_of(root) as client, ThreadPoolExecutor(4) as threads:
        ask(client, LOOKUP)
        stop = threading.Event()

        def look_up(lane: int) -> set[int]:
            found = set()
            number = 0
            while not stop.is_set():
                number += 1
                # One of them keeps its worker busy: a kill has to hit a query.
                query = LOOKUP if lane else "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
                found.add(ask(client, f"{query} #{lane} {number}").status_code)
            return found

        running = [threads.submit(look_up, lane) for lane in range(3)]
        for _ in range(10):
            time.sleep(0.15)
            for pid in workers_of(client):
                subprocess.run(["kill", "-9", str(pid)], check=False)
        stop.set()
        outcomes = set().union(*(future.result() for future in running))
        assert metric(client, 'ligraph_query_kills_total{reason="crash"}') > 0
    # A query may be the one that a killed worker was at: it is answered as a refusal, never as a 5xx or a cut answer.
    assert outcomes <= {200, 422}
    assert 200 in outcomes


def test_a_nursery_that_is_killed_is_replaced(limited: Start) -> None:
    with server_of(limited("")) as client:
        assert ask(client, LOOKUP).status_code == 200
        (nursery,) = nurseries_of(client)
        subprocess.run(["kill", "-9", str(nursery)], check=True)
        assert ask(client, f"{LOOKUP} #2").status_code == 200
        assert nurseries_of(client) != [nursery]


def test_nurseries_that_are_killed_again_and_again_are_replaced(limited: Start) -> None:
    """Also while long queries wait for a place; their time is kept all the same."""
    root = limited("[limits]\nquery_seconds = 3\nlong_queries = 1\n")
    with server_of(root) as client, ThreadPoolExecutor(3) as threads:
        endless = [threads.submit(ask, client, f"{ENDLESS} #{number}") for number in range(3)]
        for _ in range(5):
            time.sleep(0.2)
            for pid in nurseries_of(client):
                os.kill(pid, signal.SIGKILL)
        assert {future.result().status_code for future in endless} <= {503, 504}
        assert ask(client, LOOKUP).status_code == 200
        assert problem(ask(client, f"{ENDLESS} #again")) == (504, "out-of-time")
        wait_for(lambda: metric(client, "ligraph_long_queries") == 0)


@pytest.mark.slow
def test_a_nursery_that_does_nothing_is_replaced(limited: Start) -> None:
    root = limited("[limits]\nquery_seconds = 2\n")
    with server_of(root) as client, ThreadPoolExecutor(4) as threads:
        (nursery,) = nurseries_of(client)
        os.kill(nursery, signal.SIGSTOP)
        endless = [threads.submit(ask, client, f"{ENDLESS} #{number}") for number in range(4)]
        wait_for(lambda: nurseries_of(client) not in ([nursery], []), 40)
        statuses = [future.result().status_code for future in endless]
        assert set(statuses) <= {503, 504}
        # A query whose time was up is not begun again because its worker could not be ended in time.
        assert metric(client, 'ligraph_query_kills_total{reason="time"}') == statuses.count(504)
        assert ask(client, LOOKUP).status_code == 200


@pytest.mark.slow
def test_workers_that_are_stopped_are_replaced(limited: Start) -> None:
    with server_of(limited("")) as client:
        for pid in workers_of(client):
            os.kill(pid, signal.SIGSTOP)
        assert ask(client, LOOKUP).status_code == 200


@pytest.mark.parametrize("options", [(), ("--workers", "2")])
def test_what_the_service_started_ends_with_it(limited: Start, options: tuple[str, ...]) -> None:
    root = limited("")
    with subprocess.Popen(
        [*LIGRAPH, "serve", "-C", str(root), "--port", "0", *options], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline()
            wait_for(lambda: len(descendants_of(process.pid)) > 3)
            family = descendants_of(process.pid)
        finally:
            process.kill()
            process.wait()
        wait_for(lambda: not family & {pid for pid, _, args in processes() if "<defunct>" not in args}, 10)


def descendants_of(pid: int) -> set[int]:
    found = {pid}
    while more := {child for child, parent, _ in processes() if parent in found} - found:
        found |= more
    return found - {pid}


def test_a_client_that_goes_away_stops_its_query(limited: Start) -> None:
    with server_of(limited("")) as client:
        ask(client, LOOKUP)
        with pytest.raises(httpx2.TimeoutException):
            client.post("/sparql", data={"query": ENDLESS}, timeout=1)
        wait_for(lambda: metric(client, 'ligraph_query_kills_total{reason="left"}') == 1)
        wait_for(lambda: metric(client, "ligraph_long_queries") == 0)


def test_no_worker_reaches_the_network(limited: Start) -> None:
    """Also where the word SERVICE got past the reading of tokens: here it is not read at all."""
    root = limited("")
    with other_endpoint() as (address, asked):
        query = f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?x }} }}"
        assert run([sys.executable, "-c", UNGUARDED, str(root), query]) == 0
        assert len(asked) == 1
        assert run([sys.executable, "-c", GUARDED + UNGUARDED, str(root), query]) in (-signal.SIGSYS, 0)
        assert len(asked) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells it")
def test_workers_of_a_service_have_what_is_said_at_start(limited: Start, caplog: pytest.LogCaptureFixture) -> None:
    """A filter of system calls more than this process has, or another network."""
    caplog.set_level(logging.INFO, "ligraph")
    app = create_app(limited(""), site="http://confined.example/")
    with TestClient(app, base_url="http://confined.example") as client:
        # The files answer first, from a pool of workers of their own.
        wait_for(lambda: client.get("/health").json()["queries"] == "memory" and len(nurseries_of(client)) == 1)
        assert "queries run in processes without network" in caplog.text
        is_confined = is_filtered if f"({FILTER})" in caplog.text else is_apart
        wait_for(lambda: len(workers_of(client)) > 1 and all(map(is_confined, workers_of(client))))


def is_apart(pid: int) -> bool:
    """Return whether a process has another network than this one."""
    return Path(f"/proc/{pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()


def is_filtered(pid: int) -> bool:
    """Return whether a process has a filter of system calls beside those that a container gives this one, too."""
    mode, filters = filters_of(str(pid))
    return mode == 2 and filters > filters_of("self")[1]


def filters_of(process: str) -> tuple[int, int]:
    """Return the mode of a process for system calls, 2 for filtered ones, and how many filters there are."""
    status = Path(f"/proc/{process}/status").read_text("ascii")
    mode, filters = (re.findall(rf"(?m)^{name}:\s*(\d+)$", status)[0] for name in ("Seccomp", "Seccomp_filters"))
    return int(mode), int(filters)


def run(command: list[str]) -> int:
    return subprocess.run(command, timeout=60, check=False).returncode


UNGUARDED = """
import sys
from ligraph import open_release
list(open_release(sys.argv[1]).store.query(sys.argv[2]))
"""
GUARDED = """
from ligraph.stores.confinement import cut_off_network
assert cut_off_network()
"""


def test_service_asks_only_those_that_are_allowed(collection: WriteCollection) -> None:
    """An endpoint of the test's own is asked, by the address that is allowed and by no other spelling."""
    with other_endpoint() as (address, asked):
        root = collection({"data/topics.yaml": topics(3), "ligraph.toml": f'services = ["{address}"]\n{TOML}'})
        build(root)
        with server_of(root) as client:
            answer = ask(client, f"SELECT ?x {{ SERVICE <{address}> {{ ?s ?p ?x }} }}", Accept="text/csv")
            assert (answer.status_code, answer.text.split()) == (200, ["x", "found"])
            assert len(asked) == 1
            assert "etag" not in answer.headers
            for other in (f"{address}/", address.replace("127.0.0.1", "localhost"), "http://127.0.0.1:9/sparql"):
                refused = ask(client, f"SELECT ?x {{ SERVICE <{other}> {{ ?s ?p ?x }} }}")
                assert problem(refused) == (422, "refused")
                assert address in refused.json()["hint"]
            for text in (
                "SELECT ?x { VALUES ?e { <ADDRESS> } SERVICE ?e { ?s ?p ?x } }",
                "PREFIX e: <ADDRESS> SELECT ?x { SERVICE e: { ?s ?p ?x } }",
                "BASE <ADDRESS> SELECT ?x { SERVICE <> { ?s ?p ?x } }",
                "SELECT ?x { SERVICE <ADDRESS> { SERVICE <http://127.0.0.1:9/> { ?s ?p ?x } } }",
                "PREFIX e: <ADDRESS> PREFIX : <ADDRESS> SELECT ?x { SERVICE:x { ?s ?p ?x } }",
                "PREFIX : <ADDRESS> SELECT ?x { serviceSilent:x { ?s ?p ?x } }",
                "SELECT ?x { SERVICESILENT<http://127.0.0.1:9/>{ ?s ?p ?x } }",
                "SELECT ?x { ?s ?p trueSERVICE<http://127.0.0.1:9/>{ ?s ?p ?x } }",
                "PREFIX a: <x:> SELECT ?x { OPTIONAL { ?s ?p a:x\u00b7\\# } SERVICE <http://a/> { ?s ?p ?x }\n}",
                "PREFIX a: <x:> SELECT ?x { OPTIONAL { ?s ?p a:x\u0300\\' } SERVICE <http://a/> { ?s ?p ?x }\n}",
                "SELECT ?x { S\\u0045RVICE <ADDRESS> { ?s ?p ?x } }",
                "SELECT ?x { SERVICE <\\u0068ttp://127.0.0.1:9/> { ?s ?p ?x } }",
            ):
                assert problem(ask(client, text.replace("ADDRESS", address))) == (422, "refused")
            assert len(asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "302 Found",
        "307 Temporary Redirect",
        "500 Internal Server Error",
        "200 OK",
        "200 OK\r\nContent-Type: text/html",
        "200 OK\r\nContent-Type: text/tab-separated-values",
        "200 OK\r\nContent-Type: application/sparql-results+json",
    ],
)
def test_an_endpoint_that_may_be_asked_and_fails_is_not_the_fault_of_the_query(
    collection: WriteCollection, reply: str
) -> None:
    """What it leads to, and what it says, is not told to strangers."""
    head = f"HTTP/1.1 {reply}\r\nLocation: http://127.0.0.1:9/secret\r\nContent-Length: 6\r\nConnection: close\r\n\r\n"
    with other_endpoint(head.encode() + b"secret" if reply else b"") as (address, _):
        root = collection({"data/topics.yaml": topics(3), "ligraph.toml": f'services = ["{address}"]\n{TOML}'})
        build(root)
        with server_of(root) as client:
            answer = ask(client, f"SELECT ?x {{ SERVICE <{address}> {{ ?s ?p ?x }} }}")
            assert problem(answer) == (502, "service-failed")
            assert address in answer.json()["detail"]
            assert "secret" not in answer.text
            # What is wrong with the query itself is told as ever.
            wrong = ask(client, f"SELECT ?x {{ BIND(<urn:f>(1) AS ?x) SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}")
            assert problem(wrong) == (400, "bad-request")
            assert "no function <urn:f>" in wrong.json()["detail"]


@contextmanager
def other_endpoint(reply: bytes | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """Answer every request with one row, or with other bytes."""
    body = json.dumps(
        {"head": {"vars": ["x"]}, "results": {"bindings": [{"x": {"type": "literal", "value": "found"}}]}}
    ).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/sparql-results+json\r\nConnection: close\r\nContent-Length: "
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    asked.append(connection.recv(65536))
                    connection.sendall(head + str(len(body)).encode() + b"\r\n\r\n" + body if reply is None else reply)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/sparql", asked
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def metric(client: httpx2.Client, name: str) -> float:
    for line in client.get("/metrics").text.splitlines():
        if line.startswith(f"{name} "):
            return float(line.rpartition(" ")[2])
    return 0


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def processes() -> list[tuple[int, int, str]]:
    """Return id, parent and command of every process."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    return [
        (int(pid), int(parent), args) for pid, parent, args in (line.split(None, 2) for line in listed.splitlines())
    ]


def nurseries_of(client: TestClient | httpx2.Client) -> list[int]:
    endpoint = f'"endpoint":"{str(client.base_url).rstrip("/")}/sparql"'
    of_service = [(pid, parent) for pid, parent, args in processes() if endpoint in args]
    ids = {pid for pid, _ in of_service}
    return [pid for pid, parent in of_service if parent not in ids]


def workers_of(client: TestClient | httpx2.Client) -> list[int]:
    endpoint = f'"endpoint":"{str(client.base_url).rstrip("/")}/sparql"'
    of_service = [(pid, parent) for pid, parent, args in processes() if endpoint in args]
    ids = {pid for pid, _ in of_service}
    return [pid for pid, parent in of_service if parent in ids]
