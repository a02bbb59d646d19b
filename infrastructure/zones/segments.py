"""One athlete's segments as arrays."""

from typing import Any
from uuid import UUID

import asyncpg

from infrastructure.database.copied import BEGINNING_US, read_columns

NATIVE = (
    ("key", "key", ">i8"),
    ("run_id", "run", "V16"),
    ("ordinal", "ordinal", ">i4"),
    ("run_started_s", "run_started_at", ">i8"),
    ("start_s", "start_s::float8", ">f8"),
    ("length_m", "(end_m - start_m)::float8", ">f8"),
    ("mean_grade", "mean_grade::float8", ">f8"),
    ("ascent_before_m", "ascent_before_m::float8", ">f8"),
    ("descent_before_m", "descent_before_m::float8", ">f8"),
    ("start_m", "start_m::float8", ">f8"),
    ("start_altitude_m", "coalesce(start_altitude_m::float8, 'NaN')", ">f8"),
    ("hour_of_day", "hour_of_day::float8", ">f8"),
    ("grade_band", "grade_band", ">i2"),
    ("score", "efficiency::float8", ">f8"),
)
LEGACY = (
    *NATIVE[:-1],
    ("speed_m_per_s", "speed_m_per_s::float8", ">f8"),
    ("altitude_change_m", "coalesce(altitude_change_m::float8, 'NaN')", ">f8"),
    ("duration_s", "duration_s::float8", ">f8"),
    ("average_heart_rate", "coalesce(average_heart_rate::float8, 'NaN')", ">f8"),
    ("start_heart_rate", "coalesce(start_heart_rate::float8, 'NaN')", ">f8"),
    ("end_heart_rate", "coalesce(end_heart_rate::float8, 'NaN')", ">f8"),
)


async def read_segments(connection: asyncpg.Connection, athlete_id: UUID, *, legacy: bool) -> dict[str, Any]:
    """Columns by name, all of one length, in the order of runs; scored segments, or for `legacy` all."""
    columns = LEGACY if legacy else NATIVE
    source = f"""segment
        where athlete = '{UUID(str(athlete_id))}' {"" if legacy else "and efficiency is not null"}
        order by run_started_at, run, ordinal"""
    told = await read_columns(connection, columns, source)
    return told | {"run_started_s": (told["run_started_s"] + BEGINNING_US) / 1e6}
