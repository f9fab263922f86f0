"""`?_profile=alt`: in which profiles and formats what has an address can be had."""

from __future__ import annotations

from collections.abc import Sequence

from ligraph.formats import JSON, Format
from ligraph.views.alternates import alternate_links, to_alternates
from ligraph.views.links import Link, context_link, to_header
from ligraph.views.profiles import ALTERNATES, Profile
from ligraph.web.responses import Body
from ligraph.web.snapshot import Snapshot


def list_alternates(snapshot: Snapshot, path: str, profiles: Sequence[Profile], format_: Format) -> Body:
    """Return the list of the representations that an address below the site has, with the list as links."""
    pages = snapshot.pages
    address = pages.site.address or "/"
    links = [*alternate_links(f"{address}{path}", profiles), Link(ALTERNATES.iri, "profile")]
    if format_ is JSON:
        links.append(context_link(f"{address}{snapshot.context_path}"))
    return Body(to_alternates(pages, path, profiles, format_), to_header(links, format_))
