"""Made-up runs, cut into segments: trails that climb and fall, and scores with a day, a slope and chance in them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats

DAY_S = 86400.0
YEAR_DAYS, OLDER_DAYS = 365.0, 540.0
OLDER = 0.15  # the share of runs that left the year
WARM_UP_S = 300.0
LEVEL_SPEED_M_PER_S, LEVEL_BEATS = 2.9, 145.0


@dataclass(frozen=True)
class Runs:
    """n runs of so many segments each, by columns: `started_s` (n,) in seconds since 1970, and of each segment, (m,),
    the place of its run and its ordinal there beside the columns of the table."""

    started_s: Floats
    segments: int
    run: NDArray[np.int64]
    columns: dict[str, NDArray[np.generic]]


def made_up_runs(rng: np.random.Generator, started_s: Floats, segments: int) -> Runs:
    """Runs that begin at these times, told apart by where, when and how well each was run."""
    shape = (len(started_s), segments)
    length = rng.uniform(100, 400, shape).round(3)
    grade = np.clip(rng.normal(0, 0.08, shape), -0.45, 0.45).round(6)
    rise = length * grade
    ascent, descent = np.maximum(rise, 0), np.maximum(-rise, 0)
    speed = LEVEL_SPEED_M_PER_S / (1 + 3 * np.maximum(grade, 0) - np.minimum(grade, 0)) * rng.normal(1, 0.05, shape)
    duration = length / speed
    start_s = _before(duration)
    hour = rng.choice([6.5, 12.2, 18.0], (shape[0], 1)) + rng.normal(0, 0.5, (shape[0], 1)) + start_s / 3600
    columns: dict[str, NDArray[np.generic]] = {
        "start_m": _before(length),
        "end_m": length.cumsum(axis=1),
        "start_s": start_s,
        "duration_s": duration,
        "moving_s": duration,
        "ascent_m": ascent,
        "descent_m": descent,
        "ascent_before_m": _before(ascent),
        "descent_before_m": _before(descent),
        "start_altitude_m": rng.uniform(200, 1500, (shape[0], 1)) + _before(rise),
        "altitude_change_m": rise,
        "mean_grade": grade,
        "grade_band": np.rint(grade / 0.025),
        "speed_m_per_s": speed,
        "graded_speed_m_per_s": speed * (1 + 3 * np.maximum(grade, 0)),
        "average_heart_rate": rng.normal(LEVEL_BEATS, 6, shape),
        "hour_of_day": hour % 24,
        "efficiency": _scores(rng, grade, start_s),
    }
    return Runs(
        started_s,
        segments,
        np.repeat(np.arange(shape[0]), segments),
        {name: values.reshape(-1) for name, values in columns.items()}
        | {"ordinal": np.tile(np.arange(1, segments + 1), shape[0])},
    )


def starts(rng: np.random.Generator, runs: int, now_s: float) -> Floats:
    """When so many runs began, the earliest first: most within the last year."""
    older = rng.random(runs) < OLDER
    ages = np.where(older, rng.uniform(YEAR_DAYS, OLDER_DAYS, runs), rng.uniform(0.1, YEAR_DAYS, runs))
    return np.sort(now_s - ages * DAY_S).round(3)


def _scores(rng: np.random.Generator, grade: Floats, start_s: Floats) -> Floats:
    """Level metres per heartbeat; a tenth of a climb is not in the table of slopes, and an hour costs three percent."""
    day = rng.normal(0, 0.04, (len(grade), 1))
    told = np.exp(day - 0.1 * grade - 0.03 * start_s / 3600 + rng.normal(0, 0.07, grade.shape))
    return np.where(start_s < WARM_UP_S, np.nan, 1.85 * told)


def _before(values: Floats) -> Floats:
    """What was summed up along each run where a segment begins."""
    return np.asarray(values.cumsum(axis=1) - values)
