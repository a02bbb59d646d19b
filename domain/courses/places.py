"""Where on a course somebody is, by their position on earth."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import minimum_filter1d

from domain.courses.model import CourseGround
from domain.runs.recording import Floats
from domain.shared.errors import Invalid, NotAllowedNow

FARTHEST_OFF_M = 250.0
# A course jitters as its recording did: of all places within so many metres along it only the nearest is a pass.
APART_M = 50.0
# What a phone's position is off by. Against it, the chance to be so far from where a runner is expected falls by e.
NOISE_M = 15.0
SURPRISE_M = 500.0
AS_NEAR_M = 1.0
EARTH_RADIUS_M = 6_371_008.8


class PositionBad(Invalid):
    """Nowhere on earth."""

    def __init__(self) -> None:
        super().__init__("A latitude has -90 to 90 degrees and a longitude -180 to 180.")


class OffCourse(Invalid):
    """The position is too far from the course to tell how far along it is."""

    def __init__(self, off_m: float, at_least_m: float = 0.0) -> None:
        ahead = f", of which only what lies beyond kilometre {at_least_m / 1_000:.2f} counts" if at_least_m > 0 else ""
        super().__init__(
            f"The position is {as_far(off_m)} from the course{ahead}; at most {FARTHEST_OFF_M:.0f} m are taken. If "
            "that is where the runner is, give the distance along the course instead."
        )


class NoPositionsOnCourse(NotAllowedNow):
    """A treadmill's course lies nowhere."""

    def __init__(self) -> None:
        super().__init__("This course has no positions: give the distance along it instead.")


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a course, metres from its start, and how far a position is off it."""

    distance_m: float
    off_m: float


class Places:
    """A course as positions are looked up on it; good for many of them. Raises NoPositionsOnCourse.

    Metres are straight through the earth, from points on a sphere: nothing special happens at the poles or where the
    longitude jumps, and over 250 m it differs from the way on the ground by less than a millimetre.
    """

    def __init__(self, ground: CourseGround) -> None:
        if ground.latitude is None or ground.longitude is None:
            raise NoPositionsOnCourse
        self._step_m = ground.profile.step_m
        points = _on_sphere(ground.latitude, ground.longitude)
        self._from, self._way = points[:-1], np.diff(points, axis=0)
        squares = np.einsum("ij,ij->i", self._way, self._way)
        self._per_square = np.divide(1.0, squares, out=np.zeros_like(squares), where=squares > 0)

    def along(
        self, latitude: float, longitude: float, *, expected_m: float | None = None, at_least_m: float = 0.0
    ) -> Place:
        """The place on the course that a position (degrees, WGS 84) tells, not before `at_least_m`.

        Where the course passes by more than once (laps, out and back, a start that is the finish) it is the likeliest
        pass: being off by NOISE_M and being SURPRISE_M from `expected_m` are weighed against each other. Without an
        expectation it is the nearest, and of passes that are equally near (to a metre) the first.
        Raises PositionBad, OffCourse beyond 250 m.
        """
        passes = self.candidates(latitude, longitude, at_least_m=at_least_m)
        if expected_m is None:
            nearest_m = min(one.off_m for one in passes)
            return next(one for one in passes if one.off_m <= nearest_m + AS_NEAR_M)
        return min(
            passes, key=lambda one: (one.off_m / NOISE_M) ** 2 / 2 + abs(one.distance_m - expected_m) / SURPRISE_M
        )

    def candidates(self, latitude: float, longitude: float, *, at_least_m: float = 0.0) -> tuple[Place, ...]:
        """Every place not before `at_least_m` where the course passes within 250 m of a position, in the order of
        running; at least one. Raises PositionBad, OffCourse.
        """
        distances_m, off_m = self.passes(latitude, longitude, at_least_m=at_least_m)
        return tuple(Place(at, off) for at, off in zip(distances_m.tolist(), off_m.tolist(), strict=True))

    def passes(self, latitude: float, longitude: float, *, at_least_m: float = 0.0) -> tuple[Floats, Floats]:
        """As `candidates`, but as metres along the course and metres off it: a course may pass ten thousand times."""
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # NaN is in no range either
            raise PositionBad
        first = min(max(int(at_least_m / self._step_m), 0), len(self._way) - 1)
        least = np.zeros(len(self._way) - first)
        least[0] = np.clip(at_least_m / self._step_m - first, 0.0, 1.0)
        shares, off_m = self._nearest(_on_sphere(np.array([latitude]), np.array([longitude])), first, least)
        window = 2 * round(APART_M / self._step_m) + 1
        lowest = (off_m <= FARTHEST_OFF_M) & (off_m == minimum_filter1d(off_m, window, mode="nearest"))
        lowest[1:] &= ~lowest[:-1]  # a corner is the nearest of both that meet in it
        if not lowest.any():
            raise OffCourse(_over_ground_m(float(off_m.min())), at_least_m)
        found = np.flatnonzero(lowest)
        return (first + found + shares[found]) * self._step_m, off_m[found]

    def off_m(self, latitude: float, longitude: float, distance_m: float) -> float:
        """How far a position is from the place on the course that lies so many metres from its start.

        Raises PositionBad.
        """
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            raise PositionBad
        step = min(int(distance_m / self._step_m), len(self._way) - 1)
        share = min(distance_m / self._step_m - step, 1.0)
        (position,) = _on_sphere(np.array([latitude]), np.array([longitude]))
        return _over_ground_m(float(np.linalg.norm(position - self._from[step] - share * self._way[step])))

    def _nearest(self, position: Floats, first: int, least: Floats) -> tuple[Floats, Floats]:
        """Of every step from the first on: the share of it where it is nearest, at least `least`, and how near, m."""
        back = position - self._from[first:]
        way = self._way[first:]
        shares = np.clip(np.einsum("ij,ij->i", back, way) * self._per_square[first:], least, 1.0)
        across = back - shares[:, None] * way
        return shares, np.sqrt(np.einsum("ij,ij->i", across, across))


def as_far(metres: float) -> str:
    """How far, in words."""
    return f"{metres:.0f} m" if metres < 1_000 else f"{metres / 1_000:,.1f} km"


def _over_ground_m(straight_m: float) -> float:
    """The way along the sphere between two places, of the straight one through the earth."""
    return float(2 * EARTH_RADIUS_M * np.arcsin(min(straight_m / 2 / EARTH_RADIUS_M, 1.0)))


def _on_sphere(latitude: Floats, longitude: Floats) -> Floats:
    """(n, 3) metres from the middle of the earth."""
    north, east = np.radians(latitude), np.radians(longitude)
    return EARTH_RADIUS_M * np.stack(
        (np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)), axis=1
    )
