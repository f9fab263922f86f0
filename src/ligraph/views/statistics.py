"""What a dataset holds, in numbers, as VoID says it.

Source: Describing Linked Datasets with the VoID Vocabulary (W3C 2011).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from ligraph.formats import GRAPHS
from ligraph.namespaces import DCTERMS, FOAF, TYPE, VOID, shorten
from ligraph.releases.manifest import Manifest
from ligraph.releases.statistics import Linkset
from ligraph.views.service import format_iri

_NAMES = {
    "https://orcid.org/": "ORCID",
    "https://ror.org/": "ROR",
    "http://www.wikidata.org/": "Wikidata",
    "https://doi.org/": "DOI",
}


def void_triples(manifest: Manifest, site: str) -> Iterator[Triple]:
    """Yield the statements about what the dataset of a release holds and leads to."""
    statistics = manifest.statistics
    dataset = NamedNode(f"{manifest.base or site}dataset")
    yield _say(dataset, TYPE, NamedNode(VOID + "Dataset"))
    for name, number in (
        ("triples", statistics.triples),
        ("entities", statistics.entities),
        ("distinctSubjects", statistics.subjects),
        ("distinctObjects", statistics.objects),
        ("properties", statistics.distinct_properties),
        ("classes", statistics.distinct_classes),
    ):
        yield _say(dataset, VOID + name, Literal(number))
    if manifest.base:
        yield _say(dataset, VOID + "uriSpace", Literal(manifest.ids))
    yield _say(dataset, FOAF + "homepage", NamedNode(site))
    yield _say(dataset, VOID + "sparqlEndpoint", NamedNode(f"{site}sparql"))
    for format_ in GRAPHS:
        yield _say(dataset, VOID + "feature", NamedNode(format_iri(format_)))
    for iri in statistics.vocabularies:
        yield _say(dataset, VOID + "vocabulary", NamedNode(iri))
    for iri in statistics.examples:
        yield _say(dataset, VOID + "exampleResource", NamedNode(iri))
    yield from _partitions(dataset, "class", "entities", statistics.classes)
    yield from _partitions(dataset, "property", "triples", statistics.properties)
    for linkset in statistics.linksets:
        yield from _linkset(dataset, linkset)


def _partitions(dataset: NamedNode, kind: str, counted: str, counts: dict[str, int]) -> Iterator[Triple]:
    """Yield the parts of a dataset that have one class or one property.

    Source: VoID section 4.6.
    """
    for iri, number in counts.items():
        part = NamedNode(f"{dataset.value}#{kind}-{_short(iri)}")
        yield _say(dataset, f"{VOID}{kind}Partition", part)
        yield _say(part, TYPE, NamedNode(VOID + "Dataset"))
        yield _say(part, VOID + kind, NamedNode(iri))
        yield _say(part, VOID + counted, Literal(number))


def _linkset(dataset: NamedNode, linkset: Linkset) -> Iterator[Triple]:
    """Yield the statements about links to another dataset.

    Source: VoID section 5.
    """
    name = quote(linkset.target.partition("://")[2].strip("/"), safe=":")
    node = NamedNode(f"{dataset.value}#links-{name}-{_short(linkset.property)}")
    target = NamedNode(f"{dataset.value}#target-{name}")
    yield _say(dataset, VOID + "subset", node)
    yield _say(node, TYPE, NamedNode(VOID + "Linkset"))
    yield _say(node, VOID + "target", dataset)
    yield _say(node, VOID + "target", target)
    yield _say(node, VOID + "subjectsTarget", dataset)
    yield _say(node, VOID + "objectsTarget", target)
    yield _say(node, VOID + "linkPredicate", NamedNode(linkset.property))
    yield _say(node, VOID + "triples", Literal(linkset.triples))
    yield _say(target, TYPE, NamedNode(VOID + "Dataset"))
    yield _say(target, DCTERMS + "title", Literal(_NAMES.get(linkset.target, name), language="en"))
    yield _say(target, FOAF + "homepage", NamedNode(linkset.target))


def _short(iri: str) -> str:
    """Return what ends the IRI of a part for a word: its short name, or all of its IRI."""
    return quote(shorten(iri), safe=":")


def _say(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Triple:
    return Triple(subject, NamedNode(predicate), value)
