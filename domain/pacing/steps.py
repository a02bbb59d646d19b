"""A solved course as its runner reads it: one step after the other, each with its pace, its heart rate and its hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from domain.analysis.model import Movement
from domain.analysis.profile import grid_m
from domain.courses.model import CourseGround
from domain.pacing.legs import edges_of
from domain.pacing.model import Legs, Pacing, Runner, Stop, ThrottleStep
from domain.pacing.running.drift import drift
from domain.pacing.running.heart import heart_throttle_over
from domain.runs.ascent import cumulative_ascent_and_descent
from domain.runs.recording import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What steps count from: the hour of the start (None: not known), the seconds gone since, and the steps gone."""

    starts_at: datetime | None
    elapsed_s: float = 0.0
    steps: int = 0


def steps_of(
    ground: CourseGround, legs: Legs, pacing: Pacing, runner: Runner, since: Since
) -> tuple[ThrottleStep, ...]:
    """The m steps of a solved course, in order, counted from 1 behind those that are gone.

    They tile the way, and their times the time: each begins when the one before has ended and the stay there is over.
    Ascent and descent are differences of running totals over the course's smoothed altitude (turning points of 3 m),
    scaled to the course's own ascent and descent, so that the steps add up to these. The throttle is the mean over the
    time of a step, and so is the movement what most of that time is. The heart rate is taken to rise evenly with the
    throttle from resting at 0 to threshold at 1, and on to the maximum, and to drift; running down, with the throttle
    that asks as much of the heart on the level (`heart_throttle_over`). None unless resting and threshold are known.
    """
    first = np.flatnonzero(np.diff(legs.step, prepend=-1))
    last = np.append(first[1:], legs.step.size) - 1
    edges_m = edges_of(legs)
    starts_m, ends_m = edges_m[first], edges_m[last + 1]
    seconds = legs.length_m / pacing.speed_m_per_s
    taken_s = np.add.reduceat(seconds, first)
    throttle = np.add.reduceat(pacing.used_throttle * seconds, first) / taken_s
    heart = np.add.reduceat(heart_throttle_over(legs, pacing, runner) * seconds, first) / taken_s
    walked_s = np.add.reduceat(np.where(pacing.walking, seconds, 0.0), first)
    up, down = (np.diff(total) for total in _climbed(ground, np.append(starts_m, ends_m[-1])))
    height = np.interp(np.append(starts_m, ends_m[-1]), grid_m(ground.profile), ground.profile.altitude_m)
    stays = [_at(legs.stops, int(cell)) for cell in last]
    left_s = pacing.end_s[last] + [stay_s for _, stay_s in stays]
    begun_s = np.concatenate(([since.elapsed_s + _at(legs.stops, -1)[1]], left_s[:-1]))
    margins = _margins(legs.stops, pacing.end_s, last)
    return tuple(
        ThrottleStep(
            ordinal=since.steps + k + 1,
            start_m=float(starts_m[k]),
            end_m=float(ends_m[k]),
            ascent_m=float(up[k]),
            descent_m=float(down[k]),
            mean_grade=float((height[k + 1] - height[k]) / (ends_m[k] - starts_m[k])),
            movement=Movement.WALKING if walked_s[k] > taken_s[k] / 2 else Movement.RUNNING,
            throttle=float(throttle[k]),
            speed_m_per_s=float((ends_m[k] - starts_m[k]) / taken_s[k]),
            pace_s_per_km=float(1000 * taken_s[k] / (ends_m[k] - starts_m[k])),
            expected_heart_rate=expected_heart_rate(
                runner, float(heart[k]), float(begun_s[k] + pacing.end_s[last[k]]) / 2
            ),
            start_s=float(begun_s[k]),
            end_s=float(pacing.end_s[last[k]]),
            arrive_at=_hour(since.starts_at, float(pacing.end_s[last[k]])),
            d_prime_left_m=float(pacing.d_prime_left_m[last[k]]),
            cutoff_margin_s=margins[k],
            waypoint=stays[k][0],
            stop_s=stays[k][1],
        )
        for k in range(first.size)
    )


def expected_heart_rate(runner: Runner, throttle: float, elapsed_s: float = 0.0) -> int | None:
    """Beats a minute after some minutes at a throttle: even from resting (0) to threshold (1), and what hearts drift so
    long after the start (`domain.pacing.running.drift`); at most the maximum."""
    if runner.resting_heart_rate is None or runner.threshold_heart_rate is None:
        return None
    reserve = runner.threshold_heart_rate - runner.resting_heart_rate
    beats = runner.resting_heart_rate + reserve * throttle * drift(elapsed_s)
    return round(beats if runner.max_heart_rate is None else min(beats, runner.max_heart_rate))


def _climbed(ground: CourseGround, places_m: Floats) -> tuple[Floats, Floats]:
    """Metres climbed and descended up to each place: shapes as `places_m`."""
    altitude_m = ground.profile.altitude_m
    totals = cumulative_ascent_and_descent(altitude_m) or (np.zeros(altitude_m.size), np.zeros(altitude_m.size))
    up, down = (
        np.interp(places_m, grid_m(ground.profile), total) * (stated / total[-1] if total[-1] > 0 else 0.0)
        for total, stated in zip(totals, (ground.ascent_m, ground.descent_m), strict=True)
    )
    return up, down


def _at(stops: Sequence[Stop], cell: int) -> tuple[str | None, float]:
    """The waypoints at the end of a cell, by name, and how long the runner stays there."""
    here = [stop for stop in stops if stop.after_cell == cell]
    return ", ".join(stop.name for stop in here) or None, sum(stop.stop_s for stop in here)


def _margins(stops: Sequence[Stop], end_s: Floats, last: NDArray[np.int64]) -> list[float | None]:
    """For each step, by how much the next cut-off at its end or later is met."""
    margins: list[float | None] = []
    for cell in last.tolist():
        ahead = [stop for stop in stops if stop.cutoff_s is not None and stop.after_cell >= cell]
        next_cell = min((stop.after_cell for stop in ahead), default=cell)
        cutoffs_s = [stop.cutoff_s for stop in ahead if stop.cutoff_s is not None and stop.after_cell == next_cell]
        margins.append(min(cutoffs_s) - float(end_s[next_cell]) if cutoffs_s else None)
    return margins


def _hour(starts_at: datetime | None, seconds: float) -> datetime | None:
    return None if starts_at is None else starts_at + timedelta(seconds=seconds)
