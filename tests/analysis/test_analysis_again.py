"""Runs that are analysed once more: nobody's asking is lost, and nothing is judged anew that is as it was."""

import asyncpg
import pytest
from svcs import Registry

from domain.analysis.ports import AnalysisRepository
from domain.operations.model import JobId, JobKind
from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.analyses import states, taken, understood, waiting
from tests.factories.imports import Work, key_of
from tests.factories.plan_requests import done
from tests.factories.scored_runs import a_file_without_heart_rate, a_scored_file
from tests.factories.understood_runs import imported_runs, jobs_of, runs_to_analyse

NATIVE_STATE = "select asked, anew from zone_state where athlete = $1 and method = 'NATIVE'"
SHORT = {"minutes": 20}


@pytest.mark.parametrize("failed", [False, True], ids=["understood", "failed"])
async def test_a_run_that_is_asked_for_again_while_it_is_analysed_waits_still(
    ada: Athlete, work: Work, registry: Registry, analyses: AnalysisRepository, sql: asyncpg.Connection, failed: bool
) -> None:
    runs = await runs_to_analyse(registry, ada, a_scored_file(**SHORT))
    claim, item = await taken(analyses, await waiting(ada))
    await done(ada, "setPhysiology", {"validFrom": "2026-01-01", "restingHeartRate": 50})
    await (analyses.fail(claim, item, "no") if failed else analyses.store(claim, item, understood(item)))
    assert await states(sql, ada, runs) == ["PENDING"]
    await analyses.finish(claim)
    await work()
    assert await states(sql, ada, runs) == ["DONE"]


async def test_a_run_is_done_though_a_job_that_was_given_up_still_names_it(
    ada: Athlete, registry: Registry, analyses: AnalysisRepository, sql: asyncpg.Connection
) -> None:
    runs = await runs_to_analyse(registry, ada, a_scored_file(**SHORT))
    given_up = await waiting(ada)
    await sql.execute("update job set status = 'FAILED', finished_at = now() where id = $1", given_up)
    await done(ada, "setPhysiology", {"validFrom": "2026-01-01", "restingHeartRate": 50})
    (job, _) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    claim, item = await taken(analyses, JobId(key_of(job["id"])))
    await analyses.store(claim, item, understood(item))
    assert await states(sql, ada, runs) == ["DONE"]
    await analyses.finish(claim)


async def test_a_run_without_zones_that_is_analysed_again_has_no_other_judged_anew(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    await imported_runs(ada, work, a_scored_file(), a_file_without_heart_rate(1))
    before = await sql.fetchrow(NATIVE_STATE, await athlete_id_of(ada))
    await done(ada, "setPhysiology", {"validFrom": "2026-03-03", "thresholdPaceSPerKm": 270})
    await work()
    assert await sql.fetchrow(NATIVE_STATE, await athlete_id_of(ada)) == before


async def test_a_run_with_zones_that_is_analysed_again_has_all_judged_anew(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    await imported_runs(ada, work, a_scored_file(0), a_scored_file(1))
    _, before = await sql.fetchrow(NATIVE_STATE, await athlete_id_of(ada))
    await done(ada, "setPhysiology", {"validFrom": "2026-03-03", "restingHeartRate": 55})
    await work()
    asked, anew = await sql.fetchrow(NATIVE_STATE, await athlete_id_of(ada))
    assert before < anew <= asked
