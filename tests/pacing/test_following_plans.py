"""A plan that follows a feed goes by the newest position that makes sense, and passes the others by."""

from dataclasses import replace
from uuid import UUID

import pytest

from domain.courses.model import CourseGround
from domain.courses.places import NoPositionsOnCourse
from domain.pacing.model import Following, Report, ThrottlePlan
from domain.pacing.on_the_way.feed import FeedPosition
from domain.pacing.on_the_way.following import PlanIsOver, SourceBad, checked_source, followed_from, heeded, unfollowed
from domain.pacing.on_the_way.replan import replan
from domain.pacing.refusals import PlanHasNoStart
from tests.factories.followed_plans import GROUND, a_followed_plan, a_position, after
from tests.factories.plans_to_take import a_course, without_positions
from tests.fakes.feeds import TOPIC

FOLLOWING = Following(topic_id=UUID(int=3), source="phone", offset=41)


def heed(*positions: FeedPosition, plan: ThrottlePlan | None = None, ground: CourseGround = GROUND) -> ThrottlePlan:
    """The plan that comes of it; it is an error when none does."""
    planned = heeded(plan or a_followed_plan(ground), a_course(ground), ground, positions, up_to=9)
    assert planned is not None
    return planned


def passed_by(*positions: FeedPosition, plan: ThrottlePlan) -> bool:
    return heeded(plan, a_course(GROUND), GROUND, positions, up_to=9) is None


def seen_at(metres: float, minutes: float) -> ThrottlePlan:
    """A plan whose runner was seen before."""
    return replan(a_followed_plan(), GROUND, (), Report(distance_m=metres, at=after(minutes)))


def last_m(plan: ThrottlePlan) -> float:
    assert plan.replan is not None
    return plan.replan.distance_m


def test_a_position_on_the_course_has_the_plan_made_anew_from_there() -> None:
    planned = heed(a_position(4_000.0, 25.0, heartRate=150))
    assert planned.replan is not None
    assert planned.replan.distance_m == pytest.approx(4_000.0, abs=1.0)
    assert (planned.replan.at, planned.replan.heart_rate) == (after(25.0), 150.0)
    assert planned.now.steps[0].start_m == pytest.approx(4_000.0, abs=1.0)


def test_the_feed_is_heeded_up_to_where_it_was_read() -> None:
    plan = a_followed_plan(source="phone", offset=2)
    following = heed(a_position(4_000.0, 25.0, offset=3), plan=plan).following
    assert following == Following(topic_id=TOPIC, source="phone", offset=9)


def test_of_several_positions_the_newest_counts_whatever_order_they_came_in() -> None:
    positions = [a_position(4_000.0, 25.0, offset=2), a_position(5_000.0, 31.0), a_position(3_000.0, 19.0, offset=3)]
    assert last_m(heed(*positions)) == pytest.approx(5_000.0, abs=1.0)


def test_a_position_off_the_course_leaves_it_to_the_one_before() -> None:
    lost = replace(a_position(5_000.0, 31.0), latitude=47.0)
    assert last_m(heed(a_position(4_000.0, 25.0), lost)) == pytest.approx(4_000.0, abs=1.0)


def test_positions_nowhere_on_earth_are_passed_by() -> None:
    assert passed_by(replace(a_position(5_000.0, 31.0), latitude=1e300), plan=a_followed_plan())


def test_a_position_older_than_the_last_report_is_passed_by() -> None:
    assert passed_by(a_position(4_500.0, 24.0), plan=seen_at(4_000.0, 25.0))


def test_the_position_of_the_last_report_itself_is_not_heeded_twice() -> None:
    assert passed_by(a_position(4_000.0, 25.0), plan=seen_at(4_000.0, 25.0))


def test_a_position_before_the_start_is_passed_by() -> None:
    assert passed_by(a_position(0.0, -1.0), plan=a_followed_plan())


def test_a_leap_ahead_that_nobody_runs_is_passed_by() -> None:
    assert passed_by(a_position(7_000.0, 26.0), plan=seen_at(4_000.0, 25.0))


def test_a_leap_back_that_nobody_runs_is_passed_by() -> None:
    assert passed_by(a_position(1_000.0, 26.0), plan=seen_at(4_000.0, 25.0))


def test_who_turns_back_a_little_is_believed() -> None:
    assert last_m(heed(a_position(3_900.0, 26.0), plan=seen_at(4_000.0, 25.0))) == pytest.approx(3_900.0, abs=1.0)


def test_positions_that_scatter_backwards_are_believed() -> None:
    planned = heed(a_position(3_920.0, 25.0 + 1 / 60), plan=seen_at(4_000.0, 25.0))
    assert last_m(planned) == pytest.approx(3_920.0, abs=1.0)


def test_a_plan_follows_no_longer_once_its_runner_has_arrived() -> None:
    planned = heed(a_position(9_975.0, 62.0), plan=seen_at(9_000.0, 56.0))
    assert planned.following is None
    assert last_m(planned) == pytest.approx(10_000.0)
    assert planned.now.predicted_time_s == pytest.approx(62.0 * 60)


def test_a_plan_whose_runner_has_arrived_already_follows_no_longer_and_stays_as_it_is() -> None:
    arrived = replan(a_followed_plan(), GROUND, (), Report(distance_m=10_000.0, at=after(60.0)))
    planned = heed(a_position(9_000.0, 61.0), plan=arrived)
    assert planned == unfollowed(arrived)


def test_a_plan_with_a_start_follows_from_the_offset_that_it_is_told() -> None:
    plan = followed_from(unfollowed(a_followed_plan()), GROUND, FOLLOWING, after(10.0))
    assert plan.following == FOLLOWING


def test_a_plan_without_a_start_cannot_follow() -> None:
    with pytest.raises(PlanHasNoStart):
        followed_from(replace(a_followed_plan(), starts_at=None), GROUND, FOLLOWING, after(10.0))


def test_a_plan_along_a_course_without_positions_cannot_follow() -> None:
    with pytest.raises(NoPositionsOnCourse):
        followed_from(a_followed_plan(), without_positions(GROUND), FOLLOWING, after(10.0))


def test_a_plan_whose_runner_has_arrived_cannot_follow() -> None:
    arrived = replan(a_followed_plan(), GROUND, (), Report(distance_m=10_000.0, at=after(60.0)))
    with pytest.raises(PlanIsOver, match="at the finish, so"):
        followed_from(arrived, GROUND, FOLLOWING, after(61.0))


@pytest.mark.parametrize(("hours", "is_over"), [(24.0, False), (26.0, True)])
def test_a_plan_is_over_a_day_after_its_finish_was_foretold(hours: float, is_over: bool) -> None:
    plan = a_followed_plan(following=None)
    assert plan.now.predicted_time_s == pytest.approx(3_900.0, abs=300.0)
    if is_over:
        with pytest.raises(PlanIsOver, match="a day ago"):
            followed_from(plan, GROUND, FOLLOWING, after(hours * 60))
    else:
        assert followed_from(plan, GROUND, FOLLOWING, after(hours * 60)).following == FOLLOWING


@pytest.mark.parametrize("source", ["", "  ", "x" * 201, "a\x00b", "two\nlines", "\ud800"])
def test_a_source_that_no_event_has_is_refused(source: str) -> None:
    with pytest.raises(SourceBad, match="1 to 200 characters"):
        checked_source(source)
