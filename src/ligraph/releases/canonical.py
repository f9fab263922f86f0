"""The canonical form of a release: its statements as sorted N-Quads, from which digests and differences are made."""

import gzip
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat, Store


@dataclass(frozen=True)
class Digests:
    """SHA-256 digests of sorted N-Quads: over all, and of each graph with its number of statements.

    Shape: `triples` is how many statements there are where one that is in several graphs counts once.
    """

    total: str
    graphs: dict[str, tuple[str, int]]
    triples: int


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
    """Return the digests of sorted N-Quads lines."""
    graphs: dict[bytes, list[bytes]] = defaultdict(list)
    triples, before = 0, b""
    for line in lines:
        end = line.rindex(b" <")
        graphs[line[end + 2 : -4]].append(line)  # … <graph> .
        # Sorted, the lines of one triple follow each other.
        if line[:end] != before:
            triples, before = triples + 1, line[:end]
    named = {name.decode(): (_digest(graph), len(graph)) for name, graph in sorted(graphs.items())}
    return Digests(_digest(lines), named, triples)


def _digest(lines: list[bytes]) -> str:
    return hashlib.sha256(b"".join(lines)).hexdigest()


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write lines as gzip, the same bytes for the same lines."""
    # Level 1 takes a third of the time of the default for a tenth more bytes.
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as stream:
        stream.write(b"".join(lines))


def read_lines(path: Path) -> list[bytes]:
    """Return the lines of a gzip file."""
    with gzip.open(path) as stream:
        return stream.read().splitlines(keepends=True)
