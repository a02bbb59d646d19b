"""Signals gone astray: positions and metres that nobody could have run to."""

import math

import numpy as np
from numpy.typing import NDArray

from domain.runs.limits import FASTEST_M_PER_S, LEAP_OVER_M, leaps
from domain.runs.moving_time import GAP_OVER_S, STILL_BELOW_M_PER_S
from domain.runs.recording import Floats, SetAside

EARTH_RADIUS_M = 6_371_008.8
# What stays elsewhere for longer is believed: the signal was lost, and is right again there.
ASTRAY_UP_TO_S = 60.0
STRETCHES_BACK = 5
# A step that makes up for a stillness is believed at a pace that is held for that long.
MADE_UP_BELOW_M_PER_S = 6.0

LEAPT = "points reached by a leap faster than anyone runs: the way to them is not counted"
MADE_UP = "points where the distance stood still before it leapt on: it is spread over them"


def haversine_m(latitude: Floats, longitude: Floats) -> Floats:
    """Great-circle steps between neighbouring positions in degrees: shape (n − 1,), metres, on the mean sphere."""
    phi, lam = np.radians(latitude), np.radians(longitude)
    half = np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[:-1]) * np.cos(phi[1:]) * np.sin(np.diff(lam) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def astray(time_s: Floats, latitude: Floats, longitude: Floats) -> NDArray[np.bool_]:
    """Which positions nobody can have been at; all of shape (n,), positions NaN where unknown.

    The track is cut where it leaps (over 50 m, faster than 12.5 m/s). What lies between two cuts for up to a minute
    is astray when the track goes on from where it was before; so is what lies for up to a minute before the first or
    behind the last stretch that is longer. Everything else is believed, also behind a leap for good.
    """
    wrong = np.zeros(time_s.size, dtype=np.bool_)
    placed = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    way = np.concatenate(([0.0], np.cumsum(haversine_m(latitude[placed], longitude[placed]))))
    cuts = np.flatnonzero(leaps(time_s[placed], way[: placed.size])) + 1
    if cuts.size == 0:
        return wrong
    track = _Track(time_s[placed], latitude[placed], longitude[placed])
    for start, end in zip([0, *cuts.tolist()], [*cuts.tolist(), placed.size], strict=True):
        track.goes_on(start, end - 1)
    wrong[placed] = True
    for start, end in track.believed():
        wrong[placed[start : end + 1]] = False
    return wrong


def without_leaps(time_s: Floats, distance_m: Floats) -> tuple[Floats, tuple[SetAside, ...]]:
    """Metres (n,) that never leap, of those that may, and what that cost.

    A leap that makes up for a stillness right before it (a signal lost and found) is spread evenly over both, when
    that comes to 6 m/s at most. The metres of any other leap do not count: nobody ran them.
    """
    leapt = np.flatnonzero(leaps(time_s, distance_m))
    if leapt.size == 0:
        return distance_m, ()
    steps, durations = np.diff(distance_m), np.diff(time_s)
    still = (steps < STILL_BELOW_M_PER_S * durations) & (durations <= GAP_OVER_S)
    since = np.maximum.accumulate(np.where(np.concatenate(([True], ~still)), np.arange(time_s.size), 0))[leapt]
    made_up = distance_m[leapt + 1] - distance_m[since] <= MADE_UP_BELOW_M_PER_S * (time_s[leapt + 1] - time_s[since])
    steps[leapt[~made_up]] = 0.0
    edges = np.zeros(time_s.size + 1)
    edges[since[made_up] + 1] += 1
    edges[leapt[made_up] + 1] -= 1
    sure = np.cumsum(edges)[:-1] == 0
    walked = np.concatenate(([0.0], np.cumsum(steps))) + distance_m[0]
    told = (SetAside(LEAPT, int(np.sum(~made_up))), SetAside(MADE_UP, int(np.sum(~sure))))
    return np.interp(time_s, time_s[sure], walked[sure]), tuple(part for part in told if part.count)


class _Track:
    """Positions taken in stretch by stretch; a stretch that turns out astray is dropped when the track comes back."""

    def __init__(self, time_s: Floats, latitude: Floats, longitude: Floats) -> None:
        self._time_s: list[float] = time_s.tolist()
        self._phi: list[float] = np.radians(latitude).tolist()
        self._lam: list[float] = np.radians(longitude).tolist()
        # Each a chain of (first, last) that follow one another without a leap.
        self._chains: list[list[tuple[int, int]]] = []

    def goes_on(self, first: int, last: int) -> None:
        """The next stretch, by the indices of its ends."""
        for back, chain in enumerate(reversed(self._chains[-STRETCHES_BACK:])):
            if back and self._reaches(chain[-1][1], first):
                del self._chains[len(self._chains) - back :]
                chain.append((first, last))
                return
            if self._lasts(chain):
                break
        self._chains.append([(first, last)])

    def believed(self) -> list[tuple[int, int]]:
        """The stretches that are left."""
        lasting = [nth for nth, chain in enumerate(self._chains) if self._lasts(chain)]
        chains = self._chains[lasting[0] : lasting[-1] + 1] if lasting else self._chains
        return [stretch for chain in chains for stretch in chain]

    def _lasts(self, chain: list[tuple[int, int]]) -> bool:
        return self._time_s[chain[-1][1]] - self._time_s[chain[0][0]] > ASTRAY_UP_TO_S

    def _reaches(self, one: int, other: int) -> bool:
        phi, lam = self._phi, self._lam
        half = math.sin((phi[other] - phi[one]) / 2) ** 2
        half += math.cos(phi[one]) * math.cos(phi[other]) * math.sin((lam[other] - lam[one]) / 2) ** 2
        metres = 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(half, 1.0)))
        return metres <= max(LEAP_OVER_M, FASTEST_M_PER_S * (self._time_s[other] - self._time_s[one]))
