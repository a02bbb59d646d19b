"""The steps between a run's points: which of them tell how hard it was, and what a channel was in each."""

import numpy as np
from numpy.typing import NDArray

from domain.analysis.model import RecordedTrack
from domain.runs.limits import leaps
from domain.runs.moving_time import gaps
from domain.runs.recording import Floats, Samples


def mostly_moving(track: RecordedTrack) -> NDArray[np.bool_]:
    """Which steps between points were movement for at least half their length: shape (n − 1,)."""
    return np.asarray(track.moving_s >= np.diff(track.samples.time_s) / 2)


def judged(track: RecordedTrack) -> NDArray[np.bool_]:
    """Which steps tell a speed of running: shape (n − 1,).

    Those that were mostly movement and no leap of the position. What other steps add, such as the straight line across
    a gap in the recording, is no running.
    """
    return mostly_moving(track) & ~leaps(track.samples.time_s, track.samples.distance_m)


def judged_seconds(track: RecordedTrack) -> Floats:
    """The seconds of movement in each step that is `judged`, 0 in any other: shape (n − 1,).

    Their sum is at most the run's moving time. Whatever is told by how fast the runner was stands on these seconds.
    """
    return np.where(judged(track), track.moving_s, 0.0)


def over_steps(samples: Samples, values: Floats) -> Floats:
    """A channel over each step, shape (n,) -> (n − 1,): the mean of the step's two ends, or the one that is known.

    NaN where neither is known, and in holes of the recording.
    """
    before, after = values[:-1], values[1:]
    middle = np.where(np.isnan(before), after, np.where(np.isnan(after), before, (before + after) / 2))
    return np.where(gaps(np.diff(samples.time_s)), np.nan, middle)


def running_total(steps: Floats) -> Floats:
    """What the steps (n − 1,) add up to at each point: shape (n,), from 0."""
    return np.concatenate(([0.0], np.cumsum(steps)))
