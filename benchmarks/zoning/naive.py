"""Zones the old way: for each segment a query for all of its athlete's, a table of them, and distances to every one.

The table is a plain array, which is quicker to make than a data frame; the old systems took frames.
"""

import time
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import numpy as np

from domain.runs.recording import Floats

FEATURES = (
    "end_m - start_m",
    "mean_grade",
    "ascent_before_m",
    "descent_before_m",
    "start_m",
    "start_altitude_m",
    "hour_of_day",
)
SIMILARS = 25
SAMPLE = "select id from segment where efficiency is not null order by md5($2 || id::text) limit $1"
SEGMENT = "select athlete, run_started_at, grade_band, efficiency::float8 as efficiency from segment where id = $1"
OTHERS = f"""
select id, grade_band, efficiency::float8, {", ".join(f"({feature})::float8" for feature in FEATURES)} from segment
where athlete = $1 and efficiency is not null and run_started_at > $2::timestamptz - interval '365 days'
"""


async def a_sample(connection: asyncpg.Connection, count: int, seed: int) -> list[UUID]:
    """Some segments, the same for the same seed."""
    return [row["id"] for row in await connection.fetch(SAMPLE, count, str(seed))]


async def seconds_per_segment(connection: asyncpg.Connection, sample: Sequence[UUID]) -> float:
    """How long one segment takes, on average."""
    began = time.perf_counter()
    for segment_id in sample:
        await _judge(connection, segment_id)
    return (time.perf_counter() - began) / len(sample)


async def _judge(connection: asyncpg.Connection, segment_id: UUID) -> tuple[float, float]:
    """Its percentiles among the 25 most similar and among those of its grade."""
    segment = await connection.fetchrow(SEGMENT, segment_id)
    rows = await connection.fetch(OTHERS, segment["athlete"], segment["run_started_at"])
    table = np.array([tuple(row)[1:] for row in rows], dtype=np.float64)
    itself = next(place for place, row in enumerate(rows) if row["id"] == segment_id)
    band, score, features = table[:, 0], table[:, 1], table[:, 2:]
    spread = features.std(axis=0)
    standard = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    away = np.sqrt(np.square(standard - standard[itself]).sum(axis=1))
    nearest = np.argsort(away)[: SIMILARS + 1]
    return _percentile(score[nearest], score[itself]), _percentile(score[band == band[itself]], score[itself])


def _percentile(population: Floats, score: float) -> float:
    return float(np.mean(population <= score))
