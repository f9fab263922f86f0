"""`/ns`, `/shapes` and `/context.jsonld`: the words that the data are written in, and what data must have.

Each has an address of its own for every version that was ever released, which never changes.
"""

from __future__ import annotations

import hashlib

from pyoxigraph import RdfFormat, Triple, parse
from starlette.requests import Request

from ligraph.errors import NotFound
from ligraph.formats import JSON_LD, TURTLE, Format
from ligraph.namespaces import LIGSH, PREFIXES, SH
from ligraph.releases.manifest import ONTOLOGY, SHAPES
from ligraph.releases.words import word_digest, word_file
from ligraph.views.links import Link
from ligraph.views.requirements import requirements_page
from ligraph.web.descriptions import answer_description
from ligraph.web.live import live_of, snapshot_of
from ligraph.web.responses import IMMUTABLE, Reply, answer
from ligraph.web.snapshot import Snapshot


async def show_ontology(request: Request) -> Reply:
    """Answer `/ns`: the ontology in force, for people and machines."""
    snapshot = snapshot_of(request)

    def triples() -> list[Triple]:
        return _triples(snapshot, ONTOLOGY)

    return await answer_description(
        request,
        "ns",
        triples,
        lambda _: snapshot.pages.ontology(triples()),
        links=lambda _: [_version(request, "ns", ONTOLOGY)],
    )


async def show_shapes(request: Request) -> Reply:
    """Answer `/shapes`: the shapes in force, for people and machines."""
    snapshot = snapshot_of(request)

    def triples() -> list[Triple]:
        return _triples(snapshot, SHAPES)

    return await answer_description(
        request,
        "shapes",
        triples,
        lambda _: requirements_page(snapshot.pages, triples()),
        prefixes=PREFIXES | {"sh": SH, "ligsh": LIGSH},
        links=lambda _: [_version(request, "shapes", SHAPES)],
    )


async def show_context(request: Request) -> Reply:
    """Answer `/context.jsonld`: the JSON-LD context in force."""
    snapshot = snapshot_of(request)
    return answer(request, snapshot.context, JSON_LD.content_type, release=snapshot)


async def show_kept_words(request: Request) -> Reply:
    """Answer `/ns/{digest}.ttl`, `/shapes/{digest}.ttl` and `/context/{digest}.jsonld`: words as they were released."""
    digest, suffix = request.path_params["digest"], request.path_params["suffix"]
    path = word_file(live_of(request).collection, digest, suffix)
    if path is None:
        raise NotFound(f"no release had words with the digest {digest[:100]}", hint="leave out the digest for today's")
    content = path.read_bytes()
    if not hashlib.sha256(content).hexdigest().startswith(digest):
        raise NotFound(f"what was kept under the digest {digest} is damaged", hint="make it again with: ligraph build")
    format_: Format = JSON_LD if suffix == JSON_LD.suffix else TURTLE
    return answer(request, content, format_.content_type, cache=IMMUTABLE, release=snapshot_of(request))


def _version(request: Request, path: str, name: str) -> Link:
    """Return the link to today's words under their own address."""
    live = live_of(request)
    digest = word_digest(live.snapshot.release.manifest, name)
    return Link(f"{live.site}{path}/{digest}.{TURTLE.suffix}", "http://purl.org/dc/terms/hasVersion", TURTLE.media_type)


def _triples(snapshot: Snapshot, name: str) -> list[Triple]:
    content = (snapshot.release.folder / name).read_bytes()
    return [quad.triple for quad in parse(content, format=RdfFormat.TURTLE)]
