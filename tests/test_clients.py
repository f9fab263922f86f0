"""The endpoint as real clients use it: SPARQLWrapper, rdflib's SPARQLStore, Comunica and curl.

Each asks for rows, a yes, statements and a description, is told of a fault, and is told that the time is over.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError

import pytest
import rdflib
from programs import curl, install_clients, node
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from servers import serving
from SPARQLWrapper import GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDFXML, TURTLE, URLENCODED, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

# What SPARQLWrapper reads statements into, rdflib calls old.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")]

HERE = Path(__file__).parent
PERSON = "https://example.org/every-row/id/person/ana-diaz"
SELECT = "SELECT ?s ?n { ?s a <http://schema.org/Person> ; <http://schema.org/name> ?n } ORDER BY ?s ?n"
YES = "ASK { ?s a <http://schema.org/Person> }"
NO = "ASK { ?s a <urn:none> }"
CONSTRUCT = "CONSTRUCT { ?s <urn:named> ?n } WHERE { ?s a <http://schema.org/Person> ; <http://schema.org/name> ?n }"
DESCRIBE = f"DESCRIBE <{PERSON}>"
FAULTY = "SELECT * { ?s ?p }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"

Names = set[tuple[str, str]]


@dataclass(frozen=True)
class Client:
    """What a client makes of an endpoint's answers.

    Shape: `fail` returns the status that a query is refused with as far as the client tells it, else its message.
    """

    names: Callable[[str, str], Names]
    yes: Callable[[str, str], bool]
    graph: Callable[[str, str], rdflib.Graph]
    fail: Callable[[str, str], str]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(HERE / "every_row", root, dirs_exist_ok=True)
    with (root / "ligraph.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[limits]\nquery_seconds = 1\n")
    with serving("-C", str(root)) as address:
        yield address


def fetch(*arguments: str) -> tuple[str, bytes]:
    """Run curl and return the status with the body."""
    body, _, status = curl("--compressed", "--write-out", "\n%{http_code}", *arguments).rpartition(b"\n")
    return status.decode(), body


def with_curl(*how: str) -> Client:
    def ask(endpoint: str, query: str, accept: str) -> tuple[str, bytes]:
        return fetch(endpoint, *(part.replace("QUERY", query) for part in how), "--header", f"Accept: {accept}")

    def names(endpoint: str, query: str) -> Names:
        rows = json.loads(ask(endpoint, query, "application/sparql-results+json")[1])["results"]["bindings"]
        return {(row["s"]["value"], row["n"]["value"]) for row in rows}

    def yes(endpoint: str, query: str) -> bool:
        return bool(json.loads(ask(endpoint, query, "application/sparql-results+json")[1])["boolean"])

    def graph(endpoint: str, query: str) -> rdflib.Graph:
        return rdflib.Graph().parse(data=ask(endpoint, query, "text/turtle")[1], format="turtle")

    return Client(names, yes, graph, lambda endpoint, query: ask(endpoint, query, "*/*")[0])


def with_wrapper(method: str, encoding: str, statements: str) -> Client:
    def ask(endpoint: str, query: str, format_: str) -> object:
        wrapper = SPARQLWrapper(endpoint, returnFormat=format_)
        wrapper.setMethod(method)
        wrapper.setRequestMethod(encoding)
        wrapper.setQuery(query)
        return wrapper.queryAndConvert()

    def names(endpoint: str, query: str) -> Names:
        answer = ask(endpoint, query, JSON)
        assert isinstance(answer, dict)
        return {(row["s"]["value"], row["n"]["value"]) for row in answer["results"]["bindings"]}

    def yes(endpoint: str, query: str) -> bool:
        answer = ask(endpoint, query, JSON)
        assert isinstance(answer, dict)
        return bool(answer["boolean"])

    def graph(endpoint: str, query: str) -> rdflib.Graph:
        answer = ask(endpoint, query, statements)
        if isinstance(answer, bytes):
            return rdflib.Graph().parse(data=answer, format="turtle")
        assert isinstance(answer, rdflib.Graph)
        return answer

    def fail(endpoint: str, query: str) -> str:
        # It has an error of its own for a query that is bad, and passes others on.
        with pytest.raises((SPARQLWrapperException, HTTPError)) as caught:
            ask(endpoint, query, JSON)
        if isinstance(caught.value, HTTPError):
            caught.value.close()
            return str(caught.value.code)
        return "400" if "malformed-query" in str(caught.value) else str(caught.value)

    return Client(names, yes, graph, fail)


def with_store(method: str) -> Client:
    def ask(endpoint: str, query: str) -> rdflib.query.Result:
        return rdflib.Graph(SPARQLStore(endpoint, method=method)).query(query)

    def names(endpoint: str, query: str) -> Names:
        subject, name = rdflib.Variable("s"), rdflib.Variable("n")
        return {(str(row[subject]), str(row[name])) for row in ask(endpoint, query).bindings}

    def graph(endpoint: str, query: str) -> rdflib.Graph:
        answer = ask(endpoint, query).graph
        assert answer is not None
        return answer

    def fail(endpoint: str, query: str) -> str:
        # By POST, it returns the status in place of an answer; by GET, it hides it behind an error of its own.
        try:
            answer: object = ask(endpoint, query)
        except ValueError as error:
            cause = error.__context__
            assert isinstance(cause, HTTPError)
            cause.close()
            return str(cause.code)
        assert isinstance(answer, tuple)
        return str(answer[0])

    return Client(names, lambda endpoint, query: bool(ask(endpoint, query).askAnswer), graph, fail)


@pytest.fixture(scope="session")
def comunica(pytestconfig: pytest.Config) -> Path:
    """A folder with Comunica, which Node runs."""
    return install_clients(pytestconfig)


def with_comunica(folder: Path) -> Client:
    def run(endpoint: str, query: str) -> subprocess.CompletedProcess[str]:
        command = [node("node"), str(folder / "comunica.js"), endpoint, query]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def ask(endpoint: str, query: str) -> str:
        done = run(endpoint, query)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def names(endpoint: str, query: str) -> Names:
        rows = json.loads(ask(endpoint, query))["results"]["bindings"]
        return {(row["s"]["value"], row["n"]["value"]) for row in rows}

    def graph(endpoint: str, query: str) -> rdflib.Graph:
        return rdflib.Graph().parse(data=ask(endpoint, query), format="nt")

    def fail(endpoint: str, query: str) -> str:
        done = run(endpoint, query)
        assert done.returncode == 1
        status = re.search(r"HTTP status (\d+)", done.stderr)
        return status[1] if status else done.stderr

    return Client(names, lambda endpoint, query: bool(json.loads(ask(endpoint, query))["boolean"]), graph, fail)


CLIENTS = {
    "curl GET": with_curl("--get", "--data-urlencode", "query=QUERY"),
    "curl form": with_curl("--data-urlencode", "query=QUERY"),
    "curl direct": with_curl("--header", "Content-Type: application/sparql-query", "--data-binary", "QUERY"),
    "SPARQLWrapper GET": with_wrapper(GET, URLENCODED, RDFXML),
    "SPARQLWrapper form": with_wrapper(POST, URLENCODED, TURTLE),
    "SPARQLWrapper direct": with_wrapper(POST, POSTDIRECTLY, N3),
    "SPARQLWrapper JSON-LD": with_wrapper(GET, URLENCODED, JSONLD),
    "SPARQLStore GET": with_store("GET"),
    "SPARQLStore POST": with_store("POST"),
}


@pytest.fixture(params=[*CLIENTS, "Comunica"])
def client(request: pytest.FixtureRequest) -> Client:
    if request.param in CLIENTS:
        return CLIENTS[request.param]
    return with_comunica(request.getfixturevalue("comunica"))


def test_rows(address: str, client: Client) -> None:
    ids = "https://example.org/every-row/id/person"
    expected = {(f"{ids}/ana-diaz", "Ana Díaz"), (f"{ids}/li-wei", "Li Wei"), (f"{ids}/li-wei", "李伟")}
    assert client.names(f"{address}sparql", SELECT) == expected


def test_a_yes_and_a_no(address: str, client: Client) -> None:
    assert client.yes(f"{address}sparql", YES) is True
    assert client.yes(f"{address}sparql", NO) is False


def test_statements(address: str, client: Client) -> None:
    graph = client.graph(f"{address}sparql", CONSTRUCT)
    assert {(str(subject), str(name)) for subject, name in graph.subject_objects(rdflib.URIRef("urn:named"))} == (
        client.names(f"{address}sparql", SELECT)
    )
    assert len(graph) == 3


def test_a_description_is_the_document(address: str, client: Client) -> None:
    document = rdflib.Graph().parse(data=fetch(f"{address}doc/person/ana-diaz.nt")[1], format="nt")
    assert set(client.graph(f"{address}sparql", DESCRIBE)) == set(document)


def test_a_fault_is_told(address: str, client: Client, request: pytest.FixtureRequest) -> None:
    told = client.fail(f"{address}sparql", FAULTY)
    if "Comunica" in request.node.name:
        # It reads the query itself, and asks nobody.
        assert "Parse error" in told
    else:
        assert told == "400"


def test_the_end_of_the_time_is_told(address: str, client: Client) -> None:
    assert client.fail(f"{address}sparql", ENDLESS) == "504"


def test_the_store_of_rdflib_reads_graphs_too(address: str) -> None:
    """By its own queries for triple patterns and sizes."""
    graph = rdflib.Graph(SPARQLStore(f"{address}sparql"))
    names = set(graph.objects(rdflib.URIRef(PERSON), rdflib.URIRef("http://schema.org/name")))
    assert names == {rdflib.Literal("Ana Díaz", lang="en")}
    assert len(graph) > 200
