"""The W3C test suite of SHACL Core: plain pySHACL gives the expected report, and the sieve gives the same."""

import os
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import RdfFormat, Store, parse
from rdflib.namespace import SH, Namespace
from rdflib.term import BNode, Node

from ligraph.collection.findings import Finding, path_text
from ligraph.collection.shapes import Shapes
from ligraph.collection.validation import validate, validate_fully

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")

HERE = Path(__file__)
PLACES = [os.environ.get("LIGRAPH_SUITES"), HERE.parents[3] / "shared/suites"]
SUITE = next((Path(place) / "shacl/core" for place in PLACES if place and Path(place, "shacl/core").is_dir()), None)
ENTRIES = sorted(path for path in SUITE.glob("*/*.ttl") if b"sht:Validate" in path.read_bytes()) if SUITE else []

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(SUITE is None, reason="needs the suite shacl/core in $LIGRAPH_SUITES or ../shared/suites"),
]

EXCEPTIONS = {
    "property/uniqueLang-002": 'pySHACL 0.40 takes "1"^^xsd:boolean for true; sh:uniqueLang asks for the very term',
    "property/datatype-ill-formed": "the store keeps xsd:byte and the like as xsd:integer, which a warning says",
}
"""Entries that plain pySHACL over our store fails, each with the reason."""

Row = tuple[str, str | None, str | None, str, str]
"""Focus, path, value, component and severity of a result; every blank node is `_:`."""


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def known_to_fail(path: Path) -> list[pytest.MarkDecorator]:
    name = name_of(path)
    return [pytest.mark.xfail(reason=EXCEPTIONS[name], strict=True)] if name in EXCEPTIONS else []


def read(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(path, format="turtle", publicID=path.as_uri())


def action(path: Path) -> tuple[Store, Shapes]:
    """Return the data and the shapes of an entry; both are often the file itself."""
    manifest = read(path)
    node = next(manifest.objects(None, MF.action))
    data, shapes = (manifest.value(node, name) for name in (SHT.dataGraph, SHT.shapesGraph))
    store = Store()
    content = file_of(data).read_bytes()
    store.extend(parse(content, format=RdfFormat.TURTLE, base_iri=str(data)))
    return store, Shapes(read(file_of(shapes)))


def file_of(node: Node | None) -> Path:
    return Path(str(node).removeprefix("file://"))


def expected(path: Path) -> set[Row]:
    """Return the results of an entry's report; those that agree in everything count once, as in ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        graph = read(path)
    report = next(graph.objects(None, MF.result))
    return {
        (
            text(graph.value(result, SH.focusNode)) or "",
            path_text(graph, graph.value(result, SH.resultPath)),
            text(graph.value(result, SH.value)),
            str(graph.value(result, SH.sourceConstraintComponent)),
            str(graph.value(result, SH.resultSeverity)),
        )
        for result in graph.objects(report, SH.result)
    }


def text(node: Node | None) -> str | None:
    if node is None:
        return None
    return "_:" if isinstance(node, BNode) else node.n3()


def row(finding: Finding) -> Row:
    focus, value = (blank(part) for part in (finding.focus, finding.value))
    return focus or "", finding.path, value, finding.component, finding.severity


def blank(part: str | None) -> str | None:
    return "_:" if part and part.startswith("_:") else part


def test_every_entry_of_the_manifests_is_run() -> None:
    assert SUITE
    named = {
        file_of(included)
        for manifest in SUITE.glob("*/manifest.ttl")
        for included in read(manifest).objects(None, MF.include)
    }
    assert named == set(ENTRIES)


@pytest.mark.parametrize(
    "path", [pytest.param(path, id=name_of(path), marks=known_to_fail(path)) for path in ENTRIES] or [None]
)
def test_plain_pyshacl_gives_the_expected_report(path: Path) -> None:
    store, shapes = action(path)
    assert {row(finding) for finding in validate_fully(store, shapes, "en")} == expected(path)


@pytest.mark.parametrize("path", ENTRIES or [None], ids=lambda path: name_of(path) if path else "none")
def test_sieve_gives_the_same_report(path: Path) -> None:
    store, shapes = action(path)
    assert validate(store, shapes, "en") == validate_fully(store, shapes, "en")
