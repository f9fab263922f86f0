"""Mistakes in the clauses of a query: what is selected, by which conditions, in which order, by which functions.

Each function knows one kind and says nothing of others.
"""

from __future__ import annotations

from itertools import islice

from ligraph.stores.syntax.cases import BEGINS_TRIPLE, CLAUSES, LITERALS, TAKES, Case, opened
from ligraph.stores.syntax.grammar import sparql
from ligraph.stores.syntax.lexemes import END, Token, lexemes, shown
from ligraph.stores.syntax.reading import Remark

_OPERATORS = {
    "AND": "“and” is written “&&”",
    "OR": "“or” is written “||”",
    "IS": "whether there is a value is asked with BOUND(?x) or !BOUND(?x)",
    "NULL": "there is no NULL: whether there is a value is asked with BOUND(?x) or !BOUND(?x)",
    "LIKE": 'texts are compared with CONTAINS(?x, "…"), STRSTARTS or REGEX',
    "<>": "what differs is found with “!=”",
    "==": "what is equal is found with “=”",
    "===": "what is equal is found with “=”",
    "!==": "what differs is found with “!=”",
    "=>": "“at least” is written “>=”",
    "&": "“and” is written “&&”",
}


def selection(case: Case) -> Remark | None:
    """Return what is wrong with the variables of a SELECT."""
    token = case.token
    if case.inside("Select", "SubSelect") and {"<var>", "("} <= case.kinds and "<end>" not in case.kinds:
        if token.kind == ",":
            hint = "variables stand side by side, without commas"
            return Remark(token, hint=hint, expected="another variable or WHERE")
        if token.kind == "AS" and case.before().kind == "<var>":
            name = case.after().text if case.after().kind == "<var>" else "?name"
            hint = f"write ({shown(case.before().text)} AS {shown(name)})"
            return Remark(token, hint=hint, expected="another variable or WHERE")
        if token.kind in sparql().table["builtin"] and case.after().kind in ("(", "<nil>"):
            return Remark(token, hint=f"write {_named(case.query, token)}")
    if token.kind == ")" and "AS" in case.kinds and case.inside("Item"):
        start = next(node.start for node in reversed(case.reading.nodes) if node.name == "Item")
        tokens = case.reading.tokens[start + 1 : -1]
        if len(tokens) == 1 and tokens[0].kind == "<var>":
            return Remark(token, hint=f"write {shown(tokens[0].text)} without parentheses, or (… AS ?name)")
        source = case.query[tokens[0].start : tokens[-1].end]
        return Remark(token, hint=f"write ({shown(source)} AS {_new_name(tokens[0])})")
    return None


def _named(query: str, function: Token) -> str:
    """Return a call in a SELECT with a name given to it: the one that it has, or one of ours."""
    call: list[Token] = []
    rest = list(islice(lexemes(query[function.start : function.start + 300]), 40))
    while rest and (len(call) < 2 or opened(call)):
        call.append(rest.pop(0))
    named = [token.kind for token in rest[:2]] == ["AS", "<var>"]
    source = query[function.start : function.start + call[-1].end]
    return f"({shown(source)} AS {shown(rest[1].text) if named else _new_name(function)})"


def _new_name(token: Token) -> str:
    return "?n" if token.kind == "COUNT" else "?value"


def condition(case: Case) -> Remark | None:
    """Return what is wrong with a condition or a BIND as a whole."""
    keyword = case.before().kind
    if keyword in ("FILTER", "HAVING") and case.token.kind in {"<var>", "<integer>", "<decimal>", "<string>", "!"}:
        return Remark(case.token, hint=f"a condition stands in parentheses: {keyword} (…)")
    if (keyword == "BIND" and case.token.kind != "(") or (case.inside("Bind") and "AS" in case.kinds):
        return Remark(case.token, hint="write BIND (… AS ?name)")
    if case.kinds == {"EXISTS"} and keyword == "NOT" and case.after().kind in ("(", "<nil>"):
        return Remark(case.token, hint="“not” is written “!” elsewhere than in NOT EXISTS and NOT IN")
    if "FILTER" in case.kinds and case.token.kind in ("NOT", "EXISTS"):
        pattern = f"{'NOT ' if case.token.kind == 'NOT' else ''}EXISTS {{ … }}"
        return Remark(case.token, f"“{case.token.text}” is part of a condition", f"write FILTER {pattern}", "FILTER")
    return None


def operator(case: Case) -> Remark | None:
    """Return what is wrong where an operator is expected: one of other languages, a function without its brackets."""
    token = case.token
    wrong = token.trouble == "operator" or {"||", "BOUND"} & case.kinds
    if wrong and (hint := _OPERATORS.get(token.text.upper())):
        return Remark(token, hint=hint)
    if "||" in case.kinds and token.kind in TAKES:
        return Remark(token, hint=f"what it looks at stands in parentheses: {token.kind}(…)")
    return None


def order(case: Case) -> Remark | None:
    """Return what is wrong with the order, the groups or the number of the rows."""
    token, last = case.token, case.before()
    if last.kind in ("ASC", "DESC") and case.inside("Order"):
        if token.kind == "<var>":
            return Remark(token, hint=f"write {last.kind}({shown(token.text)})")
        if case.before(2).kind == "<var>":
            said = f"“{last.text}” stands before what it sorts by, not behind"
            return Remark(last, said, f"write {last.kind}({shown(case.before(2).text)})", "nothing more to sort by")
    if token.kind == "," and case.inside("Order", "Grouping"):
        hint = "what is sorted or grouped by stands side by side, without commas"
        return Remark(token, hint=hint, expected="another variable, another clause or the end of the query")
    if token.kind in CLAUSES and END in case.kinds:
        return Remark(token, hint="the order of the clauses is GROUP BY, HAVING, ORDER BY, LIMIT or OFFSET, VALUES")
    if token.kind == "," and case.before(2).kind == "LIMIT" and case.after().kind == "<integer>":
        return Remark(token, hint=f"write LIMIT {shown(case.after().text)} OFFSET {shown(last.text)}")
    return None


def values(case: Case) -> Remark | None:
    """Return how many values a function takes that has too few of them or too many."""
    brackets = opened(case.reading.tokens[:-1])
    at = case.reading.tokens.index(brackets[-1]) if brackets else 0
    function = case.before() if case.token.kind in ("<nil>", "(") else case.reading.tokens[at - 1]
    takes = TAKES.get(function.kind)
    wrong = {
        ")": "," in case.kinds,
        ",": ")" in case.kinds,
        "<nil>": "(" in case.kinds,
        "(": "<nil>" in case.kinds and "(" not in case.kinds,
    }
    if takes and wrong.get(case.token.kind):
        return Remark(case.token, hint=f"{function.kind} takes {takes}")
    if takes and "," in case.kinds and case.token.kind in BEGINS_TRIPLE | LITERALS:
        return Remark(case.token, hint=f"{function.kind} takes {takes}, with “,” between them")
    return None
