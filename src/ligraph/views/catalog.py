"""The collection as a catalogue entry: what it is called, who publishes it, where to ask it."""

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from ligraph.namespaces import DCAT, DCTERMS, TYPE, VOID, XSD
from ligraph.releases.manifest import Manifest


def catalog_triples(manifest: Manifest, site: str) -> Iterator[Triple]:
    """Yield the statements about the catalogue, its dataset and its query service.

    Source: DCAT 3 (W3C 2024) sections 6.3, 6.6, 6.9.
    """
    base = manifest.base or site
    catalog = NamedNode(base)
    dataset = NamedNode(base + "dataset")
    service = NamedNode(base + "sparql")

    def say(subject: NamedNode, predicate: str, value: NamedNode | Literal) -> Triple:
        return Triple(subject, NamedNode(predicate), value)

    for node, kind in ((catalog, "Catalog"), (dataset, "Dataset")):
        yield say(node, TYPE, NamedNode(DCAT + kind))
        yield say(node, DCTERMS + "title", Literal(manifest.title, language=manifest.language))
        if manifest.description:
            yield say(node, DCTERMS + "description", Literal(manifest.description, language=manifest.language))
        if manifest.publisher:
            yield say(node, DCTERMS + "publisher", NamedNode(f"{manifest.base}id/{manifest.publisher}"))
        if manifest.licence:
            yield say(node, DCTERMS + "license", NamedNode(manifest.licence))
        yield say(node, DCTERMS + "modified", Literal(manifest.created, datatype=NamedNode(XSD + "dateTime")))
    yield say(catalog, DCAT + "dataset", dataset)
    yield say(catalog, DCAT + "service", service)
    yield say(dataset, TYPE, NamedNode(VOID + "Dataset"))
    yield say(dataset, VOID + "triples", Literal(manifest.triples))
    yield say(dataset, VOID + "sparqlEndpoint", NamedNode(site + "sparql"))
    yield say(service, TYPE, NamedNode(DCAT + "DataService"))
    yield say(service, DCTERMS + "title", Literal("SPARQL", language="en"))
    yield say(service, DCAT + "endpointURL", NamedNode(site + "sparql"))
    yield say(service, DCAT + "servesDataset", dataset)
