"""Which workout of the day a run was: the one it comes closest to, if it is close at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

FITS_WITHIN = 0.25


@dataclass(frozen=True, slots=True)
class Candidate:
    """A workout of the run's day that has no run yet."""

    workout_id: UUID
    planned_distance_m: float | None
    planned_duration_s: float | None


def fitting_workout(candidates: Iterable[Candidate], *, distance_m: float, moving_time_s: float) -> UUID | None:
    """The workout whose distance or duration (m, s) is within 25 % of the run's, the closest first; None if none is.

    A workout that plans neither is never taken: there is nothing to tell it by.
    """
    deviations = [(_deviation(candidate, distance_m, moving_time_s), candidate) for candidate in candidates]
    fitting = [(deviation, candidate) for deviation, candidate in deviations if deviation <= FITS_WITHIN]
    return min(fitting, key=lambda pair: pair[0])[1].workout_id if fitting else None


def _deviation(candidate: Candidate, distance_m: float, moving_time_s: float) -> float:
    pairs = ((candidate.planned_distance_m, distance_m), (candidate.planned_duration_s, moving_time_s))
    return min((abs(done - planned) / planned for planned, done in pairs if planned), default=float("inf"))
