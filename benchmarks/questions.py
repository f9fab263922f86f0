"""Queries about the generated collections, as many as are wanted, no two with the same text."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from urllib.parse import quote

from generator import IDS, TOPICS

_PREFIXES = """\
PREFIX schema: <http://schema.org/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX lig: <https://w3id.org/ligraph/ns#>
"""
_NAMED, _LASTING = " <http://schema.org/name> ", " <http://schema.org/duration> "

_LOOKUPS = (
    "?name WHERE { %s schema:name ?name }",
    "?type ?page WHERE { %s a ?type . OPTIONAL { %s schema:url ?page } }",
    "?property ?value WHERE { %s ?property ?value }",
    "?other ?property WHERE { ?other ?property %s }",
)
_JOINS = (
    "?action (COUNT(?resource) AS ?n) WHERE { ?resource schema:about %s ; lig:action ?action } GROUP BY ?action",
    "DISTINCT ?person ?organization WHERE { ?set schema:about %s ; lig:appearance ?appearance ."
    " ?appearance lig:presenter ?person ; lig:inRole ?role . ?role org:organization ?organization }",
    "?topic (COUNT(?set) AS ?n) WHERE { ?set a lig:ResourceSet ; schema:about ?topic ."
    " FILTER(?topic != %s) } GROUP BY ?topic",
)
# Each has more than 1,400 rows where there are 100,000 triples. None joins: the rows are what takes the time.
_ROWS = (
    "?thing ?name WHERE { ?thing schema:name ?name }",
    "?thing ?topic WHERE { ?thing schema:about ?topic }",
    "?thing ?text WHERE { ?thing schema:description ?text }",
    "?part ?whole WHERE { ?part schema:isPartOf ?whole }",
    "?item ?resource WHERE { ?item schema:item ?resource }",
    "?membership ?role WHERE { ?membership schema:roleName ?role }",
    "?resource ?page WHERE { ?resource schema:url ?page }",
    "?part ?place WHERE { ?part schema:position ?place }",
)
WINDOW, _WINDOWS = 1_000, 400


@dataclass(frozen=True)
class Question:
    """A query; where it asks for a window of rows in no order, `whole` asks for all that they may be of."""

    text: str
    whole: str = ""


@dataclass(frozen=True)
class Workload:
    """Questions of one kind.

    Units: `at_most` is a number of answers a second that no server reaches here, so that questions never run out.
    """

    title: str
    questions: Iterator[Question]
    at_most: int
    repeated: tuple[Question, ...] = ()

    def take(self, number: int) -> list[Question]:
        """Return questions that were not asked before, or always the same ones."""
        return list(self.repeated or islice(self.questions, number))

    def write(self, path: Path, seconds: float) -> None:
        """Write more questions than are answered in a time, one a line as wrk sends them."""
        number = int(self.at_most * seconds)
        lines = (quote(question.text, safe="") + "\n" for question in self.take(number))
        path.write_text("".join(lines), "ascii")


def workloads_of(statements: Path, seed: int = 1) -> dict[str, Workload]:
    """Return the workloads about the collection whose N-Quads are in a file."""
    lines = statements.read_text("utf-8").splitlines()
    named, lasting = ({line.partition(" ")[0] for line in lines if mark in line} for mark in (_NAMED, _LASTING))
    # Virtuoso 7.2.5 answers with durations as numbers, such as 136.16 for PT2M16S.
    things = sorted(named - lasting)
    random.Random(seed).shuffle(things)
    lookups = _endless(lookups_of, things)
    few = tuple(islice(lookups, 2 * len(_LOOKUPS)))
    return {
        "distinct": Workload("distinct lookups", lookups, 30_000),
        "repeated": Workload(f"the same {len(few)} lookups", lookups, 30_000, few),
        "rows": Workload(f"{WINDOW:,} rows", _endless(rows_of, random.Random(seed)), 5_000),
        "joins": Workload("joins and counts", _endless(joins_of, random.Random(seed)), 10_000),
    }


def mixed(workloads: dict[str, Workload], number: int) -> list[Question]:
    """Return questions of all sizes: of each 20, three have 1,000 rows, one is a join, the others are lookups."""
    lookups, rows, joins = (workloads[name].questions for name in ("distinct", "rows", "joins"))
    order = [lookups] * 5 + [rows] + [lookups] * 5 + [rows] + [lookups] * 5 + [rows, lookups, joins]
    return [next(order[n % len(order)]) for n in range(number)]


def lookups_of(turn: int, things: list[str]) -> Iterator[Question]:
    """Yield every lookup of every thing once; neighbours differ in both."""
    for shift in range(len(_LOOKUPS)):
        for n, thing in enumerate(things):
            pattern = _LOOKUPS[(n + shift) % len(_LOOKUPS)].replace("%s", thing)
            # More than there are: it only makes the text of each turn another.
            yield Question(f"{_PREFIXES}SELECT {pattern} LIMIT {10_000 + turn}")


def joins_of(turn: int, chance: random.Random) -> Iterator[Question]:
    """Yield every join for every topic once."""
    for topic in chance.sample(range(TOPICS), TOPICS):
        for join in _JOINS:
            yield Question(
                f"{_PREFIXES}SELECT {join.replace('%s', f'<{IDS}topic/topic-{topic}>')} LIMIT {10_000 + turn}"
            )


def rows_of(turn: int, chance: random.Random) -> Iterator[Question]:
    """Yield windows of each pattern; the variables are called differently in each turn."""
    for offset in chance.sample(range(_WINDOWS), _WINDOWS):
        for pattern in _ROWS:
            named = pattern.replace("?", f"?v{turn}_")
            yield Question(f"{_PREFIXES}SELECT {named} LIMIT {WINDOW} OFFSET {offset}", f"{_PREFIXES}SELECT {pattern}")


def _endless(turn_of: Callable[..., Iterator[Question]], about: object) -> Iterator[Question]:
    for turn in count():
        yield from turn_of(turn, about)
