"""Typed links between a thing, its page and its data, for machines: as `Link` headers and as link sets.

Source: RFC 8288 (Web Linking); RFC 9264 (Linkset); FAIR Signposting Profile (2023-10-02) levels 1 and 2.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

import orjson
from pyoxigraph import NamedNode

from ligraph.formats import DOCUMENTS, GRAPHS, HTML, JSON, JSON_LD, Format
from ligraph.namespaces import SCHEMA, TYPE
from ligraph.releases.manifest import Manifest
from ligraph.stores.documents import Document
from ligraph.views.kinds import kind_of
from ligraph.views.licences import spdx_address
from ligraph.views.profiles import NATIVE, SCHEMA_ORG, Profile, fixed_address
from ligraph.views.site import Site

LINKSET_JSON = Format("json", "Linkset", ("json",), ("application/linkset+json",))
LINKSET_TEXT = Format("txt", "Linkset as text", ("txt",), ("application/linkset",))
LINKSETS = (LINKSET_JSON, LINKSET_TEXT)
"""What a set of links is given in."""

ABOUT_PAGE = "https://schema.org/AboutPage"

_MOST_BYTES = 3_100
"""nginx takes 4,096 bytes of headers from a server unless it is told otherwise, and about 800 are those of others. Of
more links than that those are sent that every reader needs; the link set has all."""

_IN_URI = ":/?#[]@!$&'()*+,;=%-._~"
_URI = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]*")
_SPARED = ("linkset", "alternate", "author", "item", "describedby")
"""Relations of which all but the first are left out where there are too many links, the last of these first."""


class Link(NamedTuple):
    """A link from one address to another; `anchor` is where it begins, None for what is being sent.

    Shape: `format` and `token` are what only the list of a document's profiles says.
    """

    target: str
    rel: str
    type: str | None = None
    profile: str | None = None
    anchor: str | None = None
    format: str | None = None
    token: str | None = None

    def __str__(self) -> str:
        """Return the link as a header has it; a profile is an attribute of its own and never part of the type."""
        text = f'<{to_uri(self.target)}>; rel="{self.rel}"'
        if self.type:
            text += f'; type="{self.type}"'
        if self.format:
            text += f'; format="{self.format}"'
        if self.profile:
            text += f'; profile="{self.profile}"'
        if self.token:
            text += f'; token="{self.token}"'
        return f'{text}; anchor="{to_uri(self.anchor)}"' if self.anchor else text


def to_uri(iri: str) -> str:
    """Return an IRI as a URI, in ASCII.

    Source: RFC 3987 section 3.1.
    """
    return iri if _URI.fullmatch(iri) else quote(iri, safe=_IN_URI)


def page_links(document: Document, manifest: Manifest, site: Site, profiles: Sequence[Profile]) -> list[Link]:
    """Return the links of the page of a thing.

    Shape: the licence is that of the page and its data; what the thing itself may be used for its data say.
    """
    page = site.page_of(document.about.value)
    types = {value.value for value in document.objects(document.about, TYPE) if isinstance(value, NamedNode)}
    links = [Link(page, "canonical"), *_identity(document, manifest), Link(kind_of(types).schema_org, "type")]
    links.append(Link(ABOUT_PAGE, "type"))
    creators = document.objects(document.about, SCHEMA + "creator")
    links += [Link(creator.value, "author") for creator in creators if isinstance(creator, NamedNode)]
    links += [Link(fixed_address(page, known), "describedby", known.media_type, NATIVE.iri) for known in GRAPHS]
    if SCHEMA_ORG in profiles:
        links.append(_in_schema_org(page)._replace(rel="describedby"))
    return links + _others(page, document, site, profiles)


def data_links(document: Document, manifest: Manifest, site: Site, profiles: Sequence[Profile]) -> list[Link]:
    """Return the links of what describes a thing for machines, whatever its format."""
    page = site.page_of(document.about.value)
    links = [Link(page, "canonical"), *_identity(document, manifest), Link(page, "describes", HTML.media_type)]
    return links + _others(page, document, site, profiles)


def _identity(document: Document, manifest: Manifest) -> list[Link]:
    """Return what a document is to be cited as, which leads back to its page, and its licence where it has one only.

    Source: FAIR Signposting Profile (2023-10-02): at most one link to a licence.
    """
    if not manifest.base:
        return []
    links = [Link(document.about.value, "cite-as")]
    licences = [Link(spdx_address(licence.value), "license") for licence in document.licences]
    return links + (licences if len(licences) == 1 else [])


def _others(page: str, document: Document, site: Site, profiles: Sequence[Profile]) -> list[Link]:
    """Return the links to a document's link sets, and to each format and profile of it."""
    links = linkset_links(site.address or "/", site.path_of(document.about.value))
    links += [Link(fixed_address(page, known), "alternate", known.media_type) for known in DOCUMENTS]
    return links + ([_in_schema_org(page)] if SCHEMA_ORG in profiles else [])


def linkset_links(site: str, path: str) -> list[Link]:
    """Return the links to the link sets of a document; `path` is its name among them."""
    return [Link(f"{site}linkset/{path}.{known.suffix}", "linkset", known.media_type) for known in LINKSETS]


def _in_schema_org(page: str) -> Link:
    address = fixed_address(page, JSON_LD, SCHEMA_ORG.token)
    return Link(address, "alternate", JSON_LD.media_type, SCHEMA_ORG.iri)


def context_link(address: str) -> Link:
    """Return the link from plain JSON to the context that makes it JSON-LD; an answer has one at most.

    Source: JSON-LD 1.1 section 6.1.
    """
    return Link(address, "http://www.w3.org/ns/json-ld#context", JSON_LD.media_type)


def to_header(links: Sequence[Link], format_: Format | None = None) -> str:
    """Return links as the value of the `Link` header of an answer; of very many the most needed, the link set has all.

    Source: RFC 8288 section 3: a relation type may stand without quotes.
    """
    texts = [str(link) for link in links]
    if format_ in (JSON_LD, JSON):
        # PyLD 3.3 breaks off at a JSON document with several alternates; those without quotes it does not see.
        first = next((number for number, link in enumerate(links) if link.rel == "alternate"), 0)
        texts[first + 1 :] = [text.replace('; rel="alternate"', "; rel=alternate") for text in texts[first + 1 :]]
    if sum(map(len, texts)) + 2 * len(texts) <= _MOST_BYTES:
        return ", ".join(texts)
    first_ones = _first_of_each(links)
    needed = {number for number, link in enumerate(links) if link.rel not in _SPARED or link in first_ones}
    spared = (number for number in range(len(links)) if number not in needed)
    size = sum(len(texts[number]) + 2 for number in needed)
    for number in sorted(spared, key=lambda number: _SPARED.index(links[number].rel)):
        size += len(texts[number]) + 2
        if size > _MOST_BYTES:
            break
        needed.add(number)
    return ", ".join(text for number, text in enumerate(texts) if number in needed)


def _first_of_each(links: Sequence[Link]) -> set[Link]:
    """Return the first link of each relation but `alternate`, of which one tells nothing."""
    first: dict[str, Link] = {}
    for link in links:
        first.setdefault(link.rel, link)
    return {link for rel, link in first.items() if rel != "alternate"}


def linkset_of(document: Document, manifest: Manifest, site: Site, profiles: Sequence[Profile]) -> list[Link]:
    """Return the links of a thing's page and those of each description of it, each with its anchor."""
    page = site.page_of(document.about.value)
    links = [link._replace(anchor=page) for link in page_links(document, manifest, site, profiles)]
    described = [Link(page, "describes", HTML.media_type), *_identity(document, manifest)]
    for link in list(links):
        if link.rel == "describedby":
            links += [one._replace(anchor=link.target) for one in described]
    return links


def to_linkset(links: Sequence[Link], format_: Format) -> bytes:
    """Return a link set as JSON or text.

    Source: RFC 9264 sections 4.1 (text) and 4.2 (JSON), whose one member is `linkset`.
    """
    if format_ is LINKSET_TEXT:
        return ",\n".join(str(link) for link in links).encode() + b"\n"
    contexts: dict[str, dict[str, Any]] = {}
    for link in links:
        assert link.anchor, "a link of a set says where it begins"
        context = contexts.setdefault(link.anchor, {"anchor": to_uri(link.anchor)})
        # A profile would be a list here (RFC 9264 section 4.2.4.3), where signposting 0.9 breaks off: headers have it.
        target = {"href": to_uri(link.target), "type": link.type}
        context.setdefault(link.rel, []).append({name: value for name, value in target.items() if value})
    return orjson.dumps({"linkset": list(contexts.values())}, option=orjson.OPT_INDENT_2) + b"\n"
