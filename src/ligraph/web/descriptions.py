"""What describes the collection itself (catalogue, dataset, ontology, shapes, service): statements, or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pyoxigraph import Triple
from starlette.requests import Request

from ligraph.errors import NotFound
from ligraph.formats import DOCUMENTS, HTML, JSON, JSON_LD, Format, by_suffix
from ligraph.namespaces import PREFIXES
from ligraph.serialization import to_rdf
from ligraph.stores.facts import Facts
from ligraph.views.jsonld import to_expanded_json_ld, to_flat_json_ld
from ligraph.views.links import Link, context_link, to_header
from ligraph.views.profiles import EXPANDED, FLATTENED, NATIVE, Profile
from ligraph.web.live import live_of
from ligraph.web.representations import VARY, Representation, choose_representation
from ligraph.web.responses import Body, Reply, answer
from ligraph.web.snapshot import Snapshot


async def answer_description(
    request: Request,
    path: str,
    triples: Callable[[], Iterable[Triple]],
    page: Callable[[Facts], bytes],
    *,
    formats: tuple[Format, ...] = DOCUMENTS,
    prefixes: dict[str, str] = PREFIXES,
    others: dict[Profile, Callable[[Facts], bytes]] | None = None,
    links: Sequence[Link] = (),
) -> Reply:
    """Return a description in the format that a request asks for.

    Shape: `path` is its address below the site, to which a suffix may be added; `others` writes it in further profiles.
    Raises: NotAcceptable; NotFound for a suffix that it has not.
    """
    live = live_of(request)
    snapshot = live.snapshot
    doubts = snapshot.surety()
    others = others or {}
    suffix = request.path_params.get("suffix")
    fixed = by_suffix(formats, suffix) if suffix else None
    if suffix and fixed is None:
        raise NotFound(f"/{path} has no representation called .{suffix[:100]}")
    chosen = choose_representation(request, formats, (NATIVE, *others), fixed)

    def write(facts: Facts) -> bytes:
        if chosen.format is HTML:
            return page(facts)
        return (
            others[chosen.profile](facts) if chosen.profile in others else _write(snapshot, triples(), chosen, prefixes)
        )

    key = (f"/{path}", chosen)
    body = snapshot.kept_body(key)
    if body is None:
        every = [Link(f"{live.site}{path}", "canonical"), *links]
        for known in (Representation(format_) for format_ in formats):
            every.append(Link(f"{live.site}{path}{_ending(path, known)}", "alternate", known.format.media_type))
        for profile in others:
            known = Representation(JSON_LD, profile)
            address = f"{live.site}{path}{_ending(path, known)}"
            every.append(Link(address, "alternate", JSON_LD.media_type, profile.iri))
        every.append(Link(chosen.profile.iri, "profile"))
        if chosen.format is JSON:
            every.append(context_link(f"{live.site}{snapshot.context_path}"))
        body = Body(await snapshot.read(write), to_header(every))
    lasting = snapshot.keep_body(key, body, doubts)
    headers = {"Link": body.links}
    if not fixed:
        headers["Content-Location"] = f"{request.scope.get('root_path', '')}/{path}{_ending(path, chosen)}"
    vary = "" if fixed else VARY
    return answer(request, body, chosen.content_type, vary=vary, headers=headers, lasting=lasting, release=snapshot)


def _ending(path: str, chosen: Representation) -> str:
    """Return what follows the address of a description; the collection's own, which is “/”, takes no suffix."""
    suffix, _, query = chosen.ending.partition("?")
    if path:
        return chosen.ending
    return f"?_mediatype={suffix[1:]}" + (f"&{query}" if query else "")


def _write(snapshot: Snapshot, triples: Iterable[Triple], chosen: Representation, prefixes: dict[str, str]) -> bytes:
    if chosen.form in (EXPANDED, FLATTENED):
        return to_expanded_json_ld(triples, flattened=chosen.form is FLATTENED)
    if chosen.format in (JSON_LD, JSON):
        return to_flat_json_ld(triples, snapshot.words)
    return to_rdf(triples, chosen.format, prefixes)
