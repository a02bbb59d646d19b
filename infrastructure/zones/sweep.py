"""What is due without anybody having asked for it: found once in so many minutes, however many workers there are."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from domain.operations.model import JobId
from domain.shared.ports import Ids
from infrastructure.database.engine import Database
from infrastructure.operations.follow_ups import request_analysis
from infrastructure.operations.sweep_lease import SweepLease, sweep_lease

NAME = "zones"
# Recorded runs that wait for their analysis, and that no job has: they came before there were analyses, from a worker
# of the release before (which knows of no state), or their job failed. What failed is tried again after an hour: every
# few minutes would fill the log, and help nobody.
NOT_ANALYSED = """
select run.athlete, array_agg(run.id) as runs from run
where run.first_second is not null and coalesce(run.analysis_state, 'PENDING') = 'PENDING' and not exists (
    select from job_item i join job j on j.id = i.job
    where i.run = run.id and i.status = 'PENDING' and j.kind = 'ANALYSE_RUNS'
        and (j.status in ('QUEUED', 'RUNNING') or j.finished_at > now() - interval '1 hour'))
group by run.athlete
"""
# Years that moved on. Committed before its jobs are made: whoever takes up one that waits already sees it. Locked in
# the order in which everybody locks an athlete's states.
ASK = """
with due as (
    select athlete, method from zone_state where next_change_at <= now() and asked = answered
    order by athlete, method for no key update)
update zone_state set asked = asked + 1
from due where zone_state.athlete = due.athlete and zone_state.method = due.method
"""
NOT_ZONED = """
select distinct athlete from zone_state
where asked > answered and not exists (
    select from job where job.athlete = zone_state.athlete and kind = 'COMPUTE_ZONES'
        and (status in ('QUEUED', 'RUNNING') or status = 'FAILED' and finished_at > now() - interval '1 hour'))
"""
# Where one waits already; or is there by this very id, because the answer was lost and it was asked again.
ADD_JOBS = """
insert into job (id, athlete, kind, status)
select added.id, added.athlete, 'COMPUTE_ZONES', 'QUEUED' from unnest($1::uuid[], $2::uuid[]) added(id, athlete)
on conflict do nothing
"""


class PostgresZoneSweep:
    """See ZoneSweep."""

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database, self._ids = database, ids

    async def sweep(self, every_s: float) -> int | None:
        """See ZoneSweep.sweep."""
        async with sweep_lease(self._database, self._ids, NAME, every_s) as lease:
            return None if lease is None else await self._analyses(lease) + await self._zones()

    async def _analyses(self, lease: SweepLease) -> int:
        found = 0
        for row in await self._database.fetch(NOT_ANALYSED):
            if not await lease.renew():
                break
            found += await self._ask_for_analysis(row["athlete"], row["runs"]) is not None
        return found

    async def _ask_for_analysis(self, athlete_id: UUID, runs: Sequence[UUID]) -> JobId | None:
        # Runs that wait for an analysis already are not asked for again.
        ask = partial(request_analysis, athlete_id=athlete_id, run_ids=runs, ids=self._ids)
        return await self._database.write(ask, settles=True)

    async def _zones(self) -> int:
        await self._database.fetchval(ASK)
        athletes = [row["athlete"] for row in await self._database.fetch(NOT_ZONED)]
        await self._database.fetchval(ADD_JOBS, [self._ids.new() for _ in athletes], athletes)
        return len(athletes)
