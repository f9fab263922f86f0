"""What describes the collection itself (catalogue, dataset, ontology, shapes, service): statements, or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from pyoxigraph import Triple
from starlette.requests import Request

from ligraph.formats import DOCUMENTS, HTML, JSON, JSON_LD, Format
from ligraph.namespaces import PREFIXES
from ligraph.serialization import to_rdf
from ligraph.stores.facts import Facts
from ligraph.views.jsonld import in_form
from ligraph.views.links import Link, context_link, to_header
from ligraph.views.profiles import ALTERNATES, NATIVE, Profile, fixed_address
from ligraph.web.addresses import named_format
from ligraph.web.alternates import list_alternates
from ligraph.web.live import live_of
from ligraph.web.representations import VARY, choose_representation
from ligraph.web.responses import Body, Reply, answer


async def answer_description(
    request: Request,
    path: str,
    triples: Callable[[], Iterable[Triple]],
    page: Callable[[Facts], bytes],
    *,
    prefixes: dict[str, str] = PREFIXES,
    others: dict[Profile, Callable[[Facts], bytes]] | None = None,
    links: Callable[[Format], Sequence[Link]] = lambda _: (),
    is_dated: bool = True,
) -> Reply:
    """Return a description in the format that a request asks for.

    Shape: `path` is its address below the site, to which a suffix may be added; `others` writes it in further profiles;
    `links` are its typed links in a format, beside those to its formats and profiles. What depends on
    more than the release is not dated.
    Raises: NotAcceptable; NotFound for a suffix that it has not.
    """
    live = live_of(request)
    snapshot = live.snapshot
    doubts = snapshot.surety()
    others = others or {}
    fixed = named_format(request, path, DOCUMENTS)
    if isinstance(fixed, Reply):
        return fixed
    chosen = choose_representation(request, DOCUMENTS, (NATIVE, *others), fixed)
    address = f"{live.site}{path}"

    def draw(facts: Facts) -> Body:
        if chosen.profile is ALTERNATES:
            return list_alternates(snapshot, path, (NATIVE, *others), chosen.format)
        every = [Link(address, "canonical"), *links(chosen.format), *_alternates(address, others)]
        every.append(Link(chosen.profile.iri, "profile"))
        if chosen.format is JSON:
            every.append(context_link(f"{live.site}{snapshot.context_path}"))
        return Body(write(facts), to_header(every, chosen.format))

    def write(facts: Facts) -> bytes:
        if chosen.format is HTML:
            return page(facts)
        if chosen.profile in others:
            return others[chosen.profile](facts)
        if chosen.format in (JSON_LD, JSON):
            return in_form(triples(), chosen.form, snapshot.words)
        return to_rdf(triples(), chosen.format, prefixes)

    key = (f"/{path}", chosen)
    body = snapshot.kept_body(key)
    if body is None:
        body = await snapshot.read(draw)
    lasting = snapshot.keep_body(key, body, doubts)
    headers = {"Link": body.links}
    if not fixed:
        headers["Content-Location"] = chosen.located(f"{request.scope.get('root_path', '')}/{path}")
    vary = "" if fixed else VARY
    return answer(
        request,
        body,
        chosen.content_type,
        vary=vary,
        headers=headers,
        lasting=lasting,
        release=snapshot,
        is_dated=is_dated,
    )


def _alternates(address: str, others: Iterable[Profile]) -> Iterator[Link]:
    """Yield the links to each format of a description, and to each further profile of it."""
    for known in DOCUMENTS:
        yield Link(fixed_address(address, known), "alternate", known.media_type)
    for profile in others:
        in_profile = fixed_address(address, JSON_LD, profile.token)
        yield Link(in_profile, "alternate", JSON_LD.media_type, profile.iri)
