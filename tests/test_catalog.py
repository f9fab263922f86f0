"""The catalogue and the dataset: what harvesters of DCAT demand, and numbers that are those of the sources."""

import gzip
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pyshacl
import pytest
import rdflib
import yaml
from conftest import WriteCollection
from rdflib import DCAT, DCTERMS, FOAF, OWL, RDF, SKOS, VOID, XSD, Literal, URIRef

from ligraph import build
from ligraph.config import open_collection
from ligraph.formats import TURTLE
from ligraph.releases.history import release_folder
from ligraph.releases.loose import write_loose
from ligraph.releases.manifest import CONTEXT, ONTOLOGY, SHAPES, Manifest, read_manifest
from ligraph.releases.statistics import statistics_of
from ligraph.releases.words import read_words, word_digest
from ligraph.serialization import to_rdf
from ligraph.views.catalog import CATALOG_PREFIXES, catalog_triples, dataset_triples
from ligraph.views.sitemaps import sitemap_index

EVERY_ROW = Path(__file__).parent / "every_row"
DCAT_AP = Path(__file__).parent / "profiles" / "dcat-ap.ttl"
BASE = "https://example.org/every-row/"
IDS = BASE + "id/"
SITE = "https://site.example/rows/"
DATASET = URIRef(BASE + "dataset")
SCHEMA = rdflib.Namespace("http://schema.org/")
LIG = rdflib.Namespace("https://w3id.org/ligraph/ns#")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
SOURCE: list[dict[str, object]] = yaml.load(
    (EVERY_ROW / "data" / "every-row.yaml").read_text("utf-8"), Loader=yaml.BaseLoader
)["things"]

Triples = Callable[[Manifest, str], Iterable[object]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("catalog") / "every-row"
    shutil.copytree(EVERY_ROW, root, ignore=shutil.ignore_patterns(".ligraph"))
    build(root)
    return root


@pytest.fixture(scope="module")
def manifest(root: Path) -> Manifest:
    return read_manifest(folder_of(root))


@pytest.fixture(scope="module")
def facts(root: Path) -> rdflib.Graph:
    """The statements of the release, each once, as rdflib reads them."""
    return read_dump(root)


@pytest.fixture(scope="module")
def dataset(manifest: Manifest) -> rdflib.Graph:
    return as_graph(dataset_triples, manifest)


def folder_of(root: Path) -> Path:
    return release_folder(open_collection(root))


def read_dump(root: Path) -> rdflib.Graph:
    content = gzip.decompress((folder_of(root) / "dumps" / "all.nq.gz").read_bytes())
    read = rdflib.Dataset(default_union=True).parse(data=content, format="nquads")
    graph = rdflib.Graph()
    for subject, predicate, value, _ in read.quads((None, None, None, None)):
        graph.add((subject, predicate, value))
    return graph


def as_graph(triples: Triples, manifest: Manifest) -> rdflib.Graph:
    content = to_rdf(triples(manifest, SITE), TURTLE, CATALOG_PREFIXES)  # type: ignore[arg-type]
    return rdflib.Graph().parse(data=content, format="turtle")


def number(graph: rdflib.Graph, subject: rdflib.Node, predicate: URIRef) -> int:
    [value] = graph.objects(subject, predicate)
    return int(str(value))


def partitions(dataset: rdflib.Graph, kind: str, counted: URIRef) -> dict[str, int]:
    parts = list(dataset.objects(DATASET, VOID[f"{kind}Partition"]))
    return {str(dataset.value(part, VOID[kind])): number(dataset, part, counted) for part in parts}


# ── What harvesters demand ──


def conforms(graph: rdflib.Graph) -> tuple[bool, str]:
    result, _, text = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(DCAT_AP), inference="none")
    return bool(result), text


@pytest.mark.parametrize("triples", [catalog_triples, dataset_triples])
def test_the_catalogue_has_what_dcat_ap_demands(triples: Triples, manifest: Manifest) -> None:
    graph = as_graph(triples, manifest)
    assert conforms(graph) == (True, "Validation Report\nConforms: True\n")
    assert not [term for triple in graph for term in triple if isinstance(term, rdflib.BNode)]
    # rdflib counts a statement once that was written twice.
    assert len(graph) == len(list(triples(manifest, SITE)))


@pytest.mark.parametrize(
    ("class_", "predicate"),
    [
        *((DCAT.Catalog, predicate) for predicate in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher)),
        *((DCAT.Dataset, predicate) for predicate in (DCTERMS.title, DCTERMS.description)),
        (DCAT.Distribution, DCAT.accessURL),
        *((DCAT.DataService, predicate) for predicate in (DCTERMS.title, DCAT.endpointURL)),
        (FOAF.Agent, FOAF.name),
    ],
)
def test_the_shapes_miss_nothing_that_is_mandatory(class_: URIRef, predicate: URIRef, manifest: Manifest) -> None:
    graph = as_graph(catalog_triples, manifest)
    [*nodes] = graph.subjects(RDF.type, class_)
    assert nodes
    for node in nodes:
        assert (node, predicate, None) in graph
        graph.remove((node, predicate, None))
    assert not conforms(graph)[0]


def test_the_catalogue_leads_to_dataset_and_services(manifest: Manifest) -> None:
    graph = as_graph(catalog_triples, manifest)
    catalog = URIRef(BASE)
    assert (catalog, RDF.type, DCAT.Catalog) in graph
    assert list(graph.objects(catalog, DCAT.dataset)) == [DATASET]
    assert list(graph.objects(catalog, DCTERMS.license)) == [
        URIRef("https://creativecommons.org/publicdomain/zero/1.0/")
    ]
    assert list(graph.objects(catalog, DCTERMS.language)) == [URIRef("http://id.loc.gov/vocabulary/iso639-1/en")]
    assert list(graph.objects(catalog, FOAF.homepage)) == [URIRef(SITE)]
    [publisher] = graph.objects(catalog, DCTERMS.publisher)
    assert publisher == URIRef(IDS + "organization/publisher")
    assert list(graph.objects(publisher, FOAF.name)) == [Literal("Publisher of Rows", lang="en")]
    endpoints = {
        str(graph.value(service, DCAT.endpointURL)): str(graph.value(service, DCAT.endpointDescription))
        for service in graph.objects(catalog, DCAT.service)
    }
    assert endpoints == {
        SITE + "sparql": SITE + "sparql",
        SITE + "graphs": SITE + "openapi.json",
        SITE: SITE + "openapi.json",
    }
    for service in graph.objects(catalog, DCAT.service):
        assert list(graph.objects(service, DCAT.servesDataset)) == [DATASET]
        assert len(list(graph.objects(service, DCTERMS.conformsTo))) == 1


@pytest.mark.parametrize(
    ("suffix", "media_type", "file_type"),
    [
        ("nq", "application/n-quads", "RDF_N_QUADS"),
        ("ttl", "text/turtle", "RDF_TURTLE"),
        ("jsonl", "application/ld+json", "JSON_LD"),
    ],
)
def test_each_dump_is_a_distribution(
    suffix: str, media_type: str, file_type: str, root: Path, manifest: Manifest, dataset: rdflib.Graph
) -> None:
    content = (folder_of(root) / "dumps" / f"all.{suffix}.gz").read_bytes()
    address = URIRef(f"{SITE}dump/{manifest.id}.{suffix}.gz")
    [node] = dataset.subjects(DCAT.downloadURL, address)
    assert (DATASET, DCAT.distribution, node) in dataset
    assert list(dataset.objects(node, DCAT.accessURL)) == [address]
    iana = "https://www.iana.org/assignments/media-types/"
    assert list(dataset.objects(node, DCAT.mediaType)) == [URIRef(iana + media_type)]
    assert list(dataset.objects(node, DCAT.compressFormat)) == [URIRef(iana + "application/gzip")]
    types = "http://publications.europa.eu/resource/authority/file-type/"
    assert list(dataset.objects(node, DCTERMS.format)) == [URIRef(types + file_type)]
    assert number(dataset, node, DCAT.byteSize) == len(content)
    [checksum] = dataset.objects(node, SPDX.checksum)
    assert list(dataset.objects(checksum, SPDX.algorithm)) == [SPDX.checksumAlgorithm_sha256]
    assert [str(value) for value in dataset.objects(checksum, SPDX.checksumValue)] == [
        hashlib.sha256(content).hexdigest()
    ]
    assert ((DATASET, VOID.dataDump, address) in dataset) == (suffix != "jsonl")


def test_what_the_settings_leave_out_is_said_in_neutral_words(collection: WriteCollection) -> None:
    root = collection({"data/a.yaml": "source: https://example.org/a\nthings:\n- {id: scheme/s, prefLabel: S}\n"})
    manifest = build(root).manifest
    graph = as_graph(catalog_triples, manifest)
    assert conforms(graph)[0]
    dataset = URIRef("https://example.org/c/dataset")
    [description] = graph.objects(dataset, DCTERMS.description)
    # The scheme and its source file.
    assert f"{len(read_dump(root))} statements about 2 things" in str(description)
    [publisher] = graph.objects(dataset, DCTERMS.publisher)
    assert publisher == URIRef("https://example.org/c/dataset#publisher")
    assert (None, DCTERMS.license, None) not in graph


def test_a_description_of_the_settings_is_given_as_it_is(collection: WriteCollection) -> None:
    toml = 'title = "T"\ndescription = "Was man weiß."\nlanguage = "de-at"\nbase = "https://example.org/c/"\n'
    text = "source: https://example.org/a\nthings:\n- {id: scheme/s, prefLabel: S}\n"
    manifest = build(collection({"ligraph.toml": toml, "data/a.yaml": text})).manifest
    graph = as_graph(catalog_triples, manifest)
    catalog = URIRef("https://example.org/c/")
    assert list(graph.objects(catalog, DCTERMS.description)) == [Literal("Was man weiß.", lang="de-at")]
    assert list(graph.objects(catalog, DCTERMS.language)) == [URIRef("http://id.loc.gov/vocabulary/iso639-1/de")]


# ── What the dataset holds ──


def in_source(segment: str) -> list[dict[str, object]]:
    """Every thing of a segment that the source describes, inside other things too; one is mentioned by its id only."""
    found: dict[str, dict[str, object]] = {}

    def look(value: object) -> None:
        if isinstance(value, dict):
            identifier = value.get("id")
            if isinstance(identifier, str) and identifier.startswith(segment + "/"):
                found[identifier] = cast(dict[str, object], value)
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(SOURCE)
    return list(found.values())


def test_classes_have_as_many_entities_as_the_source(dataset: rdflib.Graph) -> None:
    counted = partitions(dataset, "class", VOID.entities)
    for class_, segment in (
        (SCHEMA.Person, "person"),
        (LIG.ResourceSet, "set"),
        (LIG.Resource, "resource"),
        (SKOS.Concept, "topic"),
        (SCHEMA.Project, "initiative"),
        (LIG.Session, "session"),
    ):
        assert counted[str(class_)] == len(in_source(segment)) > 0
    sets = cast(list[dict[str, list[object]]], in_source("set"))
    assert counted[str(SCHEMA.ListItem)] == sum(len(one["items"]) for one in sets) == 4
    resources = cast(list[dict[str, list[object]]], in_source("resource"))
    appearances = sum(len(one.get("appearances", ())) for one in [*sets, *resources])
    assert counted[str(LIG.Appearance)] == appearances == 3
    people = cast(list[dict[str, dict[str, object]]], in_source("person"))
    assert counted["http://www.w3.org/ns/org#Membership"] == sum(len(one["roles"]) for one in people) == 3


def test_the_numbers_are_those_of_the_statements(dataset: rdflib.Graph, facts: rdflib.Graph) -> None:
    assert number(dataset, DATASET, VOID.triples) == len(facts)
    assert number(dataset, DATASET, VOID.distinctSubjects) == len(set(facts.subjects()))
    assert number(dataset, DATASET, VOID.distinctObjects) == len(set(facts.objects()))
    assert number(dataset, DATASET, VOID.entities) == len({s for s in facts.subjects() if str(s).startswith(IDS)})
    assert number(dataset, DATASET, VOID.properties) == len(set(facts.predicates()))
    assert number(dataset, DATASET, VOID.classes) == len(set(facts.objects(None, RDF.type)))
    properties = Counter(str(predicate) for predicate in facts.predicates(unique=False))
    assert partitions(dataset, "property", VOID.triples) == properties
    classes = Counter(str(class_) for class_ in facts.objects(None, RDF.type))
    assert partitions(dataset, "class", VOID.entities) == classes
    assert [str(value) for value in dataset.objects(DATASET, VOID.uriSpace)] == [IDS]


def test_the_vocabularies_are_those_of_classes_and_properties(dataset: rdflib.Graph) -> None:
    assert {str(iri) for iri in dataset.objects(DATASET, VOID.vocabulary)} == {
        str(namespace)
        for namespace in (
            *(DCTERMS, LIG, OWL, RDF, SCHEMA, SKOS, VOID),
            "http://www.w3.org/ns/org#",
            "http://www.w3.org/ns/prov#",
        )
    }


def test_links_to_other_data_are_link_sets(dataset: rdflib.Graph, facts: rdflib.Graph) -> None:
    found = {}
    for linkset in dataset.objects(DATASET, VOID.subset):
        assert (linkset, RDF.type, VOID.Linkset) in dataset
        targets = set(dataset.objects(linkset, VOID.target))
        assert targets == {DATASET, dataset.value(linkset, VOID.objectsTarget)}
        assert (linkset, VOID.subjectsTarget, DATASET) in dataset
        [target] = targets - {DATASET}
        assert (target, RDF.type, VOID.Dataset) in dataset
        home, predicate = dataset.value(target, FOAF.homepage), dataset.value(linkset, VOID.linkPredicate)
        found[str(home), str(predicate)] = number(dataset, linkset, VOID.triples)
    expected: Counter[tuple[str, str]] = Counter()
    for _, predicate, value in facts:
        words = (BASE, str(SCHEMA), str(LIG), "http://www.w3.org/", str(VOID))
        if isinstance(value, URIRef) and predicate != RDF.type and not str(value).startswith(words):
            expected[f"{urlsplit(value).scheme}://{urlsplit(value).netloc}/", str(predicate)] += 1
    assert found == expected
    same = str(SCHEMA.sameAs)
    # One researcher has an ORCID, one organization an address at ROR.
    assert (found["https://orcid.org/", same], found["https://ror.org/", same]) == (1, 1)
    names = {str(name) for name in dataset.objects(None, DCTERMS.title)}
    assert {"ORCID", "ROR"} <= names


def test_examples_are_the_first_of_each_class(dataset: rdflib.Graph, facts: rdflib.Graph) -> None:
    expected = set()
    for class_ in set(facts.objects(None, RDF.type)):
        things = [str(one) for one in facts.subjects(RDF.type, class_) if "#" not in str(one)]
        # In the order of N-Quads, where “>” follows an IRI.
        expected |= {min(things, key=lambda iri: f"<{iri}>".encode())} if things else set()
    examples = {str(iri) for iri in dataset.objects(DATASET, VOID.exampleResource)}
    assert examples == expected
    assert IDS + "person/ana-diaz" in examples


def test_each_format_of_documents_is_a_feature(dataset: rdflib.Graph) -> None:
    formats = "http://www.w3.org/ns/formats/"
    assert {str(iri) for iri in dataset.objects(DATASET, VOID.feature)} == {
        formats + name for name in ("Turtle", "N-Triples", "JSON-LD", "RDF_XML", "TriG", "N-Quads")
    }
    assert list(dataset.objects(DATASET, VOID.sparqlEndpoint)) == [URIRef(SITE + "sparql")]


def test_addresses_of_one_dataset_are_one_target() -> None:
    ids = "<https://example.org/c/id/"
    same = "<http://www.w3.org/2002/07/owl#sameAs>"
    lines = [
        f"{ids}person/a> {same} <https://www.wikidata.org/wiki/Q1>",
        f"{ids}person/b> {same} <http://www.wikidata.org/entity/Q2>",
        f"{ids}person/c> {same} <https://dx.doi.org/10.1/x>",
        f"{ids}person/d> {same} <https://doi.org/10.1/y>",
        f"{ids}person/d> {same} <https://own.example/words#d>",
        f"{ids}person/d> {same} <mailto:d@example.org>",
        f"{ids}person/d> {same} <https://example.org/c/id/person/a>",
        f'{ids}person/d> <http://schema.org/name> "https://doi.org/10.1/z"',
        f"<https://elsewhere.example/d> {same} <https://doi.org/10.1/z>",
    ]
    found = statistics_of(
        (line.encode() for line in lines), "https://example.org/c/", words=["https://own.example/words#"]
    )
    targets = {(one.target, one.triples) for one in found.linksets}
    assert targets == {("http://www.wikidata.org/", 2), ("https://doi.org/", 2)}
    assert (found.subjects, found.entities, found.triples) == (5, 4, 9)


def test_what_is_used_least_is_not_told_apart() -> None:
    lines = sorted(f"<urn:s> <urn:p{number}> <urn:o{number}>" for number in range(700))
    lines.append("<urn:t> <urn:p699> <urn:o699>")
    found = statistics_of((line.encode() for line in lines), "")
    assert found.distinct_properties == 700
    assert len(found.properties) == 500
    assert found.properties["urn:p699"] == 2


# ── Files as they are ──


def test_loose_files_have_a_catalogue_of_what_there_is(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    (files / "a.trig").write_text(
        "@prefix e: <http://e.example/ns#> .\n"
        'e:a a e:Thing ; e:label "a b", "a\\"b <http://x> ."@en ; e:sees _:b .\n'
        "_:b a e:Thing .\n"
        "e:g { e:a a e:Thing . e:c e:sees e:a . }\n"
    )
    root = tmp_path / "site"
    root.mkdir()
    write_loose(root, [files / "a.trig"], "union")
    manifest = read_manifest(folder_of(root))
    statistics = manifest.statistics
    assert (statistics.triples, statistics.subjects, statistics.entities, statistics.objects) == (6, 3, 2, 5)
    assert statistics.classes == {"http://e.example/ns#Thing": 2}
    assert statistics.properties["http://e.example/ns#sees"] == 2
    assert (statistics.examples, statistics.linksets, manifest.things) == (["http://e.example/ns#a"], [], {})
    for triples in (catalog_triples, dataset_triples):
        graph = as_graph(triples, manifest)
        assert conforms(graph)[0]
    assert sitemap_index(folder_of(root), SITE) is None
    for name in (CONTEXT, ONTOLOGY, SHAPES):
        assert read_words(open_collection(root), manifest, name, word_digest(manifest, name))
    node = URIRef(SITE + "dataset")
    assert [str(one) for one in graph.objects(node, DCAT.distribution)] == [SITE + "dataset#nq"]
    assert number(graph, node, VOID.triples) == 6
    assert (node, VOID.uriSpace, None) not in graph
    assert {value.datatype for value in graph.objects(None, DCAT.byteSize)} == {XSD.nonNegativeInteger}  # type: ignore[attr-defined]
