"""Files that are replaced whole: on disk beside their place first, then put there from one moment to the next."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path, text: str | None) -> Iterator[Callable[[], None]]:
    """Have a new text of a file on disk beside it, and give what puts it in place from one moment to the next.

    Shape: without a text the file stays as it is. Nothing is left beside it, whether it was put or not.
    """
    if text is None:
        yield lambda: None
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")

    def put() -> None:
        draft.replace(path)
        sync_folder(path.parent)

    try:
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        yield put
    finally:
        draft.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Have a folder's entries on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
