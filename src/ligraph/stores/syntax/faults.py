"""What is wrong with a query that the engine refuses, and where, in words that a person uses.

It reads a query only after the engine has refused it: what it says decides nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ligraph.stores.syntax.grammar import sparql
from ligraph.stores.syntax.lexemes import END, Token, lexemes, place_of, shown
from ligraph.stores.syntax.mistakes import QUOTES, remark_on
from ligraph.stores.syntax.misuses import misuse_in
from ligraph.stores.syntax.reading import Reading, Remark, read

LONGEST_TEXT = 120
LONGEST_HINT = 400

_KINDS = {
    END: "the end of the query",
    "<iri>": "an IRI in “<…>”",
    "<prefix>": "a prefix with its colon (“schema:”)",
    "<var>": "a variable",
    "<string>": "a text in quotes",
    "<integer>": "a whole number",
    "<nil>": "“()”",
}
_ENGINE_PLACE = re.compile(r"error at (\d{1,9}):(\d{1,9}): expected (?:one of )?(.*)", re.DOTALL)
_ENGINE_CLASS = re.compile(r"\[(?:'[^']*'|[^\]'])*\]|<unreported>|\"[^\"]*\"")


@dataclass(frozen=True)
class Fault:
    """What is wrong with a query.

    Shape: `text` is the line, cut around the column to 120 characters, with the column at `caret`; `found` stands
    there and `expected` should; `said` tells it where “found where expected should be” does not.
    Units: `line` and `column` in characters, from 1; `caret` from 0.
    """

    line: int
    column: int
    text: str
    caret: int
    found: str
    expected: str
    said: str = ""
    hint: str = ""

    @property
    def message(self) -> str:
        """The fault in one sentence, with its place and what would be right."""
        said = self.said or f"{self.found} where {self.expected} should be"
        return f"line {self.line}, column {self.column}: {said}{'; ' if self.hint else ''}{self.hint}"


def explain(query: str, engine_message: str) -> Fault:
    """Return what is wrong with a query that the engine refuses with a message.

    Shape: what the grammar and the scopes find; else the place and the words of the engine, of what they say to people.
    """
    reading = read(lexemes(query))
    if reading.fault:
        return _fault(query, remark_on(query, reading), reading)
    return _fault(query, misuse_in(reading, engine_message) or _as_the_engine_says(query, engine_message), reading)


def _fault(query: str, remark: Remark, reading: Reading) -> Fault:
    at = remark.token.start
    line, column = place_of(query, at)
    text, caret = _around(query, at)
    return Fault(
        line,
        column,
        text,
        caret,
        _found(remark.token),
        remark.expected or _expected(reading),
        shown(remark.said, LONGEST_HINT),
        shown(remark.hint, LONGEST_HINT),
    )


def _around(query: str, at: int) -> tuple[str, int]:
    """Return the line of a place, cut to the signs around it, and where in this the place is."""
    start = max(query.rfind("\n", 0, at), query.rfind("\r", 0, at)) + 1
    end = next((match.start() for match in re.compile(r"[\r\n]").finditer(query, at)), len(query))
    first = max(start, min(at - LONGEST_TEXT // 2, end - LONGEST_TEXT))
    last = min(end, first + LONGEST_TEXT)
    text = shown(query[first:last].replace("\t", " "), LONGEST_TEXT)
    if first > start:
        text = "…" + text[1:]
    if last < end:
        text = text[:-1] + "…"
    return text, at - first


def _found(token: Token) -> str:
    if token.kind == END:
        return _KINDS[END]
    if len(token.text) == 1 and (not token.text.isprintable() or token.text in QUOTES):
        name = unicodedata.name(token.text, "").lower()
        return f"U+{ord(token.text):04X}{f' ({name})' if name else ''}"
    return f"“{shown(token.text)}”"


def _expected(reading: Reading) -> str:
    """Return what could stand at a fault, in words."""
    words = sparql().words | _KINDS
    symbols = [symbol for symbol in reading.symbols if symbol != "<nil>" or "(" not in reading.symbols]
    named = [words.get(symbol, symbol if symbol.isupper() else f"“{symbol}”") for symbol in symbols]
    distinct = list(dict.fromkeys(filter(None, named))) or ["something else"]
    return " or ".join(filter(None, (", ".join(distinct[:-1]), distinct[-1])))


def _as_the_engine_says(query: str, message: str) -> Remark:
    """Return the engine's own place and words; of those only sentences, as it expects the same tokens everywhere."""
    match = _ENGINE_PLACE.search(message)
    if not match:
        return Remark(next(lexemes(query)), shown(message, LONGEST_HINT) or "the query cannot be run")
    starts = [0, *(found.end() for found in re.finditer("\n", query)), len(query)]
    line = max(min(int(match[1]), len(starts) - 1), 1) - 1
    at = max(min(starts[line] + int(match[2]) - 1, starts[line + 1]), starts[line])
    parts = (part.strip() for part in _ENGINE_CLASS.sub("", match[3][:4000]).split(", "))
    sentences = [_small(part) for part in parts if " " in part and part[0].isalpha()]
    token = next(lexemes(query[at:]))
    token = token._replace(start=at + token.start)
    said = "the engine reads no further than here"
    return Remark(token, f"{said}: {'; '.join(sentences)}" if sentences else said, expected="something else")


def _small(sentence: str) -> str:
    """Return a sentence with a small letter at its beginning, unless that is of an abbreviation."""
    return sentence if sentence[1:2].isupper() else sentence[0].lower() + sentence[1:]
