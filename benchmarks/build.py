"""How long the main job takes: check, build, open and serve, on collections of several sizes.

Every figure is the median of fresh processes, and every goal a ratio or a limit that this run alone decides: no
figure is compared with one of another machine or another day.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from generator import Form, Plan, generate
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parent.parent
LIGRAPH = [str(Path(sys.executable).with_name("ligraph"))]
IMPORTS = "import fastapi, uvicorn, pyoxigraph"
OPENING = """
import sys, time
from ligraph.stores.embedded import open_release
start = time.perf_counter()
open_release(sys.argv[1])
print(time.perf_counter() - start)
"""


@dataclass(frozen=True)
class Usage:
    """What a process used: seconds on the clock, seconds of processor, largest memory in gigabytes."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Row:
    """One line of the table; `met` is None where nothing is asked."""

    what: str
    figure: str
    goal: str = ""
    met: bool | None = None


def run(command: list[str], exit_code: int = 0) -> Usage:
    """Return what a command used; its output is thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != exit_code:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}, not {exit_code}")
    # Linux counts ru_maxrss in kilobytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * unit / 1e9)


def median(measure: Callable[[], Usage], repeat: int) -> Usage:
    """Return the medians of several measurements."""
    found = [measure() for _ in range(repeat)]
    return Usage(*(statistics.median(getattr(usage, name) for usage in found) for name in ("wall", "cpu", "memory")))


def build_afresh(folder: Path) -> Usage:
    """Return what check and build in one command use where no release was made before."""
    shutil.rmtree(folder / ".ligraph", ignore_errors=True)
    return run([*LIGRAPH, "build", "-C", str(folder)])


def serve_once(folder: Path) -> Usage:
    """Return the time from the start of `serve` until its address is printed and has answered."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [*LIGRAPH, "serve", "-C", str(folder), "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout
    try:
        address = process.stdout.readline().decode().split()[-1]
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address + "health") as answer:
            answer.read()
        return Usage(time.perf_counter() - start, 0, 0)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def open_once(folder: Path) -> Usage:
    """Return the time that opening a release takes within a fresh process."""
    found = subprocess.run([sys.executable, "-c", OPENING, str(folder)], capture_output=True, text=True, check=True)
    return Usage(float(found.stdout), 0, 0)


def this_collection(work: Path, repeat: int) -> Iterator[Row]:
    """Yield what this repository's own collection takes."""
    folder = work / "this"
    shutil.copytree(ROOT / "data", folder / "data")
    shutil.copy(ROOT / "ligraph.toml", folder)
    built = median(lambda: build_afresh(folder), repeat)
    yield Row("check and build this collection, cold", f"{built.wall:.2f} s", "< 3 s", built.wall < 3)
    imports = median(lambda: run([sys.executable, "-c", IMPORTS]), repeat)
    served = median(lambda: serve_once(folder), repeat)
    ratio = served.wall / imports.wall
    yield Row(f"{IMPORTS}", f"{imports.wall:.2f} s")
    yield Row(
        "serve its release until it answers", f"{served.wall:.2f} s = {ratio:.2f} × imports", "≤ 1.5 ×", ratio <= 1.5
    )


def large_collections(work: Path, sizes: list[int], repeat: int) -> Iterator[Row]:
    """Yield what building takes by size, how it grows, and what opening takes."""
    built, opened = {}, {}
    for size in sizes:
        folder = made(work, size, "nq")
        used = built[size] = median(lambda folder=folder: build_afresh(folder), repeat)  # type: ignore[misc]
        large = size == 1_000_000
        yield Row(
            f"N-Quads, {size:,} triples: check and build",
            f"{used.wall:.1f} s, {used.cpu:.1f} s of processor, {used.memory:.2f} GB",
            "≤ 60 s, ≤ 4 GB" if large else "",
            used.wall <= 60 and used.memory <= 4 if large else None,
        )
        opened[size] = median(lambda folder=folder: open_once(folder), max(5, repeat))  # type: ignore[misc]
    for small, large_ in pairwise(sizes):
        factor, growth = large_ / small, built[large_].wall / built[small].wall
        goal, met = ("≤ 12 ×", growth <= 12) if factor == 10 and large_ == 1_000_000 else ("", None)
        yield Row(f"{large_:,} over {small:,}", f"{growth:.1f} × the time", goal, met)
    first, last = opened[sizes[0]].wall, opened[sizes[-1]].wall
    figure = f"{last * 1000:.1f} ms = {last / first:.2f} × of {sizes[0]:,}"
    yield Row(f"open a release of {sizes[-1]:,}", figure, "about 1 ×", last <= max(1.5 * first, first + 0.005))


def violations(work: Path, size: int, number: int, repeat: int) -> Iterator[Row]:
    """Yield what violations add to a check."""
    good = median(lambda: run([*LIGRAPH, "check", "-C", str(made(work, size, "nq"))]), repeat)
    folder = made(work, size, "nq", number)
    bad = median(lambda: run([*LIGRAPH, "check", "-C", str(folder)], exit_code=1), repeat)
    more = bad.wall - good.wall
    yield Row(f"check {size:,} without violations", f"{good.wall:.1f} s")
    figure = f"{bad.wall:.1f} s = {more:+.1f} s"
    yield Row(f"check {size:,} with {number:,} violations", figure, "≤ +20 s", more <= 20)


def yaml(work: Path, size: int, repeat: int) -> Iterator[Row]:
    """Yield what the curator's form takes."""
    used = median(lambda: build_afresh(made(work, size, "yaml")), repeat)
    goal, met = ("≤ 30 s", used.wall <= 30) if size == 100_000 else ("", None)
    yield Row(f"YAML-LD, {size:,} triples: check and build", f"{used.wall:.1f} s, {used.memory:.2f} GB", goal, met)


def made(work: Path, size: int, form: Form, wrong: int = 0) -> Path:
    """Return a generated collection, made when it is first asked for."""
    folder = work / f"{form}-{size}-{wrong}"
    if not folder.exists():
        generate(folder, Plan(size, form, violations=wrong))
    return folder


def phases(folder: Path) -> dict[str, float]:
    """Return the seconds of each phase of a build, by calling the package's functions one after another."""
    from ligraph.collection.checking import judge
    from ligraph.collection.rules import derive
    from ligraph.collection.shapes import read_shapes
    from ligraph.collection.sieve import Sieve
    from ligraph.collection.sources import read_sources
    from ligraph.collection.sparql_constraints import sparql_findings
    from ligraph.collection.vocabulary import ONTOLOGY_GRAPH, vocabulary_of
    from ligraph.config import open_collection
    from ligraph.releases.history import writing
    from ligraph.releases.manifest import Manifest
    from ligraph.releases.things import Absent
    from ligraph.releases.writing import drafting
    from ligraph.views.dumps import write_dumps

    seconds: dict[str, float] = {}

    @contextmanager
    def phase(name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        seconds[name] = time.perf_counter() - start

    shutil.rmtree(folder / ".ligraph", ignore_errors=True)
    collection = open_collection(folder)
    with phase("read"):
        vocabulary = vocabulary_of(collection)
        sources = read_sources(collection, vocabulary)
        sources.store.extend(vocabulary.quads)
    with phase("derive"):
        derive(sources.store, vocabulary.rules, collection.settings.ids)
    sources.store.remove_graph(ONTOLOGY_GRAPH)
    with phase("check"):
        checked = judge(collection, vocabulary, sources)

    def write_more(draft: Path, manifest: Manifest) -> None:
        with phase("  dumps, sitemaps"):
            write_dumps(draft, manifest, checked.store)

    # A build writes the store while it checks; here it waits for its turn.
    with writing(collection), phase("write"), drafting(collection, sources.store) as draft:
        draft.keep(draft.complete(checked, Absent(), None, {}, write_more))
    # The slowest questions, each asked once more.
    sources.store.extend(vocabulary.quads)
    shapes = read_shapes(collection)
    sieve = Sieve(shapes, sources.store)
    for root in shapes.roots:
        with phase(f"  core {str(root).rpartition('#')[2]}"):
            sieve.suspects(root)
    for constraint in shapes.sparql:
        with phase(f"  query {str(constraint.shape).rpartition('#')[2]}"):
            list(sparql_findings(sieve, constraint, collection.settings.language))
    return seconds


def show(title: str, rows: Iterator[Row]) -> bool:
    """Print rows as they come, as one table; return whether every goal is met."""
    table = Table("", "measured", "goal", "", title=title, title_justify="left")
    all_met = True
    for row in rows:
        verdict = {None: "", True: "met", False: "[red]missed[/red]"}[row.met]
        table.add_row(row.what, row.figure, row.goal, verdict)
        all_met &= row.met is not False
    Console(width=130).print(table)
    return all_met


def main() -> None:
    """Measure and print; end with 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], metavar="N")
    parser.add_argument("--repeat", type=int, default=3, help="how often each is measured; the median counts")
    parser.add_argument("--violations", type=int, default=1_000, metavar="N")
    parser.add_argument("--work", type=Path, help="keep the generated collections here, and use them again")
    parser.add_argument("--phases", type=Path, metavar="FOLDER", help="only print the phases of one build, as JSON")
    asked = parser.parse_args()
    if asked.phases:
        print(json.dumps(phases(asked.phases), indent=1))
        return
    sizes = sorted(asked.sizes)
    with tempfile.TemporaryDirectory() as temporary:
        work = asked.work or Path(temporary)
        shutil.rmtree(work / "this", ignore_errors=True)
        load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
        print(f"{os.cpu_count()} processors, load {load}, median of {asked.repeat}")
        met = show("This collection", this_collection(work, asked.repeat))
        met &= show("Size", large_collections(work, sizes, asked.repeat))
        met &= show("Violations", violations(work, sizes[-1], min(asked.violations, sizes[-1] // 1_000), asked.repeat))
        met &= show("The curator's form", yaml(work, min(100_000, sizes[-1]), asked.repeat))
        command = [sys.executable, __file__, "--phases", str(made(work, sizes[-1], "nq"))]
        found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        met &= show(f"Phases of {sizes[-1]:,}", (Row(name, f"{took:.1f} s") for name, took in _slowest(found)))
    sys.exit(0 if met else 1)


def _slowest(seconds: dict[str, float]) -> Iterator[tuple[str, float]]:
    """Yield the phases in their order, and the ten slowest questions after the check."""
    questions = sorted((took, name) for name, took in seconds.items() if name.startswith(" "))[-10:]
    for name, took in seconds.items():
        if not name.startswith(" "):
            yield name, took
            if name == "check":
                yield from ((question, of) for of, question in reversed(questions))


if __name__ == "__main__":
    main()
