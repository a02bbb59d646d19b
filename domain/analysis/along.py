"""What the points of a run say about any stretch of it: when it began, what the heart did, how far the runner moved."""

import numpy as np

from domain.analysis.model import RecordedTrack
from domain.analysis.steps import judged, judged_seconds, over_steps, running_total
from domain.runs.limits import PLAUSIBLE_HEART_BPM
from domain.runs.recording import Floats, Samples

KNOWN_WITHIN_S = 30.0
SHORTEST_TIME_S = 1e-3


def heart_rates(samples: Samples) -> Floats:
    """Heart rate at each point, bpm, shape (n,): NaN where none was written or no heart beats so (0, 255).

    A strap that lost contact writes 0, and 255 is a byte that was never filled. Believed are 25–250 bpm.
    """
    slowest, fastest = PLAUSIBLE_HEART_BPM
    written = samples.heart_rate_bpm
    return np.where((written >= slowest) & (written <= fastest), written, np.nan)


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

    Metres over seconds of the steps that are `judged`. 0 where none is.
    """
    metres = between(track.samples, running_total(np.where(judged(track), np.diff(along_m), 0.0)), edges_s)
    seconds = between(track.samples, running_total(judged_seconds(track)), edges_s)
    return _quotient(metres, seconds, without=0.0)


def mean_while_moving(track: RecordedTrack, values: Floats, edges_s: Floats) -> tuple[Floats, Floats]:
    """Mean of a channel (n,) over moving time between edges (m + 1,), and the moving seconds that know it: (m,) each.

    NaN where nothing is known, even at one end of a step (`over_steps`).
    """
    middle = over_steps(track.samples, values)
    known = np.isfinite(middle)
    weight = np.where(known, track.moving_s, 0.0)
    known_s = between(track.samples, running_total(weight), edges_s)
    total = between(track.samples, running_total(np.where(known, middle, 0.0) * weight), edges_s)
    return _quotient(total, known_s, without=np.nan), known_s


def _quotient(total: Floats, seconds: Floats, *, without: float) -> Floats:
    enough = seconds >= SHORTEST_TIME_S
    return np.where(enough, total / np.where(enough, seconds, 1.0), without)
