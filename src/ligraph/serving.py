"""A server for one collection: it prints its address once it answers, and takes up new releases by itself."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from ligraph.errors import UsageError
from ligraph.web.app import create_app

_ROOT, _RELEASE, _ADDRESS, _PREFIX = "LIGRAPH__ROOT", "LIGRAPH__RELEASE", "LIGRAPH__ADDRESS", "LIGRAPH__PREFIX"
_PATIENCE_SECONDS = 60

EVERY_ADDRESS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104
"""Hosts that stand for every address of this machine, and the one of them by which it reaches itself."""


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
    logging.basicConfig(stream=sys.stderr, format="%(levelname)s: %(message)s", level=logging.INFO)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        hint = "choose another with --port, or --port 0 for a free one"
        raise UsageError(f"port {port} of {host} cannot be used: {error.strerror}", hint=hint) from None
    # Every address of this machine is none that a page could give as its own.
    named = EVERY_ADDRESS.get(host, host)
    address = f"http://{f'[{named}]' if ':' in named else named}:{listening.getsockname()[1]}{root_path}/"
    os.environ |= {_ROOT: str(root), _RELEASE: release or "", _ADDRESS: address, _PREFIX: root_path}
    app = create_app(root, site=address, root_path=root_path, release=release)
    threading.Thread(target=_announce, args=(address, announce), daemon=True).start()
    uvicorn.run(
        app if workers == 1 else "ligraph.serving:app_of_worker",
        factory=workers > 1,
        fd=listening.fileno(),
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


def app_of_worker() -> FastAPI:
    """Return the application in a process that serves; what to serve is in its environment."""
    return create_app(
        os.environ[_ROOT],
        site=os.environ[_ADDRESS],
        root_path=os.environ[_PREFIX],
        release=os.environ[_RELEASE] or None,
    )


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
