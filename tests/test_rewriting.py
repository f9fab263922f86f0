"""What is sent to other engines means there what the query means here."""

import pytest
from hypothesis import given
from pyoxigraph import QuerySolutions, Store
from test_syntax import engine_says, mutations

from ligraph.errors import MalformedQuery, Refused
from ligraph.stores.queries import Dataset
from ligraph.stores.rewriting import check_syntax, with_whole_iris, without_from

BASE = "https://site.example/sparql"


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("SELECT * { <x> ?p ?o }", "SELECT * { <https://site.example/x> ?p ?o }"),
        ("SELECT * { <> ?p <#a> }", "SELECT * { <https://site.example/sparql> ?p <https://site.example/sparql#a> }"),
        ("BASE <http://b.example/c/> ASK { <x> ?p <../y> }", " ASK { <http://b.example/c/x> ?p <http://b.example/y> }"),
        ("base <c/> BASE <d/> SELECT * { <x> ?p ?o }", "  SELECT * { <https://site.example/c/d/x> ?p ?o }"),
        ("PREFIX a: <v#> SELECT * { a:b ?p ?o }", "PREFIX a: <https://site.example/v#> SELECT * { a:b ?p ?o }"),
        ('SELECT * { <urn:x> ?p "BASE <http://b/>" } # <x>', 'SELECT * { <urn:x> ?p "BASE <http://b/>" } # <x>'),
        ("SELECT * { ?base ?p ?o FILTER(?o < 3 && ?p > 2) }", "SELECT * { ?base ?p ?o FILTER(?o < 3 && ?p > 2) }"),
    ],
)  # fmt: skip
def test_relative_iris_are_made_whole(query: str, sent: str) -> None:
    assert with_whole_iris(query, BASE) == sent


@given(mutations())
def test_a_query_stays_one(query: str) -> None:
    if engine_says(query) is None:
        whole, _ = without_from(with_whole_iris(query, BASE))
        assert engine_says(whole) is None, whole
        ours, theirs = Store().query(query, base_iri=BASE), Store().query(whole)
        assert type(ours) is type(theirs)
        if isinstance(ours, QuerySolutions) and isinstance(theirs, QuerySolutions):
            assert ours.variables == theirs.variables


@pytest.mark.parametrize(
    ("query", "sent", "dataset"),
    [
        ("SELECT * { ?s ?p ?o }", "SELECT * { ?s ?p ?o }", None),
        ("SELECT * FROM <urn:g> { ?s ?p ?o }", "SELECT *   { ?s ?p ?o }", Dataset(("urn:g",))),
        ("ASK from <urn:a> FROM NAMED <urn:b> FROM <urn:c>{}", "ASK      {}", Dataset(("urn:a", "urn:c"), ("urn:b",))),
        ("PREFIX a: <urn:x:> ASK FROM a:b\\-c {}", "PREFIX a: <urn:x:> ASK   {}", Dataset(("urn:x:b-c",))),
        ("SELECT ?from { ?from ?p 'FROM <urn:g>' }", "SELECT ?from { ?from ?p 'FROM <urn:g>' }", None),
    ],
)  # fmt: skip
def test_the_graphs_of_a_query_become_fields(query: str, sent: str, dataset: Dataset | None) -> None:
    assert without_from(query) == (sent, dataset)


@pytest.mark.parametrize(
    "query",
    [
        "INSERT DATA { <urn:a> <urn:b> 1 }",
        "LOAD <http://a.example/>",
        "DROP ALL",
        "define get:soft 'replacing' SELECT * { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o } DELETE WHERE { ?s ?p ?o }",
        "SELECT bif:sys_stat('x') {}",
        "SELECT (nope:f(1) AS ?x) {}",
        "SELECT * { ?s ?p ?o OPTION (transitive) }",
        "",
    ],
)
def test_what_only_engines_understand_is_not_sent(query: str) -> None:
    with pytest.raises(MalformedQuery):
        check_syntax(query, BASE)


@pytest.mark.parametrize("function", ["<bif:sys_stat>", "<BIF:x>", "<sql:f>", "<\\u0062if:f>", "<b\\U00000069f:f>"])
def test_functions_that_ask_the_engines_machine_are_refused(function: str) -> None:
    with pytest.raises(Refused, match="function of one engine"):
        check_syntax(f"SELECT ({function}('x') AS ?x) {{}}", BASE)


@pytest.mark.parametrize(
    ("prefix", "name"), [("bif:", "b:sys_stat"), ("bif:sys", "b:_stat"), ("sql:", "b:f"), ("b", "b:if")]
)
def test_a_prefix_hides_no_such_function(prefix: str, name: str) -> None:
    query = f"PREFIX b: <{prefix}> SELECT ({name}('x') AS ?x) {{}}"
    if prefix == "b":
        check_syntax(query, BASE)
        return
    with pytest.raises(Refused):
        check_syntax(query, BASE)
