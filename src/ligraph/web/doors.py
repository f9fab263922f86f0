"""`/robots.txt`, `/llms.txt`, `/sitemap.xml` and what lies under `/.well-known/`: where machines look first."""

from __future__ import annotations

import re

from starlette.requests import Request

from ligraph.errors import NotFound
from ligraph.views.doors import (
    API_CATALOG,
    OPENSEARCH,
    SEARCH,
    api_catalog,
    catalog_link,
    llms,
    opensearch,
    robots,
    search_of,
)
from ligraph.views.links import LINKSET_JSON, to_header
from ligraph.views.sitemaps import has_sitemap, sitemap_index, sitemap_part
from ligraph.web.live import live_of
from ligraph.web.responses import Reply, answer

_NUMBER = re.compile(r"[1-9][0-9]{0,5}")


async def show_robots(request: Request) -> Reply:
    """Answer `/robots.txt`."""
    live = live_of(request)
    text = robots(live.site, has_sitemap=has_sitemap(live.snapshot.release.folder))
    return answer(request, text, "text/plain; charset=utf-8", release=live.snapshot)


async def show_sitemap(request: Request) -> Reply:
    """Answer `/sitemap.xml` and `/sitemap-{n}.xml`.

    Raises: NotFound where there is no such part.
    """
    live = live_of(request)
    folder, number = live.snapshot.release.folder, request.path_params.get("number")
    if number is None:
        content = sitemap_index(folder, live.site)
    else:
        content = sitemap_part(folder, int(number), live.site) if _NUMBER.fullmatch(number) else None
    if content is None:
        hint = "/sitemap.xml lists those that there are" if number else "things are listed of a collection only"
        raise NotFound("this site has no such sitemap", hint=hint)
    return answer(request, content, "application/xml", release=live.snapshot)


async def show_llms(request: Request) -> Reply:
    """Answer `/llms.txt`."""
    live = live_of(request)
    release, questions = live.snapshot.release, list(live.questions.values())
    text = llms(release.manifest, live.site, questions, has_sitemap=has_sitemap(release.folder))
    return answer(request, text, "text/markdown; charset=utf-8")


async def show_api_catalog(request: Request) -> Reply:
    """Answer `/.well-known/api-catalog`.

    Source: RFC 9727 section 2: the answer to HEAD has the link, too.
    """
    live = live_of(request)
    headers = {"Link": to_header([catalog_link(live.site)._replace(profile=API_CATALOG)])}
    content_type = f'{LINKSET_JSON.media_type}; profile="{API_CATALOG}"'
    return answer(request, api_catalog(live.site), content_type, headers=headers, release=live.snapshot)


async def show_opensearch(request: Request) -> Reply:
    """Answer `/opensearch.xml`: the site is searched by its stored question `find`, where it has one.

    Raises: NotFound where it has none with one parameter.
    """
    live = live_of(request)
    question = search_of(live.questions)
    if question is None:
        hint = f"store a question called “{SEARCH}” with one parameter: queries/{SEARCH}.rq"
        raise NotFound("this site has no search that could be described", hint=hint)
    description = opensearch(live.snapshot.release.manifest, live.site, question)
    return answer(request, description, OPENSEARCH)


async def redirect_void(request: Request) -> Reply:
    """Answer `/.well-known/void`: the description of the one dataset of this site.

    Source: Describing Linked Datasets with the VoID Vocabulary (W3C 2011) section 7.2.
    """
    location = f"{request.scope.get('root_path', '')}/dataset"
    return Reply(302, [("Location", location), ("Cache-Control", "no-cache")], b"")
