"""Courses in PostgreSQL."""

from collections.abc import Callable, Sequence
from uuid import UUID

import asyncpg

from domain.courses.model import Course, CourseGround, CourseId
from domain.courses.refusals import CourseNotFound
from domain.runs.recording import Samples
from domain.shared.once import Once
from domain.shared.viewer import Viewer
from infrastructure.courses.rows import COURSE, GROUND, course_of, ground_columns, ground_of, to_row, waypoints_document
from infrastructure.database.engine import Database
from infrastructure.database.once import answer_to, write_once
from infrastructure.runs.streams import CHANNELS, unpack

# The run may have been deleted while its ground was made: then nothing is left to point to.
RUN = "(select id from run where id = {} and athlete = $2 for key share)"
VALUES = [RUN.format(f"${at}") if name == "run" else f"${at}" for at, name in enumerate(GROUND, 1)]
INSERT = f"insert into course ({', '.join(GROUND)}) select {', '.join(VALUES)}"
LOCK = f"select {', '.join(COURSE)} from course where id = $1 and athlete = $2 for no key update"
UPDATE = "update course set name = $2, waypoints = $3, version = version + 1, updated_at = now() where id = $1"
DELETE = "delete from course where id = $1 and athlete = $2 returning id"
WITH_GROUND = f"select {ground_columns('course')} from course where id = $1 and athlete = $2"
STREAM = f"""
select run.name, {", ".join(f"run_stream.{channel.column}" for channel in CHANNELS)}
from run join run_stream on run_stream.run = run.id where run.id = $1 and run.athlete = $2
"""


class PostgresCourseRepository:
    """See CourseRepository."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, course: Course, ground: CourseGround, *, once: Once | None) -> CourseId:
        """See CourseRepository.add."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            await connection.execute(INSERT, *to_row(course, ground))
            return [course.id]

        return CourseId((await write_once(self._database, once, write))[0])

    async def update(
        self, course_id: CourseId, viewer: Viewer, change: Callable[[Course], Course], *, once: Once | None
    ) -> CourseId:
        """See CourseRepository.update."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            row = await connection.fetchrow(LOCK, course_id, viewer.athlete_id)
            if row is None:
                raise CourseNotFound
            before = course_of(row)
            after = change(before)
            if after != before:
                await connection.execute(UPDATE, course_id, after.name, waypoints_document(after.waypoints))
            return [course_id]

        return CourseId((await write_once(self._database, once, write))[0])

    async def remove(self, course_id: CourseId, viewer: Viewer, *, once: Once | None) -> CourseId:
        """See CourseRepository.remove. A foreign key takes the plans along."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            if await connection.fetchval(DELETE, course_id, viewer.athlete_id) is None:
                raise CourseNotFound
            return [course_id]

        return CourseId((await write_once(self._database, once, write))[0])

    async def answered(self, once: Once | None) -> CourseId | None:
        """See CourseRepository.answered."""
        answer = await answer_to(self._database, once)
        return CourseId(answer[0]) if answer else None

    async def with_ground(self, course_id: CourseId, viewer: Viewer) -> tuple[Course, CourseGround]:
        """See CourseRepository.with_ground."""
        rows = await self._database.fetch(WITH_GROUND, course_id, viewer.athlete_id)
        if not rows:
            raise CourseNotFound
        return course_of(rows[0]), ground_of(rows[0])

    async def samples_of_run(self, run_id: UUID, viewer: Viewer) -> tuple[str, Samples] | None:
        """See CourseRepository.samples_of_run."""
        rows = await self._database.fetch(STREAM, run_id, viewer.athlete_id)
        return (rows[0]["name"], unpack(rows[0])) if rows else None
