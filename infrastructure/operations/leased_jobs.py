"""Jobs in the hands of workers: held by a lease in the database, and written to under it or not at all."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import asyncpg

from domain.operations.model import Claim, JobId, LeaseLost
from infrastructure.database.engine import Database

T = TypeVar("T")
LEASE = timedelta(seconds=15)
PAUSE_AFTER_MISTAKE = timedelta(seconds=10)
MAX_MISTAKES = 3

# The lease counts from when the row is had, not from when it was first waited for: hence clock_timestamp(). Of the jobs
# of one kind that follow by themselves, an athlete's next one waits until the one before has ended. `leased_by` is new
# for every claim: who finds it there asks again because the first answer was lost, and has taken the job once.
CLAIM = """
update job set status = 'RUNNING', leased_by = $2, lease_until = clock_timestamp() + $3,
    attempts = attempts + case when leased_by = $2 then 0 else 1 end,
    started_at = coalesce(started_at, now()), revision = revision + 1
where id = $1 and (status = 'QUEUED' or (status = 'RUNNING' and (lease_until < now() or leased_by = $2)))
    and not_before <= now()
    and (kind = 'IMPORT_RUNS' or not exists (
        select from job before
        where before.athlete = job.athlete and before.kind = job.kind and before.status = 'RUNNING'
            and before.id <> job.id))
returning athlete, attempts
"""
RENEW = """
update job set lease_until = clock_timestamp() + $3 where id = $1 and leased_by = $2 and status = 'RUNNING' returning id
"""
# The item at hand is not at fault when its worker is stopped or loses the database: its attempt is given back. A job
# that follows by itself stays RUNNING, free to be taken, because another of its kind may be waiting in its place.
RELEASE = """
with released as (
    update job set status = case when kind = 'IMPORT_RUNS' then 'QUEUED' else 'RUNNING' end, leased_by = null,
        lease_until = case when kind = 'IMPORT_RUNS' then null else '-infinity'::timestamptz end,
        attempts = attempts - 1, revision = revision + 1
    where id = $1 and leased_by = $2 and status = 'RUNNING' returning id)
update job_item set attempts = attempts - 1
from released where job_item.job = released.id and status = 'PENDING' and attempts > 0
"""
GIVE_UP = """
update job set revision = revision + 1, leased_by = null, not_before = now() + attempts * $3::interval,
    lease_until = case when attempts < $4 then '-infinity'::timestamptz end,
    status = case when attempts < $4 then status else 'FAILED' end,
    finished_at = case when attempts < $4 then finished_at else now() end,
    error = case when attempts < $4 then error else $5 end
where id = $1 and leased_by = $2 and status = 'RUNNING'
"""
# Every write under a claim passes here, so the revision tells those who watch the job that it has moved.
HOLD = """
update job set revision = revision + 1 where id = $1 and leased_by = $2 and status = 'RUNNING' returning id
"""
FINISH = """
update job set status = $2, message = $3, error = $4, finished_at = now(), leased_by = null, lease_until = null
where id = $1
"""
MISTAKE = "Cairn made a mistake with this job and gave it up. The mistake is logged; report it."


class PostgresLeasedJobs:
    """See LeasedJobs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(self, job_id: JobId, worker_id: UUID) -> Claim | None:
        """See LeasedJobs.claim."""
        try:
            rows = await self._database.fetch(CLAIM, job_id, worker_id, LEASE)
        except asyncpg.UniqueViolationError:  # two of the athlete's jobs were taken up in the same moment
            return None
        return Claim(job_id, rows[0]["athlete"], worker_id, rows[0]["attempts"]) if rows else None

    async def renew(self, claim: Claim) -> None:
        """See LeasedJobs.renew."""
        if await self._database.fetchval(RENEW, claim.job_id, claim.worker_id, LEASE) is None:
            raise LeaseLost

    async def release(self, claim: Claim) -> None:
        """See LeasedJobs.release."""
        await self._database.fetchval(RELEASE, claim.job_id, claim.worker_id)

    async def give_up(self, claim: Claim) -> None:
        """See LeasedJobs.give_up."""
        values = (claim.job_id, claim.worker_id, PAUSE_AFTER_MISTAKE, MAX_MISTAKES, MISTAKE)
        await self._database.fetchval(GIVE_UP, *values)

    async def under(self, claim: Claim, write: Callable[[asyncpg.Connection], Awaitable[T]]) -> T:
        """Run `write` in a transaction in which the job stays this worker's; it is told to those who wait.

        When the database goes away in its midst it is run again. When nobody can tell whether it was stored it raises
        OutcomeUnknown: the job goes round again, and its rows tell how far it came.
        """

        async def change(connection: asyncpg.Connection) -> T:
            if await connection.fetchval(HOLD, claim.job_id, claim.worker_id) is None:
                raise LeaseLost
            return await write(connection)

        return await self._database.write(change)
