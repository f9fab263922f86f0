"""The document of a thing in the words of schema.org, and the golden files of both profiles.

`tests/golden/{class}.{native,schema}.jsonld` show a document of each class as it must be. They were read against
`tests/every_row/data`. After a change that is meant, `python tests/test_schema_org.py` writes them; read the diff.
"""

from __future__ import annotations

import difflib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rdflib
from pyld import jsonld
from pyoxigraph import NamedNode, RdfFormat, Store
from rdflib import SDO

import ligraph
from ligraph.errors import NotAcceptable
from ligraph.namespaces import LIG, ORG, SCHEMA, SCHEMA_HTTPS, SKOS, TYPE, VOID
from ligraph.releases.manifest import Manifest
from ligraph.stores.documents import Document, read_document
from ligraph.stores.embedded import Release
from ligraph.views.jsonld import to_tree
from ligraph.views.kinds import KINDS
from ligraph.views.reader import Reader
from ligraph.views.schema_org import to_schema_org
from ligraph.views.site import site_of
from ligraph.views.words import Words

ROOT = Path(__file__).parents[1]
EVERY_ROW = Path(__file__).parent / "every_row"
GOLDEN = Path(__file__).parent / "golden"
BASE = "https://example.org/every-row/"
SITE = "https://rows.example/site/"
PREFIXES = """
@base <https://example.org/every-row/id/> .
@prefix lig: <https://w3id.org/ligraph/ns#> .
@prefix schema: <http://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

THINGS = {
    SCHEMA + "CreativeWorkSeries": "series/every-row",
    SCHEMA + "BlogPosting": "post/first",
    LIG + "ResourceSet": "set/listening-and-watching",
    LIG + "Resource": "resource/a-talk",
    SCHEMA + "Clip": "clip/a-talk",
    SCHEMA + "VideoObject": "recording/a-talk",
    SCHEMA + "AudioObject": "recording/another-talk",
    LIG + "Session": "session/opening",
    SCHEMA + "EventSeries": "event/webinars",
    SCHEMA + "Event": "event/conference",
    SCHEMA + "Person": "person/ana-diaz",
    SCHEMA + "Project": "initiative/rows-for-all",
    ORG + "Organization": "organization/publisher",
    SKOS + "Concept": "topic/rows",
    SKOS + "ConceptScheme": "scheme/topics",
    VOID + "Dataset": "graph/every-row.yaml",
}
"""One thing of each class of the model that has a document."""

PARTS = {ORG + "Membership", LIG + "Appearance", SCHEMA + "ListItem"}
"""The classes whose members are told of in the document of another thing."""

PROFILES = ("native", "schema")


def build_every_row(folder: Path) -> Release:
    """Return a release of the collection in which every class occurs."""
    root = folder / "every-row"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    ligraph.build(root)
    return ligraph.open_release(root)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return build_every_row(tmp_path_factory.mktemp("golden"))


def document_of(release: Release, local: str) -> Document:
    document = read_document(release.store, release.manifest, local)
    assert document, local
    return document


def schema_of(release: Release, local: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(written(document_of(release, local), release))
    return found


def written(
    document: Document,
    release: Release,
    *,
    store: Store | None = None,
    manifest: Manifest | None = None,
    site: str | None = SITE,
) -> bytes:
    manifest = manifest or release.manifest
    reader = Reader(store or release.store, site_of(manifest, site, ""), Words(release.context), document)
    return to_schema_org(document, manifest, reader)


def store_of(turtle: str) -> Store:
    store = Store()
    store.load((PREFIXES + turtle).encode(), RdfFormat.TURTLE, to_graph=NamedNode(f"{BASE}id/graph/few.ttl"))
    return store


def translate(release: Release, turtle: str, local: str, site: str | None = SITE, **changed: Any) -> dict[str, Any]:
    """Return what is told of a thing by a few statements alone."""
    store = store_of(turtle)
    manifest = replace(release.manifest, **changed)
    document = read_document(store, manifest, local)
    assert document
    found: dict[str, Any] = json.loads(written(document, release, store=store, manifest=manifest, site=site))
    return found


def nodes_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a JSON value."""
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes_in(one)


def every_local(release: Release) -> list[str]:
    found = {quad.subject for quad in release.store.quads_for_pattern(None, NamedNode(TYPE), None, None)}
    return sorted(
        subject.value.removeprefix(release.ids)
        for subject in found
        if isinstance(subject, NamedNode) and "#" not in subject.value
    )


# ── Golden files ──


def local_name(iri: str) -> str:
    return re.split(r"[/#]", iri)[-1]


def draw(release: Release, class_: str, profile: str) -> str:
    """Return what a golden file holds: a document that people can read, without what differs between builds."""
    document = document_of(release, THINGS[class_])
    tree = schema_of(release, THINGS[class_]) if profile == "schema" else to_tree(document, Words(release.context))
    text = json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
    return text.replace(release.manifest.id, "RELEASE").replace(release.manifest.created, "TIME")


def golden_file(class_: str, profile: str) -> Path:
    return GOLDEN / f"{local_name(class_)}.{profile}.jsonld"


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("class_", THINGS, ids=local_name)
def test_documents_are_as_the_golden_files_show(release: Release, class_: str, profile: str) -> None:
    path, now = golden_file(class_, profile), draw(release, class_, profile)
    before = path.read_text("utf-8")
    diff = "".join(difflib.unified_diff(before.splitlines(True), now.splitlines(True), path.name, "now"))
    assert before == now, f"{path.relative_to(ROOT)} differs. If that is meant: python {Path(__file__).name}\n{diff}"


def test_each_class_has_golden_files_and_nothing_else_has() -> None:
    classes = {local_name(kind.iri) for kind in KINDS if kind.iri not in PARTS}
    assert {local_name(class_) for class_ in THINGS} == classes
    expected = {golden_file(class_, profile).name for class_ in THINGS for profile in PROFILES}
    assert {path.name for path in GOLDEN.iterdir()} == expected


@pytest.mark.parametrize("class_", THINGS, ids=local_name)
def test_golden_files_are_of_their_class(release: Release, class_: str) -> None:
    document = document_of(release, THINGS[class_])
    assert NamedNode(class_) in document.objects(document.about, TYPE)


# ── Read by a JSON-LD processor ──


def load_schema_org(url: str, _options: Any) -> dict[str, Any]:
    """Answer for schema.org, whose context says of nearly every word that it is one of its vocabulary."""
    assert url == "https://schema.org", url
    return {
        "contextUrl": None,
        "documentUrl": url,
        "contentType": "application/ld+json",
        "document": {"@context": {"@vocab": SCHEMA}},
    }


def read_by_pyld(document: dict[str, Any]) -> rdflib.Graph:
    quads = jsonld.to_rdf(document, {"documentLoader": load_schema_org, "format": "application/n-quads"})
    return rdflib.Graph().parse(data=quads, format="nt")


def iri(local: str) -> rdflib.URIRef:
    return rdflib.URIRef(f"{BASE}id/{local}")


S = rdflib.Namespace(SCHEMA)


def test_every_word_is_one_of_schema_org(release: Release) -> None:
    for local in every_local(release):
        for _, predicate, value in read_by_pyld(schema_of(release, local)):
            word = value if predicate == rdflib.RDF.type else predicate
            assert rdflib.URIRef(SCHEMA_HTTPS + str(word).removeprefix(SCHEMA)) in SDO, f"{local}: {word}"


def test_a_word_that_schema_org_lacks_would_be_seen() -> None:
    assert SDO.workFeatured in SDO
    assert rdflib.URIRef(SCHEMA_HTTPS + "featuredAt") not in SDO


def test_a_set_is_read_with_its_items_and_presenters(release: Release) -> None:
    graph = read_by_pyld(schema_of(release, "set/listening-and-watching"))
    set_ = iri("set/listening-and-watching")
    places = {(str(graph.value(place, S["position"])), place) for place in graph.objects(set_, S.itemListElement)}
    assert places == {(str(n), iri(f"set/listening-and-watching#item-{n}")) for n in (1, 2, 3, 4)}
    assert graph.value(iri("set/listening-and-watching#item-3"), S["item"]) == iri("resource/a-handout")
    found = {
        (str(graph.value(role, S.roleName)), graph.value(role, S.contributor))
        for role in graph.objects(set_, S.contributor)
        if (role, rdflib.RDF.type, S.Role) in graph
    }
    ana, li = iri("person/ana-diaz"), iri("person/li-wei")
    assert found == {("Director, Rows and Columns", ana), ("Fellow", ana), ("Editor", li)}
    assert set(graph.objects(ana, S.affiliation)) == {iri("organization/unit"), iri("organization/publisher")}
    assert set(graph.subjects(S.workFeatured, set_)) == {iri("session/opening"), iri("event/webinars")}


def test_a_person_is_read_as_the_contributor_of_what_was_presented(release: Release) -> None:
    graph = read_by_pyld(schema_of(release, "person/ana-diaz"))
    ana = iri("person/ana-diaz")
    works = {work for work in graph.subjects(S.contributor, ana) if isinstance(work, rdflib.URIRef)}
    assert works == {iri("set/listening-and-watching"), iri("resource/a-talk")}
    role = iri("person/ana-diaz#role-1")
    assert (ana, S.memberOf, role) in graph
    assert (role, rdflib.RDF.type, S.OrganizationRole) in graph
    assert (role, S.memberOf, iri("organization/unit")) in graph
    assert {str(graph.value(role, S[name])) for name in ("roleName", "startDate", "endDate")} == {
        "Director, Rows and Columns",
        "2019",
        "2026-01",
    }


@pytest.mark.parametrize("local", THINGS.values())
def test_identifiers_are_absolute_and_below_the_base(release: Release, local: str) -> None:
    tree = schema_of(release, local)
    assert tree["@context"] == "https://schema.org"
    assert tree["@id"] == f"{BASE}id/{local}"
    assert tree["mainEntityOfPage"]["@id"] == f"{BASE}doc/{local}"
    for node in nodes_in(tree):
        assert node.get("@id", BASE).startswith(BASE)
        assert None not in node.values()
        assert [] not in node.values()


# ── Bytes ──


def test_a_document_is_one_line_that_can_stand_in_a_page(release: Release) -> None:
    turtle = '<person/x> a schema:Person ; schema:name "</script><script>alert(1)</script>"@en .'
    store = store_of(turtle)
    document = read_document(store, release.manifest, "person/x")
    assert document
    line = written(document, release, store=store)
    assert b"<" not in line
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(line)["name"] == "</script><script>alert(1)</script>"


@pytest.mark.parametrize("local", THINGS.values())
def test_the_order_of_statements_changes_no_byte(release: Release, local: str) -> None:
    document = document_of(release, local)
    turned = {
        subject: {predicate: values[::-1] for predicate, values in reversed(said.items())}
        for subject, said in document.properties.items()
    }
    assert written(replace(document, properties=turned), release) == written(document, release)


def test_files_that_are_served_as_they_are_have_no_such_profile(release: Release) -> None:
    with pytest.raises(NotAcceptable):
        written(document_of(release, "post/first"), release, manifest=replace(release.manifest, base=""))


# ── What Google requires ──

VIDEO = '<recording/x> a schema:VideoObject ; schema:name "X"@en ; schema:contentUrl <https://example.org/x.mp4>'
THUMBNAIL = "; schema:thumbnailUrl <https://example.org/x.jpg>"
UPLOADED = '; schema:uploadDate "2026-05-06"^^xsd:date'
WHOLE_VIDEO = VIDEO + THUMBNAIL + UPLOADED
CLIP = '<clip/x> a schema:Clip ; schema:name "X"@en ; schema:endOffset 60'
CONFERENCE = '<event/x> a schema:Event ; schema:name "X"@en'
STARTS = '; schema:startDate "2026-03-02"^^xsd:date'
ONLINE = "; schema:eventAttendanceMode schema:OnlineEventAttendanceMode"
MIXED = "; schema:eventAttendanceMode schema:MixedEventAttendanceMode"
PLACE = '; schema:location <event/x#place> . <event/x#place> a schema:Place ; schema:name "Hall"@en'
FILE = "<graph/x.yaml> a void:Dataset"


@pytest.mark.parametrize(
    ("turtle", "class_"),
    [
        (WHOLE_VIDEO, "VideoObject"),
        (VIDEO + THUMBNAIL, "CreativeWork"),
        (VIDEO + UPLOADED, "CreativeWork"),
        (VIDEO + THUMBNAIL + '; schema:uploadDate "2026-05-06T09:30:00+02:00"^^xsd:dateTime', "VideoObject"),
        (VIDEO + THUMBNAIL + '; schema:uploadDate "2026-05"^^xsd:gYearMonth', "CreativeWork"),
        (VIDEO + THUMBNAIL + '; schema:uploadDate "2026"^^xsd:gYear', "CreativeWork"),
        (WHOLE_VIDEO + ', "2025"^^xsd:gYear', "CreativeWork"),
        (VIDEO.replace("Video", "Audio"), "AudioObject"),
        (CLIP + "; schema:isPartOf <recording/x> ; schema:startOffset 0", "CreativeWork"),
        (CONFERENCE + STARTS + PLACE + '; schema:address "Madrid"@en', "Event"),
        (CONFERENCE + PLACE + '; schema:address "Madrid"@en', "Thing"),
        (CONFERENCE + STARTS + PLACE, "Thing"),
        (CONFERENCE + STARTS, "Thing"),
        (CONFERENCE + '; schema:startDate "2026"^^xsd:gYear' + PLACE + '; schema:address "Madrid"@en', "Thing"),
        (CONFERENCE + STARTS + ONLINE + PLACE + '; schema:address "Madrid"@en', "Thing"),
        (CONFERENCE + STARTS + ONLINE.replace("On", "Off") + PLACE + '; schema:address "Madrid"@en', "Event"),
        (CONFERENCE + STARTS + MIXED + PLACE + '; schema:address "Madrid"@en', "Event"),
        (CONFERENCE.replace("Event", "EventSeries"), "Thing"),
        (FILE + f'; schema:name "X"@en ; schema:description "{"x" * 50}"@en', "Dataset"),
        (FILE + f'; schema:name "X"@en ; schema:description "{"x" * 5000}"@es', "Dataset"),
        (FILE + f'; schema:name "X"@en ; schema:description "{"x" * 49}"@en', "CreativeWork"),
        (FILE + f'; schema:name "X"@en ; schema:description "{"x" * 5001}"@en', "CreativeWork"),
        (FILE + f'; schema:name "X"@en ; schema:description "{"x" * 50}"@en, "x"@es', "CreativeWork"),
    ],
)
def test_a_class_whose_required_properties_are_unknown_is_one_that_demands_none(
    release: Release, turtle: str, class_: str
) -> None:
    tree = translate(release, turtle + " .", re.split("[<>]", turtle)[1])
    assert tree["@type"] == class_


def test_the_facts_stay_where_the_class_does_not(release: Release) -> None:
    tree = translate(release, VIDEO + UPLOADED + '; schema:duration "PT1H"^^xsd:duration .', "recording/x")
    assert tree["@type"] == "CreativeWork"
    assert (tree["name"], tree["duration"], tree["uploadDate"]) == ("X", "PT1H", "2026-05-06")
    assert tree["contentUrl"] == "https://example.org/x.mp4"
    event = translate(release, CONFERENCE + STARTS + " .", "event/x")
    assert (event["@type"], event["startDate"]) == ("Thing", "2026-03-02")


@pytest.mark.parametrize("word", ["contentUrl", "embedUrl"])
def test_the_page_to_watch_is_neither_the_bytes_nor_the_player(release: Release, word: str) -> None:
    turtle = f"<recording/x> a schema:VideoObject ; schema:url <https://a.example/x> ; schema:{word} "
    page = translate(release, turtle + "<https://a.example/x> .", "recording/x")
    assert (page["url"], word in page) == ("https://a.example/x", False)
    other = translate(release, turtle + "<https://a.example/x>, <https://a.example/y> .", "recording/x")
    assert (other["url"], other[word]) == ("https://a.example/x", "https://a.example/y")


def test_a_clip_leads_to_the_moment_on_the_page_of_its_recording(release: Release) -> None:
    turtle = CLIP + "; schema:isPartOf <recording/x> ; schema:startOffset 36 ."
    clip = translate(release, turtle, "clip/x")
    assert clip["url"] == f"{SITE}doc/recording/x?t=36"
    assert (clip["startOffset"], clip["endOffset"]) == (36, 60)


def test_a_clip_is_on_the_page_whose_address_is_canonical(release: Release) -> None:
    turtle = f"{WHOLE_VIDEO} ; schema:hasPart <clip/x> . {CLIP} ; schema:isPartOf <recording/x> ; schema:startOffset 36"
    found = translate(release, turtle.replace("recording/x", "recording/é") + " .", "recording/é")["hasPart"]
    assert (found["@type"], found["url"]) == ("Clip", f"{SITE}doc/recording/%C3%A9?t=36")
    assert found["@id"] == f"{BASE}id/clip/x"


def test_where_the_page_is_not_known_there_are_no_clips_and_addresses_are_on_the_base(release: Release) -> None:
    turtle = f"{WHOLE_VIDEO} ; schema:hasPart <clip/x> . {CLIP} ; schema:isPartOf <recording/x> ; schema:startOffset 36"
    tree = translate(release, turtle + " .", "recording/x", site=None)
    assert (tree["@type"], tree["hasPart"]["@type"]) == ("VideoObject", "CreativeWork")
    assert tree["hasPart"]["url"] == f"{BASE}doc/recording/x?t=36"
    places = tree["mainEntityOfPage"]["breadcrumb"]["itemListElement"]
    assert [place["item"] for place in places] == [BASE, f"{BASE}doc/recording/x"]


def parts_of(release: Release, recording: str, *clips: str) -> list[dict[str, Any]]:
    """Return the parts of recording/x as its document tells of them; each clip by what is said of it."""
    turtle = recording + " . "
    for number, said in enumerate(clips):
        turtle += f"<recording/x> schema:hasPart <clip/{number}> . "
        turtle += f"<clip/{number}> a schema:Clip ; schema:isPartOf <recording/x> ; {said} . "
    return as_list(translate(release, turtle, "recording/x")["hasPart"])


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def from_to(start: int, end: int, name: str = "N") -> str:
    return f'schema:name "{name}"@en ; schema:startOffset {start} ; schema:endOffset {end}'


@pytest.mark.parametrize(
    ("recording", "clip", "class_"),
    [
        (WHOLE_VIDEO, from_to(10, 40), "Clip"),
        (WHOLE_VIDEO, 'schema:name "N"@en ; schema:startOffset 40', "Clip"),
        (WHOLE_VIDEO, "schema:startOffset 10 ; schema:endOffset 40", "CreativeWork"),
        (WHOLE_VIDEO, 'schema:name "N"@en ; schema:endOffset 40', "CreativeWork"),
        (WHOLE_VIDEO, from_to(10, 40) + "; schema:startOffset 20", "CreativeWork"),
        (WHOLE_VIDEO, from_to(10, 40) + "; schema:url <https://elsewhere.example/x>", "CreativeWork"),
        (VIDEO + THUMBNAIL, from_to(10, 40), "CreativeWork"),
        (VIDEO + UPLOADED, from_to(10, 40), "CreativeWork"),
        (WHOLE_VIDEO.replace("Video", "Audio"), from_to(10, 40), "CreativeWork"),
        (WHOLE_VIDEO + "; lig:seconds 30", from_to(10, 20), "Clip"),
        (WHOLE_VIDEO + "; lig:seconds 29", from_to(10, 20), "CreativeWork"),
        (WHOLE_VIDEO, from_to(10, 30), "Clip"),
        (WHOLE_VIDEO, from_to(10, 29), "CreativeWork"),
        (WHOLE_VIDEO + "; lig:seconds 90", from_to(40, 10), "CreativeWork"),
    ],
)
def test_a_clip_is_a_part_of_a_video_of_thirty_seconds(
    release: Release, recording: str, clip: str, class_: str
) -> None:
    [part] = parts_of(release, recording, clip)
    assert part["@type"] == class_


def test_a_clip_that_is_written_out_elsewhere_is_none(release: Release) -> None:
    turtle = f"{WHOLE_VIDEO} ; schema:associatedMedia <recording/x#c> ; schema:hasPart <recording/x#c> ."
    turtle += f" <recording/x#c> a schema:Clip ; schema:isPartOf <recording/x> ; {from_to(10, 40)} ."
    tree = translate(release, turtle, "recording/x")
    [whole] = [node for node in nodes_in(tree) if "startOffset" in node]
    assert (whole["@type"] == "Clip") == (whole is tree["hasPart"])


def test_a_clip_of_what_is_no_video_keeps_its_facts(release: Release) -> None:
    facts = [
        {word: value for word, value in part.items() if word not in ("@type", "isPartOf")}
        for recording in (WHOLE_VIDEO, VIDEO)
        for part in parts_of(release, recording, from_to(10, 40))
    ]
    assert facts[0] == facts[1]
    assert facts[0].keys() == {"@id", "name", "url", "startOffset", "endOffset"}


def test_of_two_clips_with_one_start_the_first_to_end_is_a_clip(release: Release) -> None:
    parts = parts_of(release, WHOLE_VIDEO, from_to(10, 90, "long"), from_to(10, 40, "short"), from_to(50, 90, "later"))
    assert [(clip["name"], clip["@type"]) for clip in parts] == [
        ("long", "CreativeWork"),
        ("short", "Clip"),
        ("later", "Clip"),
    ]


def test_a_clip_without_an_end_goes_on_the_longest(release: Release) -> None:
    open_ended = 'schema:name "open"@en ; schema:startOffset 10'
    parts = parts_of(release, WHOLE_VIDEO, open_ended, from_to(10, 40, "short"))
    assert {clip["name"]: clip["@type"] for clip in parts} == {"open": "CreativeWork", "short": "Clip"}


@pytest.mark.parametrize("value", ["12", "<https://example.org/text>", f'"{"x" * 60}", 12'])
def test_what_is_no_text_describes_nothing(release: Release, value: str) -> None:
    """Shapes of one's own may let it pass."""
    turtle = f'<graph/x.ttl> a void:Dataset ; schema:name "X"@en ; schema:description {value} .'
    assert translate(release, turtle, "graph/x.ttl")["@type"] == "CreativeWork"


def test_what_cannot_be_a_clip_takes_no_start_from_another(release: Release) -> None:
    parts = parts_of(release, WHOLE_VIDEO, "schema:startOffset 10 ; schema:endOffset 40", from_to(10, 90))
    assert [clip["@type"] for clip in parts] == ["CreativeWork", "Clip"]


def test_a_video_is_named_by_its_clips_without_a_second_class(release: Release) -> None:
    [part] = parts_of(release, WHOLE_VIDEO, from_to(10, 40))
    assert part["isPartOf"] == {"@id": f"{BASE}id/recording/x", "name": "X"}
    [part] = parts_of(release, VIDEO, from_to(10, 40))
    assert part["isPartOf"] == {"@id": f"{BASE}id/recording/x", "@type": "CreativeWork", "name": "X"}


def test_a_mention_before_a_video_is_written_has_no_other_class(release: Release) -> None:
    turtle = f"""
    <set/s> a lig:ResourceSet ; schema:mentions <recording/x> ; schema:itemListElement <set/s#item-1> .
    <set/s#item-1> a schema:ListItem ; schema:position 1 ; schema:item <resource/x> .
    <resource/x> a lig:Resource ; schema:name "X"@en ; lig:plays <recording/x> .
    {WHOLE_VIDEO} .
    """
    tree = translate(release, turtle, "set/s")
    assert tree["mentions"] == {"@id": f"{BASE}id/recording/x", "name": "X"}
    assert tree["itemListElement"][0]["item"]["video"]["@type"] == "VideoObject"


def test_a_list_has_places_with_positions_and_names(release: Release) -> None:
    first = "<set/s#item-1> a schema:ListItem ; schema:item <resource/x> "
    second = " . <set/s#item-2> a schema:ListItem ; schema:item <resource/y> "
    turtle = """
    <set/s> a lig:ResourceSet ; schema:name "S"@en ; schema:itemListElement <set/s#item-1>, <set/s#item-2> .
    <resource/x> a lig:Resource ; schema:name "X"@en . <resource/y> a lig:Resource ; schema:url <https://y.example/> .
    """
    good = translate(release, turtle + first + "; schema:position 1" + second + "; schema:position 2 .", "set/s")
    assert good["@type"] == ["Collection", "ItemList"]
    assert [place["@type"] for place in good["itemListElement"]] == ["ListItem", "ListItem"]
    twice = translate(release, turtle + first + "; schema:position 1" + second + "; schema:position 1 .", "set/s")
    assert twice["@type"] == "Collection"
    without = translate(release, turtle + first + second + "; schema:position 2 .", "set/s")
    assert without["@type"] == "Collection"
    assert [place["@type"] for place in without["itemListElement"]] == ["Intangible", "ListItem"]
    nameless = turtle.replace("schema:url <https://y.example/>", 'schema:description "Y"@en')
    unnamed = translate(release, nameless + first + "; schema:position 1" + second + "; schema:position 2 .", "set/s")
    assert (unnamed["@type"], unnamed["itemListElement"][1]["@type"]) == ("Collection", "Intangible")
    assert translate(release, '<set/e> a lig:ResourceSet ; schema:name "E"@en .', "set/e")["@type"] == "Collection"


REQUIRED = {
    "VideoObject": {"name", "thumbnailUrl", "uploadDate"},
    "Clip": {"name", "startOffset", "url"},
    "Event": {"name", "startDate", "location"},
    "Dataset": {"name", "description"},
    "ItemList": {"itemListElement"},
    "ListItem": {"position", "item"},
    "BreadcrumbList": {"itemListElement"},
}
"""What Google's pages on structured data call required."""


@pytest.fixture(scope="module")
def living_improvement(tmp_path_factory: pytest.TempPathFactory) -> Release:
    root = tmp_path_factory.mktemp("living") / "c"
    shutil.copytree(ROOT / "data", root / "data")
    shutil.copy(ROOT / "ligraph.toml", root)
    ligraph.build(root)
    return ligraph.open_release(root)


BOTH = pytest.mark.parametrize("name", ["release", "living_improvement"])


@BOTH
def test_no_node_lacks_what_google_requires_of_its_class(name: str, request: pytest.FixtureRequest) -> None:
    release: Release = request.getfixturevalue(name)
    seen = set()
    for local in every_local(release):
        for node in nodes_in(schema_of(release, local)):
            for type_ in as_list(node.get("@type", [])):
                seen.add(type_)
                assert REQUIRED.get(type_, set()) <= node.keys(), f"{local}: {node}"
    assert {"ListItem", "BreadcrumbList", "Person", "LearningResource"} <= seen
    assert name != "release" or {"VideoObject", "Clip"} <= seen


@BOTH
def test_clips_are_in_videos_only_each_with_its_own_start(name: str, request: pytest.FixtureRequest) -> None:
    release: Release = request.getfixturevalue(name)
    for local in every_local(release):
        nodes = list(nodes_in(schema_of(release, local)))
        videos = [node for node in nodes if node.get("@type") == "VideoObject"]
        parts = [part for video in videos for part in as_list(video.get("hasPart", []))]
        clips = [node for node in nodes if node.get("@type") == "Clip"]
        assert [clip["@id"] for clip in clips] == [part["@id"] for part in parts if part.get("@type") == "Clip"], local
        assert len({clip["startOffset"] for clip in clips}) == len(clips), local


@BOTH
def test_a_thing_has_one_class_in_a_document(name: str, request: pytest.FixtureRequest) -> None:
    release: Release = request.getfixturevalue(name)
    for local in every_local(release):
        classes: dict[str, set[str]] = {}
        for node in nodes_in(schema_of(release, local)):
            if {"@id", "@type"} <= node.keys():
                classes.setdefault(node["@id"], set()).add(str(node["@type"]))
        assert {iri: found for iri, found in classes.items() if len(found) > 1} == {}, local


# ── Words ──


@pytest.mark.parametrize(
    ("action", "class_"),
    [("watch", "WatchAction"), ("read", "ReadAction"), ("listen", "ListenAction"), ("act", "Action")],
)
def test_what_readers_do_is_a_potential_action(release: Release, action: str, class_: str) -> None:
    turtle = f'<resource/x> a lig:Resource ; schema:name "X"@en ; lig:action lig:{action}'
    unknown = translate(release, turtle + " .", "resource/x")
    assert unknown["potentialAction"] == {"@type": class_}
    known = translate(release, turtle + "; schema:url <https://example.org/x> .", "resource/x")
    assert known["potentialAction"] == {"@type": class_, "target": "https://example.org/x"}


def test_a_resource_without_an_address_is_found_where_its_clip_is(release: Release) -> None:
    turtle = """
    <set/s> a lig:ResourceSet ; schema:itemListElement <set/s#item-1> .
    <set/s#item-1> a schema:ListItem ; schema:position 1 ; schema:item <resource/x> .
    <resource/x> a lig:Resource ; lig:action lig:watch ; lig:plays <clip/x> .
    <clip/x> a schema:Clip ; schema:isPartOf <recording/x> ; schema:startOffset 90 ; schema:endOffset 95 .
    <recording/x> a schema:VideoObject ; schema:url <https://www.youtube.com/watch?v=x> .
    """
    item = translate(release, turtle, "set/s")["itemListElement"][0]["item"]
    assert item["potentialAction"]["target"] == "https://www.youtube.com/watch?v=x&t=90s"


@pytest.mark.parametrize(
    ("turtle", "word"),
    [
        ("lig:action lig:watch ; lig:plays <recording/x> . <recording/x> a schema:VideoObject .", "video"),
        ("lig:action lig:watch ; lig:plays <recording/x> . <recording/x> a schema:AudioObject .", "audio"),
        ("lig:action lig:listen ; lig:plays <clip/x> . <clip/x> a schema:Clip .", "audio"),
        ("lig:action lig:watch ; lig:plays <clip/x> . <clip/x> a schema:Clip .", "video"),
    ],
)
def test_what_is_played_is_seen_or_heard(release: Release, turtle: str, word: str) -> None:
    tree = translate(release, f"<resource/x> a lig:Resource ; {turtle}", "resource/x")
    assert {"video", "audio"} & tree.keys() == {word}


def test_a_source_file_is_called_as_its_page_is(release: Release) -> None:
    file = translate(release, "<graph/a/b.yaml> a void:Dataset .", "graph/a/b.yaml")
    assert (file["name"], file["@type"]) == ("b.yaml", "CreativeWork")
    named = translate(release, '<graph/b.yaml> a void:Dataset ; schema:name "B"@en .', "graph/b.yaml")
    assert named["name"] == "B"
    known = translate(release, FILE + f'; schema:description "{"x" * 50}"@en .', "graph/x.yaml")
    assert (known["name"], known["@type"]) == ("x.yaml", "Dataset")
    assert "name" not in translate(release, "<topic/x> a skos:Concept .", "topic/x")


def test_texts_are_plain_in_the_language_of_the_collection_only(release: Release) -> None:
    turtle = (
        '<topic/x> a skos:Concept ; skos:prefLabel "filas"@es, "rows"@en ; skos:altLabel "R" ; skos:definition "D"@en .'
    )
    english = translate(release, turtle, "topic/x")
    assert english["name"] == ["rows", {"@language": "es", "@value": "filas"}]
    assert (english["alternateName"], english["description"]) == ("R", "D")
    spanish = translate(release, turtle, "topic/x", language="es")
    assert spanish["name"] == ["filas", {"@language": "en", "@value": "rows"}]
    assert spanish["description"] == {"@language": "en", "@value": "D"}


@pytest.mark.parametrize(
    ("number", "expected"),
    [("1", 1), ("-2", -2), ("12345678901234567890", "12345678901234567890"), ("--5", "--5"), ("٣", "٣")],
)
def test_whole_numbers_are_numbers_where_json_keeps_them(release: Release, number: str, expected: object) -> None:
    turtle = f'<post/x> a schema:BlogPosting ; schema:position "{number}"^^xsd:integer .'
    assert translate(release, turtle, "post/x")["position"] == expected


def test_other_things_are_told_of_by_id_class_and_name_as_far_as_they_are_known(release: Release) -> None:
    turtle = """
    <post/p> a schema:BlogPosting ; schema:name "P"@en ; schema:publisher <organization/o> ;
      schema:mentions <event/e>, <https://www.wikidata.org/entity/Q1> ; schema:about <topic/unknown> .
    <organization/o> a org:Organization, schema:Organization ; schema:name "O"@en ; schema:url <https://o.example/> .
    <event/e> a schema:Event ; schema:name "E"@en .
    """
    tree = translate(release, turtle, "post/p")
    assert tree["publisher"] == {"@id": f"{BASE}id/organization/o", "@type": "Organization", "name": "O"}
    assert tree["about"] == {"@id": f"{BASE}id/topic/unknown"}
    assert tree["mentions"] == [
        {"@id": f"{BASE}id/event/e", "@type": "Thing", "name": "E"},
        {"@id": "https://www.wikidata.org/entity/Q1"},
    ]


def test_a_part_of_an_organization_names_the_whole(release: Release) -> None:
    parent = schema_of(release, "organization/unit")["parentOrganization"]
    assert parent["@id"] == f"{BASE}id/organization/publisher"


def test_works_are_based_on_their_source_and_of_people_the_page_is(release: Release) -> None:
    source = "https://example.org/blog/every-row"
    assert schema_of(release, "set/listening-and-watching")["isBasedOn"] == source
    person = schema_of(release, "person/li-wei")
    assert "isBasedOn" not in person
    assert person["mainEntityOfPage"]["isBasedOn"] == source


def test_the_page_tells_the_way_to_it(release: Release) -> None:
    page = schema_of(release, "topic/rows")["mainEntityOfPage"]
    assert page["breadcrumb"]["@type"] == "BreadcrumbList"
    assert [
        (place["@type"], place["position"], place["name"], place["item"])
        for place in page["breadcrumb"]["itemListElement"]
    ] == [
        ("ListItem", 1, "Every row", SITE),
        ("ListItem", 2, "tables", f"{SITE}doc/topic/tables"),
        ("ListItem", 3, "rows", f"{SITE}doc/topic/rows"),
    ]


def test_the_page_tells_its_date_its_licence_and_its_dataset(release: Release) -> None:
    page = schema_of(release, "topic/rows")["mainEntityOfPage"]
    assert page["@type"] == "WebPage"
    assert page["dateModified"] == release.manifest.graphs[f"{BASE}id/graph/every-row.yaml"]["modified"]
    assert page["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    assert page["isPartOf"] == {"@id": f"{BASE}dataset", "@type": "CreativeWork", "name": "Every row"}
    described = "A collection that was invented so that every row of the model has something to show."
    turtle = '<topic/x> a skos:Concept ; skos:prefLabel "x"@en .'
    page = translate(release, turtle, "topic/x", description=described)["mainEntityOfPage"]
    assert (page["isPartOf"]["@type"], page["isPartOf"]["description"]) == ("Dataset", described)


def test_topics_in_a_circle_have_a_trail_with_an_end(release: Release) -> None:
    turtle = "<topic/a> a skos:Concept ; skos:broader <topic/a> ; skos:prefLabel 'a'@en ."
    places = translate(release, turtle, "topic/a")["mainEntityOfPage"]["breadcrumb"]["itemListElement"]
    assert [place["name"] for place in places] == ["Every row", "a"]


def test_a_thing_of_no_class_of_the_model_keeps_its_class_of_schema_org(release: Release) -> None:
    assert translate(release, "<book/x> a schema:Book ; schema:isbn '1' .", "book/x")["@type"] == "Book"
    assert translate(release, "<book/x> a <https://example.org/Book> .", "book/x")["@type"] == "Thing"


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        built = build_every_row(Path(temporary))
        for class_ in THINGS:
            for profile in PROFILES:
                path, now = golden_file(class_, profile), draw(built, class_, profile)
                if not path.exists() or path.read_text("utf-8") != now:
                    path.write_text(now, "utf-8")
                    print(path.relative_to(ROOT), file=sys.stderr)
