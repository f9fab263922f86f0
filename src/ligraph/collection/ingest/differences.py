"""What a post says now, held against a file that a person may have edited. Nothing is ever changed in the file."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ligraph.collection.ingest.counterparts import as_in_file, counterparts
from ligraph.collection.ingest.drafts import Draft
from ligraph.collection.ingest.filed import Thing, read_things
from ligraph.collection.values import seconds

Change = Literal["changed", "only in the post", "only in the file"]


@dataclass(frozen=True)
class Difference:
    """One difference of a record or of one of its keys.

    Shape: `key` is None where the whole record is in one of the two only; parts are written `roles.role-1.roleName`;
    `line` is that of the file, or that of the draft where the file has nothing; values are as YAML has them.
    """

    id: str
    key: str | None
    change: Change
    line: int
    in_post: str | None
    in_file: str | None


def compare(existing_text: str, draft: Draft) -> list[Difference]:
    """Return what differs between a file and the draft of its post, in the order of the file, then of the post.

    A thing to which a person gave another id is the same thing, and that it has one is a difference of the key `id`.
    Raises: CollectionError when the file is not YAML.
    """
    file, drafted = read_things(existing_text), read_things(draft.text)
    other_ids = counterparts(drafted, file)
    post = as_in_file(drafted, file, other_ids)
    found: list[Difference] = []
    for id_, thing in file.items():
        found += [
            Difference(id_, "id", "changed", thing.line, theirs, id_)
            for theirs, mine in other_ids.items()
            if mine == id_
        ]
        if id_ not in post:
            found.append(Difference(id_, None, "only in the file", thing.line, None, thing.name))
        else:
            found += _keys(id_, post[id_], thing)
    for id_, thing in post.items():
        if id_ not in file:
            found.append(Difference(id_, None, "only in the post", thing.line, thing.name, None))
    return found


def _keys(id_: str, post: Thing, file: Thing) -> Iterator[Difference]:
    for key, mine in file.values.items():
        theirs = post.values.get(key)
        if theirs is None:
            yield Difference(id_, key, "only in the file", mine.line, None, mine.text)
        elif not _is_same(key, theirs.text, mine.text):
            yield Difference(id_, key, "changed", mine.line, theirs.text, mine.text)
    for key, theirs in post.values.items():
        if key not in file.values:
            yield Difference(id_, key, "only in the post", file.line, theirs.text, None)


def _is_same(key: str, one: str, other: str) -> bool:
    """Return whether two values are one, times by what they say and not by how."""
    is_time = key.rpartition(".")[2] in ("start", "end")
    return one == other or (is_time and _in_seconds(one) == _in_seconds(other))


def _in_seconds(written: str) -> int | str:
    try:
        return seconds(written)
    except ValueError:
        return written
