"""The heights of a course, and what they may not be."""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from domain.races.refusals import LONGEST_COURSE_M
from domain.shared.errors import Invalid

MOST_PROFILE_POINTS = 4_000  # one every 25 m of 100 km; a request holds no more
LOWEST_M, HIGHEST_M = -500.0, 9_000.0
PROFILE_OFF = 0.1  # of the course's length; more, and it is another course's
PROFILE_BEGINS = 0.01  # of the profile's length, at the latest
STEEPEST_MEAN = 1.0  # climb and descent over the length: 45°


class ProfileRefused(Invalid):
    """The course's heights cannot be used; `field` is profile, or courseRunId where a run gave them."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field=("profile",))


class ProfileBad(ProfileRefused):
    """They are no heights along a course."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The profile {reason}. It takes 2 to {MOST_PROFILE_POINTS:,} points: distanceM from the start on, each "
            "more than the one before, and as many altitudeM."
        )


class ProfileOfAnotherCourse(ProfileRefused):
    """The profile is so much longer or shorter than the course that it cannot be stretched to it."""

    def __init__(self, profile_m: float, course_m: float) -> None:
        super().__init__(
            f"The profile is {profile_m:,.0f} m long and the finish stands at {course_m:,.0f} m. Up to "
            f"{PROFILE_OFF:.0%} apart they are taken for the same course."
        )


@dataclass(frozen=True, slots=True)
class CourseProfile:
    """Altitudes along the course, metres both: as many of one as of the other.

    Raises ProfileBad.
    """

    distance_m: tuple[float, ...]
    altitude_m: tuple[float, ...]

    def __post_init__(self) -> None:
        points = len(self.distance_m)
        if points != len(self.altitude_m):
            raise ProfileBad(f"has {points} distances and {len(self.altitude_m)} altitudes")
        if not 2 <= points <= MOST_PROFILE_POINTS:
            raise ProfileBad(f"has {points:,} points")
        if not all(map(isfinite, self.distance_m)) or self.distance_m[0] < 0 or self.distance_m[-1] > LONGEST_COURSE_M:
            raise ProfileBad(f"leaves 0 to {LONGEST_COURSE_M:,.0f} m")
        if not np.all(np.diff(self.distance_m) > 0):
            raise ProfileBad("has a point that is not farther than the one before it")
        if not all(LOWEST_M <= altitude <= HIGHEST_M for altitude in self.altitude_m):
            raise ProfileBad(f"leaves {LOWEST_M:,.0f} to {HIGHEST_M:,.0f} m of altitude")
        self._check_shape()

    def stretched_to(self, length_m: float) -> "CourseProfile":
        """The same heights over a course of this length, m: measured lengths of one course differ a little.

        Raises ProfileOfAnotherCourse past a tenth.
        """
        ends_m = self.distance_m[-1]
        if abs(ends_m - length_m) > PROFILE_OFF * length_m:
            raise ProfileOfAnotherCourse(ends_m, length_m)
        stretched = np.array(self.distance_m) * (length_m / ends_m)
        return CourseProfile((*stretched[:-1].tolist(), length_m), self.altitude_m)

    def _check_shape(self) -> None:
        """What is no course, though each of its points could be on one: feet for metres, or a part of it."""
        begins_m, ends_m = self.distance_m[0], self.distance_m[-1]
        if begins_m > PROFILE_BEGINS * ends_m:
            raise ProfileBad(f"begins {begins_m:,.0f} m behind the start, more than {PROFILE_BEGINS:.0%} of its length")
        up_and_down_m = float(np.abs(np.diff(self.altitude_m)).sum())
        if up_and_down_m > STEEPEST_MEAN * (ends_m - begins_m):
            raise ProfileBad(
                f"goes up and down {up_and_down_m:,.0f} m over {ends_m - begins_m:,.0f} m, which is steeper than 45° "
                "in the mean"
            )
