"""Athletes with their runs, analyses and segments, as an import and its analysis leave them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg
import numpy as np
from numpy.typing import NDArray

from benchmarks.zoning.copying import copy_columns, instants, new_ids, words
from benchmarks.zoning.stretches import Runs, made_up_runs, starts
from domain.runs.recording import Floats

ADD_ATHLETES = """
insert into athlete (id, issuer, subject, display_name)
select id, 'bench', id::text, 'Somebody' from unnest($1::uuid[]) id
"""
WHOLE = {"ordinal": np.int32, "grade_band": np.int16}
SEGMENTS_AT_ONCE = 100_000


async def add_athletes(
    connection: asyncpg.Connection, rng: np.random.Generator, runs_of_each: Sequence[int], segments: int, now_s: float
) -> list[UUID]:
    """Athletes with so many runs of so many segments each; answers who they are."""
    ids = new_ids(rng, len(runs_of_each))
    athletes = [UUID(bytes=one.tobytes()) for one in ids]
    await connection.execute(ADD_ATHLETES, athletes)
    most = max(1, SEGMENTS_AT_ONCE // segments)
    owner = np.repeat(np.arange(len(ids)), runs_of_each)
    started_s = np.concatenate([starts(rng, count, now_s) for count in runs_of_each])
    for place in range(0, len(owner), most):
        part = slice(place, place + most)
        await add_runs(connection, rng, ids[owner[part]], started_s[part], segments)
    return athletes


async def add_runs(
    connection: asyncpg.Connection,
    rng: np.random.Generator,
    athlete: NDArray[np.void],
    started_s: Floats,
    segments: int,
) -> None:
    """Analysed runs, one for each entry of `athlete` and `started_s`."""
    runs, ids = made_up_runs(rng, started_s, segments), new_ids(rng, len(started_s))
    async with connection.transaction():
        await copy_columns(connection, "run", _facts(runs, ids, athlete))
        await copy_columns(connection, "run_analysis", _analyses(runs, ids, athlete))
        table = _segments(rng, runs, ids, athlete)
        scored = np.isfinite(runs.columns["efficiency"].astype(np.float64))
        await copy_columns(connection, "segment", {name: values[scored] for name, values in table.items()})
        warm_up = {name: values[~scored] for name, values in table.items() if name != "efficiency"}
        warm_up["reason"] = words("WARM_UP", int(np.count_nonzero(~scored)))
        await copy_columns(connection, "segment", warm_up)


def _facts(runs: Runs, ids: NDArray[np.void], athlete: NDArray[np.void]) -> Mapping[str, NDArray[np.generic]]:
    last = np.arange(1, len(ids) + 1) * runs.segments - 1
    elapsed = (runs.columns["start_s"] + runs.columns["duration_s"])[last].astype(np.int32)
    return {
        "id": ids,
        "athlete": athlete,
        "name": words("On trails", len(ids)),
        "started_at": instants(runs.started_s),
        "ended_at": instants(runs.started_s + elapsed),
        "source": words("FILE", len(ids)),
        "distance_m": runs.columns["end_m"][last],
        "moving_time_s": elapsed,
        "elapsed_time_s": elapsed,
        "analysis_state": words("DONE", len(ids)),
    }


def _analyses(runs: Runs, ids: NDArray[np.void], athlete: NDArray[np.void]) -> Mapping[str, NDArray[np.generic]]:
    return {
        "run": ids,
        "athlete": athlete,
        "version": np.full(len(ids), 1, dtype=np.int32),
        "segments": np.full(len(ids), runs.segments, dtype=np.int32),
        "moving_time_s": np.full(len(ids), 3600.0),
        "scored": np.full(len(ids), 1, dtype=np.int8),
    }


def _segments(
    rng: np.random.Generator, runs: Runs, ids: NDArray[np.void], athlete: NDArray[np.void]
) -> Mapping[str, NDArray[np.generic]]:
    told = {name: values.astype(WHOLE.get(name, np.float64)) for name, values in runs.columns.items()}
    return told | {
        "id": new_ids(rng, len(runs.run)),
        "athlete": athlete[runs.run],
        "run": ids[runs.run],
        "run_started_at": instants(runs.started_s)[runs.run],
        "movement": words("RUNNING", len(runs.run)),
    }
