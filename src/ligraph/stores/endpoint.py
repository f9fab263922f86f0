"""A SPARQL endpoint over HTTP: one query, one reply that is whole, or an error that says whose fault it is.

Source: SPARQL 1.1 Protocol (W3C 2013) sections 2.1.2 (POST of a form), 2.1.7 (failures).
"""

from __future__ import annotations

import asyncio
import re
import time
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

import httpx2

from ligraph import __version__
from ligraph.errors import (
    BadRequest,
    EngineDown,
    EngineError,
    LigraphError,
    OutOfMemory,
    Overloaded,
    ResultTooLarge,
)
from ligraph.stores.queries import Dataset
from ligraph.stores.refusals import out_of_time
from ligraph.stores.rewriting import NOWHERE

MOST_CONNECTIONS = 64
CONNECT_SECONDS = 5.0

_AGAIN_SECONDS = 1.0
_MOST_REDIRECTS = 3
_MOST_SAID = 64 * 1024
_PARTIAL = "S1TAT"
_TIME = re.compile(r"time.?(?:d )?.?(?:out|limit)|cancell?ed|deadline|execution time|S1T00", re.IGNORECASE)
_MEMORY = re.compile(r"out of memory|memory limit|OutOfMemory|allocation", re.IGNORECASE)
_QUERY = re.compile(
    r"function|not (?:supported|implemented)|unsupported|^Virtuoso (?:22|37|42|S0)\w{3} Error", re.IGNORECASE
)
"""What a query is to blame for, although it is answered as a failure: of Virtuoso, classes of SQLSTATE."""


class Reply(NamedTuple):
    """What an endpoint answers with success: its whole content, and the media type in small letters."""

    content: bytes
    media_type: str


class Endpoint:
    """A SPARQL endpoint, with the connections that are kept to it.

    Shape: `address` may have fields in its query, and `{seconds}` or `{milliseconds}` for how long a query may take.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        # A password in the address would be in every error that names it.
        self.address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        self.requests = 0
        auth = httpx2.BasicAuth(unquote(parts.username or ""), unquote(parts.password or ""))
        self._client = httpx2.AsyncClient(
            auth=auth if "@" in parts.netloc else None,
            headers={"User-Agent": f"ligraph/{__version__}"},
            timeout=httpx2.Timeout(None, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=MOST_CONNECTIONS // 2),
            # Neither proxies nor passwords of the environment: where queries go is a setting.
            trust_env=False,
        )

    @property
    def name(self) -> str:
        """The address as a log may show it: without fields, which may have keys."""
        return self.address.partition("?")[0]

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def post(
        self, query: str, accept: str, *, seconds: float, most: int | None = None, dataset: Dataset | None = None
    ) -> Reply:
        """Return the reply to a query.

        Units: `most` is in bytes, as they are before compression.
        Raises: OutOfTime; Overloaded; ResultTooLarge; OutOfMemory or BadRequest where the query is to blame; EngineDown
        where there is no answer, also at a second try; EngineError for any other failure.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._try_twice(query, accept, seconds, most, dataset)
        except TimeoutError:
            raise out_of_time(seconds) from None

    async def _try_twice(
        self, query: str, accept: str, seconds: float, most: int | None, dataset: Dataset | None
    ) -> Reply:
        address = httpx2.URL(
            self.address.replace("{seconds}", f"{seconds:g}").replace("{milliseconds}", f"{seconds * 1000:.0f}")
        )
        fields = {"query": query, **(_graphs(dataset) if dataset else {})}
        is_second = False
        started = time.monotonic()
        while True:
            try:
                return await self._follow(address, fields, accept, seconds, most)
            except httpx2.TransportError as error:
                # A connection that was kept may have been closed by the other side meanwhile. What it has worked on for
                # longer it is not asked again.
                if is_second or time.monotonic() - started > _AGAIN_SECONDS:
                    raise EngineDown(f"{self.name} cannot be reached: {_said(error)}") from None
                is_second = True

    async def _follow(
        self, address: httpx2.URL, fields: dict[str, str | list[str]], accept: str, seconds: float, most: int | None
    ) -> Reply:
        for _ in range(_MOST_REDIRECTS + 1):
            self.requests += 1
            request = self._client.build_request("POST", address, data=fields, headers={"Accept": accept})
            response = await self._client.send(request, stream=True)
            try:
                if not response.has_redirect_location:
                    return await self._receive(response, seconds, most)
                target = address.join(response.headers["location"])
            finally:
                await response.aclose()
            if target.host != address.host or (address.scheme, target.scheme) == ("https", "http"):
                raise EngineError(
                    f"{self.name} sends queries on to {target.scheme}://{target.host}, which is not asked"
                )
            address = target
        raise EngineError(f"{self.name} sends queries on more than {_MOST_REDIRECTS} times")

    async def _receive(self, response: httpx2.Response, seconds: float, most: int | None) -> Reply:
        """Return what comes, or raise what it says; of a failure no more is read than tells what it is."""
        if response.headers.get("x-sql-state") == _PARTIAL:
            raise out_of_time(seconds)
        if rows := response.headers.get("x-sparql-maxrows"):
            hint = "ask for parts of it, with LIMIT and OFFSET"
            raise ResultTooLarge(f"the result has {rows} rows or more, and the engine gives no more", hint=hint)
        fine = response.status_code == httpx2.codes.OK
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                chunks.append(chunk)
                if fine and most is not None and size > most:
                    hint = "ask for parts of it, with LIMIT and OFFSET, or for fewer variables"
                    raise ResultTooLarge(f"the result has over {most:,} bytes", hint=hint)
                if not fine and size > _MOST_SAID:
                    break
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            # Bytes have come: to ask again could double the load of an engine that fails.
            raise EngineError(f"{self.name} ends in the middle of an answer: {_said(error)}") from None
        content = b"".join(chunks)
        if not fine:
            raise self._failure(response.status_code, content, seconds)
        if not {"content-length", "transfer-encoding"} & response.headers.keys():
            raise EngineError(f"{self.name} does not say how long its answer is, so that it may be cut")
        return Reply(content, response.headers.get("content-type", "").partition(";")[0].strip().lower())

    def _failure(self, status: int, content: bytes, seconds: float) -> LigraphError:
        said = content.decode("utf-8", "replace")
        first = first_line(said)
        if status in (408, 504) or (status >= 500 and tells_of_time(said)):
            return out_of_time(seconds)
        if status == 400:
            return BadRequest(f"the query cannot be run: {first}")
        if status in (429, 503):
            return Overloaded("the engine has more to do than it can", hint="ask again in a few seconds")
        if status >= 500 and _MEMORY.search(said):
            return OutOfMemory("the query needs more memory than the engine has for it", hint="ask for less at once")
        if status == 500 and _QUERY.search(said):
            return BadRequest(f"the query cannot be run: {first}")
        return EngineError(f"{self.name} answers {status}: {first}")


def tells_of_time(said: str) -> bool:
    """Return whether the words of an engine are those of a query that took too long."""
    return _TIME.search(said) is not None


def first_line(said: str) -> str:
    """Return the first line of a message that says something, without marks of HTML."""
    plain = re.sub(r"<[a-zA-Z/!][^>]*>", " ", said) if re.match(r"\s*<(?:!doctype|html)", said, re.IGNORECASE) else said
    lines = (" ".join(line.split()) for line in plain.splitlines())
    return next((line for line in lines if line), "without a word")[:400]


def _graphs(dataset: Dataset) -> dict[str, str | list[str]]:
    # Of a list that is empty nothing would be sent, and that means any graph.
    return {
        "default-graph-uri": list(dataset.default) or NOWHERE,
        "named-graph-uri": list(dataset.named) or NOWHERE,
    }


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
