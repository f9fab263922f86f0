"""The collection as a catalogue, its dataset, and the ways to get at it, as harvesters of catalogues read them.

Source: DCAT 3 (W3C 2024); DCAT-AP 3.0.1, its mandatory properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from ligraph.namespaces import DCAT, DCTERMS, FOAF, ORG, PREFIXES, TYPE, VOID, XSD
from ligraph.releases.manifest import Manifest
from ligraph.stores.documents import Term
from ligraph.views.downloads import GZIP, Download, downloads_of
from ligraph.views.statistics import void_triples

SPDX = "http://spdx.org/rdf/terms#"

CATALOG_PREFIXES = PREFIXES | {"spdx": SPDX}
"""Prefixes for a catalogue."""

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
_LANGUAGES = "http://id.loc.gov/vocabulary/iso639-1/"
_W3C = "https://www.w3.org/TR/"


@dataclass(frozen=True)
class _Service:
    """A way to ask: what follows the site in its address and in that of its description, and its standard."""

    name: str
    title: str
    path: str
    described_at: str
    conforms_to: str


_SERVICES = (
    _Service("sparql", "SPARQL endpoint", "sparql", "sparql", _W3C + "sparql11-protocol/"),
    _Service("graph-store", "Graph Store", "graphs", "openapi.json", _W3C + "sparql11-http-rdf-update/"),
    _Service("documents", "Documents of things", "", "openapi.json", _W3C + "dx-prof-conneg/"),
)


def catalog_triples(manifest: Manifest, site: str) -> list[Triple]:
    """Return the statements about the catalogue, its dataset with all downloads, and its services.

    Source: DCAT 3 sections 6.3 to 6.9.
    """
    return _by_subject(_catalog(manifest, site))


def dataset_triples(manifest: Manifest, site: str) -> list[Triple]:
    """Return the statements about the dataset: as an entry of the catalogue, and what it holds.

    Source: DCAT 3 section 6.6; Describing Linked Datasets with the VoID Vocabulary (W3C 2011).
    """
    return _by_subject(_dataset(manifest, site))


def description_of(manifest: Manifest) -> Literal:
    """Return what the collection is described by, in a sentence of ours where its settings have none."""
    if manifest.description:
        return Literal(manifest.description, language=manifest.language)
    held = f"{manifest.triples:,} statements about {manifest.statistics.entities:,} things and their parts"
    return Literal(f"{manifest.title}, as linked data: {held}, each with an address of its own.", language="en")


def _by_subject(triples: Iterable[Triple]) -> list[Triple]:
    """Return statements each once, those of one subject together."""
    found: dict[Term, dict[Triple, None]] = {}
    for triple in triples:
        found.setdefault(triple.subject, {})[triple] = None
    return [triple for said in found.values() for triple in said]


def _catalog(manifest: Manifest, site: str) -> Iterator[Triple]:
    base = manifest.base or site
    catalog, dataset = NamedNode(base), NamedNode(f"{base}dataset")
    yield _say(catalog, TYPE, NamedNode(DCAT + "Catalog"))
    yield from _about(catalog, manifest, base)
    yield _say(catalog, DCTERMS + "modified", _time(manifest.created))
    yield _say(catalog, FOAF + "homepage", NamedNode(site))
    yield _say(catalog, DCAT + "dataset", dataset)
    for service in _SERVICES:
        yield _say(catalog, DCAT + "service", NamedNode(f"{base}dataset#{service.name}"))
    yield from _described(manifest, site)


def _dataset(manifest: Manifest, site: str) -> Iterator[Triple]:
    yield from _described(manifest, site)
    yield from void_triples(manifest, site)
    for download in downloads_of(manifest):
        if download.is_document:
            dump = NamedNode(download.address(manifest, site))
            yield _say(NamedNode(f"{manifest.base or site}dataset"), VOID + "dataDump", dump)


def _described(manifest: Manifest, site: str) -> Iterator[Triple]:
    base = manifest.base or site
    dataset = NamedNode(f"{base}dataset")
    changed = max((str(graph["modified"]) for graph in manifest.graphs.values()), default=manifest.created)
    yield _say(dataset, TYPE, NamedNode(DCAT + "Dataset"))
    yield from _about(dataset, manifest, base)
    yield from _publisher(manifest, base)
    yield _say(dataset, DCTERMS + "issued", _time(manifest.created))
    yield _say(dataset, DCTERMS + "modified", _time(changed))
    yield _say(dataset, DCAT + "version", Literal(manifest.id))
    yield _say(dataset, DCAT + "landingPage", NamedNode(site))
    for download in downloads_of(manifest):
        yield from _distribution(download, manifest, site)
    for service in _SERVICES:
        yield from _service(service, manifest, site)


def _about(node: NamedNode, manifest: Manifest, base: str) -> Iterator[Triple]:
    """Yield what the catalogue and its dataset share."""
    yield _say(node, DCTERMS + "title", Literal(manifest.title, language=manifest.language))
    yield _say(node, DCTERMS + "description", description_of(manifest))
    yield _say(node, DCTERMS + "publisher", _publisher_iri(manifest, base))
    yield from _licence(node, manifest)
    language = manifest.language.partition("-")[0]
    # The table has the languages with two letters; no other address of a language is as widely known.
    if len(language) == 2:
        yield _say(node, DCTERMS + "language", NamedNode(_LANGUAGES + language))


def _publisher(manifest: Manifest, base: str) -> Iterator[Triple]:
    """Yield who publishes; where the settings name nobody, that is all that is said."""
    publisher = _publisher_iri(manifest, base)
    names = manifest.publisher_names or {"en": f"Publisher of {manifest.title}"}
    yield _say(publisher, TYPE, NamedNode(FOAF + "Agent"))
    if manifest.publisher and manifest.publisher.startswith("organization/"):
        yield _say(publisher, TYPE, NamedNode(ORG + "Organization"))
    for language, name in names.items():
        yield _say(publisher, FOAF + "name", Literal(name, language=language) if language else Literal(name))


def _publisher_iri(manifest: Manifest, base: str) -> NamedNode:
    return NamedNode(manifest.ids + manifest.publisher if manifest.publisher else f"{base}dataset#publisher")


def _distribution(download: Download, manifest: Manifest, site: str) -> Iterator[Triple]:
    """Yield the statements about a download.

    Source: DCAT 3 section 6.8; SPDX 2.2 for the checksum.
    """
    dataset = f"{manifest.base or site}dataset"
    suffix, file = download.suffix, download.described(manifest)
    address = NamedNode(download.address(manifest, site))
    node, checksum = NamedNode(f"{dataset}#{suffix}"), NamedNode(f"{dataset}#{suffix}-checksum")
    yield _say(NamedNode(dataset), DCAT + "distribution", node)
    yield _say(node, TYPE, NamedNode(DCAT + "Distribution"))
    yield _say(node, DCTERMS + "title", Literal(download.title, language="en"))
    yield _say(node, DCAT + "accessURL", address)
    yield _say(node, DCAT + "downloadURL", address)
    size = Literal(str(file["bytes"]), datatype=NamedNode(XSD + "nonNegativeInteger"))
    yield _say(node, DCAT + "byteSize", size)
    yield _say(node, DCAT + "mediaType", NamedNode(_MEDIA_TYPES + download.media_type))
    yield _say(node, DCAT + "compressFormat", NamedNode(_MEDIA_TYPES + GZIP))
    yield _say(node, DCTERMS + "format", NamedNode(_FILE_TYPES + download.file_type))
    yield _say(node, DCTERMS + "conformsTo", NamedNode(download.conforms_to))
    yield _say(node, DCTERMS + "issued", _time(manifest.created))
    yield from _licence(node, manifest)
    yield _say(node, SPDX + "checksum", checksum)
    yield _say(checksum, TYPE, NamedNode(SPDX + "Checksum"))
    yield _say(checksum, SPDX + "algorithm", NamedNode(SPDX + "checksumAlgorithm_sha256"))
    digest = Literal(file["sha256"], datatype=NamedNode(XSD + "hexBinary"))
    yield _say(checksum, SPDX + "checksumValue", digest)


def _service(service: _Service, manifest: Manifest, site: str) -> Iterator[Triple]:
    """Yield the statements about a service.

    Source: DCAT 3 section 6.9.
    """
    base = manifest.base or site
    node = NamedNode(f"{base}dataset#{service.name}")
    yield _say(node, TYPE, NamedNode(DCAT + "DataService"))
    yield _say(node, DCTERMS + "title", Literal(f"{service.title}: {manifest.title}", language="en"))
    yield _say(node, DCTERMS + "publisher", _publisher_iri(manifest, base))
    yield _say(node, DCAT + "endpointURL", NamedNode(site + service.path))
    yield _say(node, DCAT + "endpointDescription", NamedNode(site + service.described_at))
    yield _say(node, DCAT + "servesDataset", NamedNode(f"{base}dataset"))
    yield _say(node, DCTERMS + "conformsTo", NamedNode(service.conforms_to))
    yield from _licence(node, manifest)


def _licence(node: NamedNode, manifest: Manifest) -> Iterator[Triple]:
    if manifest.licence:
        yield _say(node, DCTERMS + "license", NamedNode(manifest.licence))


def _time(text: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + "dateTime"))


def _say(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Triple:
    return Triple(subject, NamedNode(predicate), value)
