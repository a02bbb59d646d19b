"""The examples of testing_payloads/ that watch a topic, on a live server."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.conftest import LiveServer, clean_environment
from tests.factories.story import FOLDER, Story, needs_curl

TOPIC = "watched-by-the-examples"
CREATE = "mutation($name: String!) { createTopic(input: { name: $name }) { topic { headCursor } } }"
PUBLISH = """mutation($topic: String!, $eventId: String!) { publishEvents(input: { topic: $topic, events: [
    { eventId: $eventId, occurredAt: "2026-10-10T07:00:00Z", source: "gate", payload: "opened" }] }) { accepted } }"""


def asked(story: Story, query: str, **variables: str) -> Any:
    answer = httpx.post(
        f"{story.server.url}/graphql",
        json={"query": query, "variables": variables},
        headers={"authorization": f"Bearer {story.token}"},
    )
    return answer.json()["data"]


@pytest.fixture(scope="module")
def story(live_server: LiveServer) -> Story:
    """A topic with two events."""
    story = Story(live_server, live_server.token("somebody who watches"))
    story.places["start"] = asked(story, CREATE, name=TOPIC)["createTopic"]["topic"]["headCursor"]
    for event_id in ("first", "second"):
        asked(story, PUBLISH, topic=TOPIC, eventId=event_id)
    return story


def printed(lines: Iterator[str]) -> Any:
    return json.loads(next(lines))


def test_a_topic_is_followed_from_its_beginning_into_what_is_live(story: Story) -> None:
    with story.watching(sys.executable, FOLDER / "watch_events.py", TOPIC, story.places["start"]) as lines:
        assert [printed(lines)["eventId"] for _ in range(2)] == ["first", "second"]
        asked(story, PUBLISH, topic=TOPIC, eventId="live")
        assert printed(lines)["eventId"] == "live"


def test_watching_goes_on_behind_the_cursor_that_was_printed_last(story: Story) -> None:
    with story.watching(sys.executable, FOLDER / "watch_events.py", TOPIC, story.places["start"]) as lines:
        cursor = printed(lines)["cursor"]
    with story.watching(sys.executable, FOLDER / "watch_events.py", TOPIC, cursor) as lines:
        assert printed(lines)["eventId"] == "second"


@asynccontextmanager
async def broken_at_first(story: Story, topic: str) -> AsyncIterator[str]:
    """An address that leads to the server, but hangs up on whoever subscribes first, as an event is published."""
    protocols = [Subprotocol("graphql-transport-ws")]
    hung_up = asyncio.Event()

    async def lead_on(client: ServerConnection) -> None:
        async with connect(f"{story.server.url.replace('http', 'ws')}/graphql", subprotocols=protocols) as server:
            answers = asyncio.create_task(_pass_on(server, client))
            with suppress(ConnectionClosed):
                async for frame in client:
                    if "subscription" in str(frame) and not hung_up.is_set():
                        await asyncio.to_thread(asked, story, PUBLISH, topic=topic, eventId="missed")
                        hung_up.set()
                        break
                    await server.send(frame)
            answers.cancel()

    async with serve(lead_on, "127.0.0.1", 0, subprotocols=protocols) as doorway:
        yield f"http://127.0.0.1:{doorway.sockets[0].getsockname()[1]}"


async def _pass_on(source: ClientConnection, target: ServerConnection) -> None:
    with suppress(ConnectionClosed):
        async for frame in source:
            await target.send(frame)


async def test_what_is_published_while_the_first_connection_breaks_is_not_missed(story: Story) -> None:
    """Without a cursor given, and before any event came that would have one."""
    topic = f"{TOPIC}-broken"
    asked(story, CREATE, name=topic)
    asked(story, PUBLISH, topic=topic, eventId="before")
    async with broken_at_first(story, topic) as url, asyncio.timeout(30):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, FOLDER / "watch_events.py", topic),
            stdout=asyncio.subprocess.PIPE,
            env=clean_environment(PATH=os.environ["PATH"]) | {"URL": url, "TOKEN": story.token},
        )
        assert process.stdout is not None
        try:
            assert json.loads(await process.stdout.readline())["eventId"] == "missed"
        finally:
            process.terminate()
            await process.communicate()


@needs_curl
def test_a_topic_is_followed_by_curl(story: Story) -> None:
    with story.watching("sh", FOLDER / "watch_events.sh", TOPIC, story.places["start"]) as lines:
        data = (line.removeprefix("data: ") for line in lines if line.startswith("data: "))
        assert [printed(data)["data"]["events"]["eventId"] for _ in range(2)] == ["first", "second"]
