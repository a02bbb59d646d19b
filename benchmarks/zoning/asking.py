"""What makes zones due, as the analysis of a run leaves it, and what takes them back to nothing."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from domain.operations.model import JobKind
from domain.shared.ports import Ids
from infrastructure.operations.follow_ups import ask_for_zones, request_zones

FORGET = """
truncate run_zone, run_similars;
truncate run_feed, run_change;
update zone_state set answered = 0, as_of = null, next_change_at = null, known = '{}';
delete from job;
"""
ASK = """
insert into zone_state (athlete, method, asked) select athlete, 'NATIVE', 1 from unnest($1::uuid[]) athlete
on conflict do nothing
"""
ADD_JOBS = f"""
insert into job (id, athlete, kind, status) select id, athlete, '{JobKind.COMPUTE_ZONES}', 'QUEUED'
from unnest($1::uuid[], $2::uuid[]) added(id, athlete)
"""
LEFT = "select count(*) from job where status in ('QUEUED', 'RUNNING')"
UNDONE = """
select (select count(*) from job where status <> 'SUCCEEDED') + (select count(*) from zone_state where asked > answered)
    + (select count(*) from run_analysis a where not exists (select from run_zone z where z.run = a.run))
"""
JUDGED = "select coalesce(sum(done), 0)::bigint from job"


async def ask_from_nothing(connection: asyncpg.Connection, athletes: Sequence[UUID], ids: Ids) -> None:
    """Have no athlete any zones, and a job wait for each."""
    await connection.execute(FORGET)
    await connection.execute(ASK, athletes)
    await connection.execute(ADD_JOBS, [ids.new() for _ in athletes], athletes)
    await connection.execute("vacuum analyze zone_state, job")


async def ask_after_a_run(connection: asyncpg.Connection, athlete: UUID, ids: Ids) -> UUID:
    """What follows from the analysis of one more run; the job that does it, which need not wait for others."""
    async with connection.transaction():
        await ask_for_zones(connection, athlete)
        job = await request_zones(connection, athlete, ids, after_s=0)
    assert job is not None
    return job
