"""What Google requires before it shows a thing as one of a class; what lacks it is given as a class without demands.

Source: Google Search Central, structured data for Video (VideoObject, Clip), Event and Dataset: required properties.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_REQUIRED = {
    "VideoObject": ("CreativeWork", ("name", "thumbnailUrl", "uploadDate")),
    "Clip": ("CreativeWork", ("name", "startOffset", "url")),
    "Event": ("Thing", ("name", "startDate", "location")),
    "EventSeries": ("Thing", ("name", "startDate", "location")),
    "Dataset": ("CreativeWork", ("name", "description")),
}
"""By class: the nearest class above it that demands nothing, and the properties without which it is given as that."""

_SHORTEST, _LONGEST = 50, 5_000
"""Characters that the description of a data set has."""


def nearest_class(class_: str, node: Mapping[str, Any]) -> str:
    """Return the class that a node of schema.org can be given as, by the properties that it has."""
    above, required = _REQUIRED.get(class_, (class_, ()))
    is_enough = all(name in node for name in required)
    if is_enough and class_ in ("Event", "EventSeries"):
        is_enough = any(isinstance(place, dict) and "address" in place for place in _all(node["location"]))
    if is_enough and class_ == "Dataset":
        texts = [text["@value"] if isinstance(text, dict) else text for text in _all(node["description"])]
        is_enough = any(_SHORTEST <= len(text) <= _LONGEST for text in texts)
    return class_ if is_enough else above


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
