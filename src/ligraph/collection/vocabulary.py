"""The words in force: classes with their segments, and the terms of the JSON-LD context."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, Triple, parse

from ligraph.config import Collection
from ligraph.errors import CollectionError
from ligraph.namespaces import LIG, OWL, RDF, RDFS, TYPE

ONTOLOGY_GRAPH = NamedNode(LIG.rstrip("#"))
"""The graph that holds the ontology while data are checked; it is not part of a release."""

DATE = LIG + "date"
OFFSET = LIG + "offset"

_TERM_KINDS = {
    OWL + kind for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Ontology")
} | {RDFS + "Class", RDFS + "Datatype", RDF + "Property"}


@dataclass(frozen=True)
class Term:
    """One key of the context.

    Shape: `type` is the term's `@type` (`@id`, `@vocab` or a datatype IRI) or None for a text; `range` is what
    the ontology declares, or None.
    """

    key: str
    iri: str
    type: str | None
    range: str | None
    reverse: bool
    plain: bool

    @property
    def is_reference(self) -> bool:
        """True when values are things or addresses."""
        return self.type == "@id"

    @property
    def is_text(self) -> bool:
        """True when values are words in a language."""
        return self.type is None and not self.plain


class Vocabulary:
    """The ontology and the context in force: the packaged ones, then the collection's own."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self.folders = folders
        self.triples = [triple for path in self.files for triple in _parse(path)]

    @cached_property
    def files(self) -> list[Path]:
        """The ontology files, `*.ttl` at the top of each folder."""
        return [path for folder in self.folders for path in sorted(folder.glob("*.ttl"))]

    @cached_property
    def rules(self) -> list[Path]:
        """The rules in order of their names."""
        return sorted(
            (path for folder in self.folders for path in (folder / "rules").glob("*.rq")),
            key=lambda p: p.name,
        )

    @cached_property
    def context(self) -> dict[str, Any]:
        """The JSON-LD context, without the default language."""
        merged: dict[str, Any] = {}
        for folder in self.folders:
            path = folder / "context.jsonld"
            if path.is_file():
                merged |= _read_context(path)
        return merged

    @cached_property
    def quads(self) -> list[Quad]:
        """The ontology as statements of its own graph."""
        return [Quad(t.subject, t.predicate, t.object, ONTOLOGY_GRAPH) for t in self.triples]

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """Prefixes of the context."""
        return {key: value for key, value in self.context.items() if isinstance(value, str) and value[-1:] in "/#"}

    @cached_property
    def terms(self) -> dict[str, Term]:
        """The terms of the context that are properties, by key."""
        found = {}
        for key, definition in self._definitions.items():
            name = definition.get("@reverse") or definition.get("@id") or key
            if key in self.prefixes or name.startswith("@"):
                continue
            iri = self.expand(name)
            if iri in self.properties:
                found[key] = Term(
                    key,
                    iri,
                    self.expand(definition["@type"]) if "@type" in definition else None,
                    self._one(iri, RDFS + "range"),
                    "@reverse" in definition,
                    "@language" in definition and definition["@language"] is None,
                )
        return found

    @cached_property
    def keys(self) -> dict[str, str]:
        """The key of each property, class and concept of the context, by IRI; reverse terms are left out."""
        found = {}
        for key, definition in self._definitions.items():
            name = definition.get("@id")
            if name and not name.startswith("@") and key not in self.prefixes:
                found[self.expand(name)] = key
        return found

    @cached_property
    def properties(self) -> frozenset[str]:
        """The IRIs of the declared properties."""
        kinds = {
            OWL + "ObjectProperty",
            OWL + "DatatypeProperty",
            OWL + "AnnotationProperty",
            RDF + "Property",
        }
        return frozenset(s for s, p, o in self._statements if p == TYPE and o in kinds)

    @cached_property
    def classes(self) -> frozenset[str]:
        """The IRIs of the declared classes."""
        kinds = {OWL + "Class", RDFS + "Class"}
        return frozenset(s for s, p, o in self._statements if p == TYPE and o in kinds)

    @cached_property
    def declared(self) -> frozenset[str]:
        """Every IRI that the ontology declares to be something."""
        return frozenset(s for s, p, _ in self._statements if p == TYPE)

    @cached_property
    def segments(self) -> dict[str, tuple[str, ...]]:
        """The classes that things under a segment have where no type is written."""
        return self._by_segment(LIG + "defaultFor")

    @cached_property
    def allowed(self) -> dict[str, tuple[str, ...]]:
        """The classes that things under a segment, or their parts, may have."""
        return self._by_segment(LIG + "segment")

    @cached_property
    def segmented(self) -> frozenset[str]:
        """The classes whose things have ids under a segment."""
        return frozenset(cls for classes in self.allowed.values() for cls in classes)

    @cached_property
    def superclasses(self) -> dict[str, frozenset[str]]:
        """Each class with all classes above it, itself included."""
        above: dict[str, set[str]] = defaultdict(set)
        for subject, predicate, value in self._statements:
            if predicate == RDFS + "subClassOf":
                above[subject].add(value)
        return {cls: frozenset(_closure(cls, above)) for cls in self.classes | above.keys()}

    @cached_property
    def own_namespaces(self) -> tuple[str, ...]:
        """The namespaces of the ontologies in force: a term there that is not declared is a mistake."""
        found = {s for s, p, o in self._statements if p == TYPE and o == OWL + "Ontology"}
        return tuple(sorted({iri + "#" for iri in found} | {iri for iri in found if iri[-1] in "/#"}))

    def may_be(self, segment: str, cls: str) -> bool:
        """Return whether things under a segment, or their parts, may have a class."""
        allowed = self.allowed.get(segment, ())
        return cls in allowed or any(cls in self.superclasses[known] for known in allowed)

    def expand(self, name: str) -> str:
        """Return the IRI of a compact IRI such as `schema:name`; anything else unchanged."""
        prefix, colon, rest = name.partition(":")
        if colon and not rest.startswith("//") and prefix in self.prefixes:
            return self.prefixes[prefix] + rest
        return name

    @cached_property
    def _definitions(self) -> dict[str, dict[str, Any]]:
        whole = {key: {"@id": value} if isinstance(value, str) else value for key, value in self.context.items()}
        return {key: value for key, value in whole.items() if isinstance(value, dict)}

    def _by_segment(self, predicate: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = defaultdict(list)
        for s, p, o in self._statements:
            if p == predicate:
                found[o].append(s)
        return {segment: tuple(sorted(classes)) for segment, classes in found.items()}

    def _one(self, subject: str, predicate: str) -> str | None:
        return next((o for s, p, o in self._statements if s == subject and p == predicate), None)

    @cached_property
    def _statements(self) -> list[tuple[str, str, str]]:
        return [
            (t.subject.value, t.predicate.value, t.object.value)  # type: ignore[union-attr]
            for t in self.triples
        ]


def inline_context(vocabulary: Vocabulary, language: str) -> dict[str, Any]:
    """Return the context that documents and sources carry: the terms, and the language of plain texts."""
    return {"@language": language, **vocabulary.context}


def vocabulary_of(collection: Collection) -> Vocabulary:
    """Return the words in force for a collection.

    Raises: CollectionError when an ontology file or a context cannot be read.
    """
    return Vocabulary(collection.ontology_folders)


def _parse(path: Path) -> Iterator[Triple]:
    try:
        for quad in parse(path.read_bytes(), format=RdfFormat.TURTLE):
            yield quad.triple
    except SyntaxError as error:
        raise CollectionError(f"{path}:{error.lineno}: {error.msg}") from None
    except OSError as error:
        raise CollectionError(f"{path} cannot be read: {error.strerror}") from None


def _read_context(path: Path) -> dict[str, Any]:
    try:
        context = dict(json.loads(path.read_text("utf-8"))["@context"])
        for key, value in context.items():
            if key.startswith("@"):
                continue
            names = (
                [value.get("@id"), value.get("@reverse"), value.get("@type")] if isinstance(value, dict) else [value]
            )
            if not all(isinstance(name, str) for name in names if name is not None):
                raise CollectionError(f"{path}: “{key}” is not defined as JSON-LD defines a term")
        return context
    except json.JSONDecodeError as error:
        raise CollectionError(f"{path}:{error.lineno}: {error.msg}") from None
    except (KeyError, TypeError, ValueError):
        raise CollectionError(f'{path} has no context: write {{"@context": {{…}}}}') from None


def _closure(start: str, above: dict[str, set[str]]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        for parent in above.get(waiting.pop(), ()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return found
