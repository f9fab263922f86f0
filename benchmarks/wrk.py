"""wrk, the load generator: many questions at once over connections that are kept, and how they were answered."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from peers import install, printed
from processes import Unavailable

_SCRIPT = Path(__file__).with_name("ask.lua")
# wrk counts an answer that comes later than this as late; it is not an error.
_LATE_SECONDS = 60


@dataclass(frozen=True)
class Figures:
    """What one run found.

    Units: `rate` is answers a second, `p50` and `p99` are seconds; the latter are nothing where nobody was answered.
    """

    rate: float
    p50: float
    p99: float
    requests: int
    errors: int


def prepare(may_install: bool) -> str:
    """Return wrk's version; install it first where that is needed and allowed.

    Raises: Unavailable when it is not there.
    """
    if not shutil.which("wrk") and may_install:
        install("wrk")
    if not shutil.which("wrk"):
        raise Unavailable("wrk is not installed: apt-get install wrk, or --install")
    said = subprocess.run(["wrk", "--version"], capture_output=True, text=True).stdout
    found = re.search(r"^wrk (\S+)", said)
    return found[1] if found else "of a version that it does not tell"


def ask(
    url: str,
    questions: Path,
    seconds: float,
    *,
    connections: int = 8,
    again: bool = False,
    documents: bool = False,
) -> Figures:
    """Return how a server answers the questions of a file, one after another on each connection.

    Shape: with `documents` the file has paths, each with a header where one is sent.
    Raises: Unavailable when there were too few questions.
    """
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds:.0f}s"]
    command += ["--timeout", f"{_LATE_SECONDS}s", "--latency", "--script", str(_SCRIPT), url]
    how = ["again" if again else "once", "documents" if documents else "queries"]
    said = printed([*command, "--", str(questions), *how])
    found = json.loads(said.splitlines()[-1])
    if found["spent"]:
        raise Unavailable(f"{found['requests']:,} answers in {seconds:.0f} s are all questions that there were")
    errors = found["statuses"] + found["sockets"]
    return Figures(found["requests"] / found["seconds"], found["p50"], found["p99"], found["requests"], errors)
