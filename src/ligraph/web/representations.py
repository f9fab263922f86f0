"""Which representation of a document is sent: its format, its profile, and for JSON-LD its form; one place for all.

The address goes before the headers: its suffix, then `_mediatype` and `_profile`, then `Accept` and `Accept-Profile`.

Source: RFC 9110 sections 12.4.2 and 12.5.1; Content Negotiation by Profile (W3C Working Draft 2023) sections 7 and 8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from starlette.requests import Request

from ligraph.errors import NotAcceptable
from ligraph.formats import JSON_LD, Format
from ligraph.views.profiles import (
    ALTERNATES,
    NATIVE,
    TREE,
    Form,
    Profile,
    fixed_address,
    form_called,
    form_of,
    profile_called,
)
from ligraph.web.negotiation import MediaRange, fit, format_called, media_types, parse_accept, read_quality

VARY = "Accept, Accept-Profile"
"""What an answer depends on, beside its coding, where its address names no format."""

_LONGEST = 2_000
_MOST = 20
_PROFILE = re.compile(r"""(?:<([^<>]*)>|([^\s,;<>]+))\s*((?:;[^,]*)?)""")


@dataclass(frozen=True)
class Representation:
    """What is sent: a format, and for JSON-LD a profile and a form."""

    format: Format
    profile: Profile = NATIVE
    form: Form = TREE

    @property
    def content_type(self) -> str:
        """The `Content-Type` of an answer, with the profile where it is not the one by default."""
        names = () if self.form is TREE else self.form.iris
        names += () if self.profile is NATIVE or self.format is not JSON_LD else (self.profile.iri,)
        return f'{self.format.media_type};profile="{" ".join(names)}"' if names else self.format.content_type

    def located(self, address: str) -> str:
        """Return the address of this representation of what has an address."""
        token = self.profile.token if self.profile is not NATIVE else self.form.token if self.form is not TREE else ""
        return fixed_address(address, self.format, token)


class Refusal(NamedTuple):
    """Why nothing fits, and what to ask for."""

    message: str
    hint: str


class Asked(NamedTuple):
    """What a request says of the representation that it wants: two parameters of its address, two headers."""

    media_type: str
    profile: str
    accept: str
    accept_profile: str


def choose_representation(
    request: Request, formats: tuple[Format, ...], profiles: tuple[Profile, ...], fixed: Format | None = None
) -> Representation:
    """Return what a request gets, in the format of its suffix where it has one: some profile, or the list of them.

    Raises: NotAcceptable where nothing fits.
    """
    profiles = (*profiles, ALTERNATES)
    query, headers = request.query_params, request.headers
    # In a query string “+” is a space, and nobody writes %2B in application/ld+json.
    named, semicolon, parameters = query.get("_mediatype", "").partition(";")
    media_type = named.strip().replace(" ", "+") + semicolon + parameters
    asked = Asked(
        media_type[:_LONGEST],
        query.get("_profile", "")[:_LONGEST],
        ", ".join(headers.getlist("accept")),
        ", ".join(headers.getlist("accept-profile")),
    )
    if len(asked.accept) + len(asked.accept_profile) < _LONGEST:
        found = _kept(asked, formats, profiles, fixed)
    else:
        found = _choose(asked, formats, profiles, fixed)
    if isinstance(found, Representation):
        return found
    raise NotAcceptable(found.message, hint=found.hint)


def _choose(
    asked: Asked, formats: tuple[Format, ...], profiles: tuple[Profile, ...], fixed: Format | None
) -> Representation | Refusal:
    """Return what fits, or what to say where nothing does."""
    if asked.profile:
        wanted = _named(asked.profile, profiles)
        if wanted is None:
            tokens = ", ".join(profile.token for profile in profiles)
            return Refusal(f"“{asked.profile[:200]}” is not a profile of this address", f"ask for one of {tokens}")
        profile, form = wanted
        formats = tuple(known for known in formats if known in _formats_of(profile, form))
        if fixed:
            if fixed not in formats:
                said = f"{fixed.title} cannot be had in the profile “{asked.profile[:200]}”"
                return Refusal(said, f"ask for one of {media_types(formats)}, or leave out _profile")
            return Representation(fixed, profile, form)
        offers = [Representation(format_, profile, form) for format_ in formats]
    elif fixed:
        return Representation(fixed)
    else:
        profile, form = NATIVE, TREE
        offers = [Representation(format_) for format_ in formats]
    here = f"the profile “{asked.profile[:200]}”" if asked.profile else "this address"
    if asked.media_type:
        ranges = _ranges_named(asked.media_type, formats)
        if not ranges:
            return Refusal(
                f"{here} cannot be had as “{asked.media_type[:200]}”", f"ask for one of {media_types(formats)}"
            )
    else:
        ranges = parse_accept(asked.accept) or [MediaRange("*", "*", 0, 1.0)]
    special: list[tuple[float, Representation]] = []
    if not asked.profile:
        special = _by_parameter(ranges, formats, profiles)
        ranges = [range_ for range_ in ranges if not _representation_of(range_, profiles)]
    usual = [(fit(offer.format, ranges)[0], offer) for offer in offers]
    most, best = max([*special, *usual], key=lambda pair: pair[0], default=(0.0, None))
    if best and most > 0 and not asked.profile and (most, best) not in special:
        preferred = _preferred(asked.accept_profile, profiles)
        welcome = [(fit(format_, ranges)[0], format_) for format_ in preferred.formats if format_ in formats]
        quality, format_ = max(welcome, key=lambda pair: pair[0], default=(0.0, best.format))
        return Representation(format_, preferred) if preferred is not NATIVE and quality > 0 else best
    if best is None or most == 0:
        said = f"_mediatype={asked.media_type}" if asked.media_type else f"Accept: {asked.accept}"
        return Refusal(f"no format of {here} fits “{said[:500]}”", f"ask for one of {media_types(formats)}")
    return best


_kept = lru_cache(maxsize=512)(_choose)


def _named(name: str, profiles: tuple[Profile, ...]) -> tuple[Profile, Form] | None:
    """Return the first of some profiles or forms, as `_profile` names them, that is known."""
    for one in name.split(","):
        if profile := profile_called(one.strip(" <>"), profiles):
            return profile, TREE
        if form := form_called(one.strip(" <>")):
            return NATIVE, form
    return None


def _formats_of(profile: Profile, form: Form) -> tuple[Format, ...]:
    return profile.formats if form is TREE else (JSON_LD,)


def _ranges_named(name: str, formats: tuple[Format, ...]) -> list[MediaRange]:
    """Return what `_mediatype` names as a media range: a media type, or what people call a format."""
    format_ = format_called(formats, name.partition(";")[0])
    if format_ is None:
        return []
    ranges = parse_accept(name)
    if len(ranges) == 1 and f"{ranges[0].type}/{ranges[0].subtype}" in format_.media_types:
        return [replace(ranges[0], quality=1.0)]
    type_, _, subtype = format_.media_type.partition("/")
    return [MediaRange(type_, subtype, 0, 1.0)]


def _representation_of(range_: MediaRange, profiles: tuple[Profile, ...]) -> Representation | None:
    """Return the representation that a media range asks for by its parameter `profile`, None for one by default.

    Source: JSON-LD 1.1 appendix C: profiles that are not known are ignored.
    """
    if f"{range_.type}/{range_.subtype}" not in JSON_LD.media_types or not range_.profile:
        return None
    named = next((profile for iri in range_.profile if (profile := profile_called(iri, profiles))), NATIVE)
    form = form_of(range_.profile) or TREE
    asked = Representation(JSON_LD, named, TREE if named is not NATIVE else form)
    return None if asked == Representation(JSON_LD) else asked


def _by_parameter(
    ranges: list[MediaRange], formats: tuple[Format, ...], profiles: tuple[Profile, ...]
) -> list[tuple[float, Representation]]:
    """Return what is asked for by the parameter `profile`, each with its quality."""
    if JSON_LD not in formats:
        return []
    found = [(range_.quality, _representation_of(range_, profiles)) for range_ in ranges]
    return [(quality, one) for quality, one in found if one]


def _preferred(header: str, profiles: tuple[Profile, ...]) -> Profile:
    """Return the profile that an Accept-Profile header likes best; one that is not known is no failure.

    Source: Content Negotiation by Profile section 7.1; RFC 9110 section 12.4.2.
    """
    best, most = NATIVE, 0.0
    for match in islice(_PROFILE.finditer(header[:_LONGEST]), _MOST):
        name = match[1] if match[1] is not None else match[2]
        quality = next((read_quality(part[2:]) for part in _parameters(match[3]) if part.startswith("q=")), 1.0)
        profile = NATIVE if name == "*" else profile_called(name, profiles)
        if profile and quality > most:
            best, most = profile, quality
    return best


def _parameters(text: str) -> Iterator[str]:
    return (part.strip().lower().replace(" ", "") for part in text.split(";"))
