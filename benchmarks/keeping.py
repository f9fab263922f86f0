"""Whether a release is better answered from its files or from memory: times of queries, and what memory costs.

Both are asked the same questions in this one process, in turn; ratios are of one turn.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from itertools import islice
from pathlib import Path

from figures import spread, table
from peers import made
from questions import workloads_of

from ligraph.stores.embedded import Release, open_release
from ligraph.stores.nursery import read_into_memory
from ligraph.stores.queries import Evaluator, Query
from ligraph.stores.results import Terms

_ASKED = {"distinct": 2_000, "rows": 100, "joins": 20}


def main() -> None:
    """Print a Markdown table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes", type=lambda text: [int(part) for part in text.split(",")], default=[100_000, 1_000_000]
    )
    parser.add_argument("--turns", type=int, default=5, help="how often each is measured; the median counts")
    parser.add_argument("--work", type=Path, help="keep collections here, and use them again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = (asked.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        rows = [row for size in asked.sizes for row in measure(work, size, asked.turns)]
    print(table(["triples written", "", "from files, µs", "from memory, µs", "files / memory"], rows))


def measure(work: Path, size: int, turns: int) -> list[list[str]]:
    """Return the rows of one collection."""
    data = made(work, size)
    files = open_release(data.folder)
    before, started = resident(), time.perf_counter()
    memory = Release(files.folder, files.manifest, read_into_memory(files.folder))
    seconds, grown = time.perf_counter() - started, resident() - before
    systems = [Evaluator(release, Terms(), {}) for release in (files, memory)]
    rows = []
    for name, number in _ASKED.items():
        workload = workloads_of(data.statements)[name]
        queries = [Query(question.text) for question in islice(workload.questions, number)]
        found: list[list[float]] = [[], []]
        for _ in range(turns):
            for times, system in zip(found, systems, strict=True):
                started = time.process_time()
                for query in queries:
                    system.answer(query)
                times.append((time.process_time() - started) / number * 1e6)
        ratios = [slow / fast for slow, fast in zip(*found, strict=True)]
        rows.append([f"{size:,}", workload.title, *map(spread, found), spread(ratios)])
    count = files.manifest.statements
    each = f"{grown / count:.0f} bytes for each of {count:,} statements"
    cost = f"{seconds:.1f} s to read, {grown / 1e6:.0f} MB, {each}"
    return [*rows, [f"{size:,}", "to keep in memory", "", cost, ""]]


def resident() -> int:
    """Return the bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
