"""Analyses in PostgreSQL: each stored whole, under the lease of its job, or not at all."""

from uuid import UUID

import asyncpg

from domain.analysis.model import RecordedTrack
from domain.analysis.ports import RunToAnalyse
from domain.analysis.run import RunUnderstood
from domain.operations.model import Claim, ItemStatus, outcome
from domain.physiology.model import Physiology, Sex
from domain.runs.changes import ChangeKind
from domain.shared.ports import Ids
from infrastructure.analysis import rows
from infrastructure.database.engine import Database
from infrastructure.operations.follow_ups import ask_for_zones, ask_for_zones_anew, compared, request_zones
from infrastructure.operations.leased_jobs import FINISH, PostgresLeasedJobs
from infrastructure.runs.changes import tell_changes
from infrastructure.runs.streams import CHANNELS, unpack, unpack_moving

STREAMS = ", ".join(f"run_stream.{channel.column}" for channel in CHANNELS)
# The physiology of a run is what held on its day, where its athlete is.
NEXT_RUN = f"""
with item as (
    update job_item set attempts = attempts + 1
    where id = (select id from job_item where job = $1 and status = 'PENDING' order by ordinal, id limit 1)
    returning id, run, attempts)
select item.id as item_id, item.run as run_id, item.attempts, run.started_at, athlete.timezone,
    physiology.id as physiology_id, physiology.valid_from, sex, mass_kg, resting_heart_rate,
    physiology.max_heart_rate, threshold_heart_rate, threshold_pace_s_per_km, critical_speed_m_per_s, d_prime_m,
    run_stream.run is not null as recorded, moving_ms, {STREAMS}
from item join job on job.id = $1 join athlete on athlete.id = job.athlete
left join run on run.id = item.run left join run_stream on run_stream.run = run.id
left join lateral (
    select * from physiology where physiology.athlete = athlete.id
        and valid_from <= (run.started_at at time zone athlete.timezone)::date
    order by valid_from desc limit 1) physiology on true
"""
END_ITEM = "update job_item set status = $2, message = $3 where id = $1"
# What is deleted meanwhile stays deleted: nothing is stored of it. The run comes before its item, as in a deletion.
LOCK_RUN = "select id from run where id = $1 for update"
DELETED = "The run was deleted."
# Whoever asked for it again meanwhile did so for a reason that this analysis does not know of.
SET_STATE = """
update run set analysis_state = case when exists (
    select from job_item i join job j on j.id = i.job
    where i.run = $1 and i.id <> $3 and i.status = 'PENDING' and j.kind = 'ANALYSE_RUNS'
        and j.status in ('QUEUED', 'RUNNING')) then 'PENDING' else $2 end
where id = $1
"""
COUNT_ITEMS = "select status, count(*) from job_item where job = $1 group by status"


class PostgresAnalysisRepository(PostgresLeasedJobs):
    """See AnalysisRepository."""

    def __init__(self, database: Database, ids: Ids) -> None:
        super().__init__(database)
        self._ids = ids

    async def next_run(self, claim: Claim) -> RunToAnalyse | None:
        """See AnalysisRepository.next_run."""
        row = await self.under(claim, lambda connection: connection.fetchrow(NEXT_RUN, claim.job_id))
        if row is None:
            return None
        track = None
        if row["recorded"]:
            samples = unpack(row)
            track = RecordedTrack(row["started_at"], samples, unpack_moving(row, samples))
        return RunToAnalyse(row["item_id"], row["run_id"], row["attempts"], track, row["timezone"], _physiology(row))

    async def store(self, claim: Claim, item: RunToAnalyse, understood: RunUnderstood) -> None:
        """See AnalysisRepository.store."""

        async def write(connection: asyncpg.Connection) -> None:
            if item.run_id is None or await connection.fetchval(LOCK_RUN, item.run_id) is None:
                await connection.execute(END_ITEM, item.item_id, ItemStatus.SUCCEEDED, DELETED)
                return
            before = await compared(connection, [item.run_id])
            await _put(connection, item.run_id, claim.athlete_id, understood)
            await connection.execute(SET_STATE, item.run_id, "DONE", item.item_id)
            await connection.execute(END_ITEM, item.item_id, ItemStatus.SUCCEEDED, None)
            await ask_for_zones_anew(connection, claim.athlete_id, before)
            await ask_for_zones(connection, claim.athlete_id, scored=understood.zone_reason is None)
            await tell_changes(connection, claim.athlete_id, ChangeKind.ANALYSED, [item.run_id])

        await self.under(claim, write)

    async def fail(self, claim: Claim, item: RunToAnalyse, message: str) -> None:
        """See AnalysisRepository.fail."""

        async def write(connection: asyncpg.Connection) -> None:
            if item.run_id is None or await connection.fetchval(LOCK_RUN, item.run_id) is None:
                await connection.execute(END_ITEM, item.item_id, ItemStatus.SUCCEEDED, DELETED)
                return
            await connection.execute(SET_STATE, item.run_id, "FAILED", item.item_id)
            await connection.execute(END_ITEM, item.item_id, ItemStatus.FAILED, message)
            await tell_changes(connection, claim.athlete_id, ChangeKind.ANALYSED, [item.run_id])

        await self.under(claim, write)

    async def finish(self, claim: Claim) -> None:
        """See AnalysisRepository.finish."""

        async def write(connection: asyncpg.Connection) -> None:
            counts = {row["status"]: row["count"] for row in await connection.fetch(COUNT_ITEMS, claim.job_id)}
            status = outcome([ItemStatus(status) for status, count in counts.items() for _ in range(count)])
            analysed, failed = counts.get(ItemStatus.SUCCEEDED, 0), counts.get(ItemStatus.FAILED, 0)
            told = f"{analysed} analysed" + (f", {failed} failed" if failed else "")
            await connection.execute(FINISH, claim.job_id, status, told, None)
            await request_zones(connection, claim.athlete_id, self._ids)

        await self.under(claim, write)


async def _put(connection: asyncpg.Connection, run_id: UUID, athlete_id: UUID, understood: RunUnderstood) -> None:
    await connection.execute(rows.PUT_ANALYSIS, *rows.analysis_values(run_id, athlete_id, understood))
    await connection.execute(rows.PUT_STREAMS, *rows.stream_values(run_id, understood))
    await connection.execute(rows.PUT_SEGMENTS, *rows.segment_values(run_id, athlete_id, understood))
    await connection.execute(rows.DROP_FURTHER_SEGMENTS, run_id, len(understood.segments))


def _physiology(row: asyncpg.Record) -> Physiology | None:
    if row["physiology_id"] is None:
        return None
    names = Physiology.__dataclass_fields__
    return Physiology(**{name: row[name] for name in names} | {"sex": row["sex"] and Sex(row["sex"])})
