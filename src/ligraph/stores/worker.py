"""A worker process: it answers one query after the other, and may be killed at any moment."""

from __future__ import annotations

import socket
import time

from ligraph.errors import LigraphError
from ligraph.stores.frames import Slot, answer_frame, asked_in, problem_frame
from ligraph.stores.queries import Evaluator, unpack
from ligraph.stores.refusals import out_of_memory

_CHUNK = 1 << 16
_HELD_SECONDS = 0.0003
_MANY = 8


def work(connection: socket.socket, slot: Slot, evaluator: Evaluator) -> None:
    """Answer what comes over a connection, in order, until it ends."""
    buffer = bytearray()
    outbox = Outbox(connection)
    while chunk := connection.recv(_CHUNK):
        buffer += chunk
        asked = list(asked_in(buffer))
        for place, (number, packed) in enumerate(asked, 1):
            if number > slot.skipped:
                outbox.send_late()
                slot.begin(number)
                outbox.add(_reply(number, packed, evaluator, slot))
                # Whoever looks on takes a query that took long for the one that still is answered.
                if len(asked) - place < _MANY or slot.age() > _HELD_SECONDS:
                    outbox.send()
        outbox.send()
        # Not before all is out: a worker that has no query and does not answer is taken for one that hangs.
        slot.end()


class Outbox:
    """Answers that are held for a moment, to be sent with those that follow at once.

    To wake the service takes as long as to answer a short query. Where few queries wait that does not pay: the service
    had nothing to do while it waits for the answers.
    """

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.parts: list[bytes] = []
        self.size = 0
        self.since = 0.0

    def add(self, parts: list[bytes]) -> None:
        """Take a frame; a large one is sent at once."""
        if not self.parts:
            self.since = time.monotonic()
        self.parts += parts
        self.size += sum(map(len, parts))
        if self.size >= _CHUNK:
            self.send()

    def send_late(self) -> None:
        """Send what has been held long enough: nobody knows how long the next query takes."""
        if self.parts and time.monotonic() - self.since > _HELD_SECONDS:
            self.send()

    def send(self) -> None:
        """Send what is held; large parts without another copy of them."""
        if self.size < _CHUNK:
            self.connection.sendall(b"".join(self.parts))
        else:
            for part in self.parts:
                self.connection.sendall(part)
        self.parts.clear()
        self.size = 0


def _reply(number: int, packed: bytes, evaluator: Evaluator, slot: Slot) -> list[bytes]:
    try:
        answer = evaluator.answer(unpack(packed))
        return answer_frame(number, answer, slot.age())
    except LigraphError as error:
        return problem_frame(number, error, slot.age())
    except MemoryError:
        return problem_frame(number, out_of_memory(), slot.age())
