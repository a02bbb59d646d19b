"""A course to run: its ground from the start to the finish, and the places on it that matter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NewType, Self
from uuid import UUID

from domain.analysis.model import Profile
from domain.runs.recording import Floats

CourseId = NewType("CourseId", UUID)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A course of one athlete's; its waypoints are in the order of their distance."""

    id: CourseId
    athlete_id: UUID
    name: str
    source: CourseSource
    run_id: UUID | None
    length_m: float
    waypoints: tuple[Waypoint, ...] = ()
    version: int = 1

    def renamed(self, name: str) -> Self:
        """Under another name. Raises CourseNameBad."""
        return replace(self, name=name)

    def with_waypoints(self, waypoints: Sequence[Waypoint]) -> Self:
        """With these waypoints instead of those before."""
        return replace(self, waypoints=tuple(sorted(waypoints, key=lambda one: one.distance_m)))
