"""`/ns`, `/shapes` and `/context.jsonld`: the words that the data are written in, and what data must have.

Each has an address of its own for every version that was ever released, which never changes.
"""

from __future__ import annotations

from pyoxigraph import RdfFormat, Triple, parse
from starlette.requests import Request

from ligraph.config import Collection
from ligraph.errors import NotFound, ReleaseError
from ligraph.formats import JSON_LD, TURTLE, Format
from ligraph.namespaces import LIGSH, PREFIXES, SH
from ligraph.releases.manifest import CONTEXT, ONTOLOGY, SHAPES, Manifest
from ligraph.releases.words import read_words, word_digest
from ligraph.views.links import Link
from ligraph.views.requirements import requirements_page
from ligraph.web.descriptions import answer_description
from ligraph.web.live import live_of, snapshot_of
from ligraph.web.responses import IMMUTABLE, Reply, answer


async def show_ontology(request: Request) -> Reply:
    """Answer `/ns`: the ontology in force, for people and machines."""
    live = live_of(request)
    manifest, pages = live.snapshot.release.manifest, live.snapshot.pages

    def triples() -> list[Triple]:
        return _triples(live.collection, manifest, ONTOLOGY)

    return await answer_description(
        request,
        "ns",
        triples,
        lambda _: pages.ontology(triples()),
        links=lambda _: [_version(live.site, manifest, "ns", ONTOLOGY)],
    )


async def show_shapes(request: Request) -> Reply:
    """Answer `/shapes`: the shapes in force, for people and machines."""
    live = live_of(request)
    manifest, pages = live.snapshot.release.manifest, live.snapshot.pages

    def triples() -> list[Triple]:
        return _triples(live.collection, manifest, SHAPES)

    return await answer_description(
        request,
        "shapes",
        triples,
        lambda _: requirements_page(pages, triples()),
        prefixes=PREFIXES | {"sh": SH, "ligsh": LIGSH},
        links=lambda _: [_version(live.site, manifest, "shapes", SHAPES)],
    )


async def show_context(request: Request) -> Reply:
    """Answer `/context.jsonld`: the JSON-LD context in force."""
    snapshot = snapshot_of(request)
    return answer(request, snapshot.context, JSON_LD.content_type, release=snapshot)


async def show_kept_context(request: Request) -> Reply:
    """Answer `/context/{digest}.jsonld`: a context as it was released."""
    return _answer_kept(request, CONTEXT, JSON_LD)


async def show_kept_ontology(request: Request) -> Reply:
    """Answer `/ns/{digest}.ttl`: an ontology as it was released."""
    return _answer_kept(request, ONTOLOGY, TURTLE)


async def show_kept_shapes(request: Request) -> Reply:
    """Answer `/shapes/{digest}.ttl`: shapes as they were released."""
    return _answer_kept(request, SHAPES, TURTLE)


def _answer_kept(request: Request, name: str, format_: Format) -> Reply:
    """Return words by their digest.

    Raises: NotFound where no release had them, or they were lost.
    """
    live, digest = live_of(request), request.path_params["digest"]
    snapshot = live.snapshot

    def read() -> bytes:
        content = read_words(live.collection, snapshot.release.manifest, name, digest)
        if content is None:
            what = name.rpartition(".")[0]
            hint = "leave out the digest for today's"
            raise NotFound(f"there is no {what} with the digest {digest[:100]}", hint=hint)
        return content

    body = snapshot.body_of((f"/{name}", digest), read)
    return answer(request, body, format_.content_type, cache=IMMUTABLE)


def _version(site: str, manifest: Manifest, path: str, name: str) -> Link:
    """Return the link to the words of a release under their own address."""
    digest = word_digest(manifest, name)
    return Link(f"{site}{path}/{digest}.{TURTLE.suffix}", "http://purl.org/dc/terms/hasVersion", TURTLE.media_type)


def _triples(collection: Collection, manifest: Manifest, name: str) -> list[Triple]:
    """Return the words of a release, also where somebody removed its folder while it is being served.

    Raises: ReleaseError where they are nowhere.
    """
    content = read_words(collection, manifest, name, word_digest(manifest, name))
    if content is None:
        raise ReleaseError(
            f"{name} of release {manifest.id} is missing or was altered", hint="make it with: ligraph build"
        )
    return [quad.triple for quad in parse(content, format=RdfFormat.TURTLE)]
