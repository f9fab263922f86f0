"""What a query says against itself although its grammar is right.

Only what is surely wrong is told: that a query was refused does not say for which of two reasons.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator

from pyoxigraph import Literal, NamedNode

from ligraph.namespaces import PREFIXES
from ligraph.stores.syntax.lexemes import Token, shown
from ligraph.stores.syntax.reading import Reading, Remark
from ligraph.stores.syntax.scopes import clashes
from ligraph.stores.tokens import unescaped

_TOGETHER = {"CONCAT", "COALESCE", "BNODE"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_UNKNOWN_FUNCTION = re.compile(r"function <([^>]*)> is not supported")


def misuse_in(reading: Reading, engine_message: str) -> Remark | None:
    """Return what is wrong with a query that has no fault in its grammar, if it is anything known."""
    checks = (
        _prefixes(reading, of_model=False),
        _rows(reading),
        clashes(reading),
        _tags(reading),
        _functions(reading, engine_message),
        _iris(reading),
        # The engine may know these without a declaration, so that anything else is likelier.
        _prefixes(reading, of_model=True),
    )
    return next((remark for check in checks for remark in check), None)


def _prefixes(reading: Reading, *, of_model: bool) -> Iterator[Remark]:
    declared = _declared(reading.tokens)
    for before, token in zip(reading.tokens, reading.tokens[1:], strict=False):
        prefix = token.text.partition(":")[0]
        used = token.kind in ("<name>", "<prefix>") and before.kind != "PREFIX"
        if not used or prefix in declared or (prefix in PREFIXES) != of_model:
            continue
        near = difflib.get_close_matches(prefix[:40], [*declared, *PREFIXES], 1, 0.7)
        hint = f"did you mean “{shown(near[0])}:”?" if near else f"declare it first: PREFIX {shown(prefix)}: <…>"
        if of_model:
            hint = f"declare it first: PREFIX {prefix}: <{PREFIXES[prefix]}>"
        yield Remark(token, f"the prefix “{shown(prefix)}:” is not declared", hint, "a prefix that is declared")


def _declared(tokens: list[Token]) -> dict[str, str]:
    """Return the IRIs of the prefixes that a query declares."""
    return {name.text[:-1]: iri.text[1:-1] for keyword, name, iri in _threes(tokens) if keyword.kind == "PREFIX"}


def _threes(tokens: list[Token]) -> Iterator[tuple[Token, Token, Token]]:
    return zip(tokens, tokens[1:], tokens[2:], strict=False)


def _rows(reading: Reading) -> Iterator[Remark]:
    """Yield what is wrong in VALUES: a variable that is there twice, a row of another length."""
    tokens = reading.tokens
    variables: list[str] = []
    counts: dict[int, int] = {}
    rows = []
    for node in reading.nodes:
        if node.name == "Values":
            variables = []
            for token in tokens[node.start + 1 :]:
                if token.kind == "{":
                    break
                if token.text[1:] in variables:
                    yield Remark(token, f"“{shown(token.text)}” stands twice in VALUES", expected="another variable")
                variables += [token.text[1:]] if token.kind == "<var>" else []
        elif node.name == "Row":
            rows.append((node, len(variables)))
        elif node.name == "Cell" and node.parent:
            counts[node.parent.start] = counts.get(node.parent.start, 0) + 1
    for row, width in rows:
        count = counts.get(row.start, 0)
        if count != width:
            said = f"this row has {_count(count, 'value')} for {_count(width, 'variable')}"
            yield Remark(tokens[row.start], said, "UNDEF stands where there is none", _count(width, "value"))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _tags(reading: Reading) -> Iterator[Remark]:
    for token in reading.tokens:
        if token.kind == "<tag>":
            language, _, direction = token.text[1:].partition("--")
            refusal = _refusal(lambda text: Literal("", language=text), language)
            if direction not in ("", "ltr", "rtl"):
                refusal = "a direction is --ltr or --rtl"
            if refusal:
                said = f"“{shown(token.text)}” is not a language: {refusal}"
                yield Remark(token, said, expected="a tag such as “@en”")


def _iris(reading: Reading) -> Iterator[Remark]:
    based = False
    expected = "an IRI with its scheme, such as <http://…>"
    relative: list[Remark] = []
    for token in reading.tokens:
        based |= token.kind == "BASE"
        if token.kind != "<iri>":
            continue
        iri = unescaped(token.text[1:-1])
        is_whole = _SCHEME.match(iri)
        if refusal := _refusal(NamedNode, iri if is_whole else f"http://example.org/{iri}"):
            yield Remark(token, f"“{shown(token.text)}” is not an IRI: {refusal}", expected=expected)
        elif not (is_whole or based):
            relative.append(
                Remark(token, f"“{shown(token.text)}” is relative, and there is no BASE", expected=expected)
            )
    # Last, as an endpoint has a base that is not written in the query.
    yield from relative


def _refusal(make: Callable[[str], object], text: str) -> str:
    """Return why the engine takes a text for no term, nothing where it does."""
    try:
        make(text)
    except ValueError as error:
        words = str(error)
        return words[:1].lower() + words[1:]
    return ""


def _functions(reading: Reading, engine_message: str) -> Iterator[Remark]:
    """Yield a function that the engine does not know, and one that it reads only with its bracket beside it."""
    unknown = _UNKNOWN_FUNCTION.search(engine_message)
    namespaces = PREFIXES | _declared(reading.tokens)
    for before, token, bracket in _threes(reading.tokens):
        if bracket.kind == "DISTINCT" and token.kind == "(" and before.kind in ("<iri>", "<name>", "<prefix>"):
            said = "DISTINCT stands in aggregates only, as in COUNT(DISTINCT ?x)"
            yield Remark(bracket, said, expected="an expression")
        if bracket.kind not in ("(", "<nil>"):
            continue
        if token.kind in _TOGETHER and token.end != bracket.start:
            yield Remark(
                token, f"“{token.text}” and its “(” stand together", f"write {token.text}(…)", f"{token.text}("
            )
        prefix, _, local = token.text.partition(":")
        iri = token.text[1:-1] if token.kind == "<iri>" else namespaces.get(prefix, "") + local.replace("\\", "")
        if unknown and token.kind in ("<iri>", "<name>", "<prefix>") and iri == unknown[1]:
            hint = "there are those of SPARQL 1.1, and casts such as xsd:integer(…)"
            yield Remark(token, f"there is no function {shown(token.text)}", hint, "a known function")
