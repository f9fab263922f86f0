"""A report as text for a terminal, JSON for programs, Turtle for SHACL tools, and annotations for GitHub."""

from collections.abc import Callable
from itertools import groupby

import orjson
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ligraph.collection.report import Report, Result, Severity
from ligraph.formats import TURTLE
from ligraph.namespaces import LIGSH, PREFIXES, RDF, SH, XSD, shorten
from ligraph.serialization import read_term, to_rdf

SOURCE_COMPONENT = LIGSH + "SourceConstraintComponent"
"""What is broken where no shape complains but the reading of a file: it says what it means, in words we know."""

_SHACL = PREFIXES | {"sh": SH}


def to_text(report: Report, ids: str = "", paint: Callable[[str, str], str] = lambda text, style: text) -> str:
    """Return a report for people, grouped by file.

    Shape: `paint` gives a text its style on a terminal.
    """
    parts = []
    for file, results in groupby(report.results, key=lambda result: result.file):
        parts.append(paint(file or "in no file", "bold"))
        parts.extend(_result_text(result, ids, paint) for result in results)
        parts.append("")
    parts.append(summary(report))
    return "\n".join(parts)


def summary(report: Report) -> str:
    """Return one line that says how many results there are."""
    if not report.results:
        return "Nothing is wrong"
    counts = [
        f"{count:,} {severity.value}{'s' if count != 1 and severity is not Severity.INFO else ''}"
        for severity in Severity
        if (count := report.counts[severity])
    ]
    verdict = "can be published" if report.conforms else "cannot be published until the violations are mended"
    return f"{', '.join(counts)}: the collection {verdict}"


def to_json(report: Report) -> bytes:
    """Return a report for programs."""
    results = [
        {
            "severity": result.severity.value,
            "file": result.file,
            "line": result.line,
            "node": result.node,
            "path": result.path,
            "message": result.message,
            "shape": result.shape,
        }
        for result in report.results
    ]
    document = {"violations": report.violations, "warnings": report.warnings, "results": results}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2) + b"\n"


def to_github(report: Report) -> str:
    """Return a report as workflow commands, which GitHub shows beside the lines."""
    commands = {Severity.VIOLATION: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
    lines = []
    for result in report.results:
        place = f" file={_property(result.file or '')},line={result.line or 1}" if result.file else " "
        title = f",title={_property(result.name)}" if result.name else ""
        lines.append(f"::{commands[result.severity]}{place}{title}::{_data(result.message)}")
    return "\n".join([*lines, summary(report)])


def to_turtle(report: Report, ids: str) -> bytes:
    """Return a report as a SHACL validation report.

    Shape: what a file itself is blamed for is about the file's graph.
    Source: SHACL (W3C 2017) section 3.6.
    """
    root = NamedNode("urn:ligraph:report")
    triples = [
        Triple(root, _rdf("type"), _sh("ValidationReport")),
        Triple(
            root, _sh("conforms"), Literal("false" if report.results else "true", datatype=NamedNode(XSD + "boolean"))
        ),
    ]
    for number, result in enumerate(report.results, 1):
        node = BlankNode(f"r{number}")
        triples.append(Triple(root, _sh("result"), node))
        triples.append(Triple(node, _rdf("type"), _sh("ValidationResult")))
        triples += [Triple(node, _sh(name), value) for name, value in _result_values(result, ids)]
    return to_rdf(triples, TURTLE, _SHACL)


def _result_text(result: Result, ids: str, paint: Callable[[str, str], str]) -> str:
    style = {Severity.VIOLATION: "red", Severity.WARNING: "yellow", Severity.INFO: "blue"}[result.severity]
    place = f"{result.file}:{result.line}" if result.file else ""
    what = result.name or ""
    if result.node:
        short = result.node.removeprefix(ids)
        what = f"{what} <{short}>" if what else f"<{short}>"
    head = "  ".join(part for part in (paint(f"{result.severity.value:9}", style), place, what) if part)
    path = shorten(result.path) if result.path and "<" not in result.path else ""
    before = f"{path}: " if path and path not in result.message else ""
    text = f"{before}{result.message}".replace("\n", "\n" + " " * 13)
    return f"  {head}\n{' ' * 13}{text}"


def _result_values(result: Result, ids: str) -> list[tuple[str, NamedNode | Literal | BlankNode]]:
    values: list[tuple[str, NamedNode | Literal | BlankNode]] = [
        ("resultSeverity", NamedNode(result.severity.iri)),
        ("resultMessage", Literal(result.message)),
        ("focusNode", _node(result.node or f"{ids}graph/{(result.file or '').removeprefix('data/')}")),
        ("sourceConstraintComponent", _node(result.component or SOURCE_COMPONENT)),
    ]
    if result.path and "<" not in result.path:
        values.append(("resultPath", _node(result.path)))
    if result.value is not None:
        values.append(("value", read_term(result.value)))
    if result.shape:
        values.append(("sourceShape", _node(result.shape)))
    if result.file:
        values.append(("resultMessage", Literal(f"{result.file}:{result.line}")))
    return values


def _node(iri: str) -> NamedNode | Literal:
    try:
        return NamedNode(iri)
    except ValueError:
        return Literal(iri)


def _sh(name: str) -> NamedNode:
    return NamedNode(SH + name)


def _rdf(name: str) -> NamedNode:
    return NamedNode(RDF + name)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
