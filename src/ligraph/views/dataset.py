"""The dataset as people and search engines read it: what it holds, under which licence, and how to get it."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from pyoxigraph import NamedNode

from ligraph.formats import GRAPHS, HTML, JSON_LD, TURTLE, Format
from ligraph.namespaces import SCHEMA_HTTPS, shorten
from ligraph.releases.manifest import Manifest
from ligraph.stores.facts import Statements
from ligraph.stores.questions import Question
from ligraph.views.doors import search_path
from ligraph.views.downloads import GZIP, downloads_of
from ligraph.views.google import nearest_class
from ligraph.views.jsonld import to_line
from ligraph.views.kinds import KINDS
from ligraph.views.licences import spdx_address
from ligraph.views.links import ABOUT_PAGE, Link, linkset_links
from ligraph.views.nodes import Node
from ligraph.views.pages import Pages
from ligraph.views.profiles import NATIVE, SCHEMA_ORG, fixed_address
from ligraph.views.reader import Reader
from ligraph.views.schema_org import CONTEXT
from ligraph.views.values import Value, in_words, read_address, read_date

_MOST = 40


def dataset_links(manifest: Manifest, site: str, format_: Format) -> list[Link]:
    """Return the typed links of the dataset's page, with its downloads as items, or those of the data about it.

    Source: FAIR Signposting Profile (2023-10-02) level 1, landing page and metadata resource.
    """
    page = f"{site}dataset"
    links = [Link(f"{manifest.base}dataset", "cite-as")] if manifest.base else []
    links += _licence(manifest)
    if format_ is HTML:
        links += [Link(f"{SCHEMA_HTTPS}Dataset", "type"), Link(ABOUT_PAGE, "type")]
        if manifest.publisher:
            links.append(Link(f"{manifest.ids}{manifest.publisher}", "author"))
        links += [Link(f"{page}.{known.suffix}", "describedby", known.media_type, NATIVE.iri) for known in GRAPHS]
        links.append(
            Link(fixed_address(page, JSON_LD, SCHEMA_ORG.token), "describedby", JSON_LD.media_type, SCHEMA_ORG.iri)
        )
        links += [Link(one.address(manifest, site), "item", GZIP) for one in downloads_of(manifest)]
    else:
        links.append(Link(page, "describes", HTML.media_type))
    return links + linkset_links(site, "dataset")


def download_links(manifest: Manifest, site: str) -> list[Link]:
    """Return the typed links of a download: to what it is a part of.

    Source: FAIR Signposting Profile (2023-10-02) level 1, content resource.
    """
    return [Link(f"{site}dataset", "collection", HTML.media_type), *_licence(manifest)]


def dataset_linkset(manifest: Manifest, site: str) -> list[Link]:
    """Return the links of the dataset's page, of each description of it and of its downloads, with their anchors."""
    page = [Link(f"{site}dataset", "canonical"), *dataset_links(manifest, site, HTML)]
    links = [link._replace(anchor=f"{site}dataset") for link in page]
    for link in page:
        if link.rel == "describedby":
            links += [one._replace(anchor=link.target) for one in dataset_links(manifest, site, TURTLE)]
        elif link.rel == "item":
            links += [one._replace(anchor=link.target) for one in download_links(manifest, site)]
    return links


def _licence(manifest: Manifest) -> list[Link]:
    return [Link(spdx_address(manifest.licence), "license")] if manifest.licence else []


def dataset_page(pages: Pages, store: Statements, manifest: Manifest) -> bytes:
    """Return the page of the dataset."""
    site, statistics = pages.site, manifest.statistics
    reader = Reader(store, site, pages.words)
    words = {kind.iri: kind.plural for kind in KINDS}
    classes = sorted(statistics.classes.items(), key=lambda entry: (-entry[1], entry[0]))[:_MOST]
    properties = sorted(statistics.properties.items(), key=lambda entry: (-entry[1], entry[0]))[:_MOST]
    return pages.render(
        "dataset.html",
        manifest=manifest,
        statistics=statistics,
        publisher=_publisher(pages, store, manifest),
        released=read_date(manifest.created),
        # Paths, as all links of pages are.
        downloads=[
            (one, one.address(manifest, f"{site.root_path}/"), file["sha256"], _size(file["bytes"]))
            for one in downloads_of(manifest)
            for file in (one.described(manifest),)
        ],
        classes=[(words.get(iri) or in_words(iri), _term(iri, pages), count) for iri, count in classes],
        properties=[(in_words(iri), _term(iri, pages), count) for iri, count in properties],
        linksets=[
            (read_address(one.target, site), _term(one.property, pages), one.triples) for one in statistics.linksets
        ],
        examples=[reader.node(NamedNode(iri)) for iri in statistics.examples],
        # It has no “<”, and within a script nothing else has to be escaped.
        script=Markup(in_schema_org(pages, store, manifest).decode()),  # noqa: S704
        canonical=site.canonical("dataset"),
    )


def in_schema_org(pages: Pages, store: Statements, manifest: Manifest) -> bytes:
    """Return the dataset in the words of schema.org; without what Google requires it is a creative work.

    Source: Google Search Central, Dataset structured data.
    """
    site = pages.site
    publisher = _publisher(pages, store, manifest)
    node: dict[str, Any] = {
        "@id": f"{site.base}dataset",
        "@type": "Dataset",
        "name": manifest.title,
        "description": manifest.description,
        "url": site.canonical("dataset"),
        "license": manifest.licence,
        "inLanguage": manifest.language,
        "version": manifest.id,
        "dateModified": manifest.created,
        "publisher": publisher and {"@id": publisher.iri.value, "@type": "Organization", "name": publisher.text},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": one.title,
                "encodingFormat": [one.media_type, GZIP],
                "contentUrl": one.address(manifest, site.address or ""),
                "contentSize": f"{one.described(manifest)['bytes']} B",
                "sha256": one.described(manifest)["sha256"],
            }
            for one in downloads_of(manifest)
        ],
    }
    said = {name: value for name, value in node.items() if value}
    return to_line({"@context": CONTEXT, **said, "@type": nearest_class("Dataset", said)})


def site_in_schema_org(pages: Pages, manifest: Manifest, search: Question | None) -> bytes:
    """Return the site in the words of schema.org, as its first page embeds it, with how it is searched.

    Source: Google Search Central, site name (WebSite).
    """
    site = pages.site
    node: dict[str, Any] = {
        "@id": site.base,
        "@type": ["WebSite", "DataCatalog"],
        "name": manifest.title,
        "description": manifest.description,
        "url": site.canonical(""),
        "license": manifest.licence,
        "inLanguage": manifest.language,
        "dataset": {"@id": f"{site.base}dataset"},
    }
    if search:
        target = f"{site.canonical(search_path(search))}{{search_term_string}}"
        node["potentialAction"] = {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": target},
            "query-input": "required name=search_term_string",
        }
    return to_line({"@context": CONTEXT, **{name: value for name, value in node.items() if value}})


def _publisher(pages: Pages, store: Statements, manifest: Manifest) -> Node | None:
    if not manifest.publisher:
        return None
    return Reader(store, pages.site, pages.words).node(NamedNode(manifest.ids + manifest.publisher))


def _term(iri: str, pages: Pages) -> Value:
    return read_address(iri, pages.site, shorten(iri))


def _size(size: int) -> str:
    """Return a number of bytes as people say it."""
    amount, unit = float(size), "bytes"
    for larger in ("kB", "MB", "GB"):
        if amount < 1_000:
            break
        amount, unit = amount / 1_000, larger
    return f"{amount:,.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"
