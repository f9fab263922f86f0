"""How results look on a terminal: results on stdout, all else on stderr."""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ligraph.errors import LigraphError
from ligraph.namespaces import shorten
from ligraph.progress import Progress, untold

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def paint(text: str, style: str) -> str:
    """Return a text with a style where stdout is a terminal, and as it is elsewhere."""
    text = visible(text)
    if not out.is_terminal:
        return text
    with out.capture() as capture:
        out.print(escape(text), style=style, end="")
    return capture.get()


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PLURALS = {"person": "people", "series": "series", "graph": "files"}


def count_words(counts: Mapping[str, int]) -> str:
    """Return counts in words, such as “1 set, 3 people, 2 topics”; what is not there is left out."""
    return ", ".join(f"{n:,} {word if n == 1 else _plural(word)}" for word, n in counts.items() if n)


def _plural(word: str) -> str:
    return _PLURALS.get(word, word + "s")


def say(text: str) -> None:
    """Print a line about what is going on."""
    err.print(escape(visible(text)))


def visible(text: str) -> str:
    """Return a text in which what would command a terminal is seen instead: data are not ours to trust."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def print_error(error: LigraphError) -> None:
    """Print what is wrong and what would be right."""
    err.print(f"[bold red]error[/]: {escape(visible(error.message))}")
    if error.hint:
        err.print(f"[bold cyan]hint[/]: {escape(visible(error.hint))}")


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Give what shows how far work has come: a bar on a terminal, once the work has taken a second."""
    if not err.is_terminal:
        yield untold
        return
    from rich.progress import Progress as Bar

    begun = time.monotonic()
    with ExitStack() as shown:
        bar = Bar(console=err, transient=True)
        task = bar.add_task("")

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)
            if not bar.live.is_started and time.monotonic() - begun > 1:
                shown.enter_context(bar)

        yield tell


def write(content: bytes | str) -> None:
    """Write a result, unchanged."""
    if isinstance(content, str):
        content = content.encode()
    sys.stdout.buffer.write(content)
    if content and not content.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")
    sys.stdout.flush()


def print_rows(results: bytes, ids: str) -> None:
    """Print SPARQL results (JSON) as a table; IRIs of the collection and the model are shortened."""
    document = orjson.loads(results)
    if "boolean" in document:
        write("yes" if document["boolean"] else "no")
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    names = document["head"]["vars"]
    for name in names:
        table.add_column(name, overflow="fold")
    rows = document["results"]["bindings"]
    for row in rows:
        table.add_row(*(escape(_cell(row.get(name), ids)) for name in names))
    # A pipe has no width: nothing may be folded or cut there.
    target = out if out.is_terminal else Console(file=io.StringIO(), width=10_000)
    target.print(table)
    if isinstance(target.file, io.StringIO):
        write("\n".join(line.rstrip() for line in target.file.getvalue().splitlines()))
    say(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")


def _cell(term: dict[str, str] | None, ids: str) -> str:
    if term is None:
        return ""
    if term["type"] == "uri":
        return shorten(term["value"].removeprefix(ids))
    return visible(term["value"])
