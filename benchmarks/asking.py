"""Asking endpoints from Python, where answers are looked at or counted rather than timed."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import quote, urlsplit

from processes import Unavailable
from questions import WINDOW, Question

Rows = Counter[tuple[str, ...]]

_ACCEPT = {"Accept": "application/sparql-results+json"}
_PATIENCE_SECONDS = 600
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_ENDLESS = "SELECT (COUNT(*) AS ?n{}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}"


class Asker:
    """One client with one connection that is kept."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname == "127.0.0.1"
        self.path = address.path
        self.connection = HTTPConnection(address.hostname, address.port or 80, timeout=_PATIENCE_SECONDS)

    def ask(self, query: str) -> tuple[int, bytes]:
        """Return the status and the body of an answer.

        Raises: OSError or HTTPException when the connection breaks before.
        """
        try:
            self.connection.request("GET", f"{self.path}?query={quote(query, safe='')}", headers=_ACCEPT)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (OSError, HTTPException):
            self.connection.close()
            raise

    def leave(self) -> None:
        """Hang up, also in the middle of an answer that another thread waits for."""
        if self.connection.sock:
            with suppress(OSError):
                self.connection.sock.shutdown(socket.SHUT_RDWR)


def rows_of(url: str, query: str) -> Rows:
    """Return how often an answer has each row; terms are written alike whichever system wrote them.

    Raises: Unavailable when there is no such answer.
    """
    asker = Asker(url)
    try:
        status, body = asker.ask(query)
    except (OSError, HTTPException) as error:
        raise Unavailable(f"no answer to {query!r}: {error!r}") from None
    finally:
        asker.connection.close()
    if status != 200:
        raise Unavailable(f"{status} for {query!r}: {body[:200]!r}")
    answer = json.loads(body)
    names = answer["head"]["vars"]
    return Counter(
        tuple(_term(row[name]) if name in row else "" for name in names) for row in answer["results"]["bindings"]
    )


def _term(term: dict[str, Any]) -> str:
    if term["type"] == "uri":
        return f"<{term['value']}>"
    kind = term.get("datatype", _STRING)
    # SPARQL 1.0 systems say `typed-literal`; in RDF 1.1 a literal without a datatype is a string.
    return f"{term['value']!r}{'' if kind == _STRING else kind}@{term.get('xml:lang', '').lower()}"


def difference(questions: list[Question], reference: str, other: str, whole: dict[str, Rows]) -> str:
    """Return what is wrong with the answers of one system by those of a reference, or nothing.

    Shape: `whole` keeps what the reference has answered, by query.
    """
    for question in questions:
        asked = question.whole or question.text
        if asked not in whole:
            whole[asked] = rows_of(reference, asked)
        expected, found = whole[asked], rows_of(other, question.text)
        in_window = question.whole and found <= expected and found.total() == WINDOW
        if not (in_window or found == expected):
            wrong = list((found - expected) or (expected - found))[:2]
            return f"{found.total()} rows, not those of {expected.total()}, e.g. {wrong}, for {question.text!r}"
    return ""


def ask_all(url: str, questions: list[Question], askers: int = 8, seconds: float = 1_800) -> Counter[int]:
    """Return how often each status was the answer to questions that several clients share; 0 is a broken connection."""
    statuses: Counter[int] = Counter()
    deadline = time.monotonic() + seconds

    def ask_some(share: list[Question]) -> None:
        asker, found = Asker(url), Counter[int]()
        for question in share:
            if time.monotonic() > deadline:
                break
            try:
                found[asker.ask(question.text)[0]] += 1
            except (OSError, HTTPException):
                found[0] += 1
        asker.connection.close()
        with lock:
            statuses.update(found)

    lock = threading.Lock()
    threads = [threading.Thread(target=ask_some, args=(questions[n::askers],), daemon=True) for n in range(askers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@contextmanager
def strangers(url: str, number: int) -> Iterator[Counter[str]]:
    """Have strangers each keep one query running that never ends by itself; yield how their queries ended so far."""
    endings: Counter[str] = Counter()
    askers = [Asker(url) for _ in range(number)]
    left = threading.Event()

    def keep_asking(number: int, asker: Asker) -> None:
        attempt = 0
        while not left.is_set():
            attempt += 1
            try:
                ending = str(asker.ask(_ENDLESS.format(f"{number}_{attempt}"))[0])
            except (OSError, HTTPException):
                ending = "hung up"
            if not left.is_set():
                endings[ending] += 1
            # Whoever is refused at once does not ask ten thousand times a second: that is another attack.
            left.wait(0.05)

    threads = [threading.Thread(target=keep_asking, args=pair, daemon=True) for pair in enumerate(askers)]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        yield endings
    finally:
        left.set()
        for asker in askers:
            asker.leave()
        for thread in threads:
            thread.join(5)
