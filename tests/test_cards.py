"""Cards for the pages of others: what stands on them, that they are safe there, and what harvesters read from them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import extruct
import html5lib
import pytest
from markdown_it import MarkdownIt
from pyoxigraph import NamedNode

import ligraph
from ligraph.embedding import embed
from ligraph.errors import Gone, NotAcceptable, NotFound
from ligraph.namespaces import TYPE
from ligraph.stores.documents import read_document
from ligraph.stores.embedded import Release
from ligraph.views.cards import card
from ligraph.views.pages import Pages
from ligraph.views.reader import Reader
from ligraph.views.schema_org import to_schema_org
from ligraph.views.site import site_of
from ligraph.views.words import Words

EVERY_ROW = Path(__file__).parent / "every_row"
BINARY = Path(sys.executable).parent / "ligraph"
BASE = "https://example.org/every-row/"
SET = "set/listening-and-watching"
AWKWARD = '</script><script>alert(1)</script> & "É"'
EXTRA = f"""\
things:
- id: person/éva
  name: '{AWKWARD}'
- id: topic/long
  prefLabel: {{es: largo}}
  definition: |
    One paragraph.

    Another one.
  inScheme: scheme/topics
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("cards") / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    (root / "data" / "extra.yaml").write_text(EXTRA, "utf-8")
    (root / "data" / "removed.yaml").write_text(f"set/gone: removed\nset/old: {SET}\n")
    ligraph.build(root)
    return root


@pytest.fixture(scope="module")
def release(root: Path) -> Release:
    return ligraph.open_release(root)


def pages_of(release: Release, address: str | None = None, root_path: str = "") -> Pages:
    return Pages(site_of(release.manifest, address, root_path), Words(release.context))


def card_of(release: Release, local: str, **site: Any) -> str:
    document = read_document(release.store, release.manifest, local)
    assert document
    return card(document, release.store, release.manifest, pages_of(release, **site)).decode()


def data_of(release: Release, local: str, address: str | None = None) -> bytes:
    document = read_document(release.store, release.manifest, local)
    assert document
    pages = pages_of(release, address)
    return to_schema_org(document, release.manifest, Reader(release.store, pages.site, pages.words, document))


def every_local(release: Release) -> list[str]:
    found = {quad.subject for quad in release.store.quads_for_pattern(None, NamedNode(TYPE), None, None)}
    iris = {subject.value for subject in found if isinstance(subject, NamedNode)}
    return sorted(iri.removeprefix(release.ids) for iri in iris if "#" not in iri)


@cache
def elements_of(html: str) -> list[Any]:
    """Return the elements of a fragment, as a parser that allows no mistake reads them."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(f'<!DOCTYPE html><html lang="en"><head><title>Ours</title></head><body>{html}</body></html>')
    return list(tree.find("body").iter())[1:]


def text_of(html: str) -> str:
    """Return what a reader sees of a card."""
    article = next(element for element in elements_of(html) if element.tag == "article")
    return re.sub(r"\s+", " ", "".join(article.itertext()).replace("\u00a0", " ")).strip()


# ── What a card is made of ──


def test_every_card_is_an_article_and_its_data(release: Release) -> None:
    for local in every_local(release):
        html = card_of(release, local)
        elements = elements_of(html)
        tags = [element.tag for element in elements]
        assert (tags.count("article"), tags.count("script"), tags.count("a")) == (1, 1, 1), local
        assert tags[0] == "article"
        assert tags[-1] == "script"
        assert not set(tags) & {"h1", "style", "link", "meta", "iframe", "img"}
        for element in elements:
            assert not element.attrib.keys() & {"id", "class", "onclick", "src"}, local


def test_the_one_link_is_the_identifier_of_the_thing(release: Release) -> None:
    for local in every_local(release):
        links = [element.get("href") for element in elements_of(card_of(release, local)) if element.tag == "a"]
        assert links == [release.ids + local]


@pytest.mark.parametrize("address", [None, BASE, "https://elsewhere.example/site/"])
def test_the_script_has_the_bytes_of_the_profile(release: Release, address: str | None) -> None:
    for local in every_local(release):
        script = elements_of(card_of(release, local, address=address))[-1]
        assert script.attrib == {"type": "application/ld+json"}
        assert script.text.encode() == data_of(release, local, address)


def test_what_readers_see_of_a_card_does_not_depend_on_where_the_site_is(release: Release) -> None:
    for local in every_local(release):
        elsewhere = card_of(release, local, address="https://elsewhere.example/site/", root_path="/site")
        assert card_of(release, local).partition("<script")[0] == elsewhere.partition("<script")[0]


def test_files_that_are_served_as_they_are_have_no_cards(release: Release) -> None:
    document = read_document(release.store, release.manifest, SET)
    assert document
    with pytest.raises(NotAcceptable):
        card(document, release.store, replace(release.manifest, base=""), pages_of(release))


# ── What it tells ──


@pytest.mark.parametrize(
    ("local", "parts"),
    [
        (
            "resource/a-talk",
            [
                "Resource · watch · talk · 0:30–4:55 · 4 min 25 s",
                "A Talk",
                "Somebody talks.",
                "Ana Díaz: Director, Rows and Columns (Unit for Columns)",
                "In the set Listening and Watching",
                "Every row · source: example.org/blog/every-row · data: CC0 1.0",
            ],
        ),
        (
            "resource/a-handout",
            ["Resource · read", "A Handout", "In the set Listening and Watching", "Ana Díaz: ", "Li Wei: Editor"],
        ),
        (
            SET,
            [
                "Set · 4 resources · 5 min 55 s to watch",
                "Listening and Watching",
                "What to hear and to see.",
                "In First Post",
                "Ana Díaz: Director, Rows and Columns (Unit for Columns); Fellow (Publisher of Rows)",
                "Li Wei: Editor (Publisher of Rows)",
                "Featured at Opening, Conference on Rows, 2 March 2026",
                "Watch: A Talk · 0:30–4:55 · 4 min 25 s",
                "Listen: A Talk · 1 min 30 s",
                "Read: A Handout",
                "Act: An Exercise",
            ],
        ),
        ("clip/a-talk", ["Clip · 0:30–4:55 · 4 min 25 s", "A Talk", "Part of The Whole Talk"]),
        (
            "recording/a-talk",
            ["Video recording · 1 h", "The Whole Talk", "Recorded at Opening", "A Talk · 0:30–4:55 · 4 min 25 s"],
        ),
        (
            "person/ana-diaz",
            [
                "Person",
                "Ana Díaz",
                "Director, Rows and Columns (Unit for Columns, 2019–January 2026)",
                "Fellow (Publisher of Rows)",
                "Listening and Watching, as Director, Rows and Columns (Unit for Columns); Fellow (Publisher of Rows)"
                "; at Opening, 2 March 2026",
                "A Talk, as Director, Rows and Columns (Unit for Columns)",
            ],
        ),
        ("organization/unit", ["Organization", "Unit for Columns", "Part of Publisher of Rows"]),
        ("post/first", ["Post · May 2026", "First Post", "In the series Every Row", "Listening and Watching"]),
        ("series/every-row", ["Series", "Every Row", "A series in which nothing is left out.", "First Post"]),
        ("session/opening", ["Session · 2 March 2026", "Opening", "Part of Conference on Rows"]),
        ("event/conference", ["Event · 2 March 2026", "Conference on Rows"]),
        ("topic/rows", ["Topic", "rows", "What stands side by side."]),
        ("graph/every-row.yaml", ["Source file", "every-row.yaml"]),
    ],
)
def test_a_card_tells_in_order_what_the_sources_say(release: Release, local: str, parts: list[str]) -> None:
    text = text_of(card_of(release, local))
    place = 0
    for part in parts:
        found = text.find(part, place)
        assert found >= 0, f"“{part}” is not in “{text[place:]}”"
        place = found + len(part)


def test_a_resource_in_which_some_speak_does_not_name_the_others(release: Release) -> None:
    assert "Li Wei" not in text_of(card_of(release, "resource/a-talk"))
    assert "Fellow" not in text_of(card_of(release, "resource/a-talk"))


def test_texts_of_another_language_say_so(release: Release) -> None:
    link = next(element for element in elements_of(card_of(release, "topic/long")) if element.tag == "a")
    assert (link.text, link.get("lang")) == ("largo", "es")


# ── On the pages of others ──


def test_a_name_cannot_break_out_of_a_card(release: Release) -> None:
    html = card_of(release, "person/éva")
    assert html.count("<script") == html.count("</script>") == 1
    elements = elements_of(html)
    assert next(element for element in elements if element.tag == "a").text == AWKWARD
    assert json.loads(elements[-1].text)["name"] == AWKWARD


def test_harvesters_read_the_data_from_a_page_of_another_origin(release: Release) -> None:
    chosen = [SET, "person/éva", "resource/a-talk", SET]
    cards = "\n".join(card_of(release, local) for local in chosen)
    page = f"<!doctype html><title>Ours</title><h1>News</h1><p>See this:</p>{cards}<p>And more.</p>"
    found = extruct.extract(page, base_url="https://partner.example/news/1", syntaxes=["json-ld"])["json-ld"]
    assert found == [json.loads(data_of(release, local)) for local in chosen]
    assert found[0]["@id"] == f"{BASE}id/{SET}"


def test_a_card_stays_whole_in_a_page_that_is_written_in_markdown(release: Release) -> None:
    for local in every_local(release):
        html = card_of(release, local)
        assert "\n\n" not in html
        assert html in MarkdownIt("commonmark").render(f"# News\n\n{html}\nAnd *more*.\n")


# ── On the command line ──


def ligraph_embed(*words: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([BINARY, "embed", *map(str, words)], capture_output=True, timeout=60, check=False)


def test_the_command_prints_the_card(root: Path, release: Release) -> None:
    done = ligraph_embed(SET, "-C", root)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == card_of(release, SET)


@pytest.mark.parametrize("name", [f"{BASE}id/{SET}", f"{SET}#item-1", f"{BASE}id/{SET}#appearance-1"])
def test_a_thing_may_be_named_by_its_identifier_or_a_part(root: Path, release: Release, name: str) -> None:
    assert embed(root, name).decode() == card_of(release, SET)


def test_letters_may_be_composed_or_not(root: Path, release: Release) -> None:
    assert embed(root, "person/e\u0301va").decode() == card_of(release, "person/éva")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("set/listening-and-watchin", SET),
        ("resource/listening-and-watching", SET),
        ("person/anadiaz", "person/ana-diaz"),
    ],
)
def test_an_unknown_id_is_told_with_those_nearest(root: Path, name: str, near: str) -> None:
    with pytest.raises(NotFound) as raised:
        embed(root, name)
    assert name in raised.value.message
    assert raised.value.hint
    assert near in raised.value.hint


def test_what_is_no_id_at_all_is_told_so(root: Path) -> None:
    done = ligraph_embed("a <b> c", "-C", root)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"a <b> c" in done.stderr


def test_what_was_removed_or_renamed_is_told_so(root: Path) -> None:
    with pytest.raises(Gone, match=r"set/gone .* removed"):
        embed(root, "set/gone")
    with pytest.raises(Gone, match=f"ligraph embed {SET}"):
        embed(root, "set/old")
    assert ligraph_embed("set/gone", "-C", root).returncode == 2


def test_nothing_is_built(tmp_path: Path) -> None:
    root = tmp_path / "c"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    done = ligraph_embed(SET, "-C", root)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"ligraph build" in done.stderr
    assert not (root / ".ligraph").exists()
