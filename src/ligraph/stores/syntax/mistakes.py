"""Mistakes that people make where a query ends to be one: what is wrong in their words, and what would be right.

Each function knows one kind and says nothing of others; the first that says something is heard.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable

from ligraph.stores.syntax.cases import BEGINS_TRIPLE, CLAUSES, CLOSERS, LITERALS, TAKES, Case, opened
from ligraph.stores.syntax.clauses import condition, operator, order, selection, values
from ligraph.stores.syntax.grammar import sparql
from ligraph.stores.syntax.lexemes import BAD, END, Token, place_of, shown
from ligraph.stores.syntax.reading import Reading, Remark

QUOTES = "“”„‟‘’‚«»"
FORMS = "SELECT, ASK, CONSTRUCT or DESCRIBE"
_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_OTHER_NAMES = {
    "AVERAGE": "AVG", "MEAN": "AVG", "LEN": "STRLEN", "LENGTH": "STRLEN", "LOWER": "LCASE", "UPPER": "UCASE",
    "IFNULL": "COALESCE", "NVL": "COALESCE", "LIKE": "REGEX", "MATCHES": "REGEX", "STRCONCAT": "CONCAT",
    "STARTSWITH": "STRSTARTS", "ENDSWITH": "STRENDS", "CEILING": "CEIL",
}  # fmt: skip
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")


def remark_on(query: str, reading: Reading) -> Remark:
    """Return what is wrong where a reading of a query ends at a fault."""
    case = Case(query, reading)
    return next(filter(None, (mistake(case) for mistake in _MISTAKES)), Remark(case.token))


def _empty_or_update(case: Case) -> Remark | None:
    if case.token.kind == END and len(case.reading.tokens) == 1:
        return Remark(Token(END, "", 0), "the query is empty", f"it begins with {FORMS}", FORMS)
    if case.token.kind in _UPDATES and "SELECT" in case.kinds and not case.reading.inside:
        return Remark(case.token, "this is an update, and only queries are answered here", expected=FORMS)
    return None


def _no_token(case: Case) -> Remark | None:
    token = case.token
    if token.kind != BAD:
        return None
    if token.trouble == "unclosed":
        long = len(token.text) == 3
        said = f"the text that begins with {token.text} here is not closed{'' if long else ' on its line'}"
        hint = "" if long else 'a text of several lines stands in """…"""'
        return Remark(token, said, hint, f"a closing {token.text}")
    if token.trouble == "escape":
        hint = f"a backslash itself is written “\\{token.text}”"
        if token.text[1] in "uU":
            hint = "“\\u” takes the four digits of a character, “\\U” eight, and no half of a pair"
        return Remark(token, f"“{token.text}” is not an escape", hint, "an escape such as “\\n” or “\\\\”")
    if token.trouble == "bare":
        return Remark(token, hint=f"an address stands in angle brackets: <{shown(token.text)}>")
    if token.text in QUOTES:
        return Remark(token, hint='a text stands in straight quotes: "…"')
    return None


def _iri(case: Case) -> Remark | None:
    """The sign for “less than” stands where only an IRI can: it begins one that breaks its rules."""
    if case.token.kind not in ("<", "<=", "<<") or "<iri>" not in case.kinds:
        return None
    match = re.compile(r"<[^<>\r\n]*>").match(case.query, case.token.start)
    if not match:
        return Remark(case.token, "the IRI that begins here is not closed", "it ends with “>”", "an IRI in “<…>”")
    sign = next((sign for sign in match[0][1:-1] if sign in ' "{}|^`\\\t'), " ")
    within = "a space" if sign == " " else f"“{sign}”"
    token = Token("<iri>", match[0], case.token.start)
    return Remark(token, f"“{shown(match[0])}” is not an IRI: there is {within} in it", expected="an IRI in “<…>”")


def _prologue(case: Case) -> Remark | None:
    if "PREFIX" in case.kinds and case.token.kind == "<tag>":
        said = f"“{shown(case.token.text)}” is written PREFIX or BASE in a query, without “@” and without “.” after it"
        return Remark(case.token, said)
    if "PREFIX" in case.kinds and case.token.kind in (".", ";") and case.before().kind == "<iri>":
        return Remark(case.token, f"in a query a PREFIX ends without “{case.token.text}”")
    if case.kinds == {"<prefix>"} and case.token.is_word:
        return Remark(case.token, hint=f"write it with a colon, “{shown(case.token.text)}:”")
    return None


def _bracket(case: Case) -> Remark | None:
    token = case.token
    brackets = opened(case.reading.tokens[:-1])
    clause = CLAUSES.get(token.kind) if "FILTER" in case.kinds else None
    if token.kind in CLOSERS.values() and not brackets:
        return Remark(token, f"“{token.text}” closes nothing")
    if not brackets:
        return Remark(token, "a query ends without “;”") if token.kind == ";" and END in case.kinds else None
    closer = CLOSERS[brackets[-1].kind]
    line, column = place_of(case.query, brackets[-1].start)
    where = f"the “{brackets[-1].text}” at line {line}, column {column}"
    if clause and closer == "}":
        return Remark(token, f"{clause} stands behind the last “}}”", f"{where} is still open")
    if token.kind == END or (token.kind in CLOSERS.values() and token.kind != closer):
        expected = f"“{closer}”" if token.kind == END and closer in case.kinds else ""
        return Remark(token, hint=f"{where} is not closed", expected=expected)
    return None


def _pattern(case: Case) -> Remark | None:
    token, last = case.token, case.before()
    if token.kind == "UNION":
        return Remark(token, "“UNION” stands between groups: { … } UNION { … }")
    if token.kind == last.kind == "<string>" and token.start == last.end:
        said = f"{shown(token.text)} stands behind a text that ends here"
        return Remark(token, said, f"a quote inside a text is written “\\{token.text[0]}”")
    if {",", ";"} <= case.kinds and token.kind in LITERALS:
        return Remark(token, hint="“,” stands between objects", expected="“,”")
    if {".", ";"} <= case.kinds and token.kind in BEGINS_TRIPLE:
        return Remark(token, hint="“.” stands between triples", expected="“.”")
    if {".", ";"} <= case.kinds and _DATE.match(case.query, last.start):
        return Remark(token, hint='a date is written "2021-05-06"^^xsd:date')
    if token.kind == "," and {"UNDEF", "}"} <= case.kinds:
        return Remark(token, hint="values stand side by side, without commas")
    return None


def _path(case: Case) -> Remark | None:
    """What follows a predicate and cannot be an object may be meant to make it a path."""
    symbols = {*case.reading.symbols}
    if case.token.kind == "{" and "object" in symbols and case.before().kind in ("<iri>", "<name>", ")"):
        return Remark(case.token, hint="a path is repeated with “*”, “+” or “?”")
    if case.token.kind in ("/", "|", "^", "*", "+") and symbols & {"object", "object_t"}:
        hint = "a variable is not part of a path" if case.before().kind == "<var>" else "a template has no paths"
        return Remark(case.token, hint=hint)
    return None


def _word(case: Case) -> Remark | None:
    token = case.token
    if not token.is_word or token.kind in sparql().keywords():
        return None
    word, name = token.text.upper(), shown(token.text)
    if "STR" in case.kinds and case.after().kind in ("(", "<nil>"):
        near = _OTHER_NAMES.get(word) or _nearest(word, {kind for kind in case.kinds if kind in TAKES})
        return Remark(token, f"“{name}” is not a function of SPARQL", _ask(near), "a function of SPARQL")
    if word in ("TRUE", "FALSE") and word.lower() in case.kinds:
        return Remark(token, hint=f"write {word.lower()} in small letters")
    if near := _nearest(word, {kind for kind in case.kinds if kind.isupper()}):
        return Remark(token, f"“{name}” is not a word of SPARQL", _ask(CLAUSES.get(near, near)))
    if token.text == "A" and "a" in case.kinds:
        return Remark(token, hint="the short form of rdf:type is a small “a”")
    if {"object", "object_t"} & {*case.reading.symbols}:
        return Remark(token, hint="a text stands in quotes, and a name has a prefix")
    if "<name>" in case.kinds and "BOUND" not in case.kinds:
        return Remark(token, hint="a name has a prefix, as in schema:name")
    if "<var>" in case.kinds and case.after().kind != "(":
        return Remark(token, hint=f"a variable begins with “?”: ?{name}")
    return None


def _nearest(word: str, candidates: set[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word[:40], sorted(candidates), 1, 0.7)), None)


def _ask(near: str | None) -> str:
    return f"did you mean {near}?" if near else ""


_MISTAKES: tuple[Callable[[Case], Remark | None], ...] = (
    _empty_or_update,
    _no_token,
    _iri,
    _prologue,
    selection,
    condition,
    operator,
    order,
    values,
    _bracket,
    _pattern,
    _path,
    _word,
)
