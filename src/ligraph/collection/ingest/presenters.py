"""Presenters: a name and the roles held, read from the lines of a whole post so that clear lines explain the others."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ligraph.collection.ingest.affiliations import Affiliation, Evidence, read_affiliations
from ligraph.collection.ingest.names import is_name, key_of, split_name
from ligraph.collection.ingest.post import Post
from ligraph.collection.ingest.words import HONORIFICS

_BETWEEN_NAMES = re.compile(r"\s+(?:and|&)\s+")
_CLEAR_LEAD = 1.5
LONGEST = 600
"""Characters of the line of one person. Those of the series have up to 140."""


@dataclass(frozen=True)
class Presenter:
    """One person on one line."""

    name: str
    line: int
    written: str
    roles: tuple[Affiliation, ...]
    doubt: str | None = None


Lines = Sequence[tuple[str, int]]


def read_presenters(post: Post, known: Iterable[str]) -> dict[int, list[Presenter]]:
    """Return the presenters of each list of a post, keyed by `id()` of the set or resource that has it.

    Lines are read twice: what the first reading is sure of is evidence for the second.
    """
    owners: dict[int, Lines] = {}
    for resource_set in post.sets:
        owners[id(resource_set)] = resource_set.presenters
        owners |= {id(resource): resource.presenters for resource in resource_set.resources}
    names = frozenset(key_of(name) for name in known)
    first = {owner: _read(lines, Evidence(names)) for owner, lines in owners.items()}
    return {owner: _read(lines, _evidence(first, owner, names)) for owner, lines in owners.items()}


def _read(lines: Lines, evidence: Evidence) -> list[Presenter]:
    return [presenter for text, number in lines for presenter in read_line(text, number, evidence)]


def _evidence(first: Mapping[int, list[Presenter]], owner: int, names: frozenset[str]) -> Evidence:
    """Return what the clear lines teach: names of organizations, and the order of role and organization."""
    clear = [
        (role, where == owner)
        for where, presenters in first.items()
        for presenter in presenters
        for role in presenter.roles
        if role.lead >= _CLEAR_LEAD and role.doubt is None
    ]
    learned = {key_of(name) for role, _ in clear for name in role.organization}
    here = [1 if role.role_first else -1 for role, near in clear if near and role.role_first is not None]
    anywhere = [1 if role.role_first else -1 for role, _ in clear if role.role_first is not None]
    order = sum(here) / len(here) if here else 0.5 * sum(anywhere) / len(anywhere) if anywhere else 0.0
    return Evidence(names | learned, order)


def read_line(text: str, number: int, evidence: Evidence) -> list[Presenter]:
    """Return the people of one line: one, or two joined by `and` before what they share."""
    if len(text) > LONGEST:
        name = split_name(text[:LONGEST])[0]
        return [
            Presenter(name, number, text[:80] + "…", (), f"the line of “{name}” is too long to be about one person")
        ]
    name, rest = split_name(text)
    roles = tuple(read_affiliations(rest, evidence)) if rest else ()
    together = _BETWEEN_NAMES.split(name)
    if len(together) > 1 and all(is_name(one) for one in together):
        doubt = f"“{text}” names {len(together)} people, and each was given all that follows"
        return [Presenter(one, number, text, roles, doubt) for one in together]
    words = [word for word in name.split() if word.strip(".").casefold() not in HONORIFICS]
    wrong = None if is_name(" ".join(words)) else f"“{name}” does not look like the name of a person"
    return [Presenter(name, number, text, roles, wrong)] if name else []
