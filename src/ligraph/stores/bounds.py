"""What queries may take of a service, and who holds its places for slow ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ligraph.errors import Overloaded


@dataclass(frozen=True)
class Bounds:
    """What queries may take.

    Units: seconds. `places` is how many slow queries run at once in the whole service, `most` how many may wait.
    """

    seconds: float
    places: int
    most: int

    @property
    def share(self) -> int:
        """How many of the places one client may have, so that others find one."""
        return max(self.places // 2, 1)


class Board(Protocol):
    """Where the processes of a service count together."""

    def add(self, name: str, amount: float = 1) -> None:
        """Add to a count."""

    def total(self, name: str) -> float:
        """Return the count of all processes."""

    def hold(self, client: str, more: int) -> None:
        """Add to the places that a client has."""

    def held_by(self, client: str) -> int:
        """Return how many places a client has in all processes."""


class Places:
    """The places for slow queries, counted on the board for the whole service.

    Shape: a client is an address, None for this machine itself, which may have all places.
    """

    def __init__(self, bounds: Bounds, board: Board) -> None:
        self.bounds = bounds
        self.board = board

    def are_free(self) -> bool:
        """Return whether a place is free."""
        return self.board.total("slow") < self.bounds.places

    def may_have(self, client: str | None) -> bool:
        """Return whether a client has fewer places than its share."""
        return client is None or self.board.held_by(client) < self.bounds.share

    def are_free_for(self, client: str | None) -> bool:
        """Return whether a client may have a place, and one is free."""
        return self.are_free() and self.may_have(client)

    def take(self, client: str | None) -> None:
        """Give a client a place."""
        self.board.add("slow")
        if client is not None:
            self.board.hold(client, 1)

    def leave(self, client: str | None) -> None:
        """Take a place back."""
        self.board.add("slow", -1)
        if client is not None:
            self.board.hold(client, -1)

    def refusal(self, client: str | None) -> Overloaded:
        """Return why a client gets no place."""
        if not self.may_have(client):
            message = f"{self.bounds.share:,} of your long queries are running, as many as one client may have"
            return Overloaded(message, hint="ask again when one of them has its answer, or for less")
        message = f"{self.bounds.places:,} long queries are running, as many as may at once"
        return Overloaded(message, hint="ask again in a minute, or for less")
