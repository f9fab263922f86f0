"""Fields of addresses and forms.

Source: URL Standard (WHATWG) section 5.1, application/x-www-form-urlencoded parsing.
"""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from ligraph.errors import BadRequest

Fields = dict[str, list[str]]

_MOST = 1_000


def read_fields(encoded: bytes) -> Fields:
    """Return the fields of a form or an address, decoded once.

    Raises: BadRequest where they are not UTF-8, or more than any query needs.
    Source: URL Standard (WHATWG) section 5.1, application/x-www-form-urlencoded parsing.
    """
    fields: Fields = {}
    if not encoded:
        return fields
    pairs = encoded.split(b"&", _MOST)
    if len(pairs) > _MOST:
        raise BadRequest(f"the request has over {_MOST:,} fields")
    for pair in pairs:
        name, _, value = pair.replace(b"+", b" ").partition(b"=")
        fields.setdefault(decode(unquote_to_bytes(name)), []).append(decode(unquote_to_bytes(value)))
    return fields


def decode(content: bytes) -> str:
    """Return a text.

    Raises: BadRequest where it is not UTF-8.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("the request is not UTF-8") from None
