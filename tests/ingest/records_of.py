"""The records of a data file by their ids, for tests: every scalar is text, nested records are there too."""

from typing import Any

import yaml


def records(text: str) -> dict[str, dict[str, Any]]:
    """Return every mapping that has an id."""
    found: dict[str, dict[str, Any]] = {}
    _collect(yaml.load(text, Loader=yaml.BaseLoader)["things"], found)
    return found


def _collect(value: Any, found: dict[str, dict[str, Any]]) -> None:
    if isinstance(value, dict):
        if "id" in value:
            assert value["id"] not in found, f"{value['id']} is written twice"
            found[value["id"]] = value
        for inner in value.values():
            _collect(inner, found)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, found)
