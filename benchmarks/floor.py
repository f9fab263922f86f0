"""The floor: the least that a server of this kind does, an ASGI application that returns a constant."""

from __future__ import annotations

import os
import sys
from typing import Any

import uvicorn

CONTENT = b"x" * int(os.environ.get("FLOOR_BYTES", "0"))
HEADERS = [(b"content-type", b"text/plain"), (b"content-length", str(len(CONTENT)).encode())]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answer whatever is asked with the same bytes."""
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": CONTENT})


if __name__ == "__main__":
    # As `ligraph serve` runs it: the fast event loop and parser, no log of accesses.
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", lifespan="off", access_log=False)
