"""What a plan allows: its words, its days, and its revisions."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.plans.changes import CannotBeCleared, PlanChanges
from domain.plans.dates import (
    GoalRaceOutsidePlan,
    PlanEndsTooSoon,
    PlanOutsideCalendar,
    PlanTooLong,
    WorkoutLeftOutside,
)
from domain.plans.model import Plan, StalePlan
from domain.plans.status import PlanStatus
from domain.plans.wording import NameOutOfBounds, TextTooLong, TextUnstorable
from tests.factories.plans import ATHLETE, FIRST_DAY, LAST_DAY, PLAN, a_plan, a_plan_with
from tests.factories.refusals import field_refused

DAY = timedelta(days=1)


def drafted(**given: Any) -> Plan:
    values: dict[str, Any] = {"name": "Base", "start_date": FIRST_DAY, "end_date": LAST_DAY} | given
    return Plan.draft(PLAN, ATHLETE, **values)


# A new plan


def test_a_new_plan_is_a_draft_at_version_1_without_workouts() -> None:
    plan = drafted()
    assert (plan.status, plan.version, plan.workouts) == (PlanStatus.DRAFT, 1, ())


def test_a_plan_belongs_to_the_athlete_who_drafts_it() -> None:
    assert drafted().athlete_id == ATHLETE


def test_a_name_loses_the_spaces_around_it() -> None:
    assert drafted(name="  Trail 50 \n").name == "Trail 50"


@pytest.mark.parametrize("name", ["x", "x" * 255, " " + "x" * 255 + " "])
def test_a_name_may_have_1_to_255_characters_after_trimming(name: str) -> None:
    assert drafted(name=name).name == name.strip()


@pytest.mark.parametrize("name", ["", "   ", "x" * 256])
def test_a_name_that_is_blank_or_too_long_is_refused(name: str) -> None:
    assert field_refused(NameOutOfBounds, lambda: drafted(name=name)) == ("name",)


@pytest.mark.parametrize("name", ["a\x00b", f"a{chr(0xD800)}b", f"a{chr(0xDFFF)}b"])
def test_a_name_may_not_hold_what_the_database_cannot_store(name: str) -> None:
    assert field_refused(TextUnstorable, lambda: drafted(name=name)) == ("name",)


def test_a_description_may_have_10000_characters() -> None:
    assert drafted(description="d" * 10_000).description == "d" * 10_000


def test_a_longer_description_is_refused_with_its_length_and_the_bound() -> None:
    with pytest.raises(TextTooLong, match=r"10,001 characters; at most 10,000"):
        drafted(description="d" * 10_001)


def test_a_description_may_not_hold_a_nul() -> None:
    assert field_refused(TextUnstorable, lambda: drafted(description="\x00")) == ("description",)


# Its days


@pytest.mark.parametrize("days", [0, -1, -400])
def test_a_plan_may_not_end_before_it_starts_nor_on_that_day(days: int) -> None:
    assert field_refused(PlanEndsTooSoon, lambda: drafted(end_date=FIRST_DAY + days * DAY)) == ("endDate",)


@pytest.mark.parametrize("days", [1, 365])
def test_a_plan_may_end_1_to_365_days_after_it_starts(days: int) -> None:
    assert drafted(end_date=FIRST_DAY + days * DAY).end_date == FIRST_DAY + days * DAY


def test_a_plan_may_not_end_366_days_after_it_starts() -> None:
    assert field_refused(PlanTooLong, lambda: drafted(end_date=FIRST_DAY + 366 * DAY)) == ("endDate",)


@pytest.mark.parametrize("goal", [FIRST_DAY, LAST_DAY, LAST_DAY + 14 * DAY])
def test_a_goal_race_may_be_within_the_plan_or_14_days_after(goal: date) -> None:
    assert drafted(goal_race_date=goal).goal_race_date == goal


@pytest.mark.parametrize("goal", [FIRST_DAY - DAY, LAST_DAY + 15 * DAY])
def test_a_goal_race_may_not_be_before_the_plan_nor_15_days_after(goal: date) -> None:
    assert field_refused(GoalRaceOutsidePlan, lambda: drafted(goal_race_date=goal)) == ("goalRaceDate",)


def test_a_plan_lies_within_the_years_that_the_database_takes_for_days() -> None:
    # date.min and date.max come back from PostgreSQL as infinities.
    first, last = date(1900, 1, 1), date(2200, 12, 31)
    assert drafted(start_date=first, end_date=first + DAY).start_date == first
    assert drafted(start_date=last - DAY, end_date=last).end_date == last
    assert field_refused(PlanOutsideCalendar, lambda: drafted(start_date=first - DAY, end_date=first)) == ("startDate",)
    assert field_refused(PlanOutsideCalendar, lambda: drafted(start_date=last, end_date=last + DAY)) == ("endDate",)
    assert field_refused(PlanOutsideCalendar, lambda: drafted(start_date=date.min, end_date=date.max)) == ("startDate",)


# Revising it


def test_revising_changes_what_is_given_and_keeps_the_rest() -> None:
    plan = a_plan(description="Slowly", goal_race_date=LAST_DAY)
    assert plan.revise(PlanChanges(name=" Summer ")) == replace(plan, name="Summer", version=2)


def test_a_description_and_a_goal_race_can_be_cleared() -> None:
    revised = a_plan(description="Slowly", goal_race_date=LAST_DAY).revise(
        PlanChanges(description=None, goal_race_date=None)
    )
    assert (revised.description, revised.goal_race_date) == (None, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        (PlanChanges(name=None), "name"),
        (PlanChanges(start_date=None), "startDate"),
        (PlanChanges(end_date=None), "endDate"),
    ],
)
def test_a_name_and_the_days_of_a_plan_cannot_be_cleared(changes: PlanChanges, field: str) -> None:
    assert field_refused(CannotBeCleared, lambda: a_plan().revise(changes)) == (field,)


@pytest.mark.parametrize(
    "changes", [PlanChanges(), PlanChanges(name="Spring half marathon "), PlanChanges(description=None)]
)
def test_a_revision_that_changes_nothing_keeps_the_version(changes: PlanChanges) -> None:
    assert a_plan().revise(changes) == a_plan()


def test_a_revised_plan_keeps_the_rules_of_a_new_one() -> None:
    changes = PlanChanges(end_date=LAST_DAY - 20 * DAY)
    assert field_refused(GoalRaceOutsidePlan, lambda: a_plan(goal_race_date=LAST_DAY).revise(changes)) == (
        "goalRaceDate",
    )


@pytest.mark.parametrize(
    ("day", "changes", "field"),
    [
        (FIRST_DAY, PlanChanges(start_date=FIRST_DAY + DAY), "startDate"),
        (LAST_DAY, PlanChanges(end_date=LAST_DAY - DAY), "endDate"),
    ],
)
def test_a_plan_may_not_leave_a_workout_outside(day: date, changes: PlanChanges, field: str) -> None:
    assert field_refused(WorkoutLeftOutside, lambda: a_plan_with(scheduled_date=day).revise(changes)) == (field,)


@pytest.mark.parametrize("day", [FIRST_DAY + DAY, LAST_DAY - DAY])
def test_a_plan_may_shrink_until_a_workout_stands_on_its_first_or_last_day(day: date) -> None:
    shrunk = a_plan_with(scheduled_date=day).revise(PlanChanges(start_date=FIRST_DAY + DAY, end_date=LAST_DAY - DAY))
    assert day in (shrunk.start_date, shrunk.end_date)


def test_the_refusal_to_leave_a_workout_outside_names_it_and_its_day() -> None:
    with pytest.raises(WorkoutLeftOutside, match=f"“Long one”, {LAST_DAY}"):
        a_plan_with(name="Long one", scheduled_date=LAST_DAY).revise(PlanChanges(end_date=LAST_DAY - DAY))


def test_a_plan_with_undated_workouts_can_be_moved_anywhere() -> None:
    moved = a_plan_with().revise(PlanChanges(start_date=date(2030, 1, 1), end_date=date(2030, 2, 1)))
    assert moved.days.start == date(2030, 1, 1)


def test_an_expected_version_that_is_stored_passes() -> None:
    a_plan(version=4).expect(4)


@pytest.mark.parametrize("version", [3, 5])
def test_another_expected_version_is_a_conflict_that_says_both_numbers(version: int) -> None:
    with pytest.raises(StalePlan, match=f"at version 4, not {version}"):
        a_plan(version=4).expect(version)
