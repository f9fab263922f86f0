"""What the running text says again of people and organizations, held against their records."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rapidfuzz import fuzz

from ligraph.collection.ingest.cues import organization_score
from ligraph.collection.ingest.decisions import Decision
from ligraph.collection.ingest.lines import paragraphs
from ligraph.collection.ingest.matching import ALIKE
from ligraph.collection.ingest.names import key_of
from ligraph.collection.ingest.organizations import Organization, Organizations
from ligraph.collection.ingest.people import People, Person
from ligraph.collection.ingest.post import Post, ResourceSet
from ligraph.collection.ingest.resources import Resource
from ligraph.collection.ingest.words import CONNECTORS, ORGANIZATIONS
from ligraph.collection.ingest.works import Works

_WORD = re.compile(r"[^\s,.;:()“”\"—–]+")
_BREAK = re.compile(r"[,.;:](?=\s)|[—–“”\"]")
_POSSESSIVE = re.compile(r"[’']s?$")

_COMMON = ORGANIZATIONS | CONNECTORS | {"public", "national", "city", "county", "state", "high", "graduate", "new"}

Texts = Sequence[tuple[str, int]]


def review(
    post: Post, people: People, organizations: Organizations, works: Works, held: Mapping[str, Sequence[str]]
) -> list[Decision]:
    """Return what a person should look at, and add to organizations the spellings that differ in case only."""
    texts = list(_texts(post))
    return [
        *_series(post, texts),
        *_spellings(organizations, texts),
        *_near_names(people, texts),
        *_speaking(post, people, organizations, works, held),
    ]


def _texts(post: Post) -> Iterator[tuple[str, int]]:
    yield from post.paragraphs
    for one in post.sets:
        yield from one.paragraphs
        for resource in one.resources:
            yield from paragraphs(resource.body)


def _series(post: Post, texts: Texts) -> Iterator[Decision]:
    name, colon, rest = post.title.partition(":")
    if not colon:
        return
    seen: set[str] = set()
    for text, line in texts:
        for match in re.finditer(rf"{re.escape(name)}: ((?:[\w’'-]+ )*?[\w’'-]+)(?=[.,;]|$)", text):
            if match[1] not in rest and match[0] not in seen and len(match[0]) < 100:
                seen.add(match[0])
                message = f"the series is called “{match[0]}” here"
                yield Decision("series", message, line, (), "if it is the same series, add it to its alternateName")


def _windows(text: str, size: int) -> Iterator[str]:
    words = list(_WORD.finditer(text))
    for index in range(len(words) - size + 1):
        window = text[words[index].start() : words[index + size - 1].end()]
        if window[:1].isupper() and not _BREAK.search(window):
            yield _POSSESSIVE.sub("", window)


def _spellings(organizations: Organizations, texts: Texts) -> Iterator[Decision]:
    """Yield spellings in running text that may be of an organization; keep those that differ in case only."""
    for organization in organizations.all():
        key = key_of(organization.name)
        size = len(organization.name.split())
        told: set[str] = set()
        for text, line in texts:
            if len(set(key.split()) & set(key_of(text).split())) < min(2, size):
                continue
            for window in (w for count in {size - 1, size, size + 1} if count > 0 for w in _windows(text, count)):
                other = key_of(window)
                if other == key and window not in (organization.name, *organization.spellings):
                    organization.spellings[window] = line
                elif other not in told and _is_spelling(key, other) and organizations.find(window) is None:
                    told.add(other)
                    message = f"“{window}” may be “{organization.name}”, spelled otherwise"
                    yield Decision("spelling", message, line, (organization.id,), "if so, add it to its alternateName")
        yield from _short_forms(organization, texts)


def _is_spelling(key: str, other: str) -> bool:
    words, others = key.split(), other.split()
    if len(words) < 2 or len(words) != len(others) or other == key:
        return False
    same = sum(one == two for one, two in zip(words, others, strict=True))
    return same >= len(words) - 1 and same > 1 and fuzz.ratio(key, other) >= ALIKE


def _short_forms(organization: Organization, texts: Texts) -> Iterator[Decision]:
    """Yield the beginning or end of a long name that stands for it, such as the first two words of six."""
    words = organization.name.split()
    forms = [" ".join(words[:count]) for count in range(2, len(words) - 1)]
    forms += [" ".join(words[-count:]) for count in range(2, len(words) - 1)]
    for form in forms:
        own = [word for word in form.casefold().split() if word not in _COMMON]
        if organization_score(form, frozenset()) < 3 or not form[0].isupper() or not own:
            continue
        lines = [line for text, line in texts if form in re.sub(re.escape(organization.name), "", text, flags=re.I)]
        if lines:
            message = f"“{form}” ({_told(lines)}) seems to be short for “{organization.name}”"
            yield Decision("spelling", message, lines[0], (organization.id,), "if so, add it to its alternateName")


def _told(lines: Sequence[int]) -> str:
    return f"{'lines' if len(lines) > 1 else 'line'} {', '.join(str(line) for line in lines)}"


def _near_names(people: People, texts: Texts) -> Iterator[Decision]:
    """Yield names in running text that are nearly those of a presenter."""
    keys = {key_of(person.name): person for person in people.by_key.values()}
    for text, line in texts:
        words = set(key_of(text).split())
        for key, person in keys.items():
            if words.isdisjoint(key.split()):
                continue
            for window in _windows(text, len(person.name.split())):
                other = key_of(window)
                if other not in keys and _is_near(key, other):
                    message = f"“{window}” may be “{person.name}” of line {person.line}, spelled otherwise"
                    yield Decision(
                        "spelling", message, line, (person.id,), "correct the name, or add it to alternateName"
                    )


def _is_near(key: str, other: str) -> bool:
    shares = set(key.split()) & set(other.split())
    return bool(shares) and key != other and fuzz.ratio(key, other) >= ALIKE


def _speaking(
    post: Post, people: People, organizations: Organizations, works: Works, held: Mapping[str, Sequence[str]]
) -> Iterator[Decision]:
    """Yield the presenters that the description of a resource names again."""
    for one in post.sets:
        for resource in one.resources:
            for text, line in paragraphs(resource.body):
                named = (
                    sorted((text.find(person.name), person) for person in people.by_key.values() if person.name in text)
                    if text
                    else []
                )
                if named:
                    yield from _named_again(one, resource, text, line, named, organizations, works, held)


def _named_again(
    one: ResourceSet,
    resource: Resource,
    text: str,
    line: int,
    named: Sequence[tuple[int, Person]],
    organizations: Organizations,
    works: Works,
    held: Mapping[str, Sequence[str]],
) -> Iterator[Decision]:
    names = {organization.id: organization.name for organization in organizations.all()}
    entries: list[str] = []
    for index, (start, person) in enumerate(named):
        end = named[index + 1][0] if index + 1 < len(named) else len(text)
        after = text[start + len(person.name) : end]
        roles = [role for role in person.roles if role.id in held.get(person.id, ())]
        agreeing = [role for role in roles if role.name in after and names.get(role.organization, "\0") in after]
        if not agreeing and roles and re.match(r"\s*,\s*[A-Z]", after):
            message = f"“{person.name}” is named here with another role or organization than at line {person.line}"
            yield Decision("role", message, line, (person.id, works.id_of(resource)), "correct the one that is wrong")
        held_here = [role.id for role in agreeing or roles]
        role = (
            f", inRole: {held_here[0] if len(held_here) == 1 else '[' + ', '.join(held_here) + ']'}"
            if held_here
            else ""
        )
        entries.append(f"{{presenter: {person.id}{role}}}")
    people = " and ".join(f"“{person.name}”" for _, person in named)
    message = f"the description of “{resource.name}” names {people} again"
    remedy = f"if nobody else speaks in it, give {works.id_of(resource)} the key appearances: [{', '.join(entries)}]"
    yield Decision("speaking", message, line, (works.id_of(resource), *(person.id for _, person in named)), remedy)
