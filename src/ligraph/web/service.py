"""`/sparql` without a query: what the service is, for programs and for people."""

from __future__ import annotations

from starlette.requests import Request

from ligraph.formats import HTML, JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from ligraph.serialization import to_rdf
from ligraph.views.jsonld import to_flat_json_ld
from ligraph.views.service import SERVICE_PREFIXES, Service, service_triples
from ligraph.web.live import Live, live_of
from ligraph.web.negotiation import negotiate
from ligraph.web.responses import Reply, answer

EXAMPLE = """\
PREFIX lig: <https://w3id.org/ligraph/ns#>
PREFIX schema: <http://schema.org/>

SELECT ?resource ?name ?action WHERE {
  ?resource a lig:Resource ; schema:name ?name ; lig:action ?action .
}
ORDER BY ?name
LIMIT 20
"""

_FORMATS = (TURTLE, HTML, RDF_XML, N_TRIPLES, JSON_LD)


async def describe_service(request: Request) -> Reply:
    """Return the service description, or a page with a form for a browser."""
    live = live_of(request)
    snapshot = live.snapshot
    format_ = negotiate(request, _FORMATS, parameter="format")
    manifest = snapshot.release.manifest

    def write() -> bytes:
        service = _service_of(live)
        if format_ is HTML:
            action = f"{request.scope.get('root_path', '')}/sparql"
            return snapshot.pages.query(service, action, EXAMPLE, manifest)
        if format_ is JSON_LD:
            return to_flat_json_ld(service_triples(service, manifest), snapshot.words)
        return to_rdf(service_triples(service, manifest), format_, SERVICE_PREFIXES)

    body = snapshot.body_of(("/sparql", format_), write)
    return answer(request, body, format_.content_type, vary="Accept", release=snapshot)


def _service_of(live: Live) -> Service:
    limits = live.limits
    is_ours = live.collection.settings.engine == "embedded"
    return Service(
        endpoint=f"{live.site}sparql",
        union=live.collection.settings.default_graph == "union",
        services=live.services,
        limits=(
            f"A query may run for {limits.query_seconds:g} seconds.",
            f"A query may have {limits.query_bytes:,} bytes, {limits.query_parts:,} patterns and operators, and "
            f"brackets {limits.query_depth:,} levels deep.",
            f"A result may have {limits.result_rows:,} rows or statements, and {limits.result_bytes:,} bytes; a larger "
            "one is refused, never cut.",
            *([f"A query may take {limits.query_memory:,} bytes of memory."] if is_ours else []),
            f"{limits.long_queries:,} long queries run at once; a client may send {limits.requests_per_minute:,} "
            "queries a minute.",
        ),
    )
