"""The documentation is complete, its links lead somewhere, and its examples print what it says they print.

A page with `<!-- runs in: … -->` is run from the top: `console` blocks are commands and their output, a block below
`<!-- file: NAME -->` is written, a block below `<!-- edit: NAME -->` has its `-` lines replaced by its `+` lines.
`…` on a line of its own stands for any lines. `python tests/test_docs.py` writes what is printed now into the pages.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import rdflib
import typer.main
from rdflib.namespace import SH

import ligraph.api  # noqa: F401 - its errors are documented, too
from ligraph.cli import app
from ligraph.collection import ids, yamltree
from ligraph.collection.vocabulary import Vocabulary
from ligraph.config import Limits, Settings, packaged
from ligraph.errors import error_classes
from ligraph.namespaces import LIG, LIGSH, ORG, SCHEMA, SKOS, shorten
from ligraph.web.app import ROUTES

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
ADDRESS = "http://127.0.0.1:8000/"
HOME = "/home/ada"

_FENCE = re.compile(r"^```(\w*)")
_COMMENT = re.compile(r"^<!-- (runs in|file|edit|not run): (.*?) -->$", re.MULTILINE)
_VARYING = (
    (r"\d{8}T\d{6}Z-[0-9a-f]{12}", "RELEASE"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
    (r"\b[0-9a-f]{32,64}\b", "DIGEST"),
    (r"(?mi)^(date|last-modified|content-length): .*$", r"\1: VARIES"),
    (r"[\d,]+ (statements|warnings|bytes)\b", r"N \1"),
    (r'("(?:statements|bytes)":) ?\d+', r"\1 N"),
    (r'"integrity":"(?:whole|not yet checked)"', '"integrity":"whole"'),
    (r'"queries":"(?:files|memory)"', '"queries":"memory"'),
    (r"(?m)[ \t]+$", ""),
)
"""What differs from run to run, and what is put in its place before outputs are compared."""


def read(name: str) -> str:
    """Return the text of a page of `docs/`."""
    return (DOCS / name).read_text("utf-8")


# ── Complete ──


def commands() -> dict[str, Any]:
    """Return the commands of the command line by name."""
    found: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_is_shown_with_its_help(name: str) -> None:
    assert f"$ ligraph {name} --help\n" in read("commands.md")


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_option_is_explained(name: str) -> None:
    page = read("commands.md")
    section = page[page.index(f"\n## ligraph {name}\n") :].split("\n## ")[1]
    for parameter in commands()[name].params:
        for option in parameter.opts:
            if option.startswith("-"):
                assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", section), option


def settings() -> Iterator[tuple[str, str, object]]:
    """Yield name, environment variable and default of every setting."""
    for name, field in Settings.model_fields.items():
        if name != "limits":
            yield name, f"LIGRAPH_{name.upper()}", field.default
    for name, field in Limits.model_fields.items():
        yield f"limits.{name}", f"LIGRAPH_LIMITS__{name.upper()}", field.default


@pytest.mark.parametrize(("name", "variable", "default"), list(settings()))
def test_every_setting_is_documented_with_its_default(name: str, variable: str, default: object) -> None:
    section = read("sources.md").partition("\n## Settings\n")[2]
    row = next(line for line in section.splitlines() if line.startswith(f"| `{name}` |"))
    assert f"`{variable}`" in row
    if isinstance(default, int):
        assert f"{default:,}" in row
    elif isinstance(default, str) and default:
        assert f"`{default}`" in row


@pytest.mark.parametrize("number", [f"{yamltree.DEEPEST} levels", f"{ids.LONGEST} characters"])
def test_every_fixed_limit_is_documented(number: str) -> None:
    assert number in read("sources.md")


@pytest.mark.parametrize("name", sorted(error_classes()))
def test_every_problem_type_is_explained(name: str) -> None:
    cls = error_classes()[name]
    page = read("errors.md")
    assert f"\n### {name}\n" in page
    section = page[page.index(f"\n### {name}\n") :].split("\n### ")[1]
    assert cls.title in section
    assert f"`{cls.__name__}`" in section
    assert f"exit {cls.exit_code}" in section
    assert str(cls.status) in section


def shapes() -> list[tuple[str, str, str]]:
    """Return file, name and severity of every shape that has a message."""
    found = []
    for path in sorted(packaged("shapes").glob("*.ttl")):
        graph = rdflib.Graph().parse(path)
        for shape in graph.subjects(SH.message, None):
            if str(shape).startswith(LIGSH):
                severity = str(graph.value(shape, SH.severity) or SH.Violation).removeprefix(str(SH)).lower()
                found.append((path.name, str(shape).removeprefix(LIGSH), severity))
    return sorted(found)


@pytest.mark.parametrize(("file", "name", "severity"), shapes())
def test_every_shape_is_in_the_table(file: str, name: str, severity: str) -> None:
    page = read("checking.md")
    assert f"`{file}`" in page
    rows = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
    assert len(rows) == 1
    assert rows[0].rstrip(" |").endswith(severity)


def test_no_shape_in_the_table_is_gone() -> None:
    known = {name for _, name, _ in shapes()}
    written = set(re.findall(r"^\| `([A-Z][\w-]*)` \|", read("checking.md"), re.MULTILINE))
    assert written == known


@pytest.mark.parametrize("path", sorted(packaged("ontology").rglob("rules/*.rq")), ids=lambda path: path.name)
def test_every_rule_is_explained(path: Path) -> None:
    assert f"`{path.name}`" in read("model.md")


@pytest.mark.parametrize("path", sorted(packaged("ontology").glob("alignments/*.ttl")), ids=lambda path: path.name)
def test_every_alignment_is_named(path: Path) -> None:
    assert f"`{path.name}`" in read("model.md")


@pytest.mark.parametrize("path", sorted((ROOT / "queries").glob("*.rq")), ids=lambda path: path.stem)
def test_every_stored_question_is_explained(path: Path) -> None:
    assert f"`{path.stem}`" in read("model.md")


def test_every_class_and_every_term_of_ours_is_in_the_model() -> None:
    page = read("model.md")
    vocabulary = Vocabulary((packaged("ontology"),))
    own = {iri for iri in vocabulary.declared if iri.startswith(LIG) and iri != LIG}
    with_ids = {iri for classes in vocabulary.allowed.values() for iri in classes}
    assert {shorten(iri) for iri in own | with_ids if f"`{shorten(iri)}`" not in page} == set()


def test_every_property_of_the_model_is_in_the_model() -> None:
    page = read("model.md")
    vocabulary = Vocabulary((packaged("ontology"),))
    ours = {iri for iri in vocabulary.properties if iri.startswith((LIG, SCHEMA, ORG, SKOS))}
    assert {shorten(iri) for iri in ours if f"`{shorten(iri)}`" not in page} == set()


def test_every_key_of_the_curators_format_is_explained() -> None:
    page = read("sources.md")
    keys = {*Vocabulary((packaged("ontology"),)).terms, "roles", "appearances", "items", "start", "end", "recording"}
    assert {key for key in keys if not re.search(rf"^\| .*`{key}`.* \|", page, re.MULTILINE)} == set()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_every_address_is_documented(route: Any) -> None:
    shown = route.path.replace(":path", "")
    assert re.search(rf"^\| `{re.escape(shown)}", read("http.md"), re.MULTILINE)


def test_every_file_that_the_architecture_names_is_there() -> None:
    named = re.findall(r"`([\w/]+\.(?:py|toml))`", read("architecture.md"))
    known = [path.relative_to(ROOT).as_posix() for path in (ROOT / "src").rglob("*.py")]
    known += [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").glob("*.py")]
    assert [name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in known)] == []


# ── Linked ──


def anchors(text: str) -> set[str]:
    """Return the anchors that a page's headings have, as GitHub makes them."""
    found: dict[str, int] = {}
    names = set()
    for line in _outside_fences(text):
        if match := re.match(r"#{1,6} (.*)", line):
            plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", match[1]).strip().lower()
            slug = "".join(
                "-" if char == " " else char
                for char in plain
                if char in " -_" or unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Mn"
            )
            count = found.get(slug, 0)
            found[slug] = count + 1
            names.add(f"{slug}-{count}" if count else slug)
    return names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for line in _outside_fences(page.read_text("utf-8")):
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
            if re.match(r"[a-z]+:", target):
                continue
            name, _, anchor = target.partition("#")
            path = (page.parent / name).resolve() if name else page
            assert path.exists(), target
            if anchor:
                assert anchor in anchors(path.read_text("utf-8")), target


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_every_page_is_reached_from_the_readme(page: Path) -> None:
    assert f"(docs/{page.name})" in (ROOT / "README.md").read_text("utf-8")


def test_pictures_are_small() -> None:
    pictures = list(DOCS.glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size < 200_000


def _outside_fences(text: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            inside = not inside
        elif not inside:
            yield line


# ── True ──


@dataclass
class Block:
    """A fenced block of a page.

    Shape: `first` and `last` are the lines of its content, counted from 0, the last left out; `comment` and `about`
    come from the comment above it.
    """

    kind: str
    comment: str
    about: str
    first: int
    last: int


@dataclass
class Step:
    """A command of a `console` block with the lines of its output."""

    command: str
    first: int
    last: int


def runs_in(text: str) -> str | None:
    """Return where the examples of a page run, or None where none are run."""
    match = _COMMENT.search(text)
    return match[2] if match and match[1] == "runs in" else None


def blocks(lines: list[str]) -> Iterator[Block]:
    """Yield the fenced blocks of a page."""
    number = 0
    comment, about = "", ""
    while number < len(lines):
        line = lines[number]
        if match := _COMMENT.match(line):
            comment, about = match[1], match[2]
        elif fence := _FENCE.match(line):
            end = next(n for n in range(number + 1, len(lines)) if lines[n].startswith("```"))
            yield Block(fence[1], comment, about, number + 1, end)
            comment, about, number = "", "", end
        elif line.strip():
            comment, about = "", ""
        number += 1


def steps(lines: list[str], block: Block) -> Iterator[Step]:
    """Yield the commands of a block."""
    number = block.first
    while number < block.last:
        assert lines[number].startswith("$ "), f"line {number + 1}: a command begins with “$ ”"
        command = lines[number][2:]
        number += 1
        while command.endswith("\\"):
            command += "\n" + lines[number]
            number += 1
        end = next((n for n in range(number, block.last) if lines[n].startswith("$ ")), block.last)
        yield Step(command, number, end)
        number = end


class Desk:
    """A folder in which the examples of one page are run, one after another."""

    def __init__(self, folder: Path, place: str) -> None:
        self.folder = folder
        self.address = ADDRESS
        self.code = 0
        self.servers: list[subprocess.Popen[str]] = []
        if place == "a copy of this repository's collection":
            for name in ("data", "queries", "ontology", "shapes"):
                shutil.copytree(ROOT / name, folder / name)
            shutil.copy(ROOT / "ligraph.toml", folder)
        else:
            assert place == "an empty folder", place

    def run(self, command: str) -> str:
        """Return what a command prints, to stdout and stderr in turn."""
        command = command.replace(ADDRESS, self.address)
        if re.match(r"ligraph serve\b(?!.*--help)", command):
            return self.serve(command)
        # The code of the command before is there for `echo $?`.
        done = subprocess.run(
            ["sh", "-c", f"(exit {self.code})\n{command}"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        self.code = done.returncode
        return self.shown(done.stdout)

    def serve(self, command: str) -> str:
        """Start a server at a free port; return what it prints until it answers."""
        words = [*re.sub(r" --port \d+", "", command).split(), "--port", "0"]
        server = subprocess.Popen(
            words,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.servers.append(server)
        assert server.stdout
        printed = []
        for line in server.stdout:
            printed.append(line)
            if match := re.search(r"at (http://\S+)", line):
                self.address = match[1]
                break
        return self.shown("".join(printed))

    def shown(self, text: str) -> str:
        """Return an output as pages show it: without the folder and port of this run."""
        return text.replace(self.address, ADDRESS).replace(str(self.folder), HOME)

    def edit(self, name: str, lines: list[str]) -> None:
        """Replace the lines of a file that begin with “-” by those that begin with “+”."""
        path = self.folder / name
        old = "\n".join(line[1:] for line in lines if line[:1] in "- ")
        new = "\n".join(line[1:] for line in lines if line[:1] in "+ ")
        text = path.read_text("utf-8")
        assert text.count(old + "\n") == 1, f"{name} does not have, once: {old}"
        path.write_text(text.replace(old + "\n", new + "\n"), "utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the examples see."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LIGRAPH_", "FORCE_COLOR"))}
        own = {"COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "HOME": str(self.folder), "TERM": "dumb"}
        return kept | own | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def close(self) -> None:
        """Stop what was started."""
        for server in self.servers:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=20)


def run_page(page: Path, folder: Path) -> Iterator[tuple[Step, str]]:
    """Run the examples of a page from the top; yield each command with what it prints."""
    text = page.read_text("utf-8")
    lines = text.splitlines()
    place = runs_in(text)
    assert place
    desk = Desk(folder, place)
    with ExitStack() as stack:
        stack.callback(desk.close)
        for block in blocks(lines):
            content = lines[block.first : block.last]
            if block.comment == "file":
                path = folder / block.about
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("\n".join(content).replace(ADDRESS, desk.address) + "\n", "utf-8")
            elif block.comment == "edit":
                desk.edit(block.about, content)
            elif block.kind == "console" and block.comment != "not run":
                for step in steps(lines, block):
                    yield step, desk.run(step.command)


def agrees(expected: list[str], printed: str) -> bool:
    """Return whether an output is what a page says, whatever differs from run to run."""
    parts = [re.escape(line.rstrip()) + "\n" for line in normal("\n".join(expected)).splitlines()]
    pattern = "".join("(?:.*\n)*?" if part == "…\n" else part for part in parts)
    return re.fullmatch(pattern, normal(printed).rstrip("\n") + "\n" if printed.strip() else "") is not None


def normal(text: str) -> str:
    """Return a text without what differs from run to run."""
    for pattern, replacement in _VARYING:
        text = re.sub(pattern, replacement, text)
    return text


RUNNING = [page for page in PAGES if runs_in(page.read_text("utf-8"))]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Path, Future[list[tuple[Step, str]]]]]:
    """Run all pages beside one another: most of the time is spent in processes of their own."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        folders = {page: tmp_path_factory.mktemp(page.stem) for page in RUNNING}
        yield {page: pool.submit(lambda page: list(run_page(page, folders[page])), page) for page in RUNNING}


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.name)
@pytest.mark.skipif(not shutil.which("curl"), reason="the pages ask with curl, which is not installed")
def test_examples_print_what_the_page_says(page: Path, printed: dict[Path, Future[list[tuple[Step, str]]]]) -> None:
    lines = page.read_text("utf-8").splitlines()
    for step, output in printed[page].result():
        expected = lines[step.first : step.last]
        assert agrees(expected, output), f"{page.name}:{step.first}: {step.command}\nprints now:\n{output}"


def test_the_pages_that_must_run_do() -> None:
    assert {"README.md", "tutorial.md", "commands.md", "checking.md", "http.md"} <= {page.name for page in RUNNING}


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.name)
def test_no_example_breaks_off(page: Path) -> None:
    assert "Traceback" not in page.read_text("utf-8")


def test_a_wrong_output_is_seen() -> None:
    assert agrees(["one", "…", "four"], "one\ntwo\nthree\nfour\n")
    assert agrees([], "")
    assert not agrees(["one", "four"], "one\ntwo\nfour\n")
    assert not agrees([], "one\n")
    assert not agrees(["one"], "")


def rewrite(page: Path, folder: Path) -> None:
    """Write what its examples print now into a page."""
    lines = page.read_text("utf-8").splitlines()
    changes = []
    for step, printed in run_page(page, folder):
        if not agrees(lines[step.first : step.last], printed):
            print(f"{page.name}:{step.first}: {step.command}")
            changes.append((step, [line.rstrip() for line in printed.rstrip("\n").splitlines()]))
    for step, output in reversed(changes):
        lines[step.first : step.last] = output
    page.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    import tempfile

    for running in RUNNING:
        if not sys.argv[1:] or running.name in sys.argv[1:]:
            with tempfile.TemporaryDirectory() as temporary:
                rewrite(running, Path(temporary).resolve())
