"""A fault with what is around it, for those who say what kind of mistake it is."""

from __future__ import annotations

from dataclasses import dataclass

from ligraph.stores.syntax.lexemes import Token, lexemes
from ligraph.stores.syntax.reading import Reading
from ligraph.stores.syntax.rules import AGGREGATES, VALUES_OF

TAKES = {name: values for values, names in VALUES_OF.items() for name in names.split()}
TAKES |= dict.fromkeys(("COUNT", *AGGREGATES.split()), "one value")
TAKES["GROUP_CONCAT"] = "one value, and behind it perhaps ; SEPARATOR = “…”"
"""How many values a function takes, in words."""

CLAUSES = {"GROUP": "GROUP BY", "ORDER": "ORDER BY", "HAVING": "HAVING", "LIMIT": "LIMIT", "OFFSET": "OFFSET"}
LITERALS = {"<string>", "<integer>", "<decimal>"}
BEGINS_TRIPLE = {"<var>", "<iri>", "<name>", "<prefix>", "<blank>", "<anon>", "[", "(", "<<", "<<("}
CLOSERS = {"{": "}", "(": ")", "[": "]", "<<": ">>", "<<(": ")>>", "{|": "|}"}


@dataclass(frozen=True)
class Case:
    """A query, and its reading that ends at a fault."""

    query: str
    reading: Reading

    @property
    def token(self) -> Token:
        """The token that cannot stand where it is."""
        return self.reading.tokens[-1]

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of tokens that could stand there."""
        return self.reading.kinds

    def before(self, steps: int = 1) -> Token:
        """Return a token before the fault; where there is none, one without text."""
        tokens = self.reading.tokens
        return tokens[-1 - steps] if len(tokens) > steps else Token("<none>", "", 0)

    def after(self) -> Token:
        """Return the token behind the fault."""
        return next(lexemes(self.query[self.token.end : self.token.end + 200]))

    def inside(self, *names: str) -> bool:
        """Return whether the innermost part that is open has one of the names."""
        return self.reading.inside[:1] != () and self.reading.inside[0] in names


def opened(tokens: list[Token]) -> list[Token]:
    """Return the brackets that are open after the tokens, the innermost last."""
    found: list[Token] = []
    for token in tokens:
        if token.kind in CLOSERS:
            found.append(token)
        elif found and token.kind == CLOSERS[found[-1].kind]:
            found.pop()
    return found
