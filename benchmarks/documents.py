"""How fast documents are answered over HTTP: beside the floor, an application that returns a constant of the same size.

Ratios are of one repetition, in which the systems take turns. What a document costs by the size of the collection, and
by its own, is measured in this process, without HTTP.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import random
import shlex
import statistics
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import wrk
from build import LIGRAPH
from comparison import latencies, tell
from figures import ratios, spread, table
from generator import IDS, SETS, Generator, Plan, generate
from peers import Data, Ligraph, RdflibEndpoint, Server, made, printed
from processes import Unavailable, free_port, listens, running, settle, waited

KINDS = ("set", "resource", "person", "organization", "recording")
FORMATS = {"ttl": "text/turtle", "nt": "application/n-triples", "jsonld": "application/ld+json", "html": "text/html"}
WIDTHS = (10, 50, 100, 500)
PHASES = ("repeated", "new", "sizes", "widths")
_PARTS = ("clip", "read", "act", "recording")
_SAMPLE = 60
_WARM_UP_SECONDS = 2


def main() -> None:
    """Measure and print Markdown."""
    asked = _asked()
    with tempfile.TemporaryDirectory() as temporary:
        work = (asked.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
        versions = (
            f"Python {platform.python_version()}; wrk {wrk.prepare(asked.install)}; ligraph {Ligraph().prepare()}"
        )
        print(f"```console\n.venv/bin/python benchmarks/documents.py {shlex.join(sys.argv[1:])}\n```\n")
        print(f"{versions}. {os.cpu_count()} processors, load {load} at the start.")
        print(f"The median of {asked.repeat} times {asked.seconds} s; in brackets the extremes.\n", flush=True)
        if "repeated" in asked.only or "new" in asked.only:
            data = made(work, asked.size)
            for part in _over_http(asked, data):
                print(part, flush=True)
        if "sizes" in asked.only:
            print(_by_size(asked, work), flush=True)
        if "widths" in asked.only:
            print(_by_width(asked, work), flush=True)


# Over HTTP


def _over_http(asked: argparse.Namespace, data: Data) -> Iterator[str]:
    ids = _ids(data)
    paths = data.databases / "paths"
    if "repeated" in asked.only:
        yield f"{data.number:,} statements, the same document again and again\n"
        rows: list[list[str]] = []
        with ExitStack() as serving:
            ours = serving.enter_context(Ligraph().serving(data))
            for media_type in FORMATS.values():
                path = f"/doc/{ids['set'][0]}"
                content, tag = _fetch(ours, path, media_type)
                floor = serving.enter_context(_floor(data, content))
                for title, header, size in (
                    (f"{media_type}, {content:,} bytes", f"Accept: {media_type}", floor),
                    (f"{media_type}, 304", f"If-None-Match: {tag}\tAccept: {media_type}", None),
                ):
                    other = size or serving.enter_context(_floor(data, 0))
                    lines = f"{path}\t{header}\n"
                    rows += _compare(asked, paths, title, {"floor": (other, lines), "ligraph": (ours, lines)}, True)
        yield table(["", "", "answers a second", "× floor", "p50, ms", "p99, ms"], rows)
    if "new" in asked.only:
        yield f"{data.number:,} statements, each document for the first time\n"
        rows = []
        for suffix, media_type in FORMATS.items():
            rows += _new(asked, data, ids, suffix, media_type, paths)
        if RdflibEndpoint.most >= data.size:
            rows += _peer(asked, data, ids, paths)
        yield table(["", "", "answers a second", "× floor", "p50, ms", "p99, ms"], rows)


def _new(
    asked: argparse.Namespace, data: Data, ids: dict[str, list[str]], suffix: str, media_type: str, paths: Path
) -> list[list[str]]:
    """Return the rows of documents that nobody has asked for: the server is a new one for each repetition."""
    every = [local for kind in KINDS for local in ids[kind]]
    random.Random(1).shuffle(every)
    lines = "".join(f"/doc/{quote(local)}.{suffix}\n" for local in every)
    found: dict[str, list[wrk.Figures]] = {"floor": [], "ligraph": []}
    size = 0
    for turn in range(asked.repeat):
        paths.write_text(lines)
        with Ligraph().serving(data) as ours:
            size = size or _fetch(ours, f"/doc/{every[0]}.{suffix}", media_type)[0]
            settle(ours.pid)
            seconds = min(asked.seconds, max(1, len(every) // 4_000))
            found["ligraph"].append(wrk.ask(ours.url, paths, seconds, documents=True))
        with _floor(data, size) as floor:
            found["floor"].append(wrk.ask(floor.url, paths, seconds, again=True, documents=True))
        tell(f"{media_type}, new, {turn + 1}: {found['ligraph'][-1].rate:,.0f} of {found['floor'][-1].rate:,.0f}")
    return list(_rows(f"{media_type}, new", found))


def _peer(asked: argparse.Namespace, data: Data, ids: dict[str, list[str]], paths: Path) -> list[list[str]]:
    """Return the row of a peer that describes the same things, each once."""
    peer = RdflibEndpoint(data.databases.parent)
    peer.prepare()
    found: dict[str, list[wrk.Figures]] = {"rdflib-endpoint, DESCRIBE": []}
    every = [local for kind in KINDS for local in ids[kind]]
    with peer.serving(data) as server:
        for _ in range(asked.repeat):
            random.shuffle(every)
            queries = (quote(f"DESCRIBE <{IDS}{local}>", safe="") for local in every)
            paths.write_text("".join(f"/?query={query}\tAccept: text/turtle\n" for query in queries))
            found["rdflib-endpoint, DESCRIBE"].append(wrk.ask(server.url, paths, asked.seconds, documents=True))
    return list(_rows("text/turtle, new", found))


def _compare(
    asked: argparse.Namespace, paths: Path, title: str, servers: dict[str, tuple[Server, str]], again: bool
) -> Iterator[list[str]]:
    found: dict[str, list[wrk.Figures]] = {name: [] for name in servers}
    for turn in range(asked.repeat + 1):
        for name in list(servers)[:: -1 if turn % 2 else 1]:
            server, lines = servers[name]
            paths.write_text(lines)
            seconds = asked.seconds if turn else _WARM_UP_SECONDS
            figures = wrk.ask(server.url, paths, seconds, again=again, documents=True)
            if turn:
                tell(f"{title}, {turn} of {asked.repeat}: {name}, {figures.rate:,.0f} a second")
                found[name].append(figures)
    return _rows(title, found)


def _rows(title: str, found: dict[str, list[wrk.Figures]]) -> Iterator[list[str]]:
    floor = [figures.rate for figures in found.get("floor", [])]
    for name, all_figures in found.items():
        rates = [figures.rate for figures in all_figures]
        errors = sum(figures.errors for figures in all_figures)
        ratio = spread(ratios(rates, floor)) if floor and name != "floor" else ""
        yield [title, name + (f", {errors} errors" if errors else ""), spread(rates), ratio, *latencies(all_figures)]


@contextmanager
def _floor(data: Data, size: int) -> Iterator[Server]:
    port, log = free_port(), data.databases / f"floor-{size}.log"
    command = ["env", f"FLOOR_BYTES={size}", sys.executable, str(Path(__file__).with_name("floor.py")), str(port)]
    with running(command, log) as process:
        waited(process, log, lambda: listens(port), 20)
        yield Server(f"http://127.0.0.1:{port}/", process.pid)


def _fetch(server: Server, path: str, media_type: str) -> tuple[int, str]:
    """Return how many bytes a document has, and its tag."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    root = server.url.removesuffix("sparql").rstrip("/")
    request = urllib.request.Request(root + path, headers={"Accept": media_type})
    with opener.open(request, timeout=30) as answer:
        return len(answer.read()), answer.headers["ETag"]


def _ids(data: Data) -> dict[str, list[str]]:
    """Return the ids of the things of each kind, as the release has them."""
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    with data.statements.open() as lines:
        for line in lines:
            if f"<{_TYPE}>" in line and line.startswith(f"<{IDS}") and "#" not in line[1 : line.index(">")]:
                local = line[len(IDS) + 1 : line.index(">")]
                kind = local.partition("/")[0]
                if kind in found and (not found[kind] or found[kind][-1] != local):
                    found[kind].append(local)
    return found


_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


# In this process


def _by_size(asked: argparse.Namespace, work: Path) -> str:
    """Return the table of what a document costs in collections of different sizes."""
    rows = []
    costs: dict[int, dict[str, float]] = {}
    for size in asked.sizes:
        data = made(work, size)
        ids = _ids(data)
        chosen = [local for kind in KINDS for local in random.Random(2).sample(ids[kind], min(12, len(ids[kind])))]
        costs[size] = _costs(data.folder, chosen, asked.repeat)
    least = min(costs)
    for size, cost in costs.items():
        cells = [f"{cost[suffix] * 1_000:.2f} ({cost[suffix] / costs[least][suffix]:.2f})" for suffix in FORMATS]
        rows.append([f"{size:,}", *cells])
    head = ["triples written", *(f"{media_type}, ms" for media_type in FORMATS.values())]
    return f"The mean document of {', '.join(KINDS)}, new; in brackets over the smallest collection\n\n" + table(
        head, rows
    )


def _by_width(asked: argparse.Namespace, work: Path) -> str:
    """Return the table of what sets of different lengths cost."""
    folder = work / "widths"
    if not folder.exists():
        generate(folder, Plan(2_000, "yaml"))
        generator = Generator(Plan(2_000))
        things = []
        for number, width in enumerate(WIDTHS):
            wide = generator.set(
                1, len(SETS) + number, _PARTS * (width // len(_PARTS) + 1), range(0), None, random.Random(width)
            )
            things.append({**wide, "items": wide["items"][:width], "isPartOf": "post/leadership-1"})
            things[-1] |= {"position": len(SETS) + number + 1, "mentions": []}
        (folder / "data" / "wide.yaml").write_text(json.dumps({"things": things}))
    printed([*LIGRAPH, "build", "-C", str(folder)])
    rows = []
    for number, width in enumerate(WIDTHS):
        cost = _costs(folder, [f"set/set-1-{len(SETS) + number + 1}"], asked.repeat)
        rows.append(
            [f"{width}", *(f"{cost[suffix] * 1_000:.1f} ({cost[suffix] / width * 1_000:.3f})" for suffix in FORMATS)]
        )
    head = ["resources in the set", *(f"{media_type}, ms" for media_type in FORMATS.values())]
    return "One set, new; in brackets for each resource\n\n" + table(head, rows)


def _costs(folder: Path, chosen: list[str], repeat: int) -> dict[str, float]:
    """Return the mean seconds that documents take in each format, from the store to the bytes; the median of runs."""
    from ligraph.formats import N_TRIPLES, TURTLE
    from ligraph.serialization import to_rdf
    from ligraph.stores.documents import Document, read_document
    from ligraph.stores.embedded import held_in_memory, open_release
    from ligraph.views.jsonld import to_json_ld
    from ligraph.views.pages import Pages
    from ligraph.views.site import site_of
    from ligraph.views.words import Words

    # As a service does: from memory, where there is room, and with garbage looked for rarely.
    gc.freeze()
    gc.set_threshold(50_000, 20, 1_000)
    release = held_in_memory(open_release(folder))
    words = Words(release.context)
    pages = Pages(site_of(release.manifest, "http://127.0.0.1:8000/", ""), words)

    def read(local: str) -> Document:
        document = read_document(release.store, release.manifest, local)
        assert document is not None
        return document

    ways: dict[str, Callable[[str], bytes]] = {
        "ttl": lambda local: to_rdf(read(local).triples, TURTLE),
        "nt": lambda local: to_rdf(read(local).triples, N_TRIPLES),
        "jsonld": lambda local: to_json_ld(read(local), words),
        "html": lambda local: pages.document(read(local), release.store, release.manifest),
    }
    found: dict[str, list[float]] = {suffix: [] for suffix in ways}
    for _ in range(max(3, repeat)):
        for suffix, way in ways.items():
            started = time.perf_counter()
            for local in chosen:
                way(local)
            found[suffix].append((time.perf_counter() - started) / len(chosen))
    return {suffix: statistics.median(times) for suffix, times in found.items()}


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--size", type=int, default=100_000, help="triples written, for what is asked over HTTP")
    parser.add_argument("--sizes", type=_numbers, default=[10_000, 100_000, 1_000_000], metavar="N,N")
    parser.add_argument("--only", type=lambda text: text.split(","), default=PHASES, help=f"some of {','.join(PHASES)}")
    parser.add_argument("--seconds", type=int, default=5, help="how long each is measured each time")
    parser.add_argument("--repeat", type=int, default=3, help="how often each is measured; the median counts")
    parser.add_argument("--work", type=Path, help="keep peers, collections and databases here, and use them again")
    parser.add_argument("--install", action="store_true", help="have apt-get install wrk if missing")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(part.replace("_", "")) for part in text.split(",")]


if __name__ == "__main__":
    try:
        main()
    except Unavailable as why:
        sys.exit(f"error: {why}")
