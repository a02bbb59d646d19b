"""The shape of the ground that a run went over: its altitude every few metres along the way, smoothed."""

from math import ceil

import numpy as np

from domain.analysis.model import Profile
from domain.runs.recording import Floats, Samples

LONGEST_STEP_M = 5.0
SMOOTHED_OVER_M = 50.0
SHORTEST_RUN_M = 10.0
# Beyond it a distance is a broken recording: no race in one recording is as long, and the grid would fill the memory.
LONGEST_RUN_M = 2_000_000.0


def profile_of(samples: Samples) -> Profile | None:
    """The altitude on an even grid from 0 to the last value of the distance stream, smoothed by a centred 50 m mean.

    Steps are length / ceil(length / 5 m), so that they tile the run exactly. Missing altitudes are interpolated along
    the way; where the runner stood, the mean of what was recorded there counts. Beyond both ends the slope of the last
    50 m goes on, so a constant slope stays that slope up to the ends, and a track reversed gives the same profile
    reversed. With altitudes at fewer than two places no slope is known: `has_altitude` is False, all is zero.

    None without distances, below 10 m, and beyond 2,000 km, which no recording of a run is.
    """
    if not samples.has_distance or not SHORTEST_RUN_M <= samples.distance_m[-1] <= LONGEST_RUN_M:
        return None
    length_m = float(samples.distance_m[-1])
    steps = ceil(length_m / LONGEST_STEP_M)
    step_m = length_m / steps
    places_m, altitude_m = _altitude_by_distance(samples)
    if places_m.size < 2:
        return Profile(step_m, np.zeros(steps + 1), np.zeros(steps), has_altitude=False)
    on_grid = np.interp(np.linspace(0.0, length_m, steps + 1), places_m, altitude_m)
    smoothed = _centred_mean(on_grid, step_m)
    return Profile(step_m, smoothed, np.diff(smoothed) / step_m, has_altitude=True)


def grid_m(profile: Profile) -> Floats:
    """Where the steps of a profile begin and end, metres from the run's start: shape (n + 1,) for n steps."""
    return profile.step_m * np.arange(profile.altitude_m.size, dtype=np.float64)


def _altitude_by_distance(samples: Samples) -> tuple[Floats, Floats]:
    """Each place with a known altitude once, in order, and the mean altitude recorded there."""
    known = np.isfinite(samples.altitude_m)
    places_m, place = np.unique(samples.distance_m[known], return_inverse=True)
    sums = np.bincount(place, weights=samples.altitude_m[known], minlength=places_m.size)
    return places_m, sums / np.bincount(place, minlength=places_m.size)


def _centred_mean(values: Floats, step_m: float) -> Floats:
    """The mean of the places within 25 m of each (11 of them): shape as `values`."""
    half = min(max(round(SMOOTHED_OVER_M / 2 / step_m), 1), values.size - 1)
    before, after = _beyond(values, half), _beyond(values[::-1], half)[::-1]
    return np.convolve(np.concatenate((before, values, after)), np.full(2 * half + 1, 1 / (2 * half + 1)), mode="valid")


def _beyond(values: Floats, half: int) -> Floats:
    """The `half` places before the first: on the line of least squares through the first 50 m.

    One altitude that is wrong tilts it by a third of what it would if the line were turned about the end point.
    """
    near = values[: 2 * half + 1]
    place = np.arange(near.size) - (near.size - 1) / 2
    slope = float(place @ near) / float(place @ place)
    return np.asarray(near.mean() + slope * (place[0] + np.arange(-half, 0)))
