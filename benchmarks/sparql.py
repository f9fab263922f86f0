"""How fast SPARQL endpoints answer over HTTP: ligraph beside its peers, in the same run, on the same statements.

The systems take turns on the same questions, there and back, so that what else the machine does meets all of them;
ratios are of one repetition. Whoever answers with other rows than the others is told of, and not measured.
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import wrk
from comparison import PHASES, Comparison
from peers import Ligraph, Oxigraph, RdflibEndpoint, System, made
from processes import Unavailable
from virtuoso import Virtuoso

PEERS = ("oxigraph", "rdflib-endpoint", "virtuoso")
_ENDING = (signal.SIGINT, signal.SIGTERM)


def main() -> None:
    """Measure and print Markdown; end with 1 where something is to be told beside the figures."""
    asked = _asked()
    for number in _ENDING:
        signal.signal(number, _leave)
    with tempfile.TemporaryDirectory() as temporary:
        work = (asked.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        comparison, versions = Comparison(asked), [f"Python {platform.python_version()}"]
        versions.append(f"wrk {wrk.prepare(asked.install)}")
        for system in _systems(work, asked):
            with comparison.attempting(system.name):
                versions.append(f"{system.name} {system.prepare()}")
                comparison.systems.append(system)
        load = ", ".join(f"{n:.1f}" for n in os.getloadavg())
        print(f"```console\n.venv/bin/python benchmarks/sparql.py {shlex.join(sys.argv[1:])}\n```\n")
        print(f"{'; '.join(versions)}. {os.cpu_count()} processors, load {load} at the start.")
        print(f"The median of {asked.repeat} times {asked.seconds} s, with strangers {asked.strangers_seconds} s;")
        print("in brackets the extremes.", flush=True)
        for size in asked.sizes:
            for part in comparison.on(made(work, size)):
                print(part, end="", flush=True)
    print("".join(f"\n- {note}" for note in comparison.notes))
    sys.exit(1 if comparison.notes else 0)


def _leave(number: int, _: object) -> None:
    """End in the ordinary way, through all blocks that end servers, and let no second signal cut that short."""
    for each in _ENDING:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)


def _systems(work: Path, asked: argparse.Namespace) -> list[System]:
    peers: dict[str, System] = {
        "oxigraph": Oxigraph(work),
        "rdflib-endpoint": RdflibEndpoint(work),
        "virtuoso": Virtuoso(asked.install),
    }
    return [Ligraph(), *(peers[name] for name in asked.peers)]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    some_phases, some_peers = f"some of {','.join(PHASES)}", f"some of {','.join(PEERS)}"
    parser.add_argument("--sizes", type=_numbers, default=[100_000, 1_000_000], metavar="N,N", help="triples written")
    parser.add_argument("--only", type=_some_of(PHASES), default=PHASES, metavar="PHASE,PHASE", help=some_phases)
    parser.add_argument("--peers", type=_some_of(PEERS), default=PEERS, metavar="PEER,PEER", help=some_peers)
    parser.add_argument("--connections", type=_numbers, default=[8, 64], metavar="N,N", help="clients at once")
    parser.add_argument("--seconds", type=int, default=10, help="how long each is measured each time")
    parser.add_argument("--strangers-seconds", type=int, default=30, help="the same for strangers and who meets them")
    parser.add_argument("--repeat", type=int, default=3, help="how often each is measured; the median counts")
    parser.add_argument("--soak", type=int, default=100_000, metavar="N", help="questions of mixed sizes")
    parser.add_argument("--work", type=Path, help="keep peers, collections and databases here, and use them again")
    parser.add_argument("--install", action="store_true", help="have apt-get install wrk and Virtuoso if missing")
    return parser.parse_args()


def _numbers(text: str) -> list[int]:
    return [int(part.replace("_", "")) for part in text.split(",")]


def _some_of(names: tuple[str, ...]) -> Callable[[str], list[str]]:
    def choice(text: str) -> list[str]:
        chosen = [part for part in text.split(",") if part]
        if unknown := [part for part in chosen if part not in names]:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: none of {', '.join(names)}")
        return chosen

    return choice


if __name__ == "__main__":
    try:
        main()
    except Unavailable as why:
        sys.exit(f"error: {why}")
