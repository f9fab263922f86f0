"""`sh:sparql` constraints: the constraint's own query, with `$this` joined to the shape's targets.

Where joining could mean something else than binding `$this` beforehand, the query is run for each target.

Source: SHACL (W3C 2017) sections 5.2 (prefixes), 5.3 (results and messages), appendix A (pre-binding).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode, QuerySolutions, Variable
from rdflib.namespace import SH

from ligraph.collection.findings import Finding, choose_message, path_text
from ligraph.collection.neighbourhood import to_rdflib
from ligraph.collection.paths import Term, read_path
from ligraph.collection.shapes import SparqlConstraint
from ligraph.collection.sieve import Sieve
from ligraph.errors import CollectionError

COMPONENT = str(SH.SPARQLConstraintComponent)

_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|<[^<>"{}|^`\\\s]*>|"{3}.*?"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<word>[?$]?\w+)|(?P<sign>[{}()])""",
    re.DOTALL | re.VERBOSE,
)
_PER_TARGET = {"LIMIT", "OFFSET", "HAVING", "COUNT", "SUM", "AVG", "SAMPLE", "GROUP_CONCAT", "GROUP"}


@dataclass
class _Group:
    """What a group of a query does with `$this`: look at it anywhere in it, bind it before any nested group."""

    exists: bool
    parentheses: int
    looks: bool = False
    binds: bool = False
    has_nested: bool = False


def sparql_findings(sieve: Sieve, constraint: SparqlConstraint, language: str) -> Iterator[Finding]:
    """Yield what a SPARQL constraint finds wrong in the whole graph.

    Raises: CollectionError when its query cannot be run.
    """
    graph = sieve.graph
    query = _query(sieve, constraint)
    rows: set[tuple[Term, tuple[tuple[str, Term], ...]]] = set()
    for target in sieve.target(constraint.root):
        try:
            if _is_joinable(query):
                rows.update((row.pop("this"), tuple(sorted(row.items()))) for row in _joined(sieve, query, target))
            else:
                rows.update(_one_by_one(sieve, query, target))
        except (SyntaxError, RuntimeError, ValueError) as error:
            raise CollectionError(f"the query of {constraint.shape} cannot be run: {error}") from None
    path = path_text(graph, graph.value(constraint.shape, SH.path))
    severity = graph.value(constraint.shape, SH.severity) or SH.Violation
    message = choose_message(graph.objects(constraint.node, SH.message), language) or choose_message(
        graph.objects(constraint.shape, SH.message), language
    )
    for this, others in rows:
        bound = dict(others)
        value = bound.get("value", None if path else this)
        at = bound.get("path")
        yield Finding(
            to_rdflib(this).n3(),
            at.value if isinstance(at, NamedNode) else path,
            None if value is None else to_rdflib(value).n3(),
            constraint.shape.n3(),
            COMPONENT,
            str(severity),
            _fill(message, {"this": this, **bound}),
        )


def _query(sieve: Sieve, constraint: SparqlConstraint) -> str:
    graph = sieve.graph
    select = str(graph.value(constraint.node, SH.select))
    path = graph.value(constraint.shape, SH.path)
    if path is not None:
        select = re.sub(r"[$?]PATH\b", lambda _: read_path(graph, path).sparql(), select)
    prefixes = {str(graph.value(node, SH.prefix)): node for node in graph.objects(None, SH.declare)}
    declared = "".join(
        f"PREFIX {prefix}: <{graph.value(node, SH.namespace)}>\n" for prefix, node in sorted(prefixes.items())
    )
    return declared + select


def _joined(sieve: Sieve, query: str, target: str) -> Iterator[dict[str, Term]]:
    """Run the query once, with the target's pattern at the head of its outermost group."""
    start = next(match.end() for match in _TOKEN.finditer(query) if match["sign"] == "{")
    yield from _rows(sieve, f"{query[:start]} {target} {query[start:]}", {})


def _one_by_one(sieve: Sieve, query: str, target: str) -> Iterator[tuple[Term, tuple[tuple[str, Term], ...]]]:
    for node in sieve.select(f"SELECT DISTINCT ?this WHERE {{ {target} }}"):
        for row in _rows(sieve, query, {Variable("this"): node}):
            row.pop("this", None)
            yield node, tuple(sorted(row.items()))


def _rows(sieve: Sieve, query: str, substitutions: dict[Variable, Term]) -> Iterator[dict[str, Term]]:
    solutions = sieve.store.query(query, use_default_graph_as_union=True, substitutions=substitutions or None)
    assert isinstance(solutions, QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        row = {name: solution[name] for name in names}
        yield {name: term for name, term in row.items() if term is not None}


def _is_joinable(query: str) -> bool:
    """Return whether joining `$this` to the targets is sure to mean what pre-binding it means.

    It is not where groups are counted or cut off, nor where a nested group looks at `$this` before a pattern of
    its own binds it: patterns are joined from the inside out, and there `$this` is still any node.
    """
    groups: list[_Group] = []
    before = ""
    parentheses = 0
    projected = False
    for match in _TOKEN.finditer(query):
        word = (match["word"] or "").upper()
        if word in _PER_TARGET or (word == "SELECT" and groups):
            return False
        if match["sign"] == "{":
            if groups:
                groups[-1].has_nested = True
            groups.append(_Group(before == "EXISTS", parentheses))
        elif match["sign"] == "}":
            group = groups.pop()
            if groups and group.looks and not group.exists and not group.binds:
                return False
            if groups:
                groups[-1].looks |= group.looks
        elif match["sign"] == "(":
            parentheses += 1
        elif match["sign"] == ")":
            parentheses -= 1
        elif word in ("?THIS", "$THIS") and groups:
            groups[-1].looks = True
            groups[-1].binds |= parentheses == groups[-1].parentheses and not groups[-1].has_nested
        elif word in ("?THIS", "$THIS"):
            projected = True
        if not match["skip"]:
            before = word
    return projected


def _fill(message: str, bound: dict[str, Term]) -> str:
    def text(match: re.Match[str]) -> str:
        term = bound.get(match[1])
        return match[0] if term is None else str(getattr(term, "value", term))

    return re.sub(r"\{[?$](\w+)\}", text, message)
