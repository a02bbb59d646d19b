"""A small race over HTTP: set up, run, put right, looked at."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.conftest import Athlete
from tests.factories.imports import Work, a_short_course, imported
from tests.factories.race_requests import (
    CHECKPOINTS,
    CLIMB,
    MARK,
    SET,
    STANDINGS,
    a_race,
    a_race_topic,
    a_read,
    at,
    set_race,
    splits,
    standings,
)
from tests.factories.races import minute
from tests.factories.recordings import fit_bytes
from tests.factories.topics import a_topic, codes, publish


@pytest.fixture
async def course_run(ada: Athlete, work: Work) -> str:
    """A run of a minute, imported."""
    job = await imported(ada, work, ("course.fit", fit_bytes(a_short_course())))
    return str(job["items"][0]["run"]["id"])


async def test_a_race_is_answered_as_it_was_set(ada: Athlete, bob: Athlete) -> None:
    topic = await a_topic(ada, kind="RACE")
    payload = await set_race(ada, topic, profile=CLIMB)
    expected = {
        "topic": topic,
        "name": "Two Valleys",
        "startsAt": "2026-03-07T08:00:00.000Z",
        "distanceM": 20_000,
        "hasProfile": True,
        "checkpoints": [{"name": one["name"], "distanceM": one["distanceM"]} for one in CHECKPOINTS],
        "entries": [
            {"runner": "1", "name": "Ada", "startsAt": None},
            {"runner": "2", "name": "Bo", "startsAt": "2026-03-07T08:10:00.000Z"},
        ],
    }
    assert payload == {"race": expected, "userErrors": []}
    read = await bob.get(f'{{ race(topic: "{topic}") {{ name checkpoints {{ name }} }} }}')
    assert read["race"]["name"] == "Two Valleys"


async def test_reads_come_in_any_order_and_late_and_their_recorded_time_counts(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("c", "1", "Refuge", 60), a_read("d", "2", "Ridge", 38)])
    assert await splits(ada, topic) == {"1": [("Refuge", 60)], "2": [("Ridge", 28)]}
    await publish(ada, topic, [a_read("b", "1", "Ridge", 30), a_read("a", "1", "Ridge", 29)])
    told = await standings(ada, topic)
    assert (told["asOfOffset"], told["runnersOnCourse"], told["ignoredEvents"]) == ("4", 2, 0)
    assert [(one["runner"], one["name"], one["rank"], one["lastCheckpoint"]) for one in told["standings"]] == [
        ("1", "Ada", 1, "Refuge"),
        ("2", "Bo", 2, "Ridge"),
    ]
    assert told["standings"][0]["splits"][0] == {
        "checkpoint": "Ridge",
        "distanceM": 5_000,
        "at": "2026-03-07T08:29:00.000Z",
        "elapsedS": 1740,
        "legS": 1740,
        "legPaceSPerKm": 348,
        "by": "MAT",
        "doubtful": False,
        "eventId": "a",
    }


async def test_a_wrong_read_is_marked_and_the_standings_follow(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("wrong", "1", "Ridge", 25), a_read("right", "1", "Ridge", 30)])
    assert (await splits(ada, topic))["1"] == [("Ridge", 25)]
    mark = {"topic": topic, "eventId": "wrong", "wrong": True, "reason": "her brother wore the chip"}
    assert (await ada.get(MARK, input=mark))["markRead"] == {"headOffset": "3", "userErrors": []}
    assert (await splits(ada, topic))["1"] == [("Ridge", 30)]
    await ada.get(MARK, input=mark | {"wrong": False})
    assert (await splits(ada, topic))["1"] == [("Ridge", 25)]


async def test_a_mark_under_the_same_key_is_published_once(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("a", "1", "Ridge", 30)])
    mark = {"topic": topic, "eventId": "a", "idempotencyKey": f"{topic} mark"}
    first, again = [(await ada.get(MARK, input=mark))["markRead"] for _ in range(2)]
    assert first == again == {"headOffset": "2", "userErrors": []}


async def test_what_is_not_there_cannot_be_marked(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    payload = (await ada.get(MARK, input={"topic": topic, "eventId": "a"}))["markRead"]
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("NOT_FOUND", ["eventId"])]


@pytest.mark.parametrize("reason", ["one\x00two", "x" * 501])
async def test_a_reason_that_cannot_be_kept_is_refused_by_its_name(ada: Athlete, reason: str) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("a", "1", "Ridge", 30)])
    payload = (await ada.get(MARK, input={"topic": topic, "eventId": "a", "reason": reason}))["markRead"]
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("INVALID", ["reason"])]


async def test_only_publishers_mark_and_only_the_owner_sets_the_race(ada: Athlete, bob: Athlete) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("a", "1", "Ridge", 30)])
    assert codes(await bob.ask(MARK, input={"topic": topic, "eventId": "a"})) == ["FORBIDDEN"]
    assert codes(await bob.ask(SET, input=a_race(topic))) == ["FORBIDDEN"]


async def test_standings_need_the_scope_to_read_events(ada: Athlete, athlete: Callable[..., Athlete]) -> None:
    topic = await a_race_topic(ada)
    trainee = athlete("trainee", scopes=["training:read"])
    assert codes(await trainee.ask(STANDINGS, topic=topic, first=1)) == ["FORBIDDEN"]
    assert codes(await trainee.ask(f'{{ race(topic: "{topic}") {{ name }} }}')) == ["FORBIDDEN"]


async def test_the_next_arrival_is_expected_by_grade_where_the_course_is_known(ada: Athlete) -> None:
    flat, climb = await a_race_topic(ada), await a_race_topic(ada, profile=CLIMB)
    expected = []
    for topic in (flat, climb):
        await publish(ada, topic, [a_read("a", "1", "Refuge", 60)])
        (first, _) = (await standings(ada, topic))["standings"]
        expected.append((first["next"]["basis"], datetime.fromisoformat(first["next"]["expectedAt"])))
    assert expected[0] == ("PACE", minute(120))
    assert expected[1][0] == "GRADED_PACE"
    assert expected[1][1] > minute(140)


async def test_the_course_may_be_a_run_that_its_owner_recorded(ada: Athlete, bob: Athlete, course_run: str) -> None:
    topic = await a_topic(ada, kind="RACE")
    finish = {"checkpoints": [CHECKPOINTS[0], {"name": "Finish", "distanceM": 150}]}
    payload = await set_race(ada, topic, courseRunId=course_run, **finish)
    assert payload["userErrors"] == []
    assert payload["race"]["hasProfile"] is True
    theirs = await a_topic(bob, kind="RACE")
    refused = await set_race(bob, theirs, courseRunId=course_run, **finish)
    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [("NOT_FOUND", ["courseRunId"])]


async def test_a_run_of_another_length_is_another_course(ada: Athlete, course_run: str) -> None:
    refused = await set_race(ada, await a_topic(ada, kind="RACE"), courseRunId=course_run)
    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [("INVALID", ["courseRunId"])]


async def test_who_does_not_arrive_is_overdue(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("a", "1", "Ridge", 30)])
    told = await standings(ada, topic)
    late = datetime.fromisoformat(told["asOf"]) - minute(60)
    first, second = told["standings"]
    assert (first["overdue"], first["overdueByS"]) == (True, pytest.approx(late.total_seconds(), abs=0.002))
    assert (second["overdue"], second["overdueByS"]) == (False, None)


async def test_a_phone_s_position_is_shown_and_passes_a_checkpoint(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    payload = {"type": "position", "latitude": 46.0001, "longitude": 7.0, "altitudeM": 2100.5}
    await publish(ada, topic, [{"eventId": "p", "occurredAt": at(60), "source": "1", "payload": payload}])
    first = (await standings(ada, topic))["standings"][0]
    assert first["position"] == {
        "latitude": 46.0001,
        "longitude": 7.0,
        "altitudeM": 2100.5,
        "at": "2026-03-07T09:00:00.000Z",
    }
    assert [(split["checkpoint"], split["by"]) for split in first["splits"]] == [("Refuge", "POSITION")]


async def test_a_race_that_is_set_anew_judges_all_events_anew(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("a", "1", "Bridge", 40)])
    assert (await standings(ada, topic))["ignoredEvents"] == 1
    bridge = [*CHECKPOINTS[:2], {"name": "Bridge", "distanceM": 7_000}, *CHECKPOINTS[2:]]
    await set_race(ada, topic, checkpoints=bridge)
    assert (await splits(ada, topic))["1"] == [("Bridge", 40)]


async def test_no_more_runners_are_shown_than_asked(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    assert len((await standings(ada, topic, first=1))["standings"]) == 1
    assert codes(await ada.ask(STANDINGS, topic=topic, first=-1)) == ["BAD_USER_INPUT"]


async def test_a_topic_without_a_race_has_no_standings(ada: Athlete) -> None:
    topic = await a_topic(ada)
    assert await standings(ada, topic) is None
    assert await standings(ada, "no\x00such") is None
    payload = await set_race(ada, topic)
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("NOT_ALLOWED_NOW", ["topic"])]


async def test_standings_that_are_asked_again_read_only_what_is_new(
    ada: Athlete, statements: Callable[[], Any]
) -> None:
    topic = await a_race_topic(ada)
    await publish(ada, topic, [a_read("a", "1", "Ridge", 30)])
    await standings(ada, topic)
    async with statements() as sent:
        await standings(ada, topic)
    assert [one for one in sent if "payload" in one] == []
