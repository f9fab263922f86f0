"""`/health`: whether the service lives, and what it serves."""

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ligraph import __version__
from ligraph.web.live import live_of


async def show_health(request: Request) -> Response:
    """Answer `/health`: 200 while a release can be served, 503 once the one served is known to be damaged."""
    live = live_of(request)
    manifest = live.snapshot.release.manifest
    damaged = live.integrity == "damaged"
    body = {
        "status": "damaged" if damaged else "ok",
        "release": manifest.id,
        "integrity": live.integrity,
        "refused": live.refused,
        "statements": manifest.statements,
        "ligraph": __version__,
    }
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    return Response(orjson.dumps(body), 503 if damaged else 200, headers)
