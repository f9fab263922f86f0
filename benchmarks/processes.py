"""Servers as processes of this machine: started, watched, and ended by their ids."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

_Found = TypeVar("_Found")

# A server that has a query running may not hear that it is to stop.
_PATIENCE_SECONDS = 10
_TICKS = os.sysconf("SC_CLK_TCK")


class Unavailable(Exception):
    """A system that cannot be measured here; the message says why."""


@dataclass(frozen=True)
class _Stat:
    parent: int
    ticks: int
    started: int


@contextmanager
def running(command: list[str], log: Path, folder: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; what it prints goes to `log`."""
    with log.open("wb") as stream:
        # A session of its own: Ctrl-C is for this process, which then ends the server.
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def waited(process: subprocess.Popen[bytes], log: Path, look: Callable[[], _Found | None], seconds: float) -> _Found:
    """Return what `look` finds at last.

    Raises: Unavailable when the process has ended by then, or the time is over.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        if process.poll() is not None:
            break
        time.sleep(0.1)
    said = log.read_text("utf-8", "replace").strip().splitlines()
    why = f"ended with {process.returncode}" if process.returncode is not None else f"was not ready in {seconds:.0f} s"
    raise Unavailable(f"it {why}: {' / '.join(said[-3:])}")


def listens(port: int) -> bool | None:
    """Return True once something listens on a port of this machine."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return None
    return True


def free_port() -> int:
    """Return a port that nothing listens on."""
    # Below those that connections get: waiting for a server on one of these can end in a connection to itself.
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise Unavailable("no port is free")


def memory(pid: int) -> float:
    """Return the megabytes of a process and all below it; what they share counts once."""
    total = 0
    for member in _family(pid):
        with suppress(OSError):
            lines = Path(f"/proc/{member}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / 1e6


def settle(pid: int, seconds: float = 60) -> None:
    """Wait until a server and all below it do nothing, such as for askers who have left, or the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        before, start = _ticks(pid), time.monotonic()
        time.sleep(0.3)
        if (_ticks(pid) - before) / _TICKS < 0.05 * (time.monotonic() - start):
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    family = _family(process.pid)
    process.terminate()
    try:
        process.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    # One of them may have left the session; its time of start tells it from a later process with its id.
    for member, was in family.items():
        now = _stat(member)
        if now and now.started == was.started:
            with suppress(ProcessLookupError):
                os.kill(member, signal.SIGKILL)


def _ticks(pid: int) -> int:
    return sum(stat.ticks for stat in _family(pid).values())


def _family(pid: int) -> dict[int, _Stat]:
    everyone = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (stat := _stat(int(folder.name))):
            everyone[int(folder.name)] = stat
    family = {pid: everyone[pid]} if pid in everyone else {}
    grown = True
    while grown:
        born = {member: stat for member, stat in everyone.items() if stat.parent in family and member not in family}
        family |= born
        grown = bool(born)
    return family


def _stat(pid: int) -> _Stat | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # proc(5): the name may hold anything, so fields are counted from its last bracket; the first is the third.
    fields = text.rpartition(")")[2].split()
    return _Stat(parent=int(fields[1]), ticks=int(fields[11]) + int(fields[12]), started=int(fields[19]))
