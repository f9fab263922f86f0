"""A parameter has its value wherever the query uses it."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyoxigraph import QuerySolutions, RdfFormat, Store

from ligraph.stores.bindings import with_values

DATA = """
<urn:g> { <urn:a> <urn:n> 1 ; <urn:next> <urn:b> . <urn:b> <urn:n> 2 ; <urn:next> <urn:c> }
<urn:h> { <urn:c> <urn:n> 3 ; <urn:next> <urn:d> . <urn:d> <urn:n> 4 ; <urn:limit> 3 }
"""
THREE = '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store()
    store.load(DATA.encode(), RdfFormat.TRIG)
    return store


def rows(store: Store, query: str) -> list[str]:
    """Return the rows of a query, without those of the parameter."""
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    names = [variable.value for variable in found.variables if variable.value != "max"]
    return sorted(str([str(row[name]) for name in names]) for row in found)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?x { ?x <urn:n> ?n FILTER(?n < ?max) }",
        "SELECT ?g ?x { GRAPH ?g { ?x <urn:n> ?n FILTER(?n < ?max) } }",
        "SELECT ?x { { ?x <urn:n> ?n FILTER(?n < ?max) } }",
        "SELECT ?x { { ?x <urn:n> ?n FILTER(?n < ?max) } UNION { ?x <urn:next> <urn:d> } }",
        "SELECT ?x ?y { ?x <urn:n> ?n OPTIONAL { ?x <urn:next> ?y . ?y <urn:n> ?m FILTER(?m < ?max) } }",
        "SELECT ?x ?y { ?x <urn:n> ?n OPTIONAL { { ?x <urn:next> ?y . ?y <urn:n> ?m FILTER(?m < ?max) } } }",
        "SELECT ?x { ?x <urn:n> ?n MINUS { ?x <urn:n> ?m FILTER(?m < ?max) } }",
        "SELECT ?x { ?x <urn:n> ?n FILTER EXISTS { ?x <urn:next>/<urn:n> ?m FILTER(?m < ?max) } }",
        "SELECT ?x { ?x <urn:n> ?n FILTER NOT EXISTS { GRAPH ?g { ?x <urn:n> ?m FILTER(?m < ?max) } } }",
        "SELECT ?x { ?x <urn:n> ?n FILTER NOT EXISTS { { ?x <urn:n> ?m } UNION { ?x <urn:m> ?m } FILTER(?m < ?max) } }",
        "SELECT ?k { { SELECT (COUNT(*) AS ?k) { ?x <urn:n> ?n FILTER(?n < ?max) } } }",
        "SELECT ?k { { SELECT (COUNT(*) AS ?k) WHERE { { ?x <urn:n> ?n FILTER(?n < ?max) } } } }",
        "SELECT ?g { GRAPH ?g { ?x <urn:n> ?n } } GROUP BY ?g HAVING(SUM(?n) > ?max)",
        "SELECT ?g { GRAPH ?g { ?x <urn:n> ?n } } GROUP BY ?g HAVING(SUM(?n) > ?max) (COUNT(?n) < ?max) ORDER BY ?g",
        "SELECT ?g { { SELECT ?g { GRAPH ?g { ?x <urn:n> ?n } } GROUP BY ?g HAVING (SUM(?n) > ?max) } }",
        "SELECT ?g { GRAPH ?g { ?x <urn:n> ?n } } GROUP BY ?g HAVING(!BOUND(?max) || SUM(?n) > ?max)",
        "SELECT ?g { GRAPH ?g { ?x <urn:n> ?n } } GROUP BY ?g ORDER BY ABS(SUM(?n) - ?max) LIMIT 1",
        "SELECT ?x { ?x <urn:n> ?n } ORDER BY ABS(?n - ?max) LIMIT 1",
        "SELECT ?y { { SELECT (?n + ?max AS ?y) { ?x <urn:n> ?n } } }",
        "SELECT ?y { SELECT (?n + ?max AS ?y) { ?x <urn:n> ?n } }",
        "SELECT ?k { { SELECT (SUM(IF(?n > ?max, 1, 0)) AS ?k) { ?x <urn:n> ?n } } }",
        "SELECT ?k { { SELECT (COUNT(*) AS ?k) { ?x <urn:n> ?n } GROUP BY (?n > ?max AS ?big) } }",
        "SELECT ?x { { SELECT ?x { ?x <urn:n> ?n } ORDER BY ABS(?n - ?max) LIMIT 1 } }",
        "SELECT ?x (EXISTS { VALUES ?y { 1 } } AS ?e) { ?x <urn:n> ?n FILTER(?n < ?max) }",
        "SELECT ?x { FILTER EXISTS { VALUES ?y { 1 } } { ?x <urn:n> ?n FILTER(?n < ?max) } }",
        "SELECT ?x { # {\n { ?x <urn:n> ?n FILTER(?n < ?max && ?n != '}') } }",
        "SELECT ?x ?y { ?x <urn:n> ?n BIND(?n * ?max AS ?y) }",
        "SELECT ?x ?y { { ?x <urn:n> ?n BIND(?n * ?max AS ?y) } }",
        "SELECT (?n * ?max AS ?y) { ?x <urn:n> ?n }",
        "SELECT ?x { VALUES ?x { <urn:a> <urn:d> } { ?x <urn:n> ?n FILTER(?n < ?max) } }",
        "SELECT ?x { ?x <urn:limit> ?max }",
        "SELECT ?x { GRAPH <urn:h> { ?x ?p ?max } }",
    ],
)
def test_a_value_is_the_same_as_written_in_the_query(store: Store, query: str) -> None:
    expected = rows(store, query.replace("BOUND(?max)", "true").replace("?max", "3"))
    assert expected, "a query that finds nothing shows nothing"
    assert rows(store, with_values(query, {"max": THREE})) == expected


def test_a_value_that_nothing_else_says_is_in_the_row(store: Store) -> None:
    query = with_values(
        "SELECT ?x ?max { { ?x <urn:n> ?n } UNION { ?x <urn:n> ?n FILTER(?n < ?max) } }", {"max": THREE}
    )
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, QuerySolutions)
    assert {str(row["max"]) for row in found} == {THREE}


CONDITIONS = st.sampled_from(["?n < ?max", "?n >= ?max", "?max = ?n", "ABS(?n - ?max) < 2"]).map("FILTER({})".format)
FACTS = st.sampled_from(
    ["?x <urn:n> ?n .", "GRAPH ?g { ?x <urn:n> ?n FILTER(?n < ?max) }", "?x <urn:next>/<urn:n> ?n ."]
)
ALONE = st.sampled_from(["BIND(?max + 1 AS ?more)", "VALUES ?x { <urn:a> <urn:b> <urn:d> }", ""])
EXISTS = st.sampled_from(["FILTER EXISTS {{ ?x <urn:n> ?n {} }}", "FILTER NOT EXISTS {{ ?x <urn:n> ?n {} }}"])
AROUND = st.sampled_from(
    [
        *("{{ {} }}", "OPTIONAL {{ {} }}", "MINUS {{ {} }}", "{{ {} }} UNION {{ ?x <urn:next> <urn:d> }}"),
        *("{{ SELECT ?x {{ {} }} }}", "{{ SELECT ?x (COUNT(*) AS ?k) {{ {} }} GROUP BY ?x HAVING(COUNT(*) < ?max) }}"),
        "{{ SELECT ?x (SUM(IF(?n < ?max, 1, 0)) AS ?sum) {{ {} }} GROUP BY ?x }}",
    ]
)


def patterns(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = (CONDITIONS, ALONE, st.builds(str.format, AROUND, inner), st.builds(str.format, EXISTS, CONDITIONS))
    return st.builds(lambda fact, others: " ".join([fact, *others]), FACTS, st.lists(st.one_of(parts), max_size=3))


@given(st.recursive(FACTS, patterns, max_leaves=6))
def test_a_value_is_the_same_in_any_pattern(store: Store, pattern: str) -> None:
    query = f"SELECT * {{ {pattern} }}"
    try:
        expected = rows(store, query.replace("?max", "3"))
    except SyntaxError:
        # A variable that is set although it has a value already.
        assume(False)
    assert rows(store, with_values(query, {"max": THREE})) == expected


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?x <urn:below> ?max } { GRAPH ?g { ?x <urn:n> ?n FILTER(?n < ?max) } }",
        "CONSTRUCT { ?x <urn:below> ?max } WHERE { { ?x <urn:n> ?n FILTER(?n < ?max) } }",
    ],
)
def test_templates_have_the_value(store: Store, query: str) -> None:
    found = store.query(with_values(query, {"max": THREE}), use_default_graph_as_union=True)
    assert {str(triple) for triple in found} == {  # type: ignore[union-attr]
        f"<urn:a> <urn:below> {THREE}",
        f"<urn:b> <urn:below> {THREE}",
    }


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT WHERE { ?x <urn:limit> ?max }",
        "CONSTRUCT WHERE { ?x <urn:limit> ?max # }\n}",
        "CONSTRUCT { ?x <urn:limit> ?max } { ?x <urn:limit> ?max }",
        "CONSTRUCT { ?x <urn:limit> ?max } WHERE { ?x <urn:limit> ?max } LIMIT 5",
    ],
)
def test_statements_are_those_with_the_value(store: Store, query: str) -> None:
    found = store.query(with_values(query, {"max": THREE}), use_default_graph_as_union=True)
    assert [str(triple) for triple in found] == [f"<urn:d> <urn:limit> {THREE}"]  # type: ignore[union-attr]
    four = THREE.replace("3", "4", 1)
    assert not list(store.query(with_values(query, {"max": four}), use_default_graph_as_union=True))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "query",
    [
        "DESCRIBE ?x",
        "DESCRIBE ?x # which",
        "DESCRIBE ?x LIMIT 5",
        "PREFIX x: <urn:> DESCRIBE x:none ?x OFFSET 0",
        "DESCRIBE ?x WHERE { ?x <urn:next> ?y }",
        "DESCRIBE ?x ORDER BY ?x",
    ],
)
def test_a_description_is_of_the_value(store: Store, query: str) -> None:
    found = store.query(with_values(query, {"x": "<urn:d>"}), use_default_graph_as_union=True)
    expected = {"<urn:d> <urn:n>", "<urn:d> <urn:limit>"} if "next" not in query else set()
    assert {" ".join(str(triple).split()[:2]) for triple in found} == expected  # type: ignore[union-attr]
