"""What people call the classes of the model, and the layout of their pages."""

from collections.abc import Collection
from dataclasses import dataclass

from ligraph.namespaces import LIG, ORG, SCHEMA, SCHEMA_HTTPS, SKOS, VOID
from ligraph.views.values import in_words


@dataclass(frozen=True)
class Kind:
    """A class of things: the words for one and for many, the layout of its pages, its class in schema.org."""

    iri: str
    word: str
    plural: str
    layout: str = "thing"
    nearest: str = "Thing"

    @property
    def schema_org(self) -> str:
        """The class of schema.org that says most of such things, as the world writes it."""
        own = self.iri.startswith(SCHEMA)
        return SCHEMA_HTTPS + (self.iri.removeprefix(SCHEMA) if own else self.nearest)

    @property
    def numbered(self) -> bool:
        """Whether such things may have a position: posts, sets and parts, and what the model does not know."""
        return self.layout in ("post", "set", "thing")


KINDS = (
    Kind(SCHEMA + "CreativeWorkSeries", "series", "series", "series"),
    Kind(SCHEMA + "BlogPosting", "post", "posts", "post"),
    Kind(LIG + "ResourceSet", "set", "sets", "set", "Collection"),
    Kind(LIG + "Resource", "resource", "resources", "resource", "LearningResource"),
    Kind(SCHEMA + "Clip", "clip", "clips", "clip"),
    Kind(SCHEMA + "VideoObject", "video recording", "recordings", "recording"),
    Kind(SCHEMA + "AudioObject", "audio recording", "recordings", "recording"),
    Kind(LIG + "Session", "session", "sessions", "event", "Event"),
    Kind(SCHEMA + "EventSeries", "event series", "events", "event"),
    Kind(SCHEMA + "Event", "event", "events", "event"),
    Kind(SCHEMA + "Person", "person", "people", "person"),
    Kind(SCHEMA + "Project", "initiative", "initiatives", "initiative"),
    Kind(ORG + "Organization", "organization", "organizations", "organization", "Organization"),
    Kind(SCHEMA + "Organization", "organization", "organizations", "organization"),
    Kind(SKOS + "Concept", "topic", "topics", "topic", "DefinedTerm"),
    Kind(SKOS + "ConceptScheme", "scheme of topics", "schemes", "scheme", "DefinedTermSet"),
    Kind(VOID + "Dataset", "source file", "source files", "graph", "Dataset"),
    Kind(ORG + "Membership", "role", "roles"),
    Kind(LIG + "Appearance", "appearance", "appearances"),
    Kind(SCHEMA + "ListItem", "place", "places"),
)
"""The first that fits is what a thing is called: a session is an event too, an initiative an organization."""


def kind_of(types: Collection[str]) -> Kind:
    """Return the kind of a thing with these classes; of an unknown class, its name in words."""
    known = next((kind for kind in KINDS if kind.iri in types), None)
    return known or Kind("", in_words(min(types)) if types else "thing", "things")
