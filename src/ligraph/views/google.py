"""What Google requires before it shows a thing as one of a class; what lacks it is given as a class without demands.

Source: Google Search Central, structured data for Video (VideoObject, Clip), Event and Dataset: required properties.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ligraph.namespaces import SCHEMA_HTTPS

_SHORTEST, _LONGEST = 50, 5_000
"""Characters that the description of a data set has."""

_Values = list[Any]
_Tests = dict[str, Callable[[_Values], bool]]


def nearest_class(class_: str, node: Mapping[str, Any]) -> str:
    """Return the class that a node of schema.org can be given as, by the properties that it has."""
    above, required = _REQUIRED.get(class_, (class_, {}))
    return class_ if all(is_met(_all(node.get(name, []))) for name, is_met in required.items()) else above


def _are_known(values: _Values) -> bool:
    return bool(values)


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
    texts = [text["@value"] if isinstance(text, dict) else text for text in values]
    return bool(texts) and all(_SHORTEST <= len(text) <= _LONGEST for text in texts)


def _all(value: Any) -> _Values:
    return value if isinstance(value, list) else [value]


_EVENT: _Tests = {
    "name": _are_known,
    "startDate": _are_dates,
    "location": _have_address,
    "eventAttendanceMode": _are_in_person,
}
_REQUIRED: dict[str, tuple[str, _Tests]] = {
    "VideoObject": ("CreativeWork", {"name": _are_known, "thumbnailUrl": _are_known, "uploadDate": _are_dates}),
    "Clip": ("CreativeWork", {"name": _are_known, "startOffset": _are_known, "url": _are_known}),
    "Event": ("Thing", _EVENT),
    "EventSeries": ("Thing", _EVENT),
    "Dataset": ("CreativeWork", {"name": _are_known, "description": _are_descriptions}),
}
"""By class: the nearest class above it that demands nothing, and what the values of its properties must be."""
