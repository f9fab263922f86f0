"""What is wrong with a collection, in the words of SHACL: results with a severity, a place and a remedy."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from ligraph.namespaces import SH


class Severity(StrEnum):
    """How much a result matters: a violation blocks a release."""

    VIOLATION = "violation"
    WARNING = "warning"
    INFO = "info"

    @property
    def iri(self) -> str:
        """The severity's name in SHACL."""
        return SH + self.value.capitalize()

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Result:
    """One thing that is wrong.

    Shape: `file` is relative to the collection and `line` counts from 1; both None where there is no place.
    `path` is an IRI or a property path as SPARQL writes it, `value` a term in the form of N-Triples; `shape` and
    `component` are None where no shape complained but the reading of a file.
    """

    severity: Severity
    message: str
    file: str | None = None
    line: int | None = None
    node: str | None = None
    name: str | None = None
    path: str | None = None
    value: str | None = None
    shape: str | None = None
    component: str | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """Where the result stands in a report: by file, then by line."""
        return (
            self.file or "",
            self.line or 0,
            self.severity.rank,
            self.node or "",
            self.path or "",
            self.message,
            self.value or "",
        )


@dataclass(frozen=True)
class Report:
    """All results of one check, in order of file and line."""

    results: tuple[Result, ...] = ()
    counts: Counter[Severity] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "counts", Counter(result.severity for result in self.results))

    @property
    def violations(self) -> int:
        """How many results block a release."""
        return self.counts[Severity.VIOLATION]

    @property
    def warnings(self) -> int:
        """How many results are published as to-dos."""
        return self.counts[Severity.WARNING]

    @property
    def conforms(self) -> bool:
        """True when a release can be made: warnings and advice do not stand in its way."""
        return not self.violations


def report_of(results: Iterable[Result]) -> Report:
    """Return a report of distinct results in their order.

    Shape: what several constraints of a shape say of one value in the same words is said once.
    """
    distinct: dict[tuple[object, ...], Result] = {}
    for result in sorted(results, key=lambda result: (result.order, result.component or "")):
        distinct.setdefault((result.order, result.shape), result)
    return Report(tuple(distinct.values()))
