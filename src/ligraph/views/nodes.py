"""Things as templates see them: what is said of them, by name, and a record of what a page has shown.

A layout asks for what it shows; what nobody asked for is left, and goes under “More facts”. So a layout can forget a
property, and a page cannot lose one.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode

from ligraph.namespaces import NAME, PREF_LABEL, PREFIXES, SCHEMA, TYPE
from ligraph.views.kinds import Kind, kind_of
from ligraph.views.values import Value, read_literal

if TYPE_CHECKING:
    from ligraph.views.reader import Found, Reader, Row


class Node:
    """A thing or a part of one. Asking for a property counts as showing it."""

    external = False
    machine = None

    def __init__(self, reader: Reader, iri: NamedNode) -> None:
        self.reader = reader
        self.iri = iri

    def all(self, name: str) -> list[Node | Value]:
        """Return the values of a property, named like `schema:about`."""
        predicate = expand(name)
        terms = self.reader.objects(self.iri, predicate)
        if terms:
            self.reader.shown.update((self.iri, predicate, term) for term in terms)
        return self.reader.ordered(terms)

    def peek(self, name: str) -> list[Node | Value]:
        """Return the values of a property that something else on the page will show."""
        return self.reader.ordered(self.reader.objects(self.iri, expand(name)))

    def nodes(self, name: str) -> list[Node]:
        """Return the things that a property leads to."""
        predicate = expand(name)
        found = [value for value in self.peek(name) if isinstance(value, Node)]
        self.reader.shown.update((self.iri, predicate, node.iri) for node in found)
        return found

    def number(self, name: str) -> int | None:
        """Return the smallest whole number that a property says, or None."""
        predicate = expand(name)
        numbers = {
            int(term.value): term
            for term in self.reader.objects(self.iri, predicate)
            if isinstance(term, Literal) and term.value.isdecimal()
        }
        if not numbers:
            return None
        smallest = min(numbers)
        self.reader.shown.add((self.iri, predicate, numbers[smallest]))
        return smallest

    def back(self, name: str, limit: int | None = None) -> Found:
        """Return the things that lead here by a property."""
        return self.reader.subjects(expand(name), self.iri, limit)

    @cached_property
    def names(self) -> list[Literal]:
        """All its names, the one for the site's readers first."""
        return self.reader.names(self.iri)

    @cached_property
    def text(self) -> str:
        """What it is called, in the language that suits best; a thing without a name by the end of its id."""
        return self.names[0].value if self.names else self.local.rpartition("/")[2]

    @cached_property
    def language(self) -> str | None:
        """The language of that name where it is not the site's."""
        return read_literal(self.names[0], self.reader.site).language if self.names else None

    @cached_property
    def other_names(self) -> list[Value]:
        """All that it is called besides, the spellings too."""
        self.reader.shown.update((self.iri, iri, name) for name in self.names for iri in (NAME, PREF_LABEL))
        more = [*self.all("schema:alternateName"), *self.all("skos:altLabel")]
        return [read_literal(name, self.reader.site) for name in self.names[1:]] + [
            v for v in more if isinstance(v, Value)
        ]

    @cached_property
    def local(self) -> str:
        """Its id: what follows the site's ids in its IRI."""
        return self.iri.value.removeprefix(self.reader.site.ids)

    @property
    def is_part(self) -> bool:
        """Whether it is shown on the page of another thing."""
        return bool(self.reader.site.ids) and "#" in self.local

    @property
    def classes(self) -> list[Value]:
        """Its classes by their short names."""
        self.reader.shown.update((self.iri, TYPE, NamedNode(iri)) for iri in self.types)
        return [self.reader.class_(iri) for iri in self.types]

    @cached_property
    def types(self) -> list[str]:
        """The IRIs of its classes."""
        return sorted(term.value for term in self.reader.objects(self.iri, TYPE) if isinstance(term, NamedNode))

    @cached_property
    def kind(self) -> Kind:
        """What people call its class."""
        return kind_of(self.types)

    @cached_property
    def href(self) -> str | None:
        """The link to its page; None where nothing is said about it."""
        is_described = bool(self.types) or (not self.reader.site.ids and self.reader.has_page(self.iri))
        return self.reader.site.href(self.iri.value) if is_described else None

    @cached_property
    def anchor(self) -> str:
        """The `id` of the element that shows this part of the page's thing; asking for it takes the place."""
        self.reader.anchored.add(self.iri)
        self.reader.shown.update((self.iri, TYPE, term) for term in self.reader.objects(self.iri, TYPE))
        return self.iri.value.partition("#")[2]

    @cached_property
    def place(self) -> tuple[int, str]:
        """Where it stands among others: by its position where it has one, then by its name."""
        for term in self.reader.objects(self.iri, SCHEMA + "position") if self.kind.numbered else ():
            if isinstance(term, Literal) and term.value.isdecimal():
                return int(term.value), self.text.casefold()
        return 0, self.text.casefold()

    @property
    def rest(self) -> list[Row]:
        """What is said of it and was not asked for yet."""
        return self.reader.rows(self.iri)


@lru_cache(maxsize=256)
def expand(name: str) -> str:
    """Return the IRI of a name with one of the model's prefixes."""
    prefix, _, local = name.partition(":")
    return PREFIXES[prefix] + local
