"""What the heart did with a run's time: the seconds it spent in each zone, and its hardest half hour."""

import numpy as np

from domain.analysis.along import heart_rates
from domain.analysis.model import RecordedTrack
from domain.analysis.steps import over_steps, running_total
from domain.physiology.heart_rate_zones import heart_rate_zones
from domain.physiology.model import Physiology
from domain.runs.recording import Floats, Samples

HALF_HOUR_S = 1800.0
# A minute and a half of a lost strap in half an hour moves its mean by less than a beat.
KNOWN_SHARE = 0.95


def step_heart_rates(samples: Samples) -> Floats:
    """Heart rate over each step between points, bpm, shape (n − 1,): `over_steps` of what is believed.

    NaN where no end of the step knows one, and in holes of the recording.
    """
    return over_steps(samples, heart_rates(samples))


def seconds_in_zones(track: RecordedTrack, physiology: Physiology | None) -> tuple[tuple[int, float], ...]:
    """Moving seconds in each of the runner's zones (`heart_rate_zones`), as pairs of the zone's number and seconds.

    The zones share all moving time with a known heart rate. Empty where the runner has no zones or the run no heart
    rate while moving.
    """
    zones = () if physiology is None else heart_rate_zones(physiology).zones
    heart_rate = step_heart_rates(track.samples)
    known = np.isfinite(heart_rate) & (track.moving_s > 0)
    if not zones or not known.any():
        return ()
    borders = [zone.from_bpm for zone in zones if zone.from_bpm is not None]
    zone = np.searchsorted(np.array(borders), heart_rate[known], side="right")
    seconds = np.bincount(zone, weights=track.moving_s[known], minlength=len(zones))
    return tuple((zone.number, in_it) for zone, in_it in zip(zones, seconds.tolist(), strict=True))


def half_hour_heart_rate(track: RecordedTrack) -> float | None:
    """The highest mean heart rate over 30 min of the clock, pauses included, bpm.

    None for a run below 30 min, and where no half hour has a known heart rate for 95 % of it. The mean is one of
    seconds, not of points; the windows tried begin or end at a point, which is where the highest one lies.
    """
    time_s = track.samples.time_s
    if time_s[-1] < HALF_HOUR_S:
        return None
    heart_rate = step_heart_rates(track.samples)
    known_s = np.where(np.isfinite(heart_rate), np.diff(time_s), 0.0)
    starts = np.concatenate((time_s[time_s <= time_s[-1] - HALF_HOUR_S], time_s[time_s >= HALF_HOUR_S] - HALF_HOUR_S))
    seconds = _over_half_hours(time_s, known_s, starts)
    enough = seconds >= KNOWN_SHARE * HALF_HOUR_S
    if not enough.any():
        return None
    beats = _over_half_hours(time_s, known_s * np.nan_to_num(heart_rate), starts)
    return float(np.max(beats[enough] / seconds[enough]))


def _over_half_hours(time_s: Floats, per_step: Floats, starts: Floats) -> Floats:
    """What steps (n − 1,) add up to in the half hours from each of the `starts` on: shape as `starts`."""
    total = running_total(per_step)
    return np.interp(starts + HALF_HOUR_S, time_s, total) - np.interp(starts, time_s, total)
