"""What the tokens of a query tell before the engine sees it: what would reach the network or kill the process.

In doubt a query is taken for what is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ligraph.errors import Refused, TooComplex
from ligraph.stores.tokens import tokens_of, tokens_within, unescaped

DEEPEST = 100
"""Levels of brackets. The engine reads them by recursion: 5,000 exhaust its stack and kill the process."""

MOST_PARTS = 500
"""Patterns and operators. Of 1,000 the engine makes a plan for 40 s; 10,000 kill the process."""

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_PARTS = frozenset({"UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "GRAPH", "EXISTS", "SERVICE", "AS", "VALUES"})
_TERMS = frozenset({"iri", "text", "variable", "name", "number"})
_BEGINS, _ENDS = _TERMS | {"open"}, _TERMS | {"tag", "close"}
_NOTABLE = ("CONSTRUCT", "DESCRIBE", "FROM", "SERVICE", "NOW", "RAND", "UUID", "BNODE", "\\")
# Also BYRAND: engines want no space behind a word.
_CHANGING = re.compile("NOW|RAND|UUID|BNODE")


@dataclass(frozen=True, slots=True)
class Reading:
    """What can be told of a query by its tokens.

    Shape: `form` is SELECT, ASK, CONSTRUCT or DESCRIBE; `services` are the addresses that SERVICE names, None for one
    that is not written out as an absolute IRI; `lasting` is false where the same store may answer differently next
    time.
    """

    form: str = "SELECT"
    has_from: bool = False
    lasting: bool = True
    services: list[str | None] = field(default_factory=list)
    depth: int = 0
    parts: int = 0

    @property
    def answers_with_graph(self) -> bool:
        """Whether the query asks for statements rather than for rows or a yes."""
        return self.form in ("CONSTRUCT", "DESCRIBE")


def read_query(query: str, *, deepest: int = DEEPEST, most: int = MOST_PARTS) -> Reading:
    """Return what the tokens of a query tell.

    Raises: TooComplex for a query that is nested too deeply or has too many parts; Refused for one that hides SERVICE
    behind escapes.
    """
    if _is_plain(query, deepest, most):
        return Reading()
    # Escapes count before the grammar is applied (section 19.2), so that they may hide a word or what is around it.
    plain = unescaped(query)
    if plain != query and "service" in plain.lower():
        raise Refused("SERVICE is not allowed beside escaped characters", hint="write the characters themselves")
    reading = _read(plain)
    if plain != query:
        # Engines read escapes in IRIs and texts only: what one hides from them, another may hide from this reading.
        reading = _stricter(_read(query), reading)
    if reading.depth > deepest:
        message = f"the query is nested {reading.depth:,} levels deep, and {deepest:,} are allowed"
        raise TooComplex(message, hint="ask in smaller steps")
    if reading.parts > most:
        message = f"the query has {reading.parts:,} patterns and operators, and {most:,} are allowed"
        raise TooComplex(message, hint="ask in smaller steps, or name things with VALUES")
    return reading


def may_ask_others(query: str) -> bool:
    """Return whether a query may have SERVICE in it: it has where `read_query` finds it."""
    return "\\" in query or "service" in query.lower()


def _is_plain(query: str, deepest: int, most: int) -> bool:
    """Return whether a look tells that a query is a short SELECT or ASK without anything to note: most are."""
    if len(query) > most:
        return False
    capitals = query.upper()
    return not any(word in capitals for word in _NOTABLE) and sum(map(query.count, "{([")) <= deepest


def _read(query: str) -> Reading:
    outline, size, services = _Outline(), _Size(), _Services()
    hides = False
    for token in tokens_of(query):
        kind = str(token.lastgroup)
        text = token[0].upper() if kind == "word" else token[0]
        within = tokens_within(token)
        # A text or comment that begins in there reaches as far as it will.
        hides = hides or any(inner.lastgroup in ("text", "comment") for inner in within)
        size.add(kind, text, [str(inner.lastgroup) for inner in within])
        services.add(kind, text)
        outline.add(kind, text, size.depth)
        outline.add_comparison(within)
    if services.is_awaited or (hides and "SERVICE" in query.upper()):
        services.addresses.append(None)
    return Reading(
        form=outline.form or "SELECT",
        has_from=outline.has_from,
        lasting=not (outline.changes or services.addresses or hides),
        services=services.addresses,
        depth=size.deepest,
        parts=size.parts,
    )


def _stricter(as_written: Reading, unescaped: Reading) -> Reading:
    """Return what two readings of a query tell together."""
    return Reading(
        form=as_written.form,
        has_from=as_written.has_from or unescaped.has_from,
        lasting=as_written.lasting and unescaped.lasting,
        services=as_written.services + unescaped.services,
        depth=max(as_written.depth, unescaped.depth),
        parts=max(as_written.parts, unescaped.parts),
    )


class _Outline:
    """The form of a query, and what makes it another one each time: some functions, and blank nodes of a template."""

    def __init__(self) -> None:
        self.form = ""
        self.has_from = self.changes = False
        self._template: int | None = None
        self._is_past_template = False

    def add(self, kind: str, text: str, depth: int) -> None:
        """Note a token, behind which so many brackets are open."""
        if kind == "word":
            if _CHANGING.search(text):
                self.changes = True
            elif not self.form and text.startswith(_FORMS):
                self.form = next(form for form in _FORMS if text.startswith(form))
            elif text.startswith("FROM"):
                self.has_from = True
        elif self.form == "CONSTRUCT" and not self._is_past_template:
            self._add_to_template(kind, text, depth)

    def add_comparison(self, within: list[re.Match[str]]) -> None:
        """Note the tokens within one that may be a comparison."""
        if any(inner.lastgroup == "word" and _CHANGING.search(inner[0].upper()) for inner in within):
            self.changes = True

    def _add_to_template(self, kind: str, text: str, depth: int) -> None:
        if self._template is None:
            if text == "{":
                self._template = depth
        elif kind == "close" and depth < self._template:
            self._is_past_template = True
        elif (kind == "open" and text != "{") or (kind == "name" and text.startswith("_:")):
            self.changes = True


class _Size:
    """How deep a query is nested and how many parts it has, as far as they cost the engine time to plan.

    Parts are words and signs, and two things that nothing is written for: groups within a group, and items of a list.
    An item is a term behind another within round brackets; rows of VALUES have none.
    """

    def __init__(self) -> None:
        self.depth = self.deepest = self.parts = 0
        self._around: list[str] = []
        self._before = ""
        self._is_values = self._has_word = False

    def add(self, kind: str, text: str, within: list[str]) -> None:
        """Count a token, and the tokens within it where it may be a comparison."""
        opened = within.count("open") + (kind == "open")
        self.deepest = max(self.deepest, self.depth + opened)
        self.depth += max(opened - within.count("close"), 0) - (kind == "close")
        self.parts += within.count("sign") + (kind == "sign")
        if kind == "word" and text in ("TRUE", "FALSE"):
            kind = "name"
        self.parts += self._inside == "(" and self._before in _ENDS and kind in _BEGINS
        self._before = kind
        if kind == "word":
            self.parts += text in _PARTS
            self._is_values = self._is_values or text == "VALUES"
            self._has_word = self._has_word or text in _PARTS
        elif kind == "open":
            self._open(text)
        elif kind == "close" and self._around:
            self._around.pop()

    def _open(self, text: str) -> None:
        is_row = self._is_values or self._inside == "row"
        if text == "{":
            # Of OPTIONAL, GRAPH and the like the word counts, and the outermost group is the query itself.
            self.parts += bool(self._around) and not self._has_word and not is_row
            self._is_values = self._has_word = False
        self._around.append("row" if is_row else text)

    @property
    def _inside(self) -> str:
        return self._around[-1] if self._around else ""


class _Services:
    """The addresses that SERVICE names; None where that cannot be told."""

    def __init__(self) -> None:
        self.addresses: list[str | None] = []
        self.is_awaited = False
        self._is_suspect = False

    def add(self, kind: str, text: str) -> None:
        """Note a token."""
        if self.is_awaited:
            if kind == "word" and text == "SILENT":
                return
            self.addresses.append(_absolute(text) if kind == "iri" else None)
        if self._is_suspect and text == "{":
            self.addresses.append(None)
        # Also SERVICESILENT and trueSERVICE.
        self.is_awaited = kind == "word" and "SERVICE" in text
        self._is_suspect = False
        if kind == "name":
            self._add_name(text.upper())

    def _add_name(self, name: str) -> None:
        # Engines want no space behind a word: “SERVICE:x {” may be SERVICE and the name “:x”.
        prefix, _, local = name.partition(":")
        self._is_suspect = "SERVICE" in prefix
        if "SERVICE" in local.partition(".")[2] or "SERVICE" in f":{local}".partition(":-")[2]:
            # Where a name ends at one of its dots, engines do not agree. With a hyphen none begins.
            self.addresses.append(None)


def _absolute(iri: str) -> str | None:
    return iri[1:-1] if ":" in iri else None
