"""Zones by the million: from nothing, run by run, in a crowd, and beside the way of a query and a table per segment.

Everything is made up but the work: `cairn worker` on Cairn's own PostgreSQL, in a folder that goes again. Run with
`make bench-zones`; it takes some minutes and about 3 GB of disk.
"""

import argparse
import asyncio
import os
import sys
from uuid import UUID

import asyncpg
import numpy as np
from svcs import Container, Registry

from app.serving import ending_in_good_order
from benchmarks.zoning.asking import ask_from_nothing
from benchmarks.zoning.athletes import add_athletes
from benchmarks.zoning.crowd import DUE, add_crowd, sweep_once
from benchmarks.zoning.figures import Figure, table
from benchmarks.zoning.naive import a_sample, seconds_per_segment
from benchmarks.zoning.one_more_run import History
from benchmarks.zoning.worker import work_off
from benchmarks.zoning.world import a_world, services
from configuration.settings import Settings
from domain.shared.ports import Clock, Ids

SEGMENTS_OF_RUN, SEGMENTS_OF_ATHLETE = 150, 1000
SPREAD = 0.8  # of the logarithm: one athlete in a hundred ran seven times as much as most, or a seventh
MOST_S, MOST_MB = 60.0, 1000.0
MOST_S_FOR_A_RUN = 0.3
LEAST_TIMES = 100.0


def main() -> None:
    options = _options()
    with ending_in_good_order(), a_world() as settings:
        sys.exit(0 if asyncio.run(_measure(settings, options)) else 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--athletes", type=int, default=1000, help="with 1,000 segments each, more or less")
    parser.add_argument("--crowd", type=int, default=100_000, help="athletes who ran little")
    parser.add_argument("--rounds", type=int, default=3, help="of all zones from nothing")
    parser.add_argument("--runs", type=int, default=9, help="that are added, one by one")
    parser.add_argument("--sample", type=int, default=100, help="segments of a round of the old way")
    return parser.parse_args()


async def _measure(settings: Settings, options: argparse.Namespace) -> bool:
    async with services(settings) as (registry, connection):
        print(f"On {os.cpu_count()} cores, which PostgreSQL, the worker and whatever else runs share.", flush=True)
        athletes = await _store_athletes(registry, connection, options.athletes)
        figures = await _from_nothing(settings, registry, connection, athletes, options)
        figures += [await _one_more_run(registry, connection, options.runs, f"{len(athletes):,} athletes", seed=2)]
        _say(await add_crowd(registry, connection, options.crowd))
        crowd = f"{len(athletes) + options.crowd:,} athletes"
        figures += [await _one_more_run(registry, connection, options.runs, crowd, seed=3)]
        swept = [await sweep_once(registry, connection) for _ in range(options.runs)]
        figures += [Figure(f"a sweep that finds {DUE} of {crowd}, s", swept)]
    print("\n" + table(figures))
    return all(figure.is_good for figure in figures)


async def _store_athletes(registry: Registry, connection: asyncpg.Connection, count: int) -> list[UUID]:
    rng = np.random.default_rng(1)
    async with Container(registry) as container:
        now_s = (await container.aget(Clock)).now().timestamp()
    share, wanted = rng.lognormal(0, SPREAD, count), -(-count * SEGMENTS_OF_ATHLETE // SEGMENTS_OF_RUN)
    runs = np.maximum(1, np.rint(share / share.sum() * wanted)).astype(int)
    runs[: max(0, wanted - runs.sum())] += 1  # what rounding took
    athletes = await add_athletes(connection, rng, runs.tolist(), SEGMENTS_OF_RUN, now_s)
    await connection.execute("vacuum analyze")
    _say(
        f"{runs.sum() * SEGMENTS_OF_RUN:,} segments of {count:,} athletes, who have {runs.min()} to {runs.max()} runs "
        f"of {SEGMENTS_OF_RUN} each, 85 % within the last year"
    )
    return athletes


async def _from_nothing(
    settings: Settings,
    registry: Registry,
    connection: asyncpg.Connection,
    athletes: list[UUID],
    options: argparse.Namespace,
) -> list[Figure]:
    async with Container(registry) as container:
        ids = await container.aget(Ids)
    worked, naive = [], []
    for number in range(options.rounds):
        await ask_from_nothing(connection, athletes, ids)
        worked.append(await work_off(settings, connection))
        _say(f"round {number + 1}: {worked[-1]}")
        sample = await a_sample(connection, options.sample, number)
        naive.append(await seconds_per_segment(connection, sample) * worked[-1].judged)
    judged = f"{worked[0].judged:,} zones from nothing"
    times = [their / our.seconds for their, our in zip(naive, worked, strict=True)]
    return [
        Figure(f"{judged}: one worker, from its start, s", [one.seconds for one in worked], most=MOST_S),
        Figure("  of these its own processor time, s", [one.cpu_seconds for one in worked]),
        Figure("  its greatest resident memory, MB", [one.peak_mb for one in worked], most=MOST_MB),
        Figure(f"the old way, one after the other, reckoned from {options.sample} a round, s", naive),
        Figure("  so many times as long", times, least=LEAST_TIMES),
    ]


async def _one_more_run(
    registry: Registry, connection: asyncpg.Connection, runs: int, among: str, *, seed: int
) -> Figure:
    history = History(registry, connection, seed)
    await history.begin()
    took = [await history.one_more_run() for _ in range(runs)]
    return Figure(f"a run of 150 more in 10,000, among {among}, s", took, most=MOST_S_FOR_A_RUN)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main()
