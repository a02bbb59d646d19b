"""A feed by stock Strawberry: an async generator for each subscriber, fed by a queue, as its documentation has it."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime

import orjson
import strawberry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.scalars import JSON

from benchmarks.peers.serving import serve


@strawberry.type
class Event:
    topic: str
    event_id: str
    cursor: str
    offset: str
    occurred_at: datetime
    received_at: datetime
    source: str
    payload: JSON


listening: set[asyncio.Queue[Event]] = set()


@strawberry.type
class Query:
    hello: str = "hello"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def events(self, topic: str) -> AsyncGenerator[Event, None]:
        queue: asyncio.Queue[Event] = asyncio.Queue()
        assert topic  # there is one only
        listening.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            listening.discard(queue)


async def publish(request: Request) -> Response:
    for told in orjson.loads(await request.body()):
        event = Event(
            topic=told["topic"],
            event_id=told["eventId"],
            cursor=told["cursor"],
            offset=told["offset"],
            occurred_at=datetime.fromisoformat(told["occurredAt"]),
            received_at=datetime.fromisoformat(told["receivedAt"]),
            source=told["source"],
            payload=JSON(told["payload"]),
        )
        for queue in listening:
            queue.put_nowait(event)
    return Response()


if __name__ == "__main__":
    graphql = GraphQL[None, None](strawberry.Schema(Query, subscription=Subscription), graphql_ide=None)
    serve(Starlette(routes=[Route("/publish", publish, methods=["POST"]), WebSocketRoute("/graphql", graphql)]))
