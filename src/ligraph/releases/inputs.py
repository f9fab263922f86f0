"""What a release is made from: digests of every file and setting that changes answers."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import orjson

from ligraph import __version__
from ligraph.collection.files import source_files
from ligraph.config import Collection
from ligraph.errors import CollectionError
from ligraph.releases.memory import digests_of

_NO_ANSWER = {"site", "limits", "engine", "query_url", "default_graph", "services", "proxies"}


def input_digests(collection: Collection) -> dict[str, str]:
    """Return the SHA-256 digest of each input by its name.

    Raises: CollectionError when an input cannot be read.
    """
    try:
        found = digests_of(collection.releases.parent, "inputs", _files(collection))
    except OSError as error:
        raise CollectionError(f"{error.filename} cannot be read: {error.strerror}") from None
    settings = collection.settings.model_dump(mode="json", exclude=_NO_ANSWER)
    found["settings"] = hashlib.sha256(orjson.dumps(settings, option=orjson.OPT_SORT_KEYS)).hexdigest()
    found["ligraph"] = __version__
    return found


def _files(collection: Collection) -> Iterator[tuple[str, Path]]:
    for file in source_files(collection):
        yield file.name, file.path
    if collection.removed.is_file():
        yield collection.relative(collection.removed), collection.removed
    for kind, folders in (("ontology", collection.ontology_folders), ("shapes", collection.shape_folders)):
        for number, folder in enumerate(folders):
            patterns = ("*.ttl", "rules/*.rq", "context.jsonld") if kind == "ontology" else ("*.ttl",)
            for path in sorted(path for pattern in patterns for path in folder.glob(pattern)):
                yield f"{kind}:{number}/{path.relative_to(folder).as_posix()}", path
