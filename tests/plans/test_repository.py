"""Plans in PostgreSQL: what is stored is what comes back, and only what differs is written."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from svcs import Container

from domain.accounts.ports import AthleteRepository, Claims
from domain.plans.changes import WorkoutChanges
from domain.plans.model import Plan, PlanId, PlanNotFound, WorkoutNotFound
from domain.plans.ports import PlanRepository
from domain.plans.status import PlanStatus
from domain.plans.steps import StepKind, StepTarget, TargetKind, WorkoutStep
from domain.plans.workouts import PaceRange, Workout, WorkoutId, WorkoutType
from domain.shared.ports import Ids
from domain.shared.viewer import Viewer
from tests.factories.plans import FIRST_DAY, LAST_DAY, a_plan, a_repeat, a_step, a_viewer, a_workout

STAMPS = "select updated_at from {} where id = $1"


class Refused(Exception):
    """Whatever a change may raise."""


@pytest.fixture
async def plans(app: Starlette) -> PlanRepository:
    async with Container(app.state.registry) as services:
        repository: PlanRepository = await services.aget(PlanRepository)
        return repository


@pytest.fixture
async def ids(app: Starlette) -> Ids:
    async with Container(app.state.registry) as services:
        made: Ids = await services.aget(Ids)
        return made


@pytest.fixture
async def viewer(app: Starlette) -> Viewer:
    claims = Claims("a test", "planner", frozenset(), None, None, datetime(2099, 1, 1, tzinfo=UTC))
    async with Container(app.state.registry) as services:
        met: Viewer = await (await services.aget(AthleteRepository)).identify(claims)
        return met


@pytest.fixture
def store(plans: PlanRepository, ids: Ids, viewer: Viewer) -> Callable[..., Any]:
    """Stores a plan with these workouts, under new ids, as the viewer's; gives it as it was stored."""

    async def add(*workouts: Workout, **given: Any) -> Plan:
        own = [replace(workout, id=WorkoutId(ids.new())) for workout in workouts]
        plan = a_plan(id=PlanId(ids.new()), athlete_id=viewer.athlete_id, workouts=own, **given)
        await plans.add(plan, once=None)
        return plan

    return add


async def loaded(plans: PlanRepository, plan_id: PlanId, viewer: Viewer) -> Plan:
    seen: list[Plan] = []

    def look(plan: Plan) -> Plan:
        seen.append(plan)
        return plan

    await plans.update(plan_id, viewer, look, once=None)
    return seen[0]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
STEPS = st.recursive(
    st.builds(
        WorkoutStep,
        kind=st.sampled_from([StepKind.WARM_UP, StepKind.WORK]),
        distance_m=st.none() | st.floats(1, 300_000),
        duration_s=st.none() | st.integers(1, 172_800),
        note=st.none() | TEXTS,
        target=st.none() | st.builds(StepTarget, st.sampled_from(TargetKind), st.floats(1, 500), st.floats(500, 1_200)),
    ),
    lambda inner: st.builds(
        WorkoutStep,
        kind=st.just(StepKind.REPEAT),
        repetitions=st.integers(2, 100),
        steps=st.lists(inner, min_size=1, max_size=3).map(tuple),
    ),
    max_leaves=5,
)
WORKOUTS = st.builds(
    Workout,
    id=st.just(WorkoutId(UUID(int=1))),
    name=TEXTS,
    type=st.sampled_from(WorkoutType),
    description=st.none() | TEXTS,
    scheduled_date=st.none() | st.dates(FIRST_DAY, LAST_DAY),
    planned_distance_m=st.none() | st.floats(100, 300_000),
    planned_duration_s=st.none() | st.integers(1, 172_800),
    target_pace=st.none() | st.builds(PaceRange, st.floats(120, 500), st.floats(500, 1_200)),
    steps=st.lists(STEPS, max_size=3).map(tuple),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.none() | TEXTS, st.sampled_from(PlanStatus), st.none() | st.dates(), st.lists(WORKOUTS, max_size=3))
async def test_a_plan_comes_back_as_it_was_stored(
    store: Callable[..., Any],
    plans: PlanRepository,
    viewer: Viewer,
    name: str,
    description: str | None,
    status: PlanStatus,
    goal_race_date: Any,
    workouts: list[Workout],
) -> None:
    stored = await store(
        *workouts, name=name, description=description, status=status, goal_race_date=goal_race_date, version=7
    )
    assert await loaded(plans, stored.id, viewer) == stored


async def test_a_change_writes_the_workouts_that_differ_and_no_others(
    store: Callable[..., Any], plans: PlanRepository, viewer: Viewer, sql: asyncpg.Connection
) -> None:
    plan = await store(a_workout(1), a_workout(2, steps=(a_repeat(a_step(distance_m=400.0)),)))
    first, second = (workout.id for workout in plan.workouts)
    before = [await sql.fetchval(STAMPS.format("workout"), id) for id in (first, second)]

    await plans.update_with_workout(
        first, viewer, lambda plan: plan.revise_workout(first, WorkoutChanges(name="Other")), once=None
    )

    after = [await sql.fetchval(STAMPS.format("workout"), id) for id in (first, second)]
    assert after[0] > before[0]
    assert after[1] == before[1]


async def test_a_change_that_changes_nothing_writes_nothing(
    store: Callable[..., Any], plans: PlanRepository, viewer: Viewer, sql: asyncpg.Connection
) -> None:
    plan = await store(a_workout(1))
    before = await sql.fetchval(STAMPS.format("plan"), plan.id)
    await plans.update(plan.id, viewer, lambda plan: plan, once=None)
    assert await sql.fetchval(STAMPS.format("plan"), plan.id) == before


async def test_a_change_of_a_workout_is_a_change_of_its_plan(
    store: Callable[..., Any], plans: PlanRepository, viewer: Viewer, sql: asyncpg.Connection
) -> None:
    plan = await store(a_workout(1))
    before = await sql.fetchval(STAMPS.format("plan"), plan.id)
    (workout,) = plan.workouts
    await plans.update_with_workout(workout.id, viewer, lambda plan: plan.reschedule(workout.id, FIRST_DAY), once=None)
    assert await sql.fetchval(STAMPS.format("plan"), plan.id) > before


async def test_a_change_that_raises_stores_nothing(
    store: Callable[..., Any], plans: PlanRepository, viewer: Viewer
) -> None:
    plan = await store(a_workout(1))

    def refuse(_: Plan) -> Plan:
        raise Refused

    with pytest.raises(Refused):
        await plans.update(plan.id, viewer, refuse, once=None)
    assert await loaded(plans, plan.id, viewer) == plan


async def test_added_workouts_are_answered_in_the_order_of_the_changed_plan(
    store: Callable[..., Any], plans: PlanRepository, viewer: Viewer, ids: Ids
) -> None:
    plan = await store(a_workout(1))
    new = [replace(a_workout(), id=WorkoutId(ids.new()), name=f"Workout {at}") for at in range(5)]
    added = await plans.add_workouts(plan.id, viewer, lambda plan: plan.add_workouts(new), once=None)
    assert list(added) == [workout.id for workout in new]
    assert [workout.id for workout in (await loaded(plans, plan.id, viewer)).workouts[1:]] == list(added)


async def test_to_a_stranger_a_plan_and_its_workouts_are_not_there(
    store: Callable[..., Any], plans: PlanRepository, ids: Ids, viewer: Viewer
) -> None:
    plan = await store(a_workout(1))
    stranger = a_viewer(athlete_id=ids.new())
    for call in (plans.update, plans.add_workouts):
        with pytest.raises(PlanNotFound):
            await call(plan.id, stranger, lambda plan: plan, once=None)
    with pytest.raises(PlanNotFound):
        await plans.remove(plan.id, stranger, once=None)
    with pytest.raises(WorkoutNotFound):
        await plans.update_with_workout(plan.workouts[0].id, stranger, lambda plan: plan, once=None)
    assert await loaded(plans, plan.id, viewer) == plan


async def test_a_plan_with_more_workouts_than_one_statement_has_parameters_is_stored_whole(
    store: Callable[..., Any], plans: PlanRepository, viewer: Viewer
) -> None:
    plan = await store(*(a_workout(at) for at in range(1_000)))
    assert await loaded(plans, plan.id, viewer) == plan


async def test_a_removed_plan_takes_its_workouts_along(
    store: Callable[..., Any], plans: PlanRepository, viewer: Viewer, sql: asyncpg.Connection
) -> None:
    plan = await store(a_workout(1), a_workout(2))
    await plans.remove(plan.id, viewer, once=None)
    assert await sql.fetchval("select count(*) from workout where plan = $1", plan.id) == 0
    with pytest.raises(PlanNotFound):
        await loaded(plans, plan.id, viewer)
