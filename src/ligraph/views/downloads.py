"""The files that hold a whole release: one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ligraph.releases.manifest import DUMP, JSON_LD_DUMP, TURTLE_DUMP, Manifest

GZIP = "application/gzip"
"""The media type of all of them as they are sent."""

_W3C = "https://www.w3.org/TR/"


@dataclass(frozen=True)
class Download:
    """A file with all statements.

    Shape: `file` is its name in a release, `media_type` that of what is in it; `file_type` names it in the European
    table of file types, `conforms_to` is its standard. Of one that is no `document`, each line is one.
    """

    file: str
    title: str
    media_type: str
    file_type: str
    conforms_to: str
    is_document: bool = True

    @property
    def suffix(self) -> str:
        """What it is called among others, such as `nq`."""
        return self.file.split(".")[1]

    def address(self, manifest: Manifest, site: str) -> str:
        """Return where it is."""
        return f"{site}dump/{manifest.id}.{self.suffix}.gz"

    def described(self, manifest: Manifest) -> dict[str, Any]:
        """Return its size in `bytes` and its `sha256`."""
        return manifest.files[self.file]


DOWNLOADS = (
    Download(
        DUMP, "N-Quads, with the graph of each source file", "application/n-quads", "RDF_N_QUADS", _W3C + "n-quads/"
    ),
    Download(TURTLE_DUMP, "Turtle", "text/turtle", "RDF_TURTLE", _W3C + "turtle/"),
    Download(
        JSON_LD_DUMP,
        "JSON-LD, one document a line",
        "application/ld+json",
        "JSON_LD",
        "https://jsonlines.org/",
        is_document=False,
    ),
)


def downloads_of(manifest: Manifest) -> list[Download]:
    """Return those that a release has."""
    return [download for download in DOWNLOADS if download.file in manifest.files]
