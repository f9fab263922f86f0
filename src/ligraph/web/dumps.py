"""`/dump/{release}.{nq,ttl,jsonl}.gz`: the statements of a release, whole. Files, which never change."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.types import ASGIApp

from ligraph.errors import NotFound, RangeNotSatisfiable, ReleaseError
from ligraph.releases.manifest import Manifest, read_manifest
from ligraph.views.dataset import download_links
from ligraph.views.downloads import DOWNLOADS, GZIP
from ligraph.views.links import to_header
from ligraph.web.conditions import is_unchanged, outcome
from ligraph.web.live import Live, live_of
from ligraph.web.responses import IMMUTABLE, Reply, conditions_in

_FILES = {download.suffix: download.file for download in DOWNLOADS}
_NAME = re.compile(rf"(\d{{8}}T\d{{6}}Z-[0-9a-f]{{12}})\.({'|'.join(_FILES)})\.gz")

_RANGE = re.compile(r"\d{1,40}-(\d{1,40})?|-\d{1,40}")
_MOST_RANGES = 10


async def send_dump(request: Request) -> ASGIApp:
    """Answer `/dump/{release}.{suffix}.gz`, whole or in ranges.

    Raises: NotFound where there is no such release, or it was pruned; PreconditionFailed.
    Source: RFC 9110 sections 13.2.2 (conditions before ranges), 14.2 (Range).
    """
    live = live_of(request)
    match = _NAME.fullmatch(request.path_params["name"])
    manifest = _manifest(live, match[1]) if match else None
    name = _FILES[match[2]] if match else ""
    if match is None or manifest is None or name not in manifest.files:
        raise NotFound("there is no such download", hint="/dataset lists those of the live release")
    made = datetime.fromisoformat(manifest.created)
    tag = f'"{manifest.files[name]["sha256"]}"'
    headers = {
        "Link": to_header(download_links(manifest, live.site)),
        "ETag": tag,
        "Last-Modified": format_datetime(made, usegmt=True),
        "Cache-Control": IMMUTABLE,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": f'attachment; filename="{match[0]}"',
    }
    if outcome(conditions_in(request.scope["headers"]), tag, made) == HTTPStatus.NOT_MODIFIED:
        known = {name: value for name, value in headers.items() if name not in ("Link", "Content-Disposition")}
        return Reply(HTTPStatus.NOT_MODIFIED, known.items(), b"")
    ranges = _ranges(request, manifest.files[name]["bytes"], tag, made)
    path = live.collection.releases / manifest.id / name
    if not path.is_file():
        raise NotFound(f"release {manifest.id} was pruned", hint="/dataset lists the downloads of the live release")
    # What is compressed already is sent as it is.
    others = [pair for pair in request.scope["headers"] if pair[0] not in (b"range", b"if-range")]
    request.scope["headers"] = others + ([(b"range", ranges)] if ranges else [])
    return FileResponse(path, headers=headers, media_type=GZIP)


def _manifest(live: Live, release: str) -> Manifest | None:
    current = live.snapshot.release.manifest
    if release == current.id:
        return current
    try:
        return read_manifest(live.collection.releases / release)
    except ReleaseError:
        return None


def _ranges(request: Request, size: int, tag: str, made: datetime) -> bytes | None:
    """Return the ranges of a file that are to be sent, as a `Range` header; None for all of it.

    Shape: each begins and ends within the file.
    Raises: RangeNotSatisfiable where none does.
    Source: RFC 9110 sections 13.1.5 (If-Range), 14.1.2 (byte ranges) and 14.2: only GET has ranges, what is none is
    ignored, and so are those past the end beside others.
    """
    header = request.headers.get("range")
    if header is None or request.method != "GET":
        return None
    unit, _, asked = header.partition("=")
    parts = [part.strip() for part in asked.split(",") if part.strip()]
    if unit.lower() != "bytes" or not parts or not all(map(_RANGE.fullmatch, parts)):
        return None
    if (unchanged := request.headers.get("if-range")) is not None and not is_unchanged(unchanged, tag, made):
        return None
    wanted = [part.partition("-") for part in parts]
    if len(wanted) > _MOST_RANGES or any(first and last and int(last) < int(first) for first, _, last in wanted):
        return None
    within = []
    for first, _, last in wanted:
        begin = int(first) if first else max(size - int(last), 0)
        end = min(int(last), size - 1) if first and last else size - 1
        if begin < size and (first or int(last) > 0):
            within.append(f"{begin}-{end}")
    if not within:
        raise RangeNotSatisfiable(f"the file has {size:,} bytes, none of which is in “{header[:100]}”", size=size)
    return f"bytes={', '.join(within)}".encode()
