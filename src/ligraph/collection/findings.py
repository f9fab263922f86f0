"""What a validation found, as SHACL says it: the same record whether pySHACL or a query found it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from rdflib import Graph, Literal
from rdflib.namespace import SH
from rdflib.term import Node

from ligraph.collection.paths import read_path


@dataclass(frozen=True)
class Finding:
    """One validation result. Two findings are the same whatever their messages say.

    Shape: `focus` and `value` in the form of N-Triples; `path` is an IRI or a SPARQL property path.
    Source: SHACL (W3C 2017) section 3.6.2.
    """

    focus: str
    path: str | None
    value: str | None
    shape: str | None
    component: str
    severity: str
    message: str = field(compare=False)


def read_findings(report: Graph, language: str) -> Iterator[Finding]:
    """Yield the results of a validation report."""
    for node in report.objects(None, SH.result):
        focus = report.value(node, SH.focusNode)
        component = report.value(node, SH.sourceConstraintComponent)
        shape = report.value(node, SH.sourceShape)
        value = report.value(node, SH.value)
        assert focus is not None
        yield Finding(
            focus.n3(),
            path_text(report, report.value(node, SH.resultPath)),
            None if value is None else value.n3(),
            None if shape is None else shape.n3(),
            str(component),
            str(report.value(node, SH.resultSeverity)),
            choose_message(report.objects(node, SH.resultMessage), language),
        )


def path_text(graph: Graph, path: Node | None) -> str | None:
    """Return a path as people read it: an IRI, or a SPARQL property path."""
    if path is None:
        return None
    text = read_path(graph, path).sparql()
    return text[1:-1] if text.startswith("<") else text


def choose_message(messages: Iterator[Node], language: str) -> str:
    """Return the message in a language, else in English, else any."""
    texts = sorted(messages, key=lambda node: str(node))
    for wanted in (language, "en", None):
        for text in texts:
            if isinstance(text, Literal) and text.language == wanted:
                return str(text)
    return str(texts[0]) if texts else ""
