"""Engines of others as processes of their own: the Oxigraph server and Virtuoso, loaded with the dump of a release."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SECONDS = 3
"""How long a query may run, here and with each engine."""

_PATIENCE_SECONDS = 60
_OXIGRAPH = str(Path(sys.executable).with_name("oxigraph"))
_VIRTUOSO = """\
[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
DisableUnixSocket = 1
DirsAllowed = .
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerThreads = 20
ServerRoot = .
[SPARQL]
ResultSetMaxRows = 1000000
"""


def has_virtuoso() -> bool:
    """Return whether Virtuoso is installed. Where it must be, a missing one is a failure."""
    installed = shutil.which("virtuoso-t") is not None and shutil.which("isql-vt") is not None
    if not installed and os.environ.get("CI"):
        pytest.fail("Virtuoso is missing: .ci/run installs Debian's virtuoso-opensource-7-bin", pytrace=False)
    return installed


@contextmanager
def oxigraph(dump: Path, folder: Path, *, union: bool = True) -> Iterator[str]:
    """Run the Oxigraph server with what a dump has, and yield the address that takes queries."""
    port = free_port()
    load = [_OXIGRAPH, "load", "--location", str(folder / "db"), "--file", str(dump)]
    subprocess.run(load, check=True, capture_output=True)
    command = [_OXIGRAPH, "serve-read-only", "--location", str(folder / "db"), "--bind", f"127.0.0.1:{port}"]
    command += ["--timeout-s", str(SECONDS), *(["--union-default-graph"] if union else [])]
    with _running(command, folder, port):
        yield f"http://127.0.0.1:{port}/query"


@contextmanager
def virtuoso(dump: Path, folder: Path) -> Iterator[str]:
    """Run Virtuoso with what a dump has, and yield the address that takes queries."""
    port, sql_port = free_port(), free_port()
    folder.mkdir(exist_ok=True)
    shutil.copy(dump, folder / "all.nq.gz")
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(port=port, sql_port=sql_port))
    with _running(["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"], folder, port, sql_port):
        load = "ld_dir('.', 'all.nq.gz', 'urn:unnamed'); rdf_loader_run(); checkpoint;"
        client = ["isql-vt", f"127.0.0.1:{sql_port}", "dba", "dba", f"exec={load}"]
        subprocess.run(client, check=True, capture_output=True, cwd=folder, timeout=_PATIENCE_SECONDS)
        yield f"http://127.0.0.1:{port}/sparql?timeout={{milliseconds}}"


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


@contextmanager
def _running(command: list[str], folder: Path, *ports: int) -> Iterator[None]:
    """Run a server in a folder until it is no longer needed; go on once it takes connections."""
    with (folder / "out.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        for port in ports:
            while not _listens(port):
                assert process.poll() is None, (folder / "out.txt").read_text()
                assert time.monotonic() < deadline, f"{command[0]} does not come up"
                time.sleep(0.05)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as connecting:
        return connecting.connect_ex(("127.0.0.1", port)) == 0
