"""How far a number in a plan may go, and what is said about one that goes further."""

from dataclasses import dataclass

from domain.shared.errors import Invalid

Field = tuple[str, ...]


class OutOfBounds(Invalid):
    """A number lies outside what is taken, or is no number at all."""

    def __init__(self, bounds: "Bounds", value: float, *, field: Field) -> None:
        super().__init__(f"{bounds}; this one is {written(value)}.", field=field)


class RangeReversed(Invalid):
    """A range starts above its end."""

    def __init__(self, minimum: float, maximum: float, *, field: Field) -> None:
        super().__init__(
            f"A range goes from its minimum to its maximum; this one goes from {written(minimum)} "
            f"to {written(maximum)}. For pace in s/km the faster end is the minimum.",
            field=field,
        )


@dataclass(frozen=True, slots=True)
class Bounds:
    """The least and the most that something may be, both included, in `unit`."""

    what: str
    low: float
    high: float
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.what} is {written(self.low)} to {written(self.high)} {self.unit}".rstrip()

    def check(self, value: float, field: Field) -> None:
        """Raise OutOfBounds unless `value` lies within; NaN lies nowhere."""
        if not self.low <= value <= self.high:
            raise OutOfBounds(self, value, field=field)

    def check_range(self, ends: tuple[float, float], field: Field, names: tuple[str, str]) -> None:
        """Raise OutOfBounds for an end of the range, named by `names` below `field`, or RangeReversed for `field`."""
        for value, name in zip(ends, names, strict=True):
            self.check(value, (*field, name))
        if ends[0] > ends[1]:
            raise RangeReversed(*ends, field=field)


# 2:00 to 20:00 min/km: past a world record at one end, slower than a walk at the other.
TARGET_PACE = Bounds("A target pace", 120, 1_200, "s/km")


def written(value: float) -> str:
    """A number as it stands in a sentence: 300,000 rather than 300000.0."""
    return f"{value:,.12g}"
