"""From a post to a file of facts: the draft is written once; after that only what differs is told."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Store

from ligraph.collection.checking import load
from ligraph.collection.ids import slugify
from ligraph.collection.ingest import Decision, Difference, Post, compare, draft, read_post
from ligraph.collection.ingest.names import key_of
from ligraph.collection.known import known_things
from ligraph.config import Collection
from ligraph.errors import CollectionError, PostError
from ligraph.namespaces import NAME, SCHEMA
from ligraph.replacement import replacing


@dataclass(frozen=True)
class Ingested:
    """What became of one post.

    Shape: `file` is relative to the collection; `differences` only where the file was there before, and then
    nothing was written.
    """

    post: str
    file: str
    is_new: bool
    counts: dict[str, int]
    decisions: tuple[Decision, ...]
    differences: tuple[Difference, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return what programs read."""
        return {
            "post": self.post,
            "file": self.file,
            "written": self.is_new,
            "counts": self.counts,
            "decisions": [
                {"kind": d.kind, "line": d.line, "message": d.message, "remedy": d.remedy, "ids": list(d.ids)}
                for d in self.decisions
            ],
            "differences": [asdict(difference) for difference in self.differences],
        }

    def to_text(self) -> str:
        """Return what people read."""
        counted = ", ".join(
            f"{count} {name.removesuffix('s') if count == 1 else name}" for name, count in self.counts.items() if count
        )
        if self.is_new:
            lines = [f"Wrote {self.file}: {counted}"]
        elif self.differences:
            lines = [f"{self.file} is there already and was left as it is. The post says something else in:"]
            lines += [self._difference_text(difference) for difference in self.differences]
        else:
            lines = [f"{self.file} is there already, and says what the post says"]
        if self.is_new and self.decisions:
            lines += ["", "To be decided by you (also at the head of the file):"]
            for decision in self.decisions:
                place = f"{self.post}:{decision.line}" if decision.line else self.post
                lines.append(f"  {place}  {decision.message}")
                if decision.remedy:
                    lines.append(f"      {decision.remedy}")
        return "\n".join(lines)

    def _difference_text(self, difference: Difference) -> str:
        what = f"{difference.id} {difference.key}" if difference.key else difference.id
        if difference.key == "id":
            return f"  {self.file}:{difference.line}  {difference.id}: the post was drafted as {difference.in_post}"
        if difference.change == "changed":
            values = f"the post says “{difference.in_post}”, the file “{difference.in_file}”"
        else:
            values = f"{difference.change}: “{difference.in_post or difference.in_file}”"
        return f"  {self.file}:{difference.line}  {what}: {values}"


def ingest_posts(collection: Collection, posts: Sequence[str]) -> list[Ingested]:
    """Read posts and write each as a file below `data/`.

    Raises: PostError when something is not a post; CollectionError when it cannot be read or written. All posts
    are read before the first file is written.
    """
    read = [(name, read_post(_content(collection, name), "-" if name == "-" else Path(name).name)) for name in posts]
    results = []
    for name, post in read:
        _, sources = load(collection)
        store = sources.store
        ids = collection.settings.ids
        path = _file_of(collection, store, post)
        besides = collection.graph_of(path) if path else None
        drafted = draft(post, known_things(store, ids, besides=besides))
        if path is None:
            path = collection.data / f"{drafted.slug}.yaml"
            if path.exists():
                raise CollectionError(
                    f"{path} is there already, and has no post called “{post.title}”",
                    hint="rename that file, or give its post this name",
                )
            _write(path, drafted.text)
            differences: list[Difference] = []
        else:
            differences = compare(path.read_text("utf-8-sig"), drafted)
        shown = collection.relative(path)
        decisions = tuple(drafted.decisions)
        results.append(Ingested(name, shown, besides is None, drafted.counts, decisions, tuple(differences)))
    return results


def _file_of(collection: Collection, store: Store, post: Post) -> Path | None:
    """Return the file that describes a post, whatever its name: by title, id or address of the post."""
    ids = collection.settings.ids
    told = {NAME: key_of(post.title), SCHEMA + "alternateName": key_of(post.title), SCHEMA + "url": post.address}
    found: list[tuple[bool, Path]] = []
    for predicate, wanted in told.items():
        for quad in store.quads_for_pattern(None, NamedNode(predicate), None, None):
            subject, graph = quad.subject, quad.graph_name
            if not (isinstance(subject, NamedNode) and isinstance(graph, NamedNode)):
                continue
            if not subject.value.startswith(f"{ids}post/") or not graph.value.startswith(f"{ids}graph/"):
                continue
            said = getattr(quad.object, "value", "")
            is_same = wanted is not None and wanted in (said, key_of(said))
            path = collection.data / graph.value.removeprefix(f"{ids}graph/")
            if path.is_file() and (is_same or subject.value == f"{ids}post/{slugify(post.title)}"):
                found.append((predicate == NAME and said == post.title, path))
    return max(found, key=lambda one: one[0], default=(False, None))[1]


def _content(collection: Collection, name: str) -> bytes:
    limit = collection.settings.limits.post_bytes
    try:
        if name == "-":
            content = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(name).open("rb") as stream:
                content = stream.read(limit + 1)
    except OSError as error:
        message = f"{name} cannot be read: {error.strerror}"
        raise CollectionError(message, hint="name a post: .txt, .html or .md") from None
    if len(content) > limit:
        raise PostError(f"{name} is over {limit:,} bytes", hint="a post is a page of text; is this another document?")
    return content


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, text) as put:
            put()
    except OSError as error:
        raise CollectionError(f"{path} cannot be written: {error.strerror}") from None
