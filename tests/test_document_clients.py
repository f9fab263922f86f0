"""Documents as real clients read them: curl, rdflib, jsonld and rdf-dereference.

Each asks a server for what it likes best, and gets the statements of `/doc/{x}.nt`.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote

import httpx2
import pytest
import rdflib
from programs import Run, clients_of_node, curl
from pyld import jsonld
from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, NamedNode, Quad, RdfFormat, parse
from rdflib.compare import isomorphic
from servers import copy_every_row, serving

pytestmark = pytest.mark.slow

SET = "set/listening-and-watching"
THINGS = (SET, "person/ana-diaz", "resource/a-talk", "recording/a-talk", "person/éva-ü")
# schema.org's own context is not to be had without a network; this stands for it: the same words, no datatypes.
STAND_IN = json.dumps({"@context": {"@vocab": "http://schema.org/"}})
FORMS = ("expanded", "compacted", "flattened", "flattened-compacted")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving("-C", str(copy_every_row(tmp_path_factory.mktemp("site")))) as address:
        yield address


@pytest.fixture(scope="module")
def run(pytestconfig: pytest.Config) -> Run:
    return clients_of_node(pytestconfig)


def statements(text: str | bytes) -> Dataset:
    """Return the statements in N-Quads whatever graph they are in, with blank nodes named by what is said of them."""
    quads = parse(text, RdfFormat.N_QUADS)
    found = Dataset(Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return found


def native(site: str, thing: str) -> Dataset:
    found = statements(httpx2.get(f"{site}doc/{thing}.nt").content)
    assert len(found) >= 8
    return found


def in_schema_org(site: str, thing: str) -> Dataset:
    """Return the statements of a document in the words of schema.org, as PyLD reads them."""
    document = httpx2.get(f"{site}doc/{thing}.jsonld?_profile=schema").json()
    context = {"documentUrl": "https://schema.org", "contextUrl": None, "document": json.loads(STAND_IN)}
    options = {"format": "application/n-quads", "documentLoader": lambda url, options: context}
    found = statements(jsonld.to_rdf(document, options))
    assert len(found) >= 8
    return found


def headers_in(text: bytes) -> dict[str, str]:
    """Return the headers of the last answer that curl shows; their names in small letters."""
    lines = text.decode().strip().split("\r\n\r\n")[-1].splitlines()
    return {"status": lines[0].split()[1]} | {
        name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:]) if name.lower() != "date"
    }


@pytest.mark.parametrize("thing", THINGS)
def test_curl_follows_a_thing_to_its_document(site: str, thing: str) -> None:
    turtle = curl("--location", "--header", "Accept: text/turtle", f"{site}id/{thing}")
    assert set(parse(turtle, RdfFormat.TURTLE)) == set(native(site, thing))


def test_all_follow_what_was_renamed_and_hear_of_what_was_removed(site: str, run: Run) -> None:
    old, gone = f"{site}id/set/old", f"{site}id/set/gone"
    assert set(parse(curl("-L", "-H", "Accept: application/n-triples", old), RdfFormat.N_TRIPLES)) == set(
        native(site, SET)
    )
    assert len(rdflib.Graph().parse(old)) == len(native(site, SET))
    assert curl("-L", "--output", "/dev/null", "--write-out", "%{http_code}", gone) == b"410"
    with pytest.raises(HTTPError, match="410"):
        rdflib.Graph().parse(gone)
    renamed, removed = run("jsonld.js", [{"what": "toRDF", "input": address} for address in (old, gone)])
    assert statements(renamed["made"]) == native(site, SET)
    assert removed["error"] == "loading document failed"
    renamed, removed = run("dereference.js", [old, gone])
    assert statements(renamed["quads"]) == native(site, SET)
    assert "(HTTP status 410)" in removed["error"]


@pytest.mark.parametrize(("arguments", "coding"), [(["--compressed"], "br"), (["-H", "Accept-Encoding: gzip"], "gzip")])
def test_curl_reads_what_is_compressed(site: str, tmp_path: Path, arguments: list[str], coding: str) -> None:
    address = f"{site}doc/{SET}.nt"
    plain = curl(address)
    body = curl(*arguments, "--dump-header", str(tmp_path / "headers"), address)
    headers = headers_in((tmp_path / "headers").read_bytes())
    assert headers["content-encoding"] == coding
    assert int(headers["content-length"]) < len(plain) / 2
    assert (gzip.decompress(body) if coding == "gzip" else body) == plain


@pytest.mark.parametrize("path", [f"doc/{SET}", f"doc/{SET}.rdf", f"id/{SET}", "doc/set/none"])
def test_curl_gets_the_same_headers_for_head(site: str, path: str) -> None:
    head = headers_in(curl("--head", f"{site}{path}"))
    assert head == headers_in(curl("--dump-header", "-", "--output", "/dev/null", f"{site}{path}"))
    assert int(head["content-length"]) > 0 or path.startswith("id/")


def test_curl_keeps_a_document_by_its_tag(site: str, tmp_path: Path) -> None:
    tag, body = tmp_path / "tag", tmp_path / "body"
    ask = ["--etag-compare", str(tag), "--etag-save", str(tag), "--output", str(body), "--write-out", "%{http_code}"]
    tag.touch()
    assert curl(*ask, f"{site}doc/{SET}.ttl") == b"200"
    assert body.stat().st_size > 1000
    body.unlink()
    assert curl(*ask, f"{site}doc/{SET}.ttl") == b"304"
    assert not body.exists() or body.stat().st_size == 0
    assert curl(*ask, f"{site}doc/{SET}.nt") == b"200"


def test_curl_keeps_a_document_by_its_date(site: str) -> None:
    address = f"{site}doc/{SET}.ttl"
    modified = headers_in(curl("--head", address))["last-modified"]
    status = ["--output", "/dev/null", "--write-out", "%{http_code} %{size_download}"]
    assert curl("--time-cond", modified, *status, address) == b"304 0"
    assert curl("--time-cond", "Thu, 01 Jan 2026 00:00:00 GMT", *status, address).startswith(b"200 ")


@pytest.mark.parametrize("format_", [None, "json-ld", "xml", "turtle"])
@pytest.mark.parametrize("thing", THINGS)
def test_rdflib_reads_a_thing_by_its_iri(site: str, thing: str, format_: str | None) -> None:
    expected = rdflib.Graph().parse(data=httpx2.get(f"{site}doc/{thing}.nt").content, format="nt")
    assert isomorphic(rdflib.Graph().parse(f"{site}id/{thing}", format=format_), expected)


@pytest.mark.parametrize("format_", ["nt", "n3"])
def test_rdflib_asks_for_old_media_types(site: str, format_: str) -> None:
    """For N-Triples as text/plain, which was theirs before RDF 1.1, and for text/n3, of which Turtle is a part."""
    expected = rdflib.Graph().parse(data=httpx2.get(f"{site}doc/{SET}.nt").content, format="nt")
    assert isomorphic(rdflib.Graph().parse(f"{site}id/{SET}", format=format_), expected)


@pytest.mark.parametrize("suffix", ["jsonld", "json", "ttl", "nt", "rdf", "trig", "nq"])
def test_rdflib_reads_a_file_by_its_type(site: str, suffix: str) -> None:
    expected = rdflib.Graph().parse(data=httpx2.get(f"{site}doc/{SET}.nt").content, format="nt")
    # What is in graphs goes to graphs, of which this reads all.
    read = rdflib.Dataset(default_union=True).parse(f"{site}doc/{SET}.{suffix}")
    triples = rdflib.Graph()
    for triple in read.triples((None, None, None)):
        triples.add(triple)
    assert isomorphic(triples, expected)


def test_rdflib_finds_the_json_ld_of_a_page(site: str) -> None:
    """By the first `alternate` of that type in `Link`, which has to be the document's own."""
    expected = rdflib.Graph().parse(data=httpx2.get(f"{site}doc/{SET}.nt").content, format="nt")
    assert isomorphic(rdflib.Graph().parse(f"{site}doc/{SET}.html", format="json-ld"), expected)


@pytest.mark.parametrize("thing", THINGS)
def test_jsonld_reads_a_document_and_nothing_else(site: str, run: Run, thing: str) -> None:
    addresses = [f"{site}id/{thing}", f"{site}doc/{thing}", f"{site}doc/{thing}.jsonld"]
    for address, answer in zip(
        addresses, run("jsonld.js", [{"what": "toRDF", "input": one} for one in addresses]), strict=True
    ):
        assert statements(answer["made"]) == native(site, thing)
        assert answer["loaded"] == [address]


def test_jsonld_follows_the_context_of_plain_json(site: str, run: Run) -> None:
    address = f"{site}doc/{SET}.json"
    context = httpx2.head(address).links["http://www.w3.org/ns/json-ld#context"]["url"]
    (answer,) = run("jsonld.js", [{"what": "toRDF", "input": address}])
    assert statements(answer["made"]) == native(site, SET)
    assert answer["loaded"] == [address, context]
    loaded = httpx2.get(context)
    assert loaded.headers["content-type"] == "application/ld+json"
    assert loaded.headers["access-control-allow-origin"] == "*"


def test_jsonld_reads_all_forms(site: str, run: Run) -> None:
    context = f"{site}context.jsonld"
    jobs = [
        {"what": what, "input": f"{site}doc/{SET}.jsonld?_profile={form}", "context": context}
        for form in FORMS
        for what in ("expand", "flatten", "compact")
    ]
    made = run("jsonld.js", jobs)
    for job, answer in zip(jobs, made, strict=True):
        assert answer["loaded"] == [job["input"], context][: 2 if job["what"] == "compact" else 1]
    read = run("jsonld.js", [{"what": "toRDF", "input": answer["made"]} for answer in made])
    assert all(statements(answer["made"]) == native(site, SET) for answer in read)
    # What is expanded or flattened already stays as it is, to the order of its keys.
    served = {form: httpx2.get(f"{site}doc/{SET}.jsonld?_profile={form}").json() for form in FORMS}
    assert made[0]["made"] == served["expanded"]
    assert made[7]["made"] == served["flattened"]


@pytest.mark.parametrize("thing", THINGS)
def test_jsonld_reads_what_search_engines_read(site: str, run: Run, thing: str) -> None:
    address = f"{site}doc/{thing}.jsonld?_profile=schema"
    (answer,) = run("jsonld.js", [{"what": "toRDF", "input": address}], STAND_IN)
    assert statements(answer["made"]) == in_schema_org(site, thing)
    assert answer["loaded"] == [address, "https://schema.org"]
    (alone,) = run("jsonld.js", [{"what": "toRDF", "input": address}])
    assert alone["error"] == "loading remote context failed"


@pytest.mark.parametrize("thing", THINGS)
def test_rdf_dereference_reads_a_thing(site: str, run: Run, thing: str) -> None:
    suffixes = ("jsonld", "json", "ttl", "nt", "rdf", "trig", "nq")
    addresses = [f"{site}id/{thing}", f"{site}doc/{thing}", *(f"{site}doc/{thing}.{suffix}" for suffix in suffixes)]
    answers = run("dereference.js", addresses)
    for answer in answers:
        assert statements(answer["quads"]) == native(site, thing)
        assert not answer["elsewhere"]
    # N-Quads is what it likes best, so that it gets the graphs as well.
    assert [answer["url"] for answer in answers[:2]] == [f"{site}doc/{quote(thing)}"] * 2
    assert {answer["type"] for answer in answers[:2]} == {"application/n-quads"}


@pytest.mark.parametrize("thing", THINGS)
def test_rdf_dereference_reads_both_scripts_of_a_page(site: str, run: Run, thing: str) -> None:
    """Without a network it reads neither: what it cannot read of one, it throws with the other.

    Its parser (jsonld-streaming-parser 5.0.1) reads both as one list, and may give the class of a place of the second
    to the place before, by what the first was like. So these classes are left out; all other statements are as told.
    """
    (answer,) = run("dereference.js", [f"{site}doc/{thing}.html"], STAND_IN)
    assert answer["elsewhere"] == ["https://schema.org"]
    read, told = statements(answer["quads"]), union(native(site, thing), in_schema_org(site, thing))
    assert without_classes_of_places(read) == without_classes_of_places(told)
    (alone,) = run("dereference.js", [f"{site}doc/{thing}.html"])
    assert alone["error"].startswith("Failed to load remote context https://schema.org")


def without_classes_of_places(dataset: Dataset) -> Dataset:
    place = NamedNode("http://schema.org/ListItem")
    return union(Dataset(q for q in dataset if not (q.object == place and isinstance(q.subject, BlankNode))))


def union(*datasets: Dataset) -> Dataset:
    found = Dataset(quad for dataset in datasets for quad in dataset)
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return found
