"""Training summed up over HTTP: whose runs, on which days, in which weeks."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from tests.conftest import Athlete
from tests.factories.analysed_runs import NOON, a_run, analysed, athlete_id_of
from tests.factories.run_requests import recorded

FIGURES = "runs distanceM movingTimeS ascentM load runsWithoutLoad longestRunM heartRateZones { number timeS }"
WEEKS = f"weeks {{ startDate endDate {FIGURES} }}"
NOTHING = {"runs": 0, "distanceM": 0.0, "movingTimeS": 0.0, "ascentM": 0.0, "load": 0.0, "runsWithoutLoad": 0}
NOTHING |= {"longestRunM": 0.0, "heartRateZones": []}


async def summed_up(athlete: Athlete, asked: str = FIGURES, **days: str) -> dict[str, Any]:
    query = f"query($from: Date, $to: Date) {{ trainingSummary(from: $from, to: $to) {{ {asked} }} }}"
    summary: dict[str, Any] = (await athlete.get(query, **days))["trainingSummary"]
    return summary


async def test_who_has_not_run_has_a_summary_of_nothing(ada: Athlete) -> None:
    assert await summed_up(ada, f"{FIGURES} {WEEKS}") == NOTHING | {"weeks": []}


async def test_runs_are_summed_up_in_all_and_by_week(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada)
    zones = [{"number": 1, "seconds": 12.5}, {"number": 3, "seconds": 100}]
    long = await a_run(sql, me, distance_m=21_000.04, moving_time_s=7200, ascent_m=350.55)
    await analysed(sql, me, long, load=120.26, heart_rate_zones=zones)
    short = await a_run(sql, me, datetime(2026, 3, 6, 12, tzinfo=UTC), distance_m=5000.0, moving_time_s=1500)
    await analysed(sql, me, short, load=None, heart_rate_zones=zones[:1])
    await a_run(sql, me, datetime(2026, 3, 16, 12, tzinfo=UTC), distance_m=8000.0, moving_time_s=2400)

    summary = await summed_up(ada, f"{FIGURES} {WEEKS}")

    weeks = summary.pop("weeks")
    assert summary == {
        "runs": 3,
        "distanceM": 34_000.0,
        "movingTimeS": 11_100.0,
        "ascentM": 350.6,
        "load": 120.3,
        "runsWithoutLoad": 2,
        "longestRunM": 21_000.0,
        "heartRateZones": [{"number": 1, "timeS": 25.0}, {"number": 3, "timeS": 100.0}],
    }
    assert [(week["startDate"], week["endDate"], week["runs"], week["distanceM"]) for week in weeks] == [
        ("2026-03-02", "2026-03-08", 2, 26_000.0),
        ("2026-03-09", "2026-03-15", 0, 0.0),
        ("2026-03-16", "2026-03-22", 1, 8000.0),
    ]
    assert weeks[0]["heartRateZones"] == summary["heartRateZones"]
    assert weeks[1] == NOTHING | {"startDate": "2026-03-09", "endDate": "2026-03-15"}


async def test_a_run_by_hand_counts_without_a_load(ada: Athlete) -> None:
    await recorded(ada, distanceM=7000.0, movingTimeS=2100)

    assert await summed_up(ada, "runs distanceM movingTimeS load runsWithoutLoad") == {
        "runs": 1,
        "distanceM": 7000.0,
        "movingTimeS": 2100.0,
        "load": 0.0,
        "runsWithoutLoad": 1,
    }


async def test_another_s_runs_do_not_count(ada: Athlete, bob: Athlete, sql: asyncpg.Connection) -> None:
    his = await athlete_id_of(bob)
    await analysed(sql, his, await a_run(sql, his), heart_rate_zones=[{"number": 1, "seconds": 5}])

    assert await summed_up(ada) == NOTHING


@pytest.mark.parametrize(
    ("days", "runs"),
    [
        ({"from": "2026-03-04"}, 2),
        ({"from": "2026-03-05"}, 1),
        ({"to": "2026-03-04"}, 1),
        ({"to": "2026-03-03"}, 0),
        ({"from": "2026-03-04", "to": "2026-03-05"}, 2),
        ({"from": "2026-03-05", "to": "2026-03-05"}, 1),
        ({"from": "0001-01-01", "to": "9999-12-31"}, 2),
    ],
)
async def test_both_days_named_are_part_of_the_window(
    ada: Athlete, sql: asyncpg.Connection, days: dict[str, str], runs: int
) -> None:
    me = await athlete_id_of(ada)
    await a_run(sql, me, datetime(2026, 3, 4, tzinfo=UTC))
    await a_run(sql, me, datetime(2026, 3, 5, 23, 59, 59, tzinfo=UTC))

    assert await summed_up(ada, "runs", **days) == {"runs": runs}


@pytest.mark.parametrize(
    ("timezone", "started_at", "day"),
    [
        ("Europe/Zurich", datetime(2026, 3, 29, 21, 30, tzinfo=UTC), "2026-03-29"),  # 23:30, summer since the morning
        ("Europe/Zurich", datetime(2026, 10, 25, 22, 30, tzinfo=UTC), "2026-10-25"),  # 23:30, winter since the morning
        ("Europe/Zurich", datetime(2026, 10, 24, 22, 30, tzinfo=UTC), "2026-10-25"),  # 00:30, still summer
        ("America/Havana", datetime(2026, 11, 1, 4, 30, tzinfo=UTC), "2026-11-01"),  # 00:30, the first of two
        ("America/Havana", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "2026-11-01"),  # 00:30, the second of two
        ("Pacific/Kiritimati", datetime(2026, 3, 1, 10, 30, tzinfo=UTC), "2026-03-02"),  # 14 hours ahead
        ("Pacific/Pago_Pago", datetime(2026, 3, 2, 10, 30, tzinfo=UTC), "2026-03-01"),  # 11 hours behind
    ],
)
async def test_a_run_belongs_to_the_day_that_the_athlete_s_clock_told(
    ada: Athlete, sql: asyncpg.Connection, timezone: str, started_at: datetime, day: str
) -> None:
    me = await athlete_id_of(ada, timezone=timezone)
    await a_run(sql, me, started_at)

    on_the_day = await summed_up(ada, "runs", **{"from": day, "to": day})

    assert on_the_day == {"runs": 1}


async def test_a_late_run_on_the_day_clocks_change_belongs_to_the_week_that_ends(
    ada: Athlete, sql: asyncpg.Connection
) -> None:
    me = await athlete_id_of(ada, timezone="Europe/Zurich")
    await a_run(sql, me, datetime(2026, 10, 25, 22, 30, tzinfo=UTC))  # Sunday, 23:30; Monday by summer's clock

    assert await summed_up(ada, "weeks { startDate }") == {"weeks": [{"startDate": "2026-10-19"}]}


async def test_days_the_wrong_way_round_are_refused(ada: Athlete) -> None:
    answer = await ada.ask('{ trainingSummary(from: "2026-03-05", to: "2026-03-04") { runs } }')

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["message"] == "`from` is 2026-03-05 and `to` is 2026-03-04: `from` must not lie after `to`."


async def test_more_weeks_than_are_told_are_refused_where_weeks_are_asked(
    ada: Athlete, sql: asyncpg.Connection
) -> None:
    me = await athlete_id_of(ada)
    await a_run(sql, me, datetime(1990, 1, 1, tzinfo=UTC))  # by a watch that had lost its clock
    await a_run(sql, me)

    answer = await ada.ask('{ trainingSummary(from: "1990-01-01") { runs weeks { runs } } }')

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert answer["errors"][0]["message"].startswith("These are 1,888 weeks, and at most 530 are told one by one.")
    assert await summed_up(ada, "runs") == {"runs": 2}


async def test_without_a_first_day_the_latest_weeks_are_told(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada)
    await a_run(sql, me, datetime(1990, 1, 1, tzinfo=UTC))
    await a_run(sql, me)

    told = await summed_up(ada, "runs weeks { runs }")

    assert told["runs"] == 2
    assert len(told["weeks"]) == 530
    assert told["weeks"][-1] == {"runs": 1}


async def test_a_summary_is_one_statement(ada: Athlete, sql: asyncpg.Connection, statements: Callable[[], Any]) -> None:
    me = await athlete_id_of(ada)
    for week in range(3):
        await analysed(sql, me, await a_run(sql, me, NOON.replace(day=4 + 7 * week)))

    async with statements() as sent:
        summary = await summed_up(ada, f"{FIGURES} {WEEKS}")

    assert len(summary["weeks"]) == 3
    assert len(sent) == 1


async def test_a_token_that_may_not_read_training_is_refused(athlete: Callable[..., Athlete]) -> None:
    answer = await athlete("ada", scopes=["training:write"]).ask("{ trainingSummary { runs } }")

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
