"""Runs in PostgreSQL."""

from collections.abc import Callable, Sequence
from uuid import UUID

import asyncpg

from domain.runs.changes import ChangeKind
from domain.runs.imports import UploadedFile
from domain.runs.model import Run, RunId, RunNotFound, RunSource
from domain.shared.once import Once
from domain.shared.ports import Ids
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database
from infrastructure.database.once import write_once
from infrastructure.operations.follow_ups import ask_for_zones_anew, compared, request_zones
from infrastructure.runs.changes import tell_changes
from infrastructure.runs.rows import put_run

LOCK_RUN = """
select id, athlete as athlete_id, name, started_at, source, distance_m, moving_time_s, elapsed_time_s, external_id,
    workout as workout_id, notes, ascent_m, descent_m, average_heart_rate, max_heart_rate, average_cadence
from run where id = $1 and athlete = $2 for no key update
"""
LOCK_TO_DELETE = "select upload from run where id = $1 and athlete = $2 for update"
DELETE_RUN = "delete from run where id = $1"
# Two runs of one file that are deleted at once wait here for each other: the second then sees that it is the last.
LOCK_UPLOADS = "select from upload where id = any($1) order by id for update"
# A file with several sessions is the original of several runs: it goes with the last of them.
DELETE_ORPHANED_UPLOADS = """
delete from upload where id = any($1) and not exists (select from run where run.upload = upload.id)
    and not exists (select from job_item where job_item.upload = upload.id and job_item.status = 'PENDING')
"""
ORIGINAL = """
select upload.file_name, upload.content from run join upload on upload.id = run.upload
where run.id = $1 and run.athlete = $2
"""


async def delete_orphaned_uploads(connection: asyncpg.Connection, uploads: Sequence[UUID | None]) -> None:
    """Delete those of `uploads` that nothing stands on any more."""
    await connection.execute(LOCK_UPLOADS, uploads)
    await connection.execute(DELETE_ORPHANED_UPLOADS, uploads)


class PostgresRunRepository:
    """See RunRepository."""

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database, self._ids = database, ids

    async def add(self, run: Run, *, once: Once | None) -> RunId:
        """See RunRepository.add."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            await put_run(connection, run)
            await tell_changes(connection, run.athlete_id, ChangeKind.CREATED, [run.id])
            return [run.id]

        return RunId((await write_once(self._database, once, write))[0])

    async def update(self, run_id: RunId, viewer: Viewer, change: Callable[[Run], Run], *, once: Once | None) -> RunId:
        """See RunRepository.update."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            row = await connection.fetchrow(LOCK_RUN, run_id, viewer.athlete_id)
            if row is None:
                raise RunNotFound
            before = Run(**{**row, "source": RunSource(row["source"])})
            after = change(before)
            if after != before:
                await put_run(connection, after)
                await tell_changes(connection, viewer.athlete_id, ChangeKind.UPDATED, [run_id])
            return [run_id]

        return RunId((await write_once(self._database, once, write))[0])

    async def remove(self, run_id: RunId, viewer: Viewer, *, once: Once | None) -> RunId:
        """See RunRepository.remove."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            gone = await connection.fetchrow(LOCK_TO_DELETE, run_id, viewer.athlete_id)
            if gone is None:
                raise RunNotFound
            before = await compared(connection, [run_id])
            await connection.execute(DELETE_RUN, run_id)
            await delete_orphaned_uploads(connection, [gone["upload"]])
            if await ask_for_zones_anew(connection, viewer.athlete_id, before):
                await request_zones(connection, viewer.athlete_id, self._ids)
            await tell_changes(connection, viewer.athlete_id, ChangeKind.DELETED, [run_id])
            return [run_id]

        return RunId((await write_once(self._database, once, write))[0])

    async def original(self, run_id: RunId, viewer: Viewer) -> UploadedFile | None:
        """See RunRepository.original."""
        rows = await self._database.fetch(ORIGINAL, run_id, viewer.athlete_id)
        return UploadedFile(rows[0]["file_name"], rows[0]["content"]) if rows else None
