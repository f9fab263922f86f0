"""`ligraph.toml`: what is wrong in it is told with the setting and what would be right."""

import tomllib
from pathlib import Path

import pytest

from ligraph.starting import start_collection


@pytest.mark.parametrize("name", ["we\\ird", 'quo"ted', "del\x7fete", "line\nbreak", "\\"])
def test_new_collection_has_a_title_that_can_be_read(tmp_path: Path, name: str) -> None:
    start_collection(tmp_path / name)
    assert tomllib.loads((tmp_path / name / "ligraph.toml").read_text("utf-8"))["title"] == name.title()
