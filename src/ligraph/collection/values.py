"""Scalars as the curator writes them, typed by their term: times, dates, words, ids and addresses."""

import re
from datetime import date, datetime
from typing import Any

from pyoxigraph import NamedNode

from ligraph.collection.ids import complaint
from ligraph.collection.vocabulary import DATE, OFFSET, Term, Vocabulary
from ligraph.collection.yamltree import nearest
from ligraph.namespaces import TYPE, XSD, as_stored

_TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):([0-5]\d)")
_DATES = (
    (re.compile(r"\d{4}"), "gYear"),
    (re.compile(r"\d{4}-(0[1-9]|1[0-2])"), "gYearMonth"),
    (re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), "date"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"), "dateTime"),
)
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')


def read_scalar(text: str, term: Term, vocabulary: Vocabulary) -> Any:
    """Return what a scalar means as the value of a term: a JSON-LD string or value object.

    Raises: ValueError with what would be right.
    """
    if not text.strip():
        what = "quote a text that contains “#”" if term.is_text else "write one, or leave the key out"
        raise ValueError(f"“{term.key}” has no value: {what}")
    if term.is_text:
        return text
    text = text.strip()
    if term.is_reference:
        return read_reference(text, vocabulary)
    if term.type == "@vocab":
        return read_word(text, term, vocabulary)
    if term.range == DATE:
        return {"@value": text, "@type": XSD + date_type(text)}
    if term.range == OFFSET:
        return {"@value": str(seconds(text)), "@type": XSD + "integer"}
    return {"@value": text, "@type": term.type} if term.type else text


def seconds(text: str) -> int:
    """Return a time such as `36:28`, `1:00:00` or `2188`.

    Units: whole seconds.
    Raises: ValueError for anything else.
    """
    if text.isascii() and text.isdigit():
        return int(text)
    match = _TIME.fullmatch(text)
    if not match or (match[1] and int(match[2]) > 59):
        raise ValueError(f"“{text}” is not a time: 36:28, 1:00:00 or whole seconds")
    return int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])


def date_type(text: str) -> str:
    """Return the XSD type of a date by how much is known: gYear, gYearMonth, date or dateTime.

    Raises: ValueError for anything else.
    """
    for pattern, kind in _DATES:
        if pattern.fullmatch(text) and _is_on_the_calendar(text, kind):
            return kind
    raise ValueError(f"“{text}” is not a date: 2021, 2021-05, 2021-05-06 or 2021-05-06T09:00:00Z")


def _is_on_the_calendar(text: str, kind: str) -> bool:
    try:
        if kind == "date":
            date.fromisoformat(text)
        elif kind == "dateTime":
            datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def read_word(text: str, term: Term, vocabulary: Vocabulary) -> str:
    """Return the IRI of a word of the ontology, such as `watch`.

    Raises: ValueError with the words that are known.
    """
    iri = class_or_word(text, vocabulary)
    known = {
        triple.subject.value: vocabulary.keys.get(triple.subject.value, triple.subject.value)  # type: ignore[union-attr]
        for triple in vocabulary.triples
        if triple.predicate.value == TYPE and triple.object.value == term.range  # type: ignore[union-attr]
    }
    if iri not in known:
        raise ValueError(f"“{text}” is not known as {term.key}{nearest(text, known.values())}")
    return iri


def class_or_word(text: str, vocabulary: Vocabulary) -> str:
    """Return the IRI that a word of the context stands for, or what was written."""
    meaning = vocabulary.context.get(text, text)
    return as_stored(vocabulary.expand(meaning) if isinstance(meaning, str) else text)


def read_reference(text: str, vocabulary: Vocabulary) -> str:
    """Return an id as it is, and an address or prefixed name as an absolute IRI.

    Raises: ValueError with what would be right.
    """
    iri = vocabulary.expand(text)
    if iri != text or "://" in text or text.startswith(("mailto:", "urn:")):
        if bad := _NOT_IN_IRI.search(iri):
            raise ValueError(f"“{text}” is not an address: “{bad[0]}” cannot be in one")
        try:
            # What is no IRI would be dropped without a word by those who read JSON-LD.
            NamedNode(iri)
        except ValueError as error:
            reason = str(error).removeprefix("Invalid ")
            raise ValueError(f"“{text}” is not an address: wrong {reason}; “%” itself is written %25") from None
        return iri
    if ":" in text:
        prefix = text.partition(":")[0]
        raise ValueError(f"the prefix “{prefix}:” is not known{nearest(prefix, vocabulary.prefixes)}")
    if wrong := complaint(text):
        if "." in text.partition("/")[0]:
            wrong += f" (for an address write https://{text})"
        raise ValueError(wrong)
    return text
