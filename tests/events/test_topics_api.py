"""Topics are made, changed and found by name, by those who may."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from domain.shared.node_ids import node_id
from tests.conftest import Athlete
from tests.factories.topics import CREATE, UPDATE, a_name, a_topic, an_event, codes, publish, viewer_id

FIND = "query($name: String!) { topic(name: $name) { id name headOffset } }"
READ_ONLY, PUBLISH_ONLY = ["events:read"], ["events:publish"]
BOTH = [*READ_ONLY, *PUBLISH_ONLY]


async def created(who: Athlete, **input: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await who.get(CREATE, input=input))["createTopic"]
    return payload


async def updated(who: Athlete, **input: Any) -> dict[str, Any]:
    payload: dict[str, Any] = (await who.get(UPDATE, input=input))["updateTopic"]
    return payload


async def test_a_new_topic_is_empty_and_keeps_its_events_for_ever(ada: Athlete) -> None:
    name = a_name(ada)

    topic = (await created(ada, name=name))["topic"]

    assert (topic["name"], topic["kind"], topic["retentionDays"], topic["compacted"]) == (name, "GENERAL", None, False)
    assert (topic["headOffset"], topic["mayPublish"]) == ("0", True)
    assert topic["headCursor"]


async def test_a_topic_is_made_with_what_its_owner_says(ada: Athlete) -> None:
    topic = (await created(ada, name=a_name(ada), kind="GENERAL", retentionDays=30, compacted=True))["topic"]

    assert (topic["retentionDays"], topic["compacted"]) == (30, True)


@pytest.mark.parametrize(
    "name",
    ["", "A", "-a", ".", "..", ".a", "_a", "a b", "a/b", "a%2f", "é", "a\x00", "a\n", "x" * 101, "a?b", "a#b", "٣"],
)
async def test_a_name_that_would_break_an_address_is_refused(ada: Athlete, name: str) -> None:
    (refusal,) = (await created(ada, name=name))["userErrors"]

    assert (refusal["code"], refusal["field"]) == ("INVALID", ["name"])
    assert "night-trail-2026" in refusal["message"]


async def test_a_name_that_is_too_long_is_told_its_length(ada: Athlete) -> None:
    (refusal,) = (await created(ada, name="x" * 101))["userErrors"]

    assert refusal["message"].startswith(f"'{'x' * 40}…', which has 101 characters, is no name")


@pytest.mark.parametrize("name", ["a{}", "0.{}", "a-b_c.d.{}", "{}-", "{}" + "x" * 90])
async def test_a_name_of_letters_digits_and_a_few_signs_is_taken(ada: Athlete, name: str) -> None:
    unique = name.format(sha256(ada.token.encode()).hexdigest()[:10])  # a token may begin with any sign

    assert (await created(ada, name=unique))["userErrors"] == []


async def test_a_name_is_one_topic_s_whoever_asks(ada: Athlete, bob: Athlete) -> None:
    name = await a_topic(ada)

    payload = await created(bob, name=name)

    assert payload["topic"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("CONFLICT", ["name"])]


@pytest.mark.parametrize(
    ("input", "field"),
    [
        ({"retentionDays": 0}, "retentionDays"),
        ({"retentionDays": 3_651}, "retentionDays"),
        ({"kind": "RACE", "compacted": True}, "compacted"),
        ({"kind": "RACE", "retentionDays": 29}, "retentionDays"),
        ({"publisherIds": ["nonsense"]}, "publisherIds"),
        ({"publisherIds": [node_id("Viewer", UUID(int=7))]}, "publisherIds"),
        ({"publisherIds": [node_id("Run", UUID(int=7))]}, "publisherIds"),
        ({"publisherIds": [node_id("Viewer", UUID(int=at)) for at in range(101)]}, "publisherIds"),
    ],
)
async def test_a_topic_that_breaks_a_rule_is_not_made(ada: Athlete, input: dict[str, Any], field: str) -> None:
    name = a_name(ada)

    payload = await created(ada, name=name, **input)

    assert [error["field"] for error in payload["userErrors"]] == [[field]]
    assert (await ada.get(FIND, name=name))["topic"] is None


async def test_the_same_key_again_makes_no_second_topic(ada: Athlete) -> None:
    name = a_name(ada)

    first, again = [await created(ada, name=name, idempotencyKey=name) for _ in range(2)]

    assert first == again
    assert first["userErrors"] == []


async def test_a_change_leaves_alone_what_it_does_not_name(ada: Athlete) -> None:
    name = await a_topic(ada, retentionDays=7)

    topic = (await updated(ada, topic=name, compacted=True))["topic"]

    assert topic == {"name": name, "retentionDays": 7, "compacted": True}


async def test_null_keeps_events_for_ever_again(ada: Athlete) -> None:
    name = await a_topic(ada, retentionDays=7)

    assert (await updated(ada, topic=name, retentionDays=None))["topic"]["retentionDays"] is None


async def test_a_race_cannot_become_compacted(ada: Athlete) -> None:
    name = await a_topic(ada, kind="RACE")

    (refusal,) = (await updated(ada, topic=name, compacted=True))["userErrors"]

    assert (refusal["code"], refusal["field"]) == ("INVALID", ["compacted"])


async def test_a_topic_that_is_not_there_cannot_be_changed(ada: Athlete) -> None:
    for name in ("no-such-topic", "\x00"):
        (refusal,) = (await updated(ada, topic=name, compacted=True))["userErrors"]
        assert (refusal["code"], refusal["field"]) == ("NOT_FOUND", ["topic"])


async def test_only_the_owner_changes_a_topic(ada: Athlete, bob: Athlete) -> None:
    name = await a_topic(ada, publisherIds=[await viewer_id(bob)])

    answer = await bob.ask(UPDATE, input={"topic": name, "compacted": True})

    assert codes(answer) == ["FORBIDDEN"]
    assert "You may not change" in answer["errors"][0]["message"]


async def test_who_runs_the_installation_changes_any_topic(ada: Athlete, athlete: Callable[..., Athlete]) -> None:
    name = await a_topic(ada)
    chief = athlete("chief", scopes=[*BOTH, "operations"])

    assert (await updated(chief, topic=name, retentionDays=3))["topic"]["retentionDays"] == 3


async def test_publishers_are_named_and_named_no_longer(ada: Athlete, bob: Athlete) -> None:
    name = await a_topic(ada)
    question = f'{{ topic(name: "{name}") {{ mayPublish }} }}'
    asked = []

    for named in ([await viewer_id(bob)], [await viewer_id(bob), await viewer_id(ada)], [], None):
        await updated(ada, topic=name, publisherIds=named)
        asked.append((await bob.get(question))["topic"]["mayPublish"])

    assert asked == [True, True, False, False]


async def test_an_unknown_publisher_changes_nothing(ada: Athlete, bob: Athlete) -> None:
    name = await a_topic(ada, publisherIds=[await viewer_id(bob)])

    payload = await updated(ada, topic=name, publisherIds=[node_id("Viewer", UUID(int=7))], retentionDays=3)

    assert [error["field"] for error in payload["userErrors"]] == [["publisherIds"]]
    assert (await publish(bob, name, [an_event()]))["accepted"] == 1


async def test_a_topic_is_found_by_name_in_one_statement(ada: Athlete, statements: Callable[[], Any]) -> None:
    name = await a_topic(ada)

    async with statements() as sent:
        topic = (await ada.get(FIND, name=name))["topic"]

    assert topic["name"] == name
    assert len(sent) == 1


@pytest.mark.parametrize("name", ["no-such-topic", "", "\x00", "💥"])
async def test_a_topic_that_is_not_there_is_null(ada: Athlete, name: str) -> None:
    assert (await ada.get(FIND, name=name))["topic"] is None


async def test_a_topic_is_found_by_its_id(ada: Athlete) -> None:
    topic = (await ada.get(FIND, name=await a_topic(ada)))["topic"]

    node = (await ada.get("query($id: ID!) { node(id: $id) { id ... on Topic { name } } }", id=topic["id"]))["node"]

    assert node == {"id": topic["id"], "name": topic["name"]}


async def test_all_topics_are_listed_by_name_whoever_owns_them(ada: Athlete, bob: Athlete) -> None:
    mine = {await a_topic(ada), await a_topic(bob)}
    names: list[str] = []
    after = None

    while True:
        page = (
            await ada.get(
                "query($after: String) { topics(first: 30, after: $after) { "
                "edges { node { name } } pageInfo { endCursor hasNextPage } } }",
                after=after,
            )
        )["topics"]
        names += [edge["node"]["name"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert mine <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    "query",
    [
        '{ topic(name: "x") { id } }',
        "{ topics { totalCount } }",
        "{ eventStats { received } }",
        f'{{ node(id: "{node_id("Topic", UUID(int=7))}") {{ id }} }}',
    ],
)
async def test_reading_needs_the_scope_to_read_events(athlete: Callable[..., Athlete], query: str) -> None:
    publisher = athlete("publisher", scopes=["training:read", "training:write", *PUBLISH_ONLY])

    assert codes(await publisher.ask(query)) == ["FORBIDDEN"]


async def test_who_may_not_read_is_told_that_the_topic_was_made(athlete: Callable[..., Athlete]) -> None:
    publisher = athlete("publisher", scopes=PUBLISH_ONLY)
    query = CREATE.replace("topic { id", "topic { id @include(if: true)")

    answer = await publisher.ask(query, input={"name": a_name(publisher)})

    assert answer["data"]["createTopic"] == {"topic": None, "userErrors": []}
    assert codes(answer) == ["FORBIDDEN"]
