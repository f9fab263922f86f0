"""A query in a form that any engine understands as it is meant here.

The embedded engine is given base and graphs beside the text. Others know only the text, and those graphs that the
protocol has fields for.
"""

from __future__ import annotations

import re

from pyoxigraph import NamedNode, RdfFormat, parse

from ligraph.errors import Refused
from ligraph.stores.queries import Dataset, malformed
from ligraph.stores.syntax.lexemes import lexemes
from ligraph.stores.syntax.misuses import misuse_in
from ligraph.stores.syntax.reading import read
from ligraph.stores.tokens import tokens_of, unescaped

NOWHERE = "urn:ligraph:no-graph"
"""The IRI of a graph that nothing is in: an empty list of graphs cannot be sent."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_ENGINES_OWN = ("<bif:", "<sql:")


def check_syntax(query: str, base: str | None) -> None:
    """Check that a text is one query of SPARQL 1.1, as engines take more: updates, commands, functions of their own.

    Raises: MalformedQuery; Refused for functions by which an engine lets its own machine be asked.
    """
    # On the same line, so that lines stay what they are.
    reading = read(lexemes(f"BASE <{base}> {query}" if base else query))
    if reading.fault or misuse_in(reading, ""):
        raise malformed(query, "")
    for token in reading.tokens:
        if unescaped(token.text).lower().startswith(_ENGINES_OWN):
            raise Refused(f"{token.text} is a function of one engine, and not done here", hint="use those of SPARQL")


def asks_yes_or_no(query: str) -> bool:
    """Return whether a query is an ASK, of which some engines answer a row."""
    words = (token[0].upper() for token in tokens_of(query) if token.lastgroup == "word")
    return next((word for word in words if word not in ("BASE", "PREFIX")), "") == "ASK"


def with_whole_iris(query: str, base: str | None) -> str:
    """Return a query in which no IRI is relative and no BASE is declared, as some engines know only one BASE.

    Source: SPARQL 1.1 Query (W3C 2013) section 4.1.1; RFC 3986 section 5.
    """
    edits: list[tuple[int, int, str]] = []
    declaration = -1
    for token in tokens_of(query):
        if token.lastgroup == "iri":
            iri = token[0][1:-1]
            whole = _resolved(iri, base) if base and not _SCHEME.match(iri) else iri
            if declaration >= 0:
                base = whole
                edits.append((declaration, token.end(), ""))
            elif whole != iri:
                edits.append((token.start(), token.end(), f"<{whole}>"))
        declaration = token.start() if token.lastgroup == "word" and token[0].upper() == "BASE" else -1
    for start, end, text in reversed(edits):
        query = query[:start] + text + query[end:]
    return query


def _resolved(iri: str, base: str) -> str:
    try:
        subject = next(parse(f"<{iri}> <urn:p> 1 .", format=RdfFormat.TURTLE, base_iri=base)).subject
    except (SyntaxError, ValueError):
        return iri
    return subject.value if isinstance(subject, NamedNode) else iri


def without_from(query: str) -> tuple[str, Dataset | None]:
    """Return a query without the graphs that it names in FROM, and these graphs; None where it names none.

    Sent as fields of the request they mean the same to every engine. In the query, an engine whose default graph is the
    union of all may take no notice of them, or leave all named graphs within reach.
    """
    tokens = list(tokens_of(query))
    prefixes: dict[str, str] = {}
    graphs: tuple[list[str], list[str]] = ([], [])
    cuts = []
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.lastgroup == "open") - (token.lastgroup == "close")
        following = tokens[place + 1 : place + 3]
        words = [match[0] for match in following]
        if depth or token.lastgroup != "word" or not following:
            continue
        if token[0].upper() == "PREFIX" and len(words) == 2:
            prefixes[words[0][:-1]] = words[1][1:-1]
        elif token[0].upper() == "FROM":
            is_named = words[0].upper() == "NAMED"
            graphs[is_named].append(_whole(words[-1] if is_named else words[0], prefixes))
            cuts.append((token.start(), following[-1 if is_named else 0].end()))
    for start, end in reversed(cuts):
        query = f"{query[:start]} {query[end:]}"
    return query, Dataset(tuple(graphs[0]), tuple(graphs[1])) if cuts else None


def _whole(name: str, prefixes: dict[str, str]) -> str:
    if name.startswith("<"):
        return name[1:-1]
    prefix, _, local = name.partition(":")
    return prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
