"""The rules of a query as a table that a reader walks by."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from ligraph.stores.syntax.rules import RULES, TRIPLES, VERBS

Production = tuple[str, ...]


class Step(NamedTuple):
    """What a symbol leaves to be read behind its first token.

    Shape: `opened` are the rules that are kept and begin with the token, from the outermost; `left` the symbols, the
    next last, and in their midst the places in `opened` of the rules that end there.
    """

    opened: tuple[str, ...]
    left: tuple[str | int, ...]


_RULE = re.compile(r'^(\w+)( "[^"]*")? = (.*(?:\n  .*)*)$', re.MULTILINE)
_NOTATION = re.compile(r"(?P<symbol><\w+>|\w+)|'(?P<sign>[^']+)'|(?P<mark>[()|*+?])")


@dataclass(frozen=True)
class Grammar:
    """The rules, and the table made of them.

    Shape: `words` are what a rule is called, where it is; `table` gives the production for a rule and the kind of the
    next token, `through` the one of a rule that may stand for nothing; `clashes` are what would make it not LL(1).
    """

    rules: dict[str, list[Production]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    table: dict[str, dict[str, Production]] = field(default_factory=dict)
    through: dict[str, Production] = field(default_factory=dict)
    clashes: list[tuple[str, str]] = field(default_factory=list)
    _steps: dict[tuple[str, str], Step] = field(default_factory=dict)

    def keeps(self, symbol: str) -> bool:
        """Return whether a symbol is a rule whose places in the query are kept."""
        return symbol in self.rules and symbol[0].isupper() and "/" not in symbol

    def keywords(self) -> set[str]:
        """Return every keyword and function."""
        parts = {part for productions in self.rules.values() for production in productions for part in production}
        return {part for part in parts - self.rules.keys() if part.isupper()}

    def step(self, symbol: str, kind: str) -> Step | None:
        """Return what remains of a symbol behind a token that it may begin with, None if it may not."""
        if symbol == kind:
            return Step((), ())
        if kind not in self.table.get(symbol, ()):
            return None
        if (symbol, kind) not in self._steps:
            self._steps[symbol, kind] = self._walk(symbol, kind)
        return self._steps[symbol, kind]

    def _walk(self, symbol: str, kind: str) -> Step:
        left: list[str | int] = [symbol]
        opened: list[str] = []
        while (top := left.pop()) != kind:
            assert isinstance(top, str)
            if self.keeps(top):
                left.append(len(opened))
                opened.append(top)
            left.extend(reversed(self.table[top].get(kind) or self.through[top]))
        return Step(tuple(opened), tuple(left))


@cache
def sparql() -> Grammar:
    """Return the grammar of queries."""
    grammar = Grammar()
    triples = "".join(TRIPLES.replace("§", suffix) for suffix in ("", "_t"))
    for name, words, body in _RULE.findall(RULES + VERBS + triples):
        grammar.rules[name] = _Notation(grammar, name, body).alternatives()
        if words:
            grammar.words[name] = words[2:-1]
    _find_what_may_be_nothing(grammar)
    _fill(grammar)
    return grammar


class _Notation:
    """The right side of a rule, read into productions; each bracket and each mark becomes a rule of its own."""

    def __init__(self, grammar: Grammar, name: str, body: str) -> None:
        self.grammar = grammar
        self.name = name
        self.items = [(str(item.lastgroup), str(item[item.lastgroup or 0])) for item in _NOTATION.finditer(body)]
        self.items.reverse()

    def alternatives(self) -> list[Production]:
        found = [self.sequence()]
        while self.take("|"):
            found.append(self.sequence())
        return found

    def sequence(self) -> Production:
        symbols = []
        while self.items and self.items[-1] not in (("mark", "|"), ("mark", ")")):
            symbols.append(self.item())
        return tuple(symbols)

    def item(self) -> str:
        if self.take("("):
            symbol = self.named(self.alternatives())
            self.take(")")
        else:
            symbol = self.items.pop()[1]
        if self.take("?"):
            return self.named([(symbol,), ()])
        if self.take("*"):
            again = self.named([])
            self.grammar.rules[again] += [(symbol, again), ()]
            return again
        return symbol

    def take(self, mark: str) -> bool:
        if not self.items or self.items[-1] != ("mark", mark):
            return False
        self.items.pop()
        return True

    def named(self, productions: list[Production]) -> str:
        name = f"{self.name}/{len(self.grammar.rules)}"
        self.grammar.rules[name] = productions
        return name


def _find_what_may_be_nothing(grammar: Grammar) -> None:
    size = -1
    while size != len(grammar.through):
        size = len(grammar.through)
        for name, productions in grammar.rules.items():
            for production in productions:
                if all(part in grammar.through for part in production):
                    grammar.through.setdefault(name, production)


def _fill(grammar: Grammar) -> None:
    """Write into the table which production each first token leads to, until no rule gets another."""
    grammar.table.update({name: {} for name in grammar.rules})
    changed = True
    while changed:
        changed = False
        for name, productions in grammar.rules.items():
            for production in productions:
                for kind in _first(grammar, production) - grammar.table[name].keys():
                    grammar.table[name][kind] = production
                    changed = True
    for name, productions in grammar.rules.items():
        firsts = [kind for production in productions for kind in _first(grammar, production)]
        grammar.clashes.extend((name, kind) for kind in set(firsts) if firsts.count(kind) > 1)


def _first(grammar: Grammar, production: Production) -> set[str]:
    kinds: set[str] = set()
    for part in production:
        kinds |= grammar.table[part].keys() if part in grammar.rules else {part}
        if part not in grammar.through:
            break
    return kinds
