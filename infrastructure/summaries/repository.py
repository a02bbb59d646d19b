"""Summaries from PostgreSQL, each in one statement; figures are rounded once, so that totals add up."""

from datetime import date
from typing import Any

import orjson

from domain.analysis.model import GRADE_BAND
from domain.shared.viewer import Viewer
from domain.summaries.days import DailyLoad
from domain.summaries.model import GradeEfficiency, HeartRateZoneTime, TrainingWeek, Window
from infrastructure.database.engine import Database


def _day(started_at: str) -> str:
    return f"({started_at} at time zone (select timezone from athlete where id = $1))::date"


def _within(started_at: str) -> str:
    """Whose rows, and of which days.

    Everywhere on earth a day begins less than two days from UTC's midnight: by that an index finds the rows, and of
    these few alone the exact day is told.
    """
    return f"""athlete = $1
    and {started_at} >= coalesce(($2::date - 2)::timestamp at time zone 'UTC', '-infinity')
    and {started_at} < coalesce(($3::date + 3)::timestamp at time zone 'UTC', 'infinity')
    and ($2 is null or {_day(started_at)} >= $2) and ($3 is null or {_day(started_at)} <= $3)"""


WEEKS = f"""
with chosen as materialized (
    select date_trunc('week', {_day("started_at")}::timestamp)::date as monday, distance_m, moving_time_s, ascent_m,
        load, heart_rate_zones
    from run left join (select run, load, heart_rate_zones from run_analysis where athlete = $1) a on a.run = run.id
    where {_within("started_at")}
), zone as (
    select monday, (entry ->> 'number')::integer as number, sum((entry ->> 'seconds')::float8) as seconds
    from chosen, jsonb_array_elements(heart_rate_zones) entry group by 1, 2
), zones as (
    select monday, jsonb_agg(jsonb_build_array(number, round(seconds::numeric, 1)) order by number) as zones
    from zone group by monday
), week as (
    select monday, count(*)::integer as runs, round(sum(distance_m)::numeric, 1)::float8 as distance_m,
        sum(moving_time_s)::float8 as moving_time_s,
        round(coalesce(sum(ascent_m), 0)::numeric, 1)::float8 as ascent_m,
        round(coalesce(sum(load), 0)::numeric, 1)::float8 as load,
        count(*) filter (where load is null)::integer as runs_without_load,
        round(max(distance_m)::numeric, 1)::float8 as longest_run_m
    from chosen group by monday
)
select week.*, coalesce(zones, '[]') as zones from week left join zones using (monday) order by monday
"""

LOADS = f"""
select {_day("started_at")} as day, coalesce(sum(load), 0) as load,
    count(*) filter (where load is null)::integer as runs_without_load
from run left join (select run, load from run_analysis where athlete = $1) a on a.run = run.id
where {_within("started_at")}
group by 1
"""

# Three plain figures rather than an array, whose type every connection would have to look up first.
GRADES = f"""
select (grade_band * {GRADE_BAND})::float8 as grade, segments, quartile[1] as lower, quartile[2] as median,
    quartile[3] as upper, speed, graded_speed, moving_s
from (
    select grade_band, count(*)::integer as segments,
        percentile_cont(array[0.25, 0.5, 0.75]) within group (order by efficiency) as quartile,
        percentile_cont(0.5) within group (order by speed_m_per_s) as speed,
        percentile_cont(0.5) within group (order by graded_speed_m_per_s) as graded_speed,
        sum(moving_s) as moving_s
    from segment where efficiency is not null and {_within("run_started_at")}
    group by grade_band
) of_grade
order by grade_band
"""


class PostgresSummaryRepository:
    """See SummaryRepository."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def training_weeks(self, window: Window, viewer: Viewer) -> list[TrainingWeek]:
        """See SummaryRepository.training_weeks."""
        return [_week(row) for row in await self._rows(WEEKS, window, viewer)]

    async def daily_loads(self, window: Window, viewer: Viewer) -> dict[date, DailyLoad]:
        """See SummaryRepository.daily_loads."""
        rows = await self._rows(LOADS, window, viewer)
        return {row["day"]: DailyLoad(row["load"], row["runs_without_load"]) for row in rows}

    async def efficiency_by_grade(self, window: Window, viewer: Viewer) -> list[GradeEfficiency]:
        """See SummaryRepository.efficiency_by_grade."""
        return [_grade(row) for row in await self._rows(GRADES, window, viewer)]

    async def _rows(self, sql: str, window: Window, viewer: Viewer) -> list[Any]:
        return await self._database.fetch(sql, viewer.athlete_id, window.first, window.last)


def _week(row: Any) -> TrainingWeek:
    return TrainingWeek(
        start_date=row["monday"],
        runs=row["runs"],
        distance_m=row["distance_m"],
        moving_time_s=row["moving_time_s"],
        ascent_m=row["ascent_m"],
        load=row["load"],
        runs_without_load=row["runs_without_load"],
        longest_run_m=row["longest_run_m"],
        heart_rate_zones=tuple(HeartRateZoneTime(*zone) for zone in orjson.loads(row["zones"])),
    )


def _grade(row: Any) -> GradeEfficiency:
    return GradeEfficiency(
        grade_category=row["grade"],
        segments=row["segments"],
        lower_quartile_efficiency=round(row["lower"], 4),
        median_efficiency=round(row["median"], 4),
        upper_quartile_efficiency=round(row["upper"], 4),
        median_speed_m_per_s=round(row["speed"], 3),
        median_grade_adjusted_speed_m_per_s=round(row["graded_speed"], 3),
        moving_time_s=round(row["moving_s"], 1),
    )
