"""Runs that were imported are understood once, whatever becomes of the workers meanwhile."""

import signal

import asyncpg
from starlette.applications import Starlette

from configuration.settings import Settings
from domain.operations.model import JobKind
from tests.conftest import Athlete, eventually
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, key_of
from tests.factories.scored_runs import a_scored_file
from tests.factories.understood_runs import held_up, imported_runs, jobs_of, runs_to_analyse, told_alike
from tests.factories.workers import a_worker

FILES = [a_scored_file(nth) for nth in range(4)]
EXPIRE = "update job set lease_until = now() - interval '1 second' where athlete = $1 and status = 'RUNNING'"
HOLD_RUN = "select id from run where id = $1 for update"
STATES = "select analysis_state from run where athlete = $1 order by started_at"
ANALYSED = "select count(*), count(distinct run) as runs from run_change where athlete = $1 and kind = 'ANALYSED'"
TOTALS = """
select run_analysis.*, run.started_at from run_analysis join run on run.id = run where run_analysis.athlete = $1
order by run.started_at
"""
OWN = ("run", "athlete", "analysed_at")


async def states(sql: asyncpg.Connection, athlete: Athlete) -> list[str]:
    return [row["analysis_state"] for row in await sql.fetch(STATES, await athlete_id_of(athlete))]


async def totals(sql: asyncpg.Connection, athlete: Athlete) -> list[dict[str, object]]:
    rows = await sql.fetch(TOTALS, await athlete_id_of(athlete))
    return [{name: value for name, value in row.items() if name not in OWN} for row in rows]


async def test_a_worker_killed_in_the_middle_of_an_analysis_leaves_the_rest_to_the_next(
    app: Starlette, ada: Athlete, bob: Athlete, settings: Settings, sql: asyncpg.Connection, work: Work
) -> None:
    athlete_id = await athlete_id_of(ada)
    runs = await runs_to_analyse(app.state.registry, ada, *FILES)
    async with held_up(settings, HOLD_RUN, key_of(runs[2])) as somebody_waits:
        with a_worker(settings) as worker:
            await eventually(somebody_waits)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
    assert await states(sql, ada) == ["DONE", "DONE", "PENDING", "PENDING"]
    await sql.execute(EXPIRE, athlete_id)
    await work()
    (job,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    assert (job["status"], job["message"]) == ("SUCCEEDED", "4 analysed")
    assert tuple(await sql.fetchrow(ANALYSED, athlete_id)) == (4, 4)
    await imported_runs(bob, work, *FILES)
    assert await totals(sql, ada) == await totals(sql, bob)
    assert await told_alike(sql, athlete_id) == await told_alike(sql, await athlete_id_of(bob))


async def test_a_worker_that_is_asked_to_stop_leaves_its_analysis_at_once(
    app: Starlette, ada: Athlete, settings: Settings, sql: asyncpg.Connection, work: Work
) -> None:
    runs = await runs_to_analyse(app.state.registry, ada, *FILES)
    async with held_up(settings, HOLD_RUN, key_of(runs[1])) as somebody_waits:
        with a_worker(settings) as worker:
            await eventually(somebody_waits)
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0
    assert await states(sql, ada) == ["DONE", "PENDING", "PENDING", "PENDING"]
    await work()
    assert await states(sql, ada) == ["DONE"] * 4
