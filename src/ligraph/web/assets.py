"""`/static/{name}`: style sheet and pictures of the pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from starlette.requests import Request

from ligraph.errors import NotFound
from ligraph.web.responses import Body, Reply, answer

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


async def send_asset(request: Request) -> Reply:
    """Answer `/static/{name}`.

    Raises: NotFound.
    """
    name = request.path_params["name"]
    body = _bodies().get(name)
    if body is None:
        raise NotFound(f"no page needs a file called {name[:100]}")
    return answer(request, body, _TYPES[Path(name).suffix])


@cache
def _bodies() -> dict[str, Body]:
    """Return the files, read once: none is added while they are served."""
    return {path.name: Body(path.read_bytes()) for path in _FOLDER.iterdir() if path.suffix in _TYPES}
