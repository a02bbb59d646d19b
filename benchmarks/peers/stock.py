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
WORKOUT = "id, name, type, scheduled_date, planned_distance_m, plan as plan_id"
PLAN = "id, name, status, start_date, end_date"
OF_PLANS = f"""select each.* from unnest($1::uuid[]) wanted(plan), lateral (
    select {WORKOUT} from workout where plan = wanted.plan and athlete = $2
    order by coalesce(scheduled_date, 'infinity'::date), id limit $3) each"""


@strawberry.type
class Workout:
    id: UUID
    name: str
    type: str
    scheduled_date: date | None
    planned_distance_m: float | None
    plan_id: strawberry.Private[UUID]

    @strawberry.field
    async def plan(self, info: strawberry.Info) -> "Plan":
        plan: Plan = await info.context["loaders"].plans.load(self.plan_id)
        return plan

    @strawberry.field
    async def run(self, info: strawberry.Info) -> "Run | None":
        run: Run | None = await info.context["loaders"].runs_of.load(self.id)
        return run


@strawberry.type
class Plan:
    id: UUID
    name: str
    status: str
    start_date: date
    end_date: date

    @strawberry.field
    async def workouts(self, info: strawberry.Info, first: int) -> list[Workout]:
        workouts: list[Workout] = await info.context["loaders"].workouts_of(first).load(self.id)
        return workouts


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


class Loaders:
    """The DataLoaders of one request."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self.workouts = DataLoader(load_fn=self._workouts)
        self.plans = DataLoader(load_fn=self._plans)
        self.runs_of = DataLoader(load_fn=self._runs_of)
        self._of_plans: dict[int, DataLoader[UUID, list[Workout]]] = {}

    def workouts_of(self, first: int) -> DataLoader[UUID, list[Workout]]:
        return self._of_plans.setdefault(first, DataLoader(load_fn=lambda plans: self._workouts_of(plans, first)))

    async def _workouts(self, ids: list[UUID]) -> list[Workout]:
        return await self._by_id(Workout, f"select {WORKOUT} from workout where id = any($1) and athlete = $2", ids)

    async def _plans(self, ids: list[UUID]) -> list[Plan]:
        return await self._by_id(Plan, f"select {PLAN} from plan where id = any($1) and athlete = $2", ids)

    async def _runs_of(self, workouts: list[UUID]) -> list[Run | None]:
        sql = f"select {RUN} from run where workout = any($1) and athlete = $2"
        found = {row["workout_id"]: Run(**row) for row in await self._pool.fetch(sql, workouts, ATHLETE)}
        return [found.get(workout) for workout in workouts]

    async def _by_id(self, type_: Any, sql: str, ids: list[UUID]) -> list[Any]:
        found = {row["id"]: type_(**row) for row in await self._pool.fetch(sql, ids, ATHLETE)}
        return [found.get(id) for id in ids]

    async def _workouts_of(self, plans: list[UUID], first: int) -> list[list[Workout]]:
        found: dict[UUID, list[Workout]] = {plan: [] for plan in plans}
        for row in await self._pool.fetch(OF_PLANS, plans, ATHLETE, first):
            found[row["plan_id"]].append(Workout(**row))
        return [found[plan] for plan in plans]


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
