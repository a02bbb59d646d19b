"""What an athlete does with plans, against plans kept in memory."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from app.plans import use_cases
from domain.plans.changes import PlanChanges, WorkoutChanges
from domain.plans.dates import PlanEndsTooSoon
from domain.plans.model import PlanNotFound, StalePlan, WorkoutNotFound
from domain.plans.ports import PlanRepository
from domain.plans.status import PlanStatus, StatusNotReachable
from domain.plans.wording import NameOutOfBounds
from domain.plans.workouts import WorkoutId
from domain.shared.errors import Forbidden
from domain.shared.once import IdempotencyKeyReused, Once
from domain.shared.viewer import Scope, Viewer
from tests.factories.plans import (
    ATHLETE,
    FIRST_DAY,
    LAST_DAY,
    PLAN,
    a_plan,
    a_prescription,
    a_viewer,
    a_workout,
    workout_id,
)
from tests.fakes.plans import FakeIds, FakePlanRepository

VIEWER = a_viewer()
STRANGER = a_viewer(athlete_id=UUID(int=99))
ONCE = Once(ATHLETE, "monday", "create")

Call = Callable[[Viewer, PlanRepository, Once | None], Awaitable[object]]

CALLS: dict[str, Call] = {
    "create_plan": lambda viewer, plans, once: use_cases.create_plan(
        name="Base", start_date=FIRST_DAY, end_date=LAST_DAY, viewer=viewer, once=once, plans=plans, ids=FakeIds()
    ),
    "update_plan": lambda viewer, plans, once: use_cases.update_plan(
        PLAN, PlanChanges(name="Other"), viewer=viewer, once=once, plans=plans
    ),
    "activate_plan": lambda viewer, plans, once: use_cases.activate_plan(PLAN, viewer=viewer, once=once, plans=plans),
    "complete_plan": lambda viewer, plans, once: use_cases.complete_plan(PLAN, viewer=viewer, once=once, plans=plans),
    "abandon_plan": lambda viewer, plans, once: use_cases.abandon_plan(PLAN, viewer=viewer, once=once, plans=plans),
    "delete_plan": lambda viewer, plans, once: use_cases.delete_plan(PLAN, viewer=viewer, once=once, plans=plans),
    "add_workouts": lambda viewer, plans, once: use_cases.add_workouts(
        PLAN, [a_prescription(), a_prescription()], viewer=viewer, once=once, plans=plans, ids=FakeIds()
    ),
    "update_workout": lambda viewer, plans, once: use_cases.update_workout(
        workout_id(1), WorkoutChanges(name="Other"), viewer=viewer, once=once, plans=plans
    ),
    "reschedule_workout": lambda viewer, plans, once: use_cases.reschedule_workout(
        workout_id(1), LAST_DAY, viewer=viewer, once=once, plans=plans
    ),
    "delete_workout": lambda viewer, plans, once: use_cases.delete_workout(
        workout_id(1), viewer=viewer, once=once, plans=plans
    ),
}
ON_A_PLAN = ["update_plan", "activate_plan", "complete_plan", "abandon_plan", "delete_plan", "add_workouts"]
ON_A_WORKOUT = ["update_workout", "reschedule_workout", "delete_workout"]


def stored(status: PlanStatus = PlanStatus.ACTIVE) -> FakePlanRepository:
    return FakePlanRepository(a_plan(status=status, workouts=[a_workout(1)]))


def ready_for(name: str) -> FakePlanRepository:
    return stored(PlanStatus.DRAFT if name == "activate_plan" else PlanStatus.ACTIVE)


@pytest.mark.parametrize("name", CALLS)
async def test_a_reader_may_not_write(name: str) -> None:
    plans = ready_for(name)
    before = dict(plans.plans)
    with pytest.raises(Forbidden):
        await CALLS[name](a_viewer(scopes=frozenset({Scope.TRAINING_READ})), plans, None)
    assert plans.plans == before


@pytest.mark.parametrize("name", ON_A_PLAN)
async def test_another_athletes_plan_is_not_found(name: str) -> None:
    with pytest.raises(PlanNotFound):
        await CALLS[name](STRANGER, ready_for(name), None)


@pytest.mark.parametrize("name", ON_A_WORKOUT)
async def test_another_athletes_workout_is_not_found(name: str) -> None:
    with pytest.raises(WorkoutNotFound):
        await CALLS[name](STRANGER, ready_for(name), None)


@pytest.mark.parametrize("name", CALLS)
async def test_the_same_key_again_gives_the_first_answer_and_writes_nothing(name: str) -> None:
    plans = ready_for(name)
    answer = await CALLS[name](VIEWER, plans, ONCE)
    after = dict(plans.plans)
    assert await CALLS[name](VIEWER, plans, ONCE) == answer
    assert plans.plans == after


@pytest.mark.parametrize("name", CALLS)
async def test_the_same_key_for_another_request_is_a_conflict(name: str) -> None:
    plans = ready_for(name)
    await CALLS[name](VIEWER, plans, ONCE)
    with pytest.raises(IdempotencyKeyReused):
        await CALLS[name](VIEWER, plans, replace(ONCE, fingerprint="other"))


async def test_a_refused_write_does_not_use_up_its_key() -> None:
    plans = stored(PlanStatus.DRAFT)
    with pytest.raises(StatusNotReachable):
        await use_cases.complete_plan(PLAN, viewer=VIEWER, once=ONCE, plans=plans)
    await use_cases.activate_plan(PLAN, viewer=VIEWER, once=None, plans=plans)
    await use_cases.complete_plan(PLAN, viewer=VIEWER, once=ONCE, plans=plans)
    assert plans.plans[PLAN].status is PlanStatus.COMPLETED


async def test_a_created_plan_is_stored_as_a_draft_of_the_viewers() -> None:
    plans = FakePlanRepository()
    plan_id = await use_cases.create_plan(
        name="Base",
        description="Slowly",
        start_date=FIRST_DAY,
        end_date=LAST_DAY,
        goal_race_date=LAST_DAY,
        viewer=VIEWER,
        once=None,
        plans=plans,
        ids=FakeIds(),
    )
    assert plans.plans == {
        plan_id: a_plan(id=plan_id, name="Base", description="Slowly", goal_race_date=LAST_DAY, athlete_id=ATHLETE)
    }


async def test_a_plan_that_breaks_a_rule_is_not_stored() -> None:
    plans = FakePlanRepository()
    with pytest.raises(PlanEndsTooSoon):
        await use_cases.create_plan(
            name="Base",
            start_date=LAST_DAY,
            end_date=FIRST_DAY,
            viewer=VIEWER,
            once=None,
            plans=plans,
            ids=FakeIds(),
        )
    assert plans.plans == {}


async def test_a_plan_is_revised_when_the_expected_version_is_stored() -> None:
    plans = stored()
    changes = PlanChanges(name="Other")
    await use_cases.update_plan(PLAN, changes, expected_version=1, viewer=VIEWER, once=None, plans=plans)
    assert (plans.plans[PLAN].name, plans.plans[PLAN].version) == ("Other", 2)


async def test_a_plan_is_not_revised_when_another_version_is_stored() -> None:
    plans = stored()
    before = plans.plans[PLAN]
    with pytest.raises(StalePlan) as refused:
        await use_cases.update_plan(
            PLAN, PlanChanges(name="Other"), expected_version=2, viewer=VIEWER, once=None, plans=plans
        )
    assert refused.value.field == ("expectedVersion",)
    assert plans.plans[PLAN] == before


async def test_the_first_answer_comes_again_though_its_expected_version_is_stale_by_then() -> None:
    plans = stored()
    for _ in range(2):
        await use_cases.update_plan(
            PLAN, PlanChanges(name="Other"), expected_version=1, viewer=VIEWER, once=ONCE, plans=plans
        )
    assert plans.plans[PLAN].version == 2


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("activate_plan", PlanStatus.ACTIVE),
        ("complete_plan", PlanStatus.COMPLETED),
        ("abandon_plan", PlanStatus.ABANDONED),
    ],
)
async def test_a_plan_takes_the_step_it_is_asked_to(name: str, status: PlanStatus) -> None:
    plans = ready_for(name)
    assert await CALLS[name](VIEWER, plans, None) == PLAN
    assert plans.plans[PLAN].status is status


@pytest.mark.parametrize("status", list(PlanStatus))
async def test_a_plan_can_be_deleted_in_any_status(status: PlanStatus) -> None:
    plans = stored(status)
    await use_cases.delete_plan(PLAN, viewer=VIEWER, once=None, plans=plans)
    assert plans.plans == {}


async def test_added_workouts_answer_their_ids_in_the_order_given() -> None:
    plans = stored()
    block = [a_prescription(name=name) for name in ("Tuesday", "Monday", "Sunday")]
    added = await use_cases.add_workouts(PLAN, block, viewer=VIEWER, once=None, plans=plans, ids=FakeIds())
    assert [plans.plans[PLAN].workout(new).name for new in added] == ["Tuesday", "Monday", "Sunday"]


async def test_a_block_with_one_bad_workout_adds_none() -> None:
    plans = stored()
    before = plans.plans[PLAN]
    block = [a_prescription(), a_prescription(name=""), a_prescription()]
    with pytest.raises(NameOutOfBounds) as refused:
        await use_cases.add_workouts(PLAN, block, viewer=VIEWER, once=None, plans=plans, ids=FakeIds())
    assert refused.value.field == ("workouts", "1", "name")
    assert plans.plans[PLAN] == before


async def test_workouts_for_an_unknown_plan_are_refused_at_the_plans_id() -> None:
    with pytest.raises(PlanNotFound) as refused:
        await CALLS["add_workouts"](VIEWER, FakePlanRepository(), None)
    assert refused.value.field == ("planId",)


async def test_an_updated_workout_is_stored() -> None:
    plans = stored()
    changes = WorkoutChanges(planned_distance_m=12_000)
    await use_cases.update_workout(workout_id(1), changes, viewer=VIEWER, once=None, plans=plans)
    assert plans.plans[PLAN].workouts == (a_workout(1, planned_distance_m=12_000),)


async def test_a_rescheduled_workout_is_on_its_new_day() -> None:
    plans = stored()
    to = FIRST_DAY + timedelta(days=3)
    await use_cases.reschedule_workout(workout_id(1), to, viewer=VIEWER, once=None, plans=plans)
    assert plans.plans[PLAN].workouts[0].scheduled_date == to


async def test_a_deleted_workout_is_gone_and_its_plan_stays() -> None:
    plans = stored()
    await use_cases.delete_workout(workout_id(1), viewer=VIEWER, once=None, plans=plans)
    assert plans.plans[PLAN].workouts == ()


async def test_a_workout_that_is_not_there_is_not_found() -> None:
    with pytest.raises(WorkoutNotFound):
        await use_cases.delete_workout(WorkoutId(UUID(int=5)), viewer=VIEWER, once=None, plans=stored())
