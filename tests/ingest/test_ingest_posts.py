"""Posts invented for tests, each with its own traps; what is expected of them was written by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from records_of import records

from ligraph.collection.ids import complaint
from ligraph.collection.ingest import draft, read_post

POSTS = sorted(Path(__file__).with_name("posts").glob("*/post.*"))


@pytest.mark.parametrize("path", POSTS, ids=lambda path: path.parent.name)
def test_post(path: Path) -> None:
    expected = json.loads(path.with_name("expected.json").read_text("utf-8"))
    drafted = draft(read_post(path.read_bytes(), path.name))
    things = records(drafted.text)
    assert drafted.counts == expected["counts"]
    assert yaml.safe_load(drafted.text)["source"] == expected["source"]
    post = next(thing for id_, thing in things.items() if id_.startswith("post/"))
    assert post["name"] == expected["title"]
    assert things[post["isPartOf"]]["name"] == expected["series"]
    assert post.get("datePublished") == expected.get("published")
    assert name_of(things, post.get("funder")) == expected.get("funder")
    events = {id_: thing for id_, thing in things.items() if id_.startswith("event/")}
    assert {event["name"]: listed(event, "alternateName") for event in events.values()} == expected["events"]
    units = {t["name"]: things[t["subOrganizationOf"]]["name"] for t in things.values() if "subOrganizationOf" in t}
    assert units == expected.get("units", {})
    sets = [thing for id_, thing in things.items() if id_.startswith("set/")]
    assert [one["position"] for one in sets] == [str(number + 1) for number in range(len(sets))]
    for one, wanted in zip(sets, expected["sets"], strict=True):
        check_set(things, one, wanted)
    found = {(decision.kind, decision.line) for decision in drafted.decisions}
    assert {tuple(decision) for decision in expected["decisions"]} <= found
    assert not any(complaint(id_) for id_ in things)


def check_set(things: dict[str, dict[str, Any]], one: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert one["name"] == wanted["name"]
    assert one.get("description") == wanted.get("description", one.get("description"))
    assert [things[id_]["name"] for id_ in listed(one, "featuredAt")] == wanted["featuredAt"]
    presenters = []
    for appearance in one.get("appearances", []):
        person = things[appearance["presenter"]]
        roles = [person["roles"][id_.partition("#")[2]] for id_ in listed(appearance, "inRole")]
        presenters.append(
            [person["name"], [[role["roleName"], things[role["organization"]]["name"]] for role in roles]]
        )
    assert presenters == wanted["presenters"]
    for resource, keys in zip(one["items"], wanted["resources"], strict=True):
        assert {key: resource.get(key) for key in keys} == keys
        assert {"url", "plays", "note", "differentFrom"} & resource.keys() <= keys.keys()


def listed(thing: dict[str, Any], key: str) -> list[str]:
    value = thing.get(key, [])
    return value if isinstance(value, list) else [value]


def name_of(things: dict[str, dict[str, Any]], id_: str | None) -> str | None:
    return things[id_]["name"] if id_ else None
