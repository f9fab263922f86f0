"""Each rule of ontology/rules/ on small data: what follows, written by hand, and nothing more."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from ligraph.namespaces import LIG, PREFIXES

RULES = sorted((Path(__file__).parent.parent / "ontology/rules").glob("*.rq"))
BASE = "https://example.org/c/id/"
PROLOGUE = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())

CASES = {
    "10-supertypes": (
        """
        GRAPH <graph/a.ttl> {
            <session/s> a lig:Session .
            <event/e> a schema:Event .
            <set/s> a lig:ResourceSet .
            <workshop/w> a <https://example.org/ns#Workshop> .
        }
        GRAPH <https://example.org/ns> {
            <https://example.org/ns#Workshop> rdfs:subClassOf lig:Session .
            lig:Session rdfs:subClassOf schema:Event .
            lig:ResourceSet rdfs:subClassOf schema:Collection, schema:ItemList .
        }
        """,
        """
        <session/s> a schema:Event .
        <set/s> a schema:Collection, schema:ItemList .
        <workshop/w> a lig:Session, schema:Event .
        """,
    ),
    "20-has-part": (
        """
        <post/p> schema:isPartOf <series/s> .
        GRAPH <graph/a.ttl> { <set/a> schema:isPartOf <post/p> }
        GRAPH <graph/b.ttl> { <set/b> schema:isPartOf <post/p> }
        """,
        """
        <series/s> schema:hasPart <post/p> .
        <post/p> schema:hasPart <set/a>, <set/b> .
        """,
    ),
    "30-contributor": (
        """
        GRAPH <graph/a.ttl> {
            <set/s> lig:appearance <set/s#appearance-1>, <set/s#appearance-2> .
            <set/s#appearance-1> lig:presenter <person/a> .
            <resource/r> lig:appearance <resource/r#appearance-1> .
        }
        GRAPH <graph/b.ttl> { <resource/r#appearance-1> lig:presenter <person/b> }
        """,
        """
        <set/s> schema:contributor <person/a> .
        <resource/r> schema:contributor <person/b> .
        """,
    ),
    "40-in-set": (
        """
        <set/s> schema:itemListElement <set/s#item-1>, <set/s#item-2> .
        <set/s#item-1> schema:item <resource/a> .
        <set/t> schema:itemListElement <set/t#item-1> .
        <set/t#item-1> schema:item <resource/a> .
        <set/u#item-1> schema:item <resource/b> .
        """,
        "<resource/a> lig:inSet <set/s>, <set/t> .",
    ),
    "50-duration": (
        """
        <clip/seconds> schema:startOffset 0 ; schema:endOffset 42 .
        <clip/minutes> schema:startOffset 2188 ; schema:endOffset 2453 .
        <clip/whole-minutes> schema:startOffset 60 ; schema:endOffset 180 .
        <clip/backwards> schema:startOffset 10 ; schema:endOffset 9 .
        <clip/empty> schema:startOffset 10 ; schema:endOffset 10 .
        <clip/open> schema:startOffset 10 .
        <clip/text> schema:startOffset "36:28" ; schema:endOffset "40:53" .
        <recording/hours> lig:seconds 3600 .
        <recording/all> lig:seconds 7325 .
        <recording/none> lig:seconds 0 .
        """,
        """
        <clip/seconds> schema:duration "PT42S"^^xsd:duration .
        <clip/minutes> schema:duration "PT4M25S"^^xsd:duration .
        <clip/whole-minutes> schema:duration "PT2M"^^xsd:duration .
        <recording/hours> schema:duration "PT1H"^^xsd:duration .
        <recording/all> schema:duration "PT2H2M5S"^^xsd:duration .
        """,
    ),
    "60-name": (
        """
        <resource/a> lig:plays <clip/a> ; schema:name "Zebra"@en, "Adler"@de .
        <resource/b> lig:plays <clip/b> ; schema:name "Beta"@en .
        <resource/c> lig:plays <recording/c> ; schema:name "Gamma"@en .
        <resource/d> lig:plays <clip/named> ; schema:name "Delta"@en .
        <resource/e> lig:plays <clip/dangling> ; schema:name "Epsilon"@en .
        <resource/f> lig:plays <recording/plain> ; schema:name "Zeta" .
        <clip/a> a schema:Clip ; schema:isPartOf <recording/r> .
        <clip/b> a schema:Clip ; schema:isPartOf <recording/r> .
        <clip/named> a schema:Clip ; schema:name "Eigen"@de .
        <recording/r> a schema:VideoObject .
        <recording/c> a schema:AudioObject .
        <recording/plain> a schema:AudioObject .
        """,
        """
        <clip/a> schema:name "Zebra"@en, "Adler"@de .
        <clip/b> schema:name "Beta"@en .
        <recording/r> schema:name "Beta"@en, "Adler"@de .
        <recording/c> schema:name "Gamma"@en .
        <recording/plain> schema:name "Zeta" .
        """,
    ),
    "70-derived-from": (
        """
        GRAPH <graph/a.ttl> {
            <graph/a.ttl> a void:Dataset ; dcterms:source <https://example.org/a>, <post/p>, "a book" .
            <person/a> a schema:Person ; schema:name "Ana"@en .
            <post/p> a schema:BlogPosting .
            <person/a#role-1> a org:Membership .
            <person/untyped> schema:name "Una"@en .
        }
        GRAPH <graph/b.ttl> {
            <graph/b.ttl> a void:Dataset ; dcterms:source <https://example.org/b> .
            <person/a> a schema:Person .
        }
        GRAPH <graph/c.ttl> {
            <graph/c.ttl> a void:Dataset .
            <person/c> a schema:Person .
        }
        GRAPH <derived/graph/a.ttl> { <session/s> a schema:Event }
        """,
        """
        <person/a> prov:wasDerivedFrom <https://example.org/a>, <post/p>, <https://example.org/b> .
        <post/p> prov:wasDerivedFrom <https://example.org/a> .
        """,
    ),
}


def read(text: str) -> list[ox.Quad]:
    return list(ox.parse(PROLOGUE + text, format=ox.RdfFormat.TRIG, base_iri=BASE))


def construct(store: ox.Store, rule: Path) -> set[ox.Triple]:
    triples = store.query(rule.read_text(), use_default_graph_as_union=True)
    assert isinstance(triples, ox.QueryTriples)
    return set(triples)


@pytest.mark.parametrize("rule", RULES, ids=lambda p: p.stem)
def test_rule_derives_what_follows(rule: Path) -> None:
    data, follows = CASES[rule.stem]
    store = ox.Store()
    store.extend(read(data))
    assert construct(store, rule) == {quad.triple for quad in read(follows)}


def test_every_rule_has_a_case() -> None:
    assert {rule.stem for rule in RULES} == set(CASES)


@pytest.mark.parametrize("rule", RULES, ids=lambda p: p.stem)
def test_rule_begins_with_one_line_that_says_what_follows(rule: Path) -> None:
    first, second, *_ = rule.read_text().splitlines()
    assert first.startswith("# ")
    assert first.endswith(".")
    assert second.startswith("PREFIX ")


@pytest.mark.parametrize("rule", RULES, ids=lambda p: p.stem)
def test_rule_derives_nothing_from_the_ontology(rule: Path) -> None:
    store = ox.Store()
    store.load(path=RULES[0].parent.parent / "ligraph.ttl", to_graph=ox.NamedNode(LIG[:-1]))
    assert construct(store, rule) == set()


def test_rules_reach_their_end_in_one_pass() -> None:
    store = ox.Store()
    for data, _ in CASES.values():
        store.extend(read(data))
    reached = []
    for _pass in range(2):
        for rule in RULES:
            graph = ox.NamedNode(BASE + "derived/x")
            store.extend([ox.Quad(t.subject, t.predicate, t.object, graph) for t in construct(store, rule)])
        reached.append({quad.triple for quad in store})
    assert reached[0] == reached[1]
