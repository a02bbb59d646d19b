"""Analyses go wrong for one run, one job or one worker at a time, and for nobody else."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from structlog.testing import capture_logs
from svcs import Container, Registry

from app.analysis.analysing import BREAKS_ANALYSIS, MAX_ATTEMPTS, STOPS_WORKERS
from configuration.settings import Settings
from domain.analysis.ports import AnalysisRepository, RunToAnalyse
from domain.analysis.run import RunUnderstood
from domain.operations.model import Claim, JobKind, LeaseLost
from infrastructure.analysis.repository import PostgresAnalysisRepository
from infrastructure.database.engine import Database
from infrastructure.machine.clock import SystemClock
from infrastructure.machine.ids import SortedIds
from infrastructure.operations.leased_jobs import MAX_MISTAKES, MISTAKE
from tests.conftest import Athlete, eventually
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.analyses import states, taken, understood, waiting
from tests.factories.imports import Work, key_of
from tests.factories.meanwhile import meanwhile
from tests.factories.run_requests import told
from tests.factories.scored_runs import a_scored_file
from tests.factories.understood_runs import a_registry, jobs_of, runs_to_analyse, stored_zones, work_off

TOLD = "select count(*) from run_analysis where athlete = $1"
TILED = "select count(*) from segment where athlete = $1"
EXPIRE = "update job set lease_until = now() - interval '1 second' where id = $1"
PASS = "update job set not_before = '-infinity' where athlete = $1"
SHORT = {"minutes": 20}


class BrokenAnalyses(PostgresAnalysisRepository):
    """The AnalysisRepository port with a mistake in it, for one run or for one athlete."""

    def __init__(self, database: Database, broken: UUID) -> None:
        super().__init__(database, SortedIds(SystemClock()))
        self._broken = broken

    async def next_run(self, claim: Claim) -> RunToAnalyse | None:
        if claim.athlete_id == self._broken:
            raise ZeroDivisionError
        return await super().next_run(claim)

    async def store(self, claim: Claim, item: RunToAnalyse, understood: RunUnderstood) -> None:
        if item.run_id == self._broken:
            raise ZeroDivisionError
        await super().store(claim, item, understood)


@pytest.fixture
async def database(registry: Registry) -> AsyncIterator[Database]:
    """What repositories stand on."""
    async with Container(registry) as services:
        yield await services.aget(Database)


async def test_a_run_that_breaks_the_analysis_fails_alone(
    ada: Athlete, settings: Settings, registry: Registry, database: Database, sql: asyncpg.Connection
) -> None:
    runs = await runs_to_analyse(registry, ada, *(a_scored_file(nth) for nth in range(3)))
    broken = BrokenAnalyses(database, key_of(runs[1]))
    with capture_logs() as logs:
        async with a_registry(settings, {AnalysisRepository: broken}) as worker:
            await work_off(worker)
    (job,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    assert [item["status"] for item in job["items"]] == ["SUCCEEDED", "FAILED", "SUCCEEDED"]
    assert (job["status"], job["message"]) == ("PARTLY_FAILED", "2 analysed, 1 failed")
    assert job["items"][1]["message"] == BREAKS_ANALYSIS
    assert await states(sql, ada, runs) == ["DONE", "FAILED", "DONE"]
    told = await sql.fetch(
        "select run from run_change where athlete = $1 and kind = 'ANALYSED'", await athlete_id_of(ada)
    )
    assert {row["run"] for row in told} == {key_of(run) for run in runs}
    assert (await stored_zones(sql, await athlete_id_of(ada))).keys() == {key_of(runs[0]), key_of(runs[2])}
    assert [line["run"] for line in logs if line["event"] == "bug"] == [str(key_of(runs[1]))]


async def test_a_job_that_breaks_is_tried_again_and_given_up_and_the_job_of_another_athlete_is_done_meanwhile(
    ada: Athlete,
    bob: Athlete,
    settings: Settings,
    registry: Registry,
    database: Database,
    sql: asyncpg.Connection,
) -> None:
    await runs_to_analyse(registry, ada, a_scored_file(**SHORT))
    theirs = await runs_to_analyse(registry, bob, a_scored_file(**SHORT))
    athlete_id, tries = await athlete_id_of(ada), 0
    async with a_registry(settings, {AnalysisRepository: BrokenAnalyses(database, athlete_id)}) as worker:
        for attempt in range(MAX_MISTAKES):
            with capture_logs() as logs:
                await work_off(worker)
            tries += len([line for line in logs if line["event"] == "bug"])
            assert await states(sql, bob, theirs) == ["DONE"]
            (job,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
            assert job["status"] == ("FAILED" if attempt == MAX_MISTAKES - 1 else "RUNNING")
            await sql.execute(PASS, athlete_id)
    assert (tries, job["error"]) == (MAX_MISTAKES, MISTAKE)


async def test_a_job_that_broke_is_not_tried_again_before_its_pause_is_over(
    ada: Athlete, settings: Settings, registry: Registry, database: Database
) -> None:
    await runs_to_analyse(registry, ada, a_scored_file(**SHORT))
    broken = BrokenAnalyses(database, await athlete_id_of(ada))
    async with a_registry(settings, {AnalysisRepository: broken}) as worker:
        with capture_logs() as logs:
            await work_off(worker)
            await work_off(worker)
    assert len([line for line in logs if line["event"] == "bug"]) == 1


async def test_a_run_that_kills_every_worker_is_given_up_and_the_next_is_analysed(
    ada: Athlete, work: Work, registry: Registry, analyses: AnalysisRepository, sql: asyncpg.Connection
) -> None:
    runs = await runs_to_analyse(registry, ada, a_scored_file(0, **SHORT), a_scored_file(1, **SHORT))
    job_id = await waiting(ada)
    for nth in range(MAX_ATTEMPTS):
        _, item = await taken(analyses, job_id, nth)
        assert (item.run_id, item.attempts) == (key_of(runs[0]), nth + 1)
        await sql.execute(EXPIRE, job_id)
    await work()
    (job,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    assert [item["message"] for item in job["items"]] == [STOPS_WORKERS, None]
    assert await states(sql, ada, runs) == ["FAILED", "DONE"]


async def test_a_run_is_not_blamed_for_workers_that_were_asked_to_stop(
    ada: Athlete, work: Work, registry: Registry, analyses: AnalysisRepository, sql: asyncpg.Connection
) -> None:
    runs = await runs_to_analyse(registry, ada, a_scored_file(**SHORT))
    for nth in range(MAX_ATTEMPTS + 2):
        claim, _ = await taken(analyses, await waiting(ada), nth)
        await analyses.release(claim)
    await work()
    assert await states(sql, ada, runs) == ["DONE"]


async def test_a_worker_that_lost_its_lease_stores_nothing(
    ada: Athlete, registry: Registry, analyses: AnalysisRepository, sql: asyncpg.Connection
) -> None:
    runs, athlete_id = await runs_to_analyse(registry, ada, a_scored_file(**SHORT)), await athlete_id_of(ada)
    lost, item = await taken(analyses, await waiting(ada))
    await sql.execute(EXPIRE, lost.job_id)
    await taken(analyses, lost.job_id, 2)
    for act in (analyses.store(lost, item, understood(item)), analyses.fail(lost, item, "no"), analyses.finish(lost)):
        with pytest.raises(LeaseLost):
            await act
    assert (await sql.fetchval(TOLD, athlete_id), await sql.fetchval(TILED, athlete_id)) == (0, 0)
    assert await states(sql, ada, runs) == ["PENDING"]


async def test_of_a_run_that_is_deleted_meanwhile_nothing_is_stored(
    ada: Athlete, work: Work, registry: Registry, analyses: AnalysisRepository, sql: asyncpg.Connection
) -> None:
    (run,) = await runs_to_analyse(registry, ada, a_scored_file(**SHORT))
    claim, item = await taken(analyses, await waiting(ada))
    await told(ada, "deleteRun", id=run)
    await analyses.store(claim, item, understood(item))
    await analyses.release(claim)
    await work()
    (job,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    (told_of_it,) = job["items"]
    assert (job["status"], told_of_it["message"], told_of_it["run"]) == ("SUCCEEDED", "The run was deleted.", None)
    assert await sql.fetchval(TILED, await athlete_id_of(ada)) == 0


async def test_a_run_that_is_deleted_before_its_turn_is_no_failure(
    ada: Athlete, work: Work, registry: Registry
) -> None:
    runs = await runs_to_analyse(registry, ada, a_scored_file(0, **SHORT), a_scored_file(1, **SHORT))
    await told(ada, "deleteRun", id=runs[0])
    await work()
    (job,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    assert (job["status"], [item["message"] for item in job["items"]]) == ("SUCCEEDED", ["The run was deleted.", None])


async def test_two_workers_on_one_job_analyse_each_run_once(
    ada: Athlete, settings: Settings, registry: Registry, sql: asyncpg.Connection
) -> None:
    await runs_to_analyse(registry, ada, *(a_scored_file(nth, **SHORT) for nth in range(5)))
    async with a_registry(settings, {}) as one, a_registry(settings, {}) as two:
        await asyncio.gather(work_off(one), work_off(two), work_off(registry))
    kinds: list[Any] = await sql.fetch(
        "select run, count(*) from run_change where athlete = $1 and kind = 'ANALYSED' group by run",
        await athlete_id_of(ada),
    )
    assert [row["count"] for row in kinds] == [1] * 5


async def test_a_failure_and_a_deletion_at_once_do_not_wait_for_each_other(
    ada: Athlete, settings: Settings, registry: Registry, analyses: AnalysisRepository
) -> None:
    await runs_to_analyse(registry, ada, a_scored_file(**SHORT))
    claim, item = await taken(analyses, await waiting(ada))
    async with meanwhile(settings) as deletion:
        await deletion.sql.fetchval("select id from run where id = $1 for update", item.run_id)
        failing = asyncio.create_task(analyses.fail(claim, item, BREAKS_ANALYSIS))
        await eventually(deletion.is_waited_for)
        await deletion.sql.execute("delete from run where id = $1", item.run_id)
    await failing
    await analyses.finish(claim)
    (job,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    assert [(one["status"], one["message"]) for one in job["items"]] == [("SUCCEEDED", "The run was deleted.")]
