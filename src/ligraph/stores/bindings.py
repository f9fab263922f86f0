"""Values for the variables of a query, as terms and never as text that is pasted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ligraph.stores.tokens import tokens_of

_MODIFIERS = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
_OF_GROUPS = frozenset({"HAVING", "ORDER"})
_Tokens = list[re.Match[str]]


def with_values(query: str, bound: Mapping[str, str]) -> str:
    """Return a query in which variables have values wherever they stand, but for subqueries within EXISTS.

    Its pattern begins with a row of them, as does each group within that uses one: a group is evaluated by itself, and
    does not see the values of what is around it. In HAVING and ORDER BY, which may see groups of rows only, terms stand
    for variables.

    Shape: `bound` has terms as N-Triples writes them, which SPARQL reads as the same terms.
    """
    if not bound:
        return query
    terms = {name: _written(term) for name, term in bound.items()}
    tokens = list(tokens_of(query))
    groups = _groups(tokens)
    if not groups:
        return _with_pattern(query, tokens, f" WHERE {{ {_row(terms)} }} ")
    edits = [*_rows_within(tokens, groups, terms), *_terms_in_modifiers(tokens, terms)]
    first, last = groups[0]
    row = f" {_row(terms)} "
    if tokens[first + 1][0].upper() == "SELECT":
        # A group is a query of its own or has patterns, not both.
        edits += [_insertion(tokens[first].end(), f"{row}{{"), _insertion(tokens[last].start(), "} ")]
    else:
        edits.append(_insertion(tokens[first].end(), row))
    if short := _end_of_short_construct(tokens[:first]):
        # The pattern is the template, which has no place for a row.
        edits.append(_insertion(short, f" {{{query[tokens[first].end() : tokens[last].start()]}}}"))
    for edit in sorted(edits, reverse=True):
        query = query[: edit.start] + edit.text + query[edit.end :]
    return query


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


def _insertion(place: int, text: str) -> _Edit:
    return _Edit(place, place, text)


def _row(terms: Mapping[str, str]) -> str:
    names = " ".join(f"?{name}" for name in terms)
    return f"VALUES ({names}) {{ ({' '.join(terms.values())}) }}"


def _written(term: str) -> str:
    """Return a term of N-Triples for SPARQL, which reads `\\u` even behind a backslash (section 19.2)."""
    return re.sub(r"\\\\([uU])|\\.", lambda match: rf"\\\u{ord(match[1]):04X}" if match[1] else match[0], term)


def _groups(tokens: _Tokens) -> list[tuple[int, int]]:
    """Return the groups of a query, the outermost first: the numbers of the braces of each.

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
                outside, is_group = len(around), False
            is_values = is_values and text != "{"
            around.append(number if is_group else None)
            if is_group:
                found[number] = -1
        elif token.lastgroup == "close" and around:
            opened = around.pop()
            if opened is not None:
                found[opened] = number
            if outside == len(around):
                outside = None
    return [(first, last) for first, last in found.items() if last >= 0]


def _with_pattern(query: str, tokens: _Tokens, pattern: str) -> str:
    """Return a query that has no pattern, as DESCRIBE may, with one."""
    modifier = next((token for token in tokens if token[0].upper() in _MODIFIERS), None)
    if modifier:
        return query[: modifier.start()] + pattern + query[modifier.start() :]
    # On a line of its own, as the last one may end in a comment.
    return f"{query}\n{pattern}"


def _end_of_short_construct(before: _Tokens) -> int:
    """Return where CONSTRUCT ends in what goes before the pattern, 0 where it has a template or is not there."""
    words = [(token[0].upper(), token.end()) for token in before if token.lastgroup in ("word", "open")]
    found = next((number for number, (word, _) in enumerate(words) if word == "CONSTRUCT"), None)
    is_short = found is not None and (found + 1 == len(words) or words[found + 1][0] != "{")
    return words[found][1] if found is not None and is_short else 0


def _rows_within(tokens: _Tokens, groups: list[tuple[int, int]], terms: Mapping[str, str]) -> Iterator[_Edit]:
    """Yield a row for each inner group that uses one of the variables, but for those that the query itself sets.

    All branches of a UNION have the same: not every engine joins a row with one that lacks the variable (Virtuoso).
    """
    names = [token[0][1:] if token.lastgroup == "variable" else "" for token in tokens]
    set_here = {name for name, before in zip(names[1:], tokens, strict=False) if before[0].upper() == "AS"}
    subqueries = {first for first, _ in groups if tokens[first + 1][0].upper() == "SELECT"}
    regions = {first: (first, last) for first, last in groups}
    for first, last in groups:
        pattern = next((group for group in groups if first < group[0] and group[1] < last), None)
        if first in subqueries and pattern:
            # What a subquery uses outside its pattern has its value from there.
            regions[pattern[0]] = (first, last)
    used: dict[int, dict[str, str]] = {}
    for first, last in groups[1:]:
        # A branch shares what it has with the one before it, which ends two tokens earlier.
        used[last] = used.get(first - 2, {}) if tokens[first - 1][0].upper() == "UNION" else {}
        start, end = regions[first]
        used[last] |= {name: terms[name] for name in names[start:end] if name in terms and name not in set_here}
    for first, last in groups[1:]:
        if used[last] and first not in subqueries:
            yield _insertion(tokens[first].end(), f" {_row(used[last])} ")


def _terms_in_modifiers(tokens: _Tokens, terms: Mapping[str, str]) -> Iterator[_Edit]:
    """Yield terms for variables within the brackets of HAVING and ORDER BY, but for patterns there."""
    around: list[str] = []
    since: int | None = None
    for number, token in enumerate(tokens):
        word = token[0].upper() if token.lastgroup == "word" else ""
        if token.lastgroup == "open":
            around.append(token[0])
        elif token.lastgroup == "close" and around:
            around.pop()
        if word in _MODIFIERS and (since is None or len(around) == since):
            since = len(around) if word in _OF_GROUPS else None
        elif since is not None and len(around) < since:
            since = None
        elif since is not None and token.lastgroup == "variable" and token[0][1:] in terms:
            inside = around[since:]
            if tokens[number - 2][0].upper() == "BOUND":
                yield _Edit(tokens[number - 2].start(), tokens[number + 1].end(), "true")
            elif inside and "{" not in inside:
                yield _Edit(*token.span(), terms[token[0][1:]])
