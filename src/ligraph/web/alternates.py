"""`/doc/{x}?_profile=alt`: in which profiles and formats a document can be had."""

from __future__ import annotations

from starlette.requests import Request

from ligraph.formats import DOCUMENTS, HTML, JSON, JSON_LD, Format
from ligraph.namespaces import ALTR
from ligraph.serialization import to_rdf
from ligraph.views.alternates import alternate_links, alternate_triples, alternates_page
from ligraph.views.jsonld import to_flat_json_ld
from ligraph.views.links import Link, to_header
from ligraph.views.profiles import profiles_of
from ligraph.web.negotiation import negotiate
from ligraph.web.responses import Reply, answer
from ligraph.web.snapshot import Snapshot

TOKEN = "alt"  # noqa: S105 - the name of a profile


def answer_alternates(
    request: Request, snapshot: Snapshot, local: str, fixed: Format | None, *, lasting: bool
) -> Reply:
    """Return the list of a document's representations, in the format of its suffix or that a request asks for.

    Raises: NotAcceptable.
    """
    format_ = fixed or negotiate(request, DOCUMENTS)
    profiles = profiles_of(snapshot.release.manifest)
    site = snapshot.pages.site
    page = site.page_of(snapshot.release.ids + local)
    if format_ is HTML:
        body = alternates_page(snapshot.pages, local, profiles)
    elif format_ in (JSON_LD, JSON):
        body = to_flat_json_ld(alternate_triples(page, profiles), snapshot.words)
    else:
        body = to_rdf(alternate_triples(page, profiles), format_)
    links = [*alternate_links(page, profiles), Link(ALTR.rstrip("#"), "profile")]
    located = f"{site.root_path}/doc/{site.path_of(snapshot.release.ids + local)}?_profile={TOKEN}&_mediatype="
    headers = {"Link": to_header(links), "Content-Location": located + format_.name}
    vary = "" if fixed else "Accept"
    content_type = format_.content_type
    return answer(request, body, content_type, vary=vary, headers=headers, lasting=lasting, release=snapshot)
