"""What machines look for first: robots.txt, llms.txt, how to search, and the catalogue of the site's interfaces.

Source: RFC 9309 (robots.txt); RFC 9727 (api-catalog); FAIRiCat (signposting.org/FAIRiCat).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urljoin, urlsplit
from xml.sax.saxutils import escape, quoteattr

from ligraph.formats import GRAPHS, HTML, SPARQL_JSON, TURTLE
from ligraph.releases.manifest import Manifest
from ligraph.stores.questions import Question
from ligraph.views.links import LINKSET_JSON, Link, to_linkset

API_CATALOG = "https://www.rfc-editor.org/info/rfc9727"
FAIRICAT = "https://signposting.org/FAIRiCat/"

SEARCH = "find"
"""The stored question by which a site is searched."""

OPENSEARCH = "application/opensearchdescription+xml"

# OpenSearch allows a name so many characters, and a description so many.
_LONGEST_NAME = 16
_LONGEST_TEXT = 1_024


def robots(site: str, *, has_sitemap: bool) -> bytes:
    """Return robots.txt: pages may be read by all; answers to queries are computed for who asks them."""
    prefix = urlsplit(site).path
    closed = "".join(f"Disallow: {prefix}{path}\n" for path in ("sparql?", "graphs?", "queries/*?"))
    sitemap = f"\nSitemap: {site}sitemap.xml\n" if has_sitemap else ""
    return f"User-agent: *\n{closed}{sitemap}".encode()


def catalog_link(site: str) -> Link:
    """Return the link to the catalogue of interfaces that a site's first page has.

    Source: RFC 8615 section 3: what is well known lies at the root of the host.
    """
    address = urljoin(site, "/.well-known/api-catalog")
    return Link(address, "api-catalog", LINKSET_JSON.media_type, FAIRICAT)


def api_catalog(site: str) -> bytes:
    """Return the catalogue of interfaces as a link set: each with its documentation and its description.

    Source: RFC 9727 sections 2 and 4.2.
    """
    catalog = catalog_link(site).target
    interfaces = [f"{site}{path}" for path in ("sparql", "graphs?default", "queries")]
    links = [Link(interface, "item", anchor=catalog) for interface in interfaces]
    for interface in interfaces:
        links.append(Link(f"{site}openapi.json", "service-desc", "application/json", anchor=interface))
        links.append(Link(f"{site}docs", "service-doc", HTML.media_type, anchor=interface))
        links.append(Link(f"{site}dataset.ttl", "service-meta", TURTLE.media_type, anchor=interface))
        links.append(Link(f"{site}health", "status", "application/json", anchor=interface))
    links.insert(len(interfaces), Link(f"{site}sparql", "service-desc", TURTLE.media_type, anchor=interfaces[0]))
    return to_linkset(links, LINKSET_JSON)


def llms(manifest: Manifest, site: str, questions: Sequence[Question], *, has_sitemap: bool) -> bytes:
    """Return llms.txt: what the site holds and how a program asks for it, in Markdown."""
    prefix = urlsplit(site).path
    counts = [f"{count:,} under {prefix}doc/{segment}/" for segment, count in manifest.things.items()]
    held = f": {', '.join(counts)}" if counts else ""
    lines = [
        f"# {manifest.title}",
        "",
        f"> {manifest.description or 'Linked data about ' + manifest.title + '.'}",
        "",
        f"{manifest.triples:,} statements in RDF{held}. Each thing has one address and one document, in HTML and "
        f"{len(GRAPHS)} RDF formats, by `Accept` or by suffix (`.jsonld`, `.ttl`).",
        "",
        "## Data",
        "",
        f"- [Dataset]({site}dataset.ttl): what there is, its licence, downloads and counts, as DCAT and VoID",
        *([f"- [Sitemap]({site}sitemap.xml): the page of every thing"] if has_sitemap else []),
        f"- [Ontology]({site}ns.ttl): what the words mean",
        f"- [Shapes]({site}shapes.ttl): what data must have",
        f"- [JSON-LD context]({site}context.jsonld)",
        "",
        "## Interfaces",
        "",
        f"- [SPARQL 1.1]({site}sparql): `GET {site}sparql?query=…`",
        f"- [OpenAPI]({site}openapi.json): every interface; [for people]({site}docs)",
        f"- [Interfaces]({catalog_link(site).target}): as a link set (RFC 9727)",
    ]
    if questions:
        lines += ["", "## Questions that are ready to be asked", ""]
        lines += [f"- [{question.title}]({site}queries/{question.name}.json)" for question in questions]
    return ("\n".join(lines) + "\n").encode()


def search_of(questions: Mapping[str, Question]) -> Question | None:
    """Return the stored question by which the site is searched, None where it has none with one parameter."""
    question = questions.get(SEARCH)
    return question if question and len(question.parameters) == 1 else None


def search_path(question: Question) -> str:
    """Return the address, below the site, of what a search finds, but for the words that are looked for."""
    return f"queries/{question.name}?{question.parameters[0].name}="


def opensearch(manifest: Manifest, site: str, question: Question) -> bytes:
    """Return how browsers and programs search the site: by a stored question with one parameter.

    Source: OpenSearch 1.1 draft 6, the description document.
    """
    name = manifest.title if len(manifest.title) <= _LONGEST_NAME else manifest.title[: _LONGEST_NAME - 1] + "…"
    address = f"{site}{search_path(question)}{{searchTerms}}"
    urls = "".join(
        f'  <Url type="{media_type}" template={quoteattr(address + more)}/>\n'
        for media_type, more in ((HTML.media_type, ""), (SPARQL_JSON.media_type, "&format=json"))
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"  <ShortName>{escape(name)}</ShortName>\n  <Description>{escape(question.description[:_LONGEST_TEXT])}"
        f"</Description>\n{urls}  <InputEncoding>UTF-8</InputEncoding>\n</OpenSearchDescription>\n"
    )
    return text.encode()
