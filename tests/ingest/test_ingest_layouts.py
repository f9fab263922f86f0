"""One set in many layouts: lists of presenters, labels that are pictures, buttons, titles and times on one line."""

from typing import Any

import pytest
from records_of import records

from ligraph.collection.ingest import draft, read_post

PAGE = """<!DOCTYPE html><html><head><title>Series: T</title><link rel="canonical" href="https://a.example/t/"></head>
<body><main><h1>Series: T</h1><p>What the post is about.</p>{}</main></body></html>"""
CARD = '<h4>WATCH</h4><h3>A Film</h3><p>What it shows.</p><p><a href="https://v.example/1">Watch Video »</a></p>'
FILM = ("watch", "A Film", None)
LEE, RAY = "Ann Lee, Acme Institute, Director", "Bo Ray, Dean, Beta University"


def things_of(content: str, name: str) -> dict[str, dict[str, Any]]:
    return records(draft(read_post(content.encode(), name)).text)


def people(things: dict[str, dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [
        (person["name"], role["roleName"], things[role["organization"]]["name"])
        for id_, person in things.items()
        if id_.startswith("person/") and "#" not in id_
        for role in person.get("roles", {"": {"roleName": "", "organization": "set/a"}}).values()
    ]


def items(things: dict[str, dict[str, Any]]) -> list[tuple[str, str, Any]]:
    return [
        (item["action"], item["name"], (item["plays"]["start"], item["plays"]["end"]) if item.get("plays") else None)
        for item in things["set/a"]["items"]
    ]


@pytest.mark.parametrize(
    "presenters",
    [
        f"<ul><li>{LEE}</li><li>{RAY}</li></ul>",
        f"<ul><li>Presenters:<ul><li>{LEE}</li><li>{RAY}</li></ul></li></ul>",
        f"<p>Presenters:</p><p>{LEE}</p><p>{RAY}</p>",
        "<p>Presenters:</p><table><tr><td>Ann Lee</td><td>Acme Institute</td><td>Director</td></tr>"
        "<tr><td>Bo Ray</td><td>Beta University</td><td>Dean</td></tr></table>",
        "<h4>Presenters</h4><h5>Ann Lee</h5><p>Director<br>Acme Institute</p>"
        "<h5>Bo Ray</h5><p>Dean, Beta University</p>",
        "<p>Presenters:</p><ul><li>Ann Lee<ul><li>Acme Institute, Director</li></ul></li>"
        "<li>Bo Ray<ul><li>Dean, Beta University</li></ul></li></ul>",
        "<p>Presenters:</p><ul><li><p>Ann Lee, Acme Institute,</p><p>Director</p></li>"
        "<li><p>Bo Ray, Dean,</p><p>Beta University</p></li></ul>",
        f"<p>Moderator:</p><ul><li>{LEE}</li></ul><p>Panelists:</p><ul><li>{RAY}</li></ul>",
    ],
)
def test_lists_of_presenters(presenters: str) -> None:
    things = things_of(PAGE.format(f"<h2>Set 1: A</h2><p>Learn.</p>{presenters}{CARD}"), "a.html")
    assert people(things) == [("Ann Lee", "Director", "Acme Institute"), ("Bo Ray", "Dean", "Beta University")]
    assert things["set/a"]["description"] == "Learn."
    assert items(things) == [FILM]


def test_a_list_of_people_without_a_heading_is_told() -> None:
    page = PAGE.format(f"<h2>Set 1: A</h2><ul><li>{LEE}</li></ul>{CARD}").encode()
    decisions = draft(read_post(page, "a.html")).decisions
    assert any(decision.kind == "presenter" and "without saying" in decision.message for decision in decisions)


def test_a_list_of_other_things_is_no_list_of_presenters() -> None:
    page = PAGE.format(f"<h2>Set 1: A</h2><ul><li>Teacher Leaders, coaches</li><li>{LEE}</li></ul>{CARD}")
    assert people(things_of(page, "a.html")) == []


def test_presenters_on_lines_of_one_paragraph() -> None:
    opening = "Series: T\n\nSet 1: A\nLearn.\nPresenters:"
    text = f"{opening}\nJo Po, CEO, Acme\n{LEE}\n{RAY}\nWATCH\nA Film\nText.\nWatch Video »\n"
    assert [name for name, _, _ in people(things_of(text, "a.txt"))] == ["Jo Po", "Ann Lee", "Bo Ray"]


def test_a_long_role_is_written_as_it_stands() -> None:
    role = "Senior Director of Long Names and of Other Matters of Teaching, Learning, Leading, Coaching, and More Names"
    opening = "Series: T\n\nSet 1: A\n\nPresenters:"
    text = f"{opening}\n• Ann Lee, Acme Institute, {role}\nWATCH\n\nA Film\n\nText.\n\nWatch »\n"
    assert people(things_of(text, "a.txt")) == [("Ann Lee", role, "Acme Institute")]


@pytest.mark.parametrize(
    "label",
    [
        '<img src="./T_files/w.png" alt="Watch">',
        '<img src="./T_files/w.png" alt="watch icon">',
        '<img src="./T_files/w.png" title="WATCH">',
        '<img src="./T_files/WATCH-icon-150x150.png" alt="">',
        '<a href="https://v.example/"><img src="./T_files/w.png" alt="WATCH"></a>',
        '<span class="icon" role="img" aria-label="Watch"></span>',
        '<figure><img src="./T_files/w.png" alt="read"><figcaption>WATCH</figcaption></figure>',
        '<div class="meta tags">Watch</div>',
        '<span class="label">WATCH</span>',
    ],
)
def test_labels(label: str) -> None:
    card = '<h3>{0}</h3><p>What {0} shows.</p><p><a href="https://v.example/{0}">Watch Video »</a></p>'
    page = PAGE.format(f"<h2>Set 1: A</h2><p>Learn.</p>{label}{card.format('One')}{label}{card.format('Two')}")
    assert items(things_of(page, "a.html")) == [("watch", "One", None), ("watch", "Two", None)]


def test_pictures_of_actions_are_not_counted_where_words_tell_them() -> None:
    photo = '<img src="./T_files/p.png" alt="Watch">'
    page = PAGE.format(f"<h2>Set 1: A</h2><p>Learn.</p>{CARD.replace('<p>What', photo + '<p>What')}")
    assert items(things_of(page, "a.html")) == [FILM]


@pytest.mark.parametrize(
    "title",
    [
        "<h4><span>Watch</span> A Film</h4>",
        '<h4><img alt="WATCH" src="w.png"> A Film</h4>',
        "<p><b>WATCH</b> A Film</p>",
    ],
)
def test_a_label_on_the_line_of_the_title(title: str) -> None:
    page = PAGE.format(
        f'<h2>Set 1: A</h2><p>Learn.</p>{title}<p>What.</p><p><a href="https://v.example/1">Watch Video »</a></p>'
    )
    assert items(things_of(page, "a.html")) == [FILM]


@pytest.mark.parametrize(
    "button",
    [
        '<a href="https://v.example/1"><button>Watch Video »</button></a>',
        '<a href="https://v.example/1"><img src="b.png" alt="Watch Video »"></a>',
        '<a href="https://v.example/1">Watch Video</a> »',
    ],
)
def test_buttons(button: str) -> None:
    page = PAGE.format(f"<h2>Set 1: A</h2><p>Learn.</p><h4>WATCH</h4><h3>A Film</h3><p>What.</p><p>{button}</p>")
    assert things_of(page, "a.html")["resource/a-film"]["url"] == "https://v.example/1"


@pytest.mark.parametrize("heading", ["<button>Set 1: A</button>", "<h2><button>Set 1: A</button></h2>"])
def test_buttons_that_open_a_set(heading: str) -> None:
    assert items(things_of(PAGE.format(f"{heading}<p>Learn.</p>{CARD}"), "a.html")) == [FILM]


def test_a_resource_on_one_line() -> None:
    text = (
        "# Series: T\n\n## Set 1: A\n\nLearn.\n\n"
        "- **WATCH**: [A Film](https://v.example/1) – What it shows. (Watch from 1:00–2:00)\n"
        "- **READ**: [A Book](https://v.example/2) – What it says.\n"
    )
    things = things_of(text, "a.md")
    assert items(things) == [("watch", "A Film", ("1:00", "2:00")), ("read", "A Book", None)]
    film = things["resource/a-film"]
    assert (film["description"], film["url"]) == ("What it shows.", "https://v.example/1")


def test_times_beside_a_title() -> None:
    text = "Series: T\n\nSet 1: A\n\nWATCH\n\nA Film (Watch from 1:00–2:00)\n\nWhat it shows\n\nWatch Video »\n"
    things = things_of(text, "a.txt")
    assert items(things) == [("watch", "A Film", ("1:00", "2:00"))]
    assert things["resource/a-film"]["description"] == "What it shows"


TEXT = """Bright Steps: Field Notes

Bright Steps is a series.

Set 1: A

Learn.

Presenters:
  • Ann Lee, Acme Institute, Director
WATCH

A Film

What it shows.

Watch Video »
(Watch from 1:00–2:00)

READ

A Book

What it says.

Read Book »
"""


def test_a_page_copied_as_text_brings_its_menu_and_its_foot() -> None:
    menu = "Skip to content\nHome\nBlog\n\n"
    foot = "\nShare this:\nMail\n\nRelated Posts\n\nBright Steps: More Notes\nMay 1, 2021\n\nRead More\n"
    drafted = draft(read_post((menu + TEXT + foot).encode(), "a.txt"))
    things = records(drafted.text)
    assert things["post/bright-steps-field-notes"]["name"] == "Bright Steps: Field Notes"
    assert items(things) == [("watch", "A Film", ("1:00", "2:00")), ("read", "A Book", None)]
    assert {"title", "stray"} <= {decision.kind for decision in drafted.decisions}


@pytest.mark.parametrize("label", ["[{}]", "({})", "** {} **", "{}:"])
def test_marks_around_a_label(label: str) -> None:
    text = TEXT.replace("\nWATCH\n", f"\n{label.format('WATCH')}\n").replace("\nREAD\n", f"\n{label.format('READ')}\n")
    assert items(things_of(text, "a.txt")) == [("watch", "A Film", ("1:00", "2:00")), ("read", "A Book", None)]


def test_items_that_are_wrapped_without_an_indent() -> None:
    line = "  • Ann Lee, Harbor Foundation for the Advancement of Small and of\nLarge Steps, Senior Director, Programs"
    text = TEXT.replace("  • Ann Lee, Acme Institute, Director", f"{line}\n  • Bo Ray, Acme Institute, Fellow")
    assert people(things_of(text, "a.txt")) == [
        ("Ann Lee", "Senior Director, Programs", "Harbor Foundation for the Advancement of Small and of Large Steps"),
        ("Bo Ray", "Fellow", "Acme Institute"),
    ]


def test_presenters_and_their_second_roles_on_one_line() -> None:
    line = (
        "Presenters: Ann Lee, Director, Acme Institute; Bo Ray, Dean, Beta University; National Faculty, Acme Institute"
    )
    things = things_of(TEXT.replace("Presenters:\n  • Ann Lee, Acme Institute, Director", line), "a.txt")
    assert people(things) == [
        ("Ann Lee", "Director", "Acme Institute"),
        ("Bo Ray", "Dean", "Beta University"),
        ("Bo Ray", "National Faculty", "Acme Institute"),
    ]
