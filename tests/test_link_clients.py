"""What leads from one document to another, as real clients follow it: Comunica's link traversal, signposting, extruct.

What a client cannot do is a test as well, beside the way round.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import extruct
import httpx2
import pytest
import rdflib
import signposting.linkset
from programs import Run, clients_of_node, curl
from servers import BASE, copy_every_row, free_port, serving
from signposting import Signpost, Signposting, find_signposting_http

pytestmark = pytest.mark.slow

SET = "set/listening-and-watching"
THINGS = (SET, "person/ana-diaz", "resource/a-talk", "recording/a-talk")
SPDX = rdflib.Namespace("http://spdx.org/rdf/terms#")
NATIVE, SCHEMA = "https://w3id.org/ligraph/ns", "https://schema.org/"
DESCRIPTIONS = {
    ("jsonld", "application/ld+json", NATIVE),
    ("ttl", "text/turtle", NATIVE),
    ("nt", "application/n-triples", NATIVE),
    ("rdf", "application/rdf+xml", NATIVE),
    ("trig", "application/trig", NATIVE),
    ("nq", "application/n-quads", NATIVE),
    ("jsonld?_profile=schema", "application/ld+json", SCHEMA),
}
PREFIXES = """\
PREFIX schema: <http://schema.org/>
PREFIX lig: <https://w3id.org/ligraph/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
"""
PRESENTERS = """
SELECT DISTINCT ?resource ?same ?role ?name WHERE {
  <START> schema:itemListElement/schema:item ?resource .
  ?resource lig:appearance/lig:presenter ?person .
  ?person schema:sameAs ?same .
  ?membership org:member ?person ; schema:roleName ?role ; org:organization/schema:name ?name .
}"""
PRESENTERS_IN_GRAPHS = """
SELECT DISTINCT ?resource ?same ?role ?name WHERE {
  GRAPH ?a { <START> schema:itemListElement/schema:item ?resource }
  GRAPH ?b { ?resource lig:appearance/lig:presenter ?person }
  GRAPH ?c { ?person schema:sameAs ?same }
  GRAPH ?d { ?membership org:member ?person ; schema:roleName ?role ; org:organization/schema:name ?name }
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving("-C", str(copy_every_row(tmp_path_factory.mktemp("site")))) as address:
        yield address


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site whose things have the addresses under which it is served, so that a client can follow them."""
    port = free_port()
    root = copy_every_row(tmp_path_factory.mktemp("home"), f"http://127.0.0.1:{port}/")
    with serving("-C", str(root), port=port) as address:
        yield address


@pytest.fixture(scope="module")
def run(pytestconfig: pytest.Config) -> Run:
    return clients_of_node(pytestconfig)


def rows_of(endpoint: str, query: str) -> set[tuple[tuple[str, str], ...]]:
    answer = httpx2.get(endpoint, params={"query": query}, headers={"Accept": "application/json"}).json()
    rows = answer["results"]["bindings"]
    return {tuple(sorted((name, term["value"]) for name, term in row.items())) for row in rows}


def test_comunica_follows_a_set_to_its_presenters(home: str, run: Run) -> None:
    start = f"{home}id/{SET}"
    plain, in_graphs = (PREFIXES + text.replace("START", start) for text in (PRESENTERS, PRESENTERS_IN_GRAPHS))
    expected = rows_of(f"{home}sparql", plain)
    roles = {dict(row)["role"] for row in expected}
    assert roles == {"Director, Rows and Columns", "Fellow"}
    jobs = [
        {"start": start, "query": plain, "accept": "text/turtle"},
        {"start": start, "query": in_graphs},
        {"start": start, "query": plain},
    ]
    *answers, alone = run("traversal.js", jobs)
    for answer in answers:
        assert {tuple(sorted(row.items())) for row in answer["rows"]} == expected
        assert answer["asked"][0] == start
        assert {f"{home}id/resource/a-talk", f"{home}id/person/ana-diaz"} <= set(answer["asked"])
    # It likes N-Quads best, where what a source says is in the graph of that source, and asks the default graph.
    assert alone["rows"] == []


def descriptions_of(signposts: Signposting, page: str) -> set[tuple[str, str, str]]:
    found = set()
    for signpost in signposts.describedBy:
        (profile,) = signpost.profiles
        found.add((str(signpost.target).removeprefix(f"{page}."), str(signpost.type), str(profile)))
    return found


def targets(signposts: set[Signpost]) -> set[str]:
    return {str(signpost.target) for signpost in signposts}


def targets_of(signposts: Signposting, relation: str, start: str = "") -> list[str]:
    """Return where links of one relation lead that begin at an address: every one, though one is as it should be."""
    start = start or str(signposts.context)
    return [str(one.target) for one in signposts.signposts if (one.rel, one.context) == (relation, start)]


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        (SET, "Collection"),
        ("person/ana-diaz", "Person"),
        ("resource/a-talk", "LearningResource"),
        ("recording/a-talk", "VideoObject"),
        ("topic/rows", "DefinedTerm"),
    ],
)
def test_signposting_finds_the_way_from_a_page(site: str, thing: str, kind: str) -> None:
    page = f"{site}doc/{thing}"
    for address in (page, f"{site}id/{thing}"):
        signposts = find_signposting_http(address)
        assert str(signposts.context) == page
        assert targets_of(signposts, "cite-as") == [f"{BASE}id/{thing}"]
        assert targets_of(signposts, "license") == ["https://spdx.org/licenses/CC0-1.0"]
        assert targets(signposts.types) == {f"https://schema.org/{kind}", "https://schema.org/AboutPage"}
        assert descriptions_of(signposts, page) == DESCRIPTIONS
        sets = {(str(one.target), str(one.type)) for one in signposts.linksets}
        assert sets == {
            (f"{site}linkset/{thing}.json", "application/linkset+json"),
            (f"{site}linkset/{thing}.txt", "application/linkset"),
        }
    creator = {f"{BASE}id/person/ana-diaz"} if thing == "resource/a-talk" else set()
    assert targets(signposts.authors) == creator


@pytest.mark.parametrize("suffix", ["jsonld", "json", "ttl", "nt", "rdf", "trig", "nq", "jsonld?_profile=schema"])
def test_signposting_finds_the_way_back_from_data(site: str, suffix: str) -> None:
    found = find_signposting_http(f"{site}doc/{SET}.{suffix}")
    assert targets_of(found, "describes") == [f"{site}doc/{SET}"]
    assert {str(one.type) for one in found.describes} == {"text/html"}
    assert targets_of(found, "cite-as") == [f"{BASE}id/{SET}"]
    assert not found.describedBy
    assert not found.types


@pytest.mark.parametrize("suffix", ["json", "txt"])
@pytest.mark.parametrize("thing", THINGS)
def test_signposting_reads_link_sets(site: str, thing: str, suffix: str) -> None:
    """As JSON, link sets leave profiles to the headers: the client breaks off at a list, which RFC 9264 wants there."""
    page = f"{site}doc/{thing}"
    links = signposting.linkset.find_signposting_linkset(f"{site}linkset/{thing}.{suffix}")
    of_page = links.for_context(page)
    in_headers = find_signposting_http(page)
    for name in ("citeAs", "license", "types", "describedBy", "linksets", "authors"):
        assert as_told(getattr(of_page, name)) == as_told(getattr(in_headers, name))
    for ending, _, _ in DESCRIPTIONS:
        assert targets_of(links, "describes", f"{page}.{ending}") == [page]


def as_told(signposts: Any) -> set[tuple[Any, ...]]:
    several = [signposts] if isinstance(signposts, Signpost) else signposts
    return {(one.rel, one.target, one.type) for one in several}


def test_extruct_reads_both_scripts_of_a_page_and_nothing_else(site: str) -> None:
    for thing in THINGS:
        page = httpx2.get(f"{site}doc/{thing}.html").text
        found = extruct.extract(page, base_url=f"{site}doc/{thing}.html")
        native = httpx2.get(f"{site}doc/{thing}.jsonld").json()
        schema = httpx2.get(f"{site}doc/{thing}.jsonld?_profile=schema").json()
        assert found.pop("json-ld") == [native, schema]
        assert not any(found[syntax] for syntax in ("microdata", "microformat", "rdfa"))


def test_extruct_reads_a_card_in_the_page_of_another_site(site: str) -> None:
    cards = [httpx2.get(f"{site}embed/{thing}.html").text for thing in THINGS]
    page = f"<!DOCTYPE html><title>News</title><h1>News</h1><main>{'<hr>'.join(cards)}</main>"
    found = extruct.extract(page, base_url="https://partner.example/news", syntaxes=["json-ld"])["json-ld"]
    schema = [httpx2.get(f"{site}doc/{thing}.jsonld?_profile=schema").text for thing in THINGS]
    assert found == [json.loads(text) for text in schema]
    assert [one["@id"] for one in found] == [f"{BASE}id/{thing}" for thing in THINGS]


def test_curl_goes_on_with_a_dump_that_the_dataset_lists(site: str, tmp_path: Path) -> None:
    """By ranges, the last one of what is there already; what comes of them has the digest that is listed."""
    catalog = rdflib.Graph().parse(f"{site}dataset", format="turtle")
    dumps = set(catalog.objects(None, rdflib.DCAT.downloadURL))
    assert {str(dump).rpartition("/")[2].partition(".")[2] for dump in dumps} == {"nq.gz", "ttl.gz", "jsonl.gz"}
    for dump in dumps:
        (file,) = catalog.subjects(rdflib.DCAT.downloadURL, dump)
        size = int(str(catalog.value(file, rdflib.DCAT.byteSize)))
        checksum = catalog.value(catalog.value(file, SPDX.checksum), SPDX.checksumValue)
        part = tmp_path / "part"
        part.write_bytes(curl("--range", "0-99", str(dump)))
        assert part.stat().st_size == 100
        status = ["--output", str(part), "--write-out", "%{http_code} %{size_download}"]
        assert curl("--continue-at", "-", *status, str(dump)).decode() == f"206 {size - 100}"
        assert hashlib.sha256(part.read_bytes()).hexdigest() == str(checksum)
        assert curl("--range", "-50", str(dump)) == part.read_bytes()[-50:]
        assert curl("--range", f"{size}-", "--write-out", "%{http_code}", "--output", "/dev/null", str(dump)) == b"416"
