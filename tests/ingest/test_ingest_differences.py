"""A post read again over a file that a person has edited: all that differs is told, nothing is changed."""

import pytest

from ligraph.collection.ingest import Draft, compare, draft, read_post
from ligraph.errors import CollectionError

POST = """Field Notes: One

Set 1: First

Learn.

Presenters:
• Ann Lee, Acme Institute, Director

WATCH

A Film

What it shows,
and to whom.

Watch Video »
(Watch from 1:00–2:00)

READ

A Book

What it says.

Read Book »
"""


@pytest.fixture
def drafted() -> Draft:
    return draft(read_post(POST.encode(), "post.txt"))


def test_no_difference(drafted: Draft) -> None:
    assert compare(drafted.text, drafted) == []


def test_layout_and_comments_are_no_difference(drafted: Draft) -> None:
    text = "\n".join(line.partition(" # ")[0] for line in drafted.text.split("\n") if not line.startswith("#"))
    text = text.replace("plays: {start: 1:00, end: 2:00}", "plays:\n      start: 1:00\n      end: '2:00'")
    assert text != drafted.text
    assert compare(text, drafted) == []


def test_edits_of_a_person_are_told_with_line_and_both_values(drafted: Draft) -> None:
    text = drafted.text.replace("name: Ann Lee", "name: Ann B. Lee\n  sameAs: https://orcid.org/0000-0002-1825-0097")
    text = text.replace("start: 1:00", "start: 1:05").replace("roleName: Director", "roleName: Head")
    rows = text.split("\n")
    told = {(d.id, d.key): d for d in compare(text, drafted)}
    assert set(told) == {
        ("person/ann-lee", "name"),
        ("person/ann-lee", "sameAs"),
        ("person/ann-lee", "roles.role-1.roleName"),
        ("resource/a-film", "plays.start"),
    }
    name = told["person/ann-lee", "name"]
    assert (name.change, name.in_post, name.in_file) == ("changed", "Ann Lee", "Ann B. Lee")
    assert "Ann B. Lee" in rows[name.line - 1]
    assert told["person/ann-lee", "sameAs"].change == "only in the file"
    assert told["resource/a-film", "plays.start"].in_post == "1:00"


def test_changes_of_the_post_are_told(drafted: Draft) -> None:
    post = POST.replace("What it says.", "What it really says.").replace("Ann Lee", "Bo Ray").replace("2:00", "3:00")
    post += "\nREAD\n\nAnother Book\n\nMore.\n\nRead Book »\n"
    now = draft(read_post(post.encode(), "post.txt"))
    changes = [(d.id, d.key, d.change) for d in compare(drafted.text, now)]
    assert ("resource/a-book", "description", "changed") in changes
    assert ("resource/a-film", "plays.end", "changed") in changes
    assert ("person/ann-lee", None, "only in the file") in changes
    assert ("person/bo-ray", None, "only in the post") in changes
    assert ("resource/another-book", None, "only in the post") in changes
    assert ("set/first", "items", "changed") in changes


def test_a_file_that_is_not_yaml(drafted: Draft) -> None:
    with pytest.raises(CollectionError, match="line 2"):
        compare("things:\n- a: b: c", drafted)
    with pytest.raises(CollectionError, match="cannot be read"):
        compare("a: &a [*a]", drafted)


@pytest.mark.parametrize(
    "text", ["", "[]", "things: none", "things:\n- 1\n- [a]\n- {id: [x]}", "a: 1", "things: [{id: x, ? [a] : b}]"]
)
def test_odd_files(drafted: Draft, text: str) -> None:
    assert compare(text, drafted)


TWO = POST.replace(
    "• Ann Lee, Acme Institute, Director", "• Ann Lee, Acme Institute, Director\n• Anne Lee, Beta School, Coach"
)


def edited(text: str, *edits: tuple[str, str]) -> str:
    """Return a text in which each first text is another, every time it occurs."""
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("person/ann-lee", "person/lee"),
        ("organization/acme-institute", "organization/acme"),
        ("series/field-notes", "series/notes"),
        ("post/field-notes-one", "post/notes-1"),
        ("set/first", "set/beginning"),
        ("resource/a-film", "resource/film"),
    ],
)
def test_a_thing_with_another_id_is_the_same_thing(drafted: Draft, old: str, new: str) -> None:
    told = compare(edited(drafted.text, (old, new)), drafted)
    assert {(d.id, d.key, d.in_post, d.in_file) for d in told if d.id == new} == {(new, "id", old, new)}
    assert {(d.id, d.key, d.in_post, d.in_file) for d in told if d.id != new} <= {("the file", "source", new, new)}


def test_another_id_and_another_name_at_the_same_place(drafted: Draft) -> None:
    text = edited(drafted.text, ("person/ann-lee", "person/a-b-lee"), ("name: Ann Lee", "name: Ann B. Lee"))
    text = edited(text, ("set/first", "set/one"), ("name: First", "name: First Steps"))
    text = edited(text, ("resource/a-book", "resource/book"), ("name: A Book", "name: The Book"))
    assert {(d.id, d.key) for d in compare(text, drafted)} == {
        ("person/a-b-lee", "id"),
        ("person/a-b-lee", "name"),
        ("set/one", "id"),
        ("set/one", "name"),
        ("resource/book", "id"),
        ("resource/book", "name"),
    }


def test_two_people_that_a_person_made_one() -> None:
    drafted = draft(read_post(TWO.encode(), "post.txt"))
    rows = drafted.text.split("\n")
    start = next(index for index, row in enumerate(rows) if row.startswith("- id: person/anne-lee"))
    end = next(index for index, row in enumerate(rows) if index > start and row.startswith("- id:"))
    role = next(row for row in rows[start:end] if "role-1:" in row).replace("role-1", "role-2")
    text = "\n".join([*rows[:start], *rows[end:]]).replace("person/anne-lee#role-1", "person/ann-lee#role-2")
    text = text.replace("person/anne-lee", "person/ann-lee").replace(
        "  name: Ann Lee", "  alternateName: Anne Lee\n  name: Ann Lee"
    )
    text = text.replace("  roles:\n", f"  roles:\n{role}\n", 1)
    assert {(d.id, d.key, d.in_post) for d in compare(text, drafted)} == {
        ("person/ann-lee", "id", "person/anne-lee"),
        ("person/ann-lee", "alternateName", None),
    }


def test_times_written_otherwise_and_an_id_for_a_clip_are_no_other_times(drafted: Draft) -> None:
    text = edited(drafted.text, ("{start: 1:00, end: 2:00}", "{id: clip/mine, start: 60, end: 0:02:00}"))
    assert [(d.id, d.key, d.change) for d in compare(text, drafted)] == [
        ("resource/a-film", "plays", "only in the file")
    ]


def test_what_a_person_added_is_told_and_nothing_else(drafted: Draft) -> None:
    text = edited(drafted.text, ("- id: set/first", "- id: topic/films\n  prefLabel: films\n- id: set/first"))
    text = edited(text, ("  action: watch", "  action: watch\n    about: topic/films"))
    assert {(d.id, d.key, d.change) for d in compare(text, drafted)} == {
        ("topic/films", None, "only in the file"),
        ("resource/a-film", "about", "only in the file"),
    }
