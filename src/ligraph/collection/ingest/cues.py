"""How much a text looks like a role, and how much like an organization, by the words that head it."""

import re

from ligraph.collection.ingest.names import key_of
from ligraph.collection.ingest.words import NOT_ROLES, ORGANIZATIONS, PLACES, ROLES, SCHOOLS, STATES, UNITS

_PREPOSITION = re.compile(r"\s+(?:of|for|in|on|to|with|within|von|de|du)\s+", re.I)
_WORD = re.compile(r"[^\W_][\w’'.&-]*")
_TAIL = re.compile(r"-(?:in|at|for|on)-.*$")
# `Networks and Partnerships` are what somebody is responsible for.
_MANY = "networks|schools|districts|partnerships|colleges|universities|communities"
_PAIR = re.compile(rf"(?:(?:{_MANY})\s+(?:and|&)\s+\w+|\w+\s+(?:and|&)\s+(?:{_MANY}))", re.I)
_BRAND = re.compile(r"^[A-Z][A-Z&.-]{1,7}(?: \d+)?$|[a-z][A-Z]")


def role_score(part: str) -> float:
    """Return how much a part looks like a role: 3 for `Director of X`, -3 for `X University`."""
    bare = re.sub(r"\([^()]*\)", " ", part).strip()
    heads = [_TAIL.sub("", last_word(half)) for half in re.split(r"\s+(?:and|&)\s+|/", before_preposition(bare))]
    if any(head in ROLES or head.rpartition("-")[2] in ROLES for head in heads):
        return 3.0
    if heads[-1] in ORGANIZATIONS or heads[-1] == "partners":
        return -3.0
    if heads[-1] in UNITS:
        return -1.0
    if heads[-1].endswith(("or", "er", "ist", "ian")) and heads[-1] not in NOT_ROLES and len(heads[-1]) > 4:
        return 1.2
    return 0.0


def organization_score(part: str, known: frozenset[str]) -> float:
    """Return how much a part looks like an organization: 5 for a known one, 3 for `X University`, -3 for a role."""
    if key_of(part) in known or key_of(re.sub(r"\([^()]*\)", " ", part)) in known:
        # The collection may have taken a role for an organization once.
        return 5.0 if role_score(part) < 3 else 1.0
    bare = re.sub(r"\([^()]*\)", " ", part).strip()
    role = role_score(part)
    if role >= 3:
        return -3.0
    head = last_word(before_preposition(bare))
    words = {word.casefold().strip(".") for word in _WORD.findall(bare)}
    if words and (words <= ORGANIZATIONS | UNITS or _PAIR.fullmatch(bare)):
        return 0.5
    if head in ORGANIZATIONS or last_word(bare) in ORGANIZATIONS:
        return 3.0
    if head in UNITS:
        return 0.5
    if words & ORGANIZATIONS:
        return 2.0
    if last_word(bare) in SCHOOLS:
        return 2.0
    return 1.0 if _BRAND.search(bare) and not is_place(bare) else -0.5 if role > 0 else 0.0


def last_word(text: str) -> str:
    words = _WORD.findall(text)
    return words[-1].casefold().strip(".’'") if words else ""


def is_place(part: str) -> bool:
    """Return whether a part only says where: a state, or its two letters."""
    last = part.rpartition(",")[2].strip(" ().")
    is_named = last.casefold() in PLACES or last.casefold().endswith((" area", " region"))
    return is_named or (last.isupper() and last.replace(".", "").casefold() in STATES)


def before_preposition(text: str) -> str:
    """Return the words of a text before `of`, `for` and their like, whose last is its head."""
    return _PREPOSITION.split(f"{text} ")[0]
