"""Fields of addresses and forms."""

from urllib.parse import quote, unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ligraph.errors import BadRequest
from ligraph.web.fields import decode, decode_value, read_fields


@pytest.mark.parametrize(
    ("encoded", "fields"),
    [
        (b"", {}),
        (b"query=a+b", {"query": ["a b"]}),
        (b"query=100%2525", {"query": ["100%25"]}),
        (b"a=1&a=2&b", {"a": ["1", "2"], "b": [""]}),
        ("query=é".encode(), {"query": ["é"]}),
    ],
)
def test_fields_are_decoded_once(encoded: bytes, fields: dict[str, list[str]]) -> None:
    assert read_fields(encoded) == fields


@pytest.mark.parametrize("encoded", [b"query=%FF", b"\xff", b"&".join([b"a=1"] * 1_002)])
def test_what_is_not_utf_8_or_too_much_is_refused(encoded: bytes) -> None:
    with pytest.raises(BadRequest):
        read_fields(encoded)


def by_the_library(encoded: bytes) -> str | None:
    try:
        return decode(unquote_to_bytes(encoded.replace(b"+", b" ")))
    except BadRequest:
        return None


def in_short(encoded: bytes) -> str | None:
    try:
        return decode_value(encoded)
    except BadRequest:
        return None


escaped = st.text().map(lambda text: quote(text.encode("utf-8", "replace")).encode())
odd = st.text(alphabet="%0123456789abcdefABCDEF+=_.~x3D-").map(str.encode)
printable = st.binary().map(lambda content: bytes(byte for byte in content if 33 <= byte < 127))


@given(escaped | odd | printable)
def test_the_short_way_decodes_as_the_long_one(encoded: bytes) -> None:
    assert in_short(encoded) == by_the_library(encoded)
