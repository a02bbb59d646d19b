"""Who has entered stays entered, until somebody says otherwise."""

import asyncio
from typing import Any

from tests.conftest import Athlete
from tests.factories.race_requests import a_race, a_race_topic, add_entries, remove_entries, set_race
from tests.factories.topics import a_topic

LATER = {"startsAt": "2026-03-07T09:00:00Z"}


def bibs(payload: dict[str, Any]) -> list[str]:
    assert payload["userErrors"] == []
    return [entry["runner"] for entry in payload["race"]["entries"]]


async def test_a_race_that_is_set_anew_without_entries_keeps_those_it_has(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    assert bibs(await set_race(ada, topic, entries=None, **LATER)) == ["1", "2"]
    assert bibs(await set_race(ada, topic, entries=[])) == []


async def test_who_enters_twice_is_replaced(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    payload = await add_entries(ada, topic, [{"runner": "3"}, {"runner": "1", "name": "Ada L."}])
    assert [(entry["runner"], entry["name"]) for entry in payload["race"]["entries"]] == [
        ("1", "Ada L."),
        ("2", "Bo"),
        ("3", None),
    ]


async def test_entries_under_the_same_key_are_added_once(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    await add_entries(ada, topic, [{"runner": "3"}], idempotencyKey=f"{topic} 3")
    await remove_entries(ada, topic, ["3"])
    assert bibs(await add_entries(ada, topic, [{"runner": "3"}], idempotencyKey=f"{topic} 3")) == ["1", "2"]


async def test_entries_that_are_added_at_the_same_time_are_all_there(ada: Athlete) -> None:
    topic = await a_race_topic(ada, entries=[])
    await asyncio.gather(*(add_entries(ada, topic, [{"runner": str(bib)}]) for bib in range(8)))
    assert sorted(bibs(await add_entries(ada, topic, []))) == list("01234567")


async def test_a_race_that_two_set_first_at_the_same_time_keeps_the_entries_of_one(ada: Athlete) -> None:
    topic = await a_topic(ada, kind="RACE")
    await asyncio.gather(*(set_race(ada, topic, entries=entries) for entries in (a_race(topic)["entries"], None, None)))
    assert bibs(await add_entries(ada, topic, [])) == ["1", "2"]


async def test_who_is_taken_out_is_gone_and_who_never_entered_is_not_missed(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    assert bibs(await remove_entries(ada, topic, ["1", "nobody"])) == ["2"]


async def test_a_runner_is_entered_once_in_a_request(ada: Athlete) -> None:
    topic = await a_race_topic(ada)
    payload = await add_entries(ada, topic, [{"runner": "3"}, {"runner": "3"}])
    assert [error["field"] for error in payload["userErrors"]] == [["entries"]]
