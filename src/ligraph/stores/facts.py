"""What documents and pages read: statements by pattern, wherever they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, Triple

from ligraph.releases.manifest import Manifest

Made = TypeVar("Made")


class Statements(Protocol):
    """A store that is asked by pattern: a term fits itself, None fits any."""

    def quads_for_pattern(
        self,
        subject: NamedNode | BlankNode | Triple | None,
        predicate: NamedNode | None,
        object: NamedNode | BlankNode | Literal | Triple | None,
        graph_name: NamedNode | BlankNode | DefaultGraph | None,
        /,
    ) -> Iterator[Quad]:
        """Yield the quads that fit."""


class Facts(Protocol):
    """The statements of a release, and what it says of itself."""

    @property
    def manifest(self) -> Manifest:
        """What the release says of itself."""

    @property
    def store(self) -> Statements:
        """Its statements."""

    @property
    def ids(self) -> str:
        """The IRI that ids are relative to."""

    def describes(self, local: str) -> bool:
        """Return whether anything is said about the thing with an id."""
