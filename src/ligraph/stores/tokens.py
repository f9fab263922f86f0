"""A query as tokens, read before the engine sees it: what would reach the network or kill the process is refused.

Source: SPARQL 1.1 Query (W3C 2013) section 19.8, the terminals; in doubt the reading here is the stricter one.
"""

import re
from collections.abc import Iterator

from ligraph.errors import Refused
from ligraph.namespaces import SCHEMA, SCHEMA_HTTPS

DEEPEST = 100
"""Levels of brackets. The engine reads them by recursion: 5,000 exhaust its stack and kill the process."""

MOST_SIGNS = 500
"""Separators and operators. Of 1,000 patterns the engine makes a plan for 40 s; 10,000 kill the process."""

_TOKENS = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
    |(?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    |(?P<text>"{3}(?:[^"\\]|\\.|"{1,2}(?!"))*"{3}|'{3}(?:[^'\\]|\\.|'{1,2}(?!'))*'{3}
        |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    |(?P<variable>[?$]\w+)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<name>[\w.\-]*:(?:[\w.:\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
    |(?P<word>[A-Za-z]+)
    |(?P<open>[{(\[])|(?P<close>[})\]])
    |(?P<sign>[.;,|/+*!=<>&^\-])""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def words_of(query: str) -> list[str]:
    """Return the bare words of a query in capitals: not those in comments, IRIs, names, variables and texts."""
    return [word.upper() for kind, word in _tokens(query) if kind == "word"]


def refuse_unsafe(query: str) -> None:
    """Refuse what the engine should never see.

    Raises: Refused for SERVICE, and for a query that is nested too deeply or has too many parts.
    """
    # Escapes count before the grammar is applied (section 19.2), so that they may hide the word or what is around it.
    plain = _ESCAPE.sub(_unescape, query)
    hidden = plain != query and "service" in plain.lower()
    if hidden or "SERVICE" in words_of(query):
        raise Refused("SERVICE is not allowed here: it would make this server ask others", hint="ask them yourself")
    depth = signs = 0
    for kind, token in _tokens(plain):
        depth += (kind == "open") - (kind == "close")
        signs += kind == "sign" or (kind == "word" and token.upper() in ("UNION", "OPTIONAL", "MINUS"))
        if depth > DEEPEST:
            raise Refused(f"the query is nested over {DEEPEST} levels deep", hint="ask in smaller steps")
        if signs > MOST_SIGNS:
            raise Refused(f"the query has over {MOST_SIGNS} patterns and operators", hint="ask in smaller steps")


def with_schema_as_stored(query: str) -> str:
    """Return a query with the IRIs of schema.org as the store has them, with http; texts stay as they are."""
    return _TOKENS.sub(lambda match: _as_stored(match[0]) if match["iri"] else match[0], query)


def _as_stored(iri: str) -> str:
    return iri.replace(f"<{SCHEMA_HTTPS}", f"<{SCHEMA}", 1)


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    for match in _TOKENS.finditer(query):
        yield str(match.lastgroup), match[0]


def _unescape(match: re.Match[str]) -> str:
    try:
        return chr(int(match[1] or match[2], 16))
    except (ValueError, OverflowError):
        return match[0]
