"""What every server reads: one athlete with plans and runs enough for the nested read, among many others.

Every run of the page belongs to a plan of its own, so that no server can read a plan once and answer it fifty times.
"""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

PLANS, WORKOUTS_OF_PLAN, SEGMENTS_OF_RUN = 60, 24, 24
OTHERS, PLANS_OF_OTHER = 20, 10
FIRST_DAY = date(2026, 1, 5)
FIRST_RUN = datetime(2026, 1, 5, 6, tzinfo=UTC)
TYPES = ("EASY_RUN", "LONG_RUN", "TEMPO", "INTERVALS")
PLAN_COLUMNS = ("id", "athlete", "name", "status", "start_date", "end_date", "version")
WORKOUT_COLUMNS = (
    "id",
    "athlete",
    "plan",
    "name",
    "type",
    "description",
    "scheduled_date",
    "planned_distance_m",
    "planned_duration_s",
)
RUN_COLUMNS = (
    "id",
    "athlete",
    "workout",
    "name",
    "started_at",
    "ended_at",
    "source",
    "distance_m",
    "moving_time_s",
    "elapsed_time_s",
)
SEGMENT_COLUMNS = (
    "id",
    "athlete",
    "run",
    "run_started_at",
    "ordinal",
    "start_m",
    "end_m",
    "start_s",
    "duration_s",
    "moving_s",
    "ascent_m",
    "descent_m",
    "ascent_before_m",
    "descent_before_m",
    "mean_grade",
    "grade_band",
    "movement",
    "speed_m_per_s",
    "graded_speed_m_per_s",
    "hour_of_day",
    "efficiency",
)
ZONE_COLUMNS = (
    "run",
    "athlete",
    "method",
    "computed_at",
    "similars_rank",
    "similars_count",
    "grade_rank",
    "grade_count",
)


def an_id(kind: int, *numbers: int) -> UUID:
    """The same id for the same thing in every run of the benchmark."""
    return UUID(int=sum(number << 24 * place for place, number in enumerate((*numbers, kind))) | 7 << 76 | 1 << 63)


async def seed(database_url: str, athlete: UUID, *more: str) -> list[UUID]:
    """Store everything, and do what `more` SQL says; answers the ids of all runs of `athlete`."""
    connection = await asyncpg.connect(database_url)
    try:
        await _store(connection, athlete, 0, PLANS)
        for number in range(1, OTHERS + 1):
            other = an_id(1, number)
            await connection.execute(
                "insert into athlete (id, issuer, subject, display_name) values ($1, 'bench', $2, $2)",
                other,
                f"other {number}",
            )
            await _store(connection, other, number, PLANS_OF_OTHER)
        for sql in more:
            await connection.execute(sql)
        await connection.execute("vacuum analyze")
        rows = await connection.fetch("select id from run where athlete = $1 order by started_at", athlete)
    finally:
        await connection.close()
    return [row["id"] for row in rows]


async def _store(connection: asyncpg.Connection, athlete: UUID, owner: int, plans: int) -> None:
    for table, columns, rows in (
        ("plan", PLAN_COLUMNS, _plans(athlete, owner, plans)),
        ("workout", WORKOUT_COLUMNS, _workouts(athlete, owner, plans)),
        ("run", RUN_COLUMNS, _runs(athlete, owner, plans)),
        ("segment", SEGMENT_COLUMNS, _segments(athlete, owner, plans)),
        ("run_zone", ZONE_COLUMNS, _zones(athlete, owner, plans)),
    ):
        await connection.copy_records_to_table(table, columns=columns, records=list(rows))
        await asyncio.sleep(0)


def _plans(athlete: UUID, owner: int, plans: int) -> Iterator[tuple[Any, ...]]:
    for plan in range(plans):
        first = FIRST_DAY + timedelta(days=plan)
        name = f"To the {plan + 1}th summit"
        yield an_id(2, owner, plan), athlete, name, "ACTIVE", first, first + timedelta(days=83), 1


def _workouts(athlete: UUID, owner: int, plans: int) -> Iterator[tuple[Any, ...]]:
    for plan in range(plans):
        for number in range(WORKOUTS_OF_PLAN):
            day = FIRST_DAY + timedelta(days=plan + 3 * number)
            length = 6000.0 + 500 * (number % 9) + plan
            yield (
                an_id(3, owner, plan * WORKOUTS_OF_PLAN + number),
                athlete,
                an_id(2, owner, plan),
                f"Session {number + 1} of {WORKOUTS_OF_PLAN}",
                TYPES[number % len(TYPES)],
                None,
                day,
                length,
                int(length * 0.36),
            )


def _runs(athlete: UUID, owner: int, plans: int) -> Iterator[tuple[Any, ...]]:
    """One for each workout. Those of a day belong to a plan each, so that the newest fifty belong to fifty plans."""
    for number in range(WORKOUTS_OF_PLAN):
        for plan in range(plans):
            began = FIRST_RUN + timedelta(days=3 * number, minutes=10 * plan)
            moving = 1800 + 7 * plan + 60 * number
            yield (
                an_id(4, owner, number * plans + plan),
                athlete,
                an_id(3, owner, plan * WORKOUTS_OF_PLAN + number),
                f"Run {number + 1} for plan {plan + 1}",
                began,
                began + timedelta(seconds=moving + 40),
                "MANUAL",
                5200.5 + 11 * plan + 100 * number,
                moving,
                moving + 40,
            )


def _segments(athlete: UUID, owner: int, plans: int) -> Iterator[tuple[Any, ...]]:
    """Uphill and down in turn, each of 200 to 310 m."""
    for run, (id, _, _, _, began, *_) in enumerate(_runs(athlete, owner, plans)):
        for at in range(SEGMENTS_OF_RUN):
            length, band = 200.0 + run % 12 * 10, (at * 5 + run) % 17 - 8
            seconds = 60.5 + run % 12 * 3 + abs(band)
            climbed = length * band / 40
            yield (
                an_id(5, owner, run * SEGMENTS_OF_RUN + at),
                athlete,
                id,
                began,
                at + 1,
                at * length,
                (at + 1) * length,
                at * seconds,
                seconds,
                seconds,
                max(climbed, 0.0),
                max(-climbed, 0.0),
                at * 2.5,
                at * 2.5,
                band / 40 + 0.0004,
                band,
                "RUNNING",
                length / seconds,
                length / seconds * (1 + abs(band) / 10),
                6.5,
                1.2 + (run * 7 + at) % 100 / 317,
            )


def _zones(athlete: UUID, owner: int, plans: int) -> Iterator[tuple[Any, ...]]:
    for run, (id, _, _, _, began, *_) in enumerate(_runs(athlete, owner, plans)):
        places = range(run, run + SEGMENTS_OF_RUN)
        yield (
            id,
            athlete,
            "NATIVE",
            began,
            [1 + place * 11 % 26 for place in places],
            [26] * SEGMENTS_OF_RUN,
            [1 + place * 7 % (15 + place % 9 * 40) for place in places],  # some bands hold too few
            [15 + place % 9 * 40 for place in places],
        )
