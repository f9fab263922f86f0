"""Durations that an engine writes wrongly, and how they are found again.

Virtuoso 7.2 writes `"PT4M25S"^^xsd:duration` as `"265.25"` in results and in N-Triples, and as it is in Turtle only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Quad, Triple

from ligraph.namespaces import XSD

Said = TypeVar("Said", Quad, Triple)

_DURATION = NamedNode(XSD + "duration")
_FORM = re.compile(r"-?P")


def is_broken(term: object) -> bool:
    """Return whether a term says to be a duration, and is written like none."""
    return isinstance(term, Literal) and term.datatype == _DURATION and not _FORM.match(term.value)


def query_for(subjects: Iterable[object]) -> str:
    """Return the query that finds the durations of things."""
    things = " ".join(sorted({str(subject) for subject in subjects}))
    pattern = f"VALUES ?s {{ {things} }} GRAPH ?g {{ ?s ?p ?o }} FILTER(DATATYPE(?o) = {_DURATION})"
    return f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"


def mended(found: Iterable[Said], right: Iterable[Triple]) -> list[Said]:
    """Return statements with broken durations replaced by those that the same thing has of the same property."""
    known: dict[tuple[object, object], list[Literal]] = {}
    for triple in right:
        if isinstance(triple.object, Literal) and triple.object.datatype == _DURATION:
            known.setdefault((triple.subject, triple.predicate), []).append(triple.object)
    statements: dict[Said, None] = {}
    for one in found:
        values = known.get((one.subject, one.predicate)) if is_broken(one.object) else None
        statements |= dict.fromkeys(_with_object(one, value) for value in values) if values else {one: None}
    return list(statements)


def _with_object(one: Said, value: Literal) -> Said:
    if isinstance(one, Quad):
        return Quad(one.subject, one.predicate, value, one.graph_name)
    return Triple(one.subject, one.predicate, value)
