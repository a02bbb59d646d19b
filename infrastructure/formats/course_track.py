"""The points of planned tracks and routes made into one way: what cannot belong to it is set aside and counted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.courses.refusals import LONGEST_GAP_M, CourseLeaps, NoGround
from domain.runs.recording import Floats, Samples, SetAside
from infrastructure.formats.leaps import haversine_m
from infrastructure.formats.points import COUNTED, PLAUSIBLE, implausible, plausible

# A stage begins where the one before it ended; what begins elsewhere is another course.
NEXT_WITHIN_M = 500.0


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """Points in the order of a file, all of shape (n,): degrees, metres above the sea, NaN where it says nothing.

    `part` counts the tracks or routes, and never falls.
    """

    latitude: Floats
    longitude: Floats
    altitude_m: Floats
    part: Floats

    def __len__(self) -> int:
        return len(self.latitude)

    def at(self, chosen: NDArray[np.bool_]) -> "Tracks":
        """Only the chosen points."""
        return Tracks(*(getattr(self, name)[chosen] for name in ("latitude", "longitude", "altitude_m", "part")))


def way_of(tracks: Tracks, routes: Tracks) -> tuple[Samples, tuple[SetAside, ...]]:
    """The way along the tracks of a file, or along its routes where it has no track, as samples.

    Times are those of one point a second, because samples need some: a planned way has none, and whoever reads it as
    ground looks at none. Raises NoGround, and CourseLeaps for points further than 2 km from one another.
    """
    lost: dict[str, int] = {}

    def keep(points: Tracks, chosen: NDArray[np.bool_], reason: str) -> Tracks:
        lost[reason] = int(chosen.size - chosen.sum())
        return points.at(chosen)

    drawn = keep(tracks, _placed(tracks), "points without a position")
    if len(drawn) < 2:
        drawn = keep(routes, _placed(routes), "points without a position")
    else:
        lost["points of routes beside the track"] = len(routes)
    if len(drawn) < 2:
        raise NoGround
    drawn = keep(drawn, _one_way(drawn), "points of other tracks, which do not begin where one ended")
    drawn = keep(drawn, _with_the_rest(drawn), "positions astray")
    set_aside = tuple(SetAside(reason, count) for reason, count in lost.items() if count)
    believed = PLAUSIBLE["altitude_m"]
    return _samples(drawn), (*set_aside, *implausible(COUNTED["altitude_m"], drawn.altitude_m, *believed))


def _placed(points: Tracks) -> NDArray[np.bool_]:
    """Positions on earth. 0°, 0° is the sea off Africa: devices write it for no position at all."""
    on_earth = (np.abs(points.latitude) <= 90) & (np.abs(points.longitude) <= 180)
    return np.asarray(on_earth & ((points.latitude != 0) | (points.longitude != 0)))


def _one_way(points: Tracks) -> NDArray[np.bool_]:
    """The first track, and each further one that begins where the way has ended by then."""
    begins = np.flatnonzero(np.diff(points.part, prepend=-1.0))
    ends = np.append(begins[1:], len(points)) - 1
    chosen = np.zeros(len(points), dtype=np.bool_)
    way_ends = int(begins[0])
    for first, last in zip(begins.tolist(), ends.tolist(), strict=True):
        if _apart_m(points, way_ends, first) <= NEXT_WITHIN_M:
            chosen[first : last + 1] = True
            way_ends = last
    return chosen


def _with_the_rest(points: Tracks) -> NDArray[np.bool_]:
    """Not single points that are more than 2 km away from both neighbours, while these are near each other.

    At an end, the one neighbour decides.
    """
    n = len(points)
    if n < 3:
        return np.ones(n, dtype=np.bool_)
    far = haversine_m(points.latitude, points.longitude) > LONGEST_GAP_M
    skipping = np.array([haversine_m(points.latitude[at::2], points.longitude[at::2]) for at in (0, 1)], dtype=object)
    across = np.empty(n - 2)
    across[0::2], across[1::2] = skipping[0], skipping[1]
    astray = np.zeros(n, dtype=np.bool_)
    astray[1:-1] = far[:-1] & far[1:] & (across <= LONGEST_GAP_M)
    astray[0], astray[-1] = far[0] and not far[1], far[-1] and not far[-2]
    return ~astray


def _samples(points: Tracks) -> Samples:
    steps_m = haversine_m(points.latitude, points.longitude)
    distance_m = np.concatenate(([0.0], np.cumsum(steps_m)))
    widest = int(np.argmax(steps_m)) if steps_m.size else 0
    if distance_m[-1] == 0:
        raise NoGround
    if steps_m[widest] > LONGEST_GAP_M:
        raise CourseLeaps(float(distance_m[widest]), float(steps_m[widest]))
    nothing = np.full(len(points), np.nan)
    return Samples(
        time_s=np.arange(len(points), dtype=np.float64),
        latitude=points.latitude,
        longitude=points.longitude,
        altitude_m=_altitudes(points.altitude_m),
        distance_m=distance_m,
        speed_m_per_s=nothing,
        heart_rate_bpm=nothing,
        cadence_spm=nothing,
    )


def _altitudes(altitude_m: Floats) -> Floats:
    """Those that ground can have; 0 m throughout is what planners without altitudes write."""
    known = plausible(altitude_m, *PLAUSIBLE["altitude_m"])
    return np.asarray(np.where(np.nanmax(np.abs(known), initial=0.0) == 0, np.nan, known))


def _apart_m(points: Tracks, one: int, other: int) -> float:
    ends = np.array([one, other])
    return float(haversine_m(points.latitude[ends], points.longitude[ends])[0])
