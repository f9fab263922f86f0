"""The tokens of a query with their places, for one who explains it: what is no token is one too, and the last.

`tokens` reads to refuse and takes the stricter reading; here it is the engine's.

Source: SPARQL 1.1 Query (W3C 2013) section 19.8, the terminals; of SPARQL 1.2 those with more than one sign.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_START = _BASE + "_0-9"
_REST = _START + "\u00b7\u0300-\u036f\u203f\u2040"
_ESCAPED = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]"
_CODE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+|[0-9]*\.[0-9]+"

# The alternatives in the order in which they are tried: a longer token before one that it begins with. Where the same
# text may be read again as something shorter, its length is bounded, or the time would be quadratic.
_TOKEN = re.compile(
    rf"""(?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_CODE})*>)
    |(?P<quote>"(?:"")?|'(?:'')?)
    |(?P<var>[?$][{_START}][{_REST}]*)
    |(?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--[A-Za-z]+)?)
    |(?P<bare>[a-z][a-z0-9+.\-]{{0,20}}://[^\s<>"{{}}|^`\\]*)
    |(?P<blank>_:[{_START}](?:[{_REST}.\-]*[{_REST}\-])?)
    |(?P<prefix>(?:[{_BASE}](?:[{_REST}.\-]{{0,200}}[{_REST}\-])?)?:)
        (?P<name>(?:[{_START}:]|{_ESCAPED})(?:(?:[{_REST}.:\-]|{_ESCAPED})*(?:[{_REST}:\-]|{_ESCAPED}))?)?
    |(?P<signed>[+\-][ \t\r\n]*(?:{_NUMBER}|[0-9]+))
    |(?P<decimal>{_NUMBER})
    |(?P<integer>[0-9]+)
    |(?P<word>[^\W\d]\w*)
    |(?P<nil>\([ \t\r\n]*\))
    |(?P<anon>\[[ \t\r\n]*\])
    |(?P<mistaken>==+|!==|=>|&(?!&))
    |(?P<sign><<\(|\)>>|<<|>>|\{{\||\|\}}|\^\^|&&|\|\||[!<>]=|[{{}}()\[\].,;:|/^*+?!=<>~\-])""",
    re.VERBOSE,
)
_BODY = {
    '"': re.compile(r'(?:[^"\\\r\n]|\\.)*+"'),
    "'": re.compile(r"(?:[^'\\\r\n]|\\.)*+'"),
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*+"""', re.DOTALL),
    "'''": re.compile(r"(?:[^'\\]|\\.|'(?!''))*+'''", re.DOTALL),
}
_BAD_ESCAPE = re.compile(
    r"""\\(?:[tbnrf"'\\]|u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}|U(?:0000(?![Dd][89A-Fa-f])|000[1-9A-Fa-f]|0010)[0-9A-Fa-f]{4})
    |(?P<bad>\\[uU][0-9A-Fa-f]{0,8}|\\.)""",
    re.VERBOSE | re.DOTALL,
)

END = "<end>"
BAD = "<bad>"


class Token(NamedTuple):
    """A token of a query.

    Shape: `kind` is the word in capitals, the sign itself, or a kind in angles such as <var>; a bad one says in
    `trouble` what it is.
    """

    kind: str
    text: str
    start: int
    trouble: str = ""

    @property
    def is_word(self) -> bool:
        """Whether it is a bare word, be it a keyword or not."""
        return not self.kind.startswith("<") and (self.text[:1].isalpha() or self.text[:1] == "_")

    @property
    def end(self) -> int:
        """Where the text behind it begins."""
        return self.start + len(self.text)


def lexemes(query: str) -> Iterator[Token]:
    """Yield the tokens of a query up to a bad one, or to the end, which is the last.

    Shape: `trouble` is “unclosed”, “escape” (then the token is the escape alone), “bare” for an address without
    angles, “operator” for one of other languages, or “character”.
    """
    at = last = 0
    while at < len(query):
        token = _token(query, at)
        if token.kind == BAD:
            yield token
            return
        if token.kind != "<space>":
            yield token
            last = token.end
        at = token.end
    yield Token(END, "", last)


def _token(query: str, at: int) -> Token:
    match = _TOKEN.match(query, at)
    if not match:
        return Token(BAD, query[at], at, "character")
    kind, text = str(match.lastgroup), match[0]
    if kind == "quote":
        return _string(query, at, text)
    if kind in ("bare", "mistaken"):
        return Token(BAD, text, at, "bare" if kind == "bare" else "operator")
    if kind == "word":
        kind = text.upper() if text.isascii() and text not in ("a", "true", "false") else text
        return Token(kind, text, at)
    return Token(text if kind == "sign" else f"<{kind}>", text, at)


def _string(query: str, at: int, quote: str) -> Token:
    body = _BODY[quote].match(query, at + len(quote))
    if not body:
        return Token(BAD, quote, at, "unclosed")
    for escape in _BAD_ESCAPE.finditer(body[0]):
        if escape["bad"]:
            return Token(BAD, escape["bad"], at + len(quote) + escape.start(), "escape")
    return Token("<string>", quote + body[0], at)


def place_of(query: str, at: int) -> tuple[int, int]:
    """Return line and column of a place, both from 1; a line ends as texts of any system do."""
    lines = re.split(r"\r\n|\n|\r", query[:at])
    return len(lines), len(lines[-1]) + 1


def shown(text: str, longest: int = 60) -> str:
    """Return a text as messages show it: printable, on one line, and cut where it is long."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(sign if sign.isprintable() else " " if sign in "\t\r\n" else "\ufffd" for sign in cut)
