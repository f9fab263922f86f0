"""Role and organization, told apart on the line of a presenter.

The order varies and both may hold commas, so every way to cut the line is scored by evidence: organizations known
by name, the words that head a part, and the order that the clear lines beside it have.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ligraph.collection.ingest.cues import is_place, organization_score, role_score
from ligraph.collection.ingest.names import key_of
from ligraph.collection.ingest.units import organization_chain
from ligraph.collection.ingest.words import LEGAL

CLEAR = 0.6
"""How much the best reading must lead the next; an area of work before an organization leads by 0.75."""

_SEPARATOR = re.compile(r"\s*(?:,|\||\s[–—-](?=\s))\s*(?![^()]*\))")
_PAST = re.compile(
    r"\(\s*(?:formerly|previously|until recently)\b[^()]*\)"
    r"|\b(?:formerly|previously|until recently)\s+(?:of|at|with)\s+(?:the\s+)?",
    re.I,
)
_ON_ONES_OWN = re.compile(r"(?:independent|freelance|self-employed|private)\b", re.I)
_SECOND_ROLE = re.compile(r"\s*;\s*|,\s+(?:and|&)\s+|\s+(?:and|&)\s+")


@dataclass(frozen=True)
class Evidence:
    """What is known when a line is read: keys of names of organizations, and how the lines beside it are ordered."""

    organizations: frozenset[str] = frozenset()
    role_first: float = 0.0
    """How much more a role comes first, from -1 to 1."""


@dataclass(frozen=True)
class Affiliation:
    """A role at an organization; either may be missing.

    Shape: `organization` holds the smallest unit first, then what it is part of; `doubt` says why it may be otherwise.
    """

    role: str | None
    organization: tuple[str, ...]
    doubt: str | None = None
    lead: float = 0.0
    role_first: bool | None = None


@dataclass(frozen=True)
class _Reading:
    role: tuple[str, ...]
    organization: tuple[str, ...]
    score: float
    role_first: bool | None
    written: str | None


def read_affiliations(text: str, evidence: Evidence) -> list[Affiliation]:
    """Return the affiliations that a line names after the name of its presenter."""
    found = [read_affiliation(entry, evidence) for entry in entries(text)]
    return [_completed(found, index) for index in range(len(found))]


def _completed(found: Sequence[Affiliation], index: int) -> Affiliation:
    """Return an affiliation with the organization of the next or the last one, where it has none of its own."""
    mine = found[index]
    if mine.organization or len(found) < 2 or mine.role is None or _ON_ONES_OWN.match(mine.role):
        return mine
    other = next((o for o in [*found[index + 1 :], *reversed(found[:index])] if o.organization), None)
    if other is None:
        return mine
    doubt = f"“{mine.role}” names no organization of its own and was given that of “{other.role}”"
    return Affiliation(mine.role, other.organization, doubt, mine.lead, mine.role_first)


def entries(text: str) -> list[str]:
    """Return the roles that a line lists: parted by `;`, or by `and` where a role follows an organization."""
    if ";" in text and "," not in text:
        return [text.replace(";", ",")]
    found: list[str] = []
    start = 0
    for match in _SECOND_ROLE.finditer(text):
        before, after = text[start : match.start()], text[match.end() :]
        if ";" in match[0] or _is_next(parts_of(before), parts_of(after), has_comma="," in match[0]):
            found.append(before)
            start = match.end()
    found.append(text[start:])
    return [entry.strip(" ,;") for entry in found if entry.strip(" ,;")]


def _is_next(before: Sequence[str], after: Sequence[str], *, has_comma: bool) -> bool:
    """Return whether `and` stands between two roles with an organization each; behind a comma either may come first."""
    if len(before) < 2 or len(after) < 2:
        return False
    if role_score(after[0]) >= 3 and organization_score(before[-1], frozenset()) >= 1:
        return True
    is_turned = organization_score(after[0], frozenset()) >= 2 and role_score(after[1]) >= 3
    return has_comma and is_turned and role_score(before[-1]) >= 3


def parts_of(entry: str) -> list[str]:
    """Return the parts of an entry between commas; `Inc.` stays with its company."""
    found: list[str] = []
    for part in _SEPARATOR.split(entry):
        if found and part.strip(". ").casefold() in LEGAL:
            found[-1] = f"{found[-1]}, {part.strip()}"
        elif part.strip():
            found += _at(part.strip())
    return found


def _at(part: str) -> list[str]:
    """Return role and organization of `Director at Acme`, or the part itself."""
    for match in re.finditer(r"\s+(?:at|@|with)\s+(?:the\s+(?=[A-Z]))?", part):
        left, right = part[: match.start()], part[match.end() :]
        if role_score(left) >= 1 and role_score(right) < 3 and right[:1].isupper():
            return [left, right]
    return [part]


def read_affiliation(entry: str, evidence: Evidence) -> Affiliation:
    """Return the best reading of one entry, with a doubt where another is nearly as good."""
    written, entry = entry, " ".join(_PAST.sub(" ", entry).split()).replace(" ,", ",").strip(" ,")
    parts = parts_of(entry)
    readings = sorted(_readings(entry, parts, evidence), key=lambda reading: -reading.score)
    if not readings:
        return Affiliation(None, ())
    best = readings[0]
    lead = best.score - readings[1].score if len(readings) > 1 else abs(best.score)
    chain, doubt = organization_chain(best.organization, evidence.organizations, after_role=best.role_first is True)
    if lead < CLEAR and len(parts) > 1:
        other = readings[1]
        doubt = f"“{entry}” may also be read as {_told(other)}"
    elif len(parts) == 1 and best.score < 1:
        doubt = f"“{entry}” may be a role or an organization"
    elif written != entry and _PAST.search(written):
        doubt = f"“{written}” tells what was before, which is left out"
    role = best.written if best.role else None
    if role and len(parts) == 1 and (inside := _organization_inside(role, evidence)):
        return Affiliation(inside[0], (inside[1],), f"“{role}” was read as “{inside[0]}” at “{inside[1]}”")
    return Affiliation(role, chain, doubt, lead, best.role_first)


def _organization_inside(role: str, evidence: Evidence) -> tuple[str, str] | None:
    """Return role and organization of `Superintendent of Harbor Public Schools`, where nothing else is told."""
    left, of, right = role.partition(" of ")
    right = right.removeprefix("the ")
    is_both = of and " " in right and organization_score(right, evidence.organizations) >= 3 and role_score(left) >= 3
    return (left, right) if is_both else None


def _told(reading: _Reading) -> str:
    role, organization = ", ".join(reading.role), ", ".join(reading.organization)
    if not role or not organization:
        return f"{'a role' if role else 'an organization'} and nothing else"
    return f"“{role}” at “{organization}”"


def _readings(entry: str, parts: Sequence[str], evidence: Evidence) -> Iterator[_Reading]:
    """Yield every way to cut the parts into a role and an organization, with its score."""
    count = len(parts)
    for cut in range(count + 1):
        left, right = tuple(parts[:cut]), tuple(parts[cut:])
        for role, organization in dict.fromkeys(((left, right), (right, left))):
            alone = not role or not organization
            first = None if alone else role == left
            prior = 0.0 if first is None else 0.5 * evidence.role_first * (1 if first else -1)
            score = _role_side(role, evidence) + _organization_side(organization, evidence) + prior - alone
            yield _Reading(role, organization, score, first, _slice(entry, role))


def _slice(entry: str, parts: Sequence[str]) -> str | None:
    """Return parts as they are written in the entry, their commas included."""
    if not parts:
        return None
    start = entry.find(parts[0])
    end = entry.find(parts[-1], start + sum(map(len, parts[:-1]))) + len(parts[-1])
    return " ".join(entry[start:end].split()) if start >= 0 and end > start else ", ".join(parts)


def _role_side(parts: Sequence[str], evidence: Evidence) -> float:
    if not parts:
        return 0.0
    score = role_score(parts[0])
    if score < 3 and key_of(parts[0]) in evidence.organizations:
        score = -3.0
    if score < 1 and any(role_score(part) >= 3 for part in parts[1:]):
        score -= 3
    for part in parts[1:]:
        organization = organization_score(part, evidence.organizations)
        score += 0.5 if role_score(part) >= 3 else -4 if organization >= 5 else -1.5 if organization >= 2 else 0.25
    return score


def _organization_side(parts: Sequence[str], evidence: Evidence) -> float:
    if not parts:
        return 0.0
    if len(parts) > 1 and key_of(", ".join(parts)) in evidence.organizations:
        return 5.5
    if all(map(is_place, parts)):
        return -0.5
    scores = [organization_score(part, evidence.organizations) for part in parts]
    best = max(range(len(parts)), key=lambda index: scores[index])
    total = scores[best] or -0.25
    for index, (part, score) in enumerate(zip(parts, scores, strict=True)):
        if index != best:
            total += -3 if score < 0 else 0.25 if is_place(part) else 0.5 if score >= 2 else -0.5
    return total
