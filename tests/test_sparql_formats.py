"""Results of queries in every format, each read back by a program that is not ours to the same rows or statements."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import rdflib
from pyld import jsonld
from rdflib import BNode, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.namespace import RDF, XSD
from rdflib.query import Result
from rdflib.term import Node
from starlette.testclient import TestClient

from ligraph import build, create_app

EVERY_ROW = Path(__file__).parent / "every_row"
IDS = "https://example.org/every-row/id/"
TERMS = [
    URIRef("http://example.org/ü?a=1&b='2'#c"),
    Literal("plain"),
    Literal(""),
    Literal(" \n lines\n\tand tabs\n"),
    Literal("carriage\rreturn, and\r\nboth"),
    Literal("\"quotes\" 'of' both kinds \\ and \\n, \"\"\", '''"),
    Literal("<b>&amp;</b> ]]> {},{"),
    Literal("a,b;c\td"),
    Literal("é 😀 \u2028 \ufffd"),
    Literal("bonjour", lang="fr"),
    Literal("colour", lang="en-gb"),
    Literal("5", datatype=XSD.integer),
    Literal("-1.5", datatype=XSD.decimal),
    Literal("true", datatype=XSD.boolean),
    Literal("2026-05", datatype=XSD.gYearMonth),
    Literal("2026-05-06T09:30:00Z", datatype=XSD.dateTime, normalize=False),
    Literal("<p>x</p>", datatype=RDF.HTML),
    Literal("x", datatype=URIRef("urn:type")),
]
"""Terms that one format or another needs to escape."""

ROWS = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
GRAPHS = {
    "turtle": "text/turtle",
    "nt": "application/n-triples",
    "xml": "application/rdf+xml",
    "json-ld": "application/ld+json",
    "trig": "application/trig",
    "nquads": "application/n-quads",
}


@pytest.fixture(autouse=True)
def _terms_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    root = tmp_path_factory.mktemp("site")
    shutil.copytree(EVERY_ROW, root, dirs_exist_ok=True)
    build(root)
    with TestClient(create_app(root)) as client:
        yield client


def ask(client: TestClient, query: str, media_type: str) -> bytes:
    answer = client.post("/sparql", data={"query": query}, headers={"Accept": media_type})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].partition(";")[0] == media_type
    return answer.content


def read_rows(content: bytes, format_: str) -> list[dict[str, Node]]:
    if format_ == "tsv":
        header, *rows = (line.split("\t") for line in content.decode().rstrip("\n").split("\n"))
        return [
            {name.removeprefix("?"): read_term(cell) for name, cell in zip(header, row, strict=True) if cell}
            for row in rows
        ]
    result = Result.parse(io.BytesIO(content), format=format_)
    return [{str(name): term for name, term in row.items()} for row in result.bindings]


def read_term(turtle: str) -> Node:
    """Return a term of a TSV file; rdflib has a reader of such files, which fails where a row ends in no value."""
    if turtle.startswith("_:"):
        return BNode(turtle)
    return next(rdflib.Graph().parse(data=f"<urn:s> <urn:p> {turtle} .", format="turtle").objects())


def read_graph(content: bytes, format_: str) -> rdflib.Graph:
    """Return the statements of a text; JSON-LD is read by PyLD, as rdflib's reader is a weak one."""
    if format_ == "json-ld":
        content = jsonld.to_rdf(json.loads(content), {"format": "application/n-quads"}).encode()
        format_ = "nquads"
    dataset = rdflib.Dataset().parse(data=content, format=format_)
    graph = rdflib.Graph()
    for subject, predicate, value, name in dataset.quads():
        assert name == DATASET_DEFAULT_GRAPH_ID
        graph.add((subject, predicate, value))
    return graph


def written(term: Node) -> str:
    """Return a term for a query, with escapes where a text has more than letters."""
    if not isinstance(term, Literal):
        return term.n3()
    text = "".join(f"\\U{ord(letter):08X}" if letter in '\\"\r\n\t' else letter for letter in term)
    text = text.replace("\\U0000005C", "\\\\").replace("\\U00000022", '\\"').replace("\\U0000000D", "\\r")
    text = text.replace("\\U0000000A", "\\n").replace("\\U00000009", "\\t")
    return f'"{text}"' + (f"@{term.language}" if term.language else f"^^<{term.datatype}>" if term.datatype else "")


VALUES = "\n".join(f"({number} {written(term)})" for number, term in enumerate(TERMS))
SELECT = f"SELECT ?n ?x ?none {{ VALUES (?n ?x) {{ {VALUES} (99 UNDEF) }} }} ORDER BY ?n"
CONSTRUCT = (
    f"CONSTRUCT {{ <urn:s> ?p ?x }} WHERE {{ VALUES (?n ?x) {{ {VALUES} }} BIND(IRI(CONCAT('urn:p', STR(?n))) AS ?p) }}"
)


@pytest.mark.parametrize("format_", ["json", "xml", "tsv"])
def test_rows_keep_their_terms(client: TestClient, format_: str) -> None:
    rows = read_rows(ask(client, SELECT, ROWS[format_]), format_)
    assert [row.get("x") for row in rows] == [*TERMS, None]
    assert [row["n"] for row in rows] == [Literal(number) for number in [*range(len(TERMS)), 99]]
    assert not [row for row in rows if "none" in row]


def test_csv_keeps_the_texts_of_terms(client: TestClient) -> None:
    """SPARQL 1.1 CSV section 3: IRIs and lexical forms without their kind, "" for what has no value."""
    content = ask(client, SELECT, ROWS["csv"]).decode()
    header, *rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    assert header == ["n", "x", "none"]
    assert [row[1] for row in rows] == [*map(str, TERMS), ""]
    # RFC 4180 ends lines so.
    assert content.startswith("n,x,none\r\n")
    assert content.endswith("\r\n")


@pytest.mark.parametrize(("query", "expected"), [("ASK {}", True), ("ASK { <urn:a> <urn:b> <urn:c> }", False)])
@pytest.mark.parametrize("format_", ROWS)
def test_a_yes_or_a_no(client: TestClient, query: str, expected: bool, format_: str) -> None:
    """The standards have it in JSON and XML; in CSV and TSV it is one word."""
    content = ask(client, query, ROWS[format_])
    if format_ in ("json", "xml"):
        assert Result.parse(io.BytesIO(content), format=format_).askAnswer is expected
    else:
        assert content.decode().strip() == str(expected).lower()


@pytest.mark.parametrize("format_", ROWS)
def test_no_rows(client: TestClient, format_: str) -> None:
    """What was asked for is named all the same."""
    content = ask(client, "SELECT ?a ?b { <urn:none> ?a ?b }", ROWS[format_])
    if format_ == "csv":
        assert content.decode().splitlines() == ["a,b"]
    else:
        assert read_rows(content, format_) == []
        assert [str(name) for name in Result.parse(io.BytesIO(content), format=format_).vars or ()] == ["a", "b"]


@pytest.mark.parametrize("format_", ["json", "xml", "tsv"])
def test_a_blank_node_is_the_same_within_a_result(client: TestClient, format_: str) -> None:
    query = "SELECT ?a ?b ?c { BIND(BNODE() AS ?a) BIND(?a AS ?b) BIND(BNODE() AS ?c) }"
    (row,) = read_rows(ask(client, query, ROWS[format_]), format_)
    assert isinstance(row["a"], BNode)
    assert row["a"] == row["b"] != row["c"]


@pytest.mark.parametrize("format_", GRAPHS)
def test_statements_keep_their_terms(client: TestClient, format_: str) -> None:
    graph = read_graph(ask(client, CONSTRUCT, GRAPHS[format_]), format_)
    expected = rdflib.Graph()
    for number, term in enumerate(TERMS):
        expected.add((URIRef("urn:s"), URIRef(f"urn:p{number}"), term))
    assert set(graph) == set(expected)


@pytest.mark.parametrize("format_", GRAPHS)
def test_blank_nodes_keep_what_they_join(client: TestClient, format_: str) -> None:
    query = "CONSTRUCT { <urn:s> <urn:p> _:a, [ <urn:q> (1 2) ] . _:a <urn:q> _:a } WHERE {}"
    expected = rdflib.Graph().parse(data="<urn:s> <urn:p> _:a, [ <urn:q> (1 2) ] . _:a <urn:q> _:a .", format="turtle")
    assert isomorphic(read_graph(ask(client, query, GRAPHS[format_]), format_), expected)


@pytest.mark.parametrize("format_", GRAPHS)
def test_no_statements(client: TestClient, format_: str) -> None:
    query = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(false) }"
    assert len(read_graph(ask(client, query, GRAPHS[format_]), format_)) == 0


@pytest.mark.parametrize("format_", GRAPHS)
def test_a_graph_is_the_same_in_every_format(client: TestClient, format_: str) -> None:
    everything = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    graph = read_graph(ask(client, everything, GRAPHS[format_]), format_)
    assert len(graph) > 200
    assert set(graph) == set(read_graph(ask(client, everything, GRAPHS["nt"]), "nt"))
    answer = client.get("/graphs?default", headers={"Accept": GRAPHS[format_]})
    assert set(graph) == set(read_graph(answer.content, format_))


@pytest.mark.parametrize("text", ["a\\u0001b", "\\uFFFE", "\\u000B"])
def test_what_xml_cannot_say_is_refused_in_xml_only(client: TestClient, text: str) -> None:
    """XML 1.0 section 2.2: no escape makes them characters of a document."""
    for query, formats in (
        (f'SELECT ("{text}" AS ?x) {{}}', ROWS.values()),
        (f'CONSTRUCT {{ <urn:s> <urn:p> "{text}" }} WHERE {{}}', GRAPHS.values()),
    ):
        for media_type in formats:
            answer = client.post("/sparql", data={"query": query}, headers={"Accept": media_type})
            assert answer.status_code == (406 if "xml" in media_type else 200)


@pytest.mark.parametrize("local", ["set/listening-and-watching", "person/ana-diaz", "resource/a-talk", "topic/rows"])
@pytest.mark.parametrize("format_", GRAPHS)
def test_describe_gives_the_document(client: TestClient, local: str, format_: str) -> None:
    document = rdflib.Graph().parse(data=client.get(f"/doc/{local}.nt").content, format="nt")
    for query in (
        f"DESCRIBE <{IDS}{local}>",
        f"BASE <{IDS}> describe <{local}> # a comment",
        f"PREFIX : <{IDS}{local.partition('/')[0]}/> DESCRIBE :{local.partition('/')[2]}",
        f"DESCRIBE ?x WHERE {{ VALUES ?x {{ <{IDS}{local}> }} }}",
        f"DESCRIBE * {{ VALUES ?x {{ <{IDS}{local}> }} }} LIMIT 1",
        # SPARQL 1.1 Query section 16.4.2: what is named is described beside what is found, also where nothing is.
        f"DESCRIBE <{IDS}{local}> ?y {{ ?x <urn:none> ?y }}",
        f"DESCRIBE <{IDS}{local}> {{ FILTER(false) }} LIMIT 0",
    ):
        graph = read_graph(ask(client, query, GRAPHS[format_]), format_)
        assert set(graph) == set(document), query


def test_describe_gives_each_document_once(client: TestClient) -> None:
    locals_ = ["person/ana-diaz", "topic/rows"]
    documents = {
        triple
        for local in locals_
        for triple in rdflib.Graph().parse(data=client.get(f"/doc/{local}.nt").content, format="nt")
    }
    query = f"DESCRIBE <{IDS}{locals_[0]}> ?x {{ VALUES ?x {{ <{IDS}{locals_[1]}> <{IDS}{locals_[0]}> 5 }} }}"
    graph = read_graph(ask(client, query, GRAPHS["nt"]), "nt")
    assert set(graph) == documents


def test_describe_of_what_nobody_knows_is_empty(client: TestClient) -> None:
    for query in ("DESCRIBE <urn:nobody>", f"DESCRIBE <{IDS}person/nobody>", "DESCRIBE ?x { ?x <urn:none> ?y }"):
        assert len(read_graph(ask(client, query, GRAPHS["nt"]), "nt")) == 0
