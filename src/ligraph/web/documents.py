"""`/id/{x}` and `/doc/{x}`: things, and the documents about them."""

from __future__ import annotations

from starlette.requests import Request

from ligraph.errors import NotFound
from ligraph.formats import DOCUMENTS, HTML, JSON, JSON_LD, N_QUADS, TRIG, Format
from ligraph.serialization import to_rdf
from ligraph.stores.documents import Document, read_document
from ligraph.stores.facts import Facts
from ligraph.views.jsonld import in_form, to_json_ld
from ligraph.views.links import Link, context_link, data_links, page_links, to_header
from ligraph.views.profiles import ALTERNATES, SCHEMA_ORG, TREE, profiles_of
from ligraph.views.reader import Reader
from ligraph.views.schema_org import to_schema_org
from ligraph.web.addresses import elsewhere, href, redirect, split_address
from ligraph.web.alternates import list_alternates
from ligraph.web.live import Live, live_of
from ligraph.web.representations import VARY, Representation, choose_representation
from ligraph.web.responses import Body, Reply, answer, keep_reply
from ligraph.web.snapshot import Snapshot


async def redirect_thing(request: Request) -> Reply:
    """Answer `/id/{x}`: a thing cannot be sent, so the reader is sent to its document."""
    live = live_of(request)
    snapshot = live.snapshot
    asked = request.path_params["x"]
    doubts = snapshot.surety()

    def find(facts: Facts) -> Reply:
        other = elsewhere(request, facts, asked, "id")
        if other:
            return other
        local, _, part = asked.partition("#") if facts.ids else (asked, "", "")
        if not facts.describes(local):
            raise NotFound(f"nothing is known about {facts.ids}{local}")
        query = request.scope["query_string"].decode("latin-1")
        return redirect(303, href(request, "doc", local), query=query, part=part)

    found = await snapshot.read(find)
    return keep_reply(request.scope, found, snapshot) if snapshot.is_sure_since(doubts) else found


async def show_document(request: Request) -> Reply:
    """Answer `/doc/{x}` in the format that is asked for, and `/doc/{x}.{suffix}` in the one that it names."""
    live = live_of(request)
    snapshot = live.snapshot
    asked = request.path_params["x"]
    doubts = snapshot.surety()

    def find(facts: Facts) -> Reply | tuple[str, Format | None, Representation, Body]:
        local, fixed = split_address(facts, asked)
        other = elsewhere(request, facts, local, "doc", f".{fixed.suffix}" if fixed else "")
        if other:
            return other
        if not facts.describes(local):
            raise NotFound(f"nothing is known about {facts.ids}{local}")
        representation = choose_representation(request, DOCUMENTS, profiles_of(facts.manifest), fixed)
        kept = snapshot.kept_body((local, representation))
        return local, fixed, representation, kept or _draw(live, snapshot, facts, local, representation)

    found = await snapshot.read(find)
    if isinstance(found, Reply):
        return found
    local, fixed, representation, body = found
    lasting = snapshot.keep_body((local, representation), body, doubts)
    headers = {"Link": body.links}
    if not fixed:
        headers["Content-Location"] = representation.located(href(request, "doc", local))
    vary = "" if fixed else VARY
    content_type = representation.content_type
    return answer(request, body, content_type, vary=vary, headers=headers, lasting=lasting, release=snapshot)


def _draw(live: Live, snapshot: Snapshot, facts: Facts, local: str, representation: Representation) -> Body:
    profiles = profiles_of(facts.manifest)
    if representation.profile is ALTERNATES:
        path = f"doc/{snapshot.pages.site.path_of(facts.ids + local)}"
        return list_alternates(snapshot, path, profiles, representation.format)
    document = read_document(facts.store, facts.manifest, local)
    if document is None:
        raise NotFound(f"nothing is known about {facts.ids}{local}")
    links_of = page_links if representation.format is HTML else data_links
    links = links_of(document, facts.manifest, snapshot.pages.site, profiles)
    links.append(Link(representation.profile.iri, "profile"))
    if representation.format is JSON:
        links.append(context_link(f"{live.site}{snapshot.context_path}"))
    return Body(_write(snapshot, facts, document, representation), to_header(links, representation.format))


def _write(snapshot: Snapshot, facts: Facts, document: Document, representation: Representation) -> bytes:
    format_, form = representation.format, representation.form
    if format_ is HTML:
        return snapshot.pages.document(document, facts.store, facts.manifest)
    if representation.profile is SCHEMA_ORG:
        reader = Reader(facts.store, snapshot.pages.site, snapshot.words, document)
        return to_schema_org(document, facts.manifest, reader)
    if form is not TREE:
        return in_form(document.triples, form, snapshot.words)
    if format_ in (JSON_LD, JSON):
        return to_json_ld(document, snapshot.words)
    return to_rdf(document.quads if format_ in (TRIG, N_QUADS) else document.triples, format_)
