"""A plan that follows a live feed is planned anew from where its runner is."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from domain.courses.model import Course, CourseGround
from domain.courses.places import NoPositionsOnCourse, Places
from domain.events.model import LONGEST_SOURCE
from domain.events.searches import UNTELLABLE
from domain.pacing.model import Following, Report, ThrottlePlan
from domain.pacing.on_the_way.feed import FeedPosition
from domain.pacing.on_the_way.laps import is_in_question, likeliest_pass
from domain.pacing.on_the_way.replan import replan
from domain.pacing.on_the_way.reports import LEAP_M
from domain.pacing.on_the_way.whereabouts import expected_m
from domain.pacing.refusals import FASTEST_REPORT_M_PER_S, PlanHasNoStart
from domain.shared.errors import DomainError, Invalid, NotAllowedNow

ARRIVED_M = 30.0  # before the finish: a phone is seldom off by more
OVER = timedelta(days=1)  # after the finish that was foretold: nobody is under way any more


class SourceBad(Invalid):
    """No event comes from there."""

    def __init__(self) -> None:
        super().__init__(
            f"A source has 1 to {LONGEST_SOURCE} characters, none of them a control character. It is the `source` that "
            "the runner's tracker publishes under, or the runner's number in a race.",
            field=("source",),
        )


class PlanIsOver(NotAllowedNow):
    """Its runner has arrived, or should have a day ago: no position would change anything."""

    def __init__(self, *, has_arrived: bool) -> None:
        over = "has its runner at the finish" if has_arrived else "has its runner at the finish more than a day ago"
        super().__init__(
            f"This plan {over}, so there is nothing left to follow. Make a new plan, with startAt, for another run.",
            field=("planId",),
        )


def checked_source(source: str) -> str:
    """A source that events can have. Raises SourceBad."""
    if not 1 <= len(source) <= LONGEST_SOURCE or UNTELLABLE.search(source) or not source.strip():
        raise SourceBad
    return source


def followed_from(plan: ThrottlePlan, ground: CourseGround, following: Following, now: datetime) -> ThrottlePlan:
    """The plan, following a source on a topic from behind an offset.

    Raises PlanHasNoStart, PlanIsOver, NoPositionsOnCourse.
    """
    if plan.starts_at is None:
        raise PlanHasNoStart
    if not plan.now.steps:
        raise PlanIsOver(has_arrived=True)
    if plan.starts_at + timedelta(seconds=plan.now.predicted_time_s) < now - OVER:
        raise PlanIsOver(has_arrived=False)
    if ground.latitude is None:
        raise NoPositionsOnCourse
    return replace(plan, following=following)


def unfollowed(plan: ThrottlePlan) -> ThrottlePlan:
    """The plan, following nothing."""
    return replace(plan, following=None)


def heeded(
    plan: ThrottlePlan, course: Course, ground: CourseGround, positions: Iterable[FeedPosition], up_to: int
) -> ThrottlePlan | None:
    """The plan, planned anew from the newest position that it can go by; None when there is none.

    Passed by are positions that are older than the plan's last report, off the course, or where nobody can be by then.
    The plan has heeded the feed up to the offset `up_to` then; at the finish it follows no longer.
    """
    assert plan.following is not None
    if not plan.now.steps:
        return unfollowed(plan)
    moved = replace(plan, following=replace(plan.following, offset=up_to))
    places = Places(ground)
    new = [one for one in positions if plan.replan is None or one.at > plan.replan.at]
    for position in sorted(new, key=lambda one: one.at, reverse=True):
        planned = _planned_from(position, moved, course, ground, places)
        if planned is not None:
            return planned
    return None


def _planned_from(
    position: FeedPosition, plan: ThrottlePlan, course: Course, ground: CourseGround, places: Places
) -> ThrottlePlan | None:
    try:
        heed = _from_likeliest_pass if is_in_question(plan.replan) else _from_where_expected
        return heed(position, plan, course, ground, places)
    except DomainError:
        return None


def _from_where_expected(
    position: FeedPosition, plan: ThrottlePlan, course: Course, ground: CourseGround, places: Places
) -> ThrottlePlan | None:
    expected = expected_m(plan, position.at)
    distance_m = places.along(position.latitude, position.longitude, expected_m=expected).distance_m
    if _leaps_back(distance_m, position.at, plan):
        return None
    return _planned_at(distance_m, position, plan, course, ground)


def _from_likeliest_pass(
    position: FeedPosition, plan: ThrottlePlan, course: Course, ground: CourseGround, places: Places
) -> ThrottlePlan | None:
    """As long as it is not sure, nobody has arrived; and a lap that turns out to be another is a leap that counts."""
    likeliest = likeliest_pass(position, plan, places)
    if likeliest is None:
        return None
    distance_m = likeliest.distance_m
    if not likeliest.is_sure:
        distance_m = min(distance_m, ground.length_m - ARRIVED_M - 1.0)
    last = plan.replan and replace(plan.replan, distance_m=distance_m, kept=None)
    planned = _planned_at(distance_m, position, replace(plan, replan=last), course, ground)
    if not likeliest.passes or planned.replan is None:
        return planned
    first_at = (last and last.first_at) or position.at
    return replace(planned, replan=replace(planned.replan, first_at=first_at, passes=likeliest.passes))


def _planned_at(
    distance_m: float, position: FeedPosition, plan: ThrottlePlan, course: Course, ground: CourseGround
) -> ThrottlePlan:
    if distance_m >= ground.length_m - ARRIVED_M:
        distance_m = ground.length_m
    report = Report(distance_m=distance_m, at=position.at, heart_rate=position.heart_rate)
    planned = replan(plan, ground, course.waypoints, report)
    return planned if planned.now.steps else unfollowed(planned)


def _leaps_back(distance_m: float, at: datetime, plan: ThrottlePlan) -> bool:
    """Whether nobody runs back so far in so short a time; leaps ahead are refused where it is planned anew."""
    last = plan.replan
    if last is None:
        return False
    return last.distance_m - distance_m - LEAP_M > FASTEST_REPORT_M_PER_S * (at - last.at).total_seconds()
