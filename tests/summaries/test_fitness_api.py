"""Fitness, fatigue and form over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.conftest import Athlete
from tests.factories.analysed_runs import NOON, a_run, analysed, athlete_id_of

DAY = "date load runsWithoutLoad ctl atl tsb"


async def fitness(athlete: Athlete, first: str, last: str, asked: str = DAY) -> list[dict[str, Any]]:
    query = f"query($from: Date!, $to: Date!) {{ fitness(from: $from, to: $to) {{ {asked} }} }}"
    days: list[dict[str, Any]] = (await athlete.get(query, **{"from": first, "to": last}))["fitness"]
    return days


async def test_who_has_not_run_has_no_fitness(ada: Athlete) -> None:
    zero = {"load": 0.0, "runsWithoutLoad": 0, "ctl": 0.0, "atl": 0.0, "tsb": 0.0}

    assert await fitness(ada, "2026-03-04", "2026-03-05") == [
        {"date": "2026-03-04"} | zero,
        {"date": "2026-03-05"} | zero,
    ]


async def test_a_hard_day_is_felt_on_the_days_after_it(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada)
    await analysed(sql, me, await a_run(sql, me), load=1000.0)

    days = await fitness(ada, "2026-03-03", "2026-03-05")

    assert [(day["load"], day["ctl"], day["atl"], day["tsb"]) for day in days] == [
        (0.0, 0.0, 0.0, 0.0),
        (1000.0, 23.53, 133.12, 0.0),
        (0.0, 22.97, 115.4, pytest.approx(23.53 - 133.12, abs=0.011)),
    ]


async def test_runs_of_long_before_the_days_asked_count(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada)
    for at in range(42):
        await analysed(sql, me, await a_run(sql, me, NOON - timedelta(days=at)), load=100.0)

    (day,) = await fitness(ada, "2026-03-04", "2026-03-04", "ctl atl")

    assert (day["ctl"], day["atl"]) == (63.21, 99.75)


async def test_loads_of_one_day_add_up_and_runs_without_load_are_counted(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada)
    for load in (30.25, 20.0):
        await analysed(sql, me, await a_run(sql, me), load=load)
    await analysed(sql, me, await a_run(sql, me), load=None)
    await a_run(sql, me)

    assert await fitness(ada, "2026-03-04", "2026-03-04", "load runsWithoutLoad") == [
        {"load": 50.2, "runsWithoutLoad": 2}
    ]


async def test_a_load_falls_on_the_athlete_s_own_day(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada, timezone="Europe/Zurich")
    await analysed(sql, me, await a_run(sql, me, datetime(2026, 10, 25, 22, 30, tzinfo=UTC)))  # 23:30 in winter

    days = await fitness(ada, "2026-10-25", "2026-10-26", "load")

    assert days == [{"load": 50.0}, {"load": 0.0}]


async def test_another_s_loads_do_not_count(ada: Athlete, bob: Athlete, sql: asyncpg.Connection) -> None:
    his = await athlete_id_of(bob)
    await analysed(sql, his, await a_run(sql, his))

    assert await fitness(ada, "2026-03-04", "2026-03-04", "load runsWithoutLoad") == [
        {"load": 0.0, "runsWithoutLoad": 0}
    ]


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-03-05", "2026-03-04", "`from` must not lie after `to`."),
        ("2016-01-01", "2026-03-04", "From `from` to `to` are 3,716 days, and at most 3,660 are told at once."),
    ],
)
async def test_days_that_cannot_be_told_are_refused(ada: Athlete, first: str, last: str, says: str) -> None:
    answer = await ada.ask(f'{{ fitness(from: "{first}", to: "{last}") {{ ctl }} }}')

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert says in answer["errors"][0]["message"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_the_ends_of_the_calendar_can_be_asked(ada: Athlete, sql: asyncpg.Connection, day: str) -> None:
    me = await athlete_id_of(ada)
    await analysed(sql, me, await a_run(sql, me))

    assert await fitness(ada, day, day, "date ctl") == [{"date": day, "ctl": 0.0}]


async def test_ten_years_of_days_are_one_statement(
    ada: Athlete, sql: asyncpg.Connection, statements: Callable[[], Any]
) -> None:
    me = await athlete_id_of(ada)
    await analysed(sql, me, await a_run(sql, me))

    async with statements() as sent:
        days = await fitness(ada, "2016-03-07", "2026-03-14", "ctl")

    assert len(days) == 3_660
    assert len(sent) == 1


async def test_a_token_that_may_not_read_training_is_refused(athlete: Callable[..., Athlete]) -> None:
    ada = athlete("ada", scopes=["training:write"])

    answer = await ada.ask('{ fitness(from: "2026-03-04", to: "2026-03-04") { ctl } }')

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
