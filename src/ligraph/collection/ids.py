"""Ids: how a curator names a thing, what is wrong with a name, and how names are made from titles."""

import re
import unicodedata

from ligraph.formats import SUFFIXES

_WORD = re.compile(r"[\w\-][\w\-.]*")
LONGEST = 200
"""Characters in one id. File names of the static export must hold it."""


def complaint(local: str) -> str | None:
    """Return what is wrong with an id (`segment/slug` or `segment/slug#part`) and what would be right.

    Shape: None when the id is good. Ids of source files (`graph/…`) are paths and keep their suffix.
    """
    if not local:
        return "an id is empty: write segment/slug, such as resource/driver-diagram"
    if len(local) > LONGEST:
        return f"the id has {len(local)} characters: {LONGEST} at most"
    if local[0] in "/.":
        return f"an id does not begin with “{local[0]}”: write segment/slug, such as resource/driver-diagram"
    if ":" in local:
        return "an id has no colon: write segment/slug, relative to the collection's base"
    if unicodedata.normalize("NFC", local) != local:
        return "the id is not in Unicode's composed form (NFC): type its accented letters as one character"
    if any(character.isspace() for character in local):
        return f"an id has no space: write “{'-'.join(local.split())}”"
    thing, hash_sign, part = local.partition("#")
    if hash_sign and not _is_word(part):
        return f"“#{part}” is not the name of a part: letters, digits, “-”, “_” and “.”, such as #role-1"
    segment, slash, slug = thing.partition("/")
    if not slash or not slug:
        return f"“{thing}” lacks its segment: write segment/slug, such as resource/{thing.strip('/') or 'x'}"
    words = [segment, *slug.split("/")]
    if len(words) > 2 and segment != "graph":
        return f"“{thing}” has {len(words) - 1} slashes: write one, segment/slug"
    for word in words:
        if not _is_word(word):
            bad = next((c for c in word if not re.fullmatch(r"[\w\-.]", c) and not _is_mark(c)), word[:1])
            return f"“{bad}” cannot be used in an id: letters, digits, “-”, “_” and “.” only"
    suffix = slug.rpartition(".")[2] if "." in slug else ""
    if segment != "graph" and suffix.lower() in SUFFIXES:
        return f"an id does not end in .{suffix}, because /doc/{thing} would mean a format: leave it out"
    return None


def slugify(title: str) -> str:
    """Return a slug for a title: lower case, words joined by hyphens, letters of any script kept.

    Shape: never empty; accents are dropped from Latin letters, other scripts stay as they are.
    """
    plain = "".join(_without_accent(character) for character in unicodedata.normalize("NFC", title))
    plain = plain.replace("’", "").replace("'", "").lower()
    words = "".join(c if c.isalnum() or _is_mark(c) else " " for c in plain).split()
    words = [word for word in (unicodedata.normalize("NFC", word) for word in words) if _is_word(word)]
    slug = ""
    for word in words:
        if slug and len(slug) + 1 + len(word) > 80:
            break
        slug = f"{slug}-{word}" if slug else word[:80]
    return slug or "untitled"


def thing_of(iri: str) -> str:
    """Return the thing that a part belongs to: the IRI before `#`, or the IRI itself."""
    return iri.partition("#")[0]


def _is_word(text: str) -> bool:
    """Return whether a text is made of what ids are made of, a sign that belongs to a letter being one with it."""
    letters = text if text.isascii() else text[:1] + "".join(c for c in text[1:] if not _is_mark(c))
    return _WORD.fullmatch(letters) is not None


def _is_mark(character: str) -> bool:
    # Vowel signs, as in Devanagari or Thai, are no letters to regular expressions.
    return unicodedata.category(character) in ("Mn", "Mc")


def _without_accent(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    return decomposed[0] if decomposed[0].isascii() else character
