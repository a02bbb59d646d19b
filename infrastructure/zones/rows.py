"""What is kept of the zones of runs, to and from its rows."""

import io
import struct
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from domain.zones.kept import Ranks, RunZones, ZonesToStore
from domain.zones.model import ZoneMethod
from infrastructure.zones.binary import Kind, packed, unpacked

RANKS = {
    "similars_rank": Kind.SMALLINT,
    "similars_count": Kind.SMALLINT,
    "grade_rank": Kind.INTEGER,
    "grade_count": Kind.INTEGER,
}
NEIGHBOURS = {"radius": Kind.DOUBLE, "neighbours": Kind.BIGINT, "neighbour_distance": Kind.REAL}
SCORES = {"score": Kind.DOUBLE, "detrended": Kind.DOUBLE}
KEPT = RANKS | NEIGHBOURS
NO_NUMBER = {"radius": np.inf, "neighbour_distance": np.nan}
READ = f"""
select z.run, {", ".join(KEPT)} from run_zone z join run_similars s using (run, method)
where z.athlete = '{{}}' and z.method = '{{}}'
"""
# Of a run that was deleted meanwhile nothing is stored; one that is there stays while this transaction lasts.
STILL_THERE = "select id from run where id = any($1) order by id for key share"
DROP = "delete from run_zone where run = any($1) and method = $2"
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # of time, to PostgreSQL


async def read_ranks(connection: asyncpg.Connection, athlete_id: UUID, method: ZoneMethod) -> dict[UUID, Ranks]:
    """The ranks that are kept of an athlete's runs."""
    taken = io.BytesIO()
    query = READ.format(UUID(str(athlete_id)), ZoneMethod(method))
    await connection.copy_from_query(query, output=taken, format="binary")
    return {UUID(bytes=run): _ranks(arrays) for run, *arrays in unpacked(taken.getvalue())}


async def put_zones(connection: asyncpg.Connection, athlete_id: UUID, zones: ZonesToStore) -> None:
    """Put the rows of the runs whose zones are news in the place of what was kept of them."""
    asked = [run.run_id for run in zones.runs]
    there = {row["id"] for row in await connection.fetch(STILL_THERE, asked)}
    runs = [run for run in zones.runs if run.run_id in there]
    await connection.execute(DROP, asked, zones.method)
    method, judged_at = zones.method.encode(), _instant(zones.as_of)
    ranks = packed((run.run_id.bytes, athlete_id.bytes, method, judged_at, *_arrays(run.ranks, RANKS)) for run in runs)
    told_from = packed(
        (run.run_id.bytes, method, *_arrays(run, SCORES), *_arrays(run.ranks, NEIGHBOURS)) for run in runs
    )
    await _copy(connection, "run_zone", ["run", "athlete", "method", "computed_at", *RANKS], ranks)
    await _copy(connection, "run_similars", ["run", "method", *SCORES, *NEIGHBOURS], told_from)


async def _copy(connection: asyncpg.Connection, table: str, columns: list[str], rows: bytes) -> None:
    await connection.copy_to_table(table, source=io.BytesIO(rows), columns=columns, format="binary")


def _ranks(arrays: list[bytes]) -> Ranks:
    kept = {name: kind.values(field) for (name, kind), field in zip(KEPT.items(), arrays, strict=True)}
    for name, none in NO_NUMBER.items():
        kept[name] = np.where(kept[name] < 0, none, kept[name])
    return Ranks(**kept)


def _arrays(told: Ranks | RunZones, kinds: dict[str, Kind]) -> list[bytes]:
    return [kind.array(_numbers(getattr(told, name))) for name, kind in kinds.items()]


def _numbers(values: NDArray[Any]) -> NDArray[Any]:
    """None of them NaN or infinite: all that is kept is 0 or more, so −1 can stand for none."""
    return values if values.dtype.kind == "i" else np.where(np.isfinite(values), values, -1.0)


def _instant(moment: datetime) -> bytes:
    return struct.pack(">q", (moment - BEGINNING) // timedelta(microseconds=1))
