"""Each constraint of each shape as one query over the whole graph that finds the nodes to be judged.

An expression is true for every node that may break a constraint. It may be true for more (pySHACL decides),
never for fewer. `exact` says that it is true for no more, so that it may be negated.

Source: SHACL (W3C 2017) section 4, whose components have their meaning in SPARQL.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, count

from pyoxigraph import BlankNode, NamedNode, Quad, Store
from rdflib import Literal, URIRef
from rdflib.namespace import RDF, SH, XSD
from rdflib.term import Node

from ligraph.collection.neighbourhood import to_store
from ligraph.collection.paths import Term, read_path
from ligraph.collection.shapes import Shapes
from ligraph.namespaces import RDFS

ALL = "true"
"""The expression of a constraint that has no safe query: every target is a suspect."""

_DEEPEST = 8
_WELL_FORMED = {
    XSD.string: None,
    RDF.langString: None,
    XSD.anyURI: None,
    XSD.integer: r"^[+-]?[0-9]+$",
    XSD.decimal: r"^[+-]?[0-9]+(\\.[0-9]+)?$",
    XSD.boolean: r"^(true|false)$",
    XSD.gYear: r"^[1-9][0-9]{3}$",
    XSD.gYearMonth: r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])$",
    XSD.date: r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])$",
    XSD.dateTime: r"^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z?$",
}
"""Lexical forms that are well formed beyond doubt; others of these datatypes are suspects."""

_NODE_KINDS = {
    SH.IRI: "isIRI({v})",
    SH.BlankNode: "isBlank({v})",
    SH.Literal: "isLiteral({v})",
    SH.BlankNodeOrIRI: "(isIRI({v}) || isBlank({v}))",
    SH.BlankNodeOrLiteral: "(isBlank({v}) || isLiteral({v}))",
    SH.IRIOrLiteral: "(isIRI({v}) || isLiteral({v}))",
}
_BOUNDS = {
    SH.minInclusive: ">=",
    SH.minExclusive: ">",
    SH.maxInclusive: "<=",
    SH.maxExclusive: "<",
}
_TOGETHER = 30
"""Constraints that one query asks for: a target is found once for all of them, and a query stays readable."""
_UNICODE_CLASSES = ("\\w", "\\W", "\\b", "\\B", "\\d", "\\D", "\\s", "\\S")


@dataclass(frozen=True)
class Expression:
    """A SPARQL expression that is true for a node that may break a constraint."""

    text: str
    exact: bool = False


class Sieve:
    """Turns the constraints of shapes into queries over one store."""

    def __init__(self, shapes: Shapes, store: Store) -> None:
        self.shapes = shapes
        self.graph = shapes.graph
        self.store = store
        self._numbers = count(1)

    # ── targets ──

    def target(self, root: Node) -> list[str]:
        """Return the patterns that bind `?this` to the targets of a root shape, one for each target."""
        return [self._target(kind, value) for kind, value in self.shapes.targets(root)]

    def suspects(self, root: Node) -> set[Term]:
        """Return the targets of a root shape that its core constraints may find wrong."""
        # A target that is named needs no query; and in SPARQL a path of no steps leads nowhere from a node
        # that the graph does not have, in SHACL to the node itself.
        found = {to_store(value) for kind, value in self.shapes.targets(root) if kind == SH.targetNode}
        everywhere = list(self.broken(root, "?this"))
        path = self.graph.value(root, SH.path)
        for kind, value in self.shapes.targets(root):
            if kind == SH.targetSubjectsOf and value == path:
                # The target's pattern passes the values already: no need to look them up again.
                name = self._new()
                found |= self._select_broken(f"?this {value.n3()} {name} .", list(self._at_values(root, value, name)))
            elif kind != SH.targetNode:
                found |= self._select_broken(self._target(kind, value), everywhere)
        return found

    def _select_broken(self, pattern: str, expressions: list[Expression]) -> set[Term]:
        texts = [expression.text for expression in expressions]
        if ALL in texts:
            return self.select(f"SELECT DISTINCT ?this WHERE {{ {pattern} }}")
        found: set[Term] = set()
        for start in range(0, len(texts), _TOGETHER):
            together = " || ".join(f"({text})" for text in texts[start : start + _TOGETHER])
            found |= self.select(f"SELECT DISTINCT ?this WHERE {{ {pattern} FILTER({together}) }}")
        return found

    def _at_values(self, shape: Node, path: Node, value: str) -> Iterator[Expression]:
        """Yield the constraints of a property shape where `?this` and a variable for its values are bound."""
        yield from self._of_property(shape, "?this", path.n3(), 0)
        yield from self._of_value(shape, value, 0)

    def select(self, query: str) -> set[Term]:
        """Return what a query binds to `?this`."""
        return {row["this"] for row in self.store.query(query, use_default_graph_as_union=True)}  # type: ignore[union-attr]

    def subclasses(self, cls: Node) -> list[str]:
        """Return a class and all below it, as the data and the ontology say."""
        found, waiting = [str(cls)], [str(cls)]
        below = NamedNode(RDFS + "subClassOf")
        while waiting:
            for quad in self.store.quads_for_pattern(None, below, NamedNode(waiting.pop()), None):
                child = quad.subject.value  # type: ignore[union-attr]
                if isinstance(quad.subject, NamedNode) and child not in found:
                    found.append(child)
                    waiting.append(child)
        return found

    def _target(self, kind: URIRef, value: Node) -> str:
        if kind == SH.targetNode:
            return f"VALUES ?this {{ {value.n3()} }}"
        if kind == SH.targetSubjectsOf:
            return f"?this {value.n3()} {self._new()} ."
        if kind == SH.targetObjectsOf:
            return f"{self._new()} {value.n3()} ?this ."
        return self._instance("?this", value)

    def _instance(self, variable: str, cls: Node) -> str:
        classes = self.subclasses(cls)
        if len(classes) == 1:
            return f"{variable} a <{classes[0]}> ."
        name = self._new()
        return f"VALUES {name} {{ {' '.join(f'<{iri}>' for iri in classes)} }} {variable} a {name} ."

    # ── constraints ──

    def broken(self, shape: Node, variable: str, depth: int = 0) -> Iterator[Expression]:
        """Yield an expression for each constraint of a shape, for the node that a variable is bound to."""
        if self.shapes.is_off(shape):
            return
        if depth > _DEEPEST:
            yield Expression(ALL)
            return
        path = self.graph.value(shape, SH.path)
        if path is None:
            yield from self._of_value(shape, variable, depth)
            return
        try:
            steps = read_path(self.graph, path).sparql()
        except ValueError:
            yield Expression(ALL)
            return
        yield from self._of_property(shape, variable, steps, depth)
        value = self._new()
        for inner in self._of_value(shape, value, depth):
            if inner.text == ALL:
                yield Expression(f"EXISTS {{ {variable} {steps} {value} }}")
            else:
                yield Expression(f"EXISTS {{ {variable} {steps} {value} FILTER({inner.text}) }}", inner.exact)

    def any_broken(self, shape: Node, variable: str, depth: int) -> Expression:
        """Return one expression for a whole shape."""
        parts = list(self.broken(shape, variable, depth + 1))
        if any(part.text == ALL for part in parts):
            return Expression(ALL)
        text = " || ".join(f"({part.text})" for part in parts) or "false"
        return Expression(text, all(part.exact for part in parts))

    def _of_property(self, shape: Node, x: str, steps: str, depth: int) -> Iterator[Expression]:
        """Yield the constraints that look at all values of a property together."""
        for n in self._numbers_of(shape, SH.minCount):
            if n == 1:
                yield Expression(f"NOT EXISTS {{ {x} {steps} {self._new()} }}", True)
            elif n > 3:
                # A join of a property with itself takes the n-th power of its values.
                yield Expression(ALL)
            elif n > 1:
                yield Expression(f"NOT EXISTS {{ {self._distinct(x, steps, n)} }}", True)
        for n in self._numbers_of(shape, SH.maxCount):
            yield (Expression(f"EXISTS {{ {self._distinct(x, steps, n + 1)} }}", True) if n < 4 else Expression(ALL))
        if any(isinstance(v, Literal) and v.toPython() is True for v in self.graph.objects(shape, SH.uniqueLang)):
            a, b = self._new(), self._new()
            same = f'!sameTerm({a}, {b}) && LANG({a}) != "" && LCASE(LANG({a})) = LCASE(LANG({b}))'
            yield Expression(f"EXISTS {{ {x} {steps} {a} . {x} {steps} {b} FILTER({same}) }}")
        for wanted in self.graph.objects(shape, SH.hasValue):
            text = f"NOT EXISTS {{ {x} {steps} {wanted.n3()} }}"
            yield Expression(text if _is_kept(wanted) else ALL)
        yield from self._of_pairs(shape, x, steps)
        yield from self._qualified(shape, x, steps, depth)

    def _of_pairs(self, shape: Node, x: str, steps: str) -> Iterator[Expression]:
        a, b = self._new(), self._new()
        for other in self.graph.objects(shape, SH.equals):
            p = other.n3()
            yield Expression(f"EXISTS {{ {x} {steps} {a} FILTER NOT EXISTS {{ {x} {p} {a} }} }}")
            yield Expression(f"EXISTS {{ {x} {p} {a} FILTER NOT EXISTS {{ {x} {steps} {a} }} }}")
        for other in self.graph.objects(shape, SH.disjoint):
            yield Expression(f"EXISTS {{ {x} {steps} {a} . {x} {other.n3()} {a} }}")
        for predicate, sign in ((SH.lessThan, "<"), (SH.lessThanOrEquals, "<=")):
            for other in self.graph.objects(shape, predicate):
                # rdflib and the store order dates and durations differently: only numbers are let through.
                fine = f"COALESCE({a} {sign} {b} && isNumeric({a}) && isNumeric({b}), false)"
                yield Expression(f"EXISTS {{ {x} {steps} {a} . {x} {other.n3()} {b} FILTER(!{fine}) }}")

    def _qualified(self, shape: Node, x: str, steps: str, depth: int) -> Iterator[Expression]:
        for inner in self.graph.objects(shape, SH.qualifiedValueShape):
            least = list(self._numbers_of(shape, SH.qualifiedMinCount))
            most = list(self._numbers_of(shape, SH.qualifiedMaxCount))
            value = self._new()
            wrong = self.any_broken(inner, value, depth)
            if (shape, SH.qualifiedValueShapesDisjoint, None) in self.graph or wrong.text == ALL:
                yield Expression(ALL)
            elif least == [1] and not most:
                yield Expression(f"NOT EXISTS {{ {x} {steps} {value} FILTER(!({wrong.text})) }}", wrong.exact)
            else:
                yield Expression(ALL)

    def _of_value(self, shape: Node, v: str, depth: int) -> Iterator[Expression]:
        """Yield the constraints that look at one value node."""
        for predicate, value in self.graph.predicate_objects(shape):
            if predicate == SH["class"]:
                yield Expression(f"NOT EXISTS {{ {self._instance(v, value)} }}", True)
            elif predicate == SH.datatype:
                yield self._datatype(v, value)
            elif predicate == SH.nodeKind:
                kind = _NODE_KINDS.get(value)  # type: ignore[call-overload]
                yield Expression(f"!({kind.format(v=v)})", True) if kind else Expression(ALL)
            elif predicate in _BOUNDS:
                yield self._bound(v, value, _BOUNDS[predicate])  # type: ignore[index]
            elif predicate in (SH.minLength, SH.maxLength):
                sign = ">=" if predicate == SH.minLength else "<="
                yield Expression(f"!COALESCE(STRLEN(STR({v})) {sign} {int(str(value))}, false)")
            elif predicate == SH.pattern:
                yield self._pattern(shape, v, str(value))
            elif predicate == SH.languageIn:
                tags = [f"LANGMATCHES(LANG({v}), {Literal(str(tag)).n3()})" for tag in self.shapes.members(value)]
                yield Expression(f"!COALESCE(isLiteral({v}) && ({' || '.join(tags) or 'false'}), false)")
            elif predicate == SH["in"]:
                same = [f"sameTerm({v}, {member.n3()})" for member in self.shapes.members(value) if _is_kept(member)]
                yield Expression(f"!({' || '.join(same) or 'false'})")
            elif predicate == SH.closed and isinstance(value, Literal) and value.toPython() is True:
                yield self._closed(shape, v)
            elif (
                predicate in (SH.hasValue, SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
                and (shape, SH.path, None) not in self.graph
            ):
                yield Expression(ALL)
            elif predicate in (SH.property, SH.node):
                yield from self.broken(value, v, depth + 1)
            elif predicate in (SH["not"], SH["and"], SH["or"], SH.xone):
                yield self._logical(predicate, value, v, depth)  # type: ignore[arg-type]

    def _logical(self, predicate: URIRef, value: Node, v: str, depth: int) -> Expression:
        if predicate == SH["not"]:
            wrong = self.any_broken(value, v, depth)
            return Expression(f"!({wrong.text})", True) if wrong.exact else Expression(ALL)
        parts = [self.any_broken(member, v, depth) for member in self.shapes.members(value)]
        exact = all(part.exact for part in parts)
        if predicate == SH.xone:
            fine = " + ".join(f"IF({part.text}, 0, 1)" for part in parts)
            return Expression(f"({fine}) != 1", True) if exact and parts else Expression(ALL)
        joined = " || " if predicate == SH["and"] else " && "
        known = [part.text for part in parts if part.text != ALL]
        if len(known) < len(parts) and (predicate == SH["and"] or not known):
            return Expression(ALL)
        empty = "false" if predicate == SH["and"] else ALL
        return Expression(joined.join(f"({text})" for text in known) or empty, exact)

    def _datatype(self, v: str, datatype: Node) -> Expression:
        other = f"!isLiteral({v}) || DATATYPE({v}) != {datatype.n3()}"
        if datatype not in _WELL_FORMED:
            return Expression(ALL)
        form = _WELL_FORMED[datatype]  # type: ignore[index]
        if form is None:
            return Expression(other, True)
        return Expression(f'{other} || !REGEX(STR({v}), "{form}")')

    def _bound(self, v: str, bound: Node, sign: str) -> Expression:
        if not isinstance(bound, Literal) or bound.datatype not in (XSD.integer, XSD.decimal):
            return Expression(ALL)
        plain = f"(DATATYPE({v}) = {XSD.integer.n3()} || DATATYPE({v}) = {XSD.decimal.n3()})"
        return Expression(f"!COALESCE({plain} && {v} {sign} {bound.n3()}, false)")

    def _pattern(self, shape: Node, v: str, pattern: str) -> Expression:
        """Python's and the store's regular expressions agree on ASCII; what else they may see differently is let in."""
        flags = "".join(str(flag) for flag in self.graph.objects(shape, SH.flags))
        text = f"REGEX(STR({v}), {Literal(pattern).n3()}, {Literal(flags).n3()})"
        expression = f"isBlank({v}) || !COALESCE({text}, false)"
        if "i" in flags or any(word in pattern for word in _UNICODE_CLASSES):
            expression += f' || !REGEX(STR({v}), "^[ -~]*$")'
        if "(?" in pattern:
            return Expression(ALL)
        return Expression(expression)

    def _closed(self, shape: Node, v: str) -> Expression:
        allowed = [
            path for below in self.graph.objects(shape, SH.property) for path in self.graph.objects(below, SH.path)
        ]
        for ignored in self.graph.objects(shape, SH.ignoredProperties):
            allowed += self.shapes.members(ignored)
        names = ", ".join(sorted(path.n3() for path in allowed if isinstance(path, URIRef)))
        p, o = self._new(), self._new()
        # The store finds nothing that is NOT IN an empty list.
        others = f"FILTER({p} NOT IN ({names}))" if names else ""
        return Expression(f"EXISTS {{ {v} {p} {o} {others} }}")

    def _distinct(self, x: str, steps: str, n: int) -> str:
        names = [self._new() for _ in range(n)]
        patterns = " . ".join(f"{x} {steps} {name}" for name in names)
        differ = " && ".join(f"!sameTerm({a}, {b})" for a, b in combinations(names, 2))
        return patterns + (f" FILTER({differ})" if differ else "")

    def _numbers_of(self, shape: Node, predicate: URIRef) -> Iterator[int]:
        for value in self.graph.objects(shape, predicate):
            yield int(str(value))

    def _new(self) -> str:
        # No name that a person would give a variable: targets are joined to queries of shapes.
        return f"?__{next(self._numbers)}"


def _is_kept(node: Node) -> bool:
    """Return whether a store has a node as it is written: one that it would rewrite is equal to nothing in it."""
    term = to_store(node)
    scratch = Store()
    scratch.add(Quad(NamedNode(RDFS), NamedNode(RDFS), term))
    return not isinstance(term, BlankNode) and next(iter(scratch)).object == term
