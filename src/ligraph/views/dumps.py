"""The dumps of a release beside its N-Quads, written once: Turtle, and JSON-LD with one document in each line.

They are made from its N-Quads, line by line, and from its documents, one by one: all that is held of a release are the
ids of its things.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby
from pathlib import Path

import orjson
from pyoxigraph import RdfFormat, parse

from ligraph.errors import NotAcceptable
from ligraph.formats import TURTLE
from ligraph.progress import Progress, untold
from ligraph.releases.canonical import triples_in, writing_gzip
from ligraph.releases.manifest import CONTEXT, DUMP, JSON_LD_DUMP, TURTLE_DUMP, Manifest
from ligraph.serialization import to_rdf
from ligraph.stores.documents import read_document
from ligraph.stores.facts import Statements
from ligraph.views.jsonld import to_json_ld
from ligraph.views.sitemaps import write_sitemaps
from ligraph.views.twin import Twin
from ligraph.views.words import Words

_TRIPLES = 5_000
_DOCUMENTS = 200


def write_dumps(folder: Path, manifest: Manifest, store: Statements, progress: Progress = untold) -> int:
    """Write the dumps of a release and its sitemaps; return how many things JSON-LD has no way to say.

    Shape: `folder` has the N-Quads and the context already, `store` the same statements.
    Raises: OSError when they cannot be written.
    """
    changes = read_changes(folder, manifest)
    write_sitemaps(folder, manifest, changes)
    _write_turtle(folder)
    return _write_json_lines(folder, manifest, store, sorted(changes), progress)


def read_changes(folder: Path, manifest: Manifest) -> dict[str, str]:
    """Return when what is said of each thing last changed, by its id: the latest change of a graph that speaks of it.

    Shape: source files are things, too; parts are none.
    """
    changes: dict[str, str] = {}
    ids = f"<{manifest.ids}".encode()
    times = {name.encode(): str(graph["modified"]) for name, graph in manifest.graphs.items()}
    with gzip.open(folder / DUMP) as lines:
        for subject, said in groupby(lines, key=_subject):
            if subject.startswith(ids) and b"#" not in subject:
                graphs = {line[line.rindex(b" <") + 2 : -4] for line in said}
                changes[subject[len(ids) : -1].decode()] = max(times[graph] for graph in graphs)
    return changes


def _write_turtle(folder: Path) -> None:
    with gzip.open(folder / DUMP) as lines, writing_gzip(folder / TURTLE_DUMP) as stream:
        for number, batch in enumerate(_batches(triples_in(lines))):
            triples = parse(batch, format=RdfFormat.N_TRIPLES, lenient=True)
            prefixes, _, statements = to_rdf(triples, TURTLE).partition(b"\n\n")
            stream.write(statements if number else prefixes + b"\n\n" + statements)


def _batches(triples: Iterable[bytes]) -> Iterator[bytes]:
    """Yield N-Triples, some thousand at a time; all that is said of a subject stays together."""
    batch: list[bytes] = []
    for _, said in groupby(triples, key=_subject):
        batch += said
        if len(batch) >= _TRIPLES:
            yield b" .\n".join([*batch, b""])
            batch = []
    if batch:
        yield b" .\n".join([*batch, b""])


def _subject(statement: bytes) -> bytes:
    return statement[: statement.index(b" ")]


def _write_json_lines(
    folder: Path, manifest: Manifest, store: Statements, things: list[str], progress: Progress
) -> int:
    words = Words(orjson.loads((folder / CONTEXT).read_bytes())["@context"])
    batches = [things[start : start + _DOCUMENTS] for start in range(0, len(things), _DOCUMENTS)]
    written = 0

    def make(batch: list[str]) -> bytes:
        return b"".join(_lines(manifest, store, batch, words))

    # Each line repeats the context: level 3 takes the time of level 1 for six tenths of the bytes.
    with (
        writing_gzip(folder / JSON_LD_DUMP, level=3) as stream,
        ThreadPoolExecutor(1) as other,
        Twin(batches[1::2], make) as twin,
    ):
        waiting: Future[int] | None = None
        for number, batch in enumerate(batches):
            progress("Writing documents", number * _DOCUMENTS, len(things))
            lines = twin.take() if number % 2 else None
            lines = make(batch) if lines is None else lines
            written += lines.count(b"\n")
            if waiting:
                waiting.result()
            # Compression needs no Python: it goes on beside the next lines.
            waiting = other.submit(stream.write, lines)
        if waiting:
            waiting.result()
    return len(things) - written


def _lines(manifest: Manifest, store: Statements, things: Iterable[str], words: Words) -> Iterator[bytes]:
    """Yield the documents of things as JSON-LD, but for those that JSON-LD cannot say."""
    for local in things:
        document = read_document(store, manifest, local)
        assert document is not None
        with suppress(NotAcceptable):
            yield to_json_ld(document, words)
