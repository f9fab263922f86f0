"""Several measurements of the same as one entry of a Markdown table: the median, and in brackets the extremes."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence


def spread(values: Iterable[float]) -> str:
    """Return the median of values and, where they differ, the least and the greatest; nothing for no values."""
    found = sorted(values)
    if not found:
        return "–"
    least, middle, most = (_written(value) for value in (found[0], statistics.median(found), found[-1]))
    return middle if least == most else f"{middle} ({least}–{most})"


def ratios(values: Sequence[float], others: Sequence[float]) -> list[float]:
    """Return each value over the one of the same repetition; where either is nought nothing was answered."""
    return [value / other for value, other in zip(values, others, strict=True) if value and other]


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [f"| {' | '.join(line)} |\n" for line in (head, *rows)]
    return "".join([lines[0], "|---" * len(head), "|\n", *lines[1:]])


def _written(value: float) -> str:
    """Return a number with about three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
