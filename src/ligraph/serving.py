"""A server for one collection: it prints its address once it answers, and takes up new releases by itself."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from ligraph.errors import UsageError
from ligraph.stores.confinement import die_with_parent
from ligraph.web.app import create_app
from ligraph.web.express import Express
from ligraph.web.logs import configure_logs
from ligraph.web.tally import Tally

_ROOT, _RELEASE, _ADDRESS, _PREFIX = "LIGRAPH__ROOT", "LIGRAPH__RELEASE", "LIGRAPH__ADDRESS", "LIGRAPH__PREFIX"
_TALLY = "LIGRAPH__TALLY"
_PATIENCE_SECONDS = 60
_COLLECTIONS = (50_000, 20, 1_000)

EVERY_ADDRESS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""Hosts that stand for every address of this machine, and the one of them by which it reaches itself."""


LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(
    root: Path,
    *,
    host: str,
    port: int,
    workers: int,
    release: str | None,
    root_path: str,
    announce: Callable[[str], None],
) -> None:
    """Serve a collection until the process is told to stop; `announce` is called with the address once it answers.

    Raises: UsageError when the address cannot be bound; CollectionError or ReleaseError when nothing can be served.
    """
    configure_logs()
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        hint = "choose another with --port, or --port 0 for a free one"
        raise UsageError(f"port {port} of {host} cannot be used: {error.strerror}", hint=hint) from None
    # Every address of this machine is none that a page could give as its own.
    named = EVERY_ADDRESS.get(host, host)
    address = f"http://{f'[{named}]' if ':' in named else named}:{listening.getsockname()[1]}{root_path}/"
    if workers == 1:
        _run(create_app(root, site=address, root_path=root_path, release=release), listening, address, announce)
        return
    with tempfile.NamedTemporaryFile(prefix="ligraph-tally-") as tally:
        os.environ |= {_ROOT: str(root), _RELEASE: release or "", _ADDRESS: address, _PREFIX: root_path}
        os.environ[_TALLY] = tally.name
        # What cannot be served is found here, not by each process again and again.
        try:
            Tally(Path(tally.name)).close()
        except OSError as error:
            hint = "let TMPDIR be a folder with 20 MB of room"
            raise UsageError(f"{tally.name} cannot be written: {error.strerror}", hint=hint) from None
        create_app(root, site=address, root_path=root_path, release=release)
        _run("ligraph.serving:app_of_worker", listening, address, announce, workers)


def serve_files(
    files: Sequence[Path],
    default_graph: str,
    *,
    host: str,
    port: int,
    workers: int,
    root_path: str,
    announce: Callable[[str], None],
) -> None:
    """Serve RDF files as they are, until the process is told to stop; nobody but this machine is answered.

    Raises: UsageError for an address that others reach, and for files of unknown formats; CollectionError for a file
    that cannot be read.
    """
    if host not in LOOPBACK:
        hint = "make a collection of them with: ligraph new DIR"
        raise UsageError(f"files are served unchecked, to this machine only, and {host} is for others", hint=hint)
    from ligraph.releases.loose import write_loose

    # What the files say, and how they are seen, is no matter of the surroundings; limits are.
    for setting in ("TITLE", "BASE", "DEFAULT_GRAPH", "ENGINE", "QUERY_URL"):
        os.environ.pop(f"LIGRAPH_{setting}", None)
    with tempfile.TemporaryDirectory(prefix="ligraph-files-") as folder:
        write_loose(Path(folder), files, default_graph)
        serve(Path(folder), host=host, port=port, workers=workers, release=None, root_path=root_path, announce=announce)


def _run(
    app: FastAPI | str, listening: socket.socket, address: str, announce: Callable[[str], None], workers: int = 1
) -> None:
    threading.Thread(target=_announce, args=(address, announce), daemon=True).start()
    config = uvicorn.Config(
        app,
        factory=workers > 1,
        workers=workers,
        loop="uvloop",
        http=Express,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        # Which proxies are believed is a setting of the collection.
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)
    # Given by its descriptor, a socket would be taken for one that needs no TCP_NODELAY: 40 ms on every answer.
    if workers == 1:
        # The server passes the signal on once it has ended in good order: that is no failure.
        signal.signal(signal.SIGTERM, lambda *_: None)
        _collect_rarely()
        server.run(sockets=[listening])
    else:
        Multiprocess(config, sockets=[listening]).run()


def app_of_worker() -> FastAPI:
    """Return the application in a process that serves; what to serve is in its environment."""
    supervisor = multiprocessing.parent_process()
    if supervisor and supervisor.pid:
        die_with_parent(supervisor.pid)
    configure_logs()
    _collect_rarely()
    return create_app(
        os.environ[_ROOT],
        site=os.environ[_ADDRESS],
        root_path=os.environ[_PREFIX],
        release=os.environ[_RELEASE] or None,
        tally=Path(os.environ[_TALLY]),
    )


def _collect_rarely() -> None:
    """Let garbage be looked for less often: to look through all kept answers stops every request for 40 ms."""
    gc.freeze()
    gc.set_threshold(*_COLLECTIONS)


def _announce(address: str, announce: Callable[[str], None]) -> None:
    """Wait until the server answers, then say where."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            with opener.open(f"{address}health", timeout=5):
                break
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.02)
    announce(address)
