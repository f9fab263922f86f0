"""The measurements of one run, as Markdown tables."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import wrk
from asking import Rows, difference
from endurance import OTHERS, STRANGERS, Company, soak, with_strangers
from figures import ratios, spread, table
from peers import Data, Oxigraph, Server, System
from processes import Unavailable, settle
from questions import Workload, mixed, workloads_of

SPEEDS = ("distinct", "repeated", "rows", "joins")
PHASES = (*SPEEDS, "strangers", "soak")
COMPARED = 100
WARM_UP_SECONDS = 2


@dataclass
class Comparison:
    """What was asked for, the systems that are there, and what has to be told beside the figures."""

    asked: argparse.Namespace
    systems: list[System] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def on(self, data: Data) -> Iterator[str]:
        """Yield the tables for one collection."""
        systems = []
        for system in self.systems:
            if data.size <= system.most:
                tell(f"{system.name}: loading {data.number:,} statements")
                with self.attempting(system.name):
                    system.load(data)
                    systems.append(system)
        lasting = [system for system in systems if system.lasting]
        workloads = workloads_of(data.statements)
        title = f"{data.size:,} triples written, {data.number:,} with what rules derive"
        speeds = {name: workloads[name] for name in SPEEDS if name in self.asked.only}
        for connections in self.asked.connections if speeds else ():
            yield f"\n{title}: answers a second to {connections} connections\n\n"
            yield self.speeds(systems, data, speeds, connections)
        if "strangers" in self.asked.only:
            yield f"\n{title}: distinct lookups over {OTHERS} connections, alone and beside {STRANGERS} strangers\n\n"
            yield self.strangers(lasting, data, workloads["distinct"])
        if "soak" in self.asked.only:
            yield f"\n{title}: memory before and after {self.asked.soak:,} questions of mixed sizes\n\n"
            yield self.soak(lasting, data, workloads)

    @contextmanager
    def attempting(self, name: str) -> Iterator[None]:
        """Note why a system cannot do what the block asks of it, and go on without it."""
        try:
            yield
        except Unavailable as why:
            self.note(f"{name}: {why}")

    def note(self, text: str) -> None:
        """Have something printed below the tables, and say it now."""
        tell(text)
        self.notes.append(text)

    def speeds(self, systems: list[System], data: Data, workloads: dict[str, Workload], connections: int) -> str:
        """Return the table of workloads, each with all systems in turn."""
        rows: list[list[str]] = []
        servers: dict[str, Server] = {}
        with ExitStack() as serving:
            for system in systems:
                tell(f"{system.name}: starting")
                with self.attempting(system.name):
                    servers[system.name] = serving.enter_context(system.serving(data))
            for workload in workloads.values():
                with self.attempting(workload.title):
                    questions = data.databases / "questions"
                    rows += self.speed(self.agreeing(servers, workload), workload, questions, connections)
        return table(["", "", "answers a second", f"× {Oxigraph.name}", "p50, ms", "p99, ms"], rows)

    def agreeing(self, servers: dict[str, Server], workload: Workload) -> dict[str, Server]:
        """Return the systems that give the same answers as Oxigraph or, without it, as the first."""
        found: dict[str, Server] = {}
        reference = Oxigraph.name if Oxigraph.name in servers else next(iter(servers), "")
        questions, whole = workload.take(COMPARED), dict[str, Rows]()
        for name, server in servers.items():
            tell(f"{name}: comparing answers, {workload.title}")
            with self.attempting(f"{name}, {workload.title}, not measured"):
                if wrong := difference(questions, servers[reference].url, server.url, whole):
                    raise Unavailable(wrong)
                found[name] = server
        return found

    def speed(
        self, servers: dict[str, Server], workload: Workload, questions: Path, connections: int
    ) -> Iterator[list[str]]:
        """Yield the rows of one workload."""
        found: dict[str, list[wrk.Figures]] = {name: [] for name in servers}
        again = bool(workload.repeated)
        for server in servers.values():
            workload.write(questions, WARM_UP_SECONDS)
            wrk.ask(server.url, questions, WARM_UP_SECONDS, again=again)
            settle(server.pid)
        for turn in range(self.asked.repeat):
            workload.write(questions, self.asked.seconds)
            for name in list(servers)[:: -1 if turn % 2 else 1]:
                url = servers[name].url
                figures = wrk.ask(url, questions, self.asked.seconds, connections=connections, again=again)
                tell(f"{workload.title}, {turn + 1} of {self.asked.repeat}: {name}, {figures.rate:,.1f} a second")
                found[name].append(figures)
                settle(servers[name].pid)
        for name, all_figures in found.items():
            self.note_errors(f"{name}, {workload.title}", all_figures)
            rates = [figures.rate for figures in all_figures]
            reference = [figures.rate for figures in found.get(Oxigraph.name, [])]
            ratio = spread(ratios(rates, reference)) if reference and name != Oxigraph.name else ""
            yield [workload.title, name, spread(rates), ratio, *latencies(all_figures)]

    def strangers(self, systems: list[System], data: Data, workload: Workload) -> str:
        """Return the table of what strangers do to others."""
        rows: list[list[str]] = []
        found: dict[str, Company] = {}
        with self.attempting("strangers"):
            found = with_strangers(systems, data, workload, self.asked.strangers_seconds, self.asked.repeat)
        for name, company in found.items():
            for kind, all_figures in (("alone", company.quiet), ("beside strangers", company.loud)):
                self.note_errors(f"{name}, {kind}", all_figures)
                rates = spread(figures.rate for figures in all_figures)
                rows.append([name, kind, rates, *latencies(all_figures), ""])
            changes = [
                ratios([getattr(now, of) for now in company.loud], [getattr(before, of) for before in company.quiet])
                for of in ("rate", "p50", "p99")
            ]
            endings = ", ".join(f"{number} × {ending}" for ending, number in company.endings.most_common())
            rows.append([name, "the latter over the former", *map(spread, changes), endings or "they went on"])
        return table(["", "", "answers a second", "p50, ms", "p99, ms", "the strangers’ queries ended with"], rows)

    def soak(self, systems: list[System], data: Data, workloads: dict[str, Workload]) -> str:
        """Return the table of servers' memory."""
        rows = []
        questions = mixed(workloads, self.asked.soak)
        for system in systems:
            with self.attempting(system.name):
                found = soak(system, data, questions)
                if found.statuses[200] != len(questions):
                    self.note(f"{system.name}, {len(questions):,} questions: the statuses were {dict(found.statuses)}")
                sizes = [f"{size:,.0f}" for size in (found.start, found.tenth, found.end)]
                rows.append([system.name, *sizes, f"{found.end / found.tenth:.2f}"])
        return table(["", "at start, MB", "after a tenth, MB", "at the end, MB", "end over a tenth"], rows)

    def note_errors(self, what: str, all_figures: list[wrk.Figures]) -> None:
        """Note answers that were none."""
        if errors := sum(figures.errors for figures in all_figures):
            self.note(f"{what}: {errors:,} of {sum(figures.requests for figures in all_figures):,} were errors")


def latencies(all_figures: list[wrk.Figures]) -> list[str]:
    """Return the time that half of the answers took at most, and nearly all, in milliseconds."""
    answered = [figures for figures in all_figures if figures.requests]
    return [spread(getattr(figures, of) * 1_000 for figures in answered) for of in ("p50", "p99")]


def tell(text: str) -> None:
    """Say what happens."""
    print(text, file=sys.stderr, flush=True)
