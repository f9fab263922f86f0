"""Fields of addresses and forms.

Source: URL Standard (WHATWG) section 5.1, application/x-www-form-urlencoded parsing.
"""

from __future__ import annotations

from binascii import a2b_qp
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


def decode_value(encoded: bytes) -> str:
    """Return the text of a field's value as `read_fields` does, in a tenth of the time.

    Raises: BadRequest where it is not UTF-8.
    """
    if b"=" not in encoded:
        # Quoted-printable writes bytes as “=3D” where an address has “%3D”, and is decoded by one call in C.
        decoded = a2b_qp(encoded.replace(b"+", b" ").replace(b"%", b"="))
        if len(decoded) == len(encoded) - 2 * encoded.count(b"%"):
            return decode(decoded)
    return decode(unquote_to_bytes(encoded.replace(b"+", b" ")))


def decode(content: bytes) -> str:
    """Return a text.

    Raises: BadRequest where it is not UTF-8.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("the request is not UTF-8") from None
