"""`/metrics`: what the service did, for Prometheus.

Source: Prometheus text exposition format 0.0.4.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response

from ligraph.web.live import Live, live_of
from ligraph.web.responses import PASSING
from ligraph.web.tally import BUCKETS, KILLS, OUTCOMES, Tally

Family = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


async def show_metrics(request: Request) -> Response:
    """Answer `/metrics`."""
    registry = CollectorRegistry()
    registry.register(_Service(live_of(request)))
    headers = {"Content-Type": "text/plain; version=0.0.4; charset=utf-8", **PASSING}
    return Response(generate_latest(registry), headers=headers)


class _Service(Collector):
    """The counts of all processes of the service."""

    def __init__(self, live: Live) -> None:
        self.live = live

    def collect(self) -> Iterator[Family]:
        """Yield what is counted."""
        tally = self.live.tally
        yield _durations(tally)
        kills = CounterMetricFamily("ligraph_query_kills", "Worker processes ended, by reason", labels=["reason"])
        for reason in KILLS:
            kills.add_metric([reason], tally.total(f"kill {reason}"))
        yield kills
        yield CounterMetricFamily("ligraph_query_rows", "Rows and statements sent", value=tally.total("rows"))
        yield CounterMetricFamily("ligraph_query_bytes", "Bytes of results sent", value=tally.total("bytes"))
        cached, made = (tally.count_of(outcome) for outcome in ("cached", "answered"))
        yield CounterMetricFamily("ligraph_cache_hits", "Answers that were kept from before", value=cached)
        yield CounterMetricFamily("ligraph_cache_misses", "Answers that had to be made", value=made)
        yield GaugeMetricFamily("ligraph_waiting_queries", "Queries without an answer", value=tally.total("waiting"))
        yield GaugeMetricFamily("ligraph_long_queries", "Long queries running", value=tally.total("slow"))
        manifest = self.live.snapshot.release.manifest
        age = time.time() - datetime.fromisoformat(manifest.created).timestamp()
        release = GaugeMetricFamily("ligraph_release_age_seconds", "Age of the release served", labels=["release"])
        release.add_metric([manifest.id], age)
        yield release
        yield GaugeMetricFamily("ligraph_release_statements", "Statements served", value=manifest.statements)


def _durations(tally: Tally) -> HistogramMetricFamily:
    durations = HistogramMetricFamily("ligraph_query_seconds", "Queries by outcome and duration", labels=["outcome"])
    for outcome in OUTCOMES:
        counts = [tally.total(f"{outcome} {number}") for number in range(len(BUCKETS) + 1)]
        if not sum(counts):
            continue
        ends = [*(str(end) for end in BUCKETS), "+Inf"]
        running = [(end, sum(counts[: number + 1])) for number, end in enumerate(ends)]
        durations.add_metric([outcome], running, tally.total(f"{outcome} seconds"))
    return durations
