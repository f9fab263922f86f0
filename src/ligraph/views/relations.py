"""What leads from a thing to others in several steps: its wholes, its neighbours, who presented where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ligraph.views.nodes import Node
from ligraph.views.reader import Found
from ligraph.views.values import Value

_DEEPEST = 8
"""Levels that a trail or a tree goes through before it stops: broader topics could go in a circle."""

WHOLES = {
    "post": "schema:isPartOf",
    "set": "schema:isPartOf",
    "resource": "lig:inSet",
    "clip": "schema:isPartOf",
    "recording": "schema:recordedAt",
    "event": "schema:superEvent",
    "topic": "skos:broader",
    "organization": "org:subOrganizationOf",
    "initiative": "schema:parentOrganization",
}
"""The property, by layout, that leads to what a thing is part of."""


@dataclass(frozen=True)
class Neighbours:
    """What comes before and after a thing in its whole, and how many there are."""

    before: Node | None
    after: Node | None
    count: int


@dataclass(frozen=True)
class Presented:
    """One appearance of a person: where, in which roles, at which events."""

    appearance: Node
    whole: Node
    roles: list[Node]
    events: list[Node]


@dataclass(frozen=True)
class Member:
    """A person with the roles held in one organization."""

    person: Node
    roles: list[Node]


@dataclass(frozen=True)
class Branch:
    """A topic with its narrower ones."""

    node: Node
    branches: list[Branch]


def trail(thing: Node) -> list[Node]:
    """Return what a thing is part of, the largest first."""
    found: list[Node] = []
    node = thing
    while len(found) < _DEEPEST and node.kind.layout in WHOLES:
        whole = next((value for value in node.peek(WHOLES[node.kind.layout]) if isinstance(value, Node)), None)
        if whole is None or whole in found or whole is thing:
            break
        found.insert(0, whole)
        node = whole
    return found


def neighbours(thing: Node) -> Neighbours:
    """Return a thing's neighbours in the first whole that it is part of."""
    wholes = [value for value in thing.peek("schema:isPartOf") if isinstance(value, Node)]
    siblings = wholes[0].back("schema:isPartOf").nodes if wholes else [thing]
    if thing not in siblings:
        return Neighbours(None, None, len(siblings))
    index = siblings.index(thing)
    before = siblings[index - 1] if index else None
    after = siblings[index + 1] if index + 1 < len(siblings) else None
    return Neighbours(before, after, len(siblings))


def resources(set_: Node) -> list[Node]:
    """Return the resources of a set in their order."""
    return [resource for place in set_.nodes("schema:itemListElement") for resource in place.nodes("schema:item")]


def presenters(whole: Node) -> list[Node]:
    """Return who presents in a set or a resource, in the order of the post."""
    found = [person for one in whole.nodes("lig:appearance") for person in one.nodes("lig:presenter")]
    return list(dict.fromkeys(found))


def presented(person: Node) -> list[Presented]:
    """Return where a person presented, in which role and when."""
    found = []
    for appearance in person.back("lig:presenter").nodes:
        for whole in appearance.back("lig:appearance").nodes:
            sets = [whole] if whole.kind.layout == "set" else whole.nodes("lig:inSet")
            events = list(dict.fromkeys(event for set_ in sets for event in set_.nodes("lig:featuredAt")))
            found.append(Presented(appearance, whole, appearance.nodes("lig:inRole"), events))
    return sorted(found, key=lambda one: (one.whole.kind.layout != "set", one.whole.place))


def described_in(file: Node) -> Found:
    """Return the things that a source file speaks of, sorted by kind and name."""
    return file.reader.typed_in(file.iri)


def held_at(event: Node) -> list[Node | Value]:
    """Return when an event began: a session without a date of its own, when the larger event did."""
    dates = event.all("schema:startDate")
    for whole in event.nodes("schema:superEvent")[:1]:
        dates = dates or whole.all("schema:startDate")
    return dates


def members(organization: Node) -> tuple[list[Member], Found]:
    """Return the people who hold roles in an organization, by name, and the roles that were found."""
    roles = organization.back("org:organization")
    by_person: dict[Node, list[Node]] = {}
    for role in roles.nodes:
        for person in role.nodes("org:member"):
            by_person.setdefault(person, []).append(role)
    return [Member(person, held) for person, held in sorted(by_person.items(), key=lambda pair: pair[0].place)], roles


def tree(concepts: list[Node]) -> list[Branch]:
    """Return topics as a tree: the ones without a broader one among them first, each topic once."""
    narrower: dict[Node, list[Node]] = {}
    known = set(concepts)
    tops = []
    for concept in concepts:
        broader = [node for node in concept.nodes("skos:broader") if node in known and node is not concept]
        for node in broader:
            narrower.setdefault(node, []).append(concept)
        if not broader:
            tops.append(concept)
    placed: set[Node] = set()
    branches = list(_grow(tops, narrower, placed, _DEEPEST))
    return branches + [Branch(concept, []) for concept in concepts if concept not in placed]


def _grow(nodes: list[Node], narrower: dict[Node, list[Node]], placed: set[Node], depth: int) -> Iterator[Branch]:
    for node in nodes:
        if node not in placed and depth:
            placed.add(node)
            yield Branch(node, list(_grow(narrower.get(node, []), narrower, placed, depth - 1)))
