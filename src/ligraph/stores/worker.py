"""A worker process: it answers one query after the other, and may be killed at any moment."""

from __future__ import annotations

import socket

from ligraph.errors import LigraphError
from ligraph.stores.frames import Slot, answer_frame, asked_in, problem_frame
from ligraph.stores.queries import Evaluator, unpack
from ligraph.stores.refusals import out_of_memory

_CHUNK = 1 << 16


def work(connection: socket.socket, slot: Slot, evaluator: Evaluator) -> None:
    """Answer what comes over a connection, in order, until it ends."""
    buffer = bytearray()
    while chunk := connection.recv(_CHUNK):
        buffer += chunk
        for number, packed in asked_in(buffer):
            if number > slot.skipped:
                slot.begin(number)
                _send(connection, _reply(number, packed, evaluator, slot))
                slot.end()


def _send(connection: socket.socket, parts: list[bytes]) -> None:
    """Send the parts of a frame: small ones at once, large ones without another copy of them."""
    if len(parts[1]) < _CHUNK:
        connection.sendall(parts[0] + parts[1])
    else:
        for part in parts:
            connection.sendall(part)


def _reply(number: int, packed: bytes, evaluator: Evaluator, slot: Slot) -> list[bytes]:
    try:
        answer = evaluator.answer(unpack(packed))
        return answer_frame(number, answer, slot.age())
    except LigraphError as error:
        return problem_frame(number, error, slot.age())
    except MemoryError:
        return problem_frame(number, out_of_memory(), slot.age())
