"""`/ns`, `/shapes` and `/context.jsonld`: the words that the data are written in, and what data must have."""

from starlette.requests import Request

from ligraph.errors import NotFound
from ligraph.formats import JSON_LD
from ligraph.releases.manifest import CONTEXT
from ligraph.web.descriptions import answer_description
from ligraph.web.live import snapshot_of
from ligraph.web.responses import IMMUTABLE, Reply, answer
from ligraph.web.snapshot import Snapshot


async def show_ontology(request: Request) -> Reply:
    """Answer `/ns`: the ontology in force, for people and machines."""
    snapshot = snapshot_of(request)
    triples = snapshot.ontology
    return await answer_description(request, "ns", triples, lambda _: snapshot.pages.ontology(triples()))


async def show_context(request: Request) -> Reply:
    """Answer `/context.jsonld`: the JSON-LD context in force."""
    snapshot = snapshot_of(request)
    return answer(request, snapshot.context, JSON_LD.content_type, release=snapshot)


async def show_kept_context(request: Request) -> Reply:
    """Answer `/context/{digest}.jsonld`: a context that never changes, this one or an earlier one."""
    snapshot = snapshot_of(request)
    if f"context/{request.path_params['digest']}.jsonld" != context_path(snapshot):
        raise NotFound("there is no such context", hint=f"the one in force is at /{context_path(snapshot)}")
    return answer(request, snapshot.context, JSON_LD.content_type, cache=IMMUTABLE, release=snapshot)


def context_path(snapshot: Snapshot) -> str:
    """Return the address, below the site, of the very context that a release was made with."""
    return f"context/{snapshot.release.manifest.files[CONTEXT]['sha256'][:16]}.jsonld"
