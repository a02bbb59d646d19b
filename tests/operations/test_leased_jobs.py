"""Jobs that follow by themselves are each in one worker's hands, and an athlete's come one after the other."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.operations.model import Claim, JobId, JobKind, LeaseLost
from domain.operations.ports import JobBoard
from domain.zones.ports import ZoneRepository
from infrastructure.operations.leased_jobs import MAX_MISTAKES, MISTAKE
from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of

KIND = JobKind.COMPUTE_ZONES
ADD = """
insert into job (id, athlete, kind, status, not_before)
values (gen_random_uuid(), $1, $2, 'QUEUED', now() + make_interval(secs => $3)) returning id
"""
EXPIRE = "update job set lease_until = now() - interval '1 second' where id = $1"
PASS = "update job set not_before = '-infinity' where id = $1"
JOB = "select * from job where id = $1"
PAUSE_S = "select extract(epoch from not_before - now())::float8 from job where id = $1"


@pytest.fixture
async def jobs(app: Starlette) -> ZoneRepository:
    """The jobs as workers have them."""
    async with Container(app.state.registry) as services:
        return await services.aget(ZoneRepository)


@pytest.fixture
async def athlete_id(ada: Athlete) -> UUID:
    """Whose jobs they are."""
    return await athlete_id_of(ada)


async def a_job(sql: asyncpg.Connection, athlete_id: UUID, *, kind: JobKind = KIND, in_s: float = 0) -> JobId:
    return JobId(await sql.fetchval(ADD, athlete_id, kind, in_s))


async def claimed(jobs: ZoneRepository, job_id: JobId, worker: int = 1) -> Claim:
    claim = await jobs.claim(job_id, UUID(int=worker))
    assert claim is not None
    return claim


async def job_row(sql: asyncpg.Connection, job_id: JobId) -> Any:
    return await sql.fetchrow(JOB, job_id)


async def is_open(app: Starlette, job_id: JobId) -> bool:
    async with Container(app.state.registry) as services:
        return job_id in {id for _, id in await (await services.aget(JobBoard)).open_jobs()}


async def test_of_many_workers_that_ask_for_a_job_one_gets_it(
    sql: asyncpg.Connection, jobs: ZoneRepository, athlete_id: UUID
) -> None:
    job_id = await a_job(sql, athlete_id)
    claims = await asyncio.gather(*(jobs.claim(job_id, UUID(int=worker)) for worker in range(1, 9)))
    assert len([claim for claim in claims if claim is not None]) == 1


async def test_an_athletes_next_job_waits_until_the_one_before_has_ended(
    app: Starlette, sql: asyncpg.Connection, jobs: ZoneRepository, athlete_id: UUID
) -> None:
    first = await claimed(jobs, await a_job(sql, athlete_id))
    second = await a_job(sql, athlete_id)
    assert await jobs.claim(second, UUID(int=2)) is None
    assert not await is_open(app, second)
    await jobs.finish(first, 0)
    assert await is_open(app, second)
    await jobs.finish(await claimed(jobs, second, 2), 0)


async def test_at_most_one_job_of_a_kind_waits_for_an_athlete(sql: asyncpg.Connection, athlete_id: UUID) -> None:
    await a_job(sql, athlete_id)
    with pytest.raises(asyncpg.UniqueViolationError):
        await a_job(sql, athlete_id)
    await a_job(sql, athlete_id, kind=JobKind.ANALYSE_RUNS)


async def test_a_job_is_not_begun_before_its_time(
    app: Starlette, sql: asyncpg.Connection, jobs: ZoneRepository, athlete_id: UUID
) -> None:
    job_id = await a_job(sql, athlete_id, in_s=60)
    assert await jobs.claim(job_id, UUID(int=1)) is None
    assert not await is_open(app, job_id)
    await sql.execute(PASS, job_id)
    assert await is_open(app, job_id)


async def test_what_a_worker_lets_go_of_may_be_taken_at_once_though_another_waits(
    sql: asyncpg.Connection, jobs: ZoneRepository, athlete_id: UUID
) -> None:
    first = await claimed(jobs, await a_job(sql, athlete_id))
    second = await a_job(sql, athlete_id)
    await jobs.release(first)
    assert await jobs.claim(second, UUID(int=2)) is None
    again = await claimed(jobs, first.job_id, 2)
    assert again.attempts == 1


async def test_a_worker_without_the_lease_changes_nothing(
    sql: asyncpg.Connection, jobs: ZoneRepository, athlete_id: UUID
) -> None:
    lost = await claimed(jobs, await a_job(sql, athlete_id))
    await sql.execute(EXPIRE, lost.job_id)
    await claimed(jobs, lost.job_id, 2)
    before = await job_row(sql, lost.job_id)
    for act in (jobs.renew(lost), jobs.finish(lost, 7)):
        with pytest.raises(LeaseLost):
            await act
    await jobs.release(lost)
    await jobs.give_up(lost)
    assert await job_row(sql, lost.job_id) == before


async def test_a_lease_that_is_renewed_does_not_run_out(
    sql: asyncpg.Connection, jobs: ZoneRepository, athlete_id: UUID
) -> None:
    claim = await claimed(jobs, await a_job(sql, athlete_id))
    await sql.execute(EXPIRE, claim.job_id)
    await jobs.renew(claim)
    assert await jobs.claim(claim.job_id, UUID(int=2)) is None


async def test_after_each_mistake_the_pause_is_longer_and_after_the_last_the_job_has_failed(
    sql: asyncpg.Connection, jobs: ZoneRepository, athlete_id: UUID
) -> None:
    job_id, pauses = await a_job(sql, athlete_id), []
    for _ in range(MAX_MISTAKES):
        await sql.execute(PASS, job_id)
        await jobs.give_up(await claimed(jobs, job_id))
        pauses.append(await sql.fetchval(PAUSE_S, job_id))
        assert await jobs.claim(job_id, UUID(int=2)) is None
    job = await job_row(sql, job_id)
    assert 1 < pauses[0] < pauses[1] - 1 < pauses[2] - 2
    assert (job["status"], job["error"], job["finished_at"] is None) == ("FAILED", MISTAKE, False)
    await sql.execute(PASS, job_id)
    assert await jobs.claim(job_id, UUID(int=2)) is None


async def test_after_a_failed_job_the_athletes_next_one_is_taken(
    sql: asyncpg.Connection, jobs: ZoneRepository, athlete_id: UUID
) -> None:
    job_id = await a_job(sql, athlete_id)
    for _ in range(MAX_MISTAKES):
        await sql.execute(PASS, job_id)
        await jobs.give_up(await claimed(jobs, job_id))
    await claimed(jobs, await a_job(sql, athlete_id))
