"""Small collections, written by the test that reads them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no fault; and what CI says of a commit does not depend on chance.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")

TOML = 'title = "A small collection"\nbase = "https://example.org/c/"\n'

WriteCollection = Callable[[dict[str, str | bytes]], Path]


@pytest.fixture
def collection(tmp_path: Path) -> WriteCollection:
    """Return a function that writes files, named relative to the collection, and returns the collection's folder."""

    def write(files: dict[str, str | bytes]) -> Path:
        (tmp_path / "data").mkdir(exist_ok=True)
        for name, content in {"ligraph.toml": TOML, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return write
