"""A course to run: its ground from the start to the finish, and the places on it that matter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import NewType, Self
from uuid import UUID

from domain.analysis.model import Profile
from domain.courses.refusals import (
    LATEST_CUTOFF_S,
    LONGEST_NAME,
    LONGEST_STOP_S,
    MOST_WAYPOINTS,
    CourseNameBad,
    TooManyWaypoints,
    WaypointBad,
)
from domain.runs.recording import Floats

CourseId = NewType("CourseId", UUID)
# A finish is told in rounded metres.
BEYOND_FINISH_M = 50.0
# Persian and Hindi words and families of emoji are not written without these: https://www.unicode.org/reports/tr31/
JOINERS = str.maketrans("", "", "\u200c\u200d")


class CourseSource(StrEnum):
    """Where the ground of a course comes from."""

    FILE = "FILE"
    RUN = "RUN"


class WaypointKind(StrEnum):
    """What a place on a course is."""

    AID_STATION = "AID_STATION"
    CHECKPOINT = "CHECKPOINT"
    SUMMIT = "SUMMIT"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, eq=False)
class CourseGround:
    """The ground on an even grid along the way, from 0 m to the length.

    `profile` is smoothed as an analysis smooths a run's (`domain.analysis.profile.profile_of`): n steps of at most 5 m,
    n + 1 altitudes. `latitude` and `longitude` have shape (n + 1,), degrees (WGS 84), without NaN; None where the
    course has no positions (a treadmill's). Ascent and descent are metres by turning points of 3 m, of the altitudes
    before they were smoothed.
    """

    profile: Profile
    latitude: Floats | None
    longitude: Floats | None
    ascent_m: float
    descent_m: float

    @property
    def length_m(self) -> float:
        """From the start to the finish."""
        return self.profile.step_m * self.profile.grade.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """A place on a course.

    `stop_s` is how long the runner stays there. `cutoff_s` says by when they must have arrived, in seconds after the
    start. `latitude` and `longitude` are where it stands, as it was given, else where the course is.
    """

    name: str
    distance_m: float
    kind: WaypointKind = WaypointKind.OTHER
    stop_s: float = 0.0
    cutoff_s: float | None = None
    latitude: float | None = None
    longitude: float | None = None

    def __post_init__(self) -> None:
        """Raise WaypointBad for what no waypoint can be."""
        if not is_name(self.name):
            raise WaypointBad(self.name, f"a name has 1 to {LONGEST_NAME} printable characters")
        if not self.distance_m >= 0:  # NaN is no distance either
            raise WaypointBad(self.name, "it stands at 0 m or more from the start")
        if not 0 <= self.stop_s <= LONGEST_STOP_S:
            raise WaypointBad(self.name, f"a stop takes 0 to {LONGEST_STOP_S:,.0f} s, which is half a day")
        if self.cutoff_s is not None and not 0 < self.cutoff_s <= LATEST_CUTOFF_S:
            raise WaypointBad(self.name, f"a cut-off is within {LATEST_CUTOFF_S:,.0f} s after the start, a week")
        if not _on_earth(self.latitude, self.longitude):
            raise WaypointBad(self.name, "give both latitude (-90 to 90) and longitude (-180 to 180), or neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course of one athlete's; its waypoints are in the order of their distance.

    Raises CourseNameBad, TooManyWaypoints, and WaypointBad for one beyond the finish and for cut-offs out of order.
    """

    id: CourseId
    athlete_id: UUID
    name: str
    source: CourseSource
    run_id: UUID | None
    length_m: float
    waypoints: tuple[Waypoint, ...] = ()
    version: int = 1

    def __post_init__(self) -> None:
        if not is_name(self.name):
            raise CourseNameBad
        if len(self.waypoints) > MOST_WAYPOINTS:
            raise TooManyWaypoints(len(self.waypoints))
        for one in self.waypoints:
            if one.distance_m > self.length_m:
                raise WaypointBad(one.name, f"it stands beyond the finish, at {self.length_m:,.0f} m")
        for sooner, later in pairwise(one for one in self.waypoints if one.cutoff_s is not None):
            if (later.cutoff_s or 0.0) < (sooner.cutoff_s or 0.0):
                raise WaypointBad(later.name, f"its cut-off is before that of {sooner.name!r}, nearer to the start")

    def renamed(self, name: str) -> Self:
        """Under another name. Raises CourseNameBad."""
        return replace(self, name=name)

    def with_waypoints(self, waypoints: Sequence[Waypoint]) -> Self:
        """With these waypoints instead of those before; one up to 50 m beyond the finish stands at the finish.

        Raises TooManyWaypoints, WaypointBad.
        """
        inside = [
            replace(one, distance_m=self.length_m) if 0 < one.distance_m - self.length_m <= BEYOND_FINISH_M else one
            for one in waypoints
        ]
        return replace(self, waypoints=tuple(sorted(inside, key=lambda one: one.distance_m)))


def is_name(text: str) -> bool:
    """Whether a course or a waypoint can be called so: 1 to 100 characters that can be shown, not only spaces."""
    seen = text.translate(JOINERS)
    return len(text) <= LONGEST_NAME and seen.isprintable() and seen != "" and not seen.isspace()


def _on_earth(latitude: float | None, longitude: float | None) -> bool:
    if latitude is None or longitude is None:
        return latitude is longitude
    return abs(latitude) <= 90 and abs(longitude) <= 180
