"""A run that was run: what an athlete may say of it by hand, and the rules that hold for every one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType, Self
from uuid import UUID

from domain.shared.errors import Conflict, Invalid, NotAllowedNow, NotFound

RunId = NewType("RunId", UUID)

MAX_NAME_LENGTH = 255
MAX_NOTES_LENGTH = 10_000
MAX_DISTANCE_M = 1_000_000
MAX_DURATION_S = 14 * 86_400
MAX_CLIMB_M = 100_000
HEART_RATE_BPM = (25, 250)
CADENCE_SPM = (1, 400)
CLOCK_TOLERANCE = timedelta(days=1)
WORDS = frozenset({"name", "notes"})
NEEDED = {
    "name": "name",
    "started_at": "startedAt",
    "distance_m": "distanceM",
    "moving_time_s": "movingTimeS",
    "elapsed_time_s": "elapsedTimeS",
}


class RunSource(StrEnum):
    """Where a run came from."""

    MANUAL = "MANUAL"
    FILE = "FILE"
    STRAVA = "STRAVA"
    API = "API"


class RunNotFound(NotFound):
    """There is no run with this id, or it is another athlete's."""

    def __init__(self, *, field: tuple[str, ...] = ("id",)) -> None:
        super().__init__("You have no run with this id.", field=field)


class WorkoutTaken(Conflict):
    """The workout has a run already."""

    def __init__(self) -> None:
        super().__init__(
            "This workout has a run already, and a workout has at most one. Unlink the other run first.",
            field=("workoutId",),
        )


class ExternalIdTaken(Conflict):
    """A run with this source and external id is stored already."""

    def __init__(self) -> None:
        super().__init__("You have a run with this source and externalId already.", field=("externalId",))


class OutOfRange(Invalid):
    """A figure that no run can have."""

    def __init__(self, name: str, value: float, low: float, high: float, unit: str) -> None:
        super().__init__(
            f"{name} is {value:,.10g} {unit}; it must be from {low:,.10g} to {high:,.10g} {unit}.", field=(name,)
        )


class BadText(Invalid):
    """Empty where something is needed, too long, or with a character that cannot be stored."""


class TimesDisagree(Invalid):
    """Moving longer than the run took."""

    def __init__(self) -> None:
        super().__init__("movingTimeS is longer than elapsedTimeS.", field=("movingTimeS",))


class HeartRatesDisagree(Invalid):
    """A mean above the highest."""

    def __init__(self) -> None:
        super().__init__("averageHeartRate is higher than maxHeartRate.", field=("averageHeartRate",))


class RecordedFiguresStand(NotAllowedNow):
    """What a watch recorded is not typed over."""

    def __init__(self) -> None:
        super().__init__("This run was recorded: its name and notes can be changed, its figures stand as they are.")


class CannotBeCleared(Invalid):
    """Null is given for what every run has."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} can be changed but not cleared: leave it out to keep it as it is.", field=(field,))


class FileIsImported(Invalid):
    """A run from a file comes in by importing the file."""

    def __init__(self) -> None:
        super().__init__("A run with the source FILE is made by importRuns.", field=("source",))


class StartsInTheFuture(Invalid):
    """A run is recorded after it was run."""

    def __init__(self) -> None:
        super().__init__("startedAt lies more than a day ahead.", field=("startedAt",))


class StartsTooEarly(Invalid):
    """Before the year 1900 no watch recorded a run."""

    def __init__(self) -> None:
        super().__init__("startedAt lies before the year 1900.", field=("startedAt",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run in an athlete's own words and figures; recorded runs have streams and facts beside it."""

    id: RunId
    athlete_id: UUID
    name: str
    started_at: datetime
    source: RunSource
    distance_m: float
    moving_time_s: int
    elapsed_time_s: int
    external_id: str | None = None
    workout_id: UUID | None = None
    notes: str | None = None
    ascent_m: float | None = None
    descent_m: float | None = None
    average_heart_rate: int | None = None
    max_heart_rate: int | None = None
    average_cadence: float | None = None

    @classmethod
    def by_hand(cls, *, now: datetime, **values: object) -> Self:
        """A run as somebody typed it in, or as another service tells of it, checked.

        Raises FileIsImported, BadText, OutOfRange, TimesDisagree, StartsInTheFuture, StartsTooEarly.
        """
        run = cls(**values)  # type: ignore[arg-type]
        if run.source is RunSource.FILE:
            raise FileIsImported
        return run._checked(now)

    def revise(self, changes: Mapping[str, object], *, now: datetime) -> Self:
        """The run with another name, notes or figures, checked like a new one.

        Raises RecordedFiguresStand, CannotBeCleared and what `by_hand` raises.
        """
        for field, told in NEEDED.items():
            if changes.get(field, ...) is None:
                raise CannotBeCleared(told)
        revised = replace(self, **changes)  # type: ignore[arg-type]
        if self.source is not RunSource.FILE:
            return revised._checked(now)
        if not WORDS.issuperset(changes):
            raise RecordedFiguresStand
        return revised._worded()  # what a watch recorded may lie outside of what may be typed in

    def link(self, workout_id: UUID | None) -> Self:
        """The run as the doing of a workout, or of none."""
        return replace(self, workout_id=workout_id)

    def _worded(self) -> Self:
        name = checked_text("name", self.name, 1, MAX_NAME_LENGTH)
        external = self.external_id and checked_text("externalId", self.external_id, 0, MAX_NAME_LENGTH)
        notes = self.notes and checked_text("notes", self.notes, 0, MAX_NOTES_LENGTH)
        return replace(self, name=name, external_id=external or None, notes=notes or None)

    def _checked(self, now: datetime) -> Self:
        if self.started_at > now + CLOCK_TOLERANCE:
            raise StartsInTheFuture
        if self.started_at.year < 1900:
            raise StartsTooEarly
        _check_range("distanceM", self.distance_m, 0, MAX_DISTANCE_M, "m")
        _check_range("elapsedTimeS", self.elapsed_time_s, 1, MAX_DURATION_S, "s")
        _check_range("movingTimeS", self.moving_time_s, 0, MAX_DURATION_S, "s")
        if self.moving_time_s > self.elapsed_time_s:
            raise TimesDisagree
        for field, climb in (("ascentM", self.ascent_m), ("descentM", self.descent_m)):
            _check_range(field, climb, 0, MAX_CLIMB_M, "m")
        for field, rate in (("averageHeartRate", self.average_heart_rate), ("maxHeartRate", self.max_heart_rate)):
            _check_range(field, rate, *HEART_RATE_BPM, "bpm")
        if self.average_heart_rate and self.max_heart_rate and self.average_heart_rate > self.max_heart_rate:
            raise HeartRatesDisagree
        _check_range("averageCadence", self.average_cadence, *CADENCE_SPM, "steps/min")
        return self._worded()


def checked_text(field: str, text: str, shortest: int, longest: int) -> str:
    """`text` without the spaces around it. Raises BadText."""
    trimmed = text.strip()
    if not shortest <= len(trimmed) <= longest:
        raise BadText(f"{field} has {len(trimmed)} characters; it takes {shortest} to {longest}.", field=(field,))
    if any(char == "\x00" or "\ud800" <= char <= "\udfff" for char in trimmed):
        raise BadText(f"{field} has a character that cannot be stored.", field=(field,))
    return trimmed


def _check_range(field: str, value: float | None, low: float, high: float, unit: str) -> None:
    if value is not None and not (math.isfinite(value) and low <= value <= high):
        raise OutOfRange(field, value, low, high, unit)
