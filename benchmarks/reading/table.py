"""Ratios of the rounds, told as a table."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.reading.load import Measured

HEAD = f"{'':24}{'req/s':>9}{'p50 ms':>8}{'p99 ms':>8}{'kB':>7}   {'Cairn is so many times as fast':<34}{'goal':>6}"
US = "Cairn"


def table(caption: str, rounds: Mapping[str, Sequence[Measured]], goals: Mapping[str, float]) -> str:
    """A line for each contestant: medians of its own figures, and median and spread of the ratio of each round."""
    lines = [caption, HEAD, "-" * len(HEAD)]
    for name, measured in rounds.items():
        rate, p50, p99, size = (
            statistics.median(getattr(one, figure) for one in measured)
            for figure in ("per_second", "median_ms", "p99_ms", "bytes_each")
        )
        told = "" if name == US else _ratio([_rate(one) for one in rounds[US]], [_rate(one) for one in measured])
        goal = f"{goals[name]:.1f}" if name in goals else ""
        lines.append(f"{name:24}{rate:9,.0f}{p50:8.2f}{p99:8.2f}{size / 1000:7.1f}   {told:<34}{goal:>6}".rstrip())
    return "\n".join(lines)


def _rate(measured: Measured) -> float:
    return measured.per_second


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    ratios = sorted(our / their for our, their in zip(ours, theirs, strict=True))
    return f"{statistics.median(ratios):6.2f}   ({ratios[0]:.2f} to {ratios[-1]:.2f})"
