"""`ligraph serve` as a process of its own, for tests that want a real one."""

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIGRAPH = [sys.executable, "-c", "from ligraph.cli import main; main()"]


BASE = "https://example.org/every-row/"
MORE = {
    "data/more.yaml": """\
things:
- id: person/éva-ü
  name: '</script><script>alert(1)</script> & "Éva"'
""",
    "data/removed.yaml": "set/gone: removed\nset/old: set/listening-and-watching\n",
}
"""What clients may stumble over: an id that is not ASCII, a name that is markup, ids that are no more."""


def copy_every_row(root: Path, base: str = BASE, files: dict[str, str] = MORE) -> Path:
    """Copy the collection that has a row for everything into a folder, with another base perhaps, and more files."""
    source = Path(__file__).parent / "every_row"
    shutil.copytree(source, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".ligraph"))
    for name, text in files.items():
        (root / name).write_text(text, "utf-8")
    settings = root / "ligraph.toml"
    settings.write_text(settings.read_text("utf-8").replace(BASE, base), "utf-8")
    return root


def free_port() -> int:
    """Return a port that was free a moment ago, for what has to be told where it will be."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving(*arguments: str, port: int = 0) -> Iterator[str]:
    """Run `ligraph serve` with some arguments, on a free port if none is given; yield the address that it prints."""
    command = [*LIGRAPH, "serve", *arguments, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line, f"{command} ended with {process.wait()}"
        try:
            yield line.split()[-1]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
