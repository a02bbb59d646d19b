"""The examples of testing_payloads/ about throttle plans do what they say, on a live server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import LiveServer
from tests.factories.story import FOLDER, Story, needs_curl
from tests.test_following_payloads import a_course
from tests.test_testing_payloads import OF_THROTTLE_PLANS


@pytest.fixture(scope="module")
def story(live_server: LiveServer) -> Story:
    """Told once: a plan is made for the mountain course, made anew two kilometres on, looked at, and deleted."""
    story = Story(live_server, live_server.token("somebody who plans a race"))
    story.places["course"] = a_course(story)
    story.places["throttlePlan"] = story.ask("create_throttle_plan")["throttlePlan"]["id"]
    story.tell("replan_throttle", "throttle_plan", "throttle_plans", "delete_throttle_plan")
    return story


def told(lines: Iterator[str]) -> Any:
    """The next plan that a script shows."""
    data = next(line for line in lines if line.startswith("data:") and "throttlePlan" in line)
    return json.loads(data.removeprefix("data:"))["data"]["throttlePlan"]


def test_no_example_about_throttle_plans_is_refused(story: Story) -> None:
    asked = OF_THROTTLE_PLANS - {"watch_throttle_plan"}  # which the script asks
    assert [story.answers[name].get("userErrors", []) for name in sorted(asked)] == [[]] * len(asked)


def test_a_plan_stops_where_the_course_has_aid_stations(story: Story) -> None:
    plan = story.answers["create_throttle_plan"]["throttlePlan"]
    stops = {step["waypoint"]: step["stopS"] for step in plan["steps"] if step["stopS"]}
    assert stops == {"Alp": 60, "Hut": 240, "Chapel": 120}


def test_a_plan_goes_on_from_where_its_runner_is(story: Story) -> None:
    plan = story.answers["replan_throttle"]["throttlePlan"]
    assert plan["replan"]["distanceM"] == plan["steps"][0]["startM"] == 2_000
    assert story.answers["throttle_plan"]["steps"][0]["startM"] == 2_000


def test_a_deleted_plan_was_the_only_one(story: Story) -> None:
    assert story.answers["throttle_plans"]["totalCount"] == 1
    assert story.answers["delete_throttle_plan"]["deletedId"] == story.places["throttlePlan"]


@needs_curl
def test_who_watches_a_plan_is_told_when_it_is_made_anew(live_server: LiveServer) -> None:
    story = Story(live_server, live_server.token("somebody who is watched"))
    story.places["course"] = a_course(story)
    plan_id = story.places["throttlePlan"] = story.ask("create_throttle_plan")["throttlePlan"]["id"]

    with story.watching("sh", FOLDER / "watch_throttle_plan.sh", plan_id, "60") as lines:
        first = told(lines)
        story.tell("replan_throttle")
        second = told(lines)

    assert (first["version"], first["replan"]) == (1, None)
    assert (second["version"], second["replan"]["distanceM"]) == (2, 2_000)
