"""A post as curator's YAML: series, post, events, sessions, organizations, people, sets with their resources."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ligraph.collection.ingest.decisions import Decision, as_comment, ascii_of, in_order
from ligraph.collection.ingest.events import Events
from ligraph.collection.ingest.matching import Known, Register
from ligraph.collection.ingest.organizations import Organizations
from ligraph.collection.ingest.people import People
from ligraph.collection.ingest.post import Post, ResourceSet
from ligraph.collection.ingest.presenters import Presenter, read_presenters
from ligraph.collection.ingest.records import Record, as_yaml
from ligraph.collection.ingest.reviews import review
from ligraph.collection.ingest.sessions import read_featured, sentences
from ligraph.collection.ingest.works import Works

_TITLE = re.compile(r"^(?P<series>[^:|–—]{3,80}?)\s*(?::|\||\s[–—-])\s+(?P<rest>\S.*)$")
_FUNDED = re.compile(
    r"\bthis\s+(?:post|blog|blog post|article|release|series|work)\s+(?:is|was|has been)"
    r"\s+(?:made possible|funded|supported|sponsored)\s+(?:in part\s+)?(?:by|through|with|thanks to)"
    r"\s+(?:an?\s+(?:\w+\s+){0,3}(?:grant|gift|funding|support)\s+from\s+)?(?:the\s+)?"
    r"(?P<name>[A-Z](?:[\w’'&-]|\.(?=\w))*(?:\s+(?:(?:of|and|for|the|&|on|in)\s+){0,2}[A-Z](?:[\w’'&-]|\.(?=\w))*)*)",
    re.I,
)


@dataclass(frozen=True)
class Draft:
    """What a post became: the text of a data file, its open questions, and what was counted.

    Shape: `slug` is the stem of the file's name; `counts` has sets, resources, watch, read, act, listen, clips,
    presenters, roles, sessions and organizations, as the post has them, those that the collection knew included.
    """

    text: str
    decisions: tuple[Decision, ...]
    counts: dict[str, int]
    slug: str


def draft(post: Post, known: Sequence[Known] = ()) -> Draft:
    """Return the data file of a post; `known` is what other files of the collection have."""
    return _Drafter(post, Register(known)).draft()


class _Drafter:
    """Turns a post into records, from the top."""

    def __init__(self, post: Post, register: Register) -> None:
        self.post = post
        self.register = register
        self.decisions = list(post.decisions)
        texts = [*post.paragraphs, *(paragraph for one in post.sets for paragraph in one.paragraphs)]
        self.events = Events(register, texts, self.decisions)
        self.organizations = Organizations(register, self.decisions)
        self.people = People(register, self.organizations, self.decisions)
        self.works = Works(post, register, self.decisions)
        names = [name for thing in register.known if thing.kind == "organization" for name in thing.names]
        self.presenters = read_presenters(post, names)
        self.held: dict[str, list[str]] = {}

    def draft(self) -> Draft:
        """Return the draft."""
        series = self.series()
        post = self.post_record(series)
        sets = [self.set_record(post["id"], one, position) for position, one in enumerate(self.post.sets, 1)]
        if funder := self.funder():
            post["funder"] = funder
        self.decisions += review(self.post, self.people, self.organizations, self.works, self.held)
        things = [*series, post, *self.events.records(), *self.organizations.records(), *self.people.records(), *sets]
        decisions = tuple(in_order(self.decisions))
        text = as_yaml(self.post.address or post["id"], things, self.comment(decisions))
        return Draft(text, decisions, self.counts(), post["id"].partition("/")[2])

    def series(self) -> list[Record]:
        """Return the record of the series that the title names, where the collection does not have it."""
        match = _TITLE.match(self.post.title)
        self.series_id: str | None = None
        if not match:
            message = f"the title “{self.post.title}” names no series"
            self.decide("series", message, self.post.line, (), "write isPartOf with the series, if it belongs to one")
            return []
        name = match["series"].strip()
        if known := self.register.same(name, ("series",)):
            self.series_id = known.id
            return []
        self.series_id = self.register.mint("series", name)
        for thing, other in self.register.alike(name, ("series",)):
            message = f"the series “{name}” may be {thing.id}, “{other}”"
            self.decide(
                "merge", message, self.post.line, (self.series_id, thing.id), f"if so, put {thing.id} in its place"
            )
        return [Record(self.post.line, {"id": self.series_id, "name": name})]

    def post_record(self, series: Sequence[Record]) -> Record:
        """Return the record of the post."""
        if known := self.register.same(self.post.title, ("post",)):
            message = f"the collection has a post of this title, {known.id}"
            self.decide(
                "same-name", message, self.post.line, (known.id,), "if it is this one, remove this file or that"
            )
        values = {
            "id": self.register.mint("post", self.post.title),
            "name": self.post.title,
            "isPartOf": self.series_id,
            "url": self.post.address,
            "datePublished": self.post.published,
        }
        return Record(self.post.line, values)

    def funder(self) -> str | None:
        """Return the organization that a sentence before the sets names as the one that made the post possible."""
        for text, line in self.post.paragraphs:
            for sentence in sentences(text):
                if match := _FUNDED.search(sentence):
                    name = _proper_start(match["name"])
                    return self.organizations.one(name, line).id if name else None
        return None

    def set_record(self, post: str, one: ResourceSet, position: int) -> Record:
        """Return the record of a set with its resources."""
        self.works.begin_set(one, position)
        featured, description = self.featured(one)
        values = {
            "id": self.works.set_id(one),
            "name": one.name,
            "description": description,
            "isPartOf": post,
            "position": position,
            "featuredAt": featured[0] if len(featured) == 1 else featured,
            "appearances": self.appearances(self.presenters[id(one)]),
            "items": [self.works.record(r, self.appearances(self.presenters[id(r)])) for r in one.resources],
            "differentFrom": self.works.same_sets(one),
        }
        return Record(one.line, values)

    def featured(self, one: ResourceSet) -> tuple[list[str], str]:
        """Return where a set was featured, and its description without the sentences that say no more than that."""
        found: dict[str, None] = {}
        kept: list[str] = []
        for text, line in one.paragraphs:
            rest = []
            for sentence in sentences(text):
                says = read_featured(sentence)
                if says is None or not says.is_all:
                    rest.append(sentence)
                if says is None:
                    continue
                for mention in says.sessions:
                    found.setdefault(self.events.session(mention, line))
                events = [self.events.event(name, line, is_series=is_series) for name, is_series in says.events]
                found |= dict.fromkeys(events)
                if events:
                    message = f"“{one.name}” names no session: “{sentence}”"
                    ids = (self.works.set_id(one), *events)
                    self.decide(
                        "featured",
                        message,
                        line,
                        ids,
                        "name the sessions, and which resource is from which, if you know them",
                    )
            kept.append(" ".join(rest))
        return list(found), "\n\n".join(text for text in kept if text)

    def appearances(self, presenters: Sequence[Presenter]) -> list[Record]:
        """Return the appearances of presenters, one for each person."""
        found: dict[str, tuple[int, dict[str, None]]] = {}
        for presenter in presenters:
            person, held = self.people.add(presenter)
            found.setdefault(person.id, (presenter.line, {}))[1].update(dict.fromkeys(held))
        for person_id, (_, roles) in found.items():
            self.held.setdefault(person_id, []).extend(roles)
        return [
            Record(
                line, {"presenter": person, "inRole": next(iter(roles)) if len(roles) == 1 else list(roles)}, flow=True
            )
            for person, (line, roles) in found.items()
        ]

    def comment(self, decisions: Sequence[Decision]) -> str:
        """Return what the head of the file says to the curator."""
        name = "standard input" if self.post.filename == "-" else ascii_of(self.post.filename)
        head = f"Drafted from {name}. “line 25” is a line of that file."
        if not decisions:
            return ascii_of(f"{head} Nothing is left to decide.")
        return f"{ascii_of(head)}\nTo decide ({len(decisions)}):\n{as_comment(decisions)}"

    def counts(self) -> dict[str, int]:
        """Return what the post has."""
        held = {role for roles in self.held.values() for role in roles}
        return {
            "sets": len(self.post.sets),
            **self.works.counts(),
            "presenters": len(self.people.by_key),
            "roles": len(held),
            "sessions": len(self.events.sessions),
            "organizations": len(self.organizations.all()),
        }

    def decide(self, kind: str, message: str, line: int, ids: tuple[str, ...], remedy: str) -> None:
        """Note something for a person to decide."""
        self.decisions.append(Decision(kind, message, line, ids, remedy))


def _proper_start(name: str) -> str:
    """Return the words of a name up to the first that is written small and joins nothing."""
    words = name.split()
    kept: list[str] = []
    for index, word in enumerate(words):
        small = not word[:1].isupper() and word != "&"
        if small and not any(later[:1].isupper() for later in words[index + 1 : index + 3]):
            break
        if small and word not in ("of", "and", "for", "the", "on", "in"):
            break
        kept.append(word)
    return " ".join(kept).rstrip(".,’'")
