"""One question to a release, answered in any format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from pyoxigraph import Triple

from ligraph.config import Collection, open_collection
from ligraph.errors import UsageError
from ligraph.formats import GRAPHS, JSON_LD, RESULTS, SPARQL_JSON, Format, by_name
from ligraph.releases.history import release_folder
from ligraph.stores.embedded import Release, open_folder
from ligraph.stores.queries import Evaluator, Query
from ligraph.stores.questions import SUFFIX, bind, read_question
from ligraph.stores.results import Terms, Writer
from ligraph.stores.screening import read_query

TABLE = "table"


@dataclass(frozen=True)
class Asked:
    """The answer to a question.

    Shape: `content` is SPARQL results as JSON where `is_table` says that people are to see a table.
    """

    content: bytes
    is_table: bool
    ids: str


def ask(root: Path, query: str, format_: str | None, release: str | None = None) -> Asked:
    """Return the answer to a query in a format by its name; without one, a table or Turtle.

    Raises: UsageError when the format does not fit the query's form; BadRequest or Refused for the query.
    """
    return _ask(open_collection(root), release, query, format_, None)


def _ask(
    collection: Collection, release: str | None, query: str, format_: str | None, bound: Mapping[str, str] | None
) -> Asked:
    graph = read_query(query).answers_with_graph
    name = format_ or ("ttl" if graph else TABLE)
    is_table = name == TABLE and not graph
    chosen = SPARQL_JSON if is_table else by_name(GRAPHS if graph else RESULTS, name)
    if chosen is None:
        kind, fit = (
            ("statements", "ttl, nt, jsonld, rdf, trig or nq") if graph else ("rows", "table, csv, tsv, json or xml")
        )
        raise UsageError(f"this query answers with {kind}, which cannot be printed as {name}", hint=f"choose {fit}")
    opened = open_folder(release_folder(collection, release))
    terms = Terms(prefixes=True, union=collection.settings.default_graph == "union")
    evaluator = Evaluator(opened, terms, _writers(opened))
    answer = evaluator.answer(Query(query, rows=chosen, statements=chosen, bound=bound))
    return Asked(answer.content, is_table, opened.ids)


def ask_stored(
    root: Path, name: str, values: Mapping[str, str], format_: str | None, release: str | None = None
) -> Asked:
    """Return the answer to a stored question of a collection, its parameters given by their texts.

    Raises: UsageError when there is no such question, or it is for another endpoint; CollectionError when it is wrong;
    BadParameter for a value.
    """
    collection = open_collection(root)
    path = collection.queries / f"{name}{SUFFIX}"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in collection.queries.glob(f"*{SUFFIX}"))) or "none"
        raise UsageError(f"{root} has no stored question “{name}”", hint=f"it has {known}")
    question = read_question(path)
    if question.endpoint and question.endpoint != f"{collection.settings.site}sparql":
        hint = f"ask it there: curl --data-urlencode query@{quote(str(path))} {quote(question.endpoint)}"
        raise UsageError(f"{name} is for another endpoint, {question.endpoint}", hint=hint)
    bound = bind(question, values, collection.settings.ids)
    return _ask(collection, release, question.text, format_, bound)


def _writers(release: Release) -> Mapping[Format, Writer]:
    def write(triples: Iterable[Triple]) -> bytes:
        from ligraph.views.jsonld import to_flat_json_ld
        from ligraph.views.words import Words

        return to_flat_json_ld(triples, Words(release.context))

    return {JSON_LD: write}
