"""`/dataset`: what the collection is as data: its licence, what it holds, and how to get it."""

from __future__ import annotations

from starlette.requests import Request

from ligraph.views.catalog import CATALOG_PREFIXES, dataset_triples
from ligraph.views.dataset import dataset_links, dataset_page, in_schema_org
from ligraph.views.profiles import SCHEMA_ORG
from ligraph.web.descriptions import answer_description
from ligraph.web.live import live_of
from ligraph.web.responses import Reply


async def show_dataset(request: Request) -> Reply:
    """Answer `/dataset` as a page, as DCAT and VoID, or in the words of schema.org."""
    live = live_of(request)
    manifest, pages = live.snapshot.release.manifest, live.snapshot.pages
    return await answer_description(
        request,
        "dataset",
        lambda: dataset_triples(manifest, live.site),
        lambda facts: dataset_page(pages, facts.store, facts.manifest),
        prefixes=CATALOG_PREFIXES,
        links=lambda format_: dataset_links(manifest, live.site, format_),
        others={SCHEMA_ORG: lambda facts: in_schema_org(pages, facts.store, facts.manifest)},
    )
