"""The canonical form of a release: its statements as sorted N-Quads, from which digests and differences are made."""

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pyoxigraph import RdfFormat, Store

_BATCH = 10_000


@dataclass(frozen=True)
class Digests:
    """SHA-256 digests of sorted N-Quads: over all, and of each graph with its number of statements."""

    total: str
    graphs: dict[str, tuple[str, int]]


def dump(store: Store) -> bytes:
    """Return the statements of a store as N-Quads, in any order."""
    return store.dump(format=RdfFormat.N_QUADS) or b""


def canonical_lines(content: bytes) -> list[bytes]:
    """Return N-Quads as the engine writes them as sorted lines.

    Source: RDF 1.1 N-Quads (W3C 2014) section 2, in the form that RDFC-1.0 section 5 calls canonical; there are
    no blank nodes to rename.
    """
    return sorted(content.splitlines(keepends=True))


def digest_lines(lines: list[bytes]) -> Digests:
    """Return the digests of sorted N-Quads lines, each of which names a graph."""
    graphs: dict[bytes, list[bytes]] = defaultdict(list)
    for line in lines:
        graphs[line[line.rindex(b" <") + 2 : -4]].append(line)  # … <graph> .
    named = {name.decode(): (_digest(graph), len(graph)) for name, graph in sorted(graphs.items())}
    return Digests(_digest(lines), named)


def triples_in(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the triples of sorted N-Quads lines, each of which names a graph, without their full stop.

    Shape: sorted; one that is in several graphs comes once.
    """
    before = b""
    for line in lines:
        triple = line[: line.rindex(b" <")]
        # Sorted, the lines of one triple follow each other.
        if triple != before:
            before = triple
            yield triple


def _digest(lines: list[bytes]) -> str:
    return hashlib.sha256(b"".join(lines)).hexdigest()


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write lines as gzip, the same bytes for the same lines."""
    rest = iter(lines)
    with writing_gzip(path) as stream:
        while batch := b"".join(islice(rest, _BATCH)):
            stream.write(batch)


@contextmanager
def writing_gzip(path: Path, level: int = 1) -> Iterator[gzip.GzipFile]:
    """Give a stream that compresses, the same bytes for the same content."""
    # Of N-Quads, level 1 takes a third of the time of the default for a tenth more bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", level, raw, mtime=0) as stream:
        yield stream


def read_lines(path: Path) -> list[bytes]:
    """Return the lines of a gzip file."""
    with gzip.open(path) as stream:
        return stream.read().splitlines(keepends=True)
