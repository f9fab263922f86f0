"""Builds again whenever something that a release is made from changes."""

import threading
from collections.abc import Callable
from pathlib import Path

from ligraph import api
from ligraph.config import FILE_NAME, open_collection
from ligraph.errors import LigraphError


def watch(root: Path, on_built: Callable[[api.Built], None], on_error: Callable[[LigraphError], None]) -> None:
    """Start a thread that builds a collection when its files change, as long as the process lives."""
    threading.Thread(target=_watch, args=(root, on_built, on_error), daemon=True).start()


def _watch(root: Path, on_built: Callable[[api.Built], None], on_error: Callable[[LigraphError], None]) -> None:
    from watchfiles import watch as changes

    collection = open_collection(root)
    folders = [collection.data, *collection.ontology_folders, *collection.shape_folders, root / FILE_NAME]
    for _ in changes(*(folder for folder in folders if folder.exists())):
        try:
            built = api.build(root)
        except LigraphError as error:
            on_error(error)
        else:
            if built.is_new:
                on_built(built)
