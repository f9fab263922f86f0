"""The systems that are measured: how each gets its data and how it is served."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from build import LIGRAPH, ROOT
from generator import Plan, generate
from processes import Unavailable, free_port, listens, running, waited

_START_SECONDS = 120


@dataclass(frozen=True)
class Data:
    """One generated collection, built: its folder, its statements as N-Quads, and where databases of them go."""

    size: int
    folder: Path
    statements: Path
    databases: Path

    @cached_property
    def number(self) -> int:
        """How many statements there are, with those that rules derive."""
        with self.statements.open("rb") as lines:
            return sum(1 for _ in lines)


@dataclass(frozen=True)
class Server:
    """A running endpoint: its address and its first process."""

    url: str
    pid: int


class System(Protocol):
    """Something that answers SPARQL over HTTP."""

    name: str
    most: int
    """The largest collection that it is measured on."""
    lasting: bool
    """Whether it is also measured beside strangers, and over very many questions."""

    def prepare(self) -> str:
        """Return its version; install it first where that is needed and allowed.

        Raises: Unavailable when it is not there.
        """

    def load(self, data: Data) -> None:
        """Make a database of the data, in place of an earlier one.

        Raises: Unavailable when it cannot.
        """

    def serving(self, data: Data) -> AbstractContextManager[Server]:
        """Serve the loaded data until the block ends.

        Raises: Unavailable when it does not start.
        """


def made(work: Path, size: int) -> Data:
    """Return a generated collection with a release by the code that is installed now."""
    folder = work / f"nq-{size}-0"
    if not folder.exists():
        generate(folder, Plan(size, "nq"))
    release = printed([*LIGRAPH, "build", "-C", str(folder)]).strip()
    statements = work / f"{size}.nq"
    dump = folder / ".ligraph" / "releases" / release / "dumps" / "all.nq.gz"
    with gzip.open(dump) as packed, statements.open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    databases = work / f"databases-{size}"
    databases.mkdir(exist_ok=True)
    return Data(size, folder, statements, databases)


def printed(command: list[str], folder: Path | None = None) -> str:
    """Return what a command prints.

    Raises: Unavailable when it is not there or fails.
    """
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise Unavailable(str(error)) from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Unavailable(f"{' '.join(command)} ended with {done.returncode}: {' / '.join(said[-3:])}")
    return done.stdout


def install(package: str) -> None:
    """Install a Debian package; the machine's package lists are brought up to date first.

    Raises: Unavailable when that fails.
    """
    print(f"apt-get install {package}", file=sys.stderr)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    update, add = ["apt-get", "-q", "update"], ["apt-get", "-qy", "--no-install-recommends", "install", package]
    for command in (update, add):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Unavailable(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")


class Ligraph:
    """`ligraph serve` of the installation that runs this."""

    name, most, lasting = "ligraph", sys.maxsize, True

    def prepare(self) -> str:
        version = printed([*LIGRAPH, "--version"]).strip().removeprefix("ligraph ")
        try:
            commit = printed(["git", "-C", str(ROOT), "describe", "--always", "--dirty"]).strip()
        except Unavailable:
            return version
        return f"{version} ({commit})"

    def load(self, data: Data) -> None:
        """The collection is built already."""

    @contextmanager
    def serving(self, data: Data) -> Iterator[Server]:
        log = data.databases / "ligraph.log"
        with running([*LIGRAPH, "serve", "--port", "0", "-C", str(data.folder)], log) as process:

            def address() -> str | None:
                found = re.search(r"http://127\.0\.0\.1:\d+/", log.read_text("utf-8"))
                return found and found[0]

            served = waited(process, log, address, _START_SECONDS)
            # It answers from its files at once, and from memory a few seconds later: that is what goes on.
            waited(process, log, lambda: _is_settled(served), _START_SECONDS)
            yield Server(served + "sparql", process.pid)


def _is_settled(address: str) -> str | None:
    """Return where queries are answered from, once that is where it stays."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{address}health", timeout=10) as answer:
        said = json.load(answer)
    return str(said["queries"]) if said["queries"] == "memory" or said["statements"] > 2_000_000 else None


class _FromPyPI:
    """A peer that comes as a Python package with a command."""

    name: str
    package: str
    extra = ""

    def __init__(self, work: Path) -> None:
        self.environment = work / "peers"

    @property
    def command(self) -> str:
        return shutil.which(self.package) or str(self.environment / "bin" / self.package)

    def install(self) -> None:
        if Path(self.command).exists():
            return
        print(f"pip install {self.package}, into {self.environment}", file=sys.stderr)
        if not self.environment.exists():
            printed([sys.executable, "-m", "venv", str(self.environment)])
        pip = [str(self.environment / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
        printed([*pip, "install", self.package + self.extra])


class Oxigraph(_FromPyPI):
    """`oxigraph serve-read-only` on a RocksDB database, with the union of all graphs as the default graph."""

    name, most, lasting, package = "oxigraph serve-read-only", sys.maxsize, True, "oxigraph"

    def prepare(self) -> str:
        self.install()
        return printed([self.command, "--version"]).strip().removeprefix("oxigraph ")

    def load(self, data: Data) -> None:
        database = data.databases / "oxigraph"
        shutil.rmtree(database, ignore_errors=True)
        printed([self.command, "load", "--location", str(database), "--file", str(data.statements)])

    @contextmanager
    def serving(self, data: Data) -> Iterator[Server]:
        port, log, database = free_port(), data.databases / "oxigraph.log", data.databases / "oxigraph"
        command = [self.command, "serve-read-only", "--location", str(database), "--union-default-graph"]
        with running([*command, "--bind", f"127.0.0.1:{port}"], log) as process:
            waited(process, log, lambda: listens(port), _START_SECONDS)
            yield Server(f"http://127.0.0.1:{port}/query", process.pid)


class RdflibEndpoint(_FromPyPI):
    """`rdflib-endpoint serve`, which reads the file into memory when it starts; its default graph is the union."""

    name, most, lasting, package = "rdflib-endpoint", 100_000, False, "rdflib-endpoint"
    extra = "[cli]"

    def prepare(self) -> str:
        self.install()
        python = Path(self.command).resolve().with_name("python")
        code = (
            "from importlib.metadata import version; print(version('rdflib-endpoint'), 'on rdflib', version('rdflib'))"
        )
        return printed([str(python), "-c", code]).strip()

    def load(self, data: Data) -> None:
        """It has no database."""

    @contextmanager
    def serving(self, data: Data) -> Iterator[Server]:
        port, log = free_port(), data.databases / "rdflib-endpoint.log"
        command = [self.command, "serve", "--host", "127.0.0.1", "--port", str(port), str(data.statements)]
        with running(command, log) as process:
            waited(process, log, lambda: listens(port), 5 * _START_SECONDS)
            yield Server(f"http://127.0.0.1:{port}/", process.pid)
