"""What a release holds, counted once when it is made: what VoID says of a dataset."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ligraph.namespaces import PREFIXES, SCHEMA_HTTPS, TYPE

MOST = 500
"""How many classes, properties and link sets are told apart, those that are used most: files of others may have many
thousand."""

_MOST_EXAMPLES = 30
_TYPE = f"<{TYPE}>".encode()
_ORIGIN = re.compile(rb"<(https?://[^/?#>]+)")
_TARGETS = {
    "orcid.org": "https://orcid.org/",
    "www.orcid.org": "https://orcid.org/",
    "ror.org": "https://ror.org/",
    "www.wikidata.org": "http://www.wikidata.org/",
    "wikidata.org": "http://www.wikidata.org/",
    "doi.org": "https://doi.org/",
    "dx.doi.org": "https://doi.org/",
}
"""Datasets whose addresses are written in several ways, by host."""


@dataclass(frozen=True)
class Linkset:
    """Links to what another dataset describes: addresses that begin with `target`, by one property."""

    target: str
    property: str
    triples: int


@dataclass(frozen=True)
class Statistics:
    """What a release holds.

    Shape: `triples` counts a statement once that is in several graphs; `subjects` and `objects` are distinct;
    `entities` are subjects with an IRI of the collection, parts too; `things` counts those that are no parts, by the
    segment of their id. `classes` has the entities of each class and `properties` the triples of each property, of at
    most `MOST`; `distinct_classes` and `distinct_properties` say how many there are. `vocabularies` are their
    namespaces; `examples` has the first thing of each class.
    """

    triples: int
    subjects: int
    objects: int
    entities: int
    things: dict[str, int]
    distinct_classes: int
    distinct_properties: int
    classes: dict[str, int]
    properties: dict[str, int]
    vocabularies: list[str]
    linksets: list[Linkset]
    examples: list[str]


def statistics_of(triples: Iterable[bytes], base: str, words: Iterable[str] = ()) -> Statistics:
    """Return the statistics of triples in N-Triples, sorted, each once and without its full stop.

    Shape: `words` are namespaces of words beside those of the model: what leads there is no link to other data. With
    no base nothing tells what is elsewhere: no link sets.
    """
    subjects = entities = 0
    objects: set[bytes] = set()
    things: Counter[bytes] = Counter()
    classes: Counter[bytes] = Counter()
    properties: Counter[bytes] = Counter()
    links: Counter[tuple[bytes, bytes]] = Counter()
    examples: dict[bytes, bytes] = {}
    ids = f"<{base}id/".encode() if base else b"<"
    known = tuple(f"<{iri}".encode() for iri in (base, *PREFIXES.values(), SCHEMA_HTTPS, *words))
    before, segment, is_entity = b"", b"", False
    for triple in triples:
        subject, predicate, value = triple.split(b" ", 2)
        if subject != before:
            before, subjects, is_entity = subject, subjects + 1, subject.startswith(ids)
            entities += is_entity
            # Of a thing the segment, once it is known to have a class; loose files have no segments.
            segment = subject[len(ids) :].partition(b"/")[0] if base and is_entity and b"#" not in subject else b""
        properties[predicate] += 1
        objects.add(value)
        if value[:1] != b"<" or value[:2] == b"<<":
            continue
        if predicate == _TYPE:
            classes[value] += 1
            if segment:
                things[segment] += 1
                segment = b""
            if value not in examples and is_entity and not (base and b"#" in subject):
                examples[value] = subject
        elif base and is_entity and not value.startswith(known) and (origin := _ORIGIN.match(value)):
            links[predicate, origin[1]] += 1
    return Statistics(
        triples=properties.total(),
        subjects=subjects,
        objects=len(objects),
        entities=entities,
        things={name.decode(): number for name, number in sorted(things.items())},
        distinct_classes=len(classes),
        distinct_properties=len(properties),
        classes=_most(classes),
        properties=_most(properties),
        vocabularies=_namespaces([*classes, *properties]),
        linksets=_linksets(links),
        examples=sorted({_iri(subject) for subject in list(examples.values())[:_MOST_EXAMPLES]}),
    )


def read_statistics(values: dict[str, Any]) -> Statistics:
    """Return statistics as a manifest has them.

    Raises: TypeError where they are none.
    """
    linksets = [Linkset(**one) for one in values.get("linksets", ())]
    return Statistics(**{**values, "linksets": linksets})


def _most(counts: Counter[bytes]) -> dict[str, int]:
    """Return the largest counts by IRI."""
    largest = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST]
    return {_iri(term): number for term, number in sorted(largest)}


def _linksets(links: Counter[tuple[bytes, bytes]]) -> list[Linkset]:
    sets: Counter[tuple[str, str]] = Counter()
    for (predicate, origin), number in links.items():
        address = origin.decode()
        target = _TARGETS.get(address.partition("://")[2].lower(), address + "/")
        sets[target, _iri(predicate)] += number
    largest = sorted(sets.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST]
    return [Linkset(target, name, number) for (target, name), number in sorted(largest)]


def _namespaces(terms: Iterable[bytes]) -> list[str]:
    return sorted({_namespace(_iri(term)) for term in terms})[:MOST]


def _namespace(word: str) -> str:
    """Return all of an IRI up to its last “#” or “/”, behind its host; of one without a host, also to its last “:”."""
    word = word.rstrip("/#")
    scheme, slashes, rest = word.partition("://")
    if not slashes:
        return word[: max(map(word.rfind, "#/:")) + 1]
    end = max(map(rest.rfind, "#/")) + 1
    return f"{scheme}://{rest[:end]}" if end else f"{word}/"


def _iri(term: bytes) -> str:
    return term.decode()[1:-1]
