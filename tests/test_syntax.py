"""What is wrong with a query that the engine refuses, and where.

In the tables `‸` stands before the place that is to be blamed.
"""

import os
import re
import time
from contextlib import suppress
from pathlib import Path

import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Store
from rdflib.namespace import RDF, Namespace
from rdflib.term import Node

from ligraph.errors import Refused, TooComplex
from ligraph.stores.screening import read_query
from ligraph.stores.syntax import Fault, explain
from ligraph.stores.syntax.grammar import sparql
from ligraph.stores.syntax.lexemes import END, lexemes
from ligraph.stores.syntax.misuses import misuse_in
from ligraph.stores.syntax.reading import read

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")

HERE = Path(__file__)
PLACES = [os.environ.get("LIGRAPH_SUITES"), HERE.parents[2] / "shared/suites"]
SUITE = next(
    (Path(p) / "sparql11/syntax-query" for p in PLACES if p and Path(p, "sparql11/syntax-query").is_dir()), None
)
QUESTIONS = sorted((HERE.parents[1] / "queries").glob("*.rq"))

shared = [
    pytest.mark.shared,
    pytest.mark.skipif(SUITE is None, reason="needs sparql11/syntax-query in $LIGRAPH_SUITES or ../shared/suites"),
]


def engine_says(query: str) -> str | None:
    """Return the words with which the engine refuses a query, None where it takes it."""
    try:
        Store().query(query, base_iri="http://example.org/")
    except SyntaxError as error:
        return error.msg or str(error)
    except (RuntimeError, UnicodeEncodeError) as error:
        return str(error)
    return None


def fault_of(marked: str) -> tuple[Fault, int, int]:
    """Return the fault of a query, and line and column of its mark."""
    before, _, after = marked.partition("‸")
    query = before + after
    try:
        Store().query(query)
        message = None
    except (SyntaxError, RuntimeError) as error:
        message = str(error)
    assert message is not None, "the engine takes it"
    return explain(query, message), before.count("\n") + 1, len(before) - before.rfind("\n")


MISTAKES = [
    # Nothing, or something else than a query.
    ("‸", "the query is empty", "SELECT, ASK, CONSTRUCT or DESCRIBE"),
    ("‸  # only a comment\n", "the query is empty"),
    ("‸INSERT DATA { <http://a/s> <http://a/p> 1 }", "this is an update, and only queries are answered here"),
    ("PREFIX a: <http://a/>\n‸DELETE WHERE { a:b ?p ?o }", "this is an update, and only queries are answered here"),
    ("‸@prefix schema: <http://schema.org/> . SELECT * { ?s ?p ?o }", "“@prefix”", "PREFIX", "without “@”"),
    ("PREFIX schema: <http://schema.org/> ‸. SELECT * { ?s ?p ?o }", "“.”", "PREFIX ends without “.”"),
    ("PREFIX ‸schema <http://schema.org/> SELECT * { ?s ?p ?o }", "“schema”", "“schema:”"),
    ("PREFIX schema: <http://schema.org/>‸; SELECT * { ?s ?p ?o }", "PREFIX ends without “;”"),
    ("DESCRIBE‸", "the end of the query where", "a variable", "an IRI"),
    # Misspelt.
    ("‸selct * { ?s ?p ?o }", "“selct”", "did you mean SELECT?"),
    ("SELECT * ‸WERE { ?s ?p ?o }", "“WERE”", "did you mean WHERE?"),
    ("SELECT ‸DISTNCT (COUNT(*) AS ?n) { ?s ?p ?o }", "did you mean DISTINCT?"),
    ("SELECT * { ?s ?p ?o } ‸GRUOP BY ?s", "did you mean GROUP BY?"),
    ("SELECT * { ?s ?p ?o FILTER NOT ‸EXIST { ?o ?p ?s } }", "did you mean EXISTS?"),
    ("SELECT * { ?s ?p ?o ‸FILTR (?o > 3) }", "did you mean FILTER?"),
    # Selected.
    ("SELECT ?x‸, ?y { ?x ?p ?y }", "“,”", "without commas"),
    ("SELECT ?x ‸AS ?y { ?x ?p ?o }", "“AS”", "(?x AS ?y)"),
    ("SELECT ‸COUNT(*) { ?s ?p ?o }", "“COUNT”", "(COUNT(*) AS ?n)"),
    ("SELECT ?s ‸MAX(?o) AS ?most { ?s ?p ?o } GROUP BY ?s", "(MAX(?o) AS ?most)"),
    ("SELECT (COUNT(*)‸) { ?s ?p ?o }", "“)”", "(COUNT(*) AS ?n)"),
    ("SELECT ‸name { ?s ?p ?name }", "“name”", "a variable begins with “?”: ?name"),
    ("SELECT (COUNT(?s) AS ‸n) { ?s ?p ?o }", "“n”", "a variable begins with “?”: ?n"),
    ("SELECT (?s‸) { ?s ?p ?o }", "?s without parentheses"),
    ("SELECT ?s ‸?s { ?s ?p ?o }", "“?s”", "twice"),
    ("SELECT ‸?o (COUNT(?s) AS ?n) { ?s ?p ?o } GROUP BY ?p", "“?o”", "GROUP BY", "SAMPLE(?o)"),
    ("SELECT (STR(‸?o) AS ?t) (COUNT(?s) AS ?n) { ?s ?p ?o }", "“?o”", "GROUP BY"),
    ("SELECT ‸* { ?s ?p ?o } GROUP BY ?s", "“*”", "?s", "COUNT"),
    ("SELECT (1 AS ‸?s) { ?s ?p ?o }", "“?s”", "already"),
    ("SELECT (COUNT(*) AS ?n) (‸?n / 2 AS ?half) { ?s ?p ?o }", "“?n”", "same SELECT"),
    # Patterns.
    ("SELECT * WHERE { ?s ?p ‸}", "“}” where an object"),
    ("SELECT * WHERE { ?s ‸}", "“}” where a predicate"),
    ("SELECT ?name\nWHERE {\n  ?s <http://schema.org/name>\n‸}\n", "“}” where an object"),
    ("ASK { ?s ?p ?o ‸?s2 ?p2 ?o2 }", "“?s2”", "“.” stands between triples"),
    ("SELECT * { ?s ‸name ?o }", "“name”", "prefix"),
    ("SELECT * { ?s ?p ‸Sandra }", "“Sandra”", "quotes"),
    ("SELECT * { ?s ?p ‸TRUE }", "“TRUE”", "small letters"),
    ("SELECT * { ?s ‸A ?o }", "“A”", "small “a”"),
    ("SELECT * { ?s ?p 'a' ‸'b' }", "“'b'”", "“,” stands between objects"),
    ("SELECT * { ?s ?p 2021‸-05-06 }", "“-05”", "a date is written"),
    ("SELECT * { ?s ?p‸/<http://a/b> ?o }", "“/”", "a variable is not part of a path"),
    ("SELECT * { ?s <http://a/b>‸{1,2} ?o }", "“{”", "“*”, “+” or “?”"),
    ("CONSTRUCT { ?s <http://a/b>‸/<http://a/c> ?o } { ?s ?p ?o }", "“/”", "a template has no paths"),
    ("SELECT * { OPTIONAL ‸?s ?p ?o }", "“?s” where “{” should be"),
    ("SELECT * { ?s ?p ?o ‸UNION { ?a ?b ?c } }", "“UNION”", "{ … } UNION { … }"),
    ("SELECT * { ?s ?p ?o ‸NOT EXISTS { ?o ?p ?s } }", "FILTER NOT EXISTS"),
    ("SELECT * { ?s ?p ?o BIND (1 AS ‸?o) }", "“?o”", "already"),
    ("SELECT * { _:a ?p ?o OPTIONAL { ‸_:a ?q ?r } }", "“_:a”", "variable"),
    ("SELECT * { VALUES (?a ?b) { (1 2) ‸(1) } }", "1 value", "2 variables", "UNDEF"),
    ("SELECT * { VALUES ?a { 1‸, 2 } }", "“,”", "without commas"),
    ("SELECT * { VALUES (?a ‸?a) { (1 2) } }", "“?a”", "twice"),
    # Conditions.
    ("SELECT * { ?s ?p ?x FILTER ‸?x > 3 }", "“?x”", "FILTER (…)"),
    ("SELECT * { ?s ?p ?x FILTER (?x ‸== 3) }", "“==”", "“=”"),
    ("SELECT * { ?s ?p ?x FILTER (?x > 1 ‸AND ?x < 3) }", "“AND”", "“&&”"),
    ("SELECT * { ?s ?p ?x FILTER (?x ‸<> 3) }", "“<>”", "“!=”"),
    ('SELECT * { ?s ?p ?x FILTER (?x ‸LIKE "a%") }', "“LIKE”", "CONTAINS"),
    ("SELECT * { ?s ?p ?o FILTER (NOT ‸BOUND(?o)) }", "“BOUND”", "“!”"),
    ("SELECT * { ?s ?p ?x FILTER (‸foo(?x)) }", "“foo” is not a function of SPARQL"),
    ("SELECT * { ?s ?p ?x FILTER (‸STRLENGTH(?x) > 1) }", "“STRLENGTH” is not a function", "did you mean STRLEN?"),
    ("SELECT * { ?s ?p ?x FILTER ‸length(?x) }", "“length” is not a function", "did you mean STRLEN?"),
    ("SELECT * { ?s ?p ?o FILTER (?o != ‸NULL) }", "“NULL”", "BOUND"),
    ("SELECT * { ?s ?p ?o BIND (?o + 1 ‸?n) }", "“?n”", "BIND (… AS ?name)"),
    ("SELECT * { ?s ?p ?o FILTER CONTAINS(?o ‸'x') }", "“'x'”", "CONTAINS takes 2 values, with “,” between them"),
    ("SELECT * { ?s ?p ?o BIND (‸CONCAT (?o) AS ?t) }", "“CONCAT” and its “(” stand together"),
    ("ASK { ?s ?p ?o } HAVING (‸COUNT(*) > 1)", "“COUNT”", "SELECT"),
    ("ASK { ?s ?p ?o } ‸GROUP BY ?s", "GROUP BY", "SELECT"),
    ("DESCRIBE ?s ‸?s { ?s ?p ?o }", "“?s”", "twice"),
    ("SELECT (<http://a/f>(‸DISTINCT ?s) AS ?t) { ?s ?p ?o }", "DISTINCT", "aggregates"),
    ("SELECT * { ?s ?p ?o FILTER (REGEX(?o‸)) }", "“)”", "REGEX takes 2 or 3 values"),
    ("SELECT * { ?s ?p ?o FILTER (STR(?o‸, 1)) }", "“,”", "STR takes one value"),
    ("SELECT * { ?s ?p ?o FILTER (‸COUNT(?o) > 1) }", "“COUNT”", "HAVING"),
    ("SELECT * { ?s ?p ?o FILTER (‸<http://a/f>(?o)) }", "<http://a/f>", "function"),
    # Terms.
    ("SELECT * { ?s ‸schema:name ?o }", "the prefix “schema:” is not declared", "PREFIX schema: <http://schema.org/>"),
    ("SELECT * { ?s ‸nope:name ?o }", "the prefix “nope:” is not declared"),
    ("SELECT * { ?s ‸scheme:name ?o }", "the prefix “scheme:” is not declared", "did you mean “schema:”?"),
    ("SELECT * { ?s ‸<name> ?o }", "“<name>”", "relative", "BASE"),
    ("SELECT * { ?s ‸<http://a b> ?o }", "“<http://a b>”", "not an IRI", "space"),
    ("SELECT * { ?s ‸<http://a[> ?o }", "“<http://a[>”", "not an IRI"),
    ("SELECT * { ?s ‸http://a/b ?o }", "“http://a/b”", "<http://a/b>"),
    ('SELECT * { ?s ?p ‸"open }', "not closed"),
    ('SELECT * { ?s ?p ‸"""open\n }', "not closed"),
    ('SELECT * { ?s ?p "a ‸\\d" }', "“\\d”", "“\\\\d”"),
    ("SELECT * { ?s ?p '‸\\uD800' }", "“\\uD800”"),
    ("SELECT * { ?s ?p 'it'‸'s' }", "'s' stands behind", "quote"),
    ("SELECT * { ?s ?p ‸“text” }", "straight quotes"),
    ("SELECT * { ?s ?p ?o‸\u00a0}", "U+00A0 (no-break space)"),
    ("SELECT * { ?s ?p 'x'‸@abcdefghijk }", "“@abcdefghijk”", "language"),
    # Brackets and ends.
    ("SELECT * WHERE { ?s ?p ?o‸", "the end of the query where “}”", "the “{” at line 1, column 16 is not closed"),
    ("SELECT *\nWHERE {\n  ?s ?p ?o‸\n\n  # and so on\n", "should be", "the “{” at line 2, column 7 is not closed"),
    ("SELECT * WHERE { ?s ?p ?o } ‸}", "“}” closes nothing"),
    ("SELECT * { ?s ?p ?o FILTER (?o > 3 ‸}", "“}”", "the “(” at line 1, column 28 is not closed"),
    ("SELECT * { { ?s ?p ?o } ‸LIMIT 5", "LIMIT stands behind the last “}”", "“{” at line 1, column 10 is still open"),
    ("SELECT * { ?s ?p ?o ‸ORDER BY ?s }", "ORDER BY stands behind the last “}”"),
    ("SELECT * { ?s ?p ?o } ORDER BY ?s ‸DESC", "DESC(?s)"),
    ("SELECT * { ?s ?p ?o } ORDER BY DESC ‸?s", "“?s” where “(” should be", "DESC(?s)"),
    ("SELECT * { ?s ?p ?o } ORDER BY ?s‸, ?p", "“,”", "without commas"),
    ("SELECT * { ?s ?p ?o } LIMIT ‸-1", "“-1” where a whole number should be"),
    ("SELECT * { ?s ?p ?o } LIMIT 10‸, 20", "“,”", "LIMIT 20 OFFSET 10"),
    ("SELECT * { ?s ?p ?o } LIMIT 5 ‸ORDER BY ?s", "“ORDER”", "the order of the clauses"),
    ("SELECT * { ?s ?p ?o }‸;", "“;”", "a query ends without “;”"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("marked", "words"), [(row[0], row[1:]) for row in MISTAKES], ids=lambda value: str(value)[:60]
)
def test_a_mistake_is_told_with_its_place(marked: str, words: tuple[str, ...]) -> None:
    fault, line, column = fault_of(marked)
    assert [word for word in words if word not in fault.message] == [], fault.message
    assert (fault.line, fault.column) == (line, column), fault.message
    assert fault.message.startswith(f"line {line}, column {column}: ")


def test_a_hint_is_not_given_where_it_does_not_fit() -> None:
    assert "PREFIX nope: <http" not in explain("SELECT * { ?s nope:name ?o }", "").message
    assert "did you mean" not in explain("SELECT * { ?s ?p ?x FILTER (zzzz(?x)) }", "").message


def test_a_model_prefix_may_be_known_to_the_engine() -> None:
    """`run` declares the prefixes of the model itself where it is told to; another fault is the one then."""
    query = "SELECT ?name { ?s schema:name ?name } GROUP BY ?s"
    assert "?name" in explain(query, "").message


def test_the_engines_words_stand_where_the_grammar_has_none() -> None:
    query = "SELECT * { ?x ?y ?z LATERAL { BIND(1 AS ?x) } }"
    fault = explain(
        query, "error at 1:48: expected one of An existing variable is overridden, BIND, ['a' ..= 'z'], [_]"
    )
    assert (fault.line, fault.column) == (1, 48)
    assert "an existing variable is overridden" in fault.message
    assert "..=" not in fault.message
    assert "[_]" not in fault.message


def test_a_long_line_is_cut_around_the_place() -> None:
    query = "SELECT * { " + "?s ?p ?o . " * 100 + "?s ?p } # " + "x" * 500
    fault = explain(query, "")
    assert fault.column == query.index("}") + 1
    assert len(fault.text) <= 120
    assert fault.text[fault.caret] == "}"


def test_a_text_is_the_line_and_the_caret_its_place() -> None:
    fault = explain("SELECT *\r\n{\t?s ?p\r\n}", "")
    assert (fault.line, fault.column, fault.text, fault.caret, fault.found) == (3, 1, "}", 0, "“}”")


def test_the_grammar_is_ll1() -> None:
    assert sparql().clashes == []


def test_every_symbol_of_the_grammar_is_a_rule_or_a_token() -> None:
    grammar = sparql()
    used = {part for productions in grammar.rules.values() for production in productions for part in production}
    unknown = {part for part in used - grammar.rules.keys() if re.fullmatch(r"[a-z_]{2,}", part)}
    assert unknown == {"true", "false"}


def no_fault(query: str) -> bool:
    return not read(lexemes(query)).fault


EXTENSIONS = [
    "SELECT * { ?s ?p ?o LATERAL { ?s ?q ?r } }",
    "SELECT * { << ?s ?p ?o ~ ?r >> ?q << ?s ?p ?o >> }",
    "SELECT * { ?s ?p <<( ?s ?p ?o )>> ~ ?r {| ?q ?t ; ?u ?v |} }",
    "SELECT (TRIPLE(?a, ?b, ?c) AS ?t) (LANGDIR(?a) AS ?d) { VALUES ?a { <<( <http://a/b> a 1 )>> 'x'@ar--rtl } }",
    "VERSION '1.2' SELECT (ADJUST(NOW(), ?z) AS ?t) {}",
    "SELECT * { ?s ?p + 5 , -.5e3 FILTER (!!(?a <= - ?b)) }",
]


@pytest.mark.parametrize("query", EXTENSIONS)
def test_what_the_engine_adds_to_sparql_is_no_fault(query: str) -> None:
    assert engine_says(query) is None
    assert no_fault(query)


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_stored_question_is_no_fault(path: Path) -> None:
    assert no_fault(path.read_text("utf-8"))


def entries(kind: str) -> list[Path]:
    if not SUITE:
        return []
    manifest = SUITE / "manifest.ttl"
    graph = rdflib.Graph().parse(manifest, format="turtle", publicID=manifest.as_uri())
    return sorted(path_of(graph.value(entry, MF.action)) for entry in graph.subjects(RDF.type, MF[kind]))


def path_of(node: Node | None) -> Path:
    return Path(str(node).removeprefix("file://"))


POSITIVE = entries("PositiveSyntaxTest11")
NEGATIVE = entries("NegativeSyntaxTest11")
BLAMED = {
    "syn-bad-01": (2, 8), "syn-bad-02": (2, 8), "syn-bad-03": (1, 24), "syn-bad-04": (1, 15), "syn-bad-05": (1, 8),
    "syn-bad-06": (1, 15), "syn-bad-07": (1, 15), "syn-bad-08": (1, 21),
    "syn-bad-pname-01": (2, 8), "syn-bad-pname-02": (2, 8), "syn-bad-pname-03": (2, 8), "syn-bad-pname-04": (2, 8),
    "syn-bad-pname-05": (1, 8), "syn-bad-pname-06": (4, 11), "syn-bad-pname-07": (1, 8), "syn-bad-pname-08": (4, 10),
    "syn-bad-pname-09": (4, 11), "syn-bad-pname-10": (4, 11), "syn-bad-pname-11": (4, 11), "syn-bad-pname-12": (4, 13),
    "syn-bad-pname-13": (4, 14), "syn-bad-values-too-few": (1, 35), "syn-bad-values-too-many": (1, 35),
    "syn-codepoint-escape-bad-04": (2, 11), "syn-codepoint-escape-bad-05": (2, 11),
    "syn-invalid-codepoint-escaped-bad-01": (2, 28), "syntax-bindings-09": (1, 14), "syntax-BINDscope6": (6, 20),
    "syntax-BINDscope7": (8, 20), "syntax-BINDscope8": (9, 15), "syntax-SELECTscope2": (1, 14),
}  # fmt: skip
"""Line and column that a reader of each negative entry would point at."""


class TestSuite:
    pytestmark = shared

    @pytest.mark.parametrize("path", POSITIVE or [None], ids=lambda path: path.stem if path else "none")
    def test_a_positive_entry_is_no_fault(self, path: Path) -> None:
        assert no_fault(path.read_text("utf-8"))

    @pytest.mark.parametrize("path", NEGATIVE or [None], ids=lambda path: path.stem if path else "none")
    def test_a_negative_entry_is_blamed_where_it_is_wrong(self, path: Path) -> None:
        query = path.read_bytes().decode()
        message = engine_says(query)
        assert message is not None
        fault = explain(query, message)
        assert (fault.line, fault.column) == BLAMED[path.stem], fault.message
        assert "engine" not in fault.message

    def test_every_entry_is_there(self) -> None:
        assert POSITIVE
        assert {path.stem for path in NEGATIVE} == BLAMED.keys()


# ── Any text ──

WHOLE = [
    "PREFIX schema: <http://schema.org/> SELECT DISTINCT ?s (COUNT(?o) AS ?n) FROM <http://a/g> WHERE { ?s a"
    " schema:Clip ; schema:name ?o , 'x'@en\nOPTIONAL { ?s schema:isPartOf / schema:name ?p } "
    "FILTER (?o > 3 && ! BOUND(?p)) }"
    " GROUP BY ?s HAVING (COUNT(?o) > 1) ORDER BY DESC(?n) LIMIT 10 OFFSET 5",
    "CONSTRUCT { _:b ?p [ ?q ( 1 2.5 ) ] } WHERE { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } MINUS { ?s a ?t }"
    " VALUES ( ?a ?b ) { ( 1 UNDEF ) } BIND (IF(?a IN (1, 2), 'y', \"n\"^^<http://a/t>) AS ?c) }",
    "ASK { ?s ^<http://a/p>* | ! ( a | ^ a ) ?o FILTER NOT EXISTS { SELECT * { ?s ?p _:b } LIMIT 1 } }",
    "DESCRIBE ?x <http://a/b> { ?x ?y ?z } ORDER BY ?x VALUES ?z { 1 }",
]  # fmt: skip
PIECES = [
    *sorted({token.text for query in WHOLE for token in lexemes(query) if token.kind != END}),
    "==", "#", "\\", "\ud800", "“", '"', "'''", "<", ">", "\n", "LATERAL", "REGEX", "foo", "a:b", "_:b", "<<(", "",
]  # fmt: skip


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """Draw a query with one to four of its tokens dropped, doubled, exchanged or replaced."""
    tokens = [token.text for token in lexemes(draw(st.sampled_from(WHOLE)))]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(tokens) - 1))
        tokens[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(PIECES), max_size=2))
        tokens = tokens or [""]
    return " ".join(tokens)


ANY = st.text(st.characters(codec=None)) | st.lists(st.sampled_from(PIECES)).map(" ".join) | mutations()


@given(
    ANY,
    st.sampled_from(
        ["", "error at 1:7: expected [_]", "error at 99:99: expected one of A b, C", "error at 0:0: expected", "\ud800"]
    ),
)
@settings(deadline=None)
def test_any_text_is_told_about(query: str, message: str) -> None:
    fault = explain(query, message)
    assert fault.line >= 1
    assert fault.column >= 1
    lines = re.split(r"\r\n|\n|\r", query)
    assert fault.line <= len(lines)
    assert fault.column <= len(lines[fault.line - 1]) + 1
    assert len(fault.text) <= 120
    assert 0 <= fault.caret <= len(fault.text)
    fault.message.encode()
    fault.text.encode()
    assert "\n" not in fault.message


@given(mutations())
@settings(deadline=None)
def test_what_the_engine_takes_is_no_fault(query: str) -> None:
    """An IRI that could also be a comparison, as in `?a <?b&&?c> ?d`, is not among these."""
    if engine_says(query) is None:
        reading = read(lexemes(query))
        assert not reading.fault
        assert misuse_in(reading, "") is None


@pytest.mark.parametrize(
    "query",
    [
        "(" * 100_000,
        "SELECT * { FILTER " + "(" * 100_000,
        "SELECT * " + "{" * 100_000,
        "SELECT * " + "{ ?s ?p ?o " * 10_000,
        "SELECT * { ?s ?p " + "[ ?p " * 20_000,
        "SELECT * { ?s ?p " + '"' * 100_000,
        "SELECT * { ?s ?p " + '"""' * 30_001,
        "SELECT * { ?s ?p " + "'a' , " * 20_000,
        "SELECT * { FILTER (true" + "-true" * 20_000,
        "SELECT " + "?s " * 30_000 + "{ }",
        "SELECT * { " + "?s ?p ?o . BIND (1 AS ?x) " * 4_000 + "}",
        "SELECT * { " + "a.b" * 30_000,
        "x" * 100_000,
        "<" * 100_000,
        "\n" * 100_000,
    ],
    ids=lambda query: query[:12] + query[-12:],
)
def test_a_large_text_takes_no_time(query: str) -> None:
    sparql()
    started = time.process_time()
    explain(query, "error at 1:1: expected [_]")
    assert time.process_time() - started < 2


PIECES = [
    *("SERVICE", "service", "SERVICE", "SILENT", "SELECT", "ASK", "FILTER", "BIND", "AS", "a", "true", "NOW"),
    *("<http://a/>", "<a#b>", "<", ">", "<<", ">>", "<<(", ")>>", "<=", "{|", "|}", "{", "}", "(", ")", "[", "]"),
    *("?x", "$y", "a:b", "a:", ":", "a:b.c", "a:b.", "a:-", "a:\\#", "a:x\\'", "a:%41", "_:b", "a-b:", "\u00b7"),
    *("'", '"', "'''", '"""', "'x'", '"y"', "\\", "\\'", "\\u0041", "#", "\n", "\r", " ", "\t", "\x00", "\ud800"),
    *(".", ",", ";", "|", "/", "^", "^^", "*", "+", "?", "!", "=", "&&", "||", "-", "1", "1.", "1.5e3", "@en", "@"),
]
pieces = st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
addresses = st.sampled_from(["<http://a/>", "<a>", "?x", "a:b", "a:", ":x", " <http://a/>", "#\n<http://a/>"])


@settings(max_examples=1000)
@given(before=pieces, silent=st.sampled_from(["", " ", "SILENT", " silent "]), address=addresses, is_open=st.booleans())
@example(before="a:-", silent="", address="<http://a/>", is_open=True)
@example(before="_:ba:-", silent="", address="<http://a/>", is_open=False)
@example(before="<<(?a)>>[])>>", silent="", address="<http://a/>", is_open=True)
def test_a_service_that_one_reading_sees_the_other_sees(before: str, silent: str, address: str, is_open: bool) -> None:
    """Of two readings of tokens, the one that refuses sees what the other sees."""
    query = f"{'ASK {' if is_open else ''}{before}SERVICE{silent}{address}{{ ?x ?y ?z }}"
    kinds = " ".join(token.kind for token in lexemes(query))
    if re.search(r"(?<!\S)SERVICE (SILENT )?<(var|iri|name|prefix)> {", kinds):
        with suppress(Refused, TooComplex):
            assert read_query(query).services


@pytest.mark.parametrize(
    "compared",
    [
        "FILTER(?a<?b&&?c='>#')",
        "FILTER(?a<?b||?c>'#')",
        "FILTER(?a<?b&&'>'='''#''')",
        "FILTER(?a<#>'''\n?b)",
        "FILTER(?a<?b#>'''\n)",
        "FILTER(?a<(?b&&?c>?d)) FILTER(?a<(?b&&?c>?d))",
        "<<?s?p'>#'>> ?q ?r .",
        "?s ?p <<(?s?p'>#')>> .",
    ],
)
def test_a_comparison_that_looks_like_an_iri_hides_no_service(compared: str) -> None:
    """The engine reads “<” by where it stands, and not the longest token."""
    query = f"SELECT * {{ {compared} SERVICE SILENT <http://127.0.0.1:9/> {{ ?x ?y ?z }} #'''\n}}"
    assert engine_says(query) is None
    assert read_query(query).services


def test_a_comparison_that_looks_like_an_iri_hides_no_depth() -> None:
    query = f"ASK {{ FILTER(?a<{'(' * 20}?b>?c{')' * 20}) }} #{' ' * 500}"
    assert engine_says(query) is None
    assert read_query(query).depth == 22
    assert read_query(f"ASK {{ FILTER(?a<?b{'+1' * 300}>?c) }}").parts > 300


def test_an_escape_in_a_comment_hides_nothing() -> None:
    """Section 19.2 has it end the comment; the engine reads escapes in IRIs and texts only."""
    hidden = "#\\u000A'''\n{}\n#\\u000A'''"
    deep = hidden.format(f"SELECT * {'{' * 50}{'}' * 50}")
    assert engine_says(deep) is None
    assert read_query(deep).depth == 50
    assert not read_query(hidden.format("SELECT (RAND() AS ?x) {}")).lasting
    assert read_query(hidden.format("CONSTRUCT { ?s ?p ?o } FROM <urn:g> { ?s ?p ?o }")).answers_with_graph


@pytest.mark.parametrize("iri", ["http://a/b#c", "http://a/b'c", "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66", "a"])
def test_an_iri_costs_nothing(iri: str) -> None:
    query = f"SELECT * {{ VALUES ?x {{ {f'<{iri}> ' * 600} }} SERVICE <http://a/> {{ ?x ?y ?z }} }}"
    reading = read_query(query)
    assert (reading.services, reading.depth, reading.parts) == (["http://a/"], 2, 3)
