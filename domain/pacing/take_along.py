"""A plan as it is taken along: when the runner is where, for paper and for watches."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from domain.courses.model import Course, CourseGround, Waypoint
from domain.pacing.legs import SAME_PLACE_M
from domain.pacing.model import ThrottlePlan, ThrottleStep
from domain.runs.recording import Floats
from domain.shared.errors import NotAllowedNow

# A waypoint stands where a step ends, but for the ground's grid: so near to an end it is meant by it.
AT_AN_END_M = 30.0


class CourseWithoutPositions(NotAllowedNow):
    """The ground of the course is a treadmill's: there is no way over land that a watch could lead along."""

    def __init__(self) -> None:
        super().__init__(
            "This course has no positions, so a watch cannot be led along it. Take the plan as .pdf or .svg, or as a "
            "workout: .fit?kind=workout."
        )


class NothingLeftToRun(NotAllowedNow):
    """The runner is in: there is no step that a watch could call out."""

    def __init__(self) -> None:
        super().__init__("This plan's runner has arrived: there are no steps left for a workout.")


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """The way in the order of running it, as parallel arrays (n,): metres, degrees, metres, seconds after the start.

    Where the runner stays there are two points, of the arrival and of the departure.
    """

    distance_m: Floats
    latitude: Floats
    longitude: Floats
    altitude_m: Floats
    seconds: Floats


@dataclass(frozen=True, slots=True)
class Passage:
    """A waypoint and when it is reached, seconds after the start; None when it lies behind the runner."""

    waypoint: Waypoint
    arrival_s: float | None

    @property
    def margin_s(self) -> float | None:
        """How much earlier than its cut-off it is reached, negative when it is missed; None without a cut-off."""
        if self.arrival_s is None or self.waypoint.cutoff_s is None:
            return None
        return self.waypoint.cutoff_s - self.arrival_s


@dataclass(frozen=True, eq=False)
class PlanToTake:
    """A plan with its course. What counts is the plan as it is now: after a replan its steps begin on the way."""

    plan: ThrottlePlan
    course: Course
    ground: CourseGround

    @property
    def steps(self) -> tuple[ThrottleStep, ...]:
        """The steps that are still to be run."""
        return self.plan.now.steps

    @property
    def behind_m(self) -> float:
        """How many metres of the course lie behind the runner."""
        return self.steps[0].start_m if self.steps else self.ground.length_m

    @property
    def passages(self) -> tuple[Passage, ...]:
        """Every waypoint in its order, with the time of arrival."""
        return tuple(Passage(one, self._arrival_at(one.distance_m)) for one in self.course.waypoints)

    def arrivals(self, distance_m: Floats) -> Floats:
        """Seconds after the start at which each place (n,), in metres along the course, is reached.

        A step is taken evenly, and so is all that lies behind. Where the runner stays it is when they come.
        """
        metres, seconds = self._clock
        distance_m = np.asarray(distance_m, dtype=np.float64)
        after = np.clip(np.searchsorted(metres, distance_m, "left"), 1, metres.size - 1)
        before = after - 1
        length = metres[after] - metres[before]
        share = np.divide(distance_m - metres[before], length, out=np.zeros_like(distance_m), where=length > 0)
        return np.asarray(seconds[before] + np.clip(share, 0, 1) * (seconds[after] - seconds[before]))

    def points(self, most: int) -> Points:
        """The way by at most `most` evenly spread points, and two more for each stay.

        Raises CourseWithoutPositions.
        """
        if self.ground.latitude is None or self.ground.longitude is None:
            raise CourseWithoutPositions
        cells = self.ground.profile.grade.size
        grid = np.linspace(0.0, self.ground.length_m, cells + 1)
        taken = grid[np.unique(np.linspace(0, cells, min(cells + 1, most)).round().astype(np.int64))]
        at_m, comes_s, goes_s = np.array(self._stays, dtype=np.float64).reshape(-1, 3).T
        at_m = np.clip(at_m, 0.0, self.ground.length_m)
        metres = np.concatenate((taken, at_m, at_m))
        seconds = np.concatenate((self.arrivals(taken), comes_s, goes_s))
        order = np.lexsort((seconds, metres))
        metres, seconds = metres[order], seconds[order]
        new = np.append(True, (np.diff(metres) > 0) | (np.diff(seconds) > 0))
        metres, seconds = metres[new], seconds[new]
        longitude = np.interp(metres, grid, np.unwrap(self.ground.longitude, period=360))
        return Points(
            metres,
            np.interp(metres, grid, self.ground.latitude),
            (longitude + 180) % 360 - 180,
            np.interp(metres, grid, self.ground.profile.altitude_m),
            seconds,
        )

    def _arrival_at(self, distance_m: float) -> float | None:
        """When a place is reached; an end of a step that is as good as there counts for it."""
        if distance_m < self.behind_m - AT_AN_END_M:
            return None
        if self.steps and abs(distance_m - self.behind_m) <= SAME_PLACE_M:
            return self._here_s
        nearest = min(self.steps, key=lambda step: abs(step.end_m - distance_m), default=None)
        if nearest is not None and abs(nearest.end_m - distance_m) <= AT_AN_END_M:
            return nearest.end_s
        return float(self.arrivals(np.array([distance_m]))[0])

    @property
    def _here_s(self) -> float:
        """When the runner came to where the steps begin; the stay there, if there is one, comes before the first."""
        places = (one for one in self.course.waypoints if abs(one.distance_m - self.behind_m) <= SAME_PLACE_M)
        return max(0.0, self.steps[0].start_s - sum(one.stop_s for one in places))

    @property
    def _stays(self) -> list[tuple[float, float, float]]:
        """Metres, arrival and departure of each stay. Whoever stays at the finish is done."""
        stays = [(step.end_m, step.end_s, step.end_s + step.stop_s) for step in self.steps[:-1] if step.stop_s > 0]
        if self.steps and self.steps[0].start_s > self._here_s:
            return [(self.behind_m, self._here_s, self.steps[0].start_s), *stays]
        return stays

    @cached_property
    def _clock(self) -> tuple[Floats, Floats]:
        """Metres (n,), never falling, and seconds (n,): straight lines between; the same metres twice are a stay."""
        knots = [(0.0, 0.0)]
        if self.steps:
            knots.append((self.behind_m, self._here_s))
        for step in self.steps:
            knots += [(step.start_m, step.start_s), (step.end_m, step.end_s)]
        if len(knots) == 1:
            knots.append((self.ground.length_m, self.plan.now.predicted_time_s))
        metres, seconds = np.array(knots, dtype=np.float64).T
        return np.maximum.accumulate(metres), np.maximum.accumulate(seconds)


class PlanFiles(Protocol):
    """Writes plans in the formats that runners take along; pure computations of up to some tenths of a second."""

    def pdf(self, taken: PlanToTake, zone: str) -> bytes:
        """A page with the profile and the steps, and a pace band; `zone` (IANA) is whose clock it tells."""
        ...

    def gpx(self, taken: PlanToTake) -> bytes:
        """The way with the places on it, timed where the plan has a start. Raises CourseWithoutPositions."""
        ...

    def course_fit(self, taken: PlanToTake) -> bytes:
        """The course for a watch to lead along, at the plan's pace. Raises CourseWithoutPositions."""
        ...

    def workout_fit(self, taken: PlanToTake, *, by_heart_rate: bool) -> bytes:
        """The steps for a watch to call out, with a range of heart rates or of speeds for each.

        A step for which the plan expects no heart rate has a range of speeds. Raises NothingLeftToRun.
        """
        ...
