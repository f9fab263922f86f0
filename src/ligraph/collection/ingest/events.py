"""The sessions and events of a draft."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ligraph.collection.ingest.decisions import Decision
from ligraph.collection.ingest.matching import Register
from ligraph.collection.ingest.names import key_of
from ligraph.collection.ingest.records import Record
from ligraph.collection.ingest.sessions import Mention, is_shorter, other_names


@dataclass
class Event:
    """An event, a series of events or a session."""

    id: str
    name: str
    line: int
    is_known: bool = False
    is_series: bool = False
    names: list[str] = field(default_factory=list)
    whole: str | None = None

    def is_called(self, name: str) -> bool:
        """Return whether a name is this event's, or one of its other names."""
        return key_of(name) in map(key_of, [self.name, *self.names])


class Events:
    """Events by their names, of which a post uses several for one event."""

    def __init__(self, register: Register, texts: Sequence[tuple[str, int]], decisions: list[Decision]) -> None:
        self.register = register
        self.texts = texts
        self.decisions = decisions
        self.events: list[Event] = []
        self.sessions: list[Event] = []

    def session(self, mention: Mention, line: int) -> str:
        """Return the id of a session, adding it where it is new."""
        whole = self.event(mention.event, line) if mention.event else None
        for session in self.sessions:
            if session.is_called(mention.title) and (whole is None or session.whole in (None, whole)):
                session.whole = session.whole or whole
                return session.id
        known = self.register.same(mention.title, ("session",))
        if known:
            self.sessions.append(Event(known.id, known.names[0], line, is_known=True, names=list(known.names)))
            message = f"the session “{mention.title}” is taken as {known.id}, which the collection has by this name"
            self.decide("known", message, line, (known.id,), "if it is another, give it an id of its own")
            return known.id
        alike = self.register.alike(mention.title, ("session",))
        session = Event(self.register.mint("session", mention.title), mention.title, line, whole=whole)
        self.sessions.append(session)
        for thing, other in alike:
            remedy = f"if so, put {thing.id} in place of {session.id}"
            self.decide(
                "merge",
                f"the session “{mention.title}” may be {thing.id}, “{other}”",
                line,
                (session.id, thing.id),
                remedy,
            )
        if not mention.quoted:
            message = f"“{mention.title}” is taken as the title of a session, which stands without quotes"
            self.decide("session", message, line, (session.id,), "correct the name where it is not so")
        if whole is None:
            self.decide(
                "session",
                f"it is not said at which event “{mention.title}” was",
                line,
                (session.id,),
                "write its superEvent",
            )
        return session.id

    def event(self, name: str, line: int, *, is_series: bool = False) -> str:
        """Return the id of an event, adding it under the fullest name that the post has for it."""
        found = next((event for event in self.events if event.is_called(name)), None)
        if found is None:
            full = self.full_names(name)
            found = next((event for event in self.events if any(event.is_called(other) for other in full)), None)
        if found is None:
            found = self.known(name, line) or self.new(name, line, is_series)
            self.events.append(found)
        return found.id

    def known(self, name: str, line: int) -> Event | None:
        """Return the event that the collection has by this name, or by a fuller one of the post."""
        # Each year has its summit, and the fuller name says which one.
        for candidate in [*self.full_names(name), name]:
            if thing := self.register.same(candidate, ("event",)):
                message = f"“{name}” is taken as {thing.id}, which the collection has by the name “{candidate}”"
                self.decide("known", message, line, (thing.id,), "if it is another, give it an id of its own")
                return Event(thing.id, thing.names[0], line, is_known=True, names=[*thing.names, name])
        return None

    def new(self, name: str, line: int, is_series: bool) -> Event:
        """Return a new event; names of the post that may mean another are shown to a person."""
        candidates = self.full_names(name)
        full = max(candidates, key=lambda other: len(other.split()), default=name)
        full = full if len(full.split()) > len(name.split()) else name
        others = [other for other in other_names(name, self.plain()) if not is_shorter(other, full)]
        others = [one for one in others if not any(one != other and is_shorter(one, other) for other in others)]
        short = [other for other in dict.fromkeys([*candidates, name]) if other != full and is_shorter(other, full)]
        short += [
            other
            for other in other_names(name, self.plain())
            if is_shorter(other, full) and other not in (full, *short)
        ]
        short = [other for other in short if not self.is_taken(other)]
        alike = self.register.alike(full, ("event",))
        event = Event(
            self.register.mint("event", full), full, self.line_of(full, line), is_series=is_series, names=short
        )
        for thing, other in alike:
            message = f"the event “{full}” may be {thing.id}, “{other}”"
            self.decide("merge", message, line, (event.id, thing.id), f"if so, put {thing.id} in place of {event.id}")
        for other in others:
            message = f"“{other}” may be another name of “{full}”"
            self.decide("event", message, self.line_of(other, line), (event.id,), "if so, add it to its alternateName")
        return event

    def is_taken(self, name: str) -> bool:
        """Return whether another event has a name already."""
        return any(event.is_called(name) for event in self.events) or self.register.same(name, ("event",)) is not None

    def full_names(self, name: str) -> list[str]:
        """Return the names in the post that hold all words of a name."""
        return [other for other in other_names(name, self.plain()) if is_shorter(name, other)]

    def plain(self) -> list[str]:
        """Return the texts of the post."""
        return [text for text, _ in self.texts]

    def line_of(self, name: str, default: int) -> int:
        """Return the first line that has a name."""
        return next((line for text, line in self.texts if name in text), default)

    def decide(self, kind: str, message: str, line: int, ids: tuple[str, ...], remedy: str) -> None:
        """Note something for a person to decide."""
        self.decisions.append(Decision(kind, message, line, ids, remedy))

    def records(self) -> Iterable[Record]:
        """Yield the events, then the sessions, that no other file describes."""
        for event in [*self.events, *self.sessions]:
            if not event.is_known:
                values = {
                    "id": event.id,
                    "type": "EventSeries" if event.is_series else None,
                    "name": event.name,
                    "alternateName": event.names[0] if len(event.names) == 1 else event.names,
                    "superEvent": event.whole,
                }
                yield Record(event.line, values)
