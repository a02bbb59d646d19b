"""The examples of testing_payloads/ about topics and events, on a live server."""

from typing import Any

import pytest

from tests.conftest import LiveServer
from tests.factories.story import Story
from tests.test_testing_payloads import OF_EVENTS


@pytest.fixture(scope="module")
def forest(live_server: LiveServer) -> Story:
    """Told once."""
    friend = Story(live_server, live_server.token("a friend with a tracker"))
    story = Story(live_server, live_server.token("somebody with a tracker"))
    story.places["friend"] = friend.ask("viewer")["id"]
    story.tell("create_topic", "update_topic", "publish_events", "publish_events_refused")
    story.answers["published_again"] = friend.ask("publish_events")
    story.tell("topic", "topics", "event_stats")
    return story


def test_every_example_about_events_is_told(forest: Story) -> None:
    assert set(forest.answers) == OF_EVENTS | {"published_again"}


def test_no_example_about_events_is_refused_but_the_one_that_shows_how(forest: Story) -> None:
    payloads = {name: answer for name, answer in forest.answers.items() if answer.get("userErrors")}
    assert set(payloads) == {"publish_events_refused"}


def test_a_refused_event_is_told_with_its_place(forest: Story) -> None:
    refused = forest.answers["publish_events_refused"]
    assert [error["field"] for error in refused["userErrors"]] == [["events", "1", "occurredAt"]]


def counts(payload: dict[str, Any]) -> list[Any]:
    return [payload[name] for name in ("accepted", "duplicates", "conflicting", "headOffset")]


def test_the_same_events_are_duplicates_whoever_sends_them(forest: Story) -> None:
    told = [counts(forest.answers[name]) for name in ("publish_events", "published_again")]
    assert told == [[3, 0, 0, "3"], [0, 3, 0, "3"]]


def test_a_topic_is_read_by_the_source_that_is_asked_for(forest: Story) -> None:
    page = forest.answers["topic"]["events"]
    assert [edge["node"]["eventId"] for edge in page["edges"]] == ["phone-1", "phone-2"]
    assert page["edges"][1]["node"]["occurredAt"] == "2026-10-10T07:00:10.000Z"


def test_the_figures_add_up(forest: Story) -> None:
    stats = forest.answers["event_stats"]
    names = ("received", "uniqueProcessed", "duplicatesDropped", "conflicting")
    assert [stats[name] for name in names] == ["6", "3", "3", "0"]
