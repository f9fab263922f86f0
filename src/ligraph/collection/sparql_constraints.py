"""`sh:sparql` constraints: the constraint's own query, with `$this` joined to the shape's targets.

Where joining could mean something else than binding `$this` beforehand, the query is run for each target.

Source: SHACL (W3C 2017) sections 5.2 (prefixes), 5.3 (results and messages), appendix A (pre-binding).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import rdflib
from pyoxigraph import NamedNode, QuerySolutions, Variable
from pyshacl.constraints.sparql.sparql_based_constraints import SPARQLBasedConstraint
from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ValidationFailure
from rdflib.namespace import SH

from ligraph.collection.findings import Finding, choose_message, path_text
from ligraph.collection.neighbourhood import to_rdflib
from ligraph.collection.paths import Term
from ligraph.collection.shapes import Shapes, SparqlConstraint
from ligraph.collection.sieve import Sieve
from ligraph.errors import CollectionError

COMPONENT = str(SH.SPARQLConstraintComponent)

_TOKEN = re.compile(
    r"""(?P<skip>\#[^\n]*|<[^<>"{}|^`\\\s]*>|"{3}.*?"{3}|'{3}.*?'{3}|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<word>[?$]?\w+)|(?P<sign>[{}()])""",
    re.DOTALL | re.VERBOSE,
)
_SERVICE = re.compile(r"(?<![\w:?$-])SERVICE(\s*[<?$#]|\s+SILENT\b|\s+[\w.-]*:)", re.IGNORECASE)
_CUT_OFF = {"LIMIT", "OFFSET"}
_OVER_GROUPS = {"GROUP", "HAVING", "COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"}
_CLAUSES = {"GROUP", "HAVING", "ORDER"}

_Row = tuple[Term, tuple[tuple[str, Term], ...]]


@dataclass
class _Group:
    """What a group of a query does with `$this`: look at it anywhere in it, bind it before any nested group."""

    exists: bool
    parentheses: int
    looks: bool = False
    binds: bool = False
    has_nested: bool = False


def refuse_services(shapes: Shapes) -> None:
    """Refuse shapes whose queries ask another server: no statement of a collection may leave it.

    Raises: CollectionError when a query has SERVICE, which pySHACL misses behind a `#` on its line.
    """
    for predicate in (SH.select, SH.ask, SH.construct):
        for node, query in shapes.graph.subject_objects(predicate):
            if _SERVICE.search(str(query)) or _SERVICE.search(_unescape(str(query))):
                owner = shapes.graph.value(None, SH.sparql, node) or node
                raise CollectionError(f"the query of {owner} cannot be run: it must not contain SERVICE")


def _unescape(query: str) -> str:
    """Return a query without the escapes that SPARQL resolves before it reads (SPARQL 1.1 section 19.2)."""
    return re.sub(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})", lambda m: chr(int(m[1] or m[2], 16)), query)


def sparql_findings(sieve: Sieve, constraint: SparqlConstraint, language: str) -> Iterator[Finding]:
    """Yield what a SPARQL constraint finds wrong in the whole graph.

    Raises: CollectionError when its query cannot be run.
    """
    graph = sieve.graph
    # Like pySHACL, which reads a query when it has a node for it.
    if not _has_targets(sieve, constraint):
        return
    query = _query(sieve, constraint)
    targets = _all_targets(sieve, constraint)
    try:
        rows = set(_joined(sieve, query, targets) if _is_joinable(query) else _one_by_one(sieve, query, targets))
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


def _has_targets(sieve: Sieve, constraint: SparqlConstraint) -> bool:
    if any(kind == SH.targetNode for kind, _ in sieve.shapes.targets(constraint.root)):
        return True
    return any(sieve.select(f"SELECT ?this WHERE {{ {p} }} LIMIT 1") for p in sieve.target(constraint.root))


def _query(sieve: Sieve, constraint: SparqlConstraint) -> str:
    """Return the query as pySHACL reads it: with its prefixes, `$PATH` replaced, and refused where pySHACL refuses."""
    try:
        shape = sieve.shapes.known.lookup_shape_from_node(constraint.shape)
        helpers = SPARQLBasedConstraint(shape).sparql_constraints
        helper = next(helper for helper in helpers if helper.node == constraint.node)
        _, text = helper.pre_bind_variables(constraint.shape)
    except (ConstraintLoadError, ReportableRuntimeError, ValidationFailure) as error:
        reason = getattr(error, "message", error)
        raise CollectionError(f"the query of {constraint.shape} cannot be run: {reason}") from None
    # rdflib knows these prefixes undeclared.
    known = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in rdflib.Graph().namespaces())
    return known + str(helper.apply_prefixes(text))


def _all_targets(sieve: Sieve, constraint: SparqlConstraint) -> str:
    """Return a query for the targets of a constraint's root, each once: what is counted must not count them twice."""
    patterns = " UNION ".join(f"{{ {pattern} }}" for pattern in sieve.target(constraint.root))
    return f"SELECT DISTINCT ?this WHERE {{ {patterns} }}"


def _joined(sieve: Sieve, query: str, targets: str) -> Iterator[_Row]:
    """Run the query once, with the targets at the head of its outermost group."""
    start = next(match.end() for match in _TOKEN.finditer(query) if match["sign"] == "{")
    for row in _rows(sieve, f"{query[:start]} {{ {targets} }} {query[start:]}", {}):
        yield row.pop("this"), tuple(sorted(row.items()))


def _one_by_one(sieve: Sieve, query: str, targets: str) -> Iterator[_Row]:
    for node in sieve.select(targets):
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

    It is not where rows are cut off, or counted in groups that are not those of one `$this`, nor where a nested group
    looks at `$this` before a pattern of its own binds it: patterns are joined from the inside out, and there `$this`
    is still any node.
    """
    groups: list[_Group] = []
    before = clause = ""
    parentheses = 0
    projected = counts = by_this = False
    for match in _TOKEN.finditer(query):
        word = (match["word"] or "").upper()
        if word in _CUT_OFF or (word == "SELECT" and groups):
            return False
        # BIND ends the pattern before it, and what follows binds too late.
        if word == "BIND" and len(groups) > 1 and not groups[-1].binds:
            return False
        counts |= word in _OVER_GROUPS
        if word in _CLAUSES and not groups:
            clause = word
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
            projected |= not clause
            by_this |= clause == "GROUP" and not parentheses
        if not match["skip"]:
            before = word
    return projected and (by_this or not counts)


def _fill(message: str, bound: dict[str, Term]) -> str:
    def text(match: re.Match[str]) -> str:
        term = bound.get(match[1])
        return match[0] if term is None else str(getattr(term, "value", term))

    return re.sub(r"\{[?$](\w+)\}", text, message)
