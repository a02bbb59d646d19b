"""Efficiency by grade category over HTTP."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from tests.conftest import Athlete
from tests.factories.analysed_runs import NOON, a_run, a_segment, athlete_id_of

ALL = """gradeCategory segments lowerQuartileEfficiency medianEfficiency upperQuartileEfficiency medianSpeedMPerS
    medianGradeAdjustedSpeedMPerS movingTimeS"""


async def by_grade(athlete: Athlete, asked: str = ALL, **days: str) -> list[dict[str, Any]]:
    query = f"query($from: Date, $to: Date) {{ efficiencyByGrade(from: $from, to: $to) {{ {asked} }} }}"
    grades: list[dict[str, Any]] = (await athlete.get(query, **days))["efficiencyByGrade"]
    return grades


async def test_without_scored_segments_there_is_nothing_to_tell(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada)
    await a_segment(sql, me, await a_run(sql, me), efficiency=None, reason="WARM_UP")

    assert await by_grade(ada) == []


async def test_a_category_tells_the_medians_and_quartiles_of_its_segments(
    ada: Athlete, sql: asyncpg.Connection
) -> None:
    me = await athlete_id_of(ada)
    run = await a_run(sql, me)
    for at in range(5):
        figures = {"efficiency": 1.0 + at / 10, "speed_m_per_s": 2.0 + at, "graded_speed_m_per_s": 3.0 + at}
        await a_segment(sql, me, run, at + 1, grade_band=4, moving_s=60.0, **figures)

    assert await by_grade(ada) == [
        {
            "gradeCategory": 0.1,
            "segments": 5,
            "lowerQuartileEfficiency": 1.1,
            "medianEfficiency": 1.2,
            "upperQuartileEfficiency": 1.3,
            "medianSpeedMPerS": 4.0,
            "medianGradeAdjustedSpeedMPerS": 5.0,
            "movingTimeS": 300.0,
        }
    ]


async def test_categories_go_from_the_steepest_descent_to_the_steepest_ascent(
    ada: Athlete, sql: asyncpg.Connection
) -> None:
    me = await athlete_id_of(ada)
    run = await a_run(sql, me)
    for ordinal, band in enumerate((3, -18, 0), start=1):
        await a_segment(sql, me, run, ordinal, grade_band=band)

    assert [grade["gradeCategory"] for grade in await by_grade(ada)] == [-0.45, 0.0, 0.075]


async def test_only_segments_of_the_days_named_count(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada)
    for at in range(3):
        await a_segment(sql, me, await a_run(sql, me, NOON + timedelta(days=at)), grade_band=at)

    day = {"from": "2026-03-05", "to": "2026-03-05"}
    assert await by_grade(ada, "gradeCategory", **day) == [{"gradeCategory": 0.025}]


async def test_days_are_those_of_the_athlete_s_own_clock(ada: Athlete, sql: asyncpg.Connection) -> None:
    me = await athlete_id_of(ada, timezone="Europe/Zurich")
    await a_segment(sql, me, await a_run(sql, me, datetime(2026, 10, 25, 22, 30, tzinfo=UTC)))  # 23:30 in winter

    assert len(await by_grade(ada, "segments", **{"from": "2026-10-25", "to": "2026-10-25"})) == 1
    assert await by_grade(ada, "segments", **{"from": "2026-10-26"}) == []


async def test_another_s_segments_do_not_count(ada: Athlete, bob: Athlete, sql: asyncpg.Connection) -> None:
    his = await athlete_id_of(bob)
    await a_segment(sql, his, await a_run(sql, his))

    assert await by_grade(ada, "segments") == []


async def test_it_weighs_what_all_categories_from_minus_300_to_300_percent_would(ada: Athlete) -> None:
    asked = {"query": "{ efficiencyByGrade { segments } }", "extensions": {"cost": True}}
    answer = (await ada.http.post("/graphql", json=asked)).json()

    assert answer["extensions"]["cost"]["nodes"] == 241


async def test_it_is_one_statement(ada: Athlete, sql: asyncpg.Connection, statements: Callable[[], Any]) -> None:
    me = await athlete_id_of(ada)
    await a_segment(sql, me, await a_run(sql, me))

    async with statements() as sent:
        assert len(await by_grade(ada)) == 1

    assert len(sent) == 1


async def test_days_the_wrong_way_round_are_refused(ada: Athlete) -> None:
    answer = await ada.ask('{ efficiencyByGrade(from: "2026-03-05", to: "2026-03-04") { segments } }')

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_token_that_may_not_read_training_is_refused(athlete: Callable[..., Athlete]) -> None:
    answer = await athlete("ada", scopes=["training:write"]).ask("{ efficiencyByGrade { segments } }")

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
