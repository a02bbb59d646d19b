"""One athlete's segments as arrays: read in PostgreSQL's binary form, which numpy takes as it is."""

import io
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np

from infrastructure.zones.binary import HEADER, TRAILER

# Each column: its name, what it is in SQL, and how PostgreSQL writes it. None may be null.
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
BEGINNING_US = 946_684_800_000_000  # PostgreSQL counts microseconds from the year 2000 on


async def read_segments(connection: asyncpg.Connection, athlete_id: UUID, *, legacy: bool) -> dict[str, Any]:
    """Columns by name, all of one length, in the order of runs; scored segments, or for `legacy` all."""
    columns = LEGACY if legacy else NATIVE
    query = f"""
        select {", ".join(sql for _, sql, _ in columns)} from segment
        where athlete = '{UUID(str(athlete_id))}' {"" if legacy else "and efficiency is not null"}
        order by run_started_at, run, ordinal"""
    taken = io.BytesIO()
    await connection.copy_from_query(query, output=taken, format="binary")
    # A row is the number of its fields, and each field its length and its bytes.
    form: list[tuple[str, str]] = [("fields", ">i2")]
    for name, _, kind in columns:
        form += [(f"length of {name}", ">i4"), (name, kind)]
    table = np.frombuffer(taken.getbuffer()[len(HEADER) : -len(TRAILER)], dtype=np.dtype(form))
    told = {name: _native(table[name]) for name, _, _ in columns}
    return told | {"run_started_s": (told["run_started_s"] + BEGINNING_US) / 1e6}


def _native(values: Any) -> Any:
    """In this machine's own order of bytes; whole numbers as int64."""
    if values.dtype.kind == "V":
        return values
    return values.astype(np.float64 if values.dtype.kind == "f" else np.int64)
