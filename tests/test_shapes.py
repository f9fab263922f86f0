"""Every case below tests/shapes/ says in its header what the shapes must find in it, and nothing else is found."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, RDFS, SH, SKOS
from rdflib.plugins.sparql import algebra, parser, processor
from rdflib.term import BNode, Node, URIRef

from ligraph.namespaces import LIG, LIGSH, PREFIXES

ROOT = Path(__file__).parent.parent
CASES = sorted((ROOT / "tests/shapes").glob("*/*.ttl"))
SHAPE_FILES = sorted((ROOT / "shapes").glob("*.ttl"))
BASE = "https://example.org/c/id/"

SEVERITIES = {"violates": SH.Violation, "warns": SH.Warning, "informs": SH.Info}
MAY_FIND = {"valid": {"warns"}, "warning": {"warns", "informs"}, "invalid": set(SEVERITIES)}
NOT_CONSTRAINTS = {SH.path, SH.name, SH.message, SH.severity, SH.property, SH.targetClass, SH.targetSubjectsOf}

Result = tuple[str, str, str, str]
"""A word of SEVERITIES, then focus, path and component as a header writes them."""

Broken = tuple[str, str]
"""A shape and the component of one constraint of it."""


@pytest.fixture(scope="session", autouse=True)
def _queries_parsed_once() -> Iterator[None]:
    """Let rdflib parse each query once; pySHACL hands the text over again for every focus node."""

    @cache
    def translated(text: str, base: str | None) -> Any:
        return algebra.translateQuery(parser.parseQuery(text), base, {})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processor, "parseQuery", lambda text: text)
        patch.setattr(processor, "translateQuery", lambda text, base, _namespaces: translated(text, base))
        yield


@cache
def shapes() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in SHAPE_FILES:
        graph.parse(path)
    return graph


@cache
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "ontology/ligraph.ttl")


@cache
def needed_ontology() -> str:
    """What cases need of the ontology, small since pySHACL reads it again for each: classes above, actions."""
    graph = rdflib.Graph()
    graph += ontology().triples((None, RDFS.subClassOf, None))
    for concept in (*ontology().subjects(RDF.type, SKOS.Concept), URIRef(LIG + "actions")):
        graph += ontology().triples((concept, None, None))
    return graph.serialize(format="nt")


@cache
def rules() -> tuple[str, ...]:
    return tuple(path.read_text() for path in sorted((ROOT / "ontology/rules").glob("*.rq")))


def checked_graph(path: Path) -> rdflib.Graph:
    """Return the statements of a case with the ontology and what the rules derive."""
    store = ox.Store()
    store.load(path.read_bytes(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(BASE + "graph/case.ttl"))
    store.load(needed_ontology().encode(), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(LIG[:-1]))
    for rule in rules():
        derived = store.query(rule, use_default_graph_as_union=True)
        assert isinstance(derived, ox.QueryTriples)
        graph = ox.NamedNode(BASE + "derived/case")
        store.extend([ox.Quad(t.subject, t.predicate, t.object, graph) for t in derived])
    triples = {quad.triple for quad in store}
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    return rdflib.Graph().parse(data=text, format="nt")


@cache
def found(path: Path) -> tuple[frozenset[Result], frozenset[Broken]]:
    """Return what pySHACL finds in a case, and which constraints found it."""
    _, report, _ = pyshacl.validate(checked_graph(path), shacl_graph=shapes(), inference="none", advanced=False)
    results, broken = set(), set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        severity = report.value(result, SH.resultSeverity)
        component = local(report.value(result, SH.sourceConstraintComponent))
        results.add(
            (
                next(word for word, iri in SEVERITIES.items() if iri == severity),
                focus_text(report.value(result, SH.focusNode)),
                path_text(report, report.value(result, SH.resultPath)),
                component,
            )
        )
        assert report.value(result, SH.resultMessage), "a result without a message"
        broken.add((local(report.value(result, SH.sourceShape)), component))
    return frozenset(results), frozenset(broken)


def expected(path: Path) -> set[Result]:
    lines = re.findall(r"^# (violates|warns|informs): (\S+) (\S+) (\S+)$", path.read_text(), re.MULTILINE)
    return {(word, focus, where, component) for word, focus, where, component in lines}


def local(node: Node | None) -> str:
    return str(node).rpartition("#")[2]


def focus_text(node: Node | None) -> str:
    """Return an id as Turtle with the base of the cases has it; a blank node as `_:`."""
    return "_:" if isinstance(node, BNode) else str(node).removeprefix(BASE)


def path_text(graph: rdflib.Graph, path: Node | None) -> str:
    """Return a path as SPARQL writes it, `none` where there is none."""
    if path is None:
        return "none"
    if isinstance(path, URIRef):
        prefix, name = next((p, path[len(n) :]) for p, n in PREFIXES.items() if path.startswith(n))
        return f"{prefix}:{name}"
    if (inverse := graph.value(path, SH.inversePath)) is not None:
        return "^" + path_text(graph, inverse)
    either = graph.value(path, SH.alternativePath)
    assert either is not None
    return "|".join(path_text(graph, option) for option in graph.items(either))


def constraints(path: Path) -> set[Broken]:
    """Return every constraint of every named shape of a file."""
    graph = rdflib.Graph().parse(path)
    return {
        (local(shape), component_of(parameter))
        for shape in set(graph.subjects(RDF.type))
        if str(shape).startswith(LIGSH)
        for parameter in graph.predicates(shape)
        if str(parameter).startswith(str(SH)) and parameter not in NOT_CONSTRAINTS
    }


def component_of(parameter: Node) -> str:
    name = local(parameter)
    return "SPARQLConstraintComponent" if name == "sparql" else name[0].upper() + name[1:] + "ConstraintComponent"


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_case_is_judged_as_its_header_says(path: Path) -> None:
    results, _ = found(path)
    assert results == expected(path)


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_case_is_named_after_what_it_shows(path: Path) -> None:
    kind, dash, _ = path.stem.partition("-")
    words = {word for word, *_ in expected(path)}
    assert dash
    assert words <= MAY_FIND[kind]
    if kind == "warning":
        assert words
    if kind == "invalid":
        assert "violates" in words


@pytest.mark.parametrize("path", CASES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_header_lines_are_all_understood(path: Path) -> None:
    claims = [line for line in path.read_text().splitlines() if re.match(r"#\s*(violat|warn|inform)\w*:", line)]
    assert len(claims) == len(expected(path))


@pytest.mark.parametrize("path", SHAPE_FILES, ids=lambda p: p.stem)
def test_shape_file_has_a_valid_and_a_failing_case(path: Path) -> None:
    kinds = {case.stem.partition("-")[0] for case in CASES if case.parent.name == path.stem}
    assert "valid" in kinds
    assert kinds & {"invalid", "warning"}


def test_every_folder_of_cases_belongs_to_a_shape_file() -> None:
    assert {case.parent.name for case in CASES} == {path.stem for path in SHAPE_FILES}


def test_every_constraint_is_broken_by_a_case_in_the_folder_of_its_file() -> None:
    unbroken = {
        (path.stem, shape, component)
        for path in SHAPE_FILES
        for shape, component in constraints(path)
        if not any((shape, component) in found(case)[1] for case in CASES if case.parent.name == path.stem)
    }
    assert sorted(unbroken) == []


def test_ontology_passes_the_shapes() -> None:
    conforms, _, text = pyshacl.validate(ontology(), shacl_graph=shapes(), inference="none", advanced=False)
    assert conforms, text


def test_shapes_are_core_and_sparql_only() -> None:
    conforms, _, text = pyshacl.validate(shapes(), shacl_graph=shapes(), meta_shacl=True, inference="none")
    assert conforms, text
