"""Which format an answer is given in.

Source: RFC 9110 sections 12.4.2 (quality values) and 12.5.1 (Accept).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from starlette.requests import Request

from ligraph.compression import CODINGS
from ligraph.errors import NotAcceptable
from ligraph.formats import JSON_LD, TURTLE, Format

_WORD = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_RANGE = re.compile(rf"\s*({_WORD})/({_WORD})\s*")
# An IRI has to be in quotes; clients that leave them out mean what they say all the same.
_PARAMETER = re.compile(rf"""\s*;\s*({_WORD})\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]+)\s*""")
_LONGEST_KEPT = 500
_MOST_RANGES = 1_000
_NAMED = 2
_OLD_CODINGS = {"x-gzip": "gzip"}
_A_LITTLE = 0.0001
# The grammar wants a digit before the point; clients that leave it out mean what they say all the same.
_QUALITY = re.compile(r"0?(\.\d{1,3})|0\.?|1(\.0{0,3})?")


@dataclass(frozen=True)
class MediaRange:
    """One element of an Accept header; `profile` has the IRIs of its parameter of that name."""

    type: str
    subtype: str
    parameters: int
    quality: float
    profile: tuple[str, ...] = ()

    def specificity(self, media_type: str) -> int | None:
        """Return how closely the range fits a media type, or None where it does not."""
        type_, _, subtype = media_type.partition("/")
        if self.type == "*":
            return 0 if self.subtype == "*" else None
        if self.type != type_:
            return None
        if self.subtype == "*":
            return 1
        return _NAMED + self.parameters if self.subtype == subtype else None


def parse_accept(header: str) -> list[MediaRange]:
    """Return the media ranges of an Accept header; elements that are malformed are passed over."""
    ranges: list[MediaRange] = []
    position = 0
    while position < len(header) and len(ranges) < _MOST_RANGES:
        match = _RANGE.match(header, position)
        if match:
            position = match.end()
            quality, parameters = 1.0, 0
            profile: tuple[str, ...] = ()
            while parameter := _PARAMETER.match(header, position):
                position = parameter.end()
                name, value = parameter[1].lower(), parameter[2].strip('"')
                if name == "q":
                    quality = read_quality(value)
                else:
                    parameters += 1
                    profile += tuple(value.split()) if name == "profile" else ()
            ranges.append(MediaRange(match[1].lower(), match[2].lower(), parameters, quality, profile))
        comma = header.find(",", position)
        position = len(header) if comma < 0 else comma + 1
    return ranges


def read_quality(text: str) -> float:
    """Return a quality value; one that is malformed is the least that is not a refusal."""
    return float(text) if _QUALITY.fullmatch(text) else 0.001


def fit(format_: Format, ranges: Sequence[MediaRange]) -> tuple[float, str]:
    """Return how welcome a format is, and as which of its media types.

    A media type has the quality of the most specific range that fits it; of two that are as welcome, the one that is
    named goes before the one that a wildcard takes in.
    """
    best = (0.0, False, 0, format_.media_type)
    for number, media_type in enumerate(format_.media_types):
        fits = [(close, range_.quality) for range_ in ranges if (close := range_.specificity(media_type)) is not None]
        if fits:
            close, quality = max(fits)
            best = max(best, (quality, close >= _NAMED, -number, media_type))
    for range_ in ranges:
        if f"{range_.type}/{range_.subtype}" in format_.old_names:
            best = max(best, (range_.quality, True, 0, format_.media_type))
    return best[0], best[3]


def _most_welcome(formats: Sequence[Format], header: str) -> tuple[Format | None, str]:
    """Return the most welcome format, the earlier of equals, and its content type; None and "" where none is."""
    ranges = parse_accept(header)
    if not ranges:
        return formats[0], formats[0].content_type
    welcome = [(*fit(format_, ranges), format_) for format_ in formats]
    quality, media_type, best = max(welcome, key=lambda entry: entry[0])
    if quality == 0:
        return None, ""
    return best, best.content_type if media_type == best.media_type else media_type


@lru_cache(maxsize=256)
def _kept(formats: tuple[Format, ...], header: str) -> tuple[Format | None, str]:
    return _most_welcome(formats, header)


def choose_named(formats: tuple[Format, ...], header: str, name: str) -> tuple[Format | None, str]:
    """Return the most welcome of some formats and its content type, as a name says it or else an Accept header.

    Shape: None and "" where none is welcome; a client that asks for `application/json` gets the format that has this as
    a second name under this name.
    """
    if name:
        format_ = format_called(formats, name)
        return format_, format_.content_type if format_ else ""
    # What is kept by its text has to be short.
    return _kept(formats, header) if len(header) < _LONGEST_KEPT else _most_welcome(formats, header)


def format_called(formats: tuple[Format, ...], name: str) -> Format | None:
    """Return the format that people or client libraries call so, or None."""
    return _names(formats).get(_letters(name))


@lru_cache(maxsize=16)
def _names(formats: tuple[Format, ...]) -> dict[str, Format]:
    """Return what people and client libraries call formats: turtle as well as ttl, json-ld, ntriples, rdf+xml."""
    # What is Turtle is N3 too, and who asks for statements as JSON can read JSON-LD.
    names = {name: format_ for name, format_ in (("n3", TURTLE), ("json", JSON_LD)) if format_ in formats}
    for format_ in reversed(formats):
        called = (format_.name, format_.title, *format_.suffixes, *format_.media_types)
        names |= {_letters(name): format_ for name in called}
    return names


def _letters(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name[:_LONGEST_KEPT].lower())


def choose_coding(header: str) -> str:
    """Return the content coding that an Accept-Encoding header likes best, "" for none.

    Source: RFC 9110 sections 12.5.3 and 8.4.1.3.
    """
    return _chosen_coding(header[:_LONGEST_KEPT])


@lru_cache(maxsize=256)
def _chosen_coding(header: str) -> str:
    wanted: dict[str, float] = {}
    for item in header.split(","):
        name, _, parameter = item.partition(";")
        value = parameter.strip().lower().removeprefix("q=") or "1"
        name = name.strip().lower()
        wanted[_OLD_CODINGS.get(name, name)] = float(value) if _QUALITY.fullmatch(value) else 0.0
    best = max(CODINGS, key=lambda coding: wanted.get(coding, wanted.get("*", 0.0)))
    plain = wanted.get("identity", 0.001)
    return best if wanted.get(best, wanted.get("*", 0.0)) >= max(plain, 0.001) else ""


def media_types(formats: Sequence[Format]) -> str:
    """Return what formats are called in an Accept header, for people."""
    return ", ".join(format_.media_type for format_ in formats)


def negotiate(request: Request, formats: tuple[Format, ...], parameter: str = "_mediatype") -> Format:
    """Return the format of an answer: what the query string asks for, else what the Accept header does.

    Raises: NotAcceptable when none fits.
    """
    wanted = request.query_params.get(parameter, "")
    header = ", ".join(request.headers.getlist("accept"))
    chosen, _ = choose_named(formats, header, wanted)
    if chosen is None:
        said = f"{parameter}={wanted}" if wanted else f"Accept: {header}"
        message = f"no format of this address fits “{said[:_LONGEST_KEPT]}”"
        raise NotAcceptable(message, hint=f"ask for one of {media_types(formats)}")
    return chosen


def wants_html(request: Request) -> bool:
    """Return whether a client would rather have a page than anything else that it names: a browser."""
    html, others = 0.0, 0.0
    for range_ in parse_accept(", ".join(request.headers.getlist("accept"))):
        name = f"{range_.type}/{range_.subtype}"
        if name == "text/html":
            html = max(html, range_.quality)
        elif "*" not in name and name != "application/xhtml+xml":
            # Equal to a page is only what no browser names: a problem document.
            others = max(others, range_.quality + (_A_LITTLE if name == "application/problem+json" else 0))
    return html > 0 and html >= others
