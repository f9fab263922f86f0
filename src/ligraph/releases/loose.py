"""A release of any RDF files as they are: nothing is checked, derived or kept beyond one run of the service."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import orjson
from pyoxigraph import BlankNode, NamedNode, Quad, RdfFormat, Store, parse, serialize

from ligraph import __version__
from ligraph.collection.vocabulary import inline_context, vocabulary_of
from ligraph.config import FILE_NAME as SETTINGS
from ligraph.config import open_collection
from ligraph.errors import CollectionError, MalformedFile, UsageError
from ligraph.formats import JSON_LD, N_QUADS, N_TRIPLES, RDF_XML, TRIG, TURTLE, by_suffix
from ligraph.releases.canonical import canonical_lines, dump, write_lines
from ligraph.releases.history import make_live
from ligraph.releases.manifest import DUMP, FILE_NAME, FORMAT, Manifest, describe_files
from ligraph.releases.statistics import statistics_of
from ligraph.releases.words import keep_words, write_words
from ligraph.releases.writing import write_store

_READERS = {
    TURTLE: RdfFormat.TURTLE,
    TRIG: RdfFormat.TRIG,
    N_TRIPLES: RdfFormat.N_TRIPLES,
    N_QUADS: RdfFormat.N_QUADS,
    JSON_LD: RdfFormat.JSON_LD,
    RDF_XML: RdfFormat.RDF_XML,
}


def write_loose(root: Path, files: Sequence[Path], default_graph: str) -> None:
    """Make a collection of a folder, whose one release has the statements of RDF files.

    Shape: graph names and the unnamed graph are kept, blank nodes too; those of one file are none of another's. The
    base is empty: every IRI has a page, below no common beginning.
    Raises: UsageError for a file of a format that is not read; MalformedFile; CollectionError where one cannot be
    opened.
    """
    store = Store()
    for path in files:
        store.extend(_read(path, rename=len(files) > 1))
    title = ", ".join(path.name for path in files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    lines = [f"title = {_toml(title)}", 'base = "http://127.0.0.1/"', f'default_graph = "{default_graph}"']
    (root / SETTINGS).write_text("\n".join(lines) + "\n", "utf-8")
    collection = open_collection(root)
    now = datetime.now(UTC).replace(microsecond=0)
    content = dump(store)
    digest = hashlib.sha256(content).hexdigest()
    release = f"{now:%Y%m%dT%H%M%SZ}-{digest[:12]}"
    folder = collection.releases / release
    (folder / "dumps").mkdir(parents=True)
    write_store(folder, content)
    write_lines(folder / DUMP, canonical_lines(content))
    vocabulary = vocabulary_of(collection)
    context = {name: word for name, word in inline_context(vocabulary, "en").items() if name != "@language"}
    write_words(folder, collection, vocabulary, context)
    created = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    manifest = Manifest(
        format=FORMAT,
        id=release,
        created=created,
        parent=None,
        title=title,
        description="RDF files as they are, unchecked.",
        publisher=None,
        publisher_names={},
        licence=None,
        language="en",
        base="",
        digest=digest,
        statements=len(store),
        statistics=statistics_of(_triples_in(store), base=""),
        warnings=0,
        graphs=_graphs(store, created),
        inputs={},
        removed={},
        software={"ligraph": __version__, "pyoxigraph": version("pyoxigraph")},
        files=describe_files(folder),
    )
    (folder / FILE_NAME).write_bytes(manifest.to_json())
    keep_words(collection, folder, manifest)
    make_live(collection, release)


def _read(path: Path, *, rename: bool) -> list[Quad]:
    format_ = by_suffix(tuple(_READERS), path.suffix[1:])
    if format_ is None:
        known = ", ".join(f".{suffix}" for known in _READERS for suffix in known.suffixes)
        raise UsageError(f"{path} is no RDF file by its name", hint=f"serve files that end in {known}")
    try:
        with path.open("rb") as stream:
            base = path.resolve().as_uri()
            return list(parse(stream, format=_READERS[format_], base_iri=base, rename_blank_nodes=rename))
    except SyntaxError as error:
        if "LoadDocumentCallback" in error.msg:
            message = f"{path} names a context that is elsewhere, and none is fetched"
            raise MalformedFile(message, hint="write the context into the file") from None
        line = f":{error.lineno}" if error.lineno else ""
        what = re.sub(
            r"^(Parser error )?at line \d+( column \d+)?( between columns? \d+ and (column )?\d+)?: ", "", error.msg
        )
        raise MalformedFile(f"{path}{line}: {what}") from None
    except (OSError, ValueError) as error:
        raise CollectionError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _triples_in(store: Store) -> list[bytes]:
    """Return the triples of a store in N-Triples, sorted, each once and without its full stop."""
    content = serialize((quad.triple for quad in store), format=RdfFormat.N_TRIPLES) or b""
    return sorted({line.removesuffix(b" .") for line in content.splitlines()})


def _graphs(store: Store, created: str) -> dict[str, dict[str, object]]:
    graphs: dict[str, dict[str, object]] = {}
    for name in store.named_graphs():
        assert isinstance(name, NamedNode | BlankNode)
        count = sum(1 for _ in store.quads_for_pattern(None, None, None, name))
        iri = name.value if isinstance(name, NamedNode) else str(name)
        graphs[iri] = {"digest": "", "statements": count, "modified": created}
    return dict(sorted(graphs.items()))


def _toml(text: str) -> str:
    return orjson.dumps(text.encode("utf-8", "replace").decode()).decode().replace("\x7f", "\\u007f")
