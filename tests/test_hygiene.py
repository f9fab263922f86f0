"""The rules of tests/hygiene/ over ontology, alignments and shapes; ontology, context and shapes say the same."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from pyld import jsonld
from rdflib.collection import Collection
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS
from rdflib.term import Node, URIRef

from ligraph.namespaces import LIG, LIGSH, ORG, PREFIXES, SCHEMA, VOID

ROOT = Path(__file__).parent.parent
RULES = sorted((ROOT / "tests/hygiene").glob("*.rq"))
OURS = [
    *(ROOT / "ontology").glob("*.ttl"),
    *(ROOT / "ontology/alignments").glob("*.ttl"),
    *(ROOT / "shapes").glob("*.ttl"),
]

WITHOUT_A_KEY = {LIG + "segment", LIG + "defaultFor", ORG + "Organization"}
"""Annotations of the ontology itself, and the class whose key, Organization, schema.org's namesake has."""

OF_DOCUMENTS = {VOID + "inDataset", SCHEMA + "mainEntity", SCHEMA + "version"}
"""What only the documents of a served collection say of themselves."""

PROPERTY_KINDS = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}


@cache
def ours() -> ox.Store:
    store = ox.Store()
    for path in OURS:
        store.load(path.read_bytes(), format=ox.RdfFormat.TURTLE)
    return store


def offenders(store: ox.Store, rule: Path) -> set[str]:
    solutions = store.query(rule.read_text())
    assert isinstance(solutions, ox.QuerySolutions)
    found = [solution["offender"] for solution in solutions]
    return {node.value if isinstance(node, ox.NamedNode) else "_:" for node in found}


@pytest.mark.parametrize("rule", RULES, ids=lambda p: p.stem)
def test_rule_finds_nothing_in_ours(rule: Path) -> None:
    assert offenders(ours(), rule) == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda p: p.stem)
def test_rule_catches_its_broken_case(rule: Path) -> None:
    case = rule.with_suffix(".broken.ttl")
    text = case.read_text()
    store = ox.Store()
    store.load(text, format=ox.RdfFormat.TURTLE)
    named = re.findall(r"^# finds: (\S+)$", text, re.MULTILINE)
    assert named
    assert offenders(store, rule) == {full(name) for name in named}


def test_every_broken_case_has_a_rule() -> None:
    cases = {path.name.removesuffix(".broken.ttl") for path in (ROOT / "tests/hygiene").glob("*.ttl")}
    assert cases == {rule.stem for rule in RULES}


def full(name: str) -> str:
    prefix, _, rest = name.partition(":")
    return name.strip("<>") if name[0] in "<_" else {**PREFIXES, "ligsh": LIGSH}[prefix] + rest


# ── context, ontology and shapes ──


@cache
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "ontology/ligraph.ttl")


@cache
def shapes() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in (ROOT / "shapes").glob("*.ttl"):
        graph.parse(path)
    return graph


@cache
def context() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((ROOT / "ontology/context.jsonld").read_text())
    return dict(document["@context"])


def expand(name: str) -> str:
    prefix, _, rest = name.partition(":")
    namespace = context()[prefix]
    assert isinstance(namespace, str)
    return namespace + rest


def terms() -> dict[str, str]:
    """Return each key of the context that is a term, with its IRI."""
    found = {}
    for key, value in context().items():
        definition = value if isinstance(value, dict) else {"@id": value}
        name = definition.get("@reverse") or definition["@id"]
        if not name.startswith("@") and name[-1] not in "/#":
            found[key] = expand(name)
    return found


def declared() -> set[str]:
    """Return the classes, properties and actions of the ontology that data use."""
    kinds = {OWL.Class, SKOS.Concept, *PROPERTY_KINDS}
    return {str(term) for kind in kinds for term in ontology().subjects(RDF.type, kind)} - WITHOUT_A_KEY


def properties() -> set[str]:
    return {str(p) for kind in PROPERTY_KINDS for p in ontology().subjects(RDF.type, kind)}


def in_paths(path: Node) -> set[str]:
    if isinstance(path, URIRef):
        return {str(path)}
    options = [*shapes().objects(path, SH.inversePath)]
    for either in shapes().objects(path, SH.alternativePath):
        options += Collection(shapes(), either)
    return {iri for option in options for iri in in_paths(option)}


def test_context_and_ontology_have_the_same_terms() -> None:
    assert set(terms().values()) == declared()


def test_what_shapes_use_is_declared() -> None:
    used = {iri for path in shapes().objects(None, SH.path) for iri in in_paths(path)}
    used |= {str(o) for p in (SH.targetClass, SH.targetSubjectsOf, SH["class"]) for o in shapes().objects(None, p)}
    assert used - {str(RDF.type), ORG + "Organization"} <= declared()


def test_a_class_of_the_model_is_one_that_ids_may_have() -> None:
    """The shape that asks every node for a class lists the classes that the ontology gives a segment."""
    query = str(shapes().value(shapes().value(URIRef(LIGSH + "Node-class"), SH.sparql), SH.select))
    listed = {full(name) for name in re.findall(r"[a-z]+:[A-Z]\w+", query)}
    assert listed == {str(term) for term in ontology().subjects(URIRef(LIG + "segment"), None)}


def test_every_property_of_the_model_is_looked_at_by_a_shape() -> None:
    used = {iri for path in shapes().objects(None, SH.path) for iri in in_paths(path)}
    assert properties() - WITHOUT_A_KEY - OF_DOCUMENTS - used == set()


def test_every_term_of_the_context_has_label_and_definition() -> None:
    for iri in terms().values():
        assert (URIRef(iri), RDFS.label, None) in ontology(), iri
        assert (URIRef(iri), SKOS.definition, None) in ontology(), iri


def test_document_of_every_property_expands_to_the_declared_iris() -> None:
    keys = {key: iri for key, iri in terms().items() if iri in properties()}
    reverse = {key for key in keys if "@reverse" in context()[key]}
    document = {"@context": context(), "@id": "https://example.org/x"} | dict.fromkeys(keys, "https://example.org/y")
    [node] = jsonld.expand(document, {"documentLoader": refuse})
    forward = {iri for key, iri in keys.items() if key not in reverse}
    assert set(node) - {"@id", "@reverse"} == forward
    assert set(node["@reverse"]) == {keys[key] for key in reverse}


def test_document_of_every_class_and_action_expands_to_the_declared_iris() -> None:
    others = {key: iri for key, iri in terms().items() if (URIRef(iri), RDF.type, OWL.Class) in ontology()}
    actions = {key: iri for key, iri in terms().items() if (URIRef(iri), RDF.type, SKOS.Concept) in ontology()}
    document = {"@context": context(), "@type": list(others), "action": list(actions)}
    [node] = jsonld.expand(document, {"documentLoader": refuse})
    assert node["@type"] == list(others.values())
    assert node[LIG + "action"] == [{"@id": iri} for iri in actions.values()]


def refuse(url: str, _options: dict[str, Any]) -> dict[str, Any]:
    raise AssertionError(f"the context must not need {url}")


def test_node_class_lists_the_classes_that_things_may_have() -> None:
    [constraint] = shapes().objects(URIRef(LIGSH + "Node-class"), SH.sparql)
    select = str(shapes().value(constraint, SH.select))
    listed = {full(name) for name in re.findall(r"\b(?!rdf:)[a-z]+:[A-Z]\w+", select)}
    assert listed == {str(cls) for cls in ontology().subjects(URIRef(LIG + "segment"))}


def test_node_is_met_over_every_property_that_only_data_use() -> None:
    targets = {str(p) for p in shapes().objects(URIRef(LIGSH + "Node"), SH.targetSubjectsOf)}
    shared = {full(name) for name in ("skos:definition", "skos:note", "skos:editorialNote", "prov:wasDerivedFrom")}
    shared |= {full(name) for name in ("dcterms:license", "dcterms:modified", "dcterms:source")}
    derived = {LIG + "inSet", *(SCHEMA + name for name in ("contributor", "duration", "hasPart"))}
    assert targets == properties() - WITHOUT_A_KEY - OF_DOCUMENTS - shared - derived


def test_resource_action_lists_the_actions_of_the_ontology() -> None:
    listed = shapes().value(URIRef(LIGSH + "Resource-action"), SH["in"])
    assert listed is not None
    in_scheme = set(ontology().subjects(SKOS.inScheme, URIRef(LIG + "actions")))
    assert set(Collection(shapes(), listed)) == in_scheme
