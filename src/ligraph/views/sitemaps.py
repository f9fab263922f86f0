"""Sitemaps: the address of every page, with the time when what is said there last changed.

A release has them for any site: addresses begin with a placeholder until they are served.

Source: Sitemap protocol 0.9 (sitemaps.org).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from ligraph.releases.manifest import SITEMAPS, Manifest
from ligraph.views.site import site_of

PAGES = 10_000
"""Pages that one part lists; the protocol allows 50,000."""

_SITE = "{site}"
_INDEX = "index"


def write_sitemaps(folder: Path, manifest: Manifest, changes: Mapping[str, str]) -> None:
    """Write the sitemap of a release in parts, and their index; a release without pages has none.

    Shape: `changes` has the time of the last change by the id of a thing; source files are not listed.
    Raises: OSError when they cannot be written.
    """
    things = [local for local in sorted(changes) if not local.startswith(("graph/", "derived/"))]
    if not things:
        return
    site = site_of(manifest, _SITE, "")
    (folder / SITEMAPS).mkdir()
    parts = []
    for number, start in enumerate(range(0, len(things), PAGES), 1):
        part = things[start : start + PAGES]
        pages = (_entry("url", site.page_of(manifest.ids + local), changes[local]) for local in part)
        _path(folder, str(number)).write_bytes(_document("urlset", pages))
        parts.append(_entry("sitemap", _SITE + part_path(number), max(changes[local] for local in part)))
    _path(folder, _INDEX).write_bytes(_document("sitemapindex", parts))


def part_path(number: int) -> str:
    """Return the address of a part below the site.

    Source: Sitemap protocol 0.9, “Sitemap file location”: a sitemap lists only what lies below its own folder.
    """
    return f"sitemap-{number}.xml"


def has_sitemap(folder: Path) -> bool:
    """Return whether the release in a folder has pages that are listed."""
    return (folder / SITEMAPS).is_dir()


def sitemap_index(folder: Path, site: str) -> bytes | None:
    """Return the index of the sitemap of the release in a folder for a site, or None where it has no pages."""
    return _read(folder, _INDEX, site)


def sitemap_part(folder: Path, number: int, site: str) -> bytes | None:
    """Return one part of the sitemap of the release in a folder for a site, counted from 1, or None past the last."""
    return _read(folder, str(number), site)


def _read(folder: Path, name: str, site: str) -> bytes | None:
    try:
        content = _path(folder, name).read_bytes()
    except FileNotFoundError:
        return None
    return content.replace(_SITE.encode(), escape(site).encode())


def _path(folder: Path, name: str) -> Path:
    return folder / SITEMAPS / f"{name}.xml"


def _document(root: str, entries: Iterable[str]) -> bytes:
    body = "".join(entries)
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{namespace}">\n{body}</{root}>\n'.encode()


def _entry(kind: str, address: str, changed: str) -> str:
    return f"<{kind}><loc>{address}</loc><lastmod>{changed}</lastmod></{kind}>\n"
