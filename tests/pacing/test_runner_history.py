"""What PostgreSQL tells of an athlete's year for a throttle plan: whose runs, of which days, and in what order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.pacing.athlete.history import PacingHistory
from domain.pacing.athlete.runner_of import runner_of
from domain.pacing.ports import PacingHistories
from domain.shared.viewer import Scope, Viewer
from tests.conftest import Athlete
from tests.factories.analysed_runs import a_run, a_segment, an_effort, athlete_id_of

RACE_DAY = date(2026, 6, 20)
EVE = datetime(2026, 6, 19, 8, tzinfo=UTC)


@dataclass
class Year:
    """One athlete's runs, and what is told of them."""

    histories: PacingHistories
    sql: asyncpg.Connection
    athlete_id: UUID

    async def run_at(self, started_at: datetime, *segments: dict[str, Any]) -> UUID:
        run = await a_run(self.sql, self.athlete_id, started_at)
        for at, segment in enumerate(segments, start=1):
            await a_segment(self.sql, self.athlete_id, run, at, **segment)
        return run

    async def before(self, day: date = RACE_DAY) -> PacingHistory:
        return await self.histories.before(day, Viewer(self.athlete_id, frozenset(Scope)))


@pytest.fixture
async def year(app: Starlette, ada: Athlete, sql: asyncpg.Connection) -> Year:
    return await a_year_of(app, ada, sql)


async def a_year_of(app: Starlette, athlete: Athlete, sql: asyncpg.Connection) -> Year:
    async with Container(app.state.registry) as services:
        histories = await services.aget(PacingHistories)
    return Year(histories, sql, await athlete_id_of(athlete))


async def test_stretches_come_run_by_run_in_the_order_of_running(year: Year) -> None:
    later = {"start_s": 300.0, "start_m": 1000.0, "end_m": 1400.0, "moving_s": 90.0, "mean_grade": 0.1}
    await year.run_at(EVE, {"average_heart_rate": 150.0, "mean_grade": -0.02})
    await year.run_at(EVE - timedelta(days=3), {}, later | {"movement": "WALKING"})
    history = await year.before()
    assert history.run.tolist() == [0, 0, 1]
    assert history.start_s.tolist() == [0, 300, 0]
    assert history.start_m.tolist() == [0, 1000, 0]
    assert history.length_m.tolist() == [1000, 400, 1000]
    assert history.moving_s.tolist() == [300, 90, 300]
    assert history.mean_grade.tolist() == [0, 0.1, -0.02]
    assert history.walking.tolist() == [False, True, False]
    assert np.array_equal(history.heart_rate, [np.nan, np.nan, 150.0], equal_nan=True)


async def test_standing_is_no_stretch(year: Year) -> None:
    await year.run_at(EVE, {}, {"movement": "STANDING"})
    assert (await year.before()).run.tolist() == [0]


async def test_nobody_sees_anothers_runs(year: Year, athlete: Callable[..., Athlete], app: Starlette) -> None:
    run = await year.run_at(EVE, {})
    await an_effort(year.sql, year.athlete_id, run, 5000.0, 1200.0)
    await year.sql.execute(
        "insert into physiology (id, athlete, valid_from, d_prime_m) values (gen_random_uuid(), $1, '2026-01-01', 200)",
        year.athlete_id,
    )
    other = await (await a_year_of(app, athlete("ben"), year.sql)).before()
    assert (other.physiology, other.efforts, other.run.size) == (None, (), 0)
    own = await year.before()
    assert own.physiology is not None
    assert (own.physiology.d_prime_m, len(own.efforts), own.run.size) == (200, 1, 1)


async def test_the_day_itself_and_what_comes_after_it_are_not_looked_at(year: Year) -> None:
    await year.run_at(datetime(2026, 6, 20, 0, 5, tzinfo=UTC), {})
    assert (await year.before()).run.size == 0
    assert (await year.before(date(2026, 6, 21))).run.size == 1


async def test_stretches_are_of_the_365_days_before_and_efforts_of_90(year: Year) -> None:
    for days in (1, 90, 91, 365, 366):
        run = await year.run_at(datetime(2026, 6, 20, 12, tzinfo=UTC) - timedelta(days=days), {})
        await an_effort(year.sql, year.athlete_id, run, 1000.0 * days, 5000.0 * days)
    history = await year.before()
    assert history.run.size == 4
    assert [effort.distance_m for effort in history.efforts] == [1000, 90_000]


async def test_a_day_far_ahead_is_told_by_the_days_up_to_the_latest_run(year: Year) -> None:
    run = await year.run_at(EVE, {})
    await an_effort(year.sql, year.athlete_id, run, 5000.0, 1200.0)
    history = await year.before(RACE_DAY + timedelta(days=500))
    assert (history.run.size, len(history.efforts)) == (1, 1)


async def test_days_are_those_of_where_the_athlete_lives(app: Starlette, ada: Athlete, sql: asyncpg.Connection) -> None:
    histories = (await a_year_of(app, ada, sql)).histories
    year = Year(histories, sql, await athlete_id_of(ada, timezone="Pacific/Auckland"))
    await year.run_at(datetime(2026, 6, 19, 11, tzinfo=UTC), {})  # 23:00 on the 19th there
    await year.run_at(datetime(2026, 6, 19, 13, tzinfo=UTC), {})  # 01:00 on the 20th there
    assert (await year.before()).run.size == 1


async def test_the_figures_are_those_valid_on_the_day(year: Year) -> None:
    for day, d_prime in ((date(2026, 1, 1), 150), (RACE_DAY, 180), (date(2026, 6, 21), 250)):
        await year.sql.execute(
            """insert into physiology (id, athlete, valid_from, sex, d_prime_m)
            values (gen_random_uuid(), $1, $2, 'FEMALE', $3)""",
            *(year.athlete_id, day, d_prime),
        )
    figures = (await year.before()).physiology
    assert figures is not None
    assert (figures.d_prime_m, figures.valid_from, figures.sex) == (180, RACE_DAY, "FEMALE")


async def test_an_athlete_without_runs_has_a_runner(year: Year) -> None:
    history = await year.before()
    assert (history.physiology, history.efforts, history.run.size) == (None, (), 0)
    assert runner_of(history)[1].runs == 0
