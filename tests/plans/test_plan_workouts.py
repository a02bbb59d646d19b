"""What the workouts of a plan allow, one by one and as a block."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plans.bounds import OutOfBounds, RangeReversed
from domain.plans.changes import CannotBeCleared, WorkoutChanges
from domain.plans.dates import WorkoutOutsidePlan
from domain.plans.model import NoWorkouts, Plan, TooManyWorkouts, WorkoutNotFound
from domain.plans.wording import NameOutOfBounds, TextTooLong
from domain.plans.workouts import HalfPaceRange, PaceRange, RestIsNotRun, WorkoutType
from domain.shared.errors import UserError
from tests.factories.plans import FIRST_DAY, LAST_DAY, a_plan, a_plan_with, a_step, a_workout, workout_id
from tests.factories.refusals import field_refused

DAY = timedelta(days=1)
plan_days = st.dates(FIRST_DAY, LAST_DAY)


def test_added_workouts_stand_after_the_others_in_their_order() -> None:
    plan = a_plan_with().add_workouts([a_workout(3), a_workout(2)])
    assert [workout.id for workout in plan.workouts] == [workout_id(1), workout_id(3), workout_id(2)]


def test_the_name_of_an_added_workout_is_trimmed() -> None:
    assert a_plan().add_workouts([a_workout(name=" Hills ")]).workouts[0].name == "Hills"


@given(count=st.integers(1, 6), bad=st.integers(0, 5))
def test_one_bad_workout_among_many_refuses_them_all_and_is_named_by_its_place(count: int, bad: int) -> None:
    place = bad % count
    plan = a_plan()
    block = [a_workout(n, planned_distance_m=5 if n == place else 5_000) for n in range(count)]
    field = field_refused(OutOfBounds, lambda: plan.add_workouts(block))
    assert field == ("workouts", str(place), "plannedDistanceM")
    assert plan == a_plan()


def test_adding_no_workouts_is_refused() -> None:
    assert field_refused(NoWorkouts, lambda: a_plan().add_workouts([])) == ("workouts",)


def test_200_workouts_go_into_one_request() -> None:
    assert len(a_plan().add_workouts([a_workout(n) for n in range(200)]).workouts) == 200


def test_201_workouts_do_not_go_into_one_request() -> None:
    with pytest.raises(TooManyWorkouts, match="At most 200 workouts go into one request; this would be 201"):
        a_plan().add_workouts([a_workout(n) for n in range(201)])


def test_a_plan_holds_1000_workouts_and_no_more() -> None:
    full = a_plan(workouts=[a_workout(n) for n in range(999)]).add_workouts([a_workout(999)])
    with pytest.raises(TooManyWorkouts, match="At most 1,000 workouts go into one plan; this would be 1,001"):
        full.add_workouts([a_workout(1_000)])


@pytest.mark.parametrize("day", [None, FIRST_DAY, LAST_DAY])
def test_a_workout_may_be_on_any_day_of_its_plan_or_on_none(day: date | None) -> None:
    assert a_plan().add_workouts([a_workout(scheduled_date=day)]).workouts[0].scheduled_date == day


@pytest.mark.parametrize("day", [FIRST_DAY - DAY, LAST_DAY + DAY])
def test_a_workout_may_not_be_outside_its_plan(day: date) -> None:
    field = field_refused(WorkoutOutsidePlan, lambda: a_plan().add_workouts([a_workout(scheduled_date=day)]))
    assert field == ("workouts", "0", "scheduledDate")


@pytest.mark.parametrize(
    "kept",
    [
        {"planned_distance_m": 100},
        {"planned_distance_m": 300_000},
        {"planned_duration_s": 1},
        {"planned_duration_s": 172_800},
        {"target_pace": PaceRange(120, 1_200)},
        {"target_pace": PaceRange(300, 300)},
        {"type": WorkoutType.REST, "planned_duration_s": 3_600},
    ],
)
def test_the_bounds_themselves_are_allowed(kept: dict[str, Any]) -> None:
    assert a_plan().add_workouts([a_workout(**kept)]).workouts == (a_workout(**kept),)


REFUSED_WORKOUTS = [
    ({"planned_distance_m": 99.9}, OutOfBounds, ("plannedDistanceM",)),
    ({"planned_distance_m": 300_000.1}, OutOfBounds, ("plannedDistanceM",)),
    ({"planned_distance_m": float("nan")}, OutOfBounds, ("plannedDistanceM",)),
    ({"planned_distance_m": float("inf")}, OutOfBounds, ("plannedDistanceM",)),
    ({"planned_duration_s": 0}, OutOfBounds, ("plannedDurationS",)),
    ({"planned_duration_s": 172_801}, OutOfBounds, ("plannedDurationS",)),
    ({"target_pace": PaceRange(119, 300)}, OutOfBounds, ("targetPace", "minSPerKm")),
    ({"target_pace": PaceRange(300, 1_201)}, OutOfBounds, ("targetPace", "maxSPerKm")),
    ({"target_pace": PaceRange(float("nan"), 300)}, OutOfBounds, ("targetPace", "minSPerKm")),
    ({"target_pace": PaceRange(301, 300)}, RangeReversed, ("targetPace",)),
    ({"target_pace": PaceRange(None, 300)}, HalfPaceRange, ("targetPace", "minSPerKm")),
    ({"target_pace": PaceRange(300, None)}, HalfPaceRange, ("targetPace", "maxSPerKm")),
    ({"name": " "}, NameOutOfBounds, ("name",)),
    ({"description": "d" * 10_001}, TextTooLong, ("description",)),
    ({"type": WorkoutType.REST, "planned_distance_m": 5_000}, RestIsNotRun, ("plannedDistanceM",)),
    ({"type": WorkoutType.REST, "target_pace": PaceRange(300, 310)}, RestIsNotRun, ("targetPace",)),
    ({"type": WorkoutType.REST, "steps": (a_step(),)}, RestIsNotRun, ("steps",)),
    ({"steps": (a_step(distance_m=0),)}, OutOfBounds, ("steps", "0", "distanceM")),
]


@pytest.mark.parametrize(("values", "refusal", "field"), REFUSED_WORKOUTS)
def test_a_workout_that_breaks_a_rule_is_not_added(
    values: dict[str, Any], refusal: type[UserError], field: tuple[str, ...]
) -> None:
    refused = field_refused(refusal, lambda: a_plan().add_workouts([a_workout(1), a_workout(2, **values)]))
    assert refused == ("workouts", "1", *field)


@pytest.mark.parametrize(("values", "refusal", "field"), REFUSED_WORKOUTS)
def test_a_workout_cannot_be_revised_so_that_it_breaks_a_rule(
    values: dict[str, Any], refusal: type[UserError], field: tuple[str, ...]
) -> None:
    changes = WorkoutChanges(**values)
    assert field_refused(refusal, lambda: a_plan_with().revise_workout(workout_id(1), changes)) == field


def test_a_refused_distance_says_the_bounds_and_the_value() -> None:
    with pytest.raises(OutOfBounds, match="A planned distance is 100 to 300,000 m; this one is 300,001"):
        a_plan().add_workouts([a_workout(planned_distance_m=300_001.0)])


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_planned_distance_is_kept_exactly_when_it_lies_within_its_bounds(distance_m: float) -> None:
    try:
        a_plan().add_workouts([a_workout(planned_distance_m=distance_m)])
    except OutOfBounds:
        assert not 100 <= distance_m <= 300_000
    else:
        assert 100 <= distance_m <= 300_000


def test_a_pace_range_without_ends_is_no_target() -> None:
    assert a_plan().add_workouts([a_workout(target_pace=PaceRange(None, None))]).workouts[0].target_pace is None


def test_a_rest_may_carry_a_pace_range_without_ends() -> None:
    rest = a_workout(type=WorkoutType.REST, target_pace=PaceRange(None, None))
    assert a_plan().add_workouts([rest]).workouts[0].target_pace is None


def test_a_run_cannot_become_a_rest_while_it_keeps_its_distance() -> None:
    plan = a_plan_with(planned_distance_m=8_000)
    changes = WorkoutChanges(type=WorkoutType.REST)
    assert field_refused(RestIsNotRun, lambda: plan.revise_workout(workout_id(1), changes)) == ("plannedDistanceM",)


def test_a_run_becomes_a_rest_when_its_distance_is_cleared_with_it() -> None:
    plan = a_plan_with(planned_distance_m=8_000)
    changes = WorkoutChanges(type=WorkoutType.REST, planned_distance_m=None)
    assert plan.revise_workout(workout_id(1), changes).workouts[0].type is WorkoutType.REST


def test_a_revised_workout_keeps_what_is_not_given() -> None:
    plan = a_plan_with(planned_distance_m=8_000, scheduled_date=FIRST_DAY, steps=(a_step(),))
    revised = plan.revise_workout(workout_id(1), WorkoutChanges(description="On soft ground"))
    assert revised.workouts == (replace(plan.workouts[0], description="On soft ground"),)


def test_null_steps_clear_the_steps_of_a_workout() -> None:
    revised = a_plan_with(steps=(a_step(),)).revise_workout(workout_id(1), WorkoutChanges(steps=None))
    assert revised.workouts[0].steps == ()


def test_a_workout_can_be_taken_off_its_day() -> None:
    plan = a_plan_with(scheduled_date=FIRST_DAY)
    revised = plan.revise_workout(workout_id(1), WorkoutChanges(scheduled_date=None))
    assert revised.workouts[0].scheduled_date is None


def test_a_workout_cannot_be_revised_onto_a_day_outside_its_plan() -> None:
    changes = WorkoutChanges(scheduled_date=LAST_DAY + DAY)
    field = field_refused(WorkoutOutsidePlan, lambda: a_plan_with().revise_workout(workout_id(1), changes))
    assert field == ("scheduledDate",)


@pytest.mark.parametrize(
    ("changes", "field"), [(WorkoutChanges(name=None), "name"), (WorkoutChanges(type=None), "type")]
)
def test_the_name_and_type_of_a_workout_cannot_be_cleared(changes: WorkoutChanges, field: str) -> None:
    assert field_refused(CannotBeCleared, lambda: a_plan_with().revise_workout(workout_id(1), changes)) == (field,)


@given(st.lists(plan_days, min_size=1, max_size=6), st.integers(0, 5), plan_days)
def test_rescheduling_moves_one_workout_and_keeps_all_others(days: list[date], which: int, to: date) -> None:
    plan = a_plan(workouts=[a_workout(n, scheduled_date=day) for n, day in enumerate(days)])
    place = which % len(days)
    moved = plan.reschedule(workout_id(place), to)
    assert moved.workouts[place] == replace(plan.workouts[place], scheduled_date=to)
    assert moved.workouts[:place] + moved.workouts[place + 1 :] == plan.workouts[:place] + plan.workouts[place + 1 :]
    assert moved.version == plan.version + (days[place] != to)


@pytest.mark.parametrize("day", [FIRST_DAY - DAY, LAST_DAY + DAY])
def test_a_workout_cannot_be_rescheduled_out_of_its_plan(day: date) -> None:
    assert field_refused(WorkoutOutsidePlan, lambda: a_plan_with().reschedule(workout_id(1), day)) == ("to",)


def test_a_removed_workout_is_gone_and_the_others_stay() -> None:
    plan = a_plan(workouts=[a_workout(1), a_workout(2), a_workout(3)])
    assert plan.remove_workout(workout_id(2)).workouts == (a_workout(1), a_workout(3))


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan.revise_workout(workout_id(1), WorkoutChanges(name="Other")),
        lambda plan: plan.reschedule(workout_id(1), FIRST_DAY),
        lambda plan: plan.remove_workout(workout_id(1)),
    ],
)
def test_a_workout_that_is_not_in_the_plan_is_not_found(change: Callable[[Plan], Plan]) -> None:
    field_refused(WorkoutNotFound, lambda: change(a_plan(workouts=[a_workout(2)])))
