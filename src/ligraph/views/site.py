"""Where pages are served, and how things and their parts are linked from there."""

from dataclasses import dataclass
from urllib.parse import quote

from ligraph.releases.manifest import Manifest

_IN_PATH = "/-_.~"
_IN_FRAGMENT = "-_.~"


@dataclass(frozen=True)
class Site:
    """What every page says of the site.

    Shape: `root_path` begins every href and is "" at the root; `ids` is what ids are relative to; `address` is the
    absolute public address with “/” at its end, or None where it is not known.
    """

    title: str
    description: str
    root_path: str
    base: str
    ids: str
    address: str | None
    language: str
    licence: str | None

    def href(self, iri: str) -> str:
        """Return the link to a thing's page, or into it for a part."""
        part = iri.partition("#")[2] if self.ids else ""
        return f"{self.root_path}/doc/{self.path_of(iri)}" + (f"#{quote(part, safe=_IN_FRAGMENT)}" if part else "")

    def path_of(self, iri: str) -> str:
        """Return what the address of a thing's page ends with, percent-encoded in the one way that is canonical."""
        if not self.ids:
            return quote(iri, safe=_IN_PATH + ":")
        return quote(iri.removeprefix(self.ids).partition("#")[0], safe=_IN_PATH)

    def page_of(self, iri: str) -> str:
        """Return the absolute address of a thing's page."""
        return f"{self.address}doc/{self.path_of(iri)}"

    def canonical(self, path: str) -> str | None:
        """Return the public address of a path below the root, already percent-encoded, or None."""
        return self.address + path if self.address else None


def site_of(manifest: Manifest, address: str | None, root_path: str) -> Site:
    """Return a site as a release describes it, served at an address."""
    return Site(
        title=manifest.title,
        description=manifest.description,
        root_path=root_path,
        base=manifest.base or address or "",
        ids=manifest.ids,
        address=address,
        language=manifest.language,
        licence=manifest.licence,
    )
