"""Literals and foreign addresses in the form in which people read them."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from pyoxigraph import Literal

from ligraph.namespaces import LIG, PREFIXES, SCHEMA, XSD, shorten
from ligraph.views.site import Site

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?)?)?)?(Z|[+-]\d\d:\d\d)?")
_DATES = {XSD + name for name in ("gYear", "gYearMonth", "date", "dateTime")}
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")
_SCHEMES = ("http", "https", "mailto")
_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/zero)/(\d\.\d)/?.*")
_WORDS = {
    SCHEMA + "OnlineEventAttendanceMode": "Online",
    SCHEMA + "OfflineEventAttendanceMode": "In person",
    SCHEMA + "MixedEventAttendanceMode": "Online and in person",
}


@dataclass(frozen=True)
class Value:
    """A text, a time or an address, ready to be shown.

    Shape: `language` is None where it is the site's; `href` is None where the address must not be followed;
    `machine` is the content of `datetime`.
    """

    text: str
    language: str | None = None
    href: str | None = None
    external: bool = False
    machine: str | None = None


def read_literal(literal: Literal, site: Site) -> Value:
    """Return a literal as people read it: dates by their precision, durations in words, texts as they are."""
    if literal.language:
        foreign = literal.language.lower() != site.language.lower()
        return Value(literal.value, literal.language if foreign else None)
    datatype = literal.datatype.value
    if datatype in _DATES:
        return read_date(literal.value)
    if datatype == XSD + "duration" and (match := _DURATION.fullmatch(literal.value)):
        hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return length(3600 * hours + 60 * minutes + seconds)
    return Value(literal.value)


def read_date(text: str) -> Value:
    """Return a date as precisely as it is known, and no more so."""
    match = _DATE.fullmatch(text)
    if not match:
        return Value(text)
    year, month, day, time, zone = match.groups()
    if month and not 1 <= int(month) <= 12:
        return Value(text)
    words = " ".join(part for part in (day and str(int(day)), month and _MONTHS[int(month) - 1], year) if part)
    if time:
        words += f", {time}" + (" UTC" if zone in ("Z", "+00:00") else f" {zone}" if zone else "")
    return Value(words, machine=text)


def read_address(iri: str, site: Site, name: str | None = None) -> Value:
    """Return an IRI that is not a thing of the collection; only web and mail addresses can be followed."""
    if iri.startswith(LIG):
        return Value(name or in_words(iri), href=f"{site.root_path}/ns#{anchor(iri)}")
    try:
        follow = urlsplit(iri).scheme.lower() in _SCHEMES
    except ValueError:
        follow = False
    return Value(name or _WORDS.get(iri) or _licence(iri) or _short(iri), href=iri if follow else None, external=follow)


def in_words(iri: str) -> str:
    """Return the name of a term in running words: `schema:alternateName` is “alternate name”."""
    local = re.split(r"[#/:]", iri.rstrip("#/"))[-1]
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", local).replace("_", " ").replace("-", " ")
    words = [word if word.isupper() and len(word) > 1 else word.lower() for word in spaced.split()]
    return " ".join(words) or iri


def anchor(iri: str) -> str:
    """Return where the page of the ontology explains a term: own terms by their fragment."""
    if iri.startswith(LIG):
        return iri.removeprefix(LIG)
    for prefix, namespace in PREFIXES.items():
        if iri.startswith(namespace):
            return f"{prefix}-{iri[len(namespace) :]}"
    return iri.rpartition("#")[2] if "#" in iri else iri.rpartition("/")[2]


def length(seconds: int) -> Value:
    """Return a length as people say it, to the second: 265 is “4 min 25 s”."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [(hours, "h", "H"), (minutes, "min", "M"), (rest, "s", "S")]
    known = [part for part in parts if part[0]] or [(0, "s", "S")]
    return Value(
        " ".join(f"{number}\u00a0{unit}" for number, unit, _ in known),
        machine="PT" + "".join(f"{number}{letter}" for number, _, letter in known),
    )


def clock(seconds: int) -> str:
    """Return a moment of a recording as players write it: 2188 is “36:28”, 3600 is “1:00:00”."""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def rank(language: str | None, site: Site) -> int:
    """Return how well a language suits the site's readers: 0 is best."""
    if not language:
        return 2
    own, other = site.language.lower(), language.lower()
    return 0 if own == other else 1 if own.split("-")[0] == other.split("-")[0] else 3


def _licence(iri: str) -> str | None:
    match = _CREATIVE_COMMONS.fullmatch(iri)
    if not match:
        return None
    return f"CC {match[1].upper()} {match[2]}" if match[1] else f"CC0 {match[2]}"


def _short(iri: str) -> str:
    """Return an address without what people do not read of it."""
    if shorten(iri) != iri and shorten(iri).split(":")[0] in PREFIXES:
        words = in_words(iri)
        return words[:1].upper() + words[1:]
    return re.sub(r"^(https?://(www\.)?|mailto:)", "", iri).rstrip("/")
