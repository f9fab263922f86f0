"""A query read by the grammar: how far it is one, what could stand where it ends to be one, and its parts.

The stack is a list, and not Python's own: no query is too deep for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile
from typing import NamedTuple

from ligraph.stores.syntax.grammar import sparql
from ligraph.stores.syntax.lexemes import Token


@dataclass(eq=False, slots=True)
class Node:
    """A part of a query, from its first token to before `end`."""

    name: str
    start: int
    parent: Node | None
    end: int = -1


class Reading(NamedTuple):
    """What was read of a query.

    Shape: `tokens` end with the first that cannot stand where it is, or with the end. Of a fault, `symbols` are what
    could stand there, in order, as rules that have words or kinds of tokens; `kinds` are all kinds of tokens that
    could; `inside` names the parts that are open, the innermost first. `nodes` are in the order of their beginnings.
    """

    tokens: list[Token]
    nodes: list[Node]
    fault: bool = False
    symbols: tuple[str, ...] = ()
    kinds: frozenset[str] = frozenset()
    inside: tuple[str, ...] = ()


class Remark(NamedTuple):
    """What is wrong at a token.

    Shape: without `said` it is what stands there; `expected` is what should, without it what the grammar expects.
    """

    token: Token
    said: str = ""
    hint: str = ""
    expected: str = ""


_Symbol = str | Node


def read(tokens: Iterable[Token]) -> Reading:
    """Return what is read of the tokens."""
    grammar = sparql()
    seen: list[Token] = []
    nodes: list[Node] = []
    parent: Node | None = None
    stack: list[_Symbol] = ["unit"]
    for index, token in enumerate(tokens):
        seen.append(token)
        popped: list[_Symbol] = []
        step = None
        while step is None:
            symbol = stack.pop()
            popped.append(symbol)
            if isinstance(symbol, Node):
                symbol.end, parent = index, symbol.parent
                continue
            step = grammar.step(symbol, token.kind)
            if step is None and symbol not in grammar.through:
                return _fault(seen, nodes, [*popped, *reversed(stack)])
        opened: list[Node] = []
        for name in step.opened:
            parent = Node(name, index, parent)
            opened.append(parent)
        stack.extend(opened[part] if isinstance(part, int) else part for part in step.left)
        nodes += opened
    return Reading(seen, nodes)


def _fault(tokens: list[Token], nodes: list[Node], due: list[_Symbol]) -> Reading:
    """Return a reading that ends at a token that is none of what was due, the next first."""
    grammar = sparql()
    # Parts at the front have all that they need: they are not open.
    open_ = dropwhile(lambda symbol: isinstance(symbol, Node), due)
    inside = tuple(symbol.name for symbol in open_ if isinstance(symbol, Node))
    found: dict[str, None] = {}
    kinds: set[str] = set()
    for symbol in due:
        if isinstance(symbol, Node):
            continue
        kinds |= grammar.table[symbol].keys() if symbol in grammar.rules else {symbol}
        found.update(dict.fromkeys(_named(symbol)))
        if symbol not in grammar.through:
            break
    return Reading(tokens, nodes, True, tuple(found), frozenset(kinds), inside)


def _named(symbol: str) -> Iterator[str]:
    """Yield what a symbol may begin with: rules that have words, and kinds of tokens."""
    grammar = sparql()
    seen: set[str] = set()
    waiting = [symbol]
    while waiting:
        symbol = waiting.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        if symbol in grammar.words or symbol not in grammar.rules:
            yield symbol
            continue
        begins: list[str] = []
        for production in grammar.rules[symbol]:
            solid = next((i for i, part in enumerate(production) if part not in grammar.through), len(production))
            begins.extend(production[: solid + 1])
        waiting.extend(reversed(begins))
