"""Every row of the model: it occurs, it has a shape, it has a page, and nothing of it is lost on the way."""

import json
import re
import shutil
from pathlib import Path

import pytest
import yaml
from pyld import jsonld
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, Triple, parse

from ligraph import build, check, open_release
from ligraph.collection.vocabulary import Vocabulary, inline_context, vocabulary_of
from ligraph.config import open_collection, packaged
from ligraph.formats import N_TRIPLES, TURTLE
from ligraph.namespaces import LIG, ORG, SCHEMA, SKOS, TYPE, VOID
from ligraph.serialization import to_rdf
from ligraph.stores.documents import Document, read_document
from ligraph.stores.embedded import Release
from ligraph.views.jsonld import to_json_ld
from ligraph.views.pages import Pages
from ligraph.views.site import Site
from ligraph.views.words import Words

ROOT = Path(__file__).parents[1]
EVERY_ROW = Path(__file__).parent / "every_row"

CLASSES = {
    SCHEMA + "CreativeWorkSeries": "series",
    SCHEMA + "BlogPosting": "post",
    LIG + "ResourceSet": "set",
    SCHEMA + "ListItem": "list-item",
    LIG + "Resource": "resource",
    SCHEMA + "Clip": "clip",
    SCHEMA + "VideoObject": "recording",
    SCHEMA + "AudioObject": "recording",
    LIG + "Session": "session",
    SCHEMA + "Event": "event",
    SCHEMA + "EventSeries": "event",
    SCHEMA + "Person": "person",
    ORG + "Membership": "membership",
    LIG + "Appearance": "appearance",
    ORG + "Organization": "organization",
    SCHEMA + "Project": "initiative",
    SKOS + "Concept": "topic",
    SKOS + "ConceptScheme": "scheme",
    VOID + "Dataset": "dataset",
}
"""The rows of the model table (DESIGN section 3) with the file of their shape."""


@pytest.fixture(scope="module", params=["every row", "living improvement"])
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Return a release of the collection in which everything occurs, then of this repository's."""
    root = tmp_path_factory.mktemp("collection")
    source = EVERY_ROW if request.param == "every row" else ROOT
    shutil.copytree(source / "data", root / "data")
    shutil.copy(source / "ligraph.toml", root)
    build(root)
    return open_release(root)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return vocabulary_of(open_collection(EVERY_ROW))


@pytest.fixture(scope="module")
def words(vocabulary: Vocabulary) -> Words:
    return Words(inline_context(vocabulary, "en"))


@pytest.fixture(scope="module")
def every_row() -> Store:
    checked = check(EVERY_ROW)
    assert not checked.report.results
    return checked.store


@pytest.mark.parametrize("cls", sorted(CLASSES))
def test_every_class_occurs(every_row: Store, cls: str) -> None:
    assert list(every_row.quads_for_pattern(None, NamedNode(TYPE), NamedNode(cls), None))


def test_every_property_of_the_context_occurs(every_row: Store, vocabulary: Vocabulary) -> None:
    of_documents = {SCHEMA + "mainEntity", SCHEMA + "version", VOID + "inDataset"}
    used = {quad.predicate.value for quad in every_row}
    assert {term.iri for term in vocabulary.terms.values()} - used == of_documents


@pytest.mark.parametrize(("cls", "name"), sorted(CLASSES.items()))
def test_every_class_has_a_shape(cls: str, name: str) -> None:
    text = (packaged("shapes") / f"{name}.ttl").read_text("utf-8")
    prefixed = cls.replace(SCHEMA, "schema:").replace(LIG, "lig:").replace(ORG, "org:").replace(SKOS, "skos:")
    prefixed = prefixed.replace(VOID, "void:")
    wanted = {"schema:EventSeries": "schema:Event"}.get(prefixed, prefixed)
    assert re.search(rf"sh:targetClass [^;]*{wanted}\b", text)


def test_every_class_has_a_segment(vocabulary: Vocabulary) -> None:
    declared = {cls for classes in vocabulary.allowed.values() for cls in classes}
    assert CLASSES.keys() <= declared


def things(release: Release) -> list[str]:
    """Return the ids of all things: they have pages, their parts are anchors in these."""
    subjects = {quad.subject.value for quad in release.store if isinstance(quad.subject, NamedNode)}
    return sorted(s[len(release.ids) :] for s in subjects if "#" not in s)


def documents(release: Release) -> list[Document]:
    found = [read_document(release.store, release.manifest, local) for local in things(release)]
    return [document for document in found if document]


def own(document: Document) -> set[Triple]:
    """Return what a document says of itself."""
    return {triple for triple in document.triples if triple.subject == document.iri}


def test_documents_lose_nothing_and_add_nothing(release: Release) -> None:
    said = {triple for document in documents(release) for triple in set(document.triples) - own(document)}
    assert said == {quad.triple for quad in release.store}


def test_a_document_has_what_the_contract_says(release: Release) -> None:
    """Every statement about the thing and its parts; a type and a name of whatever is referred to."""
    for document in documents(release):
        about = document.about.value
        mine = {
            quad.triple
            for quad in release.store
            if isinstance(quad.subject, NamedNode) and quad.subject.value.partition("#")[0] == about
        }
        assert mine <= set(document.triples), about
        for triple in mine:
            value = triple.object
            if (
                isinstance(value, NamedNode)
                and triple.predicate.value != TYPE
                and release.describes(value.value.removeprefix(release.ids))
            ):
                assert document.objects(value, TYPE), f"{about} → {value.value}"


def test_json_ld_says_exactly_the_documents_triples(release: Release, words: Words) -> None:
    """Two processors read the tree: the engine's own, and PyLD."""
    for document in documents(release):
        tree = to_json_ld(document, words)
        assert {quad.triple for quad in parse(tree, format=RdfFormat.JSON_LD)} == set(document.triples)
        n_quads = jsonld.to_rdf(json.loads(tree), {"format": "application/n-quads"})
        assert {quad.triple for quad in parse(n_quads, format=RdfFormat.N_QUADS)} == set(document.triples)


def test_json_ld_is_one_tree_in_which_nothing_hangs_loose(release: Release, words: Words) -> None:
    for document in documents(release):
        assert "@included" not in json.loads(to_json_ld(document, words)), document.about.value


@pytest.mark.parametrize(("format_", "reader"), [(TURTLE, RdfFormat.TURTLE), (N_TRIPLES, RdfFormat.N_TRIPLES)])
def test_formats_carry_the_same_triples(release: Release, format_: object, reader: RdfFormat) -> None:
    for document in documents(release):
        text = to_rdf(document.triples, format_)  # type: ignore[arg-type]
        assert {quad.triple for quad in parse(text, format=reader)} == set(document.triples)


def test_bytes_are_the_same_twice(release: Release, words: Words) -> None:
    for first, second in zip(documents(release), documents(release), strict=True):
        assert to_json_ld(first, words) == to_json_ld(second, words)
        assert to_rdf(first.triples, TURTLE) == to_rdf(second.triples, TURTLE)


def test_a_document_has_every_appearance_of_a_person_in_a_set(release: Release) -> None:
    ids, appears = release.ids, "<https://w3id.org/ligraph/ns#appearance>"
    lines = [f"<{ids}person/x> a <http://schema.org/Person> ."]
    for graph in ("a", "b"):
        # What two files say is said once.
        lines += [f'<{ids}set/s> <http://schema.org/name> "S"@en .', f"<{ids}set/s> {appears} <{ids}set/s#{graph}> ."]
        lines += [f"<{ids}set/s#{graph}> <https://w3id.org/ligraph/ns#presenter> <{ids}person/x> ."]
    store = Store()
    for number, line in enumerate(lines):
        place = NamedNode(f"{ids}graph/{number}.ttl")
        triples = [quad.triple for quad in parse(line, format=RdfFormat.TURTLE)]
        store.extend(Quad(one.subject, one.predicate, one.object, place) for one in triples)
    document = read_document(store, release.manifest, "person/x")
    assert document is not None
    assert set(document.triples) - own(document) == {quad.triple for quad in store}
    assert len(document.triples) == len(set(document.triples))


def test_every_part_is_an_anchor_in_its_things_page(release: Release, words: Words) -> None:
    site = Site("Test", "", "", release.manifest.base, release.ids, None, "en", None)
    pages = Pages(site, words)
    for document in documents(release):
        page = pages.document(document, release.store, release.manifest).decode()
        parts = [s.value for s in document.properties if s.value.startswith(document.about.value + "#")]
        for part in parts:
            assert f'id="{part.partition("#")[2]}"' in page, part


def test_values_are_those_of_the_source() -> None:
    """Read by eye from tests/every_row: times as seconds, dates by precision, languages."""
    store = check(EVERY_ROW).store
    ids = "https://example.org/every-row/id/"

    def values(local: str, name: str) -> set[str]:
        found = store.quads_for_pattern(NamedNode(ids + local), NamedNode(SCHEMA + name), None, None)
        return {str(quad.object) for quad in found if isinstance(quad.object, Literal)}

    xsd = "http://www.w3.org/2001/XMLSchema#"
    assert values("clip/a-talk", "startOffset") == {f'"30"^^<{xsd}integer>'}
    assert values("clip/a-talk", "endOffset") == {f'"295"^^<{xsd}integer>'}
    assert values("clip/a-talk", "duration") == {f'"PT4M25S"^^<{xsd}duration>'}
    assert values("recording/a-talk", "duration") == {f'"PT1H"^^<{xsd}duration>'}
    assert values("recording/another-talk", "name") == {'"A Talk"@en'}
    assert values("post/first", "datePublished") == {f'"2026-05"^^<{xsd}gYearMonth>'}
    assert values("resource/a-talk", "dateCreated") == {f'"2025"^^<{xsd}gYear>'}
    assert values("event/conference", "startDate") == {f'"2026-03-02"^^<{xsd}date>'}
    assert values("recording/a-talk", "uploadDate") == {f'"2026-05-06T09:30:00Z"^^<{xsd}dateTime>'}
    assert values("person/li-wei", "name") == {'"Li Wei"@en', '"李伟"@zh'}


def test_the_every_row_file_is_what_it_says() -> None:
    """Each thing of the file is described once, so that the tests above speak of what a curator wrote."""
    content = yaml.safe_load((EVERY_ROW / "data" / "every-row.yaml").read_text("utf-8"))
    assert len({thing["id"] for thing in content["things"]}) == len(content["things"])
