"""Where a plan can go from where it stands, and what it allows there."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.plans.changes import PlanChanges, WorkoutChanges
from domain.plans.model import Plan
from domain.plans.status import TRANSITIONS, PlanFinished, PlanStatus, StatusNotReachable
from tests.factories.plans import FIRST_DAY, a_plan, a_workout, workout_id
from tests.factories.refusals import field_refused

FINISHED = (PlanStatus.COMPLETED, PlanStatus.ABANDONED)


@given(st.lists(st.sampled_from(["activate", "complete", "abandon"])))
def test_any_sequence_of_steps_stays_within_the_table(steps: list[str]) -> None:
    plan = a_plan()
    for step in steps:
        before = plan
        try:
            plan = getattr(plan, step)()
        except StatusNotReachable:
            continue
        assert plan.status in TRANSITIONS[before.status]
        assert plan.version == before.version + 1


ALLOWED = {
    (PlanStatus.DRAFT, "activate"): PlanStatus.ACTIVE,
    (PlanStatus.DRAFT, "abandon"): PlanStatus.ABANDONED,
    (PlanStatus.ACTIVE, "complete"): PlanStatus.COMPLETED,
    (PlanStatus.ACTIVE, "abandon"): PlanStatus.ABANDONED,
}


@pytest.mark.parametrize("step", ["activate", "complete", "abandon"])
@pytest.mark.parametrize("status", list(PlanStatus))
def test_a_plan_goes_from_draft_to_active_to_its_end_and_no_other_way(status: PlanStatus, step: str) -> None:
    plan = a_plan(status=status)
    if (status, step) in ALLOWED:
        assert getattr(plan, step)().status is ALLOWED[status, step]
    else:
        field_refused(StatusNotReachable, getattr(plan, step))


def test_a_refused_step_says_where_the_plan_can_go_instead() -> None:
    with pytest.raises(StatusNotReachable, match="is DRAFT and cannot become COMPLETED: it can become ACTIVE or ABAND"):
        a_plan().complete()


CHANGES: dict[str, Callable[[Plan], Plan]] = {
    "revise": lambda plan: plan.revise(PlanChanges(name="Other")),
    "add_workouts": lambda plan: plan.add_workouts([a_workout(2)]),
    "revise_workout": lambda plan: plan.revise_workout(workout_id(1), WorkoutChanges(name="Other")),
    "reschedule": lambda plan: plan.reschedule(workout_id(1), FIRST_DAY),
    "remove_workout": lambda plan: plan.remove_workout(workout_id(1)),
}


@pytest.mark.parametrize("status", FINISHED)
@pytest.mark.parametrize("change", CHANGES)
def test_a_finished_plan_and_its_workouts_cannot_be_changed(status: PlanStatus, change: str) -> None:
    field_refused(PlanFinished, lambda: CHANGES[change](a_plan(status=status, workouts=[a_workout(1)])))


@pytest.mark.parametrize("status", [PlanStatus.DRAFT, PlanStatus.ACTIVE])
@pytest.mark.parametrize("change", CHANGES)
def test_each_change_of_a_plan_or_its_workouts_counts_as_one_version(status: PlanStatus, change: str) -> None:
    plan = a_plan(status=status, version=7, workouts=[a_workout(1)])
    assert CHANGES[change](plan).version == 8
