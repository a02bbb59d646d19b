"""What the points of a run say about any stretch of it: when it began, what the heart did, how far the runner moved."""

import numpy as np

from domain.analysis.graded import mostly_moving
from domain.analysis.model import RecordedTrack
from domain.runs.limits import leaps
from domain.runs.recording import Floats, Samples

SLOWEST_HEART_BPM = 30.0
FASTEST_HEART_BPM = 240.0
KNOWN_WITHIN_S = 30.0
SHORTEST_TIME_S = 1e-3


def heart_rates(samples: Samples) -> Floats:
    """Heart rate at each point, bpm, shape (n,): NaN where none was written or no heart beats so (0, 255).

    A strap that lost contact writes 0, and 255 is a byte that was never filled. Believed are 30–240 bpm.
    """
    written = samples.heart_rate_bpm
    believed = (written >= SLOWEST_HEART_BPM) & (written <= FASTEST_HEART_BPM)
    return np.where(believed, written, np.nan)


def reached_at(samples: Samples, places_m: Floats) -> Floats:
    """The second at which each place was first reached: rising metres (m + 1,) in, rising seconds (m + 1,) out.

    The first place is the run's start and the last one its end, whatever they measure: so what is cut at these places
    tiles the run in time too. Time that a runner stood at a cut belongs to the stretch after it.
    """
    distance_m, first = np.unique(samples.distance_m, return_index=True)
    seconds = np.interp(places_m, distance_m, samples.time_s[first])
    seconds[0], seconds[-1] = 0.0, samples.time_s[-1]
    return np.asarray(seconds)


def known_at(samples: Samples, values: Floats, seconds: Floats) -> Floats:
    """A channel (n,) at any seconds (m,), linear between its points; NaN farther than 30 s from a known one."""
    known = np.isfinite(values)
    if not known.any():
        return np.full(seconds.size, np.nan)
    at_s = samples.time_s[known]
    after = np.minimum(np.searchsorted(at_s, seconds), at_s.size - 1)
    away_s = np.minimum(np.abs(at_s[after] - seconds), np.abs(seconds - at_s[np.maximum(after - 1, 0)]))
    return np.where(away_s <= KNOWN_WITHIN_S, np.interp(seconds, at_s, values[known]), np.nan)


def between(samples: Samples, running_total: Floats, edges_s: Floats) -> Floats:
    """What a running total at the points (n,) gains between edges in seconds (m + 1,): shape (m,)."""
    return np.diff(np.interp(edges_s, samples.time_s, running_total))


def speed_while_moving(track: RecordedTrack, along_m: Floats, edges_s: Floats) -> Floats:
    """Speed between edges in seconds (m + 1,), m/s, shape (m,); `along_m` are metres of any kind at the points (n,).

    Metres over seconds of the steps that were mostly movement. What other steps add, such as the straight line across
    a gap in the recording or a leap of the position, is no running. 0 where no step was movement.
    """
    counted = mostly_moving(track) & ~leaps(track.samples.time_s, track.samples.distance_m)
    metres = between(track.samples, _running_total(np.where(counted, np.diff(along_m), 0.0)), edges_s)
    seconds = between(track.samples, _running_total(np.where(counted, track.moving_s, 0.0)), edges_s)
    return _quotient(metres, seconds, without=0.0)


def moving_clock(track: RecordedTrack) -> Floats:
    """The seconds of movement up to each point: shape (n,), from 0, never falling."""
    return _running_total(track.moving_s)


def mean_while_moving(track: RecordedTrack, values: Floats, edges_s: Floats) -> tuple[Floats, Floats]:
    """Mean of a channel (n,) over moving time between edges (m + 1,), and the moving seconds that know it: (m,) each.

    A step counts by its two ends, or the one that is known; NaN where nothing is known.
    """
    before, after = values[:-1], values[1:]
    middle = np.where(np.isnan(before), after, np.where(np.isnan(after), before, (before + after) / 2))
    known = np.isfinite(middle)
    weight = np.where(known, track.moving_s, 0.0)
    known_s = between(track.samples, _running_total(weight), edges_s)
    total = between(track.samples, _running_total(np.where(known, middle, 0.0) * weight), edges_s)
    return _quotient(total, known_s, without=np.nan), known_s


def _quotient(total: Floats, seconds: Floats, *, without: float) -> Floats:
    enough = seconds >= SHORTEST_TIME_S
    return np.where(enough, total / np.where(enough, seconds, 1.0), without)


def _running_total(steps: Floats) -> Floats:
    return np.concatenate(([0.0], np.cumsum(steps)))
