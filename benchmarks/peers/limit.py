"""The limit: Starlette and asyncpg with nothing between them but one statement whose JSON is the answer."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peers.serving import ATHLETE, serve
from benchmarks.peers.sql import NESTED, NESTED_AS_TEXT, SMALL


async def no_reset(_connection: asyncpg.Connection) -> None:
    """As Cairn has it: no session state is ever set, so nothing is reset."""


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["PEER_DATABASE"], min_size=1, max_size=10, reset=no_reset) as pool:
        app.state.pool = pool
        yield


async def nested(request: Request) -> Response:
    return Response(await request.app.state.pool.fetchval(NESTED, ATHLETE), media_type="application/json")


async def nested_as_text(request: Request) -> Response:
    return Response(await request.app.state.pool.fetchval(NESTED_AS_TEXT, ATHLETE), media_type="application/json")


async def small(request: Request) -> Response:
    id = UUID(request.path_params["id"])
    return Response(await request.app.state.pool.fetchval(SMALL, id, ATHLETE), media_type="application/json")


async def small_posted(request: Request) -> Response:
    id = UUID(orjson.loads(await request.body())["variables"]["id"])
    return Response(await request.app.state.pool.fetchval(SMALL, id, ATHLETE), media_type="application/json")


if __name__ == "__main__":
    serve(
        Starlette(
            routes=[
                Route("/nested", nested),
                Route("/nested-as-text", nested_as_text),
                Route("/run/{id}", small),
                Route("/run", small_posted, methods=["POST"]),
            ],
            lifespan=lifespan,
        )
    )
