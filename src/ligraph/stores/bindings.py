"""Values for the variables of a query, as terms and never as text that is pasted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ligraph.stores.tokens import tokens_of

_AFTER_HAVING = frozenset({"ORDER", "LIMIT", "OFFSET", "VALUES"})
_Tokens = list[re.Match[str]]


def with_values(query: str, bound: Mapping[str, str]) -> str:
    """Return a query in which variables have values wherever they stand.

    Its pattern begins with a row of them, as does each group within that uses one: a group is evaluated by itself, and
    does not see the values of what is around it. In HAVING, which sees groups of rows only, terms stand for variables.

    Shape: `bound` has terms as N-Triples writes them, which SPARQL reads as the same terms.
    """
    if not bound:
        return query
    terms = {name: _written(term) for name, term in bound.items()}
    tokens = list(tokens_of(query))
    groups = list(_groups(tokens))
    if not groups:
        return f"{query}\nWHERE {{ {_row(terms)} }}"
    edits = [*_rows_within(tokens, groups[1:], terms), *_terms_in_having(tokens, terms)]
    first, last = groups[0]
    row = f" {_row(terms)} "
    if tokens[first + 1][0].upper() == "SELECT":
        # A group is a query of its own or has patterns, not both.
        edits += [_Edit(tokens[first].end(), tokens[first].end(), f"{row}{{"), _Edit(*tokens[last].span(), "} }")]
    else:
        edits.append(_Edit(tokens[first].end(), tokens[first].end(), row))
    for edit in sorted(edits, reverse=True):
        query = query[: edit.start] + edit.text + query[edit.end :]
    return query


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def _row(terms: Mapping[str, str]) -> str:
    names = " ".join(f"?{name}" for name in terms)
    return f"VALUES ({names}) {{ ({' '.join(terms.values())}) }}"


def _written(term: str) -> str:
    """Return a term of N-Triples for SPARQL, which reads `\\u` even behind a backslash (section 19.2)."""
    return re.sub(r"\\\\([uU])|\\.", lambda match: rf"\\\u{ord(match[1]):04X}" if match[1] else match[0], term)


def _groups(tokens: _Tokens) -> Iterator[tuple[int, int]]:
    """Yield the groups of a query, the outermost first: the numbers of the braces of each.

    A template is none, nor are rows of VALUES; within EXISTS variables have the values that they have outside.
    """
    found: dict[int, int] = {}
    around: list[int | None] = []
    outside: int | None = None
    is_values = False
    for number, token in enumerate(tokens):
        text = token[0].upper()
        if token.lastgroup == "word":
            is_values = is_values or text == "VALUES"
        elif token.lastgroup == "open":
            is_group = text == "{" and outside is None
            if is_group and (is_values or tokens[number - 1][0].upper() in ("CONSTRUCT", "EXISTS")):
                outside, is_group, is_values = len(around), False, False
            around.append(number if is_group else None)
            if is_group:
                found[number] = -1
        elif token.lastgroup == "close" and around:
            opened = around.pop()
            if opened is not None:
                found[opened] = number
            if outside == len(around):
                outside = None
    return ((first, last) for first, last in found.items() if last >= 0)


def _rows_within(tokens: _Tokens, groups: list[tuple[int, int]], terms: Mapping[str, str]) -> Iterator[_Edit]:
    """Yield a row for each group that uses one of the variables, but for those that the query itself sets somewhere.

    All branches of a UNION have the same: not every engine joins a row with one that lacks the variable (Virtuoso).
    """
    names = [token[0][1:] if token.lastgroup == "variable" else "" for token in tokens]
    set_here = {name for name, before in zip(names[1:], tokens, strict=False) if before[0].upper() == "AS"}
    used_by_end: dict[int, dict[str, str]] = {}
    for first, last in groups:
        # A branch shares what it uses with the one before it, which ends two tokens earlier.
        used = used_by_end.get(first - 2, {}) if tokens[first - 1][0].upper() == "UNION" else {}
        used |= {name: terms[name] for name in names[first:last] if name in terms and name not in set_here}
        used_by_end[last] = used
    for first, last in groups:
        used = used_by_end[last]
        if used and tokens[first + 1][0].upper() != "SELECT":
            end = tokens[first].end()
            yield _Edit(end, end, f" {_row(used)} ")


def _terms_in_having(tokens: _Tokens, terms: Mapping[str, str]) -> Iterator[_Edit]:
    depth = 0
    having: int | None = None
    for token in tokens:
        word = token[0].upper() if token.lastgroup == "word" else ""
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        if word == "HAVING":
            having = depth
        elif having is not None and (depth < having or (depth == having and word in _AFTER_HAVING)):
            having = None
        elif having is not None and token.lastgroup == "variable" and token[0][1:] in terms:
            yield _Edit(*token.span(), terms[token[0][1:]])
