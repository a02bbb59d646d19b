"""Plans in PostgreSQL: a plan is locked, changed by a pure function, and what differs is stored."""

from collections.abc import Callable, Sequence
from uuid import UUID

import asyncpg
import orjson

from domain.plans.model import Plan, PlanId, PlanNotFound, WorkoutNotFound
from domain.plans.ports import Change
from domain.plans.status import PlanStatus
from domain.plans.step_documents import from_document, to_document
from domain.plans.workouts import PaceRange, Workout, WorkoutId, WorkoutType
from domain.shared.once import Once
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database
from infrastructure.database.once import write_once

INSERT_PLAN = """
insert into plan (id, athlete, name, description, status, start_date, end_date, goal_race_date, version)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
UPDATE_PLAN = """
update plan set name = $3, description = $4, status = $5, start_date = $6, end_date = $7, goal_race_date = $8,
    version = $9, updated_at = now()
where id = $1 and athlete = $2
"""
LOCK_PLAN = """
select id, athlete as athlete_id, name, description, status, start_date, end_date, goal_race_date, version
from plan where id = $1 and athlete = $2 for no key update
"""
# Ids are made in the order in which workouts are added, and sort by it.
WORKOUTS = """
select id, name, type, description, scheduled_date, planned_distance_m, planned_duration_s, pace_min_s_per_km,
    pace_max_s_per_km, steps
from workout where plan = $1 order by id
"""
PLAN_OF_WORKOUT = "select plan from workout where id = $1 and athlete = $2"
PUT_WORKOUT = """
insert into workout (id, athlete, plan, name, type, description, scheduled_date, planned_distance_m, planned_duration_s,
    pace_min_s_per_km, pace_max_s_per_km, steps)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (id) do update set name = $4, type = $5, description = $6, scheduled_date = $7, planned_distance_m = $8,
    planned_duration_s = $9, pace_min_s_per_km = $10, pace_max_s_per_km = $11, steps = $12, updated_at = now()
"""
# Linking locks a run and then its workout. Whoever deletes workouts does so too, or each would wait for the other.
LOCK_RUNS_OF_PLAN = """
select from run join workout on workout.id = run.workout
where workout.plan = $1 and workout.athlete = $2 order by run.id for no key update of run
"""
LOCK_RUNS = "select from run where workout = any($1) order by id for no key update"
DELETE_WORKOUTS = "delete from workout where plan = $1 and id = any($2)"
DELETE_PLAN = "delete from plan where id = $1 and athlete = $2 returning id"


class PostgresPlanRepository:
    """See PlanRepository."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, plan: Plan, *, once: Once | None) -> PlanId:
        """See PlanRepository.add."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            await connection.execute(INSERT_PLAN, *_plan_values(plan))
            await _store_workouts(connection, (), plan)
            return [plan.id]

        return PlanId((await write_once(self._database, once, write))[0])

    async def update(self, plan_id: PlanId, viewer: Viewer, change: Change, *, once: Once | None) -> PlanId:
        """See PlanRepository.update."""
        ids = await self._change(plan_id, viewer, change, once, lambda _before, _after: [plan_id])
        return PlanId(ids[0])

    async def update_with_workout(
        self, workout_id: WorkoutId, viewer: Viewer, change: Change, *, once: Once | None
    ) -> WorkoutId:
        """See PlanRepository.update_with_workout."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            plan_id = await connection.fetchval(PLAN_OF_WORKOUT, workout_id, viewer.athlete_id)
            if plan_id is None:
                raise WorkoutNotFound
            try:
                await _change_locked(connection, plan_id, viewer, change)
            except PlanNotFound:  # deleted since
                raise WorkoutNotFound from None
            return [workout_id]

        return WorkoutId((await write_once(self._database, once, write))[0])

    async def add_workouts(
        self, plan_id: PlanId, viewer: Viewer, change: Change, *, once: Once | None
    ) -> Sequence[WorkoutId]:
        """See PlanRepository.add_workouts."""

        def new(before: Plan, after: Plan) -> list[UUID]:
            known = {workout.id for workout in before.workouts}
            return [workout.id for workout in after.workouts if workout.id not in known]

        try:
            ids = await self._change(plan_id, viewer, change, once, new)
        except PlanNotFound:
            raise PlanNotFound(field=("planId",)) from None
        return [WorkoutId(id) for id in ids]

    async def remove(self, plan_id: PlanId, viewer: Viewer, *, once: Once | None) -> PlanId:
        """See PlanRepository.remove. Foreign keys take the workouts along and unlink the runs."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            await connection.execute(LOCK_RUNS_OF_PLAN, plan_id, viewer.athlete_id)
            if await connection.fetchval(DELETE_PLAN, plan_id, viewer.athlete_id) is None:
                raise PlanNotFound
            return [plan_id]

        return PlanId((await write_once(self._database, once, write))[0])

    async def _change(
        self,
        plan_id: PlanId,
        viewer: Viewer,
        change: Change,
        once: Once | None,
        answer: Callable[[Plan, Plan], list[UUID]],
    ) -> list[UUID]:
        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            return answer(*await _change_locked(connection, plan_id, viewer, change))

        return await write_once(self._database, once, write)


async def _change_locked(
    connection: asyncpg.Connection, plan_id: PlanId, viewer: Viewer, change: Change
) -> tuple[Plan, Plan]:
    row = await connection.fetchrow(LOCK_PLAN, plan_id, viewer.athlete_id)
    if row is None:
        raise PlanNotFound
    workouts = [_workout(workout) for workout in await connection.fetch(WORKOUTS, plan_id)]
    before = Plan(**{**row, "status": PlanStatus(row["status"])}, workouts=tuple(workouts))
    after = change(before)
    if after != before:
        await connection.execute(UPDATE_PLAN, *_plan_values(after))
        await _store_workouts(connection, before.workouts, after)
    return before, after


async def _store_workouts(connection: asyncpg.Connection, before: Sequence[Workout], plan: Plan) -> None:
    stored = {workout.id: workout for workout in before}
    changed = [workout for workout in plan.workouts if stored.pop(workout.id, None) != workout]
    if changed:
        await connection.executemany(PUT_WORKOUT, [_workout_values(plan, workout) for workout in changed])
    if stored:
        await connection.execute(LOCK_RUNS, list(stored))
        await connection.execute(DELETE_WORKOUTS, plan.id, list(stored))


def _plan_values(plan: Plan) -> tuple[object, ...]:
    return (
        plan.id,
        plan.athlete_id,
        plan.name,
        plan.description,
        plan.status,
        plan.start_date,
        plan.end_date,
        plan.goal_race_date,
        plan.version,
    )


def _workout_values(plan: Plan, workout: Workout) -> tuple[object, ...]:
    pace = workout.target_pace
    return (
        workout.id,
        plan.athlete_id,
        plan.id,
        workout.name,
        workout.type,
        workout.description,
        workout.scheduled_date,
        workout.planned_distance_m,
        workout.planned_duration_s,
        pace.min_s_per_km if pace else None,
        pace.max_s_per_km if pace else None,
        orjson.dumps(to_document(workout.steps)).decode(),
    )


def _workout(row: asyncpg.Record) -> Workout:
    values = dict(row)
    low, high = values.pop("pace_min_s_per_km"), values.pop("pace_max_s_per_km")
    return Workout(
        **{
            **values,
            "type": WorkoutType(row["type"]),
            "steps": from_document(orjson.loads(row["steps"])),
            "target_pace": None if low is None else PaceRange(low, high),
        }
    )
