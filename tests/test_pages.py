"""The pages of the real collection, and of made-up things that try to break them."""

from __future__ import annotations

import html
import importlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import orjson
import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

import ligraph
from ligraph.namespaces import DCTERMS, LIG, NAME, ORG, PREF_LABEL, SCHEMA, SKOS, TYPE, XSD
from ligraph.releases.manifest import Manifest
from ligraph.stores.documents import read_document
from ligraph.stores.embedded import Release
from ligraph.views.jsonld import to_json_ld
from ligraph.views.pages import Pages, Site
from ligraph.views.reader import Reader
from ligraph.views.recordings import watched_from
from ligraph.views.schema_org import to_schema_org
from ligraph.views.service import Service
from ligraph.views.values import clock, length, read_address, read_date
from ligraph.views.words import Words

ROOT = Path(__file__).parents[1]
VOID_ELEMENTS = {"br", "img", "input", "link", "meta", "hr"}
NASTY = """</script><b>"quoted" & 'single'</b>"""
ENGLISH = "en"


SERVICE = Service("https://site.example/sparql", True, ("https://other.example/sparql",), ("A query may end.",))


@dataclass
class Page(HTMLParser):
    """What a test asks of a page: its elements, links and text; nesting that is wrong ends it."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice: {attrs}"
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in VOID_ELEMENTS:
            self.open.append(tag)
        if attributes.get("id"):
            self.ids.append(attributes["id"] or "")
        self.links.extend(attributes[name] or "" for name in ("href", "src", "action") if name in attributes)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        (self.scripts if self.open and self.open[-1] == "script" else self.texts).append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.texts).split())


def read(page: bytes) -> Page:
    """Return a page, read."""
    found = Page()
    found.feed(page.decode())
    found.close()
    assert not found.open, f"not closed: {found.open}"
    return found


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    root = tmp_path_factory.mktemp("pages")
    shutil.copytree(ROOT / "data", root / "data")
    shutil.copy(ROOT / "ligraph.toml", root)
    ligraph.build(root)
    return ligraph.open_release(root)


@pytest.fixture(scope="session")
def words() -> Words:
    return Words(orjson.loads((ROOT / "ontology" / "context.jsonld").read_bytes())["@context"])


@pytest.fixture(scope="session")
def site(release: Release) -> Site:
    manifest = release.manifest
    licence = manifest.licence
    return Site(manifest.title, "About it.", "", manifest.base, release.ids, "https://example.org/", ENGLISH, licence)


@pytest.fixture(scope="session")
def pages(site: Site, words: Words) -> Pages:
    return Pages(site, words)


@pytest.fixture(scope="session")
def ontology() -> list[Triple]:
    return [quad.triple for quad in parse(path=ROOT / "ontology" / "ligraph.ttl", format=RdfFormat.TURTLE)]


@pytest.fixture(scope="session")
def every(release: Release, pages: Pages) -> dict[str, bytes]:
    """Every page of a thing, by its id."""
    found = {}
    for local in things(release.store, release.ids):
        document = read_document(release.store, release.manifest, local)
        assert document, local
        found[local] = pages.document(document, release.store, release.manifest)
    return found


def things(store: Store, ids: str) -> list[str]:
    """Return the ids of all things."""
    subjects = {quad.subject for quad in store.quads_for_pattern(None, NamedNode(TYPE), None, None)}
    iris = [subject.value for subject in subjects if isinstance(subject, NamedNode) and "#" not in subject.value]
    return sorted(iri.removeprefix(ids) for iri in iris if iri.startswith(ids))


def node(release: Release, local: str) -> NamedNode:
    return NamedNode(release.ids + local)


@pytest.fixture
def store(release: Release) -> Store:
    """A copy of the collection that a test may add to."""
    copy = Store()
    copy.extend(release.store)
    return copy


def say(store: Store, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> None:
    store.add(Quad(subject, predicate, value, NamedNode("https://example.org/graph")))


def render(pages: Pages, store: Store, manifest: Manifest, local: str) -> bytes:
    document = read_document(store, manifest, local)
    assert document, local
    return pages.document(document, store, manifest)


def every_page(every: dict[str, bytes], pages: Pages, release: Release, ontology: list[Triple]) -> Iterator[bytes]:
    yield from every.values()
    yield pages.home(release.store, release.manifest)
    yield pages.ontology(ontology)
    yield pages.query(SERVICE, "/sparql", "ASK { }", release.manifest)
    yield pages.problem({"type": "x", "title": "No", "status": 404, "detail": NASTY}, [("/doc/set/a", NASTY)])
    yield pages.error_kinds("not-found", "Nothing", 404, "One.\n\nTwo.")


def test_every_thing_has_a_page(every: dict[str, bytes], release: Release) -> None:
    assert len(every) == sum(release.manifest.things.values())
    for local, page in every.items():
        headings = [tag for tag, _ in read(page).elements if tag == "h1"]
        assert headings == ["h1"], local


def test_pages_are_well_formed(every: dict[str, bytes], pages: Pages, release: Release, ontology: list[Triple]) -> None:
    for page in every_page(every, pages, release, ontology):
        found = read(page)
        assert len(found.ids) == len(set(found.ids))
        levels = [int(tag[1]) for tag, _ in found.elements if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_strict_parser_takes_every_page(
    every: dict[str, bytes], pages: Pages, release: Release, ontology: list[Triple]
) -> None:
    try:
        html5lib = importlib.import_module("html5lib")
    except ImportError:
        pytest.skip("html5lib is not installed; nesting is tested above without it")
    for page in every_page(every, pages, release, ontology):
        html5lib.HTMLParser(strict=True).parse(page.decode())


def test_every_part_has_its_anchor(every: dict[str, bytes], release: Release) -> None:
    parts = {
        quad.subject.value
        for quad in release.store.quads_for_pattern(None, NamedNode(TYPE), None, None)
        if isinstance(quad.subject, NamedNode) and "#" in quad.subject.value
    }
    assert parts
    for part in parts:
        whole, _, fragment = part.removeprefix(release.ids).partition("#")
        assert fragment in read(every[whole]).ids, part


def test_links_within_the_site_lead_somewhere(
    every: dict[str, bytes], pages: Pages, release: Release, ontology: list[Triple]
) -> None:
    home, terms = pages.home(release.store, release.manifest), pages.ontology(ontology)
    targets = {f"/doc/{local}": read(page).ids for local, page in every.items()}
    targets |= {f"/embed/{local}.html": [] for local in every}
    targets |= {"/": read(home).ids, "/ns": read(terms).ids}
    targets |= {f"/{name}": [] for name in ("sparql", "queries", "context.jsonld", "dataset", "shapes", "docs")}
    made = {f"/doc/{local}": page for local, page in every.items()} | {"/": home, "/ns": terms}
    for path, page in made.items():
        for link in read(page).links:
            if link.startswith(("http:", "https:", "/static/")):
                continue
            target, _, fragment = unquote(link).partition("#")
            target = (target or path).partition("?")[0]
            for suffix in (".jsonld", ".ttl", ".nt", ".rdf", ".trig", ".nq", ".json"):
                target = target.removesuffix(suffix) if target not in targets else target
            assert target in targets, f"{path} links to {link}"
            assert not fragment or fragment in targets[target], f"{path} links to {link}"


def test_pages_need_neither_script_nor_inline_style(
    every: dict[str, bytes], pages: Pages, release: Release, ontology: list[Triple]
) -> None:
    for page in every_page(every, pages, release, ontology):
        for tag, attributes in read(page).elements:
            assert tag not in ("style", "iframe", "object", "embed", "base")
            assert tag != "script" or attributes == {"type": "application/ld+json"}
            assert not [name for name in attributes if name == "style" or name.startswith("on")]


def test_the_json_ld_of_a_page_is_that_of_the_file(
    every: dict[str, bytes], release: Release, words: Words, site: Site
) -> None:
    for local, page in every.items():
        document = read_document(release.store, release.manifest, local)
        assert document
        expected = [
            to_json_ld(document, words),
            to_schema_org(document, release.manifest, Reader(release.store, site, words, document)),
        ]
        assert [script.encode() for script in read(page).scripts] == expected


def test_the_way_to_a_thing_is_the_same_for_readers_and_search_engines(every: dict[str, bytes]) -> None:
    longest = 0
    for page in every.values():
        trail = re.findall(rb'<nav class="trail".*?</nav>', page, re.DOTALL)[0]
        shown = ElementTree.fromstring(re.sub(rb"<small.*?</small>", b"", trail))
        steps = ["".join(step.itertext()).strip() for step in shown.iter("li")]
        told = json.loads(read(page).scripts[1])["mainEntityOfPage"]["breadcrumb"]["itemListElement"]
        assert [place["position"] for place in told] == list(range(1, len(steps) + 1))
        assert [place["name"] for place in told] == steps
        longest = max(longest, len(steps))
    assert longest > 4


def test_nothing_of_a_document_is_lost(every: dict[str, bytes], release: Release, site: Site) -> None:
    for local, page in every.items():
        found = read(page)
        document = read_document(release.store, release.manifest, local)
        assert document
        for triple in document.triples:
            subject, term = triple.subject, triple.object
            assert isinstance(subject, NamedNode)
            if subject.value.partition("#")[0] != document.about.value or triple.predicate.value == TYPE:
                continue
            if isinstance(term, Literal) and term.language:
                assert " ".join(term.value.split()) in found.text, triple
            elif isinstance(term, NamedNode) and term.value.startswith(document.about.value + "#"):
                assert term.value.partition("#")[2] in found.ids, triple
            elif isinstance(term, NamedNode) and "#role" in term.value:
                names = document.objects(term, SCHEMA + "roleName")
                assert all(isinstance(name, Literal) and name.value in found.text for name in names), triple
            elif isinstance(term, NamedNode) and term.value.startswith(release.ids) and term != document.about:
                assert site.href(term.value) in found.links, triple


def test_a_property_that_no_layout_knows_is_among_more_facts(store: Store, pages: Pages, release: Release) -> None:
    person = node(release, "person/sandra-park")
    say(store, person, NamedNode("https://example.org/ns#favouriteTool"), Literal("A fishbone"))
    say(store, person, NamedNode(SCHEMA + "award"), Literal("A prize", language="en"))
    text = read(render(pages, store, release.manifest, "person/sandra-park")).text
    assert "More facts" in text
    assert "Favourite tool A fishbone" in text
    assert "Award A prize" in text


def test_a_thing_of_an_unknown_class_has_a_page_with_its_parts(store: Store, pages: Pages, release: Release) -> None:
    gadget, part = node(release, "gadget/größe"), node(release, "gadget/größe#part-1")
    say(store, gadget, NamedNode(TYPE), NamedNode("https://example.org/ns#GreatGadget"))
    say(store, gadget, NamedNode(NAME), Literal("Size", language="en"))
    say(store, gadget, NamedNode(SCHEMA + "hasPart"), part)
    say(store, part, NamedNode(SCHEMA + "weight"), Literal("12", datatype=NamedNode(XSD + "integer")))
    page = read(render(pages, store, release.manifest, "gadget/größe"))
    assert "part-1" in page.ids
    assert "Weight 12" in page.text
    assert "Great gadget" in page.text
    assert "/doc/gadget/gr%C3%B6%C3%9Fe.jsonld" in page.links


def test_a_page_does_without_json_ld_where_that_cannot_say_it(store: Store, pages: Pages, release: Release) -> None:
    person = node(release, "person/sandra-park")
    assert len(read(render(pages, store, release.manifest, "person/sandra-park")).scripts) == 2
    say(store, person, NamedNode("http://purl.org/dc/terms/relation"), NamedNode("org:other"))
    page = render(pages, store, release.manifest, "person/sandra-park")
    assert b"Sandra Park" in page
    (script,) = read(page).scripts
    assert orjson.loads(script)["@context"] == "https://schema.org"


def test_names_that_look_like_markup_are_text(store: Store, pages: Pages, release: Release) -> None:
    resource = "resource/lead-by-learning-playbook"
    for local, predicate in [
        (resource, NAME),
        (resource, SCHEMA + "description"),
        ("topic/adult-learning", PREF_LABEL),
        ("set/supporting-adult-learning", NAME),
        ("person/nina-portugal", NAME),
        ("person/nina-portugal#role-1", SCHEMA + "roleName"),
    ]:
        for quad in list(store.quads_for_pattern(node(release, local), NamedNode(predicate), None, None)):
            store.remove(quad)
        say(store, node(release, local), NamedNode(predicate), Literal(NASTY, language="en"))
    for local in (resource, "topic/adult-learning", "set/supporting-adult-learning", "person/nina-portugal"):
        page = render(pages, store, release.manifest, local)
        found = read(page)
        assert NASTY in found.text, local
        assert "b" not in {tag for tag, _ in found.elements}, local
        assert page.count(b"</script>") == 2, local
    home = pages.home(store, release.manifest)
    assert b"</script>" not in home
    assert html.escape(NASTY, quote=False).encode()[:20] in home


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"])
def test_only_web_and_mail_addresses_are_links(store: Store, pages: Pages, release: Release, address: str) -> None:
    for local in ("resource/lead-by-learning-playbook", "recording/developing-hub-capability", "person/sandra-park"):
        for predicate in ("url", "sameAs", "contentUrl", "license", "award"):
            say(store, node(release, local), NamedNode(SCHEMA + predicate), NamedNode(address))
        found = read(render(pages, store, release.manifest, local))
        assert not [link for link in found.links if link.startswith(address[:8])]
        assert address.rpartition(":")[2].lstrip("/") in found.text


def test_a_clip_says_exactly_from_when_to_when(every: dict[str, bytes]) -> None:
    for local in (
        "resource/key-elements-of-building-leadership",
        "clip/key-elements-of-building-leadership",
        "recording/key-elements-of-building-leadership",
        "set/building-leadership-capacity",
    ):
        text = read(every[local]).text
        assert "36:28–40:53" in text, local
        assert "4 min 25 s" in text, local
    assert "36:55–1:00:00" in read(every["topic/leadership"]).text


def test_a_resource_without_an_address_says_so(every: dict[str, bytes], store: Store, release: Release) -> None:
    assert "gives no address" in read(every["resource/lead-by-learning-playbook"]).text


def test_a_clip_is_watched_from_its_beginning(store: Store, pages: Pages, release: Release) -> None:
    recording = node(release, "recording/key-elements-of-building-leadership")
    say(store, recording, NamedNode(SCHEMA + "url"), NamedNode("https://www.youtube.com/watch?v=abc"))
    page = read(render(pages, store, release.manifest, "resource/key-elements-of-building-leadership"))
    assert "https://www.youtube.com/watch?v=abc&t=2188s" in page.links
    assert "gives no address" not in page.text


@pytest.mark.parametrize(
    ("address", "start", "expected"),
    [
        ("https://youtu.be/abc", 65, "https://youtu.be/abc?t=65s"),
        ("https://vimeo.com/1", 65, "https://vimeo.com/1#t=65s"),
        ("https://youtube.com.example.org/1", 65, "https://youtube.com.example.org/1"),
        ("https://youtu.be/abc?t=3", 65, "https://youtu.be/abc?t=3"),
        ("https://youtu.be/abc", 0, "https://youtu.be/abc"),
    ],
)
def test_the_moment_in_an_address(address: str, start: int, expected: str) -> None:
    assert watched_from(address, start) == expected


def test_a_topic_adds_up_what_there_is_to_watch(every: dict[str, bytes]) -> None:
    text = read(every["topic/leadership"]).text
    assert "29 min 50 s to watch, and 1 recording of unknown length" in text


def test_a_person_is_shown_in_every_role(every: dict[str, bytes]) -> None:
    text = read(every["person/sandra-park"]).text
    assert "Co-Founder and Improvement Specialist" in text
    assert "National Faculty" in text
    assert "Hub Leadership" in text
    assert "2021" in text


def test_a_role_says_since_when(store: Store, pages: Pages, release: Release) -> None:
    role = node(release, "person/sandra-park#role-2")
    month = Literal("2019-05", datatype=NamedNode(XSD + "gYearMonth"))
    say(store, role, NamedNode(SCHEMA + "startDate"), month)
    for local in ("person/sandra-park", "set/hub-leadership", "organization/carnegie-foundation"):
        assert "since May 2019" in read(render(pages, store, release.manifest, local)).text, local


def test_long_lists_are_cut_and_say_so(store: Store, pages: Pages, release: Release) -> None:
    topic = node(release, "topic/data")
    for number in range(900):
        resource = node(release, f"resource/many-{number}")
        say(store, resource, NamedNode(TYPE), NamedNode(LIG + "Resource"))
        say(store, resource, NamedNode(SCHEMA + "about"), topic)
    found = len(list(store.quads_for_pattern(None, NamedNode(SCHEMA + "about"), topic, None)))
    assert f"and {found - 200} more" in read(render(pages, store, release.manifest, "topic/data")).text


def test_a_list_that_is_cut_begins_with_the_first_by_name(store: Store, pages: Pages, release: Release) -> None:
    topic = node(release, "topic/data")
    for number in reversed(range(400)):
        resource = node(release, f"resource/many-{number}")
        say(store, resource, NamedNode(TYPE), NamedNode(LIG + "Resource"))
        say(store, resource, NamedNode(NAME), Literal(f"A{number:03}", language="en"))
        say(store, resource, NamedNode(SCHEMA + "about"), topic)
    links = read(render(pages, store, release.manifest, "topic/data")).links
    listed = [link.rpartition("-")[2] for link in links if "/doc/resource/many-" in link]
    assert listed == [str(number) for number in range(200)]


def test_topics_that_go_in_a_circle_still_have_pages(store: Store, pages: Pages, release: Release) -> None:
    one, other = node(release, "topic/leadership"), node(release, "topic/change-agents")
    say(store, one, NamedNode(SKOS + "broader"), other)
    for local in ("topic/leadership", "topic/change-agents", "scheme/topics"):
        assert "Change agents" in read(render(pages, store, release.manifest, local)).text
    assert "Change agents" in read(pages.home(store, release.manifest)).text


def test_other_languages_are_named(store: Store, site: Site, words: Words, release: Release) -> None:
    topic = node(release, "topic/leadership")
    say(store, topic, NamedNode(PREF_LABEL), Literal("Liderazgo", language="es"))
    page = render(Pages(site, words), store, release.manifest, "topic/leadership")
    assert b'<h1 dir="auto">Leadership</h1>' in page
    assert b'lang="es" dir="auto">Liderazgo</span> <small class="language">es</small>' in page
    spanish = render(Pages(replace(site, language="es"), words), store, release.manifest, "topic/leadership")
    assert b'<h1 dir="auto">Liderazgo</h1>' in spanish
    assert b'<html lang="es">' in spanish


def test_links_begin_with_the_proxy_prefix(site: Site, words: Words, release: Release, ontology: list[Triple]) -> None:
    pages = Pages(replace(site, root_path="/data", address=None), words)
    made = [render(pages, release.store, release.manifest, "set/hub-leadership")]
    made += [
        pages.home(release.store, release.manifest),
        pages.ontology(ontology),
        pages.query(SERVICE, "/data/sparql", "ASK {}", release.manifest),
    ]
    for page in made:
        assert b'rel="canonical"' not in page
        assert all(link.startswith(("/data/", "http", "#")) for link in read(page).links)


def test_the_head_names_the_other_formats(every: dict[str, bytes]) -> None:
    links = [attributes for tag, attributes in read(every["set/hub-leadership"]).elements if tag == "link"]
    assert {"rel": "canonical", "href": "https://example.org/doc/set/hub-leadership"} in links
    alternates = {link["type"]: link["href"] for link in links if link["rel"] == "alternate"}
    assert alternates.pop("application/ld+json") == "/doc/set/hub-leadership.jsonld?_profile=schema"
    assert "/doc/set/hub-leadership.jsonld" in {link["href"] for link in links}
    assert alternates == {
        "text/turtle": "/doc/set/hub-leadership.ttl",
        "application/n-triples": "/doc/set/hub-leadership.nt",
        "application/rdf+xml": "/doc/set/hub-leadership.rdf",
        "application/trig": "/doc/set/hub-leadership.trig",
        "application/n-quads": "/doc/set/hub-leadership.nq",
        "application/json": "/doc/set/hub-leadership.json",
    }


def test_the_first_page_leads_to_everybody(every: dict[str, bytes], pages: Pages, release: Release) -> None:
    links = read(pages.home(release.store, release.manifest)).links
    for local in every:
        if local.startswith(("person/", "organization/", "topic/", "set/", "resource/", "post/", "series/", "event/")):
            assert f"/doc/{local}" in links


def test_the_page_of_the_ontology_has_every_term(pages: Pages, ontology: list[Triple]) -> None:
    page = read(pages.ontology(ontology))
    own = {t.subject.value for t in ontology if isinstance(t.subject, NamedNode) and t.subject.value.startswith(LIG)}
    assert own
    assert {iri.removeprefix(LIG) for iri in own} <= set(page.ids)
    assert "schema-Organization" in page.ids
    assert "org-Organization" in page.ids
    assert page.ids.index("Session") < page.ids.index("schema-Clip")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021", "2021"),
        ("2021-05", "May 2021"),
        ("2021-05-06", "6 May 2021"),
        ("2021-05-06T07:08:09Z", "6 May 2021, 07:08 UTC"),
        ("2021-05-06T07:08:09+02:00", "6 May 2021, 07:08 +02:00"),
        ("2021-13", "2021-13"),
        ("about 2021", "about 2021"),
    ],
)
def test_dates_are_as_precise_as_they_are_known(text: str, expected: str) -> None:
    assert read_date(text).text == expected


@pytest.mark.parametrize(
    ("seconds", "words", "machine"),
    [
        (0, "0 s", "PT0S"),
        (42, "42 s", "PT42S"),
        (265, "4 min 25 s", "PT4M25S"),
        (3600, "1 h", "PT1H"),
        (3605, "1 h 5 s", "PT1H5S"),
        (5460, "1 h 31 min", "PT1H31M"),
    ],
)
def test_lengths_are_exact(seconds: int, words: str, machine: str) -> None:
    value = length(seconds)
    assert value.text.replace("\u00a0", " ") == words
    assert value.machine == machine


def test_moments_are_written_as_players_do() -> None:
    assert [clock(seconds) for seconds in (0, 112, 2188, 3600, 36_061)] == [
        "0:00",
        "1:52",
        "36:28",
        "1:00:00",
        "10:01:01",
    ]


def test_licences_are_called_by_their_names(site: Site) -> None:
    assert read_address("https://creativecommons.org/publicdomain/zero/1.0/", site).text == "CC0 1.0"
    assert read_address("https://creativecommons.org/licenses/by-sa/4.0/", site).text == "CC BY-SA 4.0"
    assert read_address(DCTERMS + "title", site).text == "Title"
    assert read_address(ORG + "Role", site).external
