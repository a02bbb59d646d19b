"""What a race may hold can be sent: the most of each goes through the API, and one more is told why it does not."""

from typing import Any

import pytest

from tests.conftest import Athlete
from tests.factories.race_requests import (
    ADD,
    CHECKPOINTS,
    STANDINGS,
    a_race_topic,
    a_read,
    add_entries,
    set_race,
    standings,
)
from tests.factories.topics import a_topic, codes, publish

MOST_CHECKPOINTS = [
    {
        "name": f"Post {place}",
        "distanceM": 200 * (place + 1),
        "latitude": 46.0,
        "longitude": 7.0,
        "cutoffAt": "2026-03-08T08:00:00Z",
    }
    for place in range(100)
]


def a_profile(points: int) -> dict[str, Any]:
    return {
        "distanceM": [5 * place for place in range(points)],
        "altitudeM": [500 + place % 7 for place in range(points)],
    }


def runners(number: int) -> list[dict[str, Any]]:
    return [
        {"runner": str(bib), "name": f"Runner {bib}", "startsAt": "2026-03-07T08:10:00Z"}
        for bib in range(1, number + 1)
    ]


def mistakes(payload: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


async def test_a_race_with_the_most_checkpoints_and_the_longest_profile_can_be_set(ada: Athlete) -> None:
    topic = await a_topic(ada, kind="RACE")
    payload = await set_race(ada, topic, checkpoints=MOST_CHECKPOINTS, profile=a_profile(4_000))
    assert payload["userErrors"] == []
    assert (len(payload["race"]["checkpoints"]), payload["race"]["hasProfile"]) == (100, True)


async def test_a_longer_profile_is_refused_with_its_limit(ada: Athlete) -> None:
    payload = await set_race(ada, await a_topic(ada, kind="RACE"), profile=a_profile(4_001))
    assert mistakes(payload) == [("INVALID", ["profile"])]
    assert "2 to 4,000 points" in payload["userErrors"][0]["message"]


async def test_so_many_entries_as_a_race_has_can_be_added_and_no_more(ada: Athlete) -> None:
    topic = await a_race_topic(ada, entries=[])
    for first in range(0, 5_000, 1_000):
        payload = await add_entries(ada, topic, runners(5_000)[first : first + 1_000])
        assert payload["userErrors"] == []
    assert len(payload["race"]["entries"]) == 5_000
    assert mistakes(await add_entries(ada, topic, [{"runner": "one more"}])) == [("INVALID", ["entries"])]
    again = await add_entries(ada, topic, [{"runner": "1", "name": "Ada"}])
    assert (again["userErrors"], again["race"]["entries"][0]["name"]) == ([], "Ada")


async def test_setting_a_race_takes_as_many_entries_at_once_as_adding_does(ada: Athlete) -> None:
    topic = await a_race_topic(ada, entries=runners(1_000))
    assert mistakes(await set_race(ada, topic, entries=runners(1_001))) == [("INVALID", ["entries"])]
    assert mistakes(await add_entries(ada, topic, runners(1_001))) == [("INVALID", ["entries"])]


async def test_all_of_the_most_runners_can_be_asked_for(ada: Athlete) -> None:
    topic = await a_race_topic(ada, entries=runners(501))
    assert len((await standings(ada, topic, first=500))["standings"]) == 500
    assert codes(await ada.ask(STANDINGS, topic=topic, first=501)) == ["BAD_USER_INPUT"]


async def test_some_runners_can_be_picked_and_keep_their_ranks(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("a", "1", "Ridge", 30), a_read("b", "3", "Ridge", 29)])
    told = await standings(ada, topic, runners=["1", "nobody"])
    assert [(one["runner"], one["rank"]) for one in told["standings"]] == [("1", 2)]
    assert told["runnersOnCourse"] == 2


async def test_so_many_runners_can_be_picked_and_no_more(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    picked = [str(bib) for bib in range(101)]
    assert len((await standings(ada, topic, runners=picked[:100]))["standings"]) == 2
    assert codes(await ada.ask(STANDINGS, topic=topic, runners=picked)) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"startsAt": "0001-01-01T00:00:00Z"}, ["startsAt"]),
        ({"startsAt": "9999-12-31T23:59:59Z"}, ["startsAt"]),
        ({"entries": [{"runner": "1", "startsAt": "0001-01-01T00:00:00Z"}]}, ["entries", "startsAt"]),
        ({"entries": [{"runner": "1", "startsAt": "2026-03-14T08:00:01Z"}]}, ["entries", "startsAt"]),
        (
            {"checkpoints": [CHECKPOINTS[0], CHECKPOINTS[1] | {"cutoffAt": "9999-12-31T23:59:59Z"}]},
            ["checkpoints", "cutoffAt"],
        ),
    ],
)
async def test_a_time_that_no_race_has_is_refused(ada: Athlete, more: dict[str, Any], field: list[str]) -> None:
    payload = await set_race(ada, await a_topic(ada, kind="RACE"), **more)
    assert mistakes(payload) == [("INVALID", field)]


async def test_runners_are_entered_by_the_owner_of_a_race_alone(ada: Athlete, bob: Athlete) -> None:
    topic = await a_topic(ada, kind="RACE")
    assert mistakes(await add_entries(ada, topic, [{"runner": "7"}])) == [("NOT_FOUND", ["topic"])]
    await set_race(ada, topic)
    assert codes(await bob.ask(ADD, input={"topic": topic, "entries": []})) == ["FORBIDDEN"]
