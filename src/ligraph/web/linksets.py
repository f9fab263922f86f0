"""`/linkset/{x}` and `/linkset/dataset`: the typed links of a page and its data, all of them.

Source: RFC 9264; FAIR Signposting Profile (2023-10-02) level 2.
"""

from __future__ import annotations

from starlette.requests import Request

from ligraph.errors import NotFound
from ligraph.formats import Format
from ligraph.stores.documents import read_document
from ligraph.stores.facts import Facts
from ligraph.views.dataset import dataset_linkset
from ligraph.views.links import LINKSETS, linkset_of, to_linkset
from ligraph.views.profiles import profiles_of
from ligraph.web.addresses import elsewhere, href, named_format, split_address
from ligraph.web.live import live_of
from ligraph.web.negotiation import negotiate
from ligraph.web.responses import Body, Reply, answer
from ligraph.web.snapshot import Snapshot


async def show_dataset_linkset(request: Request) -> Reply:
    """Answer `/linkset/dataset` as JSON or text."""
    live = live_of(request)
    fixed = named_format(request, "linkset/dataset", LINKSETS)
    if isinstance(fixed, Reply):
        return fixed
    format_ = fixed or negotiate(request, LINKSETS)
    content = to_linkset(dataset_linkset(live.snapshot.release.manifest, live.site), format_)
    located = f"{live.root_path}/linkset/dataset.{format_.suffix}"
    return _answer(request, live.snapshot, Body(content), format_, "" if fixed else located)


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
        if not facts.describes(local):
            raise NotFound(f"nothing is known about {facts.ids}{local}")
        format_ = fixed or negotiate(request, LINKSETS)
        kept = snapshot.kept_body((f"linkset/{local}", format_))
        if kept is None:
            document = read_document(facts.store, facts.manifest, local)
            assert document, "what is described has a document"
            links = linkset_of(document, facts.manifest, site, profiles_of(facts.manifest))
            kept = Body(to_linkset(links, format_))
        return local, fixed, format_, kept

    found = await snapshot.read(find)
    if isinstance(found, Reply):
        return found
    local, fixed, format_, body = found
    lasting = snapshot.keep_body((f"linkset/{local}", format_), body, doubts)
    located = "" if fixed else f"{href(request, 'linkset', local)}.{format_.suffix}"
    return _answer(request, snapshot, body, format_, located, lasting=lasting)


def _answer(
    request: Request, snapshot: Snapshot, body: Body, format_: Format, located: str, *, lasting: bool = True
) -> Reply:
    """Return a link set; one whose format was negotiated says where it is in this one."""
    vary, headers = ("Accept", {"Content-Location": located}) if located else ("", {})
    return answer(request, body, format_.content_type, vary=vary, headers=headers, lasting=lasting, release=snapshot)
