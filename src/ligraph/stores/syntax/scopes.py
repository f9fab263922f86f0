"""Names that clash in a query: what is selected, bound or grouped by although it cannot be.

Source: SPARQL 1.1 Query (W3C 2013) sections 18.2.1 (scope of variables), 11.4 (aggregates), 19.8 (notes 6 to 13).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from ligraph.stores.syntax.lexemes import Token, shown
from ligraph.stores.syntax.reading import Node, Reading, Remark

_SELECTS = {"Select", "SubSelect", "Describe"}
_WITHIN = "write one within the pattern: { SELECT … }"
_MERGED = {"Group", "Values", "Row", "Cell"}
"""Parts whose variables are seen around them; those of a condition, of MINUS or of an expression are not."""


@dataclass
class _Select:
    """What the clauses of a SELECT say, and which of its variables its pattern has."""

    node: Node | None = None
    items: list[Node] = field(default_factory=list)
    apart: dict[int, list[Node]] = field(default_factory=dict)
    grouped: dict[str, None] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)
    aggregates: bool = False


def clashes(reading: Reading) -> Iterator[Remark]:
    """Yield the clashes of names in a query, each where it is met by one who reads from the start."""
    return _Walk(reading).remarks()


class _Walk:
    """One pass over tokens and parts. Each open part has the variables that were met in it."""

    def __init__(self, reading: Reading) -> None:
        self.tokens = reading.tokens
        self.waiting = deque(reading.nodes)
        self.open: list[Node] = []
        self.seen: list[set[str]] = [set()]
        self.selects = [_Select()]
        self.labels: dict[str, int] = {}
        self.stretch = 0

    def remarks(self) -> Iterator[Remark]:
        for index, token in enumerate(self.tokens):
            while self.open and self.open[-1].end <= index:
                yield from self.leave(self.open.pop())
            while self.waiting and self.waiting[0].start == index:
                yield from self.enter(self.waiting.popleft())
            if token.kind == "<var>":
                self.seen[-1].add(token.text[1:])
            elif token.kind == "<blank>" and self.open and self.open[-1].name == "Group":
                yield from self.labelled(token)

    def labelled(self, token: Token) -> Iterator[Remark]:
        if self.labels.setdefault(token.text, self.stretch) != self.stretch:
            said = f"“{shown(token.text)}” is used in another group of patterns already"
            yield Remark(token, said, "where both mean the same, write a variable", "another label")

    def enter(self, node: Node) -> Iterator[Remark]:
        self.open.append(node)
        self.seen.append(set())
        self.stretch += node.name == "Group"
        if node.name in _SELECTS:
            self.selects.append(_Select(node))
        select = self.selects[-1]
        if node.name == "Item" or (node.name == "Described" and self.tokens[node.start].kind == "<var>"):
            select.items.append(node)
        elif node.name == "Condition":
            select.grouped.update(dict.fromkeys(self.names_of(node)))
        if node.name in ("Grouping", "Aggregate"):
            select.aggregates = True
        if node.name in ("Aggregate", "Exists") and node.parent:
            select.apart.setdefault(node.parent.start, []).append(node)
        if node.name == "Aggregate" and node.parent:
            yield from self.aggregate(self.tokens[node.start], node.parent.name.upper())
        if node.name == "Grouping" and not select.node:
            yield Remark(self.tokens[node.start], "GROUP BY is answered only in a SELECT", _WITHIN, "another clause")

    def names_of(self, condition: Node) -> list[str]:
        """Return what a condition of GROUP BY is called: its variable, or the name that it is given."""
        tokens = [token for token in self.tokens[condition.start : condition.end] if token.kind not in ("(", ")")]
        if [token.kind for token in tokens[-2:-1]] == ["AS"]:
            given = [tokens.pop().text[1:]]
            tokens.pop()
        else:
            given = []
        return given + [token.text[1:] for token in tokens if len(tokens) == 1 and token.kind == "<var>"]

    def aggregate(self, token: Token, clause: str) -> Iterator[Remark]:
        around = self.selects[-1].node
        if clause in ("FILTER", "BIND"):
            hint = "a condition on groups stands in HAVING (…)" if clause == "FILTER" else "compute it in SELECT"
            said = f"“{token.text}” looks at a group of rows, and {clause} at one"
            yield Remark(token, said, hint, "a value of one row")
        elif not around or around.name == "Describe":
            said = f"“{token.text}” is computed only in a SELECT"
            yield Remark(token, said, _WITHIN, "a value of one row")

    def leave(self, node: Node) -> Iterator[Remark]:
        seen = self.seen.pop()
        self.stretch += node.name == "Group"
        if node.name == "Bind":
            token = self.tokens[node.end - 2]
            if token.text[1:] in self.seen[-1]:
                yield self.in_use(token)
            self.seen[-1].add(token.text[1:])
        elif node.name == "Values" and node.parent is self.selects[-1].node:
            self.selects[-1].values |= seen
        if node.name in _SELECTS:
            select = self.selects.pop()
            yield from self.selected(select, seen)
            if select.items:
                seen = {self.name_of(item).text[1:] for item in select.items}
        if node.name in _MERGED or node.name == "SubSelect":
            self.merge(seen)

    def merge(self, seen: set[str]) -> None:
        """Add to what the part around has; the smaller to the larger, or a deep nest would take its time squared."""
        around = self.seen[-1]
        if len(around) < len(seen):
            around, seen = seen, around
        around |= seen
        self.seen[-1] = around

    def name_of(self, item: Node) -> Token:
        """Return the variable that an item of a SELECT is called."""
        return self.tokens[item.start if item.end - item.start == 1 else item.end - 2]

    def selected(self, select: _Select, seen: set[str]) -> Iterator[Remark]:
        visible = {*select.grouped} | select.values if select.aggregates else seen
        if select.aggregates and not select.items and select.node:
            yield from self.everything(select, self.tokens[select.node.start + 1 : select.node.start + 3])
        taken: set[str] = set()
        for item in select.items:
            token = self.name_of(item)
            name = token.text[1:]
            if name in taken:
                yield Remark(token, f"“{shown(token.text)}” is selected twice", expected="another variable")
            elif item.end - item.start > 1:
                if select.aggregates:
                    yield from self.computed(select, item, visible, taken)
                if name in visible:
                    yield self.in_use(token)
            elif select.aggregates and name not in visible:
                yield self.ungrouped(token, f"(SAMPLE({shown(token.text)}) AS ?one)")
            taken.add(name)

    def everything(self, select: _Select, tokens: list[Token]) -> Iterator[Remark]:
        named = "".join(f"?{name} " for name in list(select.grouped)[:5])
        hint = f"write what the rows have in common, as in SELECT {named}(COUNT(*) AS ?n)"
        for token in tokens:
            if token.kind == "*":
                yield Remark(token, "“*” stands for every variable, and the rows are in groups", hint, "variables")

    def computed(self, select: _Select, item: Node, visible: set[str], taken: set[str]) -> Iterator[Remark]:
        """Yield the variables of an expression that a group has no value for."""
        hidden = {i for node in select.apart.get(item.start, []) for i in range(node.start, node.end)}
        indices = [i for i in range(item.start, item.end - 2) if i not in hidden]
        # Here the engine does not ask whether they have a value.
        if {"BOUND", "COALESCE"} & {self.tokens[i].kind for i in indices}:
            return
        for token in (self.tokens[i] for i in indices if self.tokens[i].kind == "<var>"):
            name = shown(token.text)
            if token.text[1:] in visible:
                continue
            if token.text[1:] in taken:
                said = f"“{name}” is computed in this same SELECT, where it has no value yet"
                hint = "write again what it stands for, or select from a SELECT within: { SELECT … }"
                yield Remark(token, said, hint, "a variable that is grouped by")
            else:
                yield self.ungrouped(token, f"MAX({name})")

    def in_use(self, token: Token) -> Remark:
        said = f"“{shown(token.text)}” has a value here already, and AS would give it another"
        return Remark(token, said, "write another name", "another variable")

    def ungrouped(self, token: Token, aggregate: str) -> Remark:
        said = f"“{shown(token.text)}” is neither grouped by nor aggregated"
        return Remark(token, said, f"add it to GROUP BY, or write {aggregate}", "a variable that is grouped by")
