"""What workers are at, looked at while somebody waits: what is slow, takes too long, is left, or does not begin."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Protocol

from ligraph.errors import LigraphError, OutOfTime, Overloaded
from ligraph.stores.bounds import Bounds
from ligraph.stores.lanes import Job, Lane
from ligraph.stores.refusals import out_of_time
from ligraph.stores.staff import Staff
from ligraph.stores.waiting import PATIENCE_SECONDS

SLOW_SECONDS = 0.02
"""Processor time after which a query is slow."""

_WAITING_SECONDS = 0.25
"""Time after which a query is slow that uses no processor: it waits for a disk, or its worker was stopped."""

_APART_SECONDS = 1.0
"""Time after which a slow query is kept off one processor."""

_TICK_SECONDS = 0.01
_STUCK_SECONDS = 2.0
_log = logging.getLogger("ligraph")


class Master(Protocol):
    """Who acts on what the guard sees."""

    @property
    def is_busy(self) -> bool:
        """Whether there is anything to look at."""

    def end(self, lane: Lane, kind: str, why: LigraphError, number: int = 0) -> None:
        """End a worker for a reason of a kind, because of the query with a number."""

    def move_over(self, lane: Lane, slow: Job) -> None:
        """Part a slow query from what waits behind it."""

    def on_looked(self, now: float) -> None:
        """Do what is due from time to time."""


class Guard:
    """Looks at all workers again and again, for as long as there is anything to look at."""

    def __init__(self, staff: Staff, bounds: Bounds, master: Master) -> None:
        self.staff = staff
        self.bounds = bounds
        self.master = master
        self.is_looking = False

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look in a moment, and again."""
        self.is_looking = True
        loop.call_later(_TICK_SECONDS, self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            if self.master.is_busy:
                self._look_around(time.monotonic())
        finally:
            self.is_looking = False
            if self.master.is_busy:
                self.begin(loop)

    def _look_around(self, now: float) -> None:
        for lane in list(self.staff.lanes):
            if not lane.doom:
                self._look_at(lane, now)
        if self.staff.unheard(now, PATIENCE_SECONDS):
            _log.error("the process that forks workers does not do what it is asked")
            self.staff.forker.end()
        self.master.on_looked(now)

    def _look_at(self, lane: Lane, now: float) -> None:
        job, age = lane.current, lane.slot.age()
        if job is None:
            if lane.pid and lane.pending and _is_stuck(lane, now):
                self.master.end(lane, "starved", Overloaded("the worker does not begin"))
        elif job.is_settled and age > SLOW_SECONDS:
            self.master.end(lane, "left", OutOfTime("the client is gone"), job.number)
        elif age > self.bounds.seconds:
            self.master.end(lane, "time", out_of_time(self.bounds.seconds), job.number)
        elif lane in self.staff.swift:
            if age > SLOW_SECONDS and _is_slow(lane, age):
                self.master.move_over(lane, job)
        elif age > _APART_SECONDS and not lane.is_apart:
            self.staff.set_apart(lane)


def _is_stuck(lane: Lane, now: float) -> bool:
    """Return whether a worker should have begun with what it was sent: a new one has its store to open first.

    Nor may it be at what it was not sent.
    """
    if lane.slot.current:
        return lane.slot.age() > _STUCK_SECONDS
    return now > max(lane.pending[0].sent + _STUCK_SECONDS, lane.since + PATIENCE_SECONDS)


def _is_slow(lane: Lane, age: float) -> bool:
    return age > _WAITING_SECONDS or lane.processor_seconds() > SLOW_SECONDS
