"""Collections like this one in any size: posts with sets, clips and presenters, in the proportions of `data/`.

Things are written as curators write them; the N-Quads are spelled out from the same records by this file alone,
so that the two forms hold each other to account.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Literal, TextIO

Thing = dict[str, Any]
Form = Literal["yaml", "nq"]

BASE = "https://example.org/large/"
IDS = BASE + "id/"
TOPICS = 100
POSTS_PER_EVENT = 50
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"

# The seven sets of the post that this repository's collection describes: what is done with each resource,
# and how many presenters there are. A clip is played with times, a recording from its start.
SETS = (
    (("clip", "act"), 2),
    (("read", "clip"), 2),
    (("clip", "read", "read"), 3),
    (("read", "clip"), 5),
    (("recording", "read"), 3),
    (("clip", "clip", "clip", "clip", "read"), 0),
    (("recording", "read"), 0),
)
SESSIONS = 5
ORGANIZATIONS = 12

_SCHEMA, _SKOS, _ORG = "http://schema.org/", "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/ns/org#"
_LIG, _DCTERMS, _VOID = "https://w3id.org/ligraph/ns#", "http://purl.org/dc/terms/", "http://rdfs.org/ns/void#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

_CLASSES = {
    "series": (_SCHEMA + "CreativeWorkSeries",),
    "post": (_SCHEMA + "BlogPosting",),
    "set": (_LIG + "ResourceSet",),
    "resource": (_LIG + "Resource",),
    "clip": (_SCHEMA + "Clip",),
    "recording": (_SCHEMA + "VideoObject",),
    "session": (_LIG + "Session",),
    "event": (_SCHEMA + "Event",),
    "person": (_SCHEMA + "Person",),
    "organization": (_ORG + "Organization", _SCHEMA + "Organization"),
    "topic": (_SKOS + "Concept",),
    "scheme": (_SKOS + "ConceptScheme",),
}
_REFERENCES = {
    "isPartOf": _SCHEMA,
    "publisher": _SCHEMA,
    "about": _SCHEMA,
    "mentions": _SCHEMA,
    "organizer": _SCHEMA,
    "superEvent": _SCHEMA,
    "recordedAt": _SCHEMA,
    "url": _SCHEMA,
    "featuredAt": _LIG,
    "presenter": _LIG,
    "inRole": _LIG,
    "organization": _ORG,
    "subOrganizationOf": _ORG,
    "inScheme": _SKOS,
    "broader": _SKOS,
}
_TEXTS = {
    "name": _SCHEMA,
    "alternateName": _SCHEMA,
    "description": _SCHEMA,
    "learningResourceType": _SCHEMA,
    "roleName": _SCHEMA,
    "prefLabel": _SKOS,
    "altLabel": _SKOS,
    "definition": _SKOS,
}
_NUMBERS = {
    "position": _SCHEMA + "position",
    "start": _SCHEMA + "startOffset",
    "end": _SCHEMA + "endOffset",
    "seconds": _LIG + "seconds",
}

_FIRST = [
    "Amanda",
    "Ash",
    "Betty",
    "Cynthia",
    "Danielle",
    "Emma",
    "Heather",
    "Imani",
    "Jennifer",
    "Jim",
    "Jorge",
    "Kelly",
    "Nina",
    "Sandra",
    "Sarah",
    "Tomás",
]
_LAST = [
    "Aguilar",
    "Ahn",
    "Bachelor",
    "Gonzales",
    "Harding",
    "Ho",
    "Jones",
    "Kohlmoos",
    "Lugo",
    "May",
    "McMahon",
    "Park",
    "Portugal",
    "Vasudeva",
]
_ADJECTIVES = [
    "Adaptive",
    "Collective",
    "Deep",
    "Equitable",
    "Joint",
    "Local",
    "Networked",
    "Open",
    "Practical",
    "Rural",
    "Shared",
    "Urban",
]
_NOUNS = [
    "Coaching",
    "Data",
    "Design",
    "Equity",
    "Improvement",
    "Inquiry",
    "Leadership",
    "Learning",
    "Literacy",
    "Measurement",
    "Policy",
]
_KINDS = ["playbook", "handout", "framework", "paper", "report", "website"]
_ROLES = ("Director, Program Design", "National Faculty", "Senior Associate, Evidence", "Superintendent", "Co-Founder")
_SENTENCE = (
    "how a network of schools learns from its own work and what its leaders do to keep improvement going with "
    "people who question data bias policy and practice together so that outcomes become fairer for students"
)
_WORDS = _SENTENCE.split()

VIOLATIONS = (
    "ends before it starts",
    "without action",
    "topic that nobody wrote",
    "role of another",
    "without role name",
    "presenter without name",
    "address that is none",
    "gap between sets",
)


@dataclass(frozen=True)
class Plan:
    """What is to be generated.

    Shape: `triples` are at least written, and at most those of one post more; `violations` exactly so many results
    of severity violation; `same_names` resources share one name; `without_address` resources have no address.
    """

    triples: int
    form: Form = "nq"
    seed: int = 1
    violations: int = 0
    same_names: int = 0
    without_address: int = 0
    posts_per_file: int = 10

    @cached_property
    def stride(self) -> int:
        """Every how many sets there is a violation."""
        at_least = max(1, self.triples // 1_000) * len(SETS)
        if self.violations > at_least:
            raise ValueError(f"{self.triples} triples have room for {at_least} violations, not {self.violations}")
        return at_least // self.violations if self.violations else 0


class Generator:
    """Makes the things of one plan, post after post; a post is made from its number and the seed alone."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        shuffle = random.Random(plan.seed)
        self.first, self.last = shuffle.sample(_FIRST, len(_FIRST)), shuffle.sample(_LAST, len(_LAST))
        self.nouns, self.adjectives = shuffle.sample(_NOUNS, len(_NOUNS)), shuffle.sample(_ADJECTIVES, len(_ADJECTIVES))
        self.made = dict.fromkeys(("violations", "same_names", "without_address"), 0)

    def common(self) -> Iterator[Thing]:
        """Yield what all posts refer to."""
        yield {
            "id": "series/living-improvement",
            "name": "Living Improvement",
            "publisher": "organization/foundation",
        }
        yield {"id": "organization/foundation", "name": "Foundation for Teaching", "alternateName": ["The Foundation"]}
        yield {"id": "scheme/topics", "prefLabel": "Topics of Living Improvement"}
        for number in range(TOPICS):
            topic: Thing = {"id": _topic(number), "prefLabel": f"Topic {number}: {self.words(number, 3)}"}
            topic |= {"definition": self.words(number, 12), "inScheme": "scheme/topics"}
            yield topic | ({"broader": _topic(number // 5)} if number else {})

    def post(self, number: int) -> Iterator[Thing]:
        """Yield the things of a post."""
        # Seeded by text: the same numbers on every platform and version.
        rng = random.Random(f"{self.plan.seed}/{number}")
        if number % POSTS_PER_EVENT == 0:
            yield {
                "id": _event(number),
                "name": f"Summit {number // POSTS_PER_EVENT + 1} on Improvement",
                "startDate": str(2000 + number // POSTS_PER_EVENT % 25),
                "organizer": "organization/foundation",
            }
        yield {
            "id": f"post/leadership-{number}",
            "name": f"Living Improvement: Leadership Resources, Vol. {number}",
            "isPartOf": "series/living-improvement",
            "position": number + 1,
            "publisher": "organization/foundation",
            "about": [_topic(number), _topic(number + 1)],
            "mentions": [_event(number)],
        }
        for n in range(SESSIONS):
            name = f"{self.title(number, n)}: Session {number}.{n + 1}"
            yield {"id": _session(number, n), "name": name, "superEvent": _event(number)}
        for n in range(ORGANIZATIONS):
            yield self.organization(number, n)
        people = 0
        for n, (resources, presenters) in enumerate(SETS):
            wrong = self.violation_at(number * len(SETS) + n, n, presenters)
            yield from self.presenters(number, people, presenters, wrong)
            yield self.set(number, n, resources, range(people, people + presenters), wrong, rng)
            people += presenters

    def organization(self, post: int, n: int) -> Thing:
        """Return one organization of a post; every third is part of the one before."""
        thing: Thing = {"id": _organization(post, n), "name": f"{self.title(n, post)} Partners {post}.{n}"}
        if n % 2:
            thing["alternateName"] = [f"{self.nouns[n % len(self.nouns)]} P{post}.{n}"]
        if n % 3 == 2:
            thing["subOrganizationOf"] = _organization(post, n - 1)
        return thing

    def presenters(self, post: int, start: int, count: int, wrong: str | None) -> Iterator[Thing]:
        """Yield the people of one set with their roles; the last of a post's has two."""
        for n in range(start, start + count):
            roles: dict[str, Thing] = {}
            for role in range(2 if n == 14 else 1):
                roles[f"role-{role + 1}"] = {
                    # Every fourth is from an organization of an earlier post.
                    "organization": _organization(post // 2 if n % 4 == 3 else post, (n + role) % ORGANIZATIONS),
                    "roleName": _ROLES[(post + n + role) % len(_ROLES)],
                }
            if wrong == "without role name" and n == start:
                del roles["role-1"]["roleName"]
            thing = {"id": self.person(post, n), "name": self.person_name(post, n), "roles": roles}
            if wrong == "presenter without name" and n == start:
                del thing["name"]
            yield thing

    def set(
        self, post: int, n: int, resources: tuple[str, ...], people: range, wrong: str | None, rng: random.Random
    ) -> Thing:
        """Return a set with its appearances and resources."""
        about = [_topic(post + n), _topic(post * 3 + n + 1)]
        appearances = []
        for number in people:
            owner = self.person(post, people[1] if wrong == "role of another" and number == people[0] else number)
            roles = [f"{owner}#role-{role + 1}" for role in range(2 if number == 14 else 1)]
            appearances.append({"presenter": self.person(post, number), "inRole": roles})
        items = [self.resource(post, n, number, does, rng) for number, does in enumerate(resources)]
        first = items[0]
        match wrong:
            case "ends before it starts":
                played = next(item["plays"] for item in items if "start" in item.get("plays", ()))
                played["end"] = played["start"] - 1
            case "without action":
                first.pop("action")
                first.pop("plays", None)
            case "topic that nobody wrote":
                first["about"] = ["topic/nobody-wrote-this"]
            case "address that is none":
                first["url"] = f"ftp://example.org/{post}/{n}"
        return {
            "id": f"set/set-{post}-{n + 1}",
            "name": f"{self.title(post, n)} {post}.{n + 1}",
            "description": self.words(rng.randrange(1_000), 24),
            "isPartOf": f"post/leadership-{post}",
            "position": n + 1 + (wrong == "gap between sets"),
            "featuredAt": _session(post, n) if n < SESSIONS else _event(post),
            "about": about,
            "mentions": [_organization(post, n)],
            "appearances": appearances,
            "items": items,
        }

    def resource(self, post: int, n: int, number: int, does: str, rng: random.Random) -> Thing:
        """Return a resource with the clip or recording that it plays."""
        slug = f"resource-{post}-{n + 1}-{number + 1}"
        action = "watch" if does in ("clip", "recording") else does
        title = f"{self.title(n + number, post)}: {self.words(rng.randrange(1_000), 3)}"
        thing: Thing = {
            "id": f"resource/{slug}",
            "name": f"{title} {post}.{n + 1}.{number + 1}",
            "description": self.words(rng.randrange(1_000), 18 + rng.randrange(10)),
            "action": action,
            "url": f"https://media.example.org/{action}/{slug}",
            "about": [_topic(post + n * 7 + number)],
        }
        if self.take("same_names"):
            thing["name"] = "Organizing Using a Driver Diagram"
        if self.take("without_address"):
            del thing["url"]
        if action == "read":
            thing["learningResourceType"] = [_KINDS[(post + number) % len(_KINDS)]]
        if does == "clip":
            start = rng.randrange(3_000)
            thing["plays"] = {"start": start, "end": start + 30 + rng.randrange(600)}
            if number % 2:
                thing["plays"]["recording"] = {"seconds": 3_700 + rng.randrange(900)}
        elif does == "recording":
            thing["plays"] = {"recordedAt": _session(post, n % SESSIONS)}
        return thing

    def violation_at(self, place: int, set_number: int, presenters: int) -> str | None:
        """Return what is to be wrong with a set, if anything; what cannot be wrong there gives way to a topic."""
        stride, made = self.plan.stride, self.made["violations"]
        if not stride or place % stride or not self.take("violations"):
            return None
        kind = VIOLATIONS[made % len(VIOLATIONS)]
        possible = {
            "ends before it starts": any(does == "clip" for does in SETS[set_number][0]),
            "role of another": presenters > 1,
            "without role name": presenters > 0,
            "presenter without name": presenters > 0,
            "gap between sets": set_number == len(SETS) - 1,
        }
        return kind if possible.get(kind, True) else "topic that nobody wrote"

    def take(self, what: str) -> bool:
        """Return whether one more is wanted of something, and count it."""
        wanted = self.made[what] < int(getattr(self.plan, what))
        self.made[what] += wanted
        return wanted

    def person(self, post: int, n: int) -> str:
        """Return the id of a person."""
        return "person/" + self.person_name(post, n).lower().replace(" ", "-").replace(".", "-")

    def person_name(self, post: int, n: int) -> str:
        """Return the name of a person, no other's."""
        return f"{self.first[(post + n) % len(self.first)]} {self.last[(post * 3 + n) % len(self.last)]} {post}.{n}"

    def title(self, a: int, b: int) -> str:
        """Return two words."""
        return f"{self.adjectives[(a * 5 + b) % len(self.adjectives)]} {self.nouns[(a + b * 3) % len(self.nouns)]}"

    def words(self, start: int, count: int) -> str:
        """Return a line of words."""
        return " ".join(_WORDS[(start + n * (1 + start % 5)) % len(_WORDS)] for n in range(count)).capitalize()


def generate(folder: Path, plan: Plan) -> int:
    """Write a collection into a folder; return the number of written triples.

    Shape: things that all posts refer to are in `data/common`, posts in `data/volume-00001` and so on.
    """
    generator = Generator(plan)
    (folder / "data").mkdir(parents=True)
    toml = f'title = "Living Improvement, {plan.triples:,} triples"\nbase = "{BASE}"\nlanguage = "en"\n'
    (folder / "ligraph.toml").write_text(toml, "utf-8")
    post = 0
    written = _write_file(folder, "common", plan.form, generator.common())
    for volume in count(1):
        if written >= plan.triples:
            break
        with _opened(folder, f"volume-{volume:05}", plan.form) as stream:
            written += _write_head(stream, f"volume-{volume:05}", plan.form)
            last = post + plan.posts_per_file
            while written < plan.triples and post < last:
                written += _write_things(stream, plan.form, generator.post(post))
                post += 1
    for what, made in generator.made.items():
        if made != getattr(plan, what):
            raise ValueError(f"{plan.triples} triples have room for {made} {what}, not {getattr(plan, what)}")
    return written


def _write_file(folder: Path, name: str, form: Form, things: Iterator[Thing]) -> int:
    with _opened(folder, name, form) as stream:
        return _write_head(stream, name, form) + _write_things(stream, form, things)


def _opened(folder: Path, name: str, form: Form) -> TextIO:
    return (folder / "data" / f"{name}.{form}").open("w", encoding="utf-8", newline="\n")


def _write_head(stream: TextIO, name: str, form: Form) -> int:
    source = f"https://blog.example.org/{name}"
    if form == "yaml":
        stream.write(f"source: {source}\nlicense: {LICENCE}\nthings:\n")
    else:
        graph = f"graph/{name}.{form}"
        stream.write(_line(graph, _TYPE, f"<{_VOID}Dataset>"))
        stream.write(_line(graph, _DCTERMS + "source", f"<{source}>"))
        stream.write(_line(graph, _DCTERMS + "license", f"<{LICENCE}>"))
    return 3


def _write_things(stream: TextIO, form: Form, things: Iterator[Thing]) -> int:
    written = 0
    for thing in things:
        lines = list(to_lines(thing))
        stream.write(to_yaml(thing) if form == "yaml" else "".join(lines))
        written += len(lines)
    return written


def to_yaml(thing: Thing) -> str:
    """Return a thing as an entry of `things` in the curator's YAML."""
    return "- " + _mapping(thing, 1).lstrip()


def _mapping(thing: Thing, depth: int) -> str:
    margin = "  " * depth
    return "".join(f"{margin}{key}:{_value(key, value, depth)}" for key, value in thing.items())


def _value(key: str, value: Any, depth: int) -> str:
    if key in _TEXTS:
        # A JSON text is a quoted text of YAML.
        return f" {json.dumps(value, ensure_ascii=False)}\n"
    if not isinstance(value, dict | list):
        return f" {value}\n"
    if isinstance(value, dict):
        return "\n" + _mapping(value, depth + 1) if value else " {}\n"
    if not value or not isinstance(value[0], dict):
        return f" [{', '.join(value)}]\n"
    margin = "  " * depth
    return "\n" + "".join(f"{margin}- " + _mapping(item, depth + 1).lstrip() for item in value)


def to_lines(thing: Thing) -> Iterator[str]:
    """Yield the statements of a thing as N-Quads that name no graph."""
    subject: str = thing["id"]
    for iri in _CLASSES[subject.partition("/")[0]]:
        yield _line(subject, _TYPE, f"<{iri}>")
    for key, value in thing.items():
        yield from _statements(subject, key, value)


def _statements(subject: str, key: str, value: Any) -> Iterator[str]:
    slug = subject.partition("/")[2]
    values = value if isinstance(value, list) else [value]
    if key in _REFERENCES:
        for target in values:
            yield _line(subject, _REFERENCES[key] + key, f"<{target if ':' in target else IDS + target}>")
    elif key in _TEXTS:
        for text in values:
            yield _line(subject, _TEXTS[key] + key, f"{json.dumps(text, ensure_ascii=False)}@en")
    elif key in _NUMBERS:
        yield _line(subject, _NUMBERS[key], f'"{value}"^^<{_XSD}integer>')
    elif key == "action":
        yield _line(subject, _LIG + "action", f"<{_LIG}{value}>")
    elif key == "startDate":
        yield _line(subject, _SCHEMA + "startDate", f'"{value}"^^<{_XSD}gYear>')
    elif key == "roles":
        for part, role in value.items():
            yield _line(f"{subject}#{part}", _ORG + "member", f"<{IDS}{subject}>")
            yield from _part(f"{subject}#{part}", _ORG + "Membership", role)
    elif key == "appearances":
        for number, appearance in enumerate(value, 1):
            part = f"{subject}#appearance-{number}"
            yield _line(subject, _LIG + "appearance", f"<{IDS}{part}>")
            yield from _part(part, _LIG + "Appearance", appearance | {"position": number})
    elif key == "items":
        for number, item in enumerate(value, 1):
            part = f"{subject}#item-{number}"
            yield _line(subject, _SCHEMA + "itemListElement", f"<{IDS}{part}>")
            yield _line(part, _SCHEMA + "item", f"<{IDS}{item['id']}>")
            yield from _part(part, _SCHEMA + "ListItem", {"position": number})
            yield from to_lines(item)
    elif key == "plays":
        kind = "clip" if "start" in value else "recording"
        yield _line(subject, _LIG + "plays", f"<{IDS}{kind}/{slug}>")
        played = {name: entry for name, entry in value.items() if name != "recording"}
        yield from to_lines({"id": f"{kind}/{slug}", **played})
        if kind == "clip":
            yield _line(f"clip/{slug}", _SCHEMA + "isPartOf", f"<{IDS}recording/{slug}>")
            yield from to_lines({"id": f"recording/{slug}", **value.get("recording", {})})
    elif key != "id":
        raise ValueError(f"{key} is not a key of this generator")


def _part(part: str, cls: str, entries: Thing) -> Iterator[str]:
    yield _line(part, _TYPE, f"<{cls}>")
    for key, value in entries.items():
        yield from _statements(part, key, value)


def _line(subject: str, predicate: str, value: str) -> str:
    return f"<{IDS}{subject}> <{predicate}> {value} .\n"


def _topic(number: int) -> str:
    return f"topic/topic-{number % TOPICS}"


def _event(post: int) -> str:
    return f"event/summit-{post // POSTS_PER_EVENT + 1}"


def _session(post: int, n: int) -> str:
    return f"session/session-{post}-{n + 1}"


def _organization(post: int, n: int) -> str:
    return f"organization/partners-{post}-{n}"


def main() -> None:
    """Write a collection from the command line."""
    parser = argparse.ArgumentParser(description="Write a collection like this repository's, of any size.")
    parser.add_argument("folder", type=Path, help="a folder that is not there yet")
    parser.add_argument("--triples", type=int, default=10_000, help="how many are written at least")
    parser.add_argument("--form", choices=["yaml", "nq"], default="nq")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--violations", type=int, default=0, help="exactly so many, of several kinds")
    parser.add_argument("--same-names", type=int, default=0, help="resources that share one name")
    parser.add_argument("--without-address", type=int, default=0, help="resources that lead nowhere: warnings")
    parser.add_argument("--posts-per-file", type=int, default=10)
    values = vars(parser.parse_args())
    folder = values.pop("folder")
    print(f"{generate(folder, Plan(**values)):,} triples written to {folder}")


if __name__ == "__main__":
    main()
