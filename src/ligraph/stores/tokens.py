"""A query as tokens: enough to look for words and terms without a grammar.

Source: SPARQL 1.1 Query (W3C 2013) section 19.8, the terminals; in doubt the reading here is the stricter one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ligraph.namespaces import SCHEMA, SCHEMA_HTTPS

# All characters of names and more: of what a name leaves behind, “\\#” would hide what follows. A prefix has an end,
# and a text ends with the query at the latest: else each character of a long run is tried as the first of one.
_NAMED = (
    r"\w.\-\u00b7\u00c0-\u037d\u037f-\u1fff\u200c\u200d\u203f\u2040"
    r"\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\U000effff"
)
_CHARACTERS = r'[^<>"{}|^`\\\x00-\x20]*'
_TOKENS = re.compile(
    rf"""(?P<comment>\#[^\r\n]*)
    |(?P<iri><{_CHARACTERS}(?:\\(?:u[0-9A-Fa-f]{{4}}|U[0-9A-Fa-f]{{8}}){_CHARACTERS})*>)
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
_WHOLE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def tokens_of(query: str) -> Iterator[re.Match[str]]:
    """Yield the tokens of a query but its comments; the name of the last group is the kind."""
    return (match for match in _TOKENS.finditer(query) if match.lastgroup != "comment")


def tokens_within(token: re.Match[str]) -> list[re.Match[str]]:
    """Return the tokens within what may be an IRI or a comparison, as in “?a<?b&&?c='>#'”; else none.

    Engines tell which it is by where it stands.
    """
    if token.lastgroup != "iri" or _WHOLE.match(token[0]):
        return []
    return list(_TOKENS.finditer(token[0], 1, len(token[0]) - 1))


def unescaped(query: str) -> str:
    """Return a query with the characters that its escapes stand for.

    Source: SPARQL 1.1 Query (W3C 2013) section 19.2.
    """
    return _ESCAPE.sub(_unescape, query) if "\\" in query else query


def with_schema_as_stored(query: str) -> str:
    """Return a query with the IRIs of schema.org as the store has them, with http; texts stay as they are."""
    if SCHEMA_HTTPS[:-1] not in unescaped(query):
        return query
    return _TOKENS.sub(lambda match: _as_stored(match[0]) if match["iri"] else match[0], query)


def _as_stored(iri: str) -> str:
    plain = unescaped(iri)
    # A base may lack the slash: what is relative to it comes out the same.
    if plain == f"<{SCHEMA_HTTPS[:-1]}>":
        return f"<{SCHEMA[:-1]}>"
    # What an escape stands for need not be what an IRI may have.
    is_meant = plain.startswith(f"<{SCHEMA_HTTPS}") and _TOKENS.fullmatch(plain)
    return f"<{SCHEMA}{plain[len(SCHEMA_HTTPS) + 1 :]}" if is_meant else iri


def _unescape(match: re.Match[str]) -> str:
    try:
        return chr(int(match[1] or match[2], 16))
    except (ValueError, OverflowError):
        return match[0]
