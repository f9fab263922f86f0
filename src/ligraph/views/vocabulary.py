"""The ontology as people read it: every term with its anchor."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from ligraph.namespaces import DCTERMS, LABEL, LIG, OWL, PREF_LABEL, RDF, RDFS, SKOS, TYPE, shorten
from ligraph.views.site import Site
from ligraph.views.values import Value, anchor, in_words, rank, read_address, read_literal

_SECTIONS = (
    ("Classes", (OWL + "Class", RDFS + "Class")),
    (
        "Properties",
        (OWL + "ObjectProperty", OWL + "DatatypeProperty", OWL + "AnnotationProperty", RDF + "Property"),
    ),
    ("Kinds of values", (RDFS + "Datatype",)),
    ("Concepts", (SKOS + "Concept", SKOS + "ConceptScheme")),
)
_SHOWN = {TYPE, LABEL, PREF_LABEL, SKOS + "definition", RDFS + "isDefinedBy"}
_LABELS = {RDFS + "subClassOf": "parent", RDFS + "subPropertyOf": "parent"}
_ONTOLOGY = OWL + "Ontology"

Term = NamedNode | BlankNode | Literal | Triple


@dataclass(frozen=True)
class Entry:
    """A term: `facts` are its other statements, label and values."""

    anchor: str
    iri: str
    name: str
    label: Value
    definitions: list[Value]
    facts: list[tuple[str, list[Value]]]


@dataclass(frozen=True)
class Section:
    """The terms of one sort, own or borrowed."""

    title: str
    anchor: str
    entries: list[Entry]


@dataclass(frozen=True)
class Vocabulary:
    """The ontology: what it says of itself, its own terms, then the borrowed ones."""

    title: str
    descriptions: list[Value]
    facts: list[tuple[str, list[Value]]]
    own: list[Section]
    borrowed: list[Section]


def read_vocabulary(triples: list[Triple], site: Site) -> Vocabulary:
    """Return the terms of an ontology in the order in which its page shows them."""
    return _Vocabulary(triples, site).read()


class _Vocabulary:
    def __init__(self, triples: list[Triple], site: Site) -> None:
        self.site = site
        self.said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for triple in triples:
            if isinstance(triple.subject, NamedNode):
                self.said[triple.subject.value][triple.predicate.value].append(triple.object)
        self.headers = [iri for iri, said in self.said.items() if NamedNode(_ONTOLOGY) in said[TYPE]]
        self.anchors: dict[str, str] = {}
        terms = [iri for iri in self.said if self._section(iri)]
        for iri in sorted(terms, key=lambda iri: (not iri.startswith(LIG), not self._is_own(iri), iri)):
            wanted = iri.rpartition("#")[2] if self._is_own(iri) and "#" in iri else anchor(iri)
            taken = self.anchors.values()
            self.anchors[iri] = wanted if wanted not in taken else f"{wanted}-{len(self.anchors)}"

    def read(self) -> Vocabulary:
        """Return the whole."""
        header = next((iri for iri in self.headers if LIG.startswith(iri)), None)
        said = self.said[header] if header else {}
        titles = self._texts(said.get(DCTERMS + "title", []))
        return Vocabulary(
            titles[0].text if titles else "Ontology",
            self._texts(said.get(DCTERMS + "description", [])),
            self._facts(said, {TYPE, DCTERMS + "title", DCTERMS + "description"}),
            self._sections(own=True),
            self._sections(own=False),
        )

    def _sections(self, *, own: bool) -> list[Section]:
        found = []
        for title, _ in _SECTIONS:
            iris = [iri for iri in self.anchors if self._section(iri) == title and self._is_own(iri) == own]
            if iris:
                entries = sorted((self._entry(iri) for iri in iris), key=lambda entry: entry.label.text.casefold())
                name = title if own else f"Borrowed {title.lower()}"
                found.append(Section(name, "page:" + name.lower().replace(" ", "-"), entries))
        return found

    def _entry(self, iri: str) -> Entry:
        said = self.said[iri]
        labels = self._texts([*said[LABEL], *said[PREF_LABEL]])
        return Entry(
            self.anchors[iri],
            iri,
            shorten(iri),
            labels[0] if labels else Value(in_words(iri)),
            self._texts(said[SKOS + "definition"]),
            self._facts(said, _SHOWN),
        )

    def _facts(self, said: dict[str, list[Term]], but: set[str]) -> list[tuple[str, list[Value]]]:
        return [
            (_LABELS.get(iri) or in_words(iri), self._values(terms))
            for iri, terms in said.items()
            if iri not in but and terms
        ]

    def _values(self, terms: list[Term]) -> list[Value]:
        found = self._texts(terms)
        for term in terms:
            if isinstance(term, NamedNode):
                within = self.anchors.get(term.value)
                name = shorten(term.value)
                here = Value(name, href=f"#{within}") if within else None
                found.append(here or read_address(term.value, self.site, name))
        return found

    def _texts(self, terms: list[Term]) -> list[Value]:
        literals = [term for term in terms if isinstance(term, Literal)]
        literals.sort(key=lambda text: (rank(text.language, self.site), text.value))
        return list(dict.fromkeys(read_literal(text, self.site) for text in literals))

    def _section(self, iri: str) -> str | None:
        types = {term.value for term in self.said[iri][TYPE] if isinstance(term, NamedNode)}
        return next((title for title, classes in _SECTIONS if types & set(classes)), None)

    def _is_own(self, iri: str) -> bool:
        return any(iri.startswith(f"{header.rstrip('#')}#") for header in self.headers)
