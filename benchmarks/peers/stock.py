"""Strawberry as its documentation says: a resolver per field that needs one, DataLoaders, its caches, orjson."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.peers.serving import ATHLETE, serve

RUN = "id, name, started_at, distance_m, moving_time_s, workout as workout_id"
WORKOUT = "id, name, type, scheduled_date, plan as plan_id"
PLAN = "id, name, status, start_date, end_date"
SEGMENT = "id, start_m, end_m, mean_grade, efficiency"
ZONE = "among_similars, among_grade, similars_percentile, grade_percentile"
OF_RUNS = f"""select each.* from unnest($1::uuid[]) wanted(run), lateral (
    select run, {SEGMENT}, {ZONE} from zoned_segment
    where run = wanted.run and athlete = $2 order by ordinal limit $3) each"""


@strawberry.type
class Workout:
    id: UUID
    name: str
    type: str
    scheduled_date: date | None
    plan_id: strawberry.Private[UUID]

    @strawberry.field
    async def plan(self, info: strawberry.Info) -> "Plan":
        plan: Plan = await info.context["loaders"].plans.load(self.plan_id)
        return plan


@strawberry.type
class Plan:
    id: UUID
    name: str
    status: str
    start_date: date
    end_date: date


@strawberry.type
class Zone:
    among_similars: str
    among_grade: str
    similars_percentile: float | None
    grade_percentile: float | None


@strawberry.type
class Segment:
    id: UUID
    start_m: float
    end_m: float
    mean_grade: float
    efficiency: float | None
    zone: Zone


@strawberry.type
class Run:
    id: UUID
    name: str
    started_at: datetime
    distance_m: float
    moving_time_s: int
    workout_id: strawberry.Private[UUID | None]

    @strawberry.field
    async def workout(self, info: strawberry.Info) -> Workout | None:
        return await info.context["loaders"].workouts.load(self.workout_id) if self.workout_id else None

    @strawberry.field
    async def segments(self, info: strawberry.Info, first: int) -> list[Segment]:
        segments: list[Segment] = await info.context["loaders"].segments_of(first).load(self.id)
        return segments


class Loaders:
    """The DataLoaders of one request."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.workouts = DataLoader(load_fn=self._workouts)
        self.plans = DataLoader(load_fn=self._plans)
        self._of_runs: dict[int, DataLoader[UUID, list[Segment]]] = {}

    def segments_of(self, first: int) -> DataLoader[UUID, list[Segment]]:
        return self._of_runs.setdefault(first, DataLoader(load_fn=lambda runs: self._segments_of(runs, first)))

    async def _workouts(self, ids: list[UUID]) -> list[Workout]:
        return await self._by_id(Workout, f"select {WORKOUT} from workout where id = any($1) and athlete = $2", ids)

    async def _plans(self, ids: list[UUID]) -> list[Plan]:
        return await self._by_id(Plan, f"select {PLAN} from plan where id = any($1) and athlete = $2", ids)

    async def _by_id(self, type_: Any, sql: str, ids: list[UUID]) -> list[Any]:
        found = {row["id"]: type_(**row) for row in await self._pool.fetch(sql, ids, ATHLETE)}
        return [found.get(id) for id in ids]

    async def _segments_of(self, runs: list[UUID], first: int) -> list[list[Segment]]:
        found: dict[UUID, list[Segment]] = {run: [] for run in runs}
        for row in await self._pool.fetch(OF_RUNS, runs, ATHLETE, first):
            zone = Zone(**{name: row[name] for name in ZONE.split(", ")})
            found[row["run"]].append(Segment(**{name: row[name] for name in SEGMENT.split(", ")}, zone=zone))
        return [found[run] for run in runs]


@strawberry.type
class Query:
    @strawberry.field
    async def run(self, info: strawberry.Info, id: UUID) -> Run | None:
        row = await info.context["pool"].fetchrow(f"select {RUN} from run where id = $1 and athlete = $2", id, ATHLETE)
        return Run(**row) if row else None

    @strawberry.field
    async def runs(self, info: strawberry.Info, first: int) -> list[Run]:
        sql = f"select {RUN} from run where athlete = $1 order by started_at desc, id desc limit $2"
        return [Run(**row) for row in await info.context["pool"].fetch(sql, ATHLETE, first)]


class Server(GraphQL[dict[str, Any], None]):
    pool: asyncpg.Pool

    async def get_context(self, request: Request, response: Response) -> dict[str, Any]:  # type: ignore[override]
        return {"request": request, "response": response, "pool": self.pool, "loaders": Loaders(self.pool)}

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)


if __name__ == "__main__":
    parsed, validated = ParserCache(), ValidationCache()  # one of each for all requests: they hold what they cache
    schema = strawberry.Schema(Query, extensions=[lambda: parsed, lambda: validated])
    server = Server(schema, graphql_ide=None)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ["PEER_DATABASE"], min_size=1, max_size=10) as pool:
            server.pool = pool
            yield

    serve(Starlette(routes=[Route("/graphql", server, methods=["POST"])], lifespan=lifespan))
