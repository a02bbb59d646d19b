"""The examples of testing_payloads/ that have a throttle plan follow a runner do what they say, on a live server."""

import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from infrastructure.machine.clock import SystemClock
from tests.conftest import LiveServer, eventually
from tests.factories.story import FOLDER, Story

COURSE = FOLDER / "mountain_course.gpx"
TOPIC = "followed-by-the-examples"
CREATE_COURSE = "mutation($input: CreateCourseInput!) { createCourse(input: $input) { course { id } } }"
CREATE_PLAN = """mutation($input: CreateThrottlePlanInput!) { createThrottlePlan(input: $input) {
    throttlePlan { id } } }"""
CREATE_TOPIC = "mutation($input: CreateTopicInput!) { createTopic(input: $input) { topic { id } } }"
PUBLISH = "mutation($input: PublishEventsInput!) { publishEvents(input: $input) { accepted } }"
PLAN = "query($id: ID!) { throttlePlan(id: $id) { replan { distanceM } } }"


def asked(story: Story, query: str, **variables: Any) -> Any:
    headers = {"authorization": f"Bearer {story.token}"}
    body = {"query": query, "variables": variables}
    (answer,) = httpx.post(f"{story.server.url}/graphql", json=body, headers=headers).json()["data"].values()
    return answer


def a_course(story: Story) -> str:
    """The id of the course in the example's file."""
    answer = httpx.post(
        f"{story.server.url}/graphql",
        data={
            "operations": json.dumps({"query": CREATE_COURSE, "variables": {"input": {"file": None}}}),
            "map": '{"0": ["variables.input.file"]}',
        },
        files={"0": (COURSE.name, COURSE.read_bytes())},
        headers={"authorization": f"Bearer {story.token}", "x-cairn-csrf": "1"},
    ).json()
    return str(answer["data"]["createCourse"]["course"]["id"])


def a_place(share: float) -> dict[str, float]:
    """So far through the points of the course."""
    points = re.findall(r'<trkpt lat="([\d.]+)" lon="([\d.]+)">', COURSE.read_text())
    latitude, longitude = points[int(share * len(points))]
    return {"latitude": float(latitude), "longitude": float(longitude)}


@pytest.fixture(scope="module")
async def story(live_server: LiveServer) -> Story:
    """A plan follows runner 12, who tells a position; then it follows nobody."""
    story = Story(live_server, live_server.token("somebody whose plan follows"))
    started_at = SystemClock().now() - timedelta(minutes=40)
    plan = {"courseId": a_course(story), "startAt": started_at.isoformat()}
    story.places["throttlePlan"] = asked(story, CREATE_PLAN, input=plan)["throttlePlan"]["id"]
    story.places["topic"] = TOPIC
    asked(story, CREATE_TOPIC, input={"name": TOPIC})
    story.tell("follow_throttle_plan")
    occurred_at = (started_at + timedelta(minutes=20)).isoformat()
    event = {"eventId": "1", "occurredAt": occurred_at, "source": "12", "payload": {"type": "position"} | a_place(0.2)}
    asked(story, PUBLISH, input={"topic": TOPIC, "events": [event]})

    async def replan() -> Any:
        return asked(story, PLAN, id=story.places["throttlePlan"])["replan"]

    story.answers["replan"] = await eventually(replan)
    story.tell("unfollow_throttle_plan")
    return story


def test_no_example_about_following_is_refused(story: Story) -> None:
    names = ("follow_throttle_plan", "unfollow_throttle_plan")
    assert [story.answers[name]["userErrors"] for name in names] == [[], []]


def test_a_plan_follows_a_number_on_a_topic(story: Story) -> None:
    following = story.answers["follow_throttle_plan"]["throttlePlan"]["following"]
    assert following == {"topic": TOPIC, "source": "12"}


def test_a_position_of_the_runners_replans_it(story: Story) -> None:
    assert story.answers["replan"]["distanceM"] > 1_000


def test_a_plan_follows_nobody_any_more(story: Story) -> None:
    assert story.answers["unfollow_throttle_plan"]["throttlePlan"]["following"] is None
