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
