"""`/`: the collection, for people and for catalogues."""

from starlette.requests import Request

from ligraph.formats import HTML, TURTLE
from ligraph.views.catalog import catalog_triples
from ligraph.views.dataset import site_in_schema_org
from ligraph.views.doors import OPENSEARCH, catalog_link, search_of
from ligraph.views.links import Link
from ligraph.views.profiles import SCHEMA_ORG
from ligraph.web.descriptions import answer_description
from ligraph.web.live import live_of
from ligraph.web.responses import Reply


async def show_home(request: Request) -> Reply:
    """Answer `/` as a page or as a `dcat:Catalog`."""
    live = live_of(request)
    manifest, pages = live.snapshot.release.manifest, live.snapshot.pages
    search = search_of(live.questions)

    def script() -> bytes:
        return site_in_schema_org(pages, manifest, search)

    return await answer_description(
        request,
        "",
        lambda: catalog_triples(manifest, live.site),
        lambda facts: pages.home(facts.store, facts.manifest, has_search=bool(search), script=script().decode()),
        # Stored questions, by one of which the site is searched, may change under a release.
        is_dated=False,
        others={SCHEMA_ORG: lambda _: script()},
        links=lambda _: [
            catalog_link(live.site),
            Link(f"{live.site}openapi.json", "service-desc", "application/json"),
            Link(f"{live.site}docs", "service-doc", HTML.media_type),
            Link(f"{live.site}dataset.ttl", "describedby", TURTLE.media_type),
            *([Link(f"{live.site}opensearch.xml", "search", OPENSEARCH)] if search else []),
        ],
    )
