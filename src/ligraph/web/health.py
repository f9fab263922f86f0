"""`/health`: whether the service lives, and what it serves."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from ligraph import __version__
from ligraph.web.live import live_of
from ligraph.web.responses import PASSING


async def show_health(request: Request) -> Response:
    """Answer `/health`: 200 while a release can be served, 503 while it is damaged or nothing can answer queries."""
    live = live_of(request)
    manifest = live.snapshot.release.manifest
    condition = live.snapshot.engine.condition
    status = "damaged" if live.integrity == "damaged" else "ok"
    if condition and condition["state"] != "same":
        status = status if status == "damaged" else f"engine {condition['state']}"
    body: dict[str, Any] = {
        "status": status,
        "release": manifest.id,
        "integrity": live.integrity,
        "queries": live.snapshot.kind,
        "refused": live.refused,
        "statements": manifest.statements,
        "ligraph": __version__,
    }
    if condition:
        body["engine"] = condition
    failed = status in ("damaged", "engine unreachable", "engine without workers")
    headers = {"Content-Type": "application/json", **PASSING}
    return Response(orjson.dumps(body), 503 if failed else 200, headers)
