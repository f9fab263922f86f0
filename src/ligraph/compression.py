"""Content codings: smaller bytes for whoever asks for them.

Source: RFC 9110 section 12.5.3 (Accept-Encoding); RFC 7932 (brotli).
"""

import gzip

import brotli

CODINGS = ("br", "gzip")
"""What is offered, the better first."""

SMALLEST = 1_000
"""Bytes below which a coding saves less than its header costs."""

# Both take about 10 ms for a megabyte of results; the next level of either takes twice that for a few hundredths.
_BROTLI_QUALITY = 4
_GZIP_LEVEL = 4


def compress(content: bytes, coding: str) -> bytes:
    """Return content in a coding, the same bytes every time."""
    if coding == "br":
        return bytes(brotli.compress(content, quality=_BROTLI_QUALITY))
    return gzip.compress(content, _GZIP_LEVEL, mtime=0)
