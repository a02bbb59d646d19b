"""How far checkpoints lie apart for a runner's legs: level metres, as the slopes count."""

import numpy as np

from domain.analysis.graded import graded_distance_m
from domain.analysis.profile import grid_m, profile_of
from domain.races.model import Race
from domain.races.profile import CourseProfile
from domain.runs.recording import Samples


def level_metres(race: Race) -> tuple[float, ...]:
    """Level-equivalent metres from the start to each checkpoint: rising, and the plain distances without a profile.

    The profile is smoothed as a recorded run's (`domain.analysis.profile.profile_of`), and a metre of each grade counts
    as many level ones as it takes effort: the heart-rate based factor of `domain.analysis.grade_cost.grade_factor`,
    known for |grade| up to 0.45. The energy of running (Minetti) would promise too fast descents.
    """
    distances_m = [checkpoint.distance_m for checkpoint in race.checkpoints]
    ground = None if race.profile is None else profile_of(_as_samples(race.profile))
    if ground is None:
        return tuple(distances_m)
    level: list[float] = np.interp(distances_m, grid_m(ground), graded_distance_m(ground)).tolist()
    return tuple(level)


def _as_samples(profile: CourseProfile) -> Samples:
    """The profile as if somebody had recorded it, a point a second."""
    missing = np.full(len(profile.distance_m), np.nan)
    return Samples(
        time_s=np.arange(missing.size, dtype=np.float64),
        latitude=missing,
        longitude=missing,
        altitude_m=np.array(profile.altitude_m, dtype=np.float64),
        distance_m=np.array(profile.distance_m, dtype=np.float64),
        speed_m_per_s=missing,
        heart_rate_bpm=missing,
        cadence_spm=missing,
    )
