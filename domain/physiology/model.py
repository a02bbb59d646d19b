"""What a runner's body can do, as it was from one day on."""

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NewType, Self
from uuid import UUID

from domain.physiology.refusals import (
    FigureOutOfBounds,
    FiguresTooClose,
    NothingGiven,
    ValidFromOutOfBounds,
)
from domain.shared.unchanged import UNCHANGED, Unchanged, given

PhysiologyId = NewType("PhysiologyId", UUID)

FIRST_DAY = date(1900, 1, 1)
DAYS_AHEAD = 366

# What a resting heart rate is taken to be where none is known, bpm; whoever takes it says so.
ASSUMED_RESTING_HEART_RATE = 50

# The least and the most of each figure, and its unit.
BOUNDS = {
    "mass_kg": (20, 300, "kg"),
    "resting_heart_rate": (25, 120, "bpm"),
    "max_heart_rate": (100, 250, "bpm"),
    "threshold_heart_rate": (80, 240, "bpm"),
    "threshold_pace_s_per_km": (120, 1200, "s/km"),
    "critical_speed_m_per_s": (1, 8, "m/s"),
    "d_prime_m": (20, 1000, "m"),
}

# What must lie above what, and by how many bpm at least: closer ones are typing mistakes, and zones need room.
APART = (
    ("resting_heart_rate", "threshold_heart_rate", 20),
    ("resting_heart_rate", "max_heart_rate", 30),
    ("threshold_heart_rate", "max_heart_rate", 1),
)


class Sex(StrEnum):
    """The sex whose curve a formula takes."""

    FEMALE = "FEMALE"
    MALE = "MALE"


@dataclass(frozen=True, slots=True, kw_only=True)
class PhysiologyChanges:
    """New figures; None says that a figure is not known any more."""

    sex: Sex | Unchanged | None = UNCHANGED
    mass_kg: float | Unchanged | None = UNCHANGED
    resting_heart_rate: int | Unchanged | None = UNCHANGED
    max_heart_rate: int | Unchanged | None = UNCHANGED
    threshold_heart_rate: int | Unchanged | None = UNCHANGED
    threshold_pace_s_per_km: float | Unchanged | None = UNCHANGED
    critical_speed_m_per_s: float | Unchanged | None = UNCHANGED
    d_prime_m: float | Unchanged | None = UNCHANGED

    def given(self) -> dict[str, Any]:
        """The new figures by their names. Raises NothingGiven."""
        values = given(self)
        if not values:
            raise NothingGiven
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Physiology:
    """An athlete's figures from `valid_from` on, until the next ones; None where a figure is not known."""

    valid_from: date
    sex: Sex | None = None
    mass_kg: float | None = None
    resting_heart_rate: int | None = None
    max_heart_rate: int | None = None
    threshold_heart_rate: int | None = None
    threshold_pace_s_per_km: float | None = None
    critical_speed_m_per_s: float | None = None
    d_prime_m: float | None = None

    def revise(self, changes: PhysiologyChanges, valid_from: date) -> Self:
        """These figures with `changes`, valid from a day on.

        Raises NothingGiven; FigureOutOfBounds (see BOUNDS); FiguresTooClose unless resting, threshold and maximum heart
        rate rise in this order.
        """
        values = changes.given()
        for name, value in values.items():
            _check_bounds(name, value)
        revised = replace(self, valid_from=valid_from, **values)
        for lower, higher, by in APART:
            revised._check_apart(lower, higher, by, values)
        return revised

    def judges_as(self, other: "Physiology") -> bool:
        """Whether a run comes out the same by both: all figures but the mass, which no analysis takes, are equal."""
        judging = [field.name for field in fields(self) if field.name not in ("valid_from", "mass_kg")]
        return all(getattr(self, name) == getattr(other, name) for name in judging)

    def _check_apart(self, lower: str, higher: str, by: int, values: dict[str, Any]) -> None:
        low, high = getattr(self, lower), getattr(self, higher)
        if low is not None and high is not None and high - low < by:
            raise FiguresTooClose(lower, low, higher, high, by, changed=higher if higher in values else lower)


def check_valid_from(valid_from: date, today: date) -> None:
    """Raise ValidFromOutOfBounds unless figures may hold from this day on: 1900 to a year ahead of `today`."""
    last = today + timedelta(days=DAYS_AHEAD)
    if not FIRST_DAY <= valid_from <= last:
        raise ValidFromOutOfBounds(valid_from, FIRST_DAY, last)


def _check_bounds(name: str, value: float | None) -> None:
    """NaN lies nowhere."""
    if value is None or name not in BOUNDS:
        return
    low, high, unit = BOUNDS[name]
    if not low <= value <= high:
        raise FigureOutOfBounds(name, value, low, high, unit)
