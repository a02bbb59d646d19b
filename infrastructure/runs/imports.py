"""Imports in PostgreSQL: a worker holds a job by a lease, and stores under it or not at all."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import asyncpg

from domain.operations.model import (
    Claim,
    ItemId,
    ItemStatus,
    JobId,
    JobKind,
    JobNotFound,
    JobStatus,
    NothingToUndo,
    outcome,
)
from domain.runs.changes import ChangeKind
from domain.runs.imports import (
    FiguresOutOfBounds,
    ImportItem,
    PackedFile,
    RecordedRun,
    UploadedFile,
    told_name,
)
from domain.shared.once import Once
from domain.shared.ports import Ids
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database
from infrastructure.database.once import write_once
from infrastructure.operations.follow_ups import ask_for_zones_anew, compared, request_analysis, request_zones
from infrastructure.operations.leased_jobs import FINISH, PostgresLeasedJobs
from infrastructure.runs import import_rows as rows
from infrastructure.runs.changes import tell_changes
from infrastructure.runs.recorded import store_recorded
from infrastructure.runs.repository import delete_orphaned_uploads


class PostgresImportRepository(PostgresLeasedJobs):
    """See ImportRepository."""

    def __init__(self, database: Database, ids: Ids) -> None:
        super().__init__(database)
        self._ids = ids

    async def add(self, job_id: JobId, viewer: Viewer, files: Sequence[PackedFile], *, once: Once | None) -> JobId:
        """See ImportRepository.add."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            await connection.execute(rows.ADD_JOB, job_id, viewer.athlete_id, JobKind.IMPORT_RUNS)
            places = [float(at) for at in range(len(files))]
            await self._add_items(connection, job_id, viewer.athlete_id, files, places)
            return [job_id]

        return JobId((await write_once(self._database, once, write))[0])

    async def next_item(self, claim: Claim) -> ImportItem | None:
        """See ImportRepository.next_item."""
        row = await self.under(claim, lambda connection: connection.fetchrow(rows.NEXT_ITEM, claim.job_id))
        if row is None:
            return None
        return ImportItem(row["id"], UploadedFile(row["file_name"], row["content"] or b""), row["attempts"])

    async def unpacked(self, claim: Claim, item_id: ItemId, members: Sequence[PackedFile]) -> None:
        """See ImportRepository.unpacked."""

        async def write(connection: asyncpg.Connection) -> None:
            archive = await connection.fetchrow(rows.TAKE_ITEM, item_id)
            places = [archive["ordinal"] + (at + 1) / (len(members) + 1) for at in range(len(members))]
            await self._add_items(connection, claim.job_id, claim.athlete_id, members, places)
            await delete_orphaned_uploads(connection, [archive["upload"]])

        await self.under(claim, write)

    async def store(self, claim: Claim, item: ImportItem, runs: Sequence[RecordedRun]) -> None:
        """See ImportRepository.store."""

        async def write(connection: asyncpg.Connection) -> None:
            row, new = await connection.fetchrow(rows.ITEM, item.id), []
            for place, run in enumerate(runs):
                stored = await store_recorded(connection, claim.athlete_id, run, row["upload"])
                new += [stored.run_id] if stored.new else []
                status = ItemStatus.SUCCEEDED if stored.new else ItemStatus.ALREADY_IMPORTED
                told = await connection.fetchval(rows.STORY, stored.run_id, stored.new)
                if place == 0:
                    await connection.execute(rows.END_ITEM, item.id, status, told, stored.run_id)
                else:  # a file of several sessions: each has an item of its own
                    at, name = row["ordinal"] + place * rows.BETWEEN, f"{item.file.name} ({place + 1})"
                    values = (self._ids.new(), claim.job_id, at, name, status, told, stored.run_id)
                    await connection.execute(rows.ADD_ENDED_ITEM, *values)
            await delete_orphaned_uploads(connection, [row["upload"]])
            await request_analysis(connection, claim.athlete_id, new, self._ids)
            await tell_changes(connection, claim.athlete_id, ChangeKind.CREATED, new)

        with _refused_where_nothing_holds_it():
            await self.under(claim, write)

    async def fail(self, claim: Claim, item_id: ItemId, message: str) -> None:
        """See ImportRepository.fail."""

        async def write(connection: asyncpg.Connection) -> None:
            row = await connection.fetchrow(rows.ITEM, item_id)
            await connection.execute(rows.END_ITEM, item_id, ItemStatus.FAILED, message, None)
            await delete_orphaned_uploads(connection, [row["upload"]])

        await self.under(claim, write)

    async def finish(self, claim: Claim) -> None:
        """See ImportRepository.finish."""

        async def write(connection: asyncpg.Connection) -> None:
            counts = {row["status"]: row["count"] for row in await connection.fetch(rows.COUNT_ITEMS, claim.job_id)}
            statuses = [ItemStatus(status) for status, count in counts.items() for _ in range(count)]
            status = outcome(statuses)
            error = "None of the files could be imported." if status is JobStatus.FAILED else None
            await connection.execute(FINISH, claim.job_id, status, rows.summary(counts), error)

        await self.under(claim, write)

    async def undo(self, job_id: JobId, viewer: Viewer, *, once: Once | None) -> JobId:
        """See ImportRepository.undo."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            status = await connection.fetchval(rows.LOCK_JOB, job_id, viewer.athlete_id, JobKind.IMPORT_RUNS)
            if status is None:
                raise JobNotFound
            if status == JobStatus.CANCELLED:
                raise NothingToUndo
            uploads = await connection.fetch(rows.UPLOADS_OF_JOB, job_id)
            gone = [row["id"] for row in await connection.fetch(rows.LOCK_RUNS_MADE, job_id)]
            before = await compared(connection, gone)
            await connection.execute(rows.DELETE_RUNS, gone)
            await connection.execute(rows.MARK_UNDONE, job_id)
            await connection.execute(rows.CANCEL, job_id, rows.taken_back(len(gone)))
            await delete_orphaned_uploads(connection, [row["upload"] for row in uploads])
            if await ask_for_zones_anew(connection, viewer.athlete_id, before):
                await request_zones(connection, viewer.athlete_id, self._ids)
            await tell_changes(connection, viewer.athlete_id, ChangeKind.DELETED, gone)
            return [job_id]

        return JobId((await write_once(self._database, once, write))[0])

    async def _add_items(
        self,
        connection: asyncpg.Connection,
        job_id: JobId,
        athlete_id: UUID,
        files: Sequence[PackedFile],
        places: Sequence[float],
    ) -> None:
        for file, place in zip(files, places, strict=True):
            item = (self._ids.new(), job_id, place, told_name(file.name))
            if file.content is None:
                assert file.refusal is not None
                await connection.execute(rows.ADD_ENDED_ITEM, *item, ItemStatus.FAILED, file.refusal.message, None)
            else:
                upload = await connection.fetchval(rows.ADD_UPLOAD, self._ids.new(), athlete_id, item[3], file.content)
                await connection.execute(rows.ADD_ITEM, *item, upload)


@contextmanager
def _refused_where_nothing_holds_it() -> Iterator[None]:
    """Say FiguresOutOfBounds for numbers, texts or arrays that PostgreSQL cannot hold."""
    try:
        yield
    except (asyncpg.DataError, asyncpg.ProgramLimitExceededError) as error:
        raise FiguresOutOfBounds from error
