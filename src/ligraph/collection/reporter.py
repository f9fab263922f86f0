"""Faults and findings as results: each with the name of its thing, its file and its line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode

from ligraph.collection.files import SourceFile
from ligraph.collection.lines import Lines
from ligraph.collection.removals import is_described
from ligraph.collection.report import Result, Severity
from ligraph.collection.rules import derived_graph
from ligraph.collection.sources import Fault, Sources
from ligraph.collection.vocabulary import Vocabulary
from ligraph.config import Collection
from ligraph.namespaces import LABEL, NAME, PREF_LABEL, SCHEMA, SH, TYPE
from ligraph.serialization import read_term

if TYPE_CHECKING:
    # It needs rdflib, which a load of sources does not.
    from ligraph.collection.findings import Finding

Term = NamedNode | BlankNode | Literal

_MENDABLE = {
    f"{SH}{name}ConstraintComponent"
    for name in (
        *("MinCount", "QualifiedMinCount", "HasValue", "Equals", "Class"),
        *("Node", "And", "Or", "Xone", "Not", "SPARQL"),
    )
}
"""Constraints whose results may go away when more is said; those of the others stand."""

_MIN_COUNT = SH + "MinCountConstraintComponent"
_SPARQL = SH + "SPARQLConstraintComponent"
_REFERRING = (SH + "ClassConstraintComponent", SH + "OrConstraintComponent")
_BACKWARDS = re.compile(r"\^\(<([^<>]*)>\)")


@dataclass(frozen=True)
class _Place:
    """A finding with the file where it is to be mended, and the subject and property to look for in it."""

    finding: Finding
    shape: str | None
    focus: Term
    value: Term | None
    about: str | None
    file: SourceFile | None
    subject: str | None

    @property
    def node(self) -> str | None:
        """The focus as reports name it."""
        return _plain(self.focus)


class Reporter:
    """Gives faults and findings their names, files and lines."""

    def __init__(
        self, collection: Collection, vocabulary: Vocabulary, sources: Sources, aims: Mapping[str, str]
    ) -> None:
        self.aims = aims
        self.ids = collection.settings.ids
        self.language = collection.settings.language
        self.sources = sources
        self.store = sources.store
        self.lines = Lines(collection, vocabulary)
        # A value that is written and cannot be read is not missing, too.
        self.unread = {(fault.node, fault.predicate) for fault in sources.faults if fault.line is not None}
        self.files = dict(sources.graphs)
        for graph, files in sources.graphs.items():
            self.files.setdefault(derived_graph(graph, self.ids), files)

    def of_faults(self) -> Iterator[Result]:
        """Yield the results of what came to light while files were read."""
        for fault in self.sources.faults:
            if fault.node:
                self.lines.expect(fault.file, [fault.node])
        for fault in self.sources.faults:
            severity = Severity.WARNING if fault.warning else Severity.VIOLATION
            for line in self._lines_of(fault):
                name = self.name_of(fault.node) if fault.node else None
                yield Result(severity, fault.message, fault.file.name, line, fault.node, name, path=fault.predicate)

    def of_findings(self, findings: Iterable[Finding]) -> Iterator[Result]:
        """Yield the results of the shapes."""
        # All places first: a large file is read once, for all the subjects that are asked for in it.
        placed = [self._place(finding) for finding in findings]
        for place in placed:
            finding, value = place.finding, place.value
            if finding.component in _MENDABLE and self._may_be_mended(place.file, finding.path, value):
                continue
            if finding.component == _MIN_COUNT and (place.node, finding.path) in self.unread:
                continue
            yield Result(
                Severity(finding.severity.removeprefix(SH).lower()),
                self._message(finding.component, finding.message, value),
                place.file.name if place.file else None,
                self._line_of(place, place.file, place.subject) if place.file and place.subject else None,
                place.node,
                self.name_of(place.node),
                finding.path,
                finding.value if value != place.focus else None,
                place.shape,
                finding.component,
            )

    def _place(self, finding: Finding) -> _Place:
        """Return where a finding is to be mended."""
        focus = read_term(finding.focus)
        value = None if finding.value is None else read_term(finding.value)
        shape = finding.shape[1:-1] if finding.shape and finding.shape.startswith("<") else None
        about = finding.path or self.aims.get(shape or "")
        file, subject = self._file_of(focus, about, value)
        if file and subject:
            self.lines.expect(file, [subject])
        return _Place(finding, shape, focus, value, about, file, subject)

    def _line_of(self, place: _Place, file: SourceFile, subject: str) -> int:
        about, value = place.about, _plain(place.value)
        if subject == value != place.node:
            # A part is to be mended and not its whole. A query over parts counts their positions; other constraints
            # judge what leads to the whole.
            backwards = _BACKWARDS.fullmatch(about or "")
            counts = place.finding.component == _SPARQL
            about, value = (SCHEMA + "position", None) if counts else (backwards[1] if backwards else None, place.node)
        return self.lines.find(file, subject, about, None if value == subject else value) or 1

    def _message(self, component: str, message: str, value: object) -> str:
        """Return a shape's message; where a thing is asked for that nothing describes, that comes first."""
        if component not in _REFERRING or not isinstance(value, NamedNode) or not value.value.startswith(self.ids):
            return message
        if is_described(self.store, value.value):
            return message
        return f"Nothing describes {value.value.removeprefix(self.ids)}. {message}"

    def name_of(self, iri: str | None) -> str | None:
        """Return the name of a thing, in the collection's language where it has one."""
        if not iri:
            return None
        try:
            node = NamedNode(iri)
        except ValueError:
            return None
        names = [
            quad.object
            for predicate in (NAME, PREF_LABEL, LABEL)
            for quad in self.store.quads_for_pattern(node, NamedNode(predicate), None, None)
            if isinstance(quad.object, Literal)
        ]
        names.sort(key=lambda name: (name.language != self.language, name.language or "", name.value))
        return names[0].value if names else None

    def _lines_of(self, fault: Fault) -> list[int]:
        if fault.line is not None:
            return [fault.line]
        if fault.blank:
            return list(self.lines.blank_nodes(fault.file)) or [1]
        found = (self.lines.find(fault.file, fault.node, fault.predicate, value) for value in fault.values or (None,))
        line = next((line for line in found if line), None)
        # An id that is no subject of the file is wrong where it is referred to.
        return [line or (self.lines.find(fault.file, None, None, fault.node) if fault.node else None) or 1]

    def _file_of(self, focus: object, path: str | None, value: object) -> tuple[SourceFile | None, str | None]:
        """Return the file where a finding is to be mended, and the subject to look for in it."""
        if not isinstance(focus, NamedNode):
            return None, None
        predicate = NamedNode(path) if path and "<" not in path else None
        backwards = _BACKWARDS.fullmatch(path or "")
        if backwards and isinstance(value, NamedNode):
            # What points here is to be mended where it does.
            for quad in self.store.quads_for_pattern(value, NamedNode(backwards[1]), focus):
                if files := self.files.get(getattr(quad.graph_name, "value", "")):
                    return files[0], value.value
        for pattern in (
            (focus, predicate, value),
            (focus, predicate, None),
            (focus, None, None),
            (None, None, focus),
        ):
            for quad in self.store.quads_for_pattern(*pattern):
                files = self.files.get(getattr(quad.graph_name, "value", ""))
                if files:
                    return files[0], _plain(quad.subject)
        return None, None

    def _may_be_mended(self, file: SourceFile | None, path: str | None, value: object) -> bool:
        """Return whether something only seems to be missing because a file could not be read to its end.

        Shape: true for what such a file says itself, for things that no file says the class of, and for what others
        should say about a thing.
        """
        if not self.sources.broken:
            return False
        if file in self.sources.broken or "^" in (path or ""):
            return True
        if not isinstance(value, NamedNode):
            return False
        return next(self.store.quads_for_pattern(value, NamedNode(TYPE), None, None), None) is None


def _plain(term: object) -> str | None:
    return getattr(term, "value", None)
