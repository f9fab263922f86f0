"""The verbs of the command line. Each is one call into the package and one print."""

from __future__ import annotations

import os
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from ligraph import __version__, api
from ligraph.config import open_collection
from ligraph.errors import CheckFailed, CollectionError, LigraphError, UsageError
from ligraph.terminal import count_words, paint, print_error, print_rows, progress_bar, say, visible, write

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
    help="Point ligraph at a folder of facts; get a linked-data site that is checked, fast, citable and easy to embed.",
)

Root = Annotated[Path, typer.Option("-C", "--collection", metavar="DIR", help="The folder with ligraph.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


class ReportFormat(StrEnum):
    """How `check` prints its report."""

    TEXT = "text"
    JSON = "json"
    TURTLE = "turtle"
    GITHUB = "github"


class ResultFormat(StrEnum):
    """How `query` prints its results."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    XML = "xml"
    TTL = "ttl"
    NT = "nt"
    JSONLD = "jsonld"
    RDF = "rdf"
    TRIG = "trig"
    NQ = "nq"


class DefaultGraph(StrEnum):
    """What a query sees that names no graph."""

    UNION = "union"
    UNNAMED = "unnamed"


def main() -> None:
    """Run the command line; end with 0 when done, 1 when the data are wrong, 2 when ligraph could not work."""
    try:
        app()
    except LigraphError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of stdout has gone, as `head` does; the interpreter must not try to write again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        print_error(CollectionError(f"the work cannot be done: {error.strerror or error}"))
        sys.exit(2)


def _version(wanted: bool) -> None:
    if wanted:
        write(f"ligraph {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that is empty or not there.")],
) -> None:
    """Write a small commented collection to begin with."""
    from ligraph.starting import start_collection

    for path in start_collection(folder):
        write(str(path))
    say(f"Now run: ligraph serve -C {folder}")


@app.command()
def ingest(
    posts: Annotated[list[str], typer.Argument(metavar="POST", help="Posts as .txt, .html or .md; - reads stdin.")],
    root: Root = Path(),
    as_json: AsJson = False,
) -> None:
    """Read posts of the series and write them as YAML-LD for a curator; what a person edited is never changed."""
    from ligraph.ingesting import ingest_posts

    results = ingest_posts(open_collection(root), posts)
    if as_json:
        write(orjson.dumps([result.to_dict() for result in results], option=orjson.OPT_INDENT_2))
    else:
        write("\n\n".join(visible(result.to_text()) for result in results))


@app.command()
def check(
    root: Root = Path(),
    format_: Annotated[ReportFormat, typer.Option("--format", help="How the report is printed.")] = ReportFormat.TEXT,
    strict: Annotated[bool, typer.Option("-W", "--strict", help="Fail for warnings, too.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Judge by one plain pySHACL run, without the sieve.")] = False,
) -> None:
    """Show all that is wrong with the sources, each with file, line and remedy."""
    from ligraph.collection.report_formats import to_github, to_json, to_text, to_turtle

    with progress_bar() as progress:
        checked = api.check(root, full=full, progress=progress)
    report, ids = checked.report, checked.collection.settings.ids
    match format_:
        case ReportFormat.TEXT:
            write(to_text(report, ids, paint))
        case ReportFormat.JSON:
            write(to_json(report))
        case ReportFormat.TURTLE:
            write(to_turtle(report, ids))
        case ReportFormat.GITHUB:
            write(to_github(report))
    if not report.conforms or (strict and report.warnings):
        raise typer.Exit(1)


@app.command()
def build(root: Root = Path(), as_json: AsJson = False) -> None:
    """Check the sources and make a release of them, and the release live."""
    built = _build(root)
    if as_json:
        made = built.manifest
        facts = {"release": made.id, "new": built.is_new, "digest": made.digest, "statements": made.statements}
        write(orjson.dumps(facts, option=orjson.OPT_INDENT_2))
    else:
        write(built.manifest.id)


@app.command()
def serve(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Serve RDF files as they are, unchecked.")
    ] = None,
    root: Root = Path(),
    host: Annotated[str, typer.Option(help="Address to bind.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to bind; 0 picks a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that serve.")] = 1,
    release: Annotated[str | None, typer.Option(metavar="ID", help="Serve this release; leave sources alone.")] = None,
    root_path: Annotated[str, typer.Option(metavar="PREFIX", help="Path at which a proxy serves the site.")] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Build again whenever the sources change.")] = False,
    default_graph: Annotated[
        DefaultGraph | None, typer.Option("--default-graph", help="Of files: what a query sees that names no graph.")
    ] = None,
) -> None:
    """Check and build where the sources changed, then serve the site. FILE: serve RDF files without a collection."""
    from ligraph.serving import EVERY_ADDRESS, LOOPBACK, serve_files
    from ligraph.serving import serve as serve_site

    if root_path and not root_path.startswith("/"):
        raise UsageError(f"--root-path {root_path} is not a path", hint=f"write --root-path /{root_path}")
    if files:
        if release or watch or root != Path():
            raise UsageError("FILE does not go together with --collection, --release and --watch")
        graph = (default_graph or DefaultGraph.UNION).value
        serve_files(
            files,
            graph,
            host=host,
            port=port,
            workers=workers,
            root_path=root_path.rstrip("/"),
            announce=lambda address: write(
                f"Serving {len(files):,} {'file' if len(files) == 1 else 'files'} at {address}"
            ),
        )
        return
    if default_graph:
        hint = f'write default_graph = "{default_graph.value}" in ligraph.toml'
        raise UsageError("--default-graph is for files; a collection has a setting", hint=hint)
    if watch and release:
        raise UsageError("--watch and --release do not go together: a given release does not change")
    if release is None:
        _build_or_keep(root)
    if watch:
        from ligraph.watching import watch as watch_sources

        watch_sources(root, _report_built, _report_error)
    if host in EVERY_ADDRESS and not open_collection(root).settings.site:
        say(
            "Note: every address of this machine is answered; set site in ligraph.toml to the one that pages shall name"
        )
    settings = open_collection(root).settings
    if settings.site and host in LOOPBACK and not settings.proxies:
        say("Note: if a proxy stands before this, name it as proxies in ligraph.toml: else its clients are not counted")
    serve_site(
        root,
        host=host,
        port=port,
        workers=workers,
        release=release,
        root_path=root_path.rstrip("/"),
        announce=lambda address: write(f"Serving {open_collection(root).settings.title} at {address}"),
    )


@app.command()
def query(
    text: Annotated[
        str | None, typer.Argument(metavar="FILE|TEXT", help="A file with a query, a query, or - for stdin.")
    ] = None,
    root: Root = Path(),
    stored: Annotated[
        str | None, typer.Option(metavar="NAME", help="Ask this stored question of the collection.")
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", "-p", metavar="NAME=VALUE", help="A parameter of a stored question.")
    ] = None,
    format_: Annotated[
        ResultFormat | None, typer.Option("--format", help="How results are printed; default: a table, or Turtle.")
    ] = None,
    release: Annotated[str | None, typer.Option(metavar="ID", help="Query this release, not the live one.")] = None,
) -> None:
    """Ask the live release a SPARQL question; the prefixes of the model are declared already."""
    from ligraph.querying import ask, ask_stored

    if (text is None) == (stored is None):
        raise typer.BadParameter("name one query: FILE, TEXT or --stored NAME")
    # The engine answers in one call, in which nothing of Python's sees that a person wants it to end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    name = format_.value if format_ else None
    if stored:
        answer = ask_stored(root, stored, _read_values(param or []), name, release)
    elif param:
        raise UsageError("--param is for stored questions", hint="name one with --stored NAME")
    else:
        answer = ask(root, _read_query(text or ""), name, release)
    if answer.is_table:
        print_rows(answer.content, answer.ids)
    else:
        write(answer.content)


@app.command()
def embed(
    thing: Annotated[str, typer.Argument(metavar="ID", help="The id of a thing, such as set/hub-leadership.")],
    root: Root = Path(),
) -> None:
    """Print the card of a thing for a page elsewhere: HTML with its schema.org data, from the live release."""
    from ligraph.embedding import embed as embed_thing

    write(embed_thing(root, thing))


@app.command()
def rollback(
    release: Annotated[str | None, typer.Argument(metavar="ID", help="Default: the one before the live one.")] = None,
    root: Root = Path(),
) -> None:
    """Make an earlier release live again."""
    from ligraph.releases.history import roll_back

    write(roll_back(open_collection(root), release))


@app.command()
def prune(
    root: Root = Path(),
    keep: Annotated[int, typer.Option(min=1, help="How many of the latest releases stay.")] = 10,
) -> None:
    """Delete old releases; the live one always stays."""
    from ligraph.releases.history import prune as prune_releases

    for name in prune_releases(open_collection(root), keep):
        write(name)


def _build(root: Path, *, keep_rollback: bool = False) -> api.Built:
    """Build, and print the report where the sources do not pass."""
    try:
        with progress_bar() as progress:
            built = api.build(root, keep_rollback=keep_rollback, progress=progress)
    except CheckFailed as error:
        _print_report(root, error.report)
        raise
    if built.report:
        _report_built(built)
    if built.reason:
        say(f"Note: {built.reason}")
    return built


def _build_or_keep(root: Path) -> None:
    """Build; where the sources do not pass, go on with the release that there is."""
    from ligraph.releases.history import live_manifest

    try:
        _build(root, keep_rollback=True)
    except LigraphError as error:
        live = live_manifest(open_collection(root))
        if live is None:
            raise
        print_error(error)
        say(f"Serving the release of {live.created} as it was")


def _print_report(root: Path, report: Any) -> None:
    from ligraph.collection.report_formats import to_text

    say(to_text(report, open_collection(root).settings.ids))


def _report_built(built: api.Built) -> None:
    things = count_words({name: count for name, count in built.manifest.things.items() if name != "graph"})
    say(f"Built release {built.manifest.id}: {built.manifest.statements:,} statements ({things})")
    if built.manifest.warnings:
        say(f"{count_words({'warning': built.manifest.warnings})}: see them with ligraph check")
    if built.left_out:
        say(f"Not in the JSON-LD download, which has no way to say them: {count_words({'thing': built.left_out})}")


def _report_error(error: LigraphError) -> None:
    if isinstance(error, CheckFailed):
        from ligraph.collection.report_formats import to_text

        say(to_text(error.report))
    print_error(error)


def _read_values(pairs: list[str]) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"“{pair}” gives no value", hint="write --param NAME=VALUE")
        if name in values:
            raise UsageError(f"“{name}” is given several times", hint="give it once")
        values[name] = value
    return values


def _read_query(text: str) -> str:
    if text == "-":
        return sys.stdin.read()
    # Every query has a brace but DESCRIBE of things that are named.
    if "{" in text or "DESCRIBE" in text.upper().split():
        return text
    try:
        return Path(text).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{text} is neither a query nor a file that can be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{text} is not UTF-8") from None
