"""What strangers' endless queries do to everyone else's, and what many requests do to a server's memory."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import wrk
from asking import ask_all, rows_of, strangers
from peers import Data, System
from processes import memory
from questions import Question, Workload

STRANGERS, OTHERS = 4, 2


@dataclass
class Company:
    """How a server answers others without and with strangers, and how the strangers' queries ended."""

    quiet: list[wrk.Figures] = field(default_factory=list)
    loud: list[wrk.Figures] = field(default_factory=list)
    endings: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Soaked:
    """A server's memory in megabytes at three times, and the statuses of its answers."""

    start: float
    tenth: float
    end: float
    statuses: Counter[int]


def with_strangers(
    systems: list[System], data: Data, workload: Workload, seconds: float, repeat: int
) -> dict[str, Company]:
    """Return what four strangers do to the lookups of two others, by system; each is started anew for each."""
    questions = data.databases / "questions"
    found = {system.name: Company() for system in systems}
    for turn in range(repeat):
        for system in systems[:: -1 if turn % 2 else 1]:
            print(f"strangers, {turn + 1} of {repeat}: {system.name}", file=sys.stderr)
            company = found[system.name]
            with system.serving(data) as server:
                _ask(server.url, workload, questions, 2)
                company.quiet.append(_ask(server.url, workload, questions, seconds))
                with strangers(server.url, STRANGERS) as endings:
                    company.loud.append(_ask(server.url, workload, questions, seconds))
                    company.endings.update(endings)
    return found


def soak(system: System, data: Data, questions: list[Question]) -> Soaked:
    """Return what a fresh server's memory is before, during and after questions."""
    print(f"{len(questions):,} questions of mixed sizes: {system.name}", file=sys.stderr)
    tenth = len(questions) // 10
    with system.serving(data) as server:
        rows_of(server.url, questions[0].text)
        start = memory(server.pid)
        statuses = ask_all(server.url, questions[:tenth])
        after = memory(server.pid)
        statuses += ask_all(server.url, questions[tenth:])
        return Soaked(start, after, memory(server.pid), statuses)


def _ask(url: str, workload: Workload, questions: Path, seconds: float) -> wrk.Figures:
    workload.write(questions, seconds)
    return wrk.ask(url, questions, seconds, connections=OTHERS)
