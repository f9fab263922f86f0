"""What a document may conform to: profiles of its words, and the forms in which JSON-LD writes the same statements.

Source: Content Negotiation by Profile (W3C Working Draft 2023); JSON-LD 1.1 (W3C 2020) appendix C, `profile`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ligraph.formats import DOCUMENTS, JSON_LD, Format
from ligraph.namespaces import ALTR, LIG, SCHEMA_HTTPS
from ligraph.releases.manifest import Manifest

_JSON_LD = "http://www.w3.org/ns/json-ld#"


@dataclass(frozen=True)
class Profile:
    """Words that a document is given in.

    Shape: `token` is its name in an address; `formats` are those that can be had in it.
    """

    token: str
    iri: str
    title: str
    formats: tuple[Format, ...]


@dataclass(frozen=True)
class Form:
    """A way to write statements as JSON-LD: the name in an address, and the IRIs by which clients ask for it."""

    token: str
    iris: tuple[str, ...]


NATIVE = Profile("native", LIG.rstrip("#"), "All that is said, in the words of this collection", DOCUMENTS)
SCHEMA_ORG = Profile("schema", SCHEMA_HTTPS, "What search engines read, in the words of schema.org", (JSON_LD,))
PROFILES = (NATIVE, SCHEMA_ORG)
"""What documents conform to, the first by default."""

ALTERNATES = Profile("alt", ALTR.rstrip("#"), "The profiles and formats that there are", DOCUMENTS)
"""What every address can be asked for beside its own profiles: the list of them.

Source: Content Negotiation by Profile (W3C Working Draft 2023) section 6.3."""

TREE = Form("compacted", (_JSON_LD + "compacted",))
EXPANDED = Form("expanded", (_JSON_LD + "expanded",))
FLATTENED = Form("flattened", (_JSON_LD + "flattened",))
FLAT_AND_COMPACTED = Form("flattened-compacted", (_JSON_LD + "flattened", _JSON_LD + "compacted"))
FORMS = (TREE, EXPANDED, FLATTENED, FLAT_AND_COMPACTED)
"""How JSON-LD is written, the first by default; what clients call framed is the tree, too."""

_FRAMED = _JSON_LD + "framed"


def profiles_of(manifest: Manifest) -> tuple[Profile, ...]:
    """Return the profiles of documents: files that are served as they are have no words of schema.org to offer."""
    return PROFILES if manifest.base else (NATIVE,)


def profile_called(name: str, profiles: Collection[Profile] = PROFILES) -> Profile | None:
    """Return the profile with a token or an IRI, with or without the “/” at its end, or None."""
    wanted = _without_scheme(name)
    for profile in profiles:
        if name == profile.token or wanted == _without_scheme(profile.iri):
            return profile
    return None


def _without_scheme(iri: str) -> str:
    return iri.rstrip("/#").removeprefix("https://").removeprefix("http://")


def fixed_address(page: str, format_: Format, token: str = "") -> str:
    """Return the address of one representation of what has an address: a suffix, which “/” does not take.

    Shape: `token` names a profile or a form, "" the one by default.
    """
    if page.endswith("/"):
        return f"{page}?_mediatype={format_.suffix}" + (f"&_profile={token}" if token else "")
    return f"{page}.{format_.suffix}" + (f"?_profile={token}" if token else "")


def form_called(name: str) -> Form | None:
    """Return the form with a token or an IRI, or None."""
    if name in (_FRAMED, "framed"):
        return TREE
    return next((form for form in FORMS if name == form.token or form.iris == (name,)), None)


def form_of(iris: Collection[str]) -> Form | None:
    """Return the form that IRIs ask for together, None where none of them means a form.

    Source: JSON-LD 1.1 appendix C: those that are not known are ignored.
    """
    if FLATTENED.iris[0] in iris:
        return FLAT_AND_COMPACTED if TREE.iris[0] in iris else FLATTENED
    if TREE.iris[0] in iris or _FRAMED in iris:
        return TREE
    return EXPANDED if EXPANDED.iris[0] in iris else None
