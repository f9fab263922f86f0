"""Caches before a server never give one representation for another, and give nothing that is old.

Varnish and nginx, each as it comes and each told to keep everything for a minute: then it is `Vary` alone that keeps
representations apart. What a cache gives is compared with what the server gives to the same request.
"""

import random
import re
import subprocess
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import quote

import pytest
from proxies import CACHES, KEEPING, Answer, ask, cache_before
from servers import LIGRAPH, copy_every_row, serving

pytestmark = pytest.mark.slow

SET, PERSON = "doc/set/listening-and-watching", "doc/person/ana-diaz"
FORM = "http://www.w3.org/ns/json-ld#"
SCHEMA = {"Accept-Profile": "<https://schema.org/>"}
Asked = dict[str, str]
Request = tuple[str, Asked, Asked]
"""A path, what is asked for by headers, and the content codings."""

ACCEPTS: list[Asked] = [
    {},
    {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"},
    {"Accept": "application/ld+json"},
    {"Accept": "text/turtle"},
    {"Accept": "application/n-triples"},
    {"Accept": "application/rdf+xml"},
    {"Accept": "application/trig"},
    {"Accept": "application/n-quads"},
    {"Accept": "application/json"},
    {"Accept": "image/png"},
    {"Accept": "text/turtle;q=0.5, application/n-triples;q=0.6"},
    {"Accept": f'application/ld+json;profile="{FORM}expanded"'},
    {"Accept": f'application/ld+json;profile="{FORM}compacted"'},
    {"Accept": f'application/ld+json;profile="{FORM}flattened"'},
    {"Accept": f'application/ld+json;profile="{FORM}flattened {FORM}compacted"'},
    {"Accept": f'application/ld+json;profile="{FORM}framed"'},
    {"Accept": 'application/ld+json;profile="https://schema.org/"'},
    {"Accept": "application/ld+json"} | SCHEMA,
    {"Accept": "text/turtle"} | SCHEMA,
    SCHEMA,
]
"""What is asked for by headers, as browsers, libraries and people ask."""

CODINGS: list[Asked] = [
    {},
    {"Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br"},
    {"Accept-Encoding": "gzip, deflate, br"},
    {"Accept-Encoding": "identity"},
]
PATHS = (
    *(SET, f"{SET}.jsonld", f"{SET}.ttl", f"{SET}?_mediatype=nt", "doc/person/%C3%A9va-%C3%BC", "id/person/ana-diaz"),
    *("", "dataset", ".well-known/void", "doc/person/nobody", "id/set/old", "doc/set/gone"),
)
SELECT, CONSTRUCT = (f"sparql?query={quote(f'{form} WHERE {{ ?s ?p ?o }}')}" for form in ("SELECT *", "CONSTRUCT"))
RESULTS = ("sparql-results+json", "sparql-results+xml", "json", "ld+json", "n-triples", "rdf+xml", "problem+json")
RESULT_TYPES = [{}, {"Accept": "text/csv"}, {"Accept": "text/html"}, *({"Accept": f"application/{n}"} for n in RESULTS)]


SAME = (
    *("content-type", "content-location", "cache-control", "vary", "link", "location", "last-modified", "allow"),
    *("content-security-policy", "x-content-type-options"),
    *("access-control-allow-origin", "access-control-expose-headers"),
)
"""Headers that a cache has no business with; the tag, the coding and the length are looked at on their own."""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving("-C", str(copy_every_row(tmp_path_factory.mktemp("origin")))) as address:
        yield address


@pytest.fixture(params=CACHES)
def cache(request: pytest.FixtureRequest, origin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A cache that is empty."""
    with cache_before(request.param, origin, tmp_path_factory.mktemp("cache")) as address:
        yield address


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return str(request.node.callspec.params["cache"])


def in_disorder(requests: list[Request]) -> list[Request]:
    """Return requests twice each, the second ones after all the first ones."""
    chance = random.Random(7)
    return [*chance.sample(requests, len(requests)), *chance.sample(requests, len(requests))]


def compare(given: Answer, direct: Answer, codings: list[Answer], asked: Asked) -> None:
    """Check that a cache gave what the server gives, and in a coding that was asked for.

    Shape: `codings` are the server's answers in all codings. Varnish keeps gzip and unpacks it for who does not take
    it, and its tag is a weak one then.
    Source: RFC 9110 sections 8.8.1 and 8.8.3.3.
    """
    assert given.status == direct.status
    assert given.content == direct.content
    assert {name: given.header(name) for name in SAME} == {name: direct.header(name) for name in SAME}
    assert given.header("content-encoding") in ("", *asked.get("Accept-Encoding", "").split(", "))
    weak, tag = given.header("etag").startswith("W/"), given.header("etag").removeprefix("W/")
    assert tag in {answer.header("etag") for answer in codings}
    if not weak:
        same = [answer for answer in codings if answer.header("etag") == tag]
        assert given.body in [answer.body for answer in same]


def hits(answers: list[Answer]) -> int:
    return sum(answer.header("x-cache") not in ("", "0", "MISS") for answer in answers)


def check(cache: str, origin: str, name: str, requests: list[Request]) -> None:
    """Ask for all in disorder, and compare with what the server gives.

    Shape: of what it may keep, nginx keeps the last `Vary` for each address. A refusal, which says a shorter one, costs
    it what it kept, so that not all is found again there.
    """
    direct = {str(request): ask(origin, request[0], request[1] | request[2]) for request in requests}
    given = []
    for path, accept, coding in in_disorder(requests):
        expected = direct[str((path, accept, coding))]
        codings = [direct[str((path, accept, other))] for other in CODINGS]
        answer = ask(cache, path, accept | coding)
        compare(answer, expected, codings, coding)
        if name.startswith("nginx"):
            for header in ("etag", "content-encoding", "content-length"):
                assert answer.header(header) == expected.header(header)
        given.append(answer)
    first, second = given[: len(requests)], given[len(requests) :]
    if name in KEEPING:
        assert hits(second) > len(second) * (0.2 if name.startswith("nginx") else 0.99)
    else:
        assert hits(first) == hits(second) == 0
        assert all(answer.header("age") in ("", "0") for answer in given)


def test_a_cache_gives_each_what_it_asked_for(cache: str, origin: str, name: str) -> None:
    check(cache, origin, name, list(product(PATHS, ACCEPTS, CODINGS)))


def test_a_cache_gives_results_in_the_format_that_was_asked_for(cache: str, origin: str, name: str) -> None:
    check(cache, origin, name, list(product((SELECT, CONSTRUCT), RESULT_TYPES, CODINGS)))


def test_a_cache_says_304_to_who_has_the_very_representation(cache: str, name: str) -> None:
    """Where it may not keep the answer, nginx tells the server no conditions, and looks at none itself."""
    coded = [accept | {"Accept-Encoding": "gzip"} for accept in ACCEPTS[:9] + ACCEPTS[11:]]
    known = [(asked, ask(cache, SET, asked)) for asked in coded]
    assert len({answer.header("etag") for _, answer in known}) == 12
    for (asked, answer), (_, other) in product(known, known):
        has_it = name != "nginx" and answer.header("etag") == other.header("etag")
        got = ask(cache, SET, asked | {"If-None-Match": other.header("etag")})
        assert got.status == (304 if has_it else 200)
        assert got.body == (b"" if has_it else answer.body)
        assert got.header("etag") == answer.header("etag")
        assert got.header("vary") == answer.header("vary")
        assert got.header("content-location") == answer.header("content-location")


def test_what_varies_is_named_once(origin: str) -> None:
    for path in (*PATHS, SELECT):
        for accept in ACCEPTS:
            names = ask(origin, path, accept).header("vary").lower().split(", ")
            assert len(names) == len(set(names)), (path, accept)


def test_a_cache_lets_pages_of_others_read_whoever_asked_first(cache: str, origin: str) -> None:
    page = {"Origin": "https://partner.example"}
    wanted = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "accept,accept-profile"}
    for path, first, second in [(SET, {}, page), (PERSON, page, {}), (f"{SET}.ttl", page, {}), (SELECT, {}, page)]:
        for asked in (first, second, first, second):
            answer = ask(cache, path, asked)
            assert answer.status == 200
            assert answer.header("access-control-allow-origin") == "*"
            assert "ETag" in answer.header("access-control-expose-headers").split(", ")
        preflight = ask(cache, path, page | wanted, "OPTIONS")
        direct = ask(origin, path, page | wanted, "OPTIONS")
        assert (preflight.status, preflight.body) == (direct.status, direct.body)
        allowed = {name: value for name, value in direct.headers.items() if name.startswith("access-control-")}
        assert "access-control-allow-headers" in allowed
        assert allowed.items() <= preflight.headers.items()
        assert ask(cache, path, page).body == answer.body


def test_a_cache_that_was_asked_for_the_head_has_the_body(cache: str, origin: str) -> None:
    for asked in ACCEPTS:
        direct = ask(origin, SET, asked)
        head = ask(cache, SET, asked, "HEAD")
        assert (head.status, head.body) == (direct.status, b"")
        assert head.header("content-type") == direct.header("content-type")
        assert ask(cache, SET, asked).body == direct.body


def test_a_cache_keeps_what_never_changes(cache: str, origin: str) -> None:
    """Words and dumps are kept by every cache, as their answers say that they may; parts are cut from what is kept."""
    words = ask(origin, f"{PERSON}.json", {}).header("link").rpartition("<")[2].partition(">")[0]
    dump = re.findall(
        r"<[^<>]*/(dump/[^<>]*\.nq\.gz)>", ask(origin, "dataset", {"Accept": "text/turtle"}).body.decode()
    )[0]
    for path in (words.removeprefix(origin), dump):
        direct = ask(origin, path, {})
        assert "immutable" in direct.header("cache-control")
        given = [ask(cache, path, {}) for _ in range(3)]
        assert [answer.content for answer in given] == [direct.content] * 3
        assert hits(given) == 2
    part = ask(cache, dump, {"Range": "bytes=10-19"})
    assert (part.status, part.body) == (206, direct.body[10:20])
    assert part.header("content-range") == f"bytes 10-19/{len(direct.body)}"


def test_a_cache_does_not_take_one_spelling_for_another(cache: str, origin: str) -> None:
    for path in (PERSON.replace("-", "%2D"), PERSON):
        for _ in range(2):
            answer, direct = ask(cache, path, {}), ask(origin, path, {})
            assert (answer.status, answer.header("location")) == (direct.status, direct.header("location"))
    assert answer.status == 200


@pytest.mark.parametrize("name", [name for name in CACHES if name not in KEEPING])
def test_a_cache_gives_a_new_release_at_once(name: str, tmp_path: Path) -> None:
    root = copy_every_row(tmp_path / "c")
    (tmp_path / "cache").mkdir()
    asked = {"Accept": "application/n-triples"}
    with serving("-C", str(root)) as origin, cache_before(name, origin, tmp_path / "cache") as cache:
        old = [ask(cache, PERSON, asked) for _ in range(3)][-1]
        data = root / "data" / "every-row.yaml"
        data.write_text(data.read_text("utf-8").replace("name: Ana Díaz", "name: Ana María Díaz"), "utf-8")
        subprocess.run([*LIGRAPH, "build", "-C", str(root)], check=True, capture_output=True, timeout=60)
        for _ in range(200):
            if "María" in ask(origin, PERSON, asked).body.decode():
                break
            time.sleep(0.05)
        tag = {"If-None-Match": old.header("etag")}
        for new in (ask(cache, PERSON, asked), ask(cache, PERSON, asked | tag)):
            assert new.status == 200
            assert "María" in new.body.decode()
            assert new.header("etag") != old.header("etag")
