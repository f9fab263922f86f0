"""What Google requires before it shows a thing as one of a class; what lacks it is given as a class without demands.

Source: Google Search Central, structured data for Video (VideoObject, Clip), Event, Dataset and Carousel (ItemList):
required properties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from math import inf
from typing import Any

from ligraph.namespaces import SCHEMA_HTTPS

_SHORTEST, _LONGEST = 50, 5_000
"""Characters that the description of a data set has."""

_SHORTEST_VIDEO = 30
"""Seconds that a video with clips has at least."""

_Values = list[Any]
_Tests = dict[str, Callable[[_Values], bool]]


def nearest_class(class_: str, node: Mapping[str, Any]) -> str:
    """Return the class that a node of schema.org can be given as, by the properties that it has."""
    above, required = _REQUIRED.get(class_, (class_, {}))
    return class_ if all(is_met(as_list(node.get(name, []))) for name, is_met in required.items()) else above


def has_demands(class_: str) -> bool:
    """Return whether Google requires anything of the things of a class."""
    return class_ in _REQUIRED


def clips_of(video: Mapping[str, Any], parts: Iterable[Mapping[str, Any]], page: str, seconds: int | None) -> set[str]:
    """Return the ids of those parts of a video that can be given as clips of it; of one start, the first to end.

    Units: `seconds` is the length of the video; None where it is not known, but a part may show that it is enough.
    """
    able = [part for part in parts if nearest_class("Clip", part) == "Clip"]
    able = [part for part in able if part.get("endOffset", inf) > part["startOffset"]]
    shown = max((part.get("endOffset", part["startOffset"]) for part in able), default=0)
    is_long = (shown if seconds is None else seconds) >= _SHORTEST_VIDEO
    if not is_long or nearest_class("VideoObject", video) != "VideoObject":
        return set()
    found: dict[int, str] = {}
    for part in sorted(able, key=lambda part: (part.get("endOffset", inf), part["@id"])):
        if part["url"] == f"{page}?t={part['startOffset']}":
            found.setdefault(part["startOffset"], part["@id"])
    return set(found.values())


def _are_known(values: _Values) -> bool:
    return bool(values)


def _is_number(values: _Values) -> bool:
    return len(values) == 1 and isinstance(values[0], int) and values[0] >= 0


def _is_number_or_unknown(values: _Values) -> bool:
    return not values or _is_number(values)


def _are_dates(values: _Values) -> bool:
    return bool(values) and all(map(_is_date, values))


def _is_date(value: Any) -> bool:
    """Return whether a text is a date or a moment: a year or a month is neither."""
    try:
        return bool(datetime.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def _have_address(values: _Values) -> bool:
    return any(isinstance(place, dict) and "address" in place for place in values)


def _are_in_person(values: _Values) -> bool:
    """Return whether some can come: events that are held online only are not shown."""
    return not values or any(mode != SCHEMA_HTTPS + "OnlineEventAttendanceMode" for mode in values)


def _are_descriptions(values: _Values) -> bool:
    texts = [text.get("@value") if isinstance(text, dict) else text for text in values]
    return bool(texts) and all(isinstance(text, str) and _SHORTEST <= len(text) <= _LONGEST for text in texts)


def _are_named(values: _Values) -> bool:
    return bool(values) and all(
        isinstance(one, dict) and "@id" in one and ("name" in one or "url" in one) for one in values
    )


def _are_places(values: _Values) -> bool:
    """Return whether values are places of a list, each with a position of its own."""
    is_each = all(isinstance(one, dict) and nearest_class("ListItem", one) == "ListItem" for one in values)
    return bool(values) and is_each and len({one["position"] for one in values}) == len(values)


def as_list(value: Any) -> _Values:
    """Return the values of a property of JSON-LD, which may be one or a list."""
    return value if isinstance(value, list) else [value]


_EVENT: _Tests = {
    "name": _are_known,
    "startDate": _are_dates,
    "location": _have_address,
    "eventAttendanceMode": _are_in_person,
}
_REQUIRED: dict[str, tuple[str, _Tests]] = {
    "VideoObject": ("CreativeWork", {"name": _are_known, "thumbnailUrl": _are_known, "uploadDate": _are_dates}),
    "Clip": (
        "CreativeWork",
        {"name": _are_known, "startOffset": _is_number, "url": _are_known, "endOffset": _is_number_or_unknown},
    ),
    "Event": ("Thing", _EVENT),
    "EventSeries": ("Thing", _EVENT),
    "Dataset": ("CreativeWork", {"name": _are_known, "description": _are_descriptions}),
    "ItemList": ("Intangible", {"itemListElement": _are_places}),
    "ListItem": ("Intangible", {"position": _is_number, "item": _are_named}),
}
"""By class: the nearest class above it that demands nothing, and what the values of its properties must be."""
