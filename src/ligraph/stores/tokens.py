"""A query as tokens, read before the engine sees it: what would reach the network or kill the process is refused.

Source: SPARQL 1.1 Query (W3C 2013) section 19.8, the terminals; in doubt the reading here is the stricter one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ligraph.errors import Refused, TooComplex
from ligraph.namespaces import SCHEMA, SCHEMA_HTTPS

DEEPEST = 100
"""Levels of brackets. The engine reads them by recursion: 5,000 exhaust its stack and kill the process."""

MOST_PARTS = 500
"""Patterns and operators. Of 1,000 the engine makes a plan for 40 s; 10,000 kill the process."""

# All characters of names and more: of what a name leaves behind, “\\#” would hide what follows. A prefix has an end,
# and a text ends with the query at the latest: else each character of a long run is tried as the first of one.
_NAMED = (
    r"\w.\-\u00b7\u00c0-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040"
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\U000effff"
)
_TOKENS = re.compile(
    rf"""(?P<comment>\#[^\r\n]*)
    |(?P<iri><[^<>"{{}}|^`\\\x00-\x20]*>)
    |(?P<text>"{{3}}(?:[^"\\]|\\[tbnrf"'\\]|"{{1,2}}(?!"))*"{{3}}|'{{3}}(?:[^'\\]|\\[tbnrf"'\\]|'{{1,2}}(?!'))*'{{3}}
        |"(?:[^"\\\r\n]|\\.)*"?|'(?:[^'\\\r\n]|\\.)*'?)
    |(?P<variable>[?$]\w+)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<name>[{_NAMED}]{{0,200}}:(?:[{_NAMED}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
    |(?P<word>[A-Za-z]+)
    |(?P<number>[0-9]+)
    |(?P<open>[{{(\[])|(?P<close>[}})\]])
    |(?P<sign>[.;,|/+*!=<>&^\-])""",
    re.DOTALL | re.VERBOSE,
)
# What else looks like an IRI may be a comparison, as in “?a<?b&&?c='>#'”: engines tell by where it stands, and then a
# text or comment in it reaches as far as it will.
_WHOLE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_PARTS = frozenset({"UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "GRAPH", "EXISTS", "SERVICE", "AS", "VALUES"})
_TERMS = frozenset({"iri", "text", "variable", "name", "number"})
_BEGINS, _ENDS = _TERMS | {"open"}, _TERMS | {"tag", "close"}
_NOTABLE = ("CONSTRUCT", "DESCRIBE", "FROM", "SERVICE", "NOW", "RAND", "UUID", "BNODE", "\\")
_CHANGING = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE"})


@dataclass(slots=True)
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
    if reading.depth > deepest:
        message = f"the query is nested {reading.depth:,} levels deep, and {deepest:,} are allowed"
        raise TooComplex(message, hint="ask in smaller steps")
    if reading.parts > most:
        message = f"the query has {reading.parts:,} patterns and operators, and {most:,} are allowed"
        raise TooComplex(message, hint="ask in smaller steps, or name things with VALUES")
    return reading


def _is_plain(query: str, deepest: int, most: int) -> bool:
    """Return whether a look tells that a query is a short SELECT or ASK without anything to note: most are."""
    if len(query) > most:
        return False
    capitals = query.upper()
    return not any(word in capitals for word in _NOTABLE) and sum(map(query.count, "{([")) <= deepest


def unescaped(query: str) -> str:
    """Return a query with the characters that its escapes stand for.

    Source: SPARQL 1.1 Query (W3C 2013) section 19.2.
    """
    return _ESCAPE.sub(_unescape, query) if "\\" in query else query


def with_schema_as_stored(query: str) -> str:
    """Return a query with the IRIs of schema.org as the store has them, with http; texts stay as they are."""
    if SCHEMA_HTTPS[:-1] not in query:
        return query
    return _TOKENS.sub(lambda match: _as_stored(match[0]) if match["iri"] else match[0], query)


def tokens_of(query: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a query but its comments; the name of the last group is the kind."""
    return (match for match in _TOKENS.finditer(query) if match.lastgroup != "comment")


def _read(query: str) -> Reading:
    reading = Reading()
    form = ""
    depth = parts = template = 0
    after_service = is_suspect = hides = False
    for match in _TOKENS.finditer(query):
        kind = match.lastgroup
        if kind == "comment":
            continue
        if after_service:
            if kind == "word" and match[0].upper() == "SILENT":
                continue
            reading.services.append(_address(match[0]) if kind == "iri" else None)
            after_service = False
        if is_suspect and match[0] == "{":
            reading.services.append(None)
            reading.lasting = False
        is_suspect = False
        if kind == "sign":
            parts += 1
        elif kind == "iri":
            if not _WHOLE.match(match[0]):
                within = [token.lastgroup for token in _TOKENS.finditer(match[0], 1, len(match[0]) - 1)]
                parts += within.count("sign")
                reading.depth = max(reading.depth, depth + within.count("open"))
                depth += max(within.count("open") - within.count("close"), 0)
                hides = hides or "text" in within or "comment" in within
        elif kind == "open":
            depth += 1
            if depth > reading.depth:
                reading.depth = depth
            if form == "CONSTRUCT" and not template and match[0] == "{":
                template = depth
            elif template > 0 and match[0] != "{":
                # A blank node of the template is another one for every solution and every run.
                reading.lasting = False
        elif kind == "close":
            if depth == template:
                template = -1
            depth -= 1
        elif kind == "name":
            if template > 0 and match[0].startswith("_:"):
                reading.lasting = False
            # Engines want no space behind a word: “SERVICE:x {” may be SERVICE and the name “:x”.
            prefix, _, local = match[0].upper().partition(":")
            is_suspect = "SERVICE" in prefix
            if "SERVICE" in local.partition(".")[2] or "SERVICE" in f":{local}".partition(":-")[2]:
                # Where a name ends at one of its dots, engines do not agree. With a hyphen none begins.
                reading.services.append(None)
                reading.lasting = False
        elif kind == "word":
            word = match[0].upper()
            if word in _PARTS:
                parts += 1
            if "SERVICE" in word:
                # Also SERVICESILENT and trueSERVICE.
                reading.lasting = False
                after_service = True
            elif word in _CHANGING:
                reading.lasting = False
            elif not form and word.startswith(_FORMS):
                form = next(known for known in _FORMS if word.startswith(known))
            elif word.startswith("FROM"):
                reading.has_from = True
    reading.form = form or "SELECT"
    reading.parts = parts + _unwritten_parts(query)
    if after_service or (hides and "SERVICE" in query.upper()):
        reading.services.append(None)
    if hides:
        reading.lasting = False
    return reading


def _unwritten_parts(query: str) -> int:
    """Return how many parts no word or sign stands for: groups within a group, and items of lists.

    An item is a term behind another within round brackets; rows of VALUES have none.
    """
    parts = 0
    is_values = has_word = False
    around: list[str] = []
    before = ""
    for match in tokens_of(query):
        kind, text = str(match.lastgroup), match[0].upper()
        if kind == "word" and text in ("TRUE", "FALSE"):
            kind = "name"
        inside = around[-1] if around else ""
        if inside == "(" and before in _ENDS and kind in _BEGINS:
            parts += 1
        before = kind
        if kind == "word":
            is_values = is_values or text == "VALUES"
            has_word = has_word or text in _PARTS
        elif kind == "close" and around:
            around.pop()
        elif kind == "open":
            is_row = is_values or inside == "row"
            if text == "{":
                # Of OPTIONAL, GRAPH and the like the word counts, and the outermost group is the query itself.
                parts += bool(around) and not has_word and not is_row
                is_values = has_word = False
            around.append("row" if is_row else text)
    return parts


def _address(iri: str) -> str | None:
    return iri[1:-1] if ":" in iri else None


def _as_stored(iri: str) -> str:
    # A base may lack the slash: what is relative to it comes out the same.
    if iri == f"<{SCHEMA_HTTPS[:-1]}>":
        return f"<{SCHEMA[:-1]}>"
    return iri.replace(f"<{SCHEMA_HTTPS}", f"<{SCHEMA}", 1)


def _unescape(match: re.Match[str]) -> str:
    try:
        return chr(int(match[1] or match[2], 16))
    except (ValueError, OverflowError):
        return match[0]


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


def may_ask_others(query: str) -> bool:
    """Return whether a query may have SERVICE in it: it has where `read_query` finds it."""
    return "\\" in query or "service" in query.lower()
