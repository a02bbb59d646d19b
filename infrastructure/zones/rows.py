"""What is kept of the zones of runs, to and from its rows."""

import io
import struct
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from domain.zones.kept import Ranks, RunZones, Similars, ZonesToStore
from domain.zones.model import ZoneMethod
from infrastructure.database.binary import Kind, packed, unpacked

RANKS = {
    "similars_rank": Kind.INTEGER,
    "similars_count": Kind.INTEGER,
    "grade_rank": Kind.INTEGER,
    "grade_count": Kind.INTEGER,
}
SIMILARS = {
    "score": Kind.DOUBLE,
    "detrended": Kind.DOUBLE,
    "radius": Kind.DOUBLE,
    "neighbours": Kind.BIGINT,
    "neighbour_distance": Kind.REAL,
}
NO_NUMBER = {"score": np.nan, "detrended": np.nan, "radius": np.inf, "neighbour_distance": np.nan}
READ = f"""
select z.run, {", ".join(RANKS | SIMILARS)} from run_zone z join run_similars s using (run, method)
where z.athlete = '{{}}' and z.method = '{{}}'
"""
READ_RANKS = f"select run, {', '.join(RANKS)} from run_zone where athlete = '{{}}' and method = '{{}}'"
# A run that is scored no longer, or has no segments any more.
GONE = "select run from run_zone where athlete = $1 and method = $2 and not run = any($3)"
# Of a run that was deleted meanwhile nothing is stored; one that is there stays while this transaction lasts.
STILL_THERE = "select id from run where id = any($1) order by id for key share"
DROP_RANKS = "delete from run_zone where run = any($1) and method = $2"
DROP_SIMILARS = "delete from run_similars where run = any($1) and method = $2"
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # of time, to PostgreSQL


async def read_zones(connection: asyncpg.Connection, athlete_id: UUID, method: ZoneMethod) -> dict[UUID, RunZones]:
    """What is kept of an athlete's runs."""
    taken = io.BytesIO()
    query = READ if method is ZoneMethod.NATIVE else READ_RANKS
    await connection.copy_from_query(query.format(UUID(str(athlete_id)), method), output=taken, format="binary")
    return {UUID(bytes=run): _zones(arrays) for run, *arrays in unpacked(taken.getvalue())}


async def put_zones(connection: asyncpg.Connection, athlete_id: UUID, zones: ZonesToStore) -> list[UUID]:
    """Put news in the place of what was kept, and drop what is kept of other runs; answers the runs that this is of.

    Of most runs a new one changes a rank, and of few what is similar there, which is the most of what is kept.
    """
    gone = [row["run"] for row in await connection.fetch(GONE, athlete_id, zones.method, zones.run_ids)]
    asked = [*zones.news, *gone]
    there = {row["id"] for row in await connection.fetch(STILL_THERE, asked)}
    news = {run_id: run for run_id, run in zones.news.items() if run_id in there}
    similars = {run_id: run.similars for run_id, run in news.items() if run.similars is not None}
    method, judged_at = zones.method.encode(), _instant(zones.as_of)
    await connection.execute(DROP_RANKS, asked, zones.method)
    await connection.execute(DROP_SIMILARS, [*similars, *gone], zones.method)
    ranks = ((key.bytes, athlete_id.bytes, method, judged_at, *_arrays(run.ranks, RANKS)) for key, run in news.items())
    told_from = ((key.bytes, method, *_arrays(like, SIMILARS)) for key, like in similars.items())
    await _copy(connection, "run_zone", ["run", "athlete", "method", "computed_at", *RANKS], packed(ranks))
    await _copy(connection, "run_similars", ["run", "method", *SIMILARS], packed(told_from))
    return [run_id for run_id in asked if run_id in there]


async def _copy(connection: asyncpg.Connection, table: str, columns: list[str], rows: bytes) -> None:
    await connection.copy_to_table(table, source=io.BytesIO(rows), columns=columns, format="binary")


def _zones(arrays: list[bytes]) -> RunZones:
    ranks, similars = arrays[: len(RANKS)], arrays[len(RANKS) :]
    return RunZones(Ranks(**_values(ranks, RANKS)), Similars(**_values(similars, SIMILARS)) if similars else None)


def _values(arrays: list[bytes], kinds: dict[str, Kind]) -> dict[str, NDArray[Any]]:
    kept = {name: kind.values(field) for (name, kind), field in zip(kinds.items(), arrays, strict=True)}
    for name in kept.keys() & NO_NUMBER.keys():
        kept[name][kept[name] < 0] = NO_NUMBER[name]
    return kept


def _arrays(told: Ranks | Similars, kinds: dict[str, Kind]) -> list[bytes]:
    return [kind.array(_numbers(getattr(told, name))) for name, kind in kinds.items()]


def _numbers(values: NDArray[Any]) -> NDArray[Any]:
    """None of them NaN or infinite: all that is kept is 0 or more, so −1 can stand for none."""
    return values if values.dtype.kind == "i" else np.where(np.isfinite(values), values, -1.0)


def _instant(moment: datetime) -> bytes:
    return struct.pack(">q", (moment - BEGINNING) // timedelta(microseconds=1))
