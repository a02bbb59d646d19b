"""Whether a run's heart rate tells how hard its ground was, and so which of its stretches are scored."""

from dataclasses import dataclass

import numpy as np

from domain.analysis.along import heart_rates, mean_while_moving, speed_while_moving
from domain.analysis.graded import graded_at_points_m
from domain.analysis.model import WARM_UP_S, Profile, RecordedTrack, Segments
from domain.analysis.native_score import (
    KNOWN_SHARE,
    heart_rate_after,
    lagged_heart_rate,
    native_scores,
    warming_up,
)
from domain.analysis.steps import judged_seconds, running_total
from domain.runs.recording import Floats
from domain.zones.model import ZoneReason

STEEP = 0.0375
FEWEST_STEEP = 10
FLAT_SHARE = 0.9
LEAST_CORRELATION = 0.25

EVERY_S = 5.0
ANSWERS_WITHIN_S = 60.0
DRIFTS_OVER_S = 600.0
SHORTEST_S = 900.0
FEWEST_PLACES = 100
# Sums of squares below it are the rounding of floats.
NO_CHANGE = 1e-6


@dataclass(frozen=True, slots=True)
class Gate:
    """Why none of a run's stretches is scored, or None; and how closely the heart followed the effort, where known."""

    reason: ZoneReason | None
    correlation: float | None


def gate(track: RecordedTrack, profile: Profile | None, segments: Segments | None) -> Gate:
    """Whether the run can be scored: the first reason against it, of these.

    NO_HEART_RATE: known for less than half of the moving time. NO_ALTITUDE: no slope is known, also for a run without
    a way (then `profile` and `segments` are None). TOO_ONE_SIDED: after the warm-up fewer than 10 segments above
    +3.75 % or fewer than 10 below −3.75 %, unless the run is flat: 9 tenths of its length are within ±3.75 %.
    HEART_RATE_DOES_NOT_FOLLOW: `correlation_with_effort` is below 0.25, or cannot be told.
    """
    if not _has_heart_rate(track):
        return Gate(ZoneReason.NO_HEART_RATE, None)
    if profile is None or segments is None or not profile.has_altitude:
        return Gate(ZoneReason.NO_ALTITUDE, None)
    correlation = correlation_with_effort(track, profile)
    if _one_sided(segments):
        return Gate(ZoneReason.TOO_ONE_SIDED, correlation)
    if correlation is None or correlation < LEAST_CORRELATION:
        return Gate(ZoneReason.HEART_RATE_DOES_NOT_FOLLOW, correlation)
    return Gate(None, correlation)


def efficiencies(
    track: RecordedTrack, segments: Segments, gated: Gate, resting_heart_rate: float
) -> tuple[Floats, tuple[ZoneReason | None, ...]]:
    """The native score of each segment, shape (m,), NaN where there is none; and why: None exactly where there is one.

    Every segment of a run that is not scored carries the run's reason. In one that is: WARM_UP in the first 5 minutes;
    NO_HEART_RATE where it is not known for half of the movement; HEART_RATE_DOES_NOT_FOLLOW where the runner stood or
    the heart was within 10 bpm of rest.
    """
    if gated.reason is not None:
        return np.full(len(segments), np.nan), (gated.reason,) * len(segments)
    scores = native_scores(track, segments, resting_heart_rate)
    why = np.full(len(segments), ZoneReason.HEART_RATE_DOES_NOT_FOLLOW, dtype=object)
    why[np.isnan(heart_rate_after(track, segments))] = ZoneReason.NO_HEART_RATE
    why[warming_up(segments)] = ZoneReason.WARM_UP
    why[np.isfinite(scores)] = None
    return scores, tuple(why.tolist())


def correlation_with_effort(track: RecordedTrack, profile: Profile) -> float | None:
    """Pearson's r of the heart rate 20 s later with graded speed, −1 to 1: does the heart follow the ground?

    Looked at every 5 s of movement (`judged_seconds`), after the first 5 minutes. Both are means over a minute, about
    what a heart takes to answer, less their means over 10 minutes, so that what drifts over a whole run counts for
    nothing. None with less than 15 minutes of movement, with fewer than 100 places to look at, or when one of the two
    never changes.
    """
    clock_s = running_total(judged_seconds(track))
    if clock_s[-1] < SHORTEST_S:
        return None
    going = np.flatnonzero(np.diff(clock_s, append=np.inf) > 0)
    readings = np.arange(0.0, clock_s[-1], EVERY_S)
    edges_s = np.interp(readings, clock_s[going], track.samples.time_s[going])
    middles_s = np.interp(readings[:-1] + EVERY_S / 2, clock_s[going], track.samples.time_s[going])
    effort = _changes(speed_while_moving(track, graded_at_points_m(track.samples, profile), edges_s))
    answer = _changes(lagged_heart_rate(track.samples, middles_s))
    told = np.isfinite(answer) & (middles_s >= WARM_UP_S)
    if np.count_nonzero(told) < FEWEST_PLACES:
        return None
    effort, answer = (values[told] - values[told].mean() for values in (effort, answer))
    spread = float(np.sqrt((effort**2).sum() * (answer**2).sum()))
    return float((effort * answer).sum()) / spread if spread > NO_CHANGE else None


def _changes(values: Floats) -> Floats:
    """What is left of a series, a value every 5 s, between a minute and 10 minutes; NaN stays NaN."""
    return np.where(np.isnan(values), np.nan, _mean_over(values, ANSWERS_WITHIN_S) - _mean_over(values, DRIFTS_OVER_S))


def _mean_over(values: Floats, seconds: float) -> Floats:
    """Centred mean of what is known within so many seconds; the series is longer than that."""
    window = np.ones(2 * round(seconds / EVERY_S / 2) + 1)
    known = np.isfinite(values)
    total = np.convolve(np.where(known, values, 0.0), window, mode="same")
    return total / np.maximum(np.convolve(known.astype(np.float64), window, mode="same"), 1.0)


def _has_heart_rate(track: RecordedTrack) -> bool:
    _, known_s = mean_while_moving(track, heart_rates(track.samples), track.samples.time_s[[0, -1]])
    moving_s = float(track.moving_s.sum())
    return moving_s > 0 and float(known_s[0]) >= KNOWN_SHARE * moving_s


def _one_sided(segments: Segments) -> bool:
    judged = ~warming_up(segments)
    grade, length_m = segments.mean_grade[judged], (segments.end_m - segments.start_m)[judged]
    up, down = (int(np.count_nonzero(side > STEEP)) for side in (grade, -grade))
    flat = float(length_m[np.abs(grade) <= STEEP].sum()) >= FLAT_SHARE * float(length_m.sum())
    return min(up, down) < FEWEST_STEEP and not flat
