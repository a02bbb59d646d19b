"""How far a runner gets on a heartbeat: grade-adjusted metres for each beat above rest."""

import numpy as np

from domain.analysis.along import heart_rates, known_at, mean_while_moving
from domain.analysis.model import WARM_UP_S, Movement, RecordedTrack, Segments
from domain.runs.recording import Floats, Samples

HEART_RATE_LAG_S = 20.0
LEAST_ABOVE_REST_BPM = 10.0
KNOWN_SHARE = 0.5


def native_scores(track: RecordedTrack, segments: Segments, resting_heart_rate: float) -> Floats:
    """Level-equivalent metres per heartbeat above rest, one score a segment: shape (m,), NaN where none can be told.

    graded speed [m/min, heart-rate based factor] / (HR(t + 20 s) − resting heart rate): the heart answers an effort
    late, so it is read 20 s after it. `resting_heart_rate` is the athlete's, bpm; whoever does not know it passes
    `ASSUMED_RESTING_HEART_RATE` and says so. No score: in the warm-up (a segment that begins in the first 5 minutes),
    standing, with a heart rate known for less than half of the moving time, and within 10 bpm of rest, where the
    quotient says nothing and the strap was wrong anyway.
    """
    above_rest = heart_rate_after(track, segments) - resting_heart_rate
    standing = np.array([movement is Movement.STANDING for movement in segments.movement], dtype=np.bool_)
    told = (above_rest >= LEAST_ABOVE_REST_BPM) & ~standing & ~warming_up(segments)
    return np.where(told, segments.graded_speed_m_per_s * 60 / np.where(told, above_rest, 1.0), np.nan)


def warming_up(segments: Segments) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which segments begin in the first 5 minutes of the run: shape (m,). The heart is still on its way up there."""
    return np.asarray(segments.start_s < WARM_UP_S, dtype=np.bool_)


def heart_rate_after(track: RecordedTrack, segments: Segments) -> Floats:
    """Mean heart rate of each segment, read 20 s later, bpm: shape (m,), NaN when known for under half of its movement.

    Weighted by moving time.
    """
    samples = track.samples
    edges_s = np.concatenate((segments.start_s, samples.time_s[-1:]))
    mean, known_s = mean_while_moving(track, lagged_heart_rate(samples, samples.time_s), edges_s)
    return np.where(known_s >= KNOWN_SHARE * segments.moving_s, mean, np.nan)


def lagged_heart_rate(samples: Samples, seconds: Floats) -> Floats:
    """The heart rate 20 s after each second, bpm: shape as `seconds`; NaN where none is known, and past the end."""
    later_s = seconds + HEART_RATE_LAG_S
    return np.where(later_s <= samples.time_s[-1], known_at(samples, heart_rates(samples), later_s), np.nan)
