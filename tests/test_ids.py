"""Ids: what DESIGN lets a curator write, and what each other spelling is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligraph.collection.ids import LONGEST, complaint, slugify, thing_of


@pytest.mark.parametrize(
    "local",
    [
        "person/sandra-park",
        "person/sandra-park#role-1",
        "set/hub_leadership.2",
        "post/leadership-2",
        "person/josé-ñandú",
        "topic/équité#a",
        "person/李小龙",
        "topic/Ωμέγα",
        "topic/गणित",
        "clip/1",
        "resource/v1.2",
        "resource/-x",
        "graph/leadership-2.yaml",
        "graph/volumes/two/leadership.yaml",
        "person/" + "x" * (LONGEST - 7),
    ],
)
def test_good_id_is_not_complained_of(local: str) -> None:
    assert complaint(local) is None


@pytest.mark.parametrize(
    ("local", "says"),
    [
        ("", "is empty"),
        ("/person/x", "does not begin with “/”"),
        (".person/x", "does not begin with “.”"),
        ("./person/x", "does not begin with “.”"),
        ("person", "lacks its segment"),
        ("person/", "lacks its segment"),
        ("#role-1", "lacks its segment"),
        ("person/a b", "person/a-b"),
        ("person/a\u00a0b", "no space"),
        ("person/a\tb", "no space"),
        ("person:a", "no colon"),
        ("https://example.org/person/a", "no colon"),
        ("person/a/b", "one, segment/slug"),
        ("person//a", "one, segment/slug"),
        ("person/.a", "“.”"),
        ("person/a?b", "“?”"),
        ("person/a%20b", "“%”"),
        ("person/a<b", "“<”"),
        ("person/a\\b", "“\\”"),
        ("person/a’s", "“’”"),
        ("person/a#", "name of a part"),
        ("person/a#b/c", "name of a part"),
        ("person/a#b#c", "name of a part"),
        ("person/jose\u0301", "NFC"),
        ("person/" + "x" * LONGEST, f"{LONGEST} at most"),
        *((f"person/a.{suffix}", f"end in .{suffix}") for suffix in ("ttl", "html", "jsonld", "nt", "TTL", "Json")),
        *((f"person/a.{suffix}", f"end in .{suffix}") for suffix in ("rdf", "trig", "nq", "bib", "ris", "vtt", "yaml")),
    ],
)
def test_bad_id_is_told_what_is_right(local: str, says: str) -> None:
    assert says in (complaint(local) or "")


@given(st.text())
def test_every_text_is_judged(local: str) -> None:
    assert complaint(local) is None or complaint(local)


@given(st.text())
def test_slug_of_any_title_makes_a_good_id(title: str) -> None:
    assert complaint(f"resource/{slugify(title)}") is None


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Key Elements of Building Leadership", "key-elements-of-building-leadership"),
        ("“Who’s” a Change Agent?", "whos-a-change-agent"),
        ("Équité à l'école", "equite-a-lecole"),
        ("Ωμέγα 2", "ωμέγα-2"),
        ("???", "untitled"),
        ("", "untitled"),
        ("word " * 40, "-".join(["word"] * 16)),
    ],
)
def test_slug(title: str, slug: str) -> None:
    assert slugify(title) == slug


@pytest.mark.parametrize(
    ("iri", "thing"), [("https://e.org/a#b", "https://e.org/a"), ("https://e.org/a", "https://e.org/a")]
)
def test_thing_of_a_part(iri: str, thing: str) -> None:
    assert thing_of(iri) == thing
