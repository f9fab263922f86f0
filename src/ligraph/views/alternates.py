"""The list of a document's representations: which profiles there are, and in which formats each.

Source: Content Negotiation by Profile (W3C Working Draft 2023) sections 6.3 (data model) and 8 (list profiles).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode, Triple

from ligraph.formats import HTML, JSON, JSON_LD, Format
from ligraph.namespaces import ALTR, DCTERMS, PROF, RDFS, TYPE
from ligraph.serialization import to_rdf
from ligraph.views.jsonld import to_flat_json_ld
from ligraph.views.links import Link
from ligraph.views.pages import Pages
from ligraph.views.profiles import NATIVE, Profile, fixed_address

Listed = tuple[str, str, Profile]
"""The address of a representation, its media type, and its profile."""


def listed(page: str, profiles: Sequence[Profile]) -> list[Listed]:
    """Return every representation of what has an address, the one by default first."""
    return [
        (fixed_address(page, known, "" if profile is NATIVE else profile.token), known.media_type, profile)
        for profile in profiles
        for known in profile.formats
    ]


def alternate_links(page: str, profiles: Sequence[Profile]) -> list[Link]:
    """Return the list as links: the default as `canonical`, the others as `alternate`, then the profiles' tokens."""
    links = []
    for address, media_type, profile in listed(page, profiles):
        is_default = profile is NATIVE and media_type == HTML.media_type
        rel = "canonical" if is_default else "alternate"
        links.append(Link(address, rel, media_type, profile.iri, format=media_type))
    for profile in profiles:
        links.append(Link(PROF + "Profile", "type", token=profile.token, anchor=profile.iri))
    return links


def alternate_triples(page: str, profiles: Sequence[Profile]) -> Iterator[Triple]:
    """Yield the list as statements."""
    document = NamedNode(page)
    for address, media_type, profile in listed(page, profiles):
        one = NamedNode(address)
        if profile is NATIVE and media_type == HTML.media_type:
            yield Triple(document, NamedNode(ALTR + "hasDefaultRepresentation"), one)
        yield Triple(document, NamedNode(ALTR + "hasRepresentation"), one)
        yield Triple(one, NamedNode(TYPE), NamedNode(ALTR + "Representation"))
        yield Triple(one, NamedNode(DCTERMS + "format"), Literal(media_type))
        yield Triple(one, NamedNode(DCTERMS + "conformsTo"), NamedNode(profile.iri))
    for profile in profiles:
        yield Triple(NamedNode(profile.iri), NamedNode(TYPE), NamedNode(PROF + "Profile"))
        yield Triple(NamedNode(profile.iri), NamedNode(PROF + "hasToken"), Literal(profile.token))
        yield Triple(NamedNode(profile.iri), NamedNode(RDFS + "label"), Literal(profile.title, language="en"))


def to_alternates(pages: Pages, path: str, profiles: Sequence[Profile], format_: Format) -> bytes:
    """Return the list in a format, as a page among others.

    Shape: `path` is the address below the site, percent-encoded.
    """
    site = pages.site
    if format_ is HTML:
        every = listed(f"{site.root_path}/{path}", profiles)
        grouped = [(one, [entry[:2] for entry in every if entry[2] is one]) for one in profiles]
        name = unquote(path.removeprefix("doc/")) or site.title
        return pages.render("alternates.html", name=name, path=path, profiles=grouped, canonical=None)
    triples = alternate_triples(f"{site.address}{path}", profiles)
    return to_flat_json_ld(triples, pages.words) if format_ in (JSON_LD, JSON) else to_rdf(triples, format_)
