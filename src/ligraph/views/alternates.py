"""The list of a document's representations: which profiles there are, and in which formats each.

Source: Content Negotiation by Profile (W3C Working Draft 2023) sections 6.3 (data model) and 8 (list profiles).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pyoxigraph import Literal, NamedNode, Triple

from ligraph.formats import HTML
from ligraph.namespaces import ALTR, DCTERMS, PROF, RDFS, TYPE
from ligraph.views.links import Link
from ligraph.views.pages import Pages
from ligraph.views.profiles import NATIVE, Profile

Listed = tuple[str, str, Profile]
"""The address of a representation, its media type, and its profile."""


def listed(page: str, profiles: Sequence[Profile]) -> list[Listed]:
    """Return every representation of the document whose page is given, the one by default first."""
    return [
        (
            f"{page}.{known.suffix}" + ("" if profile is NATIVE else f"?_profile={profile.token}"),
            known.media_type,
            profile,
        )
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


def alternates_page(pages: Pages, local: str, profiles: Sequence[Profile]) -> bytes:
    """Return the list as a page."""
    site = pages.site
    path = f"doc/{site.path_of(site.ids + local)}"
    every = listed(f"{site.root_path}/{path}", profiles)
    grouped = [(one, [entry[:2] for entry in every if entry[2] is one]) for one in profiles]
    return pages.render("alternates.html", name=local, path=path, profiles=grouped, canonical=None)
