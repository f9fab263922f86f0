"""Which record of a file is which of a draft, where a person gave it another id or made two people one."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from rapidfuzz import fuzz

from ligraph.collection.ingest.filed import HEAD, Thing
from ligraph.collection.ingest.names import key_of, person_key

ALIKE = 75.0
"""Percent of likeness from which two names at one place are of one thing. Place alone says little: posts change."""

_ID = re.compile(r"[^\s,#]+/[^\s,#]+")
_SEVERAL = ("items", "featuredAt")
_PART = re.compile(r"^roles\.([^.]+)\.roleName$")

Things = Mapping[str, Thing]


def counterparts(post: Things, file: Things) -> dict[str, str]:
    """Return the ids in the file of things that the draft calls otherwise, by the ids that the draft has for them."""
    found: dict[str, str] = {}
    for id_ in post:
        if id_ not in file and id_ != HEAD and (other := _by_name(id_, post, file, found)):
            found[id_] = other
    while new := dict(_by_place(post, file, found)):
        found |= new
    return found


def _by_name(id_: str, post: Things, file: Things, found: Mapping[str, str]) -> str | None:
    """Return the record of the file with the name of a thing, first one that the draft does not have."""
    segment, thing = _segment(id_), post[id_]
    names = _keys(segment, thing, "name")
    same = [other for other in file if _segment(other) == segment and names & _keys(segment, file[other], "name")]
    free = [other for other in same if other not in post and other not in found.values()]
    if len(free) == 1 or (free and segment != "resource"):
        return free[0]
    if free:
        return max(free, key=lambda other: fuzz.ratio(_said(thing), _said(file[other])))
    merged = (
        other for other in file if _segment(other) == segment and names & _keys(segment, file[other], "alternateName")
    )
    return next(merged, None)


def _by_place(post: Things, file: Things, found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the things that stand where the draft has others with a name like theirs."""
    for id_, thing in post.items():
        other = file.get(found.get(id_, id_))
        if other is None:
            continue
        for key in thing.values:
            mine, theirs = _ids(thing, key), _ids(other, key)
            if not mine or len(mine) != len(theirs) or (len(mine) > 1 and key not in _SEVERAL):
                continue
            for one, there in zip(mine, theirs, strict=True):
                if one not in found and one in post and one not in file and _is_alike(one, there, post, file):
                    yield one, there
    yield from _sets_by_position(post, file, found)


def _sets_by_position(post: Things, file: Things, found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the sets of a draft that are at the place of one that the draft does not have."""
    free = {
        file[id_].values["position"].text: id_
        for id_ in file
        if _segment(id_) == "set" and id_ not in post and id_ not in found.values() and "position" in file[id_].values
    }
    for id_, thing in post.items():
        if _segment(id_) == "set" and id_ not in file and id_ not in found:
            other = free.get(thing.values["position"].text)
            if other and _is_alike(id_, other, post, file):
                yield id_, other


def _is_alike(one: str, other: str, post: Things, file: Things) -> bool:
    """Return whether two things of one kind have names or descriptions that are alike."""
    if _segment(one) != _segment(other) or other not in file:
        return False
    names = [key_of(thing.name or "") for thing in (post[one], file[other])]
    said = [_said(thing) for thing in (post[one], file[other])]
    words = [set(name.split()) for name in names]
    is_longer = all(words) and (words[0] <= words[1] or words[0] >= words[1])
    return is_longer or fuzz.token_sort_ratio(*names) >= ALIKE or bool(said[0] and said[0] == said[1])


def _ids(thing: Thing, key: str) -> list[str]:
    """Return the ids that are all that a value says."""
    texts = thing.texts(key)
    return texts if all(_ID.fullmatch(text) for text in texts) else []


def _said(thing: Thing) -> str:
    return thing.values["description"].text if "description" in thing.values else ""


def _segment(id_: str) -> str:
    return id_.partition("/")[0] if "#" not in id_ else ""


def _keys(segment: str, thing: Thing, key: str) -> set[str]:
    if key not in thing.values:
        return set()
    texts = [thing.values[key].text, *(thing.texts(key) if key == "alternateName" else [])]
    return {person_key(text) if segment == "person" else key_of(text) for text in texts}


def as_in_file(post: Things, file: Things, found: Mapping[str, str]) -> dict[str, Thing]:
    """Return the things of a draft with the ids that the file has for them.

    Of several that are one in the file the first is kept, with the roles of all that the file has.
    """
    names = dict(found)
    for id_, other in found.items():
        for part, role in _roles(post[id_], found).items():
            there = next((name for name, held in _roles(file[other], {}).items() if held == role), part)
            names[f"{id_}#{part}"] = f"{other}#{there}"
    things: dict[str, Thing] = {}
    for id_, thing in post.items():
        values = {key: replace(value, text=_renamed(value.text, names)) for key, value in thing.values.items()}
        things.setdefault(names.get(id_, id_), Thing(thing.line, values))
    for id_, other in found.items():
        _add_roles(things[other], _roles(post[id_], found), post[id_])
    return things


def _add_roles(thing: Thing, roles: Mapping[str, tuple[str, str]], source: Thing) -> None:
    """Add the roles of a person who is another in the file to those of that one."""
    held = _roles(thing, {})
    for part, (organization, name) in roles.items():
        if (organization, name) not in held.values():
            number = next(n for n in range(1, 1000) if f"role-{n}" not in held)
            line = source.values[f"roles.{part}.roleName"].line
            held[f"role-{number}"] = (organization, name)
            thing.values[f"roles.role-{number}.organization"] = replace(
                source.values[f"roles.{part}.organization"], text=organization, line=line
            )
            thing.values[f"roles.role-{number}.roleName"] = source.values[f"roles.{part}.roleName"]


def _roles(thing: Thing, names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the roles of a person by the names of their parts: organization and name of the role."""
    found: dict[str, tuple[str, str]] = {}
    for key, value in thing.values.items():
        if match := _PART.match(key):
            organization = thing.values.get(f"roles.{match[1]}.organization")
            if organization:
                found[match[1]] = (names.get(organization.text, organization.text), value.text)
    return found


def _renamed(text: str, names: Mapping[str, str]) -> str:
    """Return a value in which ids are those of the file."""
    return ", ".join(names.get(one, _part_renamed(one, names)) for one in text.split(", "))


def _part_renamed(text: str, names: Mapping[str, str]) -> str:
    whole, mark, part = text.partition("#")
    return f"{names[whole]}#{part}" if mark and whole in names else text
