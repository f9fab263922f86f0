"""Settings that would harm every page are refused when they are read."""

from pathlib import Path

import pytest

from ligraph import SettingsError
from ligraph.config import open_collection

BASE = 'base = "https://example.org/c/"\n'


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (BASE + 'licence = "CC BY 4.0"\n', "licence"),
        (BASE + 'licence = "https://example.org/a b"\n', "licence"),
        (BASE + 'publisher = "no such"\n', "publisher"),
        (BASE + 'site = "https://exa<mple.org/"\n', "site"),
        ('base = "https://example.org/a b/"\n', "base"),
        ('base = "https://example.org/c"\n', "base"),
        ('base = "urn:c:/"\n', "base"),
        ('base = "https://example.org/%zz/"\n', "base"),
        *(
            (BASE + f'engine = "sparql"\nquery_url = "{address}"\n', "query_url")
            for address in ("localhost:7878", "file:///etc/passwd", "http://h/{timeout}", "http://h/q#f", "http://a b/")
        ),
        *(
            (BASE + f'language = "{tag}"\n', "language")
            for tag in ("", "e", "en_US", "english", "toolonglanguage", "en-a", "en-12")
        ),
    ],
)
def test_what_is_no_address_or_id_is_named(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / "ligraph.toml").write_text(text)
    with pytest.raises(SettingsError, match=f"“{name}” must be"):
        open_collection(tmp_path)


def test_another_engine_needs_its_address(tmp_path: Path) -> None:
    (tmp_path / "ligraph.toml").write_text(BASE + 'engine = "sparql"\n')
    with pytest.raises(SettingsError, match=r"“query_url” is missing: .*where queries are sent"):
        open_collection(tmp_path)


@pytest.mark.parametrize("address", ["http://127.0.0.1:7878/query", "https://me:pw@h/q?timeout={milliseconds}&x=y"])
def test_the_address_of_an_engine_may_be_private_and_have_fields(tmp_path: Path, address: str) -> None:
    (tmp_path / "ligraph.toml").write_text(BASE + f'engine = "sparql"\nquery_url = "{address}"\n')
    assert open_collection(tmp_path).settings.query_url == address


def test_a_byte_order_mark_is_no_setting(tmp_path: Path) -> None:
    (tmp_path / "ligraph.toml").write_bytes(b"\xef\xbb\xbf" + BASE.encode())
    assert open_collection(tmp_path).settings.base == "https://example.org/c/"
