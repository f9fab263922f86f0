"""`ligraph serve FILE…`: any RDF files, as they are."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from pyoxigraph import RdfFormat, parse
from servers import serving
from typer.testing import CliRunner

from ligraph.cli import app
from ligraph.config import open_collection
from ligraph.errors import LigraphError
from ligraph.releases.history import release_folder
from ligraph.releases.loose import write_loose
from ligraph.releases.manifest import DUMP
from ligraph.stores.nursery import read_into_memory

TRIG = """@prefix ex: <http://example.org/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
ex:alice a foaf:Person ; foaf:name "Alice" ; foaf:knows ex:bob, [ foaf:name "Nobody" ] .
ex:g { ex:bob foaf:name "Bob"@en ; foaf:age 007 ; foaf:knows _:c . _:c foaf:name "Carol" . }
"""
XML = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:f="http://xmlns.com/foaf/0.1/">
<rdf:Description rdf:about="http://example.org/dora#me"><f:name>Dora</f:name></rdf:Description></rdf:RDF>
"""
NAMES = "SELECT ?name { ?s <http://xmlns.com/foaf/0.1/name> ?name } ORDER BY ?name"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("files")
    (folder / "people.trig").write_text(TRIG)
    (folder / "more.rdf").write_text(XML)
    (folder / "blank.nt").write_text('_:c <http://xmlns.com/foaf/0.1/name> "Another C" .\n')
    return [str(folder / name) for name in ("people.trig", "more.rdf", "blank.nt")]


@pytest.fixture(scope="module", params=["union", "unnamed"])
def served(request: pytest.FixtureRequest, files: list[str]) -> Iterator[tuple[str, httpx2.Client]]:
    with (
        serving(*files, "--default-graph", request.param) as address,
        httpx2.Client(base_url=address, trust_env=False) as client,
    ):
        yield request.param, client


def names(client: httpx2.Client, query: str = NAMES) -> list[str]:
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    assert answer.status_code == 200, answer.text
    return answer.text.split("\r\n")[1:-1]


def test_the_default_graph_is_the_one_that_was_asked_for(served: tuple[str, httpx2.Client]) -> None:
    kind, client = served
    unnamed = ["Alice", "Another C", "Dora", "Nobody"]
    assert names(client) == (sorted([*unnamed, "Bob", "Carol"]) if kind == "union" else unnamed)
    assert names(client, NAMES.replace("{ ", "{ GRAPH ?g { ").replace(" }", " } }")) == ["Bob", "Carol"]


def test_graphs_keep_their_names_and_blank_nodes_their_file(served: tuple[str, httpx2.Client]) -> None:
    _, client = served
    answer = client.get(
        "/graphs", params={"graph": "http://example.org/g"}, headers={"Accept": "application/n-triples"}
    )
    statements = [quad.triple for quad in parse(answer.content, format=RdfFormat.N_TRIPLES)]
    assert len(statements) == 4
    # The label _:c of another file is another node: one name for each.
    query = "SELECT (COUNT(*) AS ?n) { ?c <http://xmlns.com/foaf/0.1/name> ?a, ?b FILTER(STR(?a) < STR(?b)) }"
    assert names(client, query) == ["0"]
    assert client.get("/graphs", params={"graph": "http://example.org/none"}).status_code == 404


def test_blank_nodes_are_called_the_same_by_every_process(files: list[str], tmp_path: Path) -> None:
    """Else one validator would stand for several answers."""
    write_loose(tmp_path, [Path(name) for name in files], "union")
    collection = open_collection(tmp_path)
    folder = release_folder(collection, None)
    statements = set(parse(gzip.decompress((folder / DUMP).read_bytes()), RdfFormat.N_QUADS))
    assert set(read_into_memory(folder)) == set(read_into_memory(folder)) == statements


@pytest.mark.parametrize("accept", ["text/html", "text/turtle", "application/ld+json"])
def test_things_have_pages_at_their_whole_iri(served: tuple[str, httpx2.Client], accept: str) -> None:
    _, client = served
    for iri, name in (("http://example.org/alice", "Alice"), ("http://example.org/dora%23me", "Dora")):
        answer = client.get(f"/doc/{iri}", headers={"Accept": accept})
        assert answer.status_code == 200
        assert name in answer.text
    assert client.get("/id/http://example.org/alice").headers["location"] == "/doc/http://example.org/alice"
    assert client.get("/doc/http://example.org/nobody").status_code == 404


def test_the_first_page_leads_to_them(served: tuple[str, httpx2.Client]) -> None:
    _, client = served
    page = client.get("/", headers={"Accept": "text/html"}).text
    assert 'href="/doc/http://example.org/bob"' in page
    assert 'href="/doc/http://example.org/dora%23me"' in page
    assert client.get("/", headers={"Accept": "text/turtle"}).status_code == 200


@pytest.mark.parametrize(
    ("arguments", "complaint", "code"),
    [
        (["a.ttl", "--host", "0.0.0.0"], "files are served unchecked, to this machine only", 2),
        (["a.ttl", "-C", "somewhere"], "FILE does not go together with", 2),
        (["a.ttl", "--watch"], "FILE does not go together with", 2),
        (["nothing.ttl"], "nothing.ttl cannot be read: No such file or directory", 2),
        (["notes.txt"], "notes.txt is no RDF file by its name", 2),
        (["broken.ttl"], "broken.ttl:2: ", 1),
        (["remote.jsonld"], "remote.jsonld names a context that is elsewhere, and none is fetched", 1),
        (["--default-graph", "union"], "--default-graph is for files", 2),
    ],
)
def test_what_cannot_be_served_is_told(
    arguments: list[str], complaint: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.ttl").write_text("<urn:a> <urn:b> 1 .")
    (tmp_path / "notes.txt").write_text("notes")
    (tmp_path / "remote.jsonld").write_text('{"@context": "https://schema.org/", "@id": "urn:a", "name": "A"}')
    (tmp_path / "broken.ttl").write_text("<urn:a> <urn:b>\n; .")
    run = CliRunner().invoke(app, ["serve", *arguments], catch_exceptions=True)
    assert isinstance(run.exception, LigraphError)
    assert run.exception.exit_code == code
    assert complaint in str(run.exception)


def test_what_is_asked_for_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is seen of a file is said on the command line, and nowhere else."""
    (tmp_path / "a.trig").write_text(TRIG)
    for name, value in (
        ("DEFAULT_GRAPH", "unnamed"),
        ("ENGINE", "sparql"),
        ("QUERY_URL", "http://127.0.0.1:9/sparql"),
        ("BASE", "https://example.org/other/"),
        ("TITLE", "Another"),
    ):
        monkeypatch.setenv(f"LIGRAPH_{name}", value)
    with (
        serving(str(tmp_path / "a.trig"), "--default-graph", "union") as address,
        httpx2.Client(base_url=address, trust_env=False) as client,
    ):
        assert names(client) == ["Alice", "Bob", "Carol", "Nobody"]
        assert "a.trig" in client.get("/", headers={"Accept": "text/html"}).text


def test_files_that_say_https_are_asked_as_they_are(tmp_path: Path) -> None:
    """In a collection `https://schema.org/` means `http:`; what is served as it is means what it says."""
    (tmp_path / "a.ttl").write_text("<urn:a> a <https://schema.org/Person> . <urn:b> a <http://schema.org/Person> .\n")
    with serving(str(tmp_path / "a.ttl")) as address, httpx2.Client(base_url=address, trust_env=False) as client:
        assert names(client, "SELECT ?s { ?s a <https://schema.org/Person> }") == ["urn:a"]
        assert names(client, "SELECT ?s { ?s a <http://schema.org/Person> }") == ["urn:b"]


@pytest.mark.parametrize(
    ("word", "namespace"),
    [
        ("http://[::1]", "http://[::1]/"),
        ("http://[2001:db8::1]/a/b", "http://[2001:db8::1]/a/"),
        ("http://example.org", "http://example.org/"),
        ("http://example.org/", "http://example.org/"),
        ("http://example.org/terms/x#y", "http://example.org/terms/x#"),
        ("urn:x:y", "urn:x:"),
        ("mailto:a", "mailto:"),
    ],
)
def test_the_dataset_of_files_names_the_vocabulary_of_any_word(tmp_path: Path, word: str, namespace: str) -> None:
    file = tmp_path / "x.nt"
    file.write_text(f'<http://example.org/x> <{word}> "x" .\n')
    with serving(str(file)) as address, httpx2.Client(base_url=address, trust_env=False) as client:
        answer = client.get("/dataset.nt")
        assert answer.status_code == 200
        assert f"<http://rdfs.org/ns/void#vocabulary> <{namespace}> ." in answer.text


def test_files_have_no_sitemap_and_nobody_is_sent_to_one(served: tuple[str, httpx2.Client]) -> None:
    _, client = served
    assert client.get("/sitemap.xml").status_code == 404
    assert "Sitemap:" not in client.get("/robots.txt").text
    told = client.get("/llms.txt").text
    assert "sitemap" not in told
    assert "statements in RDF. Each" in told


def test_a_thing_of_files_has_one_address(tmp_path: Path) -> None:
    file = tmp_path / "x.nt"
    file.write_text('<http://example.org/x/a> <http://example.org/name> "A" .\n')
    with serving(str(file)) as address, httpx2.Client(base_url=address, trust_env=False) as client:
        page = client.get("/doc/http://example.org/x/a", headers={"Accept": "text/html"})
        assert page.status_code == 200
        usual = f"{address}doc/http://example.org/x/a"
        assert f'<link rel="canonical" href="{usual}">' in page.text
        assert f'<{usual}>; rel="canonical"' in page.headers["link"]
        assert page.headers["content-location"] == "/doc/http://example.org/x/a.html"
        for spelling in ("http%3A//example.org/x/a", "http%3a%2f%2fexample.org/x/a", "http://example.org/x/%61"):
            other = client.get(f"/doc/{spelling}")
            assert (other.status_code, other.headers["location"]) == (301, "/doc/http://example.org/x/a"), spelling
