"""The run as if the ground had been level: graded distances, graded speeds, and the energy that the slopes took."""

import numpy as np

from domain.analysis.grade_cost import STEEPEST, grade_factor, minetti_running_cost
from domain.analysis.model import STEEPEST_GROUND, GradeModel, Profile, RecordedTrack
from domain.analysis.profile import grid_m
from domain.analysis.steps import mostly_moving
from domain.runs.limits import leaps
from domain.runs.moving_time import gaps
from domain.runs.recording import Floats, Samples


def graded_distance_m(profile: Profile, model: GradeModel = GradeModel.HEART_RATE) -> Floats:
    """Level-equivalent metres from the start to the end of each step of the profile: shape (n + 1,) from 0, rising.

    Σ f(grade)·Δd with the factor of `grade_factor`, so a stretch's graded distance is a difference of two values, and
    moving time over the last value is the grade-adjusted pace. On level ground, and without altitudes, it is the
    distance.
    """
    return np.concatenate(([0.0], np.cumsum(grade_factor(profile.grade, model) * profile.step_m)))


def energy_j_per_kg(profile: Profile) -> float:
    """Energy of running the whole way, J/kg: Minetti's cost (`minetti_running_cost`) times the way along the slope.

    The profile's metres lie on the map, so each counts √(1 + grade²), as far as the measured grades go (0.45).
    Walking, wind, soft ground and what the body burns at rest are not in it.
    """
    along_slope = np.sqrt(1 + np.clip(profile.grade, -STEEPEST, STEEPEST) ** 2)
    return float((minetti_running_cost(profile.grade) * along_slope).sum() * profile.step_m)


def grade_at_points(samples: Samples, profile: Profile) -> Floats:
    """The grade of the ground at each recorded point, a ratio: shape (k,), NaN throughout without altitudes.

    Linear between the middles of the profile's steps; NaN beyond ±3, where it is none of the ground's.
    """
    if not profile.has_altitude:
        return np.full(len(samples), np.nan)
    middles = (grid_m(profile)[:-1] + grid_m(profile)[1:]) / 2
    grade = np.interp(samples.distance_m, middles, profile.grade)
    return np.where(np.abs(grade) <= STEEPEST_GROUND, grade, np.nan)


def graded_at_points_m(samples: Samples, profile: Profile, model: GradeModel = GradeModel.HEART_RATE) -> Floats:
    """Level-equivalent metres from the run's start to each recorded point: shape (k,), never falling."""
    return np.asarray(np.interp(samples.distance_m, grid_m(profile), graded_distance_m(profile, model)))


def graded_step_speeds(track: RecordedTrack, profile: Profile, model: GradeModel = GradeModel.HEART_RATE) -> Floats:
    """Grade-adjusted speed over each step between points, m/s: shape (k − 1,), NaN in holes of the recording and leaps.

    A step that was mostly movement is judged by its moving seconds, any other (standing, a pause) by all its seconds.
    """
    steps_s = np.diff(track.samples.time_s)
    metres = np.diff(graded_at_points_m(track.samples, profile, model))
    speeds = metres / np.where(mostly_moving(track), track.moving_s, steps_s)
    return np.where(gaps(steps_s) | leaps(track.samples.time_s, track.samples.distance_m), np.nan, speeds)
