"""The sets and resources of a draft: ids, what a resource plays, where it leads, and what of that is unclear."""

import re
from itertools import combinations

from rapidfuzz import fuzz

from ligraph.collection.ids import slugify
from ligraph.collection.ingest.decisions import Decision
from ligraph.collection.ingest.lines import parted_actions
from ligraph.collection.ingest.matching import Register
from ligraph.collection.ingest.names import key_of
from ligraph.collection.ingest.post import Post, ResourceSet
from ligraph.collection.ingest.records import Record
from ligraph.collection.ingest.resources import Resource
from ligraph.collection.ingest.times import clock
from ligraph.collection.ingest.words import ACTIONS, CONNECTORS

COPIED = 90.0
"""Percent of likeness from which one description is a copy of the other."""
DIFFERENT = 70.0
"""Percent of likeness below which two descriptions are of two things."""

_PLAYED = {"embed": "embedUrl", "file": "contentUrl"}
_HINTS = (
    ("listen", re.compile(r"\b(?:listen|podcast|audio|hear)\b", re.I)),
    ("watch", re.compile(r"\b(?:watch|video|recording|film|webinar)\b", re.I)),
    ("read", re.compile(r"\b(?:read|paper|article|report|blog|book|pdf|handout|guide)\b", re.I)),
)


class Works:
    """The sets and resources of a post."""

    def __init__(self, post: Post, register: Register, decisions: list[Decision]) -> None:
        self.decisions = decisions
        self.resources = [resource for one in post.sets for resource in one.resources]
        self.sets = post.sets
        self.has_links = post.form == "page" or any(r.links or r.title_links or r.players for r in self.resources)
        self.ids: dict[int, str] = {}
        for one in post.sets:
            self.ids[id(one)] = self.mint(register, "set", one.name, one.line)
        for resource in self.resources:
            self.ids[id(resource)] = self.mint(register, "resource", resource.name, resource.line, "clip", "recording")
        self.actions = {id(resource): self.action(resource) for resource in self.resources}
        self.compare()
        self.note_incomplete()
        if not self.has_links:
            message = f"none of the {len(self.resources)} resources has an address, because the file has none"
            self.decide(
                "address", message, 0, (), "save the post as a web page and read that, or write each url by hand"
            )

    def mint(self, register: Register, segment: str, name: str, line: int, *also: str) -> str:
        """Return the id of a set or resource; one of the collection with the same name is shown to a person."""
        minted = register.mint(segment, name, *also)
        for thing in register.known:
            if thing.kind == segment and key_of(name) in map(key_of, thing.names):
                message = f"the collection has a {segment} with the name “{name}” already, {thing.id}"
                remedy = f"if it is the same, put {thing.id} in its place; if not, write differentFrom: {thing.id}"
                self.decide("same-name", message, line, (minted, thing.id), remedy)
        return minted

    def begin_set(self, one: ResourceSet, position: int) -> None:
        """Note a set whose number is not its place."""
        if one.number is not None and one.number != position:
            message = f"“{one.name}” is set {one.number} in the post and comes at place {position}"
            self.decide("position", message, one.line, (self.set_id(one),), "is a set missing, or its number wrong?")

    def set_id(self, one: ResourceSet) -> str:
        """Return the id of a set."""
        return self.ids[id(one)]

    def id_of(self, resource: Resource) -> str:
        """Return the id of a resource."""
        return self.ids[id(resource)]

    def same_sets(self, one: ResourceSet) -> list[str]:
        """Return the earlier sets of the post that have the same name and are other sets."""
        earlier = self.sets[: self.sets.index(one)]
        return [self.set_id(other) for other in earlier if key_of(other.name) == key_of(one.name)]

    def record(self, resource: Resource, appearances: list[Record]) -> Record:
        """Return the record of a resource."""
        action = self.actions[id(resource)]
        url = self.address(resource)
        values = {
            "id": self.id_of(resource),
            "name": resource.name,
            "description": resource.description,
            "action": action,
            "learningResourceType": resource.kind,
            "url": url,
            "plays": self.plays(resource, action),
            "note": resource.notes[0] if len(resource.notes) == 1 else "\n\n".join(resource.notes),
            "appearances": appearances,
            "differentFrom": self.different(resource),
        }
        return Record(resource.line, values)

    def action(self, resource: Resource) -> str:
        """Return the action of a resource; one that the model lacks is guessed from its link, and shown."""
        if resource.action in ACTIONS:
            return resource.action
        text = " ".join([*resource.cues, *resource.notes])
        own = next((word for word in parted_actions(resource.action) if word in ACTIONS), None)
        hinted = "watch" if resource.ranges else next((word for word, hint in _HINTS if hint.search(text)), "act")
        guess = own or hinted
        message = (
            f"“{resource.action.upper()}” above “{resource.name}” is not an action of the model; “{guess}” is written"
        )
        self.decide("action", message, resource.line, (self.id_of(resource),), f"choose one of {', '.join(ACTIONS)}")
        return guess

    def plays(self, resource: Resource, action: str) -> Record | None:
        """Return what a resource plays: one clip where start and end are told, else the whole of its recording."""
        recording = {"type": "AudioObject"} if action == "listen" else {}
        recording |= {_PLAYED[line.kind]: line.text for line in resource.players[:1]}
        clip = next((one for one in resource.ranges if one.end is not None), None)
        if len(resource.ranges) > 1 or (resource.ranges and clip is None):
            told = ", ".join("-".join(filter(None, one.written)) for one in resource.ranges)
            written = (
                f"only {'-'.join(filter(None, clip.written))} is written" if clip else "the whole recording is written"
            )
            message = f"“{resource.name}” is to be played at {told}: {written}"
            remedy = "a clip has one start and one end: " + (
                "make a resource of each" if len(resource.ranges) > 1 else "write both"
            )
            self.decide("times", message, resource.times_line, (self.id_of(resource),), remedy)
        if clip is None:
            return Record(resource.line, recording, flow=True) if action in ("watch", "listen") else None
        times = {"start": clock(clip.start), "end": clock(clip.end or 0)}
        return Record(resource.times_line, times | ({"recording": recording} if recording else {}), flow=True)

    def address(self, resource: Resource) -> str | None:
        """Return where a resource leads: its link, else that of its title, else what the page itself plays."""
        links = resource.links or list(resource.title_links) or [link for one in resource.players for link in one.links]
        targets = list(dict.fromkeys(link.href for link in links))
        beside = [*resource.note_links, *(link for line in resource.body for link in line.links)]
        if len(targets) > 1:
            message = (
                f"“{resource.name}” has {len(targets)} links, and the first is written; also {', '.join(targets[1:])}"
            )
            self.decide("address", message, resource.line, (self.id_of(resource),), "choose its url")
        elif not targets and self.has_links and resource.cues:
            other = f"; its text links to {beside[0].href}" if beside else ""
            message = f"“{resource.name}” has no link to a web address{other}"
            self.decide("address", message, resource.line, (self.id_of(resource),), "write its url")
        elif resource.note_links:
            message = f"the note beside “{resource.name}” links to {resource.note_links[0].href}"
            self.decide(
                "address",
                message,
                resource.line,
                (self.id_of(resource),),
                "choose which of the two addresses is its url",
            )
        return targets[0] if targets else None

    def different(self, resource: Resource) -> list[str] | str | None:
        """Return the earlier resources of the same name whose descriptions are clearly of other things."""
        found = []
        for other in self.resources:
            if other is resource:
                break
            if key_of(other.name) == key_of(resource.name) and self.is_other(other, resource):
                found.append(self.id_of(other))
        return found[0] if len(found) == 1 else found

    @staticmethod
    def is_other(one: Resource, other: Resource) -> bool:
        """Return whether two resources of one name are clearly two, by what is said of them."""
        both = one.description and other.description
        return bool(both) and fuzz.token_set_ratio(one.description, other.description) < DIFFERENT

    def compare(self) -> None:
        """Note resources that share a title, a description or an address."""
        copies: set[int] = set()
        for one, other in combinations(self.resources, 2):
            ids = (self.id_of(one), self.id_of(other))
            if key_of(one.name) == key_of(other.name):
                self.note_same_title(one, other, ids)
            elif id(other) not in copies and is_copy(one.description, other.description):
                copies.add(id(other))
                self.note_copy(one, other, ids)
            shared = {link.href for link in one.links} & {link.href for link in other.links}
            for href in sorted(shared):
                message = f"“{one.name}” and “{other.name}” lead to the same address, {href}"
                self.decide(
                    "same-address",
                    message,
                    other.line,
                    ids,
                    "if they play one recording, name it in both: recording: recording/x",
                )

    def note_same_title(self, one: Resource, other: Resource, ids: tuple[str, str]) -> None:
        """Note two resources of one title."""
        if self.is_other(one, other):
            message = f"“{other.name}” is also the title at line {one.line}, with another description"
            remedy = (
                "they are written as different; correct a title that was copied by mistake, or keep one if they are one"
            )
        else:
            message = f"“{other.name}” is also the title at line {one.line}, with much the same description"
            remedy = f"if they are one resource, list {ids[0]} in both sets; if not, write differentFrom: {ids[0]}"
        self.decide("same-title", message, other.line, ids, remedy)

    def note_copy(self, one: Resource, other: Resource, ids: tuple[str, str]) -> None:
        """Note a description that stands on two resources."""
        lines = tuple(resource.body[0].number for resource in (one, other))
        fits = [_fit(resource.name, one.description) for resource in (one, other)]
        likely = "" if fits[0] == fits[1] else f"; it fits “{(one if fits[0] > fits[1] else other).name}” better"
        message = (
            f"“{one.name}” (line {lines[0]}) and “{other.name}” (line {lines[1]}) have the same description{likely}"
        )
        remedy = "one was copied by mistake: correct or remove it; it is kept on both as the post has it"
        self.decide("copied", message, lines[1], ids, remedy)

    def note_incomplete(self) -> None:
        """Note resources that lack what the others have: a post may have been cut."""
        usual = sum(bool(resource.cues) for resource in self.resources) * 2 > len(self.resources)
        for resource in self.resources:
            leads = bool(resource.title_links or resource.players)
            bare = not resource.body and not resource.is_closed and not leads
            if bare or (usual and not resource.cues and not leads):
                lacks = "a title and nothing else" if bare else "no link below it, as the others have"
                message = f"“{resource.name}” has {lacks}"
                self.decide(
                    "incomplete", message, resource.line, (self.id_of(resource),), "is the post whole? complete it"
                )

    def counts(self) -> dict[str, int]:
        """Return how many resources there are, by action, and how many play a clip."""
        actions = list(self.actions.values())
        clips = sum(any(one.end is not None for one in resource.ranges) for resource in self.resources)
        return {"resources": len(actions), **{word: actions.count(word) for word in ACTIONS}, "clips": clips}

    def decide(self, kind: str, message: str, line: int, ids: tuple[str, ...], remedy: str) -> None:
        """Note something for a person to decide."""
        self.decisions.append(Decision(kind, message, line, ids, remedy))


def is_copy(one: str, other: str) -> bool:
    """Return whether one description is a copy of another."""
    if min(len(one), len(other)) <= 40:
        return len(one) > 15 and key_of(one) == key_of(other)
    return fuzz.ratio(one, other, score_cutoff=COPIED) > 0


def _fit(name: str, description: str) -> int:
    """Return how many words of a title a description has."""
    words = set(slugify(description).split("-")) | set(key_of(description).split())
    return sum(word in words for word in key_of(name).split() if word not in CONNECTORS)
