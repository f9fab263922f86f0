"""The words of a release: ontology, shapes and context in force when it was made.

Each is also kept in `.ligraph/words/` under its name and the digest of its bytes, for good: who has a document needs
its context, also when its release was pruned.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, parse

from ligraph.collection.vocabulary import Vocabulary
from ligraph.config import Collection
from ligraph.errors import CollectionError
from ligraph.formats import TURTLE
from ligraph.namespaces import LIGSH, PREFIXES, SH
from ligraph.releases.manifest import CONTEXT, ONTOLOGY, SHAPES, Manifest
from ligraph.replacement import replacing
from ligraph.serialization import to_rdf

WORDS = "words"
"""Name of the folder in which words are kept, beside the releases."""

_DIGITS = 16
_DIGEST = re.compile(rf"[0-9a-f]{{{_DIGITS}}}")


def write_words(folder: Path, collection: Collection, vocabulary: Vocabulary, context: dict[str, Any]) -> None:
    """Write the words in force into a release, so that it is read with the words it was made with.

    Raises: CollectionError when a file of shapes cannot be read; OSError when the release cannot be written.
    """
    (folder / ONTOLOGY).write_bytes(to_rdf(vocabulary.triples, TURTLE))
    shapes = dict.fromkeys(_read_shapes(collection))
    (folder / SHAPES).write_bytes(to_rdf(shapes, TURTLE, PREFIXES | {"sh": SH, "ligsh": LIGSH}))
    (folder / CONTEXT).write_bytes(orjson.dumps({"@context": context}, option=orjson.OPT_INDENT_2) + b"\n")


def keep_words(collection: Collection, folder: Path, manifest: Manifest) -> None:
    """Keep the words of a release for good.

    Raises: OSError when they cannot be written.
    """
    for name in (CONTEXT, ONTOLOGY, SHAPES):
        content = (folder / name).read_bytes()
        kept = _path(collection, name, word_digest(manifest, name))
        if not (kept.is_file() and kept.read_bytes() == content):
            kept.parent.mkdir(exist_ok=True)
            with replacing(kept, content.decode()) as put:
                put()


def word_digest(manifest: Manifest, name: str) -> str:
    """Return the digest under which the words of a release are kept; `name` is that of their file."""
    return str(manifest.files[name]["sha256"])[:_DIGITS]


def read_words(collection: Collection, manifest: Manifest, name: str, digest: str) -> bytes | None:
    """Return words that were in force once by their digest, or None where they are not there as they were.

    Shape: `name` is that of their file in a release. The release of `manifest` has its own, too, should they be lost.
    """
    if not _DIGEST.fullmatch(digest):
        return None
    paths = [_path(collection, name, digest)]
    if word_digest(manifest, name) == digest:
        paths.append(collection.releases / manifest.id / name)
    for path in paths:
        with suppress(OSError):
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest().startswith(digest):
                return content
    return None


def _path(collection: Collection, name: str, digest: str) -> Path:
    stem, _, suffix = name.rpartition(".")
    return collection.releases.parent / WORDS / f"{stem}-{digest}.{suffix}"


def _read_shapes(collection: Collection) -> Iterator[Triple]:
    """Yield the shapes in force; the blank nodes of each file are told apart, in the same way every time."""
    paths = [path for folder in collection.shape_folders for path in sorted(folder.glob("*.ttl"))]
    try:
        contents = dict.fromkeys(path.read_bytes() for path in paths)
        for number, content in enumerate(contents):
            names: dict[BlankNode, BlankNode] = {}
            for quad in parse(content, format=RdfFormat.TURTLE):
                subject, value = quad.subject, quad.object
                if isinstance(subject, BlankNode):
                    subject = names.setdefault(subject, BlankNode(f"f{number}n{len(names)}"))
                if isinstance(value, BlankNode):
                    value = names.setdefault(value, BlankNode(f"f{number}n{len(names)}"))
                assert isinstance(subject, BlankNode | NamedNode)
                yield Triple(subject, quad.predicate, value)
    except OSError as error:
        raise CollectionError(f"{error.filename} cannot be read: {error.strerror}") from None
    except SyntaxError as error:
        raise CollectionError(f"the shapes are not Turtle: {error.msg}") from None
