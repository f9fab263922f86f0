"""The words of schema.org: for properties, for classes, and the order in which a node says them."""

from __future__ import annotations

from collections.abc import Collection

from ligraph.namespaces import DCTERMS, LIG, ORG, PREF_LABEL, PROV, SCHEMA, SCHEMA_HTTPS, SKOS, VOID
from ligraph.views.kinds import KINDS, kind_of

HOLDING = frozenset({SCHEMA + "itemListElement", SCHEMA + "item", SCHEMA + "isPartOf", LIG + "plays"})
"""The properties under which what they lead to is written out."""

ADDRESSES = frozenset(
    {"url", "sameAs", "contentUrl", "embedUrl", "thumbnailUrl", "license", "isBasedOn", "eventAttendanceMode"}
)
"""What has addresses as its values: the context of schema.org makes IRIs of their texts."""

ACTIONS = {LIG + "watch": "WatchAction", LIG + "read": "ReadAction", LIG + "listen": "ListenAction"}
"""What readers do with a resource; whatever else they do is an Action."""

_PROPERTIES = {
    PREF_LABEL: "name",
    SKOS + "altLabel": "alternateName",
    SKOS + "definition": "description",
    SKOS + "inScheme": "inDefinedTermSet",
    ORG + "organization": "memberOf",
    ORG + "subOrganizationOf": "parentOrganization",
    LIG + "inSet": "isPartOf",
    PROV + "wasDerivedFrom": "isBasedOn",
    DCTERMS + "source": "isBasedOn",
    DCTERMS + "license": "license",
    DCTERMS + "modified": "dateModified",
    VOID + "inDataset": "isPartOf",
}
_CLASSES = {kind.iri: kind.schema_org.removeprefix(SCHEMA_HTTPS) for kind in KINDS} | {
    ORG + "Membership": "OrganizationRole"
}
_UNMADE = frozenset({"DefinedTerm", "Event", "EventSeries", "Organization", "Person", "Project", "Thing"})
_ORDER = (
    *("name", "alternateName", "description", "roleName", "learningResourceType", "position", "url", "sameAs"),
    *("potentialAction", "item", "startOffset", "endOffset", "duration"),
    *("contentUrl", "embedUrl", "thumbnailUrl", "uploadDate", "datePublished", "dateCreated", "dateModified"),
    *("startDate", "endDate", "eventAttendanceMode", "location", "organizer", "superEvent", "recordedAt"),
    *("contributor", "creator", "publisher", "provider", "funder", "memberOf", "affiliation", "parentOrganization"),
    *("license", "version", "video", "audio", "about", "mentions", "inDefinedTermSet", "isPartOf", "isBasedOn"),
    *("itemListElement", "hasPart"),
)
_PLACES = {name: number for number, name in enumerate(_ORDER)}


def word_for(predicate: str) -> str | None:
    """Return the word for a property, None where schema.org has none; its own are called what they are."""
    return predicate.removeprefix(SCHEMA) if predicate.startswith(SCHEMA) else _PROPERTIES.get(predicate)


def class_for(types: Collection[str]) -> str:
    """Return the class that says most of a thing with these classes, "" where nothing says what it is."""
    own = sorted(iri.removeprefix(SCHEMA) for iri in types if iri.startswith(SCHEMA))
    return _CLASSES.get(kind_of(types).iri) or (own[0] if own else "Thing" if types else "")


def place_of(word: str) -> tuple[int, str]:
    """Return where a node says a property: those that are not in the table last, by name."""
    return _PLACES.get(word, len(_PLACES)), word


def is_work(class_: str) -> bool:
    """Return whether things of a class are made from their source, as works are: a person is not."""
    return class_ not in _UNMADE
