"""What pictures of runs are drawn from, read from PostgreSQL in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from domain.pictures.drawn_run import DrawnRun, DrawnStretch, Way, reason_by, standing
from domain.runs.model import RunId
from domain.runs.recording import Floats
from domain.runs.states import AnalysisState
from domain.shared.viewer import Viewer
from domain.zones.model import ZoneMethod, ZoneReason
from infrastructure.database.engine import Database

MOST_POINTS = 800

# A long recording is cut into even pieces by its points, and each piece is drawn by its means. `offset 0` keeps a whole
# array from being unpacked anew for every point. JSON, because of arrays asyncpg would first ask the database what they
# are. Ranks are null for segments that zones have not come to.
RUN_TO_DRAW = f"""
select run.name, (run.started_at at time zone athlete.timezone)::date as day, run.distance_m, run.moving_time_s,
    run.ascent_m, run.analysis_state, exists (select from run_stream where run_stream.run = run.id) as recorded,
    way.*, stretches.*
from run
join athlete on athlete.id = run.athlete
left join lateral (
    select json_agg(distance order by piece) as distance_dm, json_agg(altitude order by piece) as altitude_dm,
        json_agg(heart_rate order by piece) as heart_rate_bpm, json_agg(speed order by piece) as graded_speed_mm_per_s
    from (
        select (k - 1) * {MOST_POINTS} / greatest(points, {MOST_POINTS}) as piece, avg(distance)::float8 as distance,
            avg(altitude)::float8 as altitude, avg(heart_rate)::float8 as heart_rate, avg(speed)::float8 as speed
        from (select *, cardinality(time_ds) as points from run_stream where run_stream.run = run.id offset 0) stream,
            unnest(stream.distance_dm, stream.altitude_dm, stream.heart_rate_bpm, stream.graded_speed_mm_per_s)
                with ordinality point(distance, altitude, heart_rate, speed, k)
        group by 1) piece) way on true
left join lateral (
    select json_agg(start_m order by ordinal) as starts_m, json_agg(end_m order by ordinal) as ends_m,
        json_agg(moving_s order by ordinal) as moving_s,
        json_agg(grade_band order by ordinal) as grade_bands, json_agg(reason order by ordinal) as reasons,
        json_agg(similars_rank[ordinal] order by ordinal) as similars_ranks,
        json_agg(similars_count[ordinal] order by ordinal) as similars_counts,
        json_agg(grade_rank[ordinal] order by ordinal) as grade_ranks,
        json_agg(grade_count[ordinal] order by ordinal) as grade_counts
    from segment
    left join run_zone on run_zone.run = segment.run and run_zone.method = $3
    where segment.run = run.id) stretches on true
where run.id = $1 and run.athlete = $2
"""
OF_A_STRETCH = (
    "starts_m",
    "ends_m",
    "moving_s",
    "grade_bands",
    "reasons",
    "similars_ranks",
    "similars_counts",
    "grade_ranks",
    "grade_counts",
)


class PostgresPictureRepository:
    """See PictureRepository."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run_to_draw(self, run_id: RunId, viewer: Viewer, method: ZoneMethod) -> DrawnRun | None:
        """See PictureRepository.run_to_draw."""
        rows = await self._database.fetch(RUN_TO_DRAW, run_id, viewer.athlete_id, method)
        return _run(rows[0], method) if rows else None


def _run(row: Mapping[str, Any], method: ZoneMethod) -> DrawnRun:
    state = row["analysis_state"]
    columns = [_values(row[name]) for name in OF_A_STRETCH]
    return DrawnRun(
        name=row["name"],
        day=row["day"],
        distance_m=row["distance_m"],
        moving_time_s=row["moving_time_s"],
        ascent_m=row["ascent_m"],
        analysis=None if state is None else AnalysisState(state),
        method=method,
        way=_way(row) if row["recorded"] else None,
        stretches=tuple(_stretch(values, method) for values in zip(*columns, strict=True)),
    )


def _way(row: Mapping[str, Any]) -> Way:
    return Way(
        distance_m=_floats(row["distance_dm"]) / 10,
        altitude_m=_floats(row["altitude_dm"]) / 10,
        heart_rate_bpm=_floats(row["heart_rate_bpm"]),
        graded_speed_m_per_s=_floats(row["graded_speed_mm_per_s"]) / 1000,
    )


def _floats(column: str | None) -> Floats:
    return np.array(_values(column), dtype=np.float64)  # which takes None as NaN


def _values(column: str | None) -> Sequence[Any]:
    values: list[Any] = [] if column is None else orjson.loads(column)
    return values


def _stretch(values: tuple[Any, ...], method: ZoneMethod) -> DrawnStretch:
    start_m, end_m, moving_s, band, word, similars_rank, similars_count, grade_rank, grade_count = values
    reason = reason_by(method, None if word is None else ZoneReason(word), grade_count)
    return DrawnStretch(
        start_m,
        end_m,
        moving_s,
        band,
        among_similars=standing(similars_rank, similars_count, reason, method),
        among_grade=standing(grade_rank, grade_count, reason, method),
    )
