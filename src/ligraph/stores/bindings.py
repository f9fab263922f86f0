"""Values for the variables of a query, as terms and never as text that is pasted."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ligraph.stores.tokens import tokens_of


def with_values(query: str, bound: Mapping[str, str]) -> str:
    """Return a query in which variables have values: its pattern begins with a row of them.

    Shape: `bound` has terms as N-Triples writes them, which SPARQL reads as the same terms.
    """
    if not bound:
        return query
    names = " ".join(f"?{name}" for name in bound)
    terms = " ".join(_written(term) for term in bound.values())
    values = f"VALUES ({names}) {{ ({terms}) }}"
    start, inner, end = _pattern(query)
    if start < 0:
        return f"{query}\nWHERE {{ {values} }}"
    if inner.upper() == "SELECT":
        # A group is a query of its own or has patterns, not both.
        return f"{query[:start]} {values} {{ {query[start:end]} }} {query[end:]}"
    return f"{query[:start]} {values} {query[start:]}"


def _written(term: str) -> str:
    """Return a term of N-Triples for SPARQL, which reads `\\u` even behind a backslash (section 19.2)."""
    return re.sub(r"\\\\([uU])|\\.", lambda match: rf"\\\u{ord(match[1]):04X}" if match[1] else match[0], term)


def _pattern(query: str) -> tuple[int, str, int]:
    """Return where the inside of a query's pattern begins, its first token, and where it ends; -1 where it has none."""
    tokens = list(tokens_of(query))
    depth = opened = 0
    start = -1
    is_template = False
    for number, match in enumerate(tokens):
        if match.lastgroup == "word" and match[0].upper() == "CONSTRUCT":
            is_template = number + 1 < len(tokens) and tokens[number + 1][0] == "{"
        elif match.lastgroup == "open":
            depth += 1
            if match[0] == "{" and depth == 1 and not is_template and start < 0:
                start, opened = match.end(), number
        elif match.lastgroup == "close":
            depth -= 1
            if depth == 0 and start >= 0 and match[0] == "}":
                return start, tokens[opened + 1][0], match.start()
            if depth == 0 and match[0] == "}":
                is_template = False
    return -1, "", -1
