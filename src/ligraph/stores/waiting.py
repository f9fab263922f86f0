"""Queries that wait for a worker: those for whichever is free, and long ones, which get a worker to themselves."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from ligraph.errors import LigraphError
from ligraph.stores.bounds import Bounds, Places
from ligraph.stores.lanes import Job
from ligraph.stores.refusals import never_begun

PATIENCE_SECONDS = 10.0
"""Time that workers are given to begin: so long the first queries wait, however short the time they may take is."""


class Waiting:
    """The jobs that no worker has, in the order in which they came."""

    def __init__(self, bounds: Bounds, places: Places) -> None:
        self.bounds = bounds
        self.places = places
        self.short: deque[Job] = deque()
        self.long: deque[Job] = deque()

    def __iter__(self) -> Iterator[Job]:
        yield from (*self.short, *self.long)

    def add(self, job: Job) -> None:
        """Let a job wait behind the others."""
        (self.long if job.is_long else self.short).append(job)

    def put_back(self, jobs: Iterable[Job]) -> None:
        """Let jobs wait again, before all others and in their order."""
        for job in reversed(list(jobs)):
            (self.long if job.is_long else self.short).appendleft(job)

    def next_short(self) -> Job | None:
        """Take out the next job that somebody waits for."""
        while self.short:
            job = self.short.popleft()
            if not job.is_settled:
                return job
        return None

    def next_long(self) -> Iterator[Job]:
        """Yield the long jobs that may be begun now; the one that is begun has to be taken out.

        Many may wait, and of few clients: each is looked up once for each place that is taken.
        """
        full: set[str | None] = set()
        are_free = self.places.are_free()
        for job in list(self.long):
            if job.is_settled:
                self.long.remove(job)
            elif not are_free:
                return
            elif job.client not in full:
                if self.places.may_have(job.client):
                    yield job
                    are_free = self.places.are_free()
                else:
                    full.add(job.client)

    def take_overdue(self, now: float) -> Iterator[tuple[Job, LigraphError]]:
        """Take out the jobs that have waited too long, each with why."""
        longest = max(self.bounds.seconds, PATIENCE_SECONDS)
        for queue, most in ((self.short, longest), (self.long, self.bounds.seconds)):
            for job in [job for job in queue if now - job.asked > most]:
                queue.remove(job)
                has_no_place = job.is_long and not self.places.are_free_for(job.client)
                yield job, self.places.refusal(job.client) if has_no_place else never_begun(most)
