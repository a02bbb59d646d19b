"""Where along a course a runner is, by what they say: metres along it, or a position on earth."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from domain.courses.model import CourseGround
from domain.courses.places import Places
from domain.pacing.model import Report, ThrottlePlan
from domain.pacing.on_the_way.feed import CLOCKS_DIFFER, HEART_RATES
from domain.pacing.refusals import as_told
from domain.shared.errors import DomainError, Invalid, NotAllowedNow

LONGEST_ON_THE_WAY = timedelta(days=30)


class WhereToldOddly(Invalid):
    """Neither a distance nor a position is told, or both are."""

    def __init__(self) -> None:
        super().__init__(
            "Say where the runner is in one way: either distanceM along the course, or position.", field=("distanceM",)
        )


class SeenLongAfterStart(NotAllowedNow):
    """A time at which nobody runs any more who started with the plan."""

    def __init__(self) -> None:
        super().__init__(
            f"The time is more than {LONGEST_ON_THE_WAY.days} days after the start of the plan. Is it right?",
            field=("time",),
        )


class SeenAhead(NotAllowedNow):
    """A time that is still to come: all reports until then would be taken for old ones."""

    def __init__(self, at: datetime, now: datetime) -> None:
        super().__init__(
            f"The time is {as_told(at)}, and it is {as_told(now)} only: nobody can have been "
            "seen later than now. Leave it out if you mean now, and see that it names its time zone.",
            field=("time",),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where a runner was seen, when, and how fast their heart beat (bpm).

    `distance_m` is along the course; `position` is latitude and longitude, degrees (WGS 84). Raises WhereToldOddly
    unless it is exactly one of the two. A heart rate that no heart has is what a watch says that knows none.
    """

    at: datetime
    distance_m: float | None = None
    position: tuple[float, float] | None = None
    heart_rate: float | None = None

    def __post_init__(self) -> None:
        if (self.distance_m is None) == (self.position is None):
            raise WhereToldOddly

    def along(self, plan: ThrottlePlan, ground: CourseGround) -> Report:
        """As a report of the runner's place on the course.

        Raises SeenLongAfterStart, and what Places.along raises of the position, its field the input's.
        """
        if plan.starts_at is not None and self.at - plan.starts_at > LONGEST_ON_THE_WAY:
            raise SeenLongAfterStart
        distance_m = self.distance_m
        if distance_m is None:
            assert self.position is not None
            try:
                distance_m = Places(ground).along(*self.position, expected_m=expected_m(plan, self.at)).distance_m
            except DomainError as refusal:
                refusal.field = ("position",)
                raise
        lowest, highest = HEART_RATES
        beats = self.heart_rate if self.heart_rate is not None and lowest <= self.heart_rate <= highest else None
        return Report(distance_m=distance_m, at=self.at, heart_rate=beats)


def seen_at(told: datetime | None, now: datetime) -> datetime:
    """When a runner was seen: now where nobody says. Raises SeenAhead for more than two minutes after now."""
    if told is not None and told > now + CLOCKS_DIFFER:
        raise SeenAhead(told, now)
    return told or now


def expected_m(plan: ThrottlePlan, at: datetime) -> float | None:
    """How far along the course a plan, as it is now, has its runner at an instant: metres, from the start or the last
    report to the finish. None without a start in time, and behind the finish.
    """
    steps = plan.now.steps
    if plan.starts_at is None or not steps:
        return None
    # Two places a step, so that the runner stands still while they stay at a waypoint.
    times_s = [second for step in steps for second in (step.start_s, step.end_s)]
    places_m = [metre for step in steps for metre in (step.start_m, step.end_m)]
    return float(np.interp((at - plan.starts_at).total_seconds(), times_s, places_m))
