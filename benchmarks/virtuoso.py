"""Virtuoso, on a database of its own and not on that of the system's service."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from peers import Data, Server, install, printed
from processes import Unavailable, free_port, listens, running, waited

# The programs alone: the package `virtuoso-opensource-7` would also start a service.
_PACKAGE = "virtuoso-opensource-7-bin"
_START_SECONDS = 120

# 100,000 buffers are 800 MB. By default it keeps 10 connections and cuts results.
_SETTINGS = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
TransactionFile = {folder}/virtuoso.trx
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
xa_persistent_file = {folder}/virtuoso.pxa
FileExtend = 200
MaxCheckpointRemap = 2000

[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx

[Parameters]
ServerPort = 127.0.0.1:{port}
DisableUnixSocket = 1
ServerThreads = 20
NumberOfBuffers = 100000
MaxDirtyBuffers = 75000
CheckpointInterval = 0
DirsAllowed = {statements}

[HTTPServer]
ServerPort = 127.0.0.1:{web_port}
ServerRoot = {folder}
ServerThreads = 20
MaxKeepAlives = 20
KeepAliveTimeout = 60

[SPARQL]
ResultSetMaxRows = 10000000
"""


class Virtuoso:
    """Virtuoso Open Source, whose default graph is the union of all graphs."""

    name, most, lasting = "Virtuoso", sys.maxsize, False

    def __init__(self, may_install: bool) -> None:
        self.may_install = may_install

    def prepare(self) -> str:
        if not shutil.which("virtuoso-t") and self.may_install:
            install(_PACKAGE)
        if not shutil.which("virtuoso-t"):
            raise Unavailable(f"it is not installed: apt-get install {_PACKAGE}, or --install")
        # It knows no option for the version, and says it with the help that comes as an error.
        said = subprocess.run(["virtuoso-t", "--help"], capture_output=True, text=True).stderr
        found = re.search(r"Version ([\d.]+)", said)
        return found[1] if found else "of a version that it does not tell"

    def load(self, data: Data) -> None:
        folder = data.databases / "virtuoso"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        with self._running(data) as (port, _, _):
            _execute(port, f"ld_dir('{data.statements.parent}', '{data.statements.name}', 'urn:no-graph')")
            _execute(port, "rdf_loader_run()")
            loaded = _execute(port, "select ll_state, ll_error from DB.DBA.load_list")
            if not re.search(r"^2\s+NULL", loaded, re.MULTILINE):
                raise Unavailable(f"it did not load {data.statements}: {loaded}")
            _execute(port, "checkpoint")

    @contextmanager
    def serving(self, data: Data) -> Iterator[Server]:
        with self._running(data) as (_, web_port, pid):
            yield Server(f"http://127.0.0.1:{web_port}/sparql", pid)

    @contextmanager
    def _running(self, data: Data) -> Iterator[tuple[int, int, int]]:
        """Yield the ports for SQL and for HTTP and the process."""
        folder, port, web_port = data.databases.resolve() / "virtuoso", free_port(), free_port()
        settings, log = folder / "virtuoso.ini", data.databases / "virtuoso.log"
        text = _SETTINGS.format(folder=folder, port=port, web_port=web_port, statements=data.statements.parent)
        settings.write_text(text, "utf-8")
        with running(["virtuoso-t", "+foreground", "+configfile", str(settings)], log, folder) as process:
            # It takes SQL only after HTTP, when the database is made.
            waited(process, log, lambda: listens(port), _START_SECONDS)
            yield port, web_port, process.pid


def _execute(port: int, statement: str) -> str:
    # The name and password are those of every new database; this one is reached from this machine alone.
    return printed(["isql-vt", f"127.0.0.1:{port}", "dba", "dba", "VERBOSE=OFF", f"exec={statement};"])
