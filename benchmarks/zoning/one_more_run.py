"""A new run in an athlete's ten thousand segments, from the claim of the job that judges it to the job's end."""

import time

import asyncpg
import numpy as np
from svcs import Container, Registry

from app.zones.jobs import compute_zones
from benchmarks.zoning.asking import ask_after_a_run
from benchmarks.zoning.athletes import add_athletes, add_runs
from domain.operations.model import JobStatus
from domain.shared.ports import Clock, Ids

SEGMENTS_OF_RUN = 150
RUNS = 67  # 10,050 segments
STATUS = "select status from job where id = $1"
PAUSE_S = 60.0  # between the starts of the runs that are added


class History:
    """One athlete with a year of zones, who goes on running."""

    def __init__(self, registry: Registry, connection: asyncpg.Connection, seed: int) -> None:
        self._registry, self._connection = registry, connection
        self._rng = np.random.default_rng(seed)

    async def begin(self) -> None:
        """Have the zones of all runs but the last ones."""
        async with Container(self._registry) as services:
            self._ids, clock = await services.aget(Ids, Clock)
        self._now_s = clock.now().timestamp()
        (self._athlete,) = await add_athletes(self._connection, self._rng, [RUNS], SEGMENTS_OF_RUN, self._now_s)
        self._added = 0
        await self._judge()
        await self._connection.execute("vacuum analyze")

    async def one_more_run(self) -> float:
        """Seconds that it took to have the zones right again."""
        athlete = np.frombuffer(self._athlete.bytes, dtype="V16")
        self._added += 1
        started_s = np.array([self._now_s - 86_400 + self._added * PAUSE_S])
        await add_runs(self._connection, self._rng, athlete, started_s, SEGMENTS_OF_RUN)
        return await self._judge()

    async def _judge(self) -> float:
        job = await ask_after_a_run(self._connection, self._athlete, self._ids)
        began = time.perf_counter()
        await compute_zones({"registry": self._registry}, str(job))
        took = time.perf_counter() - began
        if await self._connection.fetchval(STATUS, job) != JobStatus.SUCCEEDED:
            raise SystemExit("A job was left undone: nothing is measured.")
        return took
