"""What DESCRIBE means here: the document of a thing of this collection, and what is said of anything else.

Source: SPARQL 1.1 Query (W3C 2013) section 16.4 leaves to the service what a description is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pyoxigraph import BlankNode, NamedNode, Triple

from ligraph.stores.documents import read_document
from ligraph.stores.facts import Facts
from ligraph.stores.tokens import tokens_of


def subjects_queries(query: str) -> list[str]:
    """Return the queries that find what a DESCRIBE describes: IRIs that it names, and what its variables stand for.

    Source: SPARQL 1.1 Query (W3C 2013) section 16.4.2: what is named is described also where nothing is found.
    """
    tokens = tokens_of(query)
    form = next(match for match in tokens if match.lastgroup == "word" and match[0].upper() == "DESCRIBE")
    variables: list[str] = []
    iris: list[str] = []
    pattern = "WHERE {}"
    for match in tokens:
        if match.lastgroup == "variable":
            variables.append(match[0])
        elif match.lastgroup in ("iri", "name"):
            iris.append(f"({match[0]} AS ?ligraph_{len(iris)})")
        elif match.lastgroup in ("word", "open"):
            has_pattern = match[0] == "{" or match[0].upper() == "WHERE"
            pattern = ("" if has_pattern else "WHERE {} ") + query[match.start() :]
            break
    prologue = query[: form.start()]
    named = [f"{prologue}SELECT {' '.join(iris)} WHERE {{}}"] if iris else []
    found = [f"{prologue}SELECT {' '.join(variables) or '*'} {pattern}"] if variables or not iris else []
    return named + found


def describe(facts: Facts, solutions: Iterable[Iterable[object]]) -> Iterator[Triple]:
    """Yield the statements that describe what solutions name, each thing once.

    Shape: a thing of the collection has its document; anything else its own statements, and those of the blank nodes
    that they lead to.
    """
    seen: set[NamedNode | BlankNode] = set()
    for solution in solutions:
        for term in solution:
            if isinstance(term, NamedNode | BlankNode) and term not in seen:
                seen.add(term)
                yield from _description(facts, term)


def _description(facts: Facts, node: NamedNode | BlankNode) -> Iterator[Triple]:
    is_ours = isinstance(node, NamedNode) and facts.ids and node.value.startswith(facts.ids)
    if is_ours and "#" not in node.value:
        document = read_document(facts.store, facts.manifest, node.value.removeprefix(facts.ids))
        if document:
            yield from document.triples
        return
    waiting = [node]
    taken = set()
    while waiting:
        subject = waiting.pop()
        taken.add(subject)
        for quad in facts.store.quads_for_pattern(subject, None, None, None):
            yield quad.triple
            if isinstance(quad.object, BlankNode) and quad.object not in taken:
                waiting.append(quad.object)
