"""The application: every address of the site in one list."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route

from ligraph import __version__
from ligraph.config import open_collection
from ligraph.errors import LigraphError
from ligraph.web.assets import send_asset
from ligraph.web.cards import show_card
from ligraph.web.dataset import show_dataset
from ligraph.web.documents import redirect_thing, show_document
from ligraph.web.doors import (
    redirect_void,
    show_api_catalog,
    show_llms,
    show_opensearch,
    show_robots,
    show_sitemap,
)
from ligraph.web.dumps import send_dump
from ligraph.web.front import Front, attended
from ligraph.web.graphs import show_graph
from ligraph.web.health import show_health
from ligraph.web.home import show_home
from ligraph.web.linksets import show_dataset_linkset, show_linkset
from ligraph.web.live import Live
from ligraph.web.metrics import show_metrics
from ligraph.web.prefix import Prefix
from ligraph.web.problems import answer_problem, explain_error
from ligraph.web.questions import answer_question, list_questions
from ligraph.web.reference import show_openapi, show_reference
from ligraph.web.sparql import answer_query
from ligraph.web.words import (
    show_context,
    show_kept_context,
    show_kept_ontology,
    show_kept_shapes,
    show_ontology,
    show_shapes,
)

HOT = [
    Route("/sparql", attended(answer_query), methods=["GET", "POST"]),
    Route("/graphs", attended(show_graph)),
    Route("/id/{x:path}", redirect_thing),
    Route("/doc/{x:path}", show_document),
]
"""What is asked most."""

ROUTES = [
    Route("/", show_home),
    Route("/linkset/dataset", show_dataset_linkset),
    Route("/linkset/dataset.{suffix}", show_dataset_linkset),
    Route("/linkset/{x:path}", show_linkset),
    Route("/embed/{x:path}", show_card),
    Route("/ns", show_ontology),
    Route("/ns.{suffix}", show_ontology),
    Route("/ns/{digest}.ttl", show_kept_ontology),
    Route("/shapes", show_shapes),
    Route("/shapes.{suffix}", show_shapes),
    Route("/shapes/{digest}.ttl", show_kept_shapes),
    Route("/context.jsonld", show_context),
    Route("/context/{digest}.jsonld", show_kept_context),
    Route("/dataset", show_dataset),
    Route("/dataset.{suffix}", show_dataset),
    Route("/dump/{name}", send_dump),
    *HOT,
    Route("/queries", list_questions),
    Route("/queries/{name}", attended(answer_question)),
    Route("/openapi.json", show_openapi),
    Route("/docs", show_reference),
    Route("/robots.txt", show_robots),
    Route("/llms.txt", show_llms),
    Route("/sitemap.xml", show_sitemap),
    Route("/sitemap-{number}.xml", show_sitemap),
    Route("/opensearch.xml", show_opensearch),
    Route("/.well-known/api-catalog", show_api_catalog),
    Route("/.well-known/void", redirect_void),
    Route("/errors/{name}", explain_error),
    Route("/health", show_health),
    Route("/metrics", show_metrics),
    Route("/static/{name}", send_asset),
]


def create_app(
    root: Path | str,
    *,
    site: str = "http://127.0.0.1:8000/",
    root_path: str = "",
    release: str | None = None,
    tally: Path | None = None,
) -> FastAPI:
    """Return the site of a collection's live release, or of a given one, as an ASGI application.

    Shape: `site` is the absolute address that the site has for the world, with “/” at its end; the setting of
    the same name goes before it. It follows the live release within seconds, unless one is given. Processes that serve
    the same site count together in the file `tally`.
    Raises: CollectionError or ReleaseError when there is nothing that can be served.
    """
    collection = open_collection(Path(root))
    live = Live(collection, collection.settings.site or site, root_path, release, tally)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await live.start()
        watching = asyncio.create_task(live.watch())
        yield
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await live.close()

    app = Front(
        HOT,
        root_path,
        title=collection.settings.title,
        version=__version__,
        lifespan=lifespan,
        # The framework's own pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # Such a redirect would be built from the request's Host.
        redirect_slashes=False,
        exception_handlers={
            LigraphError: answer_problem,
            HTTPException: answer_problem,
            RequestValidationError: answer_problem,
            Exception: answer_problem,
        },
    )
    app.state.live = live
    app.router.routes.extend(ROUTES)
    if root_path:
        app.add_middleware(Prefix, root_path=root_path)
    return app
