"""A post as it stands: sets, their presenters' lines and resources, each with its line. Nothing is judged yet."""

from dataclasses import dataclass, field

from ligraph.collection.ingest.decisions import Decision
from ligraph.collection.ingest.documents import Document
from ligraph.collection.ingest.forms import read_document
from ligraph.collection.ingest.headings import Heading, find_sets, with_actions
from ligraph.collection.ingest.lines import Line, is_title, paragraphs, presenters_of
from ligraph.collection.ingest.resources import Resource, read_resources
from ligraph.collection.ingest.rosters import take_presenters
from ligraph.collection.ingest.words import ACTIONS
from ligraph.errors import PostError

EXPECTED = "a post has headings such as “Set 1: …” and, below them, resources under WATCH, READ, ACT or LISTEN"
MOST = 500
"""Resources of one post. Those of the series have up to 20."""


@dataclass
class ResourceSet:
    """One set: what it says of itself, the lines of its presenters, its resources."""

    name: str
    line: int
    number: int | None = None
    paragraphs: list[tuple[str, int]] = field(default_factory=list)
    presenters: list[tuple[str, int]] = field(default_factory=list)
    resources: list[Resource] = field(default_factory=list)


@dataclass
class Post:
    """A post: its title, what it says before its sets, and the sets."""

    title: str
    line: int
    form: str
    filename: str
    address: str | None = None
    published: str | None = None
    paragraphs: list[tuple[str, int]] = field(default_factory=list)
    sets: list[ResourceSet] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)


def read_post(content: bytes, filename: str) -> Post:
    """Return the post that a file holds: plain text, a saved web page or Markdown.

    Raises: PostError when it cannot be read, or has no sets with resources.
    """
    document = read_document(content, filename)
    lines = with_actions(document.lines)
    has_actions = any(line.action in ACTIONS for line in lines)
    headings = find_sets(lines) if has_actions else []
    if not headings:
        lacks = "no headings of sets" if has_actions else "no resources under WATCH, READ, ACT or LISTEN"
        raise PostError(f"{filename} is not a post: it has {lacks}", hint=EXPECTED)
    post = Post("", 1, document.form, filename, document.address, document.published)
    _read_opening(post, document, [line for line in lines[: headings[0].start] if not line.is_embedded])
    ends = [heading.start for heading in headings[1:]] + [len(lines)]
    for heading, end in zip(headings, ends, strict=True):
        post.sets.append(_read_set(post, heading, lines[heading.body : end], is_end=end == len(lines)))
    if not any(resource_set.resources for resource_set in post.sets):
        raise PostError(f"{filename} is not a post: its sets have no resources", hint=EXPECTED)
    if not _is_of_series(headings, lines, post.sets):
        lacks = "neither presenters nor links of resources stand below its headings"
        raise PostError(f"{filename} is not a post: {lacks}", hint=EXPECTED)
    if sum(len(one.resources) for one in post.sets) > MOST:
        raise PostError(f"{filename} is not a post: it has more than {MOST} resources", hint=EXPECTED)
    for href, number in document.broken_links:
        message = f"the link to {href} cannot be made a whole address"
        post.decisions.append(Decision("address", message, number, (), "write the address yourself"))
    return post


def _is_of_series(headings: list[Heading], lines: list[Line], sets: list[ResourceSet]) -> bool:
    """Return whether a document has what posts have and others with headings such as `Read` lack.

    Posts have sets that are called so, presenters, and resources that lead somewhere or tell when to watch.
    """
    resources = [resource for one in sets for resource in one.resources]
    leads = sum(bool(one.cues or one.ranges or one.players) for one in resources)
    marks = (
        any(heading.label.endswith("set") for heading in headings),
        any(presenters_of(line) is not None for line in lines) or any(one.presenters for one in sets),
        leads * 2 >= len(resources),
    )
    return sum(marks) > 1


def _read_opening(post: Post, document: Document, lines: list[Line]) -> None:
    """Read the title and the paragraphs before the first set."""
    told = document.title or ""
    headings = [line for line in lines if line.kind == "heading"]
    same = [line for line in headings if told and (told.startswith(line.text) or line.text.startswith(told))]
    title = next(iter(same or [line for line in headings if line.level == 1]), None)
    if title is None and lines and not told:
        title = _title_line(lines)
        if title is not lines[0]:
            message = f"“{title.text}” is taken as the title; what stands above it is left out"
            post.decisions.append(Decision("title", message, title.number, (), "correct the name of the post if not"))
        lines = lines[lines.index(title) :]
    if title is None and not told:
        raise PostError(f"{post.filename} has no title before its first set", hint="begin the post with its title")
    post.title, post.line = (title.text, title.number) if title else (told, 1)
    post.paragraphs = paragraphs(line for line in lines if line is not title)


def _is_icon(line: Line) -> bool:
    """Return whether a line can be the name of an icon that was copied with its label."""
    return line.kind == "text" and line.text.isalpha() and line.text.islower()


def _title_line(lines: list[Line]) -> Line:
    """Return the line that is the title: the first, but for the menu of a page that was copied with its post.

    The title of a post of a series begins with the name of the series, which the opening then repeats.
    """
    for index, line in enumerate(lines):
        series, colon, _ = line.text.partition(": ")
        if colon and is_title(line.text) and len(series.split()) > 1:
            below = " ".join(other.text for other in lines[index + 1 :])
            return line if series in below else lines[0]
    return lines[0]


def _read_set(post: Post, heading: Heading, lines: list[Line], *, is_end: bool) -> ResourceSet:
    """Read one set: everything before its first action is about the set, the rest are its resources."""
    found = ResourceSet(heading.name, heading.line, heading.number)
    first = next((index for index, line in enumerate(lines) if line.action), len(lines))
    opening = [line for line in lines[:first] if not line.is_embedded]
    if opening and first < len(lines) and opening[-1].number + 1 == lines[first].number and _is_icon(opening[-1]):
        message = f"“{opening.pop().text}” stands above {lines[first].text} and is left out"
        remedy = "add it by hand if it matters"
        post.decisions.append(Decision("stray", message, lines[first].number - 1, (), remedy))
    roster = take_presenters(opening)
    found.presenters, found.paragraphs = roster.entries, paragraphs(roster.rest)
    if roster.entries and not roster.is_headed:
        message = f"“{found.name}” lists people without saying that they present; they are taken as its presenters"
        post.decisions.append(Decision("presenter", message, roster.entries[0][1], (), "remove those who do not"))
    resources, decisions = read_resources(lines[first:], is_end=is_end)
    found.resources = resources
    post.decisions += decisions
    if not resources:
        message = f"the set “{found.name}” has no resources"
        post.decisions.append(Decision("empty-set", message, found.line, (), "is the post whole? add its items"))
    return found
