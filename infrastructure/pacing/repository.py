"""Throttle plans in PostgreSQL: one is locked, changed by a pure function, stored, and told of to who watches it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg

from domain.courses.model import Course, CourseGround
from domain.courses.refusals import CourseNotFound
from domain.operations.ports import Bus
from domain.pacing.model import ThrottlePlan, ThrottlePlanId
from domain.pacing.ports import Change, throttle_plan_channel
from domain.pacing.refusals import ThrottlePlanNotFound
from domain.shared.once import Once
from domain.shared.viewer import Viewer
from infrastructure.courses.rows import GROUND, course_of, ground_columns, ground_of
from infrastructure.database.engine import Database
from infrastructure.database.once import answer_to, write_once
from infrastructure.pacing.documents import COLUMNS, from_row, to_row

INSERT = f"""
insert into throttle_plan ({", ".join(COLUMNS)})
values ({", ".join(f"${at}" for at in range(1, len(COLUMNS) + 1))})
"""
LOCK = f"select {', '.join(COLUMNS)} from throttle_plan where id = $1 and athlete = $2 for no key update"
REPLANNED = f"${len(COLUMNS) + 1}::bool"
UPDATE = f"""
update throttle_plan set {", ".join(f"{name} = ${at}" for at, name in enumerate(COLUMNS, 1) if at > 2)},
    replanned_at = case when {REPLANNED} then now() else replanned_at end
where id = $1 and athlete = $2
"""
DELETE = "delete from throttle_plan where id = $1 and athlete = $2 returning id"
TO_REPLAN = f"""
select {", ".join(f"plan.{name}" for name in COLUMNS)},
    {ground_columns("course", "course_")}
from throttle_plan plan join course on course.id = plan.course where plan.id = $1 and plan.athlete = $2
"""
VERSION = "select version from throttle_plan where id = $1 and athlete = $2"


class PostgresThrottlePlanRepository:
    """See ThrottlePlanRepository."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database, self._bus = database, bus

    async def add(self, plan: ThrottlePlan, *, once: Once | None) -> ThrottlePlanId:
        """See ThrottlePlanRepository.add."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            try:
                await connection.execute(INSERT, *to_row(plan))
            except asyncpg.ForeignKeyViolationError as error:
                if error.constraint_name != "throttle_plan_course_fkey":
                    raise
                raise CourseNotFound(field=("courseId",)) from None
            return [plan.id]

        return ThrottlePlanId((await write_once(self._database, once, write))[0])

    async def update(
        self, plan_id: ThrottlePlanId, viewer: Viewer, change: Change, *, once: Once | None
    ) -> ThrottlePlanId:
        """See ThrottlePlanRepository.update."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            row = await connection.fetchrow(LOCK, plan_id, viewer.athlete_id)
            if row is None:
                raise ThrottlePlanNotFound
            before = from_row(row)
            after = replace(change(before), version=before.version)
            if after != before:
                values = to_row(replace(after, version=before.version + 1))
                await connection.execute(UPDATE, *values, after.replan != before.replan)
            return [plan_id]

        return await self._write_and_tell(once, write)

    async def remove(self, plan_id: ThrottlePlanId, viewer: Viewer, *, once: Once | None) -> ThrottlePlanId:
        """See ThrottlePlanRepository.remove."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            if await connection.fetchval(DELETE, plan_id, viewer.athlete_id) is None:
                raise ThrottlePlanNotFound(("id",))
            return [plan_id]

        return await self._write_and_tell(once, write)

    async def answered(self, once: Once) -> ThrottlePlanId | None:
        """See ThrottlePlanRepository.answered."""
        answer = await answer_to(self._database, once)
        return ThrottlePlanId(answer[0]) if answer else None

    async def to_replan(self, plan_id: ThrottlePlanId, viewer: Viewer) -> tuple[ThrottlePlan, Course, CourseGround]:
        """See ThrottlePlanRepository.to_replan."""
        rows = await self._database.fetch(TO_REPLAN, plan_id, viewer.athlete_id)
        if not rows:
            raise ThrottlePlanNotFound
        course = {name: rows[0][f"course_{name}"] for name in GROUND}
        return from_row(rows[0]), course_of(course), ground_of(course)

    async def version(self, plan_id: UUID, viewer: Viewer) -> int | None:
        """See ThrottlePlanRepository.version."""
        version: int | None = await self._database.fetchval(VERSION, plan_id, viewer.athlete_id)
        return version

    async def _write_and_tell(
        self, once: Once | None, write: Callable[[asyncpg.Connection], Awaitable[Sequence[UUID]]]
    ) -> ThrottlePlanId:
        """Whoever asked may go away meanwhile: what is committed is told all the same."""
        (plan_id,) = await write_once(self._database, once, write)
        await asyncio.shield(self._bus.publish(throttle_plan_channel(plan_id)))
        return ThrottlePlanId(plan_id)
