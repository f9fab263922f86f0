"""What a worker process cannot do: reach the network, take all memory, outlive the service.

Source: seccomp(2), prctl(2), unshare(2), setrlimit(2) of Linux.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

FILTER = "a system-call filter"
NAMESPACE = "a network namespace of their own"

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_SECCOMP_MODE_FILTER = 2
_KILL_PROCESS, _ALLOW = 0x8000_0000, 0x7FFF_0000
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_IO_URING_SETUP = 425
# Audit architecture, then the numbers of socket and connect: each architecture has its own.
_CALLS = {"x86_64": (0xC000_003E, (41, 42)), "aarch64": (0xC000_00B7, (198, 203))}
_X32 = 0x4000_0000
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06


def cut_off_network() -> str | None:
    """Take the network from this process for good; return by which means, None where the system has none.

    A process that asks for a socket afterwards is killed, where a filter is in force; it finds no way out of an empty
    namespace otherwise.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    if _filter_calls(libc):
        return FILTER
    if libc.unshare(_CLONE_NEWNET) == 0 or libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        return NAMESPACE
    return None


def can_limit_memory() -> bool:
    """Return whether the system tells how large a process is, and so how large it may become."""
    return _address_space() > 0


def limit_memory(allowance: int) -> None:
    """Let this process grow by a number of bytes: the engine aborts where it would need more."""
    size = _address_space()
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + allowance, size + allowance))


def die_with_parent(parent: int) -> None:
    """Have the system kill this process when its parent is gone, and do so now where that is gone already."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def lower(pid: int) -> bool:
    """Let a process run only while no other wants to; return whether the system can do that."""
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setscheduler(int(thread.name), os.SCHED_IDLE, os.sched_param(0))
    except (AttributeError, OSError):
        return False
    return True


def set_apart(pid: int) -> bool:
    """Keep a process off one of the processors; return whether the system can do that, and has several.

    A processor that always has something to run does not look for what waits behind others elsewhere: beside four
    processes that are lowered, one request in a hundred takes 7 ms, and 3 ms where one processor is left to the others.
    """
    try:
        rest = sorted(os.sched_getaffinity(0))[1:]
        for thread in Path(f"/proc/{pid}/task").iterdir() if rest else ():
            os.sched_setaffinity(int(thread.name), rest)
    except (AttributeError, OSError):
        return False
    return bool(rest)


def _filter_calls(libc: ctypes.CDLL) -> bool:
    """Install a filter that kills the process when it asks for a socket, by whatever call."""
    known = _CALLS.get(platform.machine())
    if known is None:
        return False
    architecture, calls = known
    refused = (*calls, _IO_URING_SETUP)
    # Offsets 4 and 0 of the data that a filter sees: the architecture, and the number of the call.
    program = [
        (_LOAD, 0, 0, 4),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, 0),
        (_AT_LEAST, len(refused) + 1, 0, _X32),
        *((_EQUAL, len(refused) - number, 0, call) for number, call in enumerate(refused)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _KILL_PROCESS),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    header = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)


def _address_space() -> int:
    """Return how many bytes of addresses this process has, 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()
