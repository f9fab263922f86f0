"""The judgement: the sieve finds suspects, pySHACL judges them on their neighbourhoods.

`--full` is the plain way, one pySHACL run over everything; both find the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pyshacl
import rdflib
from pyoxigraph import Store

from ligraph.collection.findings import Finding, read_findings
from ligraph.collection.neighbourhood import Scissors, to_graph, to_rdflib
from ligraph.collection.paths import Term
from ligraph.collection.shapes import Shapes
from ligraph.collection.sieve import Sieve
from ligraph.collection.sparql_constraints import refuse_services, sparql_findings
from ligraph.errors import CollectionError, LigraphError
from ligraph.progress import Progress, untold

BATCH = 2_000
"""Suspects that are judged in one pySHACL run: enough to spread its start, few enough to stay small."""


def validate(store: Store, shapes: Shapes, language: str, progress: Progress = untold) -> set[Finding]:
    """Return what the shapes find wrong in a store's union graph.

    Raises: CollectionError when a shape cannot be run.
    """
    with _judging():
        refuse_services(shapes)
        if shapes.beyond_the_sieve or (shapes.counts_rows and _has_repeats(store)):
            return validate_fully(store, shapes, language)
        sieve = Sieve(shapes, store)
        suspects: set[Term] = set()
        questions = len(shapes.roots) + len(shapes.sparql)
        for number, root in enumerate(shapes.roots):
            progress("Checking", number, questions)
            suspects |= sieve.suspects(root)
        findings = set(_judge(store, shapes, suspects, language))
        for number, constraint in enumerate(shapes.sparql, len(shapes.roots)):
            progress("Checking", number, questions)
            findings.update(sparql_findings(sieve, constraint, language))
    return findings


def validate_fully(store: Store, shapes: Shapes, language: str) -> set[Finding]:
    """Return what one plain pySHACL run finds wrong in a store's union graph.

    Raises: CollectionError when a shape cannot be run.
    """
    with _judging():
        refuse_services(shapes)
        return set(_run(to_graph({quad.triple for quad in store}), shapes.graph, language))


def _has_repeats(store: Store) -> bool:
    """Return whether two graphs make the same statement, which the engine's union of graphs then has twice."""
    return bool(store.query("ASK { GRAPH ?a { ?s ?p ?o } GRAPH ?b { ?s ?p ?o } FILTER(?a != ?b) }")) or bool(
        store.query("ASK { ?s ?p ?o GRAPH ?b { ?s ?p ?o } }")
    )


@contextmanager
def _judging() -> Iterator[None]:
    # rdflib logs every literal that is no value of its datatype, with a traceback; the shapes say what is wrong.
    logger = logging.getLogger("rdflib.term")
    was_off, logger.disabled = logger.disabled, True
    try:
        yield
    except LigraphError:
        raise
    except Exception as error:
        # A shape or a query that is not well formed fails wherever it is met first, in pySHACL's and rdflib's own ways.
        raise CollectionError(f"the shapes cannot be run: {error}") from error
    finally:
        logger.disabled = was_off


def _judge(store: Store, shapes: Shapes, suspects: Iterable[Term], language: str) -> Iterator[Finding]:
    scissors = Scissors(shapes, store)
    for batch in _batches(sorted(suspects, key=str)):
        triples, pairs = scissors.cut(batch)
        judged = {(shape.n3(), to_rdflib(node).n3()) for shape, node in pairs}
        for finding in _run(to_graph(triples), shapes.core, language):
            if (finding.shape, finding.focus) in judged:
                yield finding


def _run(data: rdflib.Graph, shapes: rdflib.Graph, language: str) -> Iterator[Finding]:
    _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False, inplace=True)
    if not isinstance(report, rdflib.Graph):
        raise CollectionError(f"the shapes cannot be run: {text}")
    yield from read_findings(report, language)


def _batches(nodes: list[Term]) -> Iterator[tuple[Term, ...]]:
    for start in range(0, len(nodes), BATCH):
        yield tuple(nodes[start : start + BATCH])
