"""`ligraph serve` as a process of its own, for tests that want a real one."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LIGRAPH = [sys.executable, "-c", "from ligraph.cli import main; main()"]


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Run `ligraph serve` with some arguments on a free port, and yield the address that it prints."""
    command = [*LIGRAPH, "serve", *arguments, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line, f"{command} ended with {process.wait()}"
        try:
            yield line.split()[-1]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
