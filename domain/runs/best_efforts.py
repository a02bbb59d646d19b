"""The fastest 400 m, kilometre, mile and so on inside a run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from domain.runs.limits import shortest_time_s
from domain.runs.recording import Floats, Samples

DISTANCES_M = (400.0, 1000.0, 1609.344, 5000.0, 10_000.0, 21_097.5, 42_195.0)

# Sums of distances miss a point by the last bit of a float, which must not add the rest that was taken there.
SAME_PLACE_M = 1e-6


@dataclass(frozen=True, slots=True)
class BestEffort:
    """The fastest window of one length: `start_s` and `start_m` say where in the run it begins."""

    distance_m: float
    time_s: float
    start_s: float
    start_m: float


def best_efforts(samples: Samples, distances_m: Sequence[float] = DISTANCES_M) -> tuple[BestEffort, ...]:
    """The fastest window of each length that fits into the run, in ascending order of length.

    The clock runs through pauses: a window's duration is elapsed time. The distance stream is linear between points, so
    the duration of a window is piecewise linear in its start, and its minimum lies where the window's start or end
    meets a point: only those are tried, which makes the result exact and a longer window never quicker.

    When one of them is quicker than people can be (`shortest_time_s`), a vehicle or a signal gone astray is in the run,
    nobody can tell how far around it, and none of the efforts is believed: the answer is empty. A single leap (over
    50 m, faster than 12.5 m/s) never comes so far, its metres are not counted when a recording is read.
    """
    if not samples.has_distance:
        return ()
    stream = _Stream(samples)
    efforts: list[BestEffort] = []
    for distance_m in sorted(distances_m):
        if effort := stream.fastest(distance_m):
            efforts.append(effort)
    return tuple(efforts) if are_human(efforts) else ()


def are_human(efforts: Iterable[BestEffort]) -> bool:
    """Whether all efforts are such as people have run."""
    return all(effort.time_s >= shortest_time_s(effort.distance_m) for effort in efforts)


class _Stream:
    """Distance as a function of time, turned round: when a distance was first reached, and when last left.

    The two differ where the runner stood: a window that starts there starts on leaving, one that ends there ends on
    arriving.
    """

    def __init__(self, samples: Samples) -> None:
        moved = np.flatnonzero(np.diff(samples.distance_m) > 0)
        self.distance = samples.distance_m[np.concatenate((moved, [len(samples) - 1]))]
        self.left_at = samples.time_s[np.concatenate((moved, [len(samples) - 1]))]
        self.reached_at = samples.time_s[np.concatenate(([0], moved + 1))]

    def fastest(self, length_m: float) -> BestEffort | None:
        first, last = self.distance[0], self.distance[-1]
        if last - first < length_m:
            return None
        starts = self.distance[self.distance + length_m <= last]
        ends = self.distance[self.distance - length_m >= first]
        from_starts = self._when(starts + length_m, self.reached_at) - self.left_at[: starts.size]
        to_ends = self.reached_at[self.distance.size - ends.size :] - self._when(ends - length_m, self.left_at)
        durations = np.concatenate((from_starts, to_ends))
        begins = np.concatenate((starts, ends - length_m))
        if durations.size == 0:
            return None
        best = int(np.argmin(durations))
        start_m = float(begins[best])
        start_s = float(self._when(begins[best : best + 1], self.left_at)[0])
        return BestEffort(length_m, float(durations[best]), start_s, start_m)

    def _when(self, distance_m: Floats, at_points: Floats) -> Floats:
        """The instant at each distance; exactly on a point, the one that `at_points` says."""
        after = np.clip(np.searchsorted(self.distance, distance_m), 1, self.distance.size - 1)
        span = self.distance[after] - self.distance[after - 1]
        share = (distance_m - self.distance[after - 1]) / span
        between = self.left_at[after - 1] + share * (self.reached_at[after] - self.left_at[after - 1])
        nearest = np.where(share < 0.5, after - 1, after)
        on_point = np.abs(self.distance[nearest] - distance_m) < SAME_PLACE_M
        return np.where(on_point, at_points[nearest], between)
