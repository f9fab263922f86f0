"""What the collection has already, and which of it a name in a post may mean."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from ligraph.collection.ids import slugify
from ligraph.collection.ingest.names import key_of, person_key

ALIKE = 88.0
"""Percent of likeness above which two names are shown to a person as perhaps one."""


@dataclass(frozen=True)
class Known:
    """A thing that the collection has in another file.

    Shape: `kind` is the segment of its id; `names` its name and other names; for a person `parts` are the names of
    all its parts and `roles` its roles as (id of the part, id of the organization, name of the role).
    """

    id: str
    names: tuple[str, ...]
    kind: str
    parts: tuple[str, ...] = ()
    roles: tuple[tuple[str, str, str], ...] = ()


class Register:
    """Known things by name, and the ids that are taken."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.known = tuple(known)
        self.taken = {thing.id for thing in self.known}

    def same(self, name: str, kinds: Sequence[str]) -> Known | None:
        """Return the known thing that has exactly this name but for case, spaces and accents."""
        key = _key(kinds)
        wanted = key(name)
        matches = (thing for thing in self.known if thing.kind in kinds and wanted in map(key, thing.names))
        return next(matches, None)

    def alike(self, name: str, kinds: Sequence[str]) -> list[tuple[Known, str]]:
        """Return known things with a name like this one, the most alike first, with that name."""
        key = _key(kinds)
        scored = []
        for thing in self.known:
            if thing.kind in kinds:
                score, other = max((likeness(key(name), key(other)), other) for other in thing.names)
                if score >= ALIKE:
                    scored.append((-score, thing.id, thing, other))
        return [(thing, other) for _, _, thing, other in sorted(scored, key=lambda row: row[:2])[:3]]

    def mint(self, segment: str, name: str, *also: str) -> str:
        """Return a free id for a name; `also` are segments in which its slug must be free too."""
        slug = slugify(name)
        number = 1
        while True:
            candidate = slug if number == 1 else f"{slug}-{number}"
            ids = [f"{other}/{candidate}" for other in (segment, *also)]
            if self.taken.isdisjoint(ids):
                self.taken.update(ids)
                return ids[0]
            number += 1


def _key(kinds: Sequence[str]) -> Callable[[str], str]:
    return person_key if "person" in kinds else key_of


def likeness(one: str, other: str) -> float:
    """Return how alike two keys are.

    Units: percent. Different numbers make names different: a Vol. 2 is not a Vol. 3.
    """
    if [c for c in one if c.isdigit()] != [c for c in other if c.isdigit()]:
        return 0.0
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))
