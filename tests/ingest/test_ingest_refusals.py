"""What is no post is refused with a word of what was expected, and never with another exception."""

import codecs
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_of import records

from ligraph.collection.ids import complaint
from ligraph.collection.ingest import draft, read_post
from ligraph.errors import PostError

POST = """Series: A Title

Set 1: Größe

Presenters:
  • Ann Lee, Acme Institute, Director
WATCH

A “Film”

What it shows.

Watch Video »
(Watch from 0:00–1:00:00)
"""

REFUSED = {
    "empty": (b"", "a.txt", "is empty"),
    "blank": (b"\xef\xbb\xbf \n\t\n", "a.txt", "has no title|no resources"),
    "spaces": (b" \n\t\n", "a.txt", "is empty"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "a.pdf", "a PDF"),
    "office": (b"PK\x03\x04\x14\x00", "a.docx", "ZIP archive or an office document"),
    "image": (b"\x89PNG\r\n\x1a\n\x00", "a.png", "an image"),
    "nul": (b"Set 1: A\x00B\nWATCH\n", "a.txt", "NUL bytes"),
    "utf-16": (POST.encode("utf-16"), "a.txt", "UTF-16: expected UTF-8"),
    "utf-16 without its mark": (POST.encode("utf-16-le"), "a.txt", "expected UTF-8"),
    "utf-32": (codecs.BOM_UTF32_LE + POST.encode("utf-32-le"), "a.txt", "UTF-32: expected UTF-8"),
    "windows-1252": (POST.encode("cp1252"), "a.txt", "not UTF-8: line 3 has the byte 0xF6"),
    "page in another encoding than it says": (
        b'<html><head><meta charset="utf-8"></head><body>' + POST.encode("cp1252"),
        "a.html",
        "not UTF-8",
    ),
    "read wrongly once": (("“Ä” – " + POST).encode().decode("cp1252", "replace").encode(), "a.txt", "wrong encoding"),
    "large": (b"Set 1: A\n" * 600_000, "a.txt", "5,000,000 at most"),
    "prose": (b"A letter\n\nDear Ann,\n\nwatch this.\n\nYours, Bob\n", "a.txt", "no resources under WATCH"),
    "data": (b'{"set": 1, "watch": []}', "a.json", "no resources under WATCH"),
    "yaml": (b"things:\n- id: set/x\n  name: X\n", "a.yaml", "no resources under WATCH"),
    "actions without sets": (b"Notes\n\nREAD\n\nA book\n\nIt is good.\n", "a.txt", "no headings of sets"),
    "sets without actions": (b"Notes\n\nSet 1: Forks\n\nSet 2: Spoons\n", "a.txt", "no resources under WATCH"),
    "sets without a title": (
        b"Set 1: Forks\n\nREAD\n\nA book\n\nIt is good.\n",
        "a.txt",
        "no title before its first set",
    ),
    "another page": (b"<html><body><h1>Shop</h1><p>Buy</p><nav>WATCH</nav></body></html>", "a.html", "no resources"),
    "page that is not found": (
        b"<html><body><main><h1>Oops! Not found</h1><p>Try a search.</p><h2>Categories</h2>"
        b'<ul><li><a href="/r">Read</a></li><li><a href="/w">Watch</a></li></ul><h2>Archives</h2></main></body></html>',
        "a.html",
        "neither presenters nor links",
    ),
    "another page with headings": (
        b"<html><body><h1>Ten Tips: Hiking</h1><h2>Tip 1: Boots</h2><p>Wear boots.</p><ul><li>Leather</li></ul>"
        b'<h2>Read</h2><ul><li><a href="https://x.example/1">Best boots</a></li></ul><h2>Watch</h2><p>A film</p>',
        "a.html",
        "neither presenters nor links",
    ),
    "syllabus": (
        b"EDUC 501: Improvement\n\nUnit 1: Start\n\nRead:\nA book. Chapter 1.\n\n"
        b"Unit 2: Systems\n\nRead:\nAnother. Chapter 3.\nWatch:\nA film about systems.\n",
        "a.txt",
        "neither presenters nor links",
    ),
    "course": (
        b"# Learn It\n\n## Week 1: Basics\n\n### Read\n\nChapter 1.\n\n## Week 2: More\n\n### Watch\n\nThe film.\n",
        "a.md",
        "neither presenters nor links",
    ),
    "nested page": (b"<div>" * 5000, "a.html", "nested too deeply"),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_refused(case: str) -> None:
    content, name, said = REFUSED[case]
    with pytest.raises(PostError, match=said) as refusal:
        read_post(content, name)
    assert refusal.value.exit_code == 2
    assert refusal.value.hint


def test_declared_encoding_of_a_page_is_honoured() -> None:
    page = f'<html><head><meta charset="windows-1252"></head><body><h1>S: T</h1><pre>{POST}</pre></body></html>'
    assert read_post(page.encode("cp1252"), "a.html").sets[0].name == "Größe"


def test_mark_of_utf_8_is_honoured() -> None:
    assert read_post(codecs.BOM_UTF8 + POST.encode(), "-").title == "Series: A Title"


def test_every_cut_of_a_post_is_read_or_refused() -> None:
    content = POST.encode()
    for end in range(len(content)):
        with suppress(PostError):
            draft(read_post(content[:end], "a.txt"))


@pytest.mark.parametrize("cut", ["WATCH\n", "A “Film”\n"])
def test_a_cut_post_is_told(cut: str) -> None:
    text = POST + "\nREAD\n\nA Book\n\nWhat it says.\n\nRead »\n\n" + POST[POST.index("WATCH") :]
    text = text[: text.rindex(cut) + len(cut)]
    assert {"incomplete", "empty-action"} & {
        decision.kind for decision in draft(read_post(text.encode(), "a.txt")).decisions
    }


PIECES = st.sampled_from(
    [
        *POST.split("\n"),
        *("READ", "ACT", "LISTEN", "EXPLORE", "activity", "Set 2: B", "Set 3", "## Set 4: C", "<h2>Set 5: D</h2>"),
        *("<p>READ</p>", "<li>", "• ", "  • Ann Lee", "(Watch from 1:00)", "(Watch from 99:99–1)", "(", ")", "»"),
        *(
            "https://[",
            "“x” session",
            "Presenter: Ann Lee and Bo Ray, X; Y, Z",
            "---",
            "# T",
            "[a](b) »",
            "yes",
            "- a: b",
        ),
        "These resources were included in the “A” session at the 2021 Summit.",
        "<a href='http://[x'>Watch »</a>",
        *("\u2028", "\x85", "&#0;", "&#x1F;", "😀", "{}", "%", "@", "'", '"', "\t", "\u200b", "\ufffe"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass"))),
    st.sampled_from(["a.txt", "a.html", "a.md", "-"]),
)
def test_any_bytes(content: bytes, name: str) -> None:
    with suppress(PostError):
        draft(read_post(content, name))


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=40), st.sampled_from(["a.txt", "a.html", "a.md", "-"]), st.booleans())
def test_any_pieces_of_posts(pieces: list[str], name: str, whole: bool) -> None:
    content = (POST if whole else "Series: A Title\n\n") + "\n".join(pieces)
    try:
        drafted = draft(read_post(content.encode(), name))
    except PostError:
        return
    assert not [id_ for id_ in records(drafted.text) if complaint(id_)]


@pytest.mark.parametrize("text", ["“A. B” is “C? D” and ", '"A. B" is and, ', "“A,” ", "Ann Lee, ", "1h2m", "("])
def test_much_of_the_same_is_read_in_a_moment(text: str) -> None:
    for place in ("What it shows.", "Set 1: Größe\n", "  • Ann Lee, "):
        content = POST.replace(place, f"{place}\n\n{text * 3000} sessions at the 2021 Summit.")
        with suppress(PostError):
            draft(read_post(content.encode(), "a.txt"))
        content = POST.replace(place, f"{place}{text * 3000}")
        with suppress(PostError):
            draft(read_post(content.encode(), "a.txt"))
