"""How far the zones of an athlete have come is a share of all their segments, by every method that is due."""

from dataclasses import replace
from uuid import UUID

import asyncpg
import numpy as np
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.operations.model import Claim, JobId, JobKind
from domain.zones.athlete_zones import zones_of
from domain.zones.model import ZoneMethod
from domain.zones.ports import ZoneRepository
from infrastructure.machine.clock import SystemClock
from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, key_of
from tests.factories.scored_runs import a_scored_file
from tests.factories.understood_runs import imported_runs, jobs_of, segments_of, stored_zones

RECOMPUTE = "mutation($input: RecomputeZonesInput!) { recomputeZones(input: $input) { job { id } } }"
PASS = "update job set not_before = '-infinity' where id = $1"
EXPIRE = "update job set lease_until = now() - interval '1 second' where id = $1"
ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.fixture
async def zones(app: Starlette) -> ZoneRepository:
    """The repository that workers use."""
    async with Container(app.state.registry) as services:
        repository: ZoneRepository = await services.aget(ZoneRepository)
        return repository


async def both_methods_due(ada: Athlete, sql: asyncpg.Connection) -> JobId:
    for method in ZoneMethod:
        await ada.get(RECOMPUTE, input={"method": method})
    job = (await jobs_of(ada, JobKind.COMPUTE_ZONES))[0]
    await sql.execute(PASS, key_of(job["id"]))
    return JobId(key_of(job["id"]))


async def taken(zones: ZoneRepository, job_id: JobId, worker: UUID) -> Claim:
    claim = await zones.claim(job_id, worker)
    assert claim is not None
    return claim


async def progress(ada: Athlete, claim: Claim) -> float:
    jobs = await jobs_of(ada, JobKind.COMPUTE_ZONES)
    return next(float(job["progress"]) for job in jobs if key_of(job["id"]) == claim.job_id)


async def test_with_two_methods_the_shares_add_up(
    ada: Athlete, work: Work, sql: asyncpg.Connection, zones: ZoneRepository
) -> None:
    (run,) = await imported_runs(ada, work, a_scored_file())
    segments = await segments_of(ada, run)
    scored = len([segment for segment in segments if segment["efficiency"] is not None])
    claim, now = await taken(zones, await both_methods_due(ada, sql), ONE), SystemClock().now()
    assert list(await zones.due(claim, now)) == list(ZoneMethod)
    shares = [await progress(ada, claim)]
    for method in ZoneMethod:
        await zones.store(claim, zones_of(await zones.history(claim, method), now))
        shares.append(await progress(ada, claim))
    await zones.finish(claim, 0)
    assert shares == [0.0, pytest.approx(scored / (scored + len(segments))), 1.0]


async def test_a_worker_that_takes_over_goes_on_from_what_is_done(
    ada: Athlete, work: Work, sql: asyncpg.Connection, zones: ZoneRepository
) -> None:
    await imported_runs(ada, work, a_scored_file())
    claim, now = await taken(zones, await both_methods_due(ada, sql), ONE), SystemClock().now()
    await zones.due(claim, now)
    await zones.store(claim, zones_of(await zones.history(claim, ZoneMethod.NATIVE), now))
    before = await progress(ada, claim)
    await sql.execute(EXPIRE, claim.job_id)
    claim = await taken(zones, claim.job_id, OTHER)
    assert list(await zones.due(claim, now)) == [ZoneMethod.TRAILMETRICS]
    assert await progress(ada, claim) == before
    await zones.finish(claim, 0)


async def test_runs_that_come_meanwhile_leave_the_share_within_one(
    ada: Athlete, work: Work, sql: asyncpg.Connection, zones: ZoneRepository
) -> None:
    await imported_runs(ada, work, a_scored_file(0))
    claim, now = await taken(zones, await both_methods_due(ada, sql), ONE), SystemClock().now()
    await zones.due(claim, now)
    await imported_runs(ada, work, a_scored_file(1), a_scored_file(2), a_scored_file(3))
    await zones.store(claim, zones_of(await zones.history(claim, ZoneMethod.NATIVE), now))
    assert await progress(ada, claim) == 1
    await zones.finish(claim, 0)


async def test_a_segment_that_tens_of_thousands_are_like_is_counted_right(
    ada: Athlete, work: Work, sql: asyncpg.Connection, zones: ZoneRepository
) -> None:
    (run,) = await imported_runs(ada, work, a_scored_file())
    claim, now = await taken(zones, await both_methods_due(ada, sql), ONE), SystemClock().now()
    told = zones_of(replace(await zones.history(claim, ZoneMethod.NATIVE), kept={}), now)
    ((run_id, zones_of_run),) = told.news.items()
    many = np.full_like(zones_of_run.ranks.similars_count, 40_000)
    ranks = replace(zones_of_run.ranks, similars_rank=many, similars_count=many)
    await zones.store(claim, replace(told, news={run_id: replace(zones_of_run, ranks=ranks)}))
    stored = (await stored_zones(sql, await athlete_id_of(ada)))[key_of(run)]
    assert set(stored["similars_rank"]) == set(stored["similars_count"]) == {40_000}
    await zones.finish(claim, 0)
