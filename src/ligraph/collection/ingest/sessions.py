"""Sessions and events that the opening of a set or post names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ligraph.collection.ingest.names import key_of
from ligraph.collection.ingest.words import CONNECTORS, EVENT_WORDS, SERIES_WORDS, SESSION_WORDS

_KIND = rf"(?:{'|'.join(SESSION_WORDS)})s?"
_QUOTES = (
    r"“(?P<a>(?:[^“”]|“[^“”]*”)+)”",
    r"\"(?P<b>[^\"]+)\"",
    r"‘(?P<c>[^‘’]+(?:’\w[^‘’]*)*)’",
    r"(?<!\w)'(?P<d>[^']+(?:'\w[^']*)*)'(?!\w)",
)
_QUOTED = "|".join(_QUOTES)
_TITLE_FIRST = re.compile(rf"(?:{_QUOTED})(?:\s+[\w-]+){{0,3}}?\s+(?P<kind>{_KIND})\b", re.I)
_TITLE_LAST = re.compile(
    rf"\b(?P<kind>{_KIND})(?:\s+(?:address|speech|lecture|{_KIND}))?,?\s+"
    rf"(?:(?:was\s+|is\s+)?(?:titled|entitled|called|named|on)\s*:?,?\s*)?(?:{_QUOTED})",
    re.I,
)
_TITLE_AT = re.compile(rf"\b(?:in|from|during|at)\s+(?:{_QUOTED})(?=,?\s+(?:at|during|of)\s)", re.I)
_TITLE_END = re.compile(rf"\b(?P<kind>{_KIND})\b[^“\"]{{0,80}}:\s*(?:{_QUOTED})", re.I)
_ALSO = re.compile(rf"(?:{_QUOTED})\s*,?\s*(?:and|&|,|(?<=,”)|(?<=,\"))\s*$")
_WORD = r"[A-Z0-9](?:[\w’'&-]|\.(?=\w))*"
_SMALL = r"(?:of|on|in|for|the|and|at|to|with|&|a|de|la)"
_PROPER = rf"{_WORD}(?:\s+(?:{_SMALL}\s+){{0,2}}{_WORD})*"
_AT = re.compile(
    rf"^[\s,]*(?:[a-z]+\s+){{0,2}}?(?P<where>at|of|in|from|during)\s+(?:(?:the|our|this|its)\s+)?(?P<event>{_PROPER})"
)
_BEFORE = 1000
_UNQUOTED = re.compile(rf"\bthe\s+(?P<title>{_PROPER}(?::\s+{_PROPER})?\??)\s+(?P<kind>{_KIND})\b")
_FEATURED = re.compile(
    r"\b(?:included|featured|presented|shared|discussed|shown|recorded|introduced|drawn|taken|offered|comes?)\b", re.I
)
_IN = re.compile(
    rf"\b(?:in|at|from|during|of)\s+(?:(?:the|our)\s+)?(?P<event>{_PROPER}(?:\s+(?:{'|'.join(SERIES_WORDS)}))?)"
)
_SENTENCE = re.compile(r"(?<=[.!?])[”\"’']?\s+(?=[“\"‘'(]?[A-Z])")
_WITHIN = re.compile(r"“[^“”]*”(?=\s+[a-z])|\"[^\"]*\"(?=\s+[a-z])")
_OWNER = re.compile(r"^.*[’']s?\s+(?=[A-Z0-9])")
_OPENINGS = frozenset(("from", "during", "our", "this", "by", "since", "after", "before", "as"))
_NEXT = re.compile(r"\s+(?:and|&)\s+(?:the|a|our)\b.*$")


@dataclass(frozen=True)
class Mention:
    """A session that a sentence names; `quoted` when its title stands in quotes."""

    title: str
    event: str | None
    quoted: bool = True


@dataclass(frozen=True)
class Featured:
    """What a sentence says of where the resources of a set were featured.

    Shape: `events` are names of events or series; whether it is a series is told by the words after a name;
    `is_all` when the sentence says nothing after its sessions and their event.
    """

    sentence: str
    sessions: tuple[Mention, ...]
    events: tuple[tuple[str, bool], ...]
    is_all: bool = False


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph."""
    # A title in quotes, with the words of its sentence after it, may hold ends of sentences of its own.
    titles = [match.span() for match in _WITHIN.finditer(text)][::-1]
    found: list[str] = []
    start = 0
    for match in _SENTENCE.finditer(text):
        while titles and titles[-1][1] <= match.end():
            titles.pop()
        if not titles or match.start() <= titles[-1][0]:
            found.append(text[start : match.end()].strip())
            start = match.end()
    return [part for part in [*found, text[start:].strip()] if part]


def read_featured(sentence: str) -> Featured | None:
    """Return the sessions and events that a sentence names as the origin of resources, or None."""
    found = list(_quoted_sessions(sentence))
    if not _FEATURED.search(sentence):
        found = [mention for mention in found if mention.event and is_event(mention.event)]
    if not found and _FEATURED.search(sentence):
        found = [
            Mention(match["title"], _event_after(sentence[match.end() :]), quoted=False)
            for match in _UNQUOTED.finditer(sentence)
            if not is_event(match["title"]) and not sentence[match.end() :].lstrip().startswith("series")
        ]
    if found:
        last = max(
            sentence.rfind(text) + len(text) for mention in found for text in (mention.title, mention.event or "")
        )
        rest = re.sub(rf"^\W*(?:{_KIND})?\W*|^\W+", "", sentence[last:], flags=re.I)
        return Featured(sentence, tuple(found), (), is_all=not rest and all(mention.quoted for mention in found))
    if not _FEATURED.search(sentence):
        return None
    events = tuple(_events(sentence))
    return Featured(sentence, (), events) if events else None


def _quoted_sessions(sentence: str) -> Iterable[Mention]:
    for pattern in (_TITLE_FIRST, _TITLE_LAST, _TITLE_END, _TITLE_AT):
        matches = list(pattern.finditer(sentence))
        for match in matches:
            event = _event_after(sentence[match.end() :]) or _event_in(sentence.replace(_title(match), ""))
            if pattern is _TITLE_AT and (event is None or not is_event(event)):
                continue
            if match.groupdict().get("kind", "").casefold().endswith("s"):
                yield from (Mention(title, event) for title in _titles_before(sentence[: match.start()]))
            yield Mention(_title(match), event)
        if matches:
            return


def _titles_before(text: str) -> list[str]:
    """Return the titles in quotes that lead up to the end of a text, as in `“A,” “B” and`."""
    text = text[-_BEFORE:]
    found: list[str] = []
    while also := _ALSO.search(text):
        found.insert(0, _title(also))
        text = text[: also.start()]
    return found


def _title(match: re.Match[str]) -> str:
    return next(match[name] for name in "abcd" if match[name] is not None).strip().rstrip(",.;")


def _event_after(text: str) -> str | None:
    match = _AT.match(text)
    if not match:
        return None
    name = _proper(match["event"])
    return name if match["where"] == "at" or is_event(name) or _years(name) else None


def _event_in(sentence: str) -> str | None:
    """Return the one event that a sentence names anywhere."""
    found: dict[str, None] = {}
    for match in re.finditer(_PROPER, sentence):
        head = head_of(match[0])
        if head and re.search(r"\d{4}", match[0]):
            found[_until_head(_proper(match[0]), head)] = None
    return next(iter(found)) if len(found) == 1 else None


def _until_head(name: str, head: str) -> str:
    """Return a name without what follows the word for its kind, unless that says what it is on."""
    words = name.split()
    index = next((i for i, word in enumerate(words) if key_of(word) == head), len(words) - 1)
    goes_on = len(words) > index + 1 and words[index + 1].casefold() in CONNECTORS
    return name if goes_on else " ".join(words[: index + 1])


def _proper(text: str) -> str:
    """Return a name without its owner before it and what is joined to it by `and the`."""
    return _OWNER.sub("", _NEXT.sub("", text).rstrip(".,’'"))


def _events(sentence: str) -> Iterable[tuple[str, bool]]:
    for match in _IN.finditer(sentence):
        name = match["event"].rstrip(".,’'")
        after = sentence[match.end() :].lstrip()
        kind = next((words for words in SERIES_WORDS if name.endswith(f" {words}") or after.startswith(words)), None)
        name = _proper(name.removesuffix(f" {kind}") if kind else name)
        if kind or is_event(name):
            yield name, kind is not None


def is_event(name: str) -> bool:
    """Return whether a name has the word of an event, such as summit or conference."""
    return head_of(name) is not None


def head_of(name: str) -> str | None:
    """Return the word that says what kind of event a name is of."""
    return next((word for word in key_of(name).split() if word.rstrip("s") in EVENT_WORDS), None)


def other_names(name: str, texts: Iterable[str]) -> list[str]:
    """Return the names in some texts that share the kind and the year of an event, each once, in their order."""
    head, years = head_of(name), _years(name)
    found: dict[str, frozenset[str]] = {}
    for text in texts:
        for match in re.finditer(_PROPER, text):
            words = _proper(match[0]).split()
            while words and words[0].casefold() in CONNECTORS | _OPENINGS:
                words.pop(0)
            candidate = " ".join(words)
            if head and head_of(candidate) == head:
                found.setdefault(candidate, _years(candidate))
    if not years and len(set(filter(None, found.values()))) == 1:
        years = next(filter(None, found.values()))
    return [candidate for candidate, of in found.items() if of == years and years]


def _years(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"\b(?:19|20)\d\d\b", name))


def is_shorter(short: str, full: str) -> bool:
    """Return whether all words of a name stand in a longer one in the same order."""
    words = iter(key_of(full).split())
    return all(any(word == other for other in words) for word in key_of(short).split())
