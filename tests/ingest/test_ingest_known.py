"""Things that the collection has: recognised by exact names, proposed where names are alike, never merged."""

import pytest
from records_of import records

from ligraph.collection.ingest import Decision, Draft, Known, draft, read_post

POST = """Field Notes: Second Part

Resources from the 2021 Summit on Things.

Set 1: First

These resources were included in the “Doors Open” session at the 2021 Summit.

Presenters:
• Sandra Park, Improvement Collective, Co-Founder; Acme Institute, National Faculty
• Emma Parkerson, Acme Institut, Director
• José Peña, Beta University, Dean

READ

Notes

What they say.

Read Notes »
"""
KNOWN = [
    Known("series/field-notes", ("Field notes",), "series"),
    Known("event/summit-2021", ("The Summit on Things, 2021", "2021 Summit"), "event"),
    Known("session/doors", ("Doors open",), "session"),
    Known("organization/improvement-collective", ("Improvement Collective",), "organization"),
    Known("organization/acme", ("Acme Institute", "Acme"), "organization"),
    Known(
        "person/sandra-park",
        ("Sandra Park", "S. Park"),
        "person",
        ("role-1", "role-2"),
        (
            ("person/sandra-park#role-1", "organization/improvement-collective", "Co-Founder"),
            ("person/sandra-park#role-2", "organization/acme", "Fellow"),
        ),
    ),
    Known("person/emma-parkersen", ("Emma Parkersen",), "person"),
    Known("person/jose-pena", ("Jose Pena",), "person"),
    Known("resource/notes", ("Notes",), "resource"),
    Known("set/first", ("First",), "set"),
]


@pytest.fixture(scope="module")
def drafted() -> Draft:
    return draft(read_post(POST.encode(), "post.txt"), KNOWN)


def test_nothing_known_is_described_again(drafted: Draft) -> None:
    assert not {thing.id for thing in KNOWN} & records(drafted.text).keys()


def test_known_things_are_referred_to(drafted: Draft) -> None:
    things = records(drafted.text)
    assert things["post/field-notes-second-part"]["isPartOf"] == "series/field-notes"
    assert things["set/first-2"]["featuredAt"] == "session/doors"
    appearances = things["set/first-2"]["appearances"]
    assert [appearance["presenter"] for appearance in appearances] == [
        "person/sandra-park",
        "person/emma-parkerson",
        "person/jose-pena",
    ]


def test_a_role_that_is_held_already_is_reused_and_a_new_one_numbered(drafted: Draft) -> None:
    things = records(drafted.text)
    assert things["set/first-2"]["appearances"][0]["inRole"] == [
        "person/sandra-park#role-1",
        "person/sandra-park#role-3",
    ]
    role = things["person/sandra-park#role-3"]
    assert role == {
        "id": "person/sandra-park#role-3",
        "type": "Membership",
        "member": "person/sandra-park",
        "organization": "organization/acme",
        "roleName": "National Faculty",
    }
    assert things["person/jose-pena#role-1"]["organization"] == "organization/beta-university"


def test_exact_names_are_told_and_like_names_proposed(drafted: Draft) -> None:
    assert find(drafted, "known", "person/sandra-park")
    assert find(drafted, "known", "person/jose-pena")
    assert find(drafted, "known", "organization/acme")
    assert find(drafted, "merge", "person/emma-parkersen").ids == ("person/emma-parkerson", "person/emma-parkersen")
    assert find(drafted, "merge", "organization/acme").ids == ("organization/acme-institut", "organization/acme")
    assert find(drafted, "same-name", "resource/notes").ids == ("resource/notes-2", "resource/notes")
    assert find(drafted, "same-name", "set/first")


def test_what_is_known_counts_as_what_the_post_has(drafted: Draft) -> None:
    assert {key: drafted.counts[key] for key in ("presenters", "roles", "sessions", "organizations")} == {
        "presenters": 3,
        "roles": 4,
        "sessions": 1,
        "organizations": 4,
    }


def test_known_organizations_tell_role_and_organization_apart() -> None:
    text = POST.replace("Emma Parkerson, Acme Institut, Director", "Emma Parkerson, Bright Spots, Learning by Doing")
    known = [Known("organization/lbd", ("Learning by Doing",), "organization")]
    things = records(draft(read_post(text.encode(), "post.txt"), known).text)
    role = things["person/emma-parkerson"]["roles"]["role-1"]
    assert role == {"organization": "organization/lbd", "roleName": "Bright Spots"}


def find(drafted: Draft, kind: str, id_: str) -> Decision:
    return next(decision for decision in drafted.decisions if decision.kind == kind and id_ in decision.ids)
