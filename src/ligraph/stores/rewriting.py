"""A query in a form that any engine understands as it is meant here.

The embedded engine is given base and graphs beside the text. Others know only the text, and those graphs that the
protocol has fields for.
"""

from __future__ import annotations

from ligraph.errors import Refused
from ligraph.stores.queries import malformed
from ligraph.stores.syntax.lexemes import lexemes
from ligraph.stores.syntax.misuses import misuse_in
from ligraph.stores.syntax.reading import read
from ligraph.stores.tokens import tokens_of

NOWHERE = "urn:ligraph:no-graph"
"""The IRI of a graph that nothing is in: an empty list of graphs cannot be sent."""

_ENGINES_OWN = ("<bif:", "<sql:")


def check_syntax(query: str, base: str | None) -> None:
    """Check that a text is one query of SPARQL 1.1, as engines take more: updates, commands, functions of their own.

    Raises: MalformedQuery; Refused for functions by which an engine lets its own machine be asked.
    """
    reading = read(lexemes(with_base(query, base)))
    if reading.fault or misuse_in(reading, ""):
        raise malformed(query, "")
    for token in reading.tokens:
        if token.text.lower().startswith(_ENGINES_OWN):
            raise Refused(f"{token.text} is a function of one engine, and not done here", hint="use those of SPARQL")


def with_base(query: str, base: str | None) -> str:
    """Return a query whose relative IRIs are relative to a base, on the lines that they were on."""
    return f"BASE <{base}> {query}" if base else query


def without_from(query: str) -> str:
    """Return a query without the graphs that it names in FROM, which those of the request go before.

    Source: SPARQL 1.1 Protocol (W3C 2013) section 2.1.4.
    """
    tokens = list(tokens_of(query))
    cuts = []
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if depth or token.lastgroup != "word" or token[0].upper() != "FROM":
            continue
        is_named = place + 1 < len(tokens) and tokens[place + 1][0].upper() == "NAMED"
        last = tokens[min(place + 1 + is_named, len(tokens) - 1)]
        cuts.append((token.start(), last.end()))
    for start, end in reversed(cuts):
        query = f"{query[:start]} {query[end:]}"
    return query
