"""The examples of testing_payloads/ that watch a topic, on a live server."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conftest import LiveServer
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


@needs_curl
def test_a_topic_is_followed_by_curl(story: Story) -> None:
    with story.watching("sh", FOLDER / "watch_events.sh", TOPIC, story.places["start"]) as lines:
        data = (line.removeprefix("data: ") for line in lines if line.startswith("data: "))
        assert [printed(data)["data"]["events"]["eventId"] for _ in range(2)] == ["first", "second"]
