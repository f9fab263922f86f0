"""`/linkset/{x}` and `/linkset/dataset`: the typed links of a page and its data, all of them.

Source: RFC 9264; FAIR Signposting Profile (2023-10-02) level 2.
"""

from __future__ import annotations

from starlette.requests import Request

from ligraph.errors import NotFound
from ligraph.formats import Format, by_suffix
from ligraph.stores.documents import read_document
from ligraph.stores.facts import Facts
from ligraph.views.dataset import dataset_linkset
from ligraph.views.links import LINKSETS, linkset_of, to_linkset
from ligraph.views.profiles import profiles_of
from ligraph.web.documents import elsewhere, split_address
from ligraph.web.live import live_of
from ligraph.web.negotiation import negotiate
from ligraph.web.responses import Body, Reply, answer


async def show_dataset_linkset(request: Request) -> Reply:
    """Answer `/linkset/dataset` as JSON or text."""
    live = live_of(request)
    suffix = request.path_params.get("suffix")
    fixed = by_suffix(LINKSETS, suffix) if suffix else None
    if suffix and fixed is None:
        raise NotFound(f"/linkset/dataset has no representation called .{suffix[:100]}")
    format_ = fixed or negotiate(request, LINKSETS)
    content = to_linkset(dataset_linkset(live.snapshot.release.manifest, live.site), format_)
    vary = "" if fixed else "Accept"
    return answer(request, content, format_.content_type, vary=vary, release=live.snapshot)


async def show_linkset(request: Request) -> Reply:
    """Answer `/linkset/{x}` as JSON or text."""
    snapshot = live_of(request).snapshot
    site = snapshot.pages.site
    asked = request.path_params["x"]
    doubts = snapshot.surety()

    def find(facts: Facts) -> Reply | tuple[str, Format | None, Format, Body]:
        local, fixed = split_address(facts, asked, LINKSETS)
        if other := elsewhere(request, facts, local, "linkset", f".{fixed.suffix}" if fixed else ""):
            return other
        format_ = fixed or negotiate(request, LINKSETS)
        kept = snapshot.kept_body((f"linkset/{local}", format_))
        is_known = kept is None and facts.describes(local)
        document = read_document(facts.store, facts.manifest, local) if is_known else None
        if document:
            links = linkset_of(document, facts.manifest, site, profiles_of(facts.manifest))
            kept = Body(to_linkset(links, format_))
        if kept is None:
            raise NotFound(f"nothing is known about {facts.ids}{local}")
        return local, fixed, format_, kept

    found = await snapshot.read(find)
    if isinstance(found, Reply):
        return found
    local, fixed, format_, body = found
    lasting = snapshot.keep_body((f"linkset/{local}", format_), body, doubts)
    vary = "" if fixed else "Accept"
    return answer(request, body, format_.content_type, vary=vary, lasting=lasting, release=snapshot)
