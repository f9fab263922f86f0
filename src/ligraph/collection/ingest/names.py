"""Names of people: where one ends on a line, and whether a text can be one."""

import re
import unicodedata
from functools import lru_cache

from ligraph.collection.ingest.words import (
    AFTER_NAMES,
    HONORIFICS,
    ORGANIZATIONS,
    PARTICLES,
    PRESENTER_WORDS,
    ROLES,
    words_of,
)

_BREAK = re.compile(r"\s*(?:,|;|:(?=\s)|\||\t|\s[–—-]+\s|\s*(?<=\w)[–—](?=\w)|\()\s*")
_LABEL = re.compile(rf"^(?:{'|'.join(PRESENTER_WORDS)})s?\s*[:–—-]\s*", re.I)
_PRONOUNS = r"(?:she|he|they|her|him|them|ze|ella|[ée]l|elle)\b[^()\[\]]*"
_ASIDE = re.compile(rf"\s*[(\[](?:{_PRONOUNS}|(?:{'|'.join(PRESENTER_WORDS)})s?)[)\]]", re.I)
_TOKEN = re.compile(r"[^\W\d_][\w’'‘`.·-]*|[“\"(][^”\")]+[”\")]")
_SURNAMES = words_of("doe church group trust board coop dean head fellow mayor host chief partner steward page member")
_DEGREE = re.compile(r"(?:[A-Z][a-z]{0,2}\.){2,4}[A-Z]?")
_RANKS = words_of("senior junior associate assistant vice deputy executive managing department program school team")


@lru_cache(maxsize=50_000)
def key_of(name: str) -> str:
    """Return what two spellings of one name share: no case, accents, kinds of quotes and dashes; & is and."""
    text = unicodedata.normalize("NFKD", name.replace("&", " and "))
    bare = "".join(character for character in text if not unicodedata.combining(character)).casefold()
    words = re.sub(r"[’‘`´']", "'", re.sub(r"[‐‑‒–—−]", "-", bare))
    return " ".join(words.split()).strip(" .,")


def person_key(name: str) -> str:
    """Return the key of a person's name without titles before it and degrees after it."""
    words = [word.strip(".,") for word in key_of(name).split()]
    while len(words) > 2 and words[0] in HONORIFICS:
        words.pop(0)
    while (
        len(words) > 2
        and words[-1].replace(".", "") in AFTER_NAMES
        and words[-1] not in ("ii", "iii", "iv", "jr", "sr")
    ):
        words.pop()
    return " ".join(words)


def split_name(text: str) -> tuple[str, str]:
    """Return the name at the beginning of a presenter's line and the rest; `Ed.D.` and `Jr.` belong to the name."""
    text = _ASIDE.sub("", _LABEL.sub("", text.strip())).strip()
    match = _BREAK.search(text)
    if not match:
        return text.strip(" ,;"), ""
    end, after = match.start(), match.end()
    while match[0].strip() == ",":
        suffix = re.match(r"([^\s,;|]+(?:\s(?=[A-Z.]+\b)[^\s,;|]+)?)\s*(?:[,;|]\s*|$)", text[after:])
        if not suffix or not is_degree(suffix[1]):
            break
        end = after + suffix.end(1)
        after += suffix.end()
        if after >= len(text):
            break
    rest = text[after:]
    if match[0].strip() == "(":
        inside, _, behind = rest.partition(")")
        rest = ", ".join(part for part in (inside.strip(), behind.strip(" ,;–—-")) if part)
    return text[:end].strip(), rest.strip(" ,;")


def is_degree(text: str) -> bool:
    """Return whether a text is what may follow a name: `Jr.`, `Ph.D.`, `M.Ed.`."""
    return all(
        word.replace(".", "").casefold() in AFTER_NAMES or _DEGREE.fullmatch(word) is not None for word in text.split()
    )


def is_name(text: str) -> bool:
    """Return whether a text can be the name of a person by its form: two to six words, written as names are."""
    words = text.split()
    if not 2 <= len(words) <= 6 or len(text) > 80:
        return False
    bare = [word.strip(".,’'\"“”()") for word in words]
    first, last = bare[0].casefold(), bare[-1].casefold()
    if last in ORGANIZATIONS - _SURNAMES or (last in ROLES and (last not in _SURNAMES or first in _RANKS)):
        return False
    return all(
        _TOKEN.fullmatch(word) and (word[:1] in '“"(' or bare[i].casefold() in PARTICLES or not bare[i][:1].islower())
        for i, word in enumerate(word.rstrip(",") for word in words)
    )


def is_presenter(text: str) -> bool:
    """Return whether a line without a bullet reads like that of a presenter."""
    name, rest = split_name(text)
    return bool(rest) and is_name(name) and len(text) < 300 and not text.endswith((".", "!", "?"))


def is_bare_name(text: str) -> bool:
    """Return whether a text is the name of a person and nothing else but degrees."""
    name, rest = split_name(text)
    return not rest and is_name(name)


def presenters_inline(text: str) -> list[str]:
    """Return the presenters that are named on one line after `Presenters:`."""
    if not text:
        return []
    chunks = [chunk.strip() for chunk in re.split(r"\s*[;•|]\s*", text) if chunk.strip()]
    if len(chunks) > 1 and all(is_name(split_name(chunk)[0]) for chunk in chunks):
        return chunks
    if len(chunks) > 1 and all(is_presenter(chunk) or not is_name(split_name(chunk)[0]) for chunk in chunks):
        return _with_roles(chunks)
    chunks = [chunk for chunk in re.split(r"(?<=\))\s*(?:,\s*(?:and\s+|&\s+)?|(?:and|&)\s+)", text) if chunk]
    if len(chunks) > 1 and all(is_name(split_name(chunk)[0]) for chunk in chunks):
        return chunks
    names = [part for part in re.split(r"\s*,\s*(?:and\s+|&\s+)?|\s+(?:and|&)\s+", text.rstrip(".")) if part]
    if len(names) > 1 and all(is_name(name) or is_degree(name) for name in names) and any(map(is_name, names)):
        return _with_degrees(names)
    return [text]


def _with_roles(chunks: list[str]) -> list[str]:
    """Return presenters with the second roles that stand behind theirs, which begin with no name."""
    found: list[str] = []
    for chunk in chunks:
        if found and not is_name(split_name(chunk)[0]):
            found[-1] = f"{found[-1]}; {chunk}"
        else:
            found.append(chunk)
    return found


def _with_degrees(names: list[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        if found and is_degree(name):
            found[-1] = f"{found[-1]}, {name}"
        else:
            found.append(name)
    return found
