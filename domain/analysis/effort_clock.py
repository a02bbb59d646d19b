"""Effort and heart rate on a clock that runs only while the runner moves, as far as a speed can be told."""

from dataclasses import dataclass
from math import ceil
from typing import Self

import numpy as np

from domain.analysis.graded import graded_at_points_m, graded_step_speeds
from domain.analysis.heart_rate_time import step_heart_rates
from domain.analysis.model import Profile, RecordedTrack
from domain.analysis.steps import judged, judged_seconds, running_total
from domain.runs.recording import Floats

ROLLING_S = 30.0
STREAM_S = 10.0
# A mean over less of the time would stand for a part of the run only.
HEART_RATE_SHARE = 0.8
# Two months of movement at one place a second: recordings that are longer are looked at more coarsely.
MOST_PLACES = 5_000_000


@dataclass(frozen=True, slots=True, eq=False)
class EffortClock:
    """Sums since the run's start at each recorded point, shape (k,) each, that stand still while the runner does.

    `clock_s` counts the seconds of movement that are `judged`, `graded_m` the level-equivalent metres run in them,
    `measured_s` those seconds in which a heart rate is known, and `beats` the heartbeats of these. Pauses, holes in the
    recording and leaps of the position are in none of them.
    """

    clock_s: Floats
    graded_m: Floats
    measured_s: Floats
    beats: Floats

    @classmethod
    def of(cls, track: RecordedTrack, profile: Profile) -> Self:
        """The clock of a run; graded by the heart-rate based factor."""
        seconds = judged_seconds(track)
        metres = np.where(judged(track), np.diff(graded_at_points_m(track.samples, profile)), 0.0)
        heart_rate = step_heart_rates(track.samples)
        measured = np.where(np.isfinite(heart_rate), seconds, 0.0)
        sums = (seconds, metres, measured, measured * np.nan_to_num(heart_rate) / 60)
        return cls(*map(running_total, sums))

    @property
    def total_s(self) -> float:
        """All the movement that is counted, in seconds."""
        return float(self.clock_s[-1])

    def graded_speed(self, start_s: float, end_s: float) -> float:
        """Mean grade-adjusted speed, m/s, from one reading of the clock to a later one."""
        start_m, end_m = np.interp([start_s, end_s], self.clock_s, self.graded_m)
        return float(end_m - start_m) / (end_s - start_s)

    def normalized_speed(self, start_s: float, end_s: float) -> float:
        """Normalised graded speed, m/s: the 4th-power mean of the 30 s rolling mean, looked at every second or so.

        Windows lie between the two readings of the clock (0 ≤ start_s < end_s); less than 30 s are one window.
        After Skiba 2006, "Calculation of power output and quantification of training stress in distance runners", whose
        power is replaced by grade-adjusted speed, as in the running stress scores in use.
        """
        window_s = min(ROLLING_S, end_s - start_s)
        places = min(ceil(end_s - start_s - window_s) + 1, MOST_PLACES)
        ends_s = np.linspace(start_s + window_s, end_s, places)
        rolling = self._graded_at(ends_s) - self._graded_at(ends_s - window_s)
        return float(np.mean((np.maximum(rolling, 0.0) / window_s) ** 4) ** 0.25)

    def heart_rate(self, start_s: float, end_s: float) -> float | None:
        """Mean heart rate, bpm, between two readings of the clock; None when known for less than 80 % of that time."""
        measured = np.diff(np.interp([start_s, end_s], self.clock_s, self.measured_s))[0]
        if measured < HEART_RATE_SHARE * (end_s - start_s) or measured <= 0:
            return None
        beats = np.diff(np.interp([start_s, end_s], self.clock_s, self.beats))[0]
        return float(60 * beats / measured)

    def _graded_at(self, readings_s: Floats) -> Floats:
        return np.asarray(np.interp(readings_s, self.clock_s, self.graded_m))


def graded_speed_at_points(track: RecordedTrack, profile: Profile) -> Floats:
    """Grade-adjusted speed at each recorded point, m/s, heart-rate based model: shape (k,), NaN where not known.

    The mean of the 10 s of movement around the point, which evens out positions a metre off; where the runner stood,
    the speed of the step that ends there. NaN inside holes of the recording and where positions leap, and throughout
    with a single point.
    """
    if len(track.samples) == 1:
        return np.full(1, np.nan)
    clock = EffortClock.of(track, profile)
    from_s = np.maximum(clock.clock_s - STREAM_S / 2, 0.0)
    to_s = np.minimum(clock.clock_s + STREAM_S / 2, clock.total_s)
    metres = np.interp(to_s, clock.clock_s, clock.graded_m) - np.interp(from_s, clock.clock_s, clock.graded_m)
    steps = graded_step_speeds(track, profile)
    speeds = np.concatenate((steps[:1], steps))
    ran = np.diff(clock.clock_s) > 0
    beside = np.concatenate((ran, [False])) | np.concatenate(([False], ran))
    np.divide(metres, to_s - from_s, out=speeds, where=beside)
    return speeds
