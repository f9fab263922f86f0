"""From bytes to text, or to a clear refusal: posts are UTF-8, web pages may declare another encoding."""

import codecs
import re
import unicodedata

from ligraph.errors import PostError

LARGEST = 5_000_000
"""Bytes of one post. A saved page of the series has about 200,000."""

EXPECTED = "a post is plain text (.txt), a web page saved as HTML (.html) or Markdown (.md), in UTF-8"

_MAGIC = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"RIFF", "a sound, a film or an image"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"{\\rtf", "an RTF document"),
    (b"bplist", "a web archive of Safari"),
)
# A text in UTF-32 begins with the mark of UTF-16 too.
_WIDE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.I)
_DECLARED = ("iso8859", "cp125", "koi8", "gb", "big5", "shift_jis", "euc", "mac-")
_MOJIBAKE = re.compile("â€[™œ\x9d“”˜¢¦\x80-\x9f]|Ã[\u0080-\u00bf]|â\x80[\x80-\xbf]")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad\u200e\u200f"))
_SPACES = re.compile(r"[^\S\n]+")


def decode(content: bytes, filename: str) -> str:
    """Return the text of a post, its line ends made plain and its invisible characters left out.

    Raises: PostError for what is no text, empty, too large, or of another encoding.
    """
    if len(content) > LARGEST:
        raise PostError(f"{filename} has {len(content):,} bytes: {LARGEST:,} at most", hint=EXPECTED)
    if not content.strip():
        raise PostError(f"{filename} is empty", hint=EXPECTED)
    for magic, what in _MAGIC:
        if content.startswith(magic):
            raise PostError(f"{filename} is {what}, not a post", hint=EXPECTED)
    for mark, encoding in _WIDE:
        if content.startswith(mark):
            raise PostError(f"{filename} is in {encoding}: expected UTF-8", hint="save it again as UTF-8")
    if b"\0" in content:
        what = "UTF-16 without its mark, or no text at all" if content.count(b"\0") * 4 > len(content) else "no text"
        raise PostError(f"{filename} holds NUL bytes, so it is {what}: expected UTF-8 text", hint=EXPECTED)
    return _checked(_text(content, filename), filename)


def _text(content: bytes, filename: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        wrong = f"{filename} is not UTF-8: line {line} has the byte 0x{content[error.start]:02X}"
    declared = _CHARSET.search(content[:4096])
    name = declared[1].decode("ascii") if declared else "utf-8"
    try:
        if codecs.lookup(name).name.startswith(_DECLARED):
            return content.decode(name)
    except (LookupError, UnicodeError, ValueError):
        wrong += f", and it is not the {name} that it declares"
    raise PostError(wrong, hint="it may be Latin-1 or Windows-1252: save it again as UTF-8")


def _checked(text: str, filename: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(_MOJIBAKE.findall(text)) > 1:
        line = text.count("\n", 0, _MOJIBAKE.search(text).start()) + 1  # type: ignore[union-attr]
        raise PostError(
            f"{filename} was once read in a wrong encoding: line {line} has letters such as “â€™” for “’”",
            hint="take the post again from where it came from, as UTF-8",
        )
    return cleaned(text)


def cleaned(text: str) -> str:
    """Return a text in Unicode's composed form, without what cannot be seen or written."""
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE)
    return "".join(character if _is_text(character) else " " for character in text)


def _is_text(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp") and ord(character) & 0xFFFE != 0xFFFE


def spaced(text: str) -> str:
    """Return a cleaned text with each run of spaces, tabs and no-break spaces as one space, and none around it."""
    return _SPACES.sub(" ", cleaned(text)).strip()
