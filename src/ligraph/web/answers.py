"""A query over HTTP, from who asks it to the bytes and headers of its answer; counted and logged on the way.

Source: RFC 9110 sections 8.8 (validators), 13.2.2 (order of conditions); SPARQL 1.1 Protocol (W3C 2013) section 2.1.6.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from starlette.types import Receive

from ligraph.errors import LigraphError, TooManyRequests
from ligraph.formats import GRAPHS, RESULTS, Format
from ligraph.stores.queries import Answer, Dataset, Query
from ligraph.stores.screening import may_ask_others
from ligraph.web.clients import client_of
from ligraph.web.conditions import has_tag, outcome
from ligraph.web.live import Live
from ligraph.web.negotiation import choose_coding, choose_named
from ligraph.web.responses import Bytes, Headers, conditions_in
from ligraph.web.snapshot import Snapshot

_WATCH_SECONDS = 0.1


class ClientGone(Exception):
    """The client did not wait for its answer."""


class Caller(NamedTuple):
    """Who waits for an answer: the client, None for this machine itself, and what tells that it is gone."""

    client: str | None
    receive: Receive


class Wish(NamedTuple):
    """How a client wants its answer: the formats for rows and for statements, as it calls them, and the coding."""

    rows: Format | None
    rows_type: str
    statements: Format | None
    statements_type: str
    coding: str
    accept: str = ""

    def content_type(self, answer: Answer) -> str:
        """Return the `Content-Type` of an answer."""
        if answer.format is self.rows:
            return self.rows_type
        return self.statements_type if answer.format is self.statements else answer.format.content_type


def wish_of(headers: Headers, named: str) -> Wish:
    """Return how a request wants its answer: by a format's name, else by its headers."""
    accept = headers.get(b"accept", b"").decode("latin-1")
    coding = choose_coding(headers.get(b"accept-encoding", b"").decode("latin-1"))
    return Wish(*choose_named(RESULTS, accept, named), *choose_named(GRAPHS, accept, named), coding, accept)


async def answer_with(
    live: Live,
    headers: Headers,
    caller: Caller,
    text: str,
    wish: Wish,
    *,
    dataset: Dataset | None = None,
    bound: Mapping[str, str] | None = None,
) -> Bytes:
    """Return the answer to a query, or 304 where the client has it.

    Raises: ClientGone; PreconditionFailed; what `Pool.ask` raises.
    """
    snapshot = live.snapshot
    query = Query(text, wish.rows, wish.statements, dataset, bound, wish.coding)
    packed = query.pack()
    tag = tag_of(snapshot, packed, wish) if snapshot.engine.is_steady else ""
    conditions = conditions_in(headers.items())
    known = conditions.get("if-none-match", "*")
    # An asterisk or a date fits what exists, and a query that is refused has no answer.
    if tag and known.strip() != "*" and has_tag(known, tag) and _has_it(conditions, tag, snapshot):
        live.note_query(text, 0.0, "not-modified")
        return Bytes(304, snapshot.lasting(tag), b"")
    answer = await fetch(live, caller, query, packed)
    # An engine that may give the same rows in another order is asked first; what it gives makes the tag.
    tag = (tag or tag_of(snapshot, packed + answer.content, wish)) if answer.lasting else ""
    if conditions and _has_it(conditions, tag, snapshot):
        return Bytes(304, snapshot.lasting(tag), b"")
    return Bytes(200, headers_for(snapshot, wish, answer, tag), answer.content)


def _has_it(conditions: Mapping[str, str], tag: str, snapshot: Snapshot) -> bool:
    """Return whether a client has the answer with a tag; one without may be another the next time.

    Raises: PreconditionFailed.
    """
    modified = snapshot.modified if tag else None
    found = outcome(conditions, tag, modified, is_latest=snapshot.is_latest)
    return bool(tag) and found == HTTPStatus.NOT_MODIFIED


async def fetch(live: Live, caller: Caller, query: Query, packed: bytes) -> Answer:
    """Return the answer to a query, kept from before or made now.

    Raises: ClientGone; what `Pool.ask` raises.
    """
    started = time.perf_counter()
    snapshot = live.snapshot
    outcome, rows, size = "left", 0, 0
    try:
        answer = snapshot.answers.get(packed) if snapshot.engine.is_sure else None
        if answer:
            outcome = "cached"
        else:
            answer = await _ask(live, snapshot, caller, query.text, packed)
            outcome = "answered"
        rows, size = answer.rows, len(answer.content)
        return answer
    except LigraphError as error:
        outcome = error.name
        raise
    finally:
        live.note_query(query.text, time.perf_counter() - started, outcome, rows, size)


def admit(live: Live, peer: str, headers: Headers) -> str | None:
    """Count a request to the query services; return who asks, None for this machine itself.

    Raises: TooManyRequests.
    """
    client = client_of(peer, headers, live.proxies)
    if client is None:
        return None
    most = live.limits.requests_per_minute
    if live.tally.asks(client) > most:
        live.note_query("", 0.0, TooManyRequests.name)
        raise TooManyRequests(f"more than {most:,} requests came from you in a minute", hint="ask again in a minute")
    return client


async def _ask(live: Live, snapshot: Snapshot, caller: Caller, text: str, packed: bytes) -> Answer:
    watching: list[asyncio.Task[None]] = []
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    timer = loop.call_later(_WATCH_SECONDS, lambda: watching.append(loop.create_task(_watch(caller.receive, task))))
    try:
        outward = bool(live.services) and may_ask_others(text)
        answer = await snapshot.engine.ask(packed, client=caller.client, outward=outward)
    except asyncio.CancelledError:
        if watching and watching[0].done():
            raise ClientGone from None
        raise
    finally:
        timer.cancel()
        for watch in watching:
            watch.cancel()
    if answer.lasting:
        snapshot.answers.keep(packed, answer, len(answer.content) + len(packed))
    return answer


async def _watch(receive: Receive, task: asyncio.Task[object] | None) -> None:
    """Stop the work for a client that goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass
    if task:
        task.cancel()


def headers_for(snapshot: Snapshot, wish: Wish, answer: Answer, tag: str) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer; without a tag, of one that may be another the next time."""
    headers = snapshot.lasting(tag) if tag else list(snapshot.passing)
    headers.append((b"content-type", wish.content_type(answer).encode("latin-1")))
    if answer.coding:
        headers.append((b"content-encoding", answer.coding.encode()))
    return headers


def tag_of(snapshot: Snapshot, packed: bytes, wish: Wish) -> str:
    """Return a strong validator from everything that decides an answer: the release, the query, and its media type."""
    named = f"\n{wish.rows_type}\n{wish.statements_type}"
    return f'"{hashlib.sha256(snapshot.seal + packed + named.encode("latin-1")).hexdigest()[:32]}"'
