"""How long the runner moved: the device's own pauses when it noted them, else the times they stood still."""

import numpy as np

from domain.runs.recording import Floats, Recording, Samples

STILL_BELOW_M_PER_S = 0.5
STILL_FOR_OVER_S = 10.0
GAP_OVER_S = 30.0
GAP_OVER_STEPS = 5.0
ALWAYS_A_GAP_OVER_S = 600.0


def moving_seconds(recording: Recording) -> Floats:
    """Seconds of movement in each step between two points: shape (n − 1,), 0 ≤ each ≤ the step's own length.

    The sum is the run's moving time, and the sums of its stretches add up to it. With timer events or pauses in the
    file, a step counts as far as the timer ran (to the device's own total, when the events
    miss it by their rounding to seconds); without them, steps slower than 0.5 m/s that last over 10 s together
    do not count. A gap in recording never counts.
    """
    samples = recording.samples
    steps = np.diff(samples.time_s)
    if recording.active is not None:
        moving = _timer_seconds(samples.time_s, recording.active)
        moving *= _rounding(float(moving.sum()), recording.device.timer_s, len(recording.active))
    else:
        return moving_seconds_by_stillness(samples)
    return np.where(gaps(steps), 0.0, np.clip(moving, 0.0, steps))


def moving_seconds_by_stillness(samples: Samples) -> Floats:
    """Seconds of movement in each step, (n − 1,), as `moving_seconds` tells them where nobody noted any pauses."""
    steps = np.diff(samples.time_s)
    return np.where(gaps(steps) | _standing_still(samples, steps), 0.0, steps)


def gaps(steps_s: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which steps between points are holes in the recording: shape as `steps_s`, in seconds.

    A hole is over 30 s, which no watch leaves between points on purpose while it saves memory ("smart recording" goes
    to about 10 s), and over five times the usual step of this recording, for watches that write one point a minute.
    Over ten minutes it is one always: nobody knows what was in there.
    """
    if steps_s.size == 0:
        return np.zeros(0, dtype=np.bool_)
    unusual_s = max(GAP_OVER_S, GAP_OVER_STEPS * float(np.median(steps_s)))
    return np.asarray(steps_s > min(unusual_s, ALWAYS_A_GAP_OVER_S), dtype=np.bool_)


def step_speeds(samples: Samples) -> Floats:
    """Speed over each step, m/s: shape (n − 1,), from the distance, else the device's own."""
    if samples.has_distance:
        return np.asarray(np.diff(samples.distance_m) / np.diff(samples.time_s))
    return samples.speed_m_per_s[1:]


def _timer_seconds(time_s: Floats, active: tuple[tuple[float, float], ...]) -> Floats:
    if not active:
        return np.zeros(max(time_s.size - 1, 0))
    edges = np.array(active, dtype=np.float64)
    lengths = edges[:, 1] - edges[:, 0]
    ran_by_edge = np.zeros(edges.size)
    ran_by_edge[1::2] = np.cumsum(lengths)
    ran_by_edge[2::2] = ran_by_edge[1:-1:2]
    return np.diff(np.interp(time_s, edges.ravel(), ran_by_edge))


def _rounding(events_s: float, timer_s: float | None, events: int) -> float:
    """What makes the sum of whole-second events the timer's own total, at most a second each shorter."""
    if timer_s is None or not events_s - events <= timer_s < events_s:
        return 1.0
    return timer_s / events_s


def _standing_still(samples: Samples, steps: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    still = np.nan_to_num(step_speeds(samples), nan=np.inf) < STILL_BELOW_M_PER_S
    edges = np.flatnonzero(np.diff(np.concatenate(([False], still, [False])).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    ran_up_to = np.concatenate(([0.0], np.cumsum(steps)))
    brief = ran_up_to[ends] - ran_up_to[starts] <= STILL_FOR_OVER_S
    for start, end in zip(starts[brief], ends[brief], strict=True):
        still[start:end] = False
    return still
