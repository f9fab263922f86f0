"""Which files below `data/` are sources, and the graph of each."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ligraph.config import Collection
from ligraph.errors import CollectionError
from ligraph.formats import SOURCES, Format, by_suffix


@dataclass(frozen=True)
class SourceFile:
    """One file of facts."""

    path: Path
    name: str
    format: Format
    graph: str


def source_files(collection: Collection) -> list[SourceFile]:
    """Return the files of facts in order of their names; hidden files and `removed.yaml` are none.

    Raises: CollectionError when there is no `data/`, or something else has the name of a file.
    """
    if not collection.data.is_dir():
        raise CollectionError(
            f"{collection.root} has no data/ folder", hint="put your facts into data/, as YAML-LD or any RDF"
        )
    found = []
    for path in sorted(below(collection.data)):
        hidden = any(part.startswith(".") for part in path.relative_to(collection.data).parts)
        format_ = by_suffix(SOURCES, path.suffix.removeprefix("."))
        if format_ and not hidden and path != collection.removed and not path.is_dir():
            if not path.is_file():
                raise CollectionError(f"{path} cannot be read: it is no file, or a link that leads to none")
            shown = str(path).encode("utf-8", "replace").decode()
            if shown != str(path):
                raise CollectionError(f"{shown}: the name of this file is not UTF-8", hint="rename it")
            found.append(SourceFile(path, collection.relative(path), format_, collection.graph_of(path)))
    return found


def below(folder: Path) -> Iterator[Path]:
    """Yield what is below a folder; a folder that cannot be read is not passed over."""

    def refuse(error: OSError) -> NoReturn:
        raise CollectionError(f"{error.filename} cannot be read: {error.strerror}") from None

    for parent, folders, files in os.walk(folder, onerror=refuse):
        # What is hidden is not ours to read.
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (*folders, *files):
            yield Path(parent, name)
