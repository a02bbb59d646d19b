"""What a run comes to: the numbers on its first page."""

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from domain.runs.ascent import as_stored, ascent_and_descent
from domain.runs.best_efforts import BestEffort, best_efforts
from domain.runs.moving_time import moving_seconds
from domain.runs.recording import Floats, Lap, Recording


@dataclass(frozen=True, slots=True)
class RunFacts:
    """The numbers of one recorded run; every float is finite, None says that the recording does not tell."""

    started_at: datetime
    first_second: datetime
    last_second: datetime
    distance_m: float
    moving_time_s: int
    elapsed_time_s: int
    ascent_m: float | None
    descent_m: float | None
    average_heart_rate: int | None
    max_heart_rate: int | None
    average_cadence: float | None
    average_pace_s_per_km: float | None
    best_efforts: tuple[BestEffort, ...]
    laps: tuple[Lap, ...]


def facts_of(recording: Recording) -> RunFacts:
    """The facts of one recording, from its points alone.

    The device's own totals stay beside them in `recording.device`: a damaged file may promise more than its points
    show, and stretches, streams and totals must agree. Distance is the last value of the distance stream, which is what
    devices show too; 0 when none was recorded. Moving time is the sum of `moving_seconds`. Ascent: turning points at
    3 m of altitudes `as_stored`. Heart rate and cadence (steps of both legs a minute) are means over moving time, zeros
    of cadence included, as devices average them. Lengths are whole millimetres and times of best efforts whole
    milliseconds, finer than any watch measures. Pace is moving time over distance, None under 10 m, where it would say
    nothing.
    """
    samples = recording.samples
    moving = moving_seconds(recording)
    moving_time_s = float(moving.sum())
    distance_m = _thousandths(samples.distance_m[-1]) if samples.has_distance else 0.0
    climbed = ascent_and_descent(as_stored(samples.altitude_m))
    heart_rate = samples.heart_rate_bpm
    average_heart_rate = _mean_while_moving(heart_rate, moving)
    return RunFacts(
        started_at=recording.started_at,
        first_second=recording.first_second,
        last_second=recording.last_second,
        distance_m=distance_m,
        moving_time_s=round(moving_time_s),
        elapsed_time_s=round(float(samples.time_s[-1])),
        ascent_m=_thousandths(climbed[0]) if climbed else None,
        descent_m=_thousandths(climbed[1]) if climbed else None,
        average_heart_rate=round(average_heart_rate) if average_heart_rate is not None else None,
        max_heart_rate=round(float(np.nanmax(heart_rate))) if np.isfinite(heart_rate).any() else None,
        average_cadence=_mean_while_moving(samples.cadence_spm, moving),
        average_pace_s_per_km=moving_time_s / distance_m * 1000 if distance_m >= 10 and moving_time_s > 0 else None,
        best_efforts=tuple(
            replace(best, time_s=_thousandths(best.time_s), start_m=_thousandths(best.start_m))
            for best in best_efforts(samples)
        ),
        laps=recording.laps,
    )


def _thousandths(value: float) -> float:
    return round(float(value), 3)


def _mean_while_moving(values: Floats, moving: Floats) -> float | None:
    """Mean weighted by the moving seconds around each point; the plain mean when the runner never moved."""
    known = np.isfinite(values)
    if not known.any():
        return None
    around = (np.concatenate(([0.0], moving)) + np.concatenate((moving, [0.0]))) / 2
    weights = around[known]
    return float(np.average(values[known], weights=weights if weights.sum() > 0 else None))
