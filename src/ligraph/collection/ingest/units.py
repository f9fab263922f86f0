"""The organizations that the parts of a line name: one, or a unit and what it is part of."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ligraph.collection.ingest.cues import before_preposition, is_place, last_word, organization_score
from ligraph.collection.ingest.names import key_of
from ligraph.collection.ingest.words import RANK

_CAMPUS = re.compile(r"(?:the\s+)?(?:\w+\s+)?(?:university|college)\s+(?:of|system)\b", re.I)


def organization_chain(
    parts: Sequence[str], known: frozenset[str], *, after_role: bool = False
) -> tuple[tuple[str, ...], str | None]:
    """Return the organizations that some parts name, the unit before the whole, and a doubt where that is not plain.

    After a role the smaller comes first as a rule, so only words that plainly rank two names change their order there.
    """
    whole = ", ".join(parts)
    if not parts or key_of(whole) in known:
        return ((whole,) if parts else ()), None
    names: list[str] = []
    for part in _whole_places(parts):
        score = organization_score(part, known)
        campus = names and score < 3 and _CAMPUS.match(names[-1])
        if names and ((score < 1 and is_place(part)) or campus):
            names[-1] = f"{names[-1]}, {part}"
        else:
            names += _unit_at(part, known)
    ranks = [_rank(name) for name in names]
    is_told = not after_role or 1.5 not in ranks
    if is_told and any(a > b for a, b in pairwise(ranks)) and ranks == sorted(ranks, reverse=True):
        names, ranks = names[::-1], ranks[::-1]
    plain = all(a < b or (a <= b and a == 1.5) for a, b in pairwise(ranks))
    told = " is part of ".join(f"“{name}”" for name in names)
    return tuple(names), None if plain or len(names) == 1 else f"it is not plain that {told}"


def _whole_places(parts: Sequence[str]) -> list[str]:
    """Return parts with `Chicago, IL` as one."""
    found: list[str] = []
    for part in parts:
        if (
            len(found) > 1
            and is_place(part)
            and organization_score(found[-1], frozenset()) < 1
            and not is_place(found[-1])
        ):
            found[-1] = f"{found[-1]}, {part}"
        else:
            found.append(part)
    return found


def _unit_at(part: str, known: frozenset[str]) -> list[str]:
    """Return both organizations of `Center for X at Y University`, or the part itself."""
    left, at, right = part.partition(" at ")
    both = bool(at) and key_of(part) not in known and min(organization_score(t, known) for t in (left, right)) >= 3
    return [left, right.removeprefix("the ")] if both else [part]


def _rank(name: str) -> float:
    """Return how large an organization is by the word that heads its name; 1.5 where none does."""
    bare = re.sub(r"\([^()]*\)", " ", name).strip()
    if re.match(r"(?:department|division|office|school|college)\s+(?:of|for)\b", bare, re.I):
        return 1.0
    for text in (before_preposition(bare), bare):
        if (rank := RANK.get(last_word(text))) is not None:
            return rank
    words = {word.casefold() for word in re.findall(r"[^\W_]+", bare)} & RANK.keys()
    return max((float(RANK[word]) for word in words), default=1.5)
