"""What was measured, beside what it is measured against."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

HEAD = f"{'':66}{'median':>10}{'from':>10}{'to':>10}{'limit':>10}"


@dataclass(frozen=True)
class Figure:
    """One thing that was measured several times; `limit` is the most, or the least, that its median may be."""

    name: str
    values: Sequence[float]
    most: float | None = None
    least: float | None = None

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def is_good(self) -> bool:
        """Whether the median keeps the limit."""
        return not (
            (self.most is not None and self.median > self.most) or (self.least is not None and self.median < self.least)
        )

    def line(self) -> str:
        """A row of the table."""
        limit = "" if self.most is None else f"≤ {self.most:g}"
        limit = limit if self.least is None else f"≥ {self.least:g}"
        numbers = "".join(f"{_plain(value):>10}" for value in (self.median, min(self.values), max(self.values)))
        return f"{self.name:66}{numbers}{limit:>10}{'' if self.is_good else '  MISSED'}"


def table(figures: Sequence[Figure]) -> str:
    """All of them."""
    return "\n".join([HEAD, "-" * len(HEAD), *(figure.line() for figure in figures)])


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
