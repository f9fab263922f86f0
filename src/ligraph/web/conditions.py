"""Conditional requests: whether a client has what it asks for, or refuses what has changed.

Source: RFC 9110 section 13.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from ligraph.errors import PreconditionFailed


def outcome(headers: Mapping[str, str], tag: str, modified: datetime | None, *, is_latest: bool = True) -> int:
    """Return 304 where a GET or HEAD asks for what the client has, else 200.

    Shape: `tag` is the validator of the answer, "" where it has none, `modified` when it last changed. Without
    `is_latest` an earlier state is served again, so that a later date says nothing: only the very date fits.
    Raises: PreconditionFailed.
    Source: RFC 9110 sections 13.1 and 13.2.2, in whose order the conditions are looked at.
    """
    if (wanted := headers.get("if-match")) is not None:
        if not _names_strongly(wanted, tag):
            found = f"the answer's tag is {tag}, which If-Match does not name" if tag else "the answer has no tag"
            raise PreconditionFailed(found)
    elif (since := _date(headers.get("if-unmodified-since"))) and modified and modified > since:
        when = format_datetime(modified, usegmt=True)
        raise PreconditionFailed(f"the answer changed on {when}, later than If-Unmodified-Since says")
    if (known := headers.get("if-none-match")) is not None:
        return HTTPStatus.NOT_MODIFIED if has_tag(known, tag) else HTTPStatus.OK
    since = _date(headers.get("if-modified-since"))
    if since and modified and (modified == since or (is_latest and modified < since)):
        return HTTPStatus.NOT_MODIFIED
    return HTTPStatus.OK


def is_unchanged(header: str, tag: str, modified: datetime) -> bool:
    """Return whether If-Range names an answer as it is: by its tag, or by the very date of its last change.

    Source: RFC 9110 section 13.1.5: the comparison is the strong one.
    """
    return header.strip() == tag or _date(header) == modified


def has_tag(header: str | None, tag: str) -> bool:
    """Return whether If-None-Match names a tag; the comparison is the weak one."""
    if header is None:
        return False
    return header.strip() == "*" or tag in {item.strip().removeprefix("W/") for item in header.split(",")}


def _names_strongly(header: str, tag: str) -> bool:
    return header.strip() == "*" or (tag != "" and tag in {item.strip() for item in header.split(",")})


def _date(text: str | None) -> datetime | None:
    """Return a date of HTTP, None for what is none, which is to be ignored.

    Source: RFC 9110 section 5.6.7; its obsolete forms are in GMT as well.
    """
    if not text:
        return None
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
