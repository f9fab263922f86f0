"""What a document says, looked up by subject and property, in the order in which readers want it."""

from __future__ import annotations

import re
from collections.abc import KeysView
from typing import Any

from pyoxigraph import Literal, NamedNode

from ligraph.namespaces import NAME, PREF_LABEL, SCHEMA, TYPE, XSD
from ligraph.stores.documents import Document, Properties, Term

_PLACES = (SCHEMA + "position", SCHEMA + "startOffset")
# A JSON number over 2^53 loses digits in most readers.
_NUMBER = re.compile("-?[0-9]{1,15}")
_NOTHING: Properties = {}
_INTEGER = XSD + "integer"


class Said:
    """The statements of a document. Subjects and properties are named by their IRIs."""

    def __init__(self, document: Document, language: str) -> None:
        self.language = language.lower()
        self._by_subject = {iri_of(subject): said for subject, said in document.properties.items()}

    @property
    def subjects(self) -> list[str]:
        """Whatever anything is said of, in the order of the document."""
        return list(self._by_subject)

    def properties(self, subject: str) -> KeysView[str]:
        """Return the properties that a subject has; none of what nothing is said of."""
        return self._by_subject.get(subject, _NOTHING).keys()

    def terms(self, subject: str, predicate: str) -> list[Term]:
        """Return the values of a property: by their place, the language of the collection first, then by text."""
        terms = self._by_subject.get(subject, _NOTHING).get(predicate, [])
        return sorted(terms, key=self._place) if len(terms) > 1 else terms

    def iris(self, subject: str, predicate: str) -> list[str]:
        """Return what a property leads to."""
        return [iri_of(term) for term in self.terms(subject, predicate) if not isinstance(term, Literal)]

    def texts(self, subject: str, predicate: str) -> list[Any]:
        """Return what a property tells, each as JSON has it."""
        return [self.json(term) for term in self.terms(subject, predicate) if isinstance(term, Literal)]

    def number(self, subject: str, predicate: str) -> int | None:
        """Return the smallest whole number that a property tells, or None."""
        if predicate not in self.properties(subject):
            return None
        return min((value for value in self.texts(subject, predicate) if isinstance(value, int)), default=None)

    def types(self, subject: str) -> list[str]:
        """Return the classes of a subject."""
        return self.iris(subject, TYPE)

    def names(self, subject: str) -> list[Any]:
        """Return what a subject is called, each as JSON has it."""
        return self.texts(subject, NAME) + self.texts(subject, PREF_LABEL)

    def json(self, literal: Literal) -> Any:
        """Return a text of the collection's language as it is, one of another with that, a whole number as one."""
        if literal.language and literal.language.lower() != self.language:
            return {"@language": literal.language, "@value": literal.value}
        is_number = literal.datatype.value == _INTEGER and _NUMBER.fullmatch(literal.value)
        return int(literal.value) if is_number else literal.value

    def _place(self, term: Term) -> tuple[int, str, str]:
        if isinstance(term, Literal):
            language = (term.language or self.language).lower()
            return int(language != self.language), language, term.value
        places = (self.number(iri_of(term), predicate) for predicate in _PLACES)
        return next((place for place in places if place is not None), 0), "", iri_of(term)


def iri_of(term: Term) -> str:
    """Return the IRI of a term, the label of a blank node."""
    return term.value if isinstance(term, NamedNode) else str(term)
