"""What is stored of events is read back in pages, in the order of their offsets."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.events.model import TopicId
from domain.events.places import cursor_of
from domain.shared.node_ids import id_of
from tests.conftest import Athlete
from tests.factories.topics import a_topic, an_event, codes, events, publish, viewer_id
from tests.reading.test_both_ways import both_ways

PAGE = """query($name: String!, $first: Int, $after: String, $last: Int, $before: String, $filter: EventFilter) {
    topic(name: $name) { id headCursor
        events(first: $first, after: $after, last: $last, before: $before, filter: $filter) {
            totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
            edges { cursor node { eventId offset cursor source } } } } }"""
CONFLICTS = """query($name: String!) { topic(name: $name) { conflicts { totalCount edges { cursor node {
    eventId source payload occurredAt receivedAt } } } } }"""


async def page(who: Athlete, topic: str, **asked: Any) -> dict[str, Any]:
    told: dict[str, Any] = (await who.get(PAGE, name=topic, **asked))["topic"]["events"]
    return told


async def offsets(who: Athlete, topic: str, **asked: Any) -> list[int]:
    return [int(edge["node"]["offset"]) for edge in (await page(who, topic, **asked))["edges"]]


async def topic_id(who: Athlete, topic: str) -> TopicId:
    uuid = id_of("Topic", (await who.get(f'{{ topic(name: "{topic}") {{ id }} }}'))["topic"]["id"])
    assert uuid is not None
    return TopicId(uuid)


async def test_a_cursor_is_the_same_text_wherever_it_is_told(ada: Athlete) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(3))

    told = (await ada.get(PAGE, name=topic))["topic"]

    id = await topic_id(ada, topic)
    wanted = [cursor_of(id, offset) for offset in (1, 2, 3)]
    assert [edge["cursor"] for edge in told["events"]["edges"]] == wanted
    assert [edge["node"]["cursor"] for edge in told["events"]["edges"]] == wanted
    info = told["events"]["pageInfo"]
    assert (info["startCursor"], info["endCursor"], told["headCursor"]) == (wanted[0], wanted[2], wanted[2])


async def test_the_head_cursor_of_an_empty_topic_is_the_place_before_all_events(ada: Athlete) -> None:
    topic = await a_topic(ada)

    head = (await ada.get(PAGE, name=topic))["topic"]["headCursor"]
    await publish(ada, topic, events(2))

    assert head == cursor_of(await topic_id(ada, topic), 0)
    assert await offsets(ada, topic, after=head) == [1, 2]


async def test_pages_follow_one_another_without_a_gap(ada: Athlete) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(7))

    first = await page(ada, topic, first=3)
    second = await offsets(ada, topic, first=3, after=first["pageInfo"]["endCursor"])
    back = await offsets(ada, topic, last=2, before=first["pageInfo"]["endCursor"])

    assert [edge["node"]["offset"] for edge in first["edges"]] == ["1", "2", "3"]
    assert (second, back) == ([4, 5, 6], [1, 2])
    assert (first["pageInfo"]["hasNextPage"], first["totalCount"]) == (True, 7)


async def test_another_topic_s_events_are_not_among_them(ada: Athlete) -> None:
    mine, other = await a_topic(ada), await a_topic(ada)
    await publish(ada, other, events(3))
    await publish(ada, mine, events(1))

    told = await page(ada, mine)

    assert (len(told["edges"]), told["totalCount"]) == (1, 1)


@pytest.mark.parametrize(
    ("filter", "wanted"),
    [
        ({"sources": ["s0"]}, [3, 6, 9]),
        ({"sources": ["s1", "s0", "s1"]}, [1, 3, 4, 6, 7, 9]),
        ({"sources": []}, []),
        ({"sources": ["nobody", "no one"]}, []),
        ({"sources": ["s2", "nobody"]}, [2, 5, 8]),
        ({"sources": None}, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
        ({}, [1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ],
)
async def test_events_are_found_by_their_sources(ada: Athlete, filter: dict[str, Any], wanted: list[int]) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(9, sources=3))

    told = await page(ada, topic, filter=filter)

    assert [int(edge["node"]["offset"]) for edge in told["edges"]] == wanted
    assert told["totalCount"] == len(wanted)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"first": 2}, [1, 3]),
        ({"first": 2, "after": 3}, [4, 6]),
        ({"last": 2}, [7, 9]),
        ({"last": 2, "before": 7}, [4, 6]),
        ({"first": 9, "after": 3, "before": 9}, [4, 6, 7]),
        ({"first": 0}, []),
    ],
)
async def test_pages_of_some_sources_keep_the_order_of_the_feed(
    ada: Athlete, asked: dict[str, int], wanted: list[int]
) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(9, sources=3))
    id = await topic_id(ada, topic)
    places = {name: cursor_of(id, at) if name in ("after", "before") else at for name, at in asked.items()}

    assert await offsets(ada, topic, filter={"sources": ["s0", "s1"]}, **places) == wanted


async def test_a_page_of_some_sources_knows_whether_more_follow(ada: Athlete) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(9, sources=3))

    told = [await page(ada, topic, first=first, filter={"sources": ["s0", "s1"]}) for first in (5, 6)]

    assert [one["pageInfo"]["hasNextPage"] for one in told] == [True, False]


async def test_a_span_of_time_is_inclusive_at_both_ends(ada: Athlete) -> None:
    topic = await a_topic(ada)
    times = [f"2026-11-01T09:0{minute}:00Z" for minute in range(5)]
    await publish(ada, topic, [an_event(f"e{at}", occurredAt=time) for at, time in enumerate(times)])

    assert await offsets(ada, topic, filter={"from": times[1], "to": times[3]}) == [2, 3, 4]


async def test_more_sources_than_are_looked_for_are_refused(ada: Athlete) -> None:
    sources = [f"s{at}" for at in range(101)]

    answer = await ada.ask(PAGE, name=await a_topic(ada), filter={"sources": sources})

    assert codes(answer) == ["BAD_USER_INPUT"]
    assert "101 sources" in answer["errors"][0]["message"]


async def test_a_hundred_events_are_one_statement(ada: Athlete, statements: Callable[[], Any]) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(120, sources=4))

    async with statements() as sent:
        told = await page(ada, topic, first=100, filter={"sources": ["s1", "s2", "s3"]})

    assert (len(told["edges"]), len(sent)) == (90, 1)


@pytest.mark.parametrize("gone", [[1], [2], [1, 3]])
async def test_what_was_compacted_away_is_not_counted(ada: Athlete, sql: asyncpg.Connection, gone: list[int]) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(4))
    await sql.execute(
        """with gone as (delete from event where feed_offset = any($2) and topic = $1 returning *)
        insert into compacted_event select topic, event_id, feed_offset, occurred_at, received_at, source, 0, 0
        from gone""",
        await topic_id(ada, topic),
        gone,
    )

    assert (await page(ada, topic))["totalCount"] == 4 - len(gone)


async def test_what_retention_took_is_not_counted(ada: Athlete, sql: asyncpg.Connection) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(4))
    id = await topic_id(ada, topic)
    await sql.execute("delete from event where feed_offset <= 3 and topic = $1", id)
    await sql.execute("update topic set earliest = 4 where id = $1", id)

    assert (await page(ada, topic))["totalCount"] == 1


async def test_a_conflict_is_shown_to_those_who_may_publish(ada: Athlete, bob: Athlete) -> None:
    topic = await a_topic(ada, publisherIds=[await viewer_id(bob)])
    await publish(ada, topic, [an_event()])
    await publish(ada, topic, [an_event(source="thief"), an_event(payload=[1])])

    for who in (ada, bob):
        conflicts = (await who.get(CONFLICTS, name=topic))["topic"]["conflicts"]
        told = [(edge["node"]["source"], edge["node"]["payload"]) for edge in conflicts["edges"]]
        assert told == [("mat 1", [1]), ("thief", {"bib": 7})]
        assert conflicts["totalCount"] == 2


async def test_a_conflict_is_hidden_from_others(ada: Athlete, bob: Athlete, athlete: Callable[..., Athlete]) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, [an_event()])
    await publish(ada, topic, [an_event(source="thief")])
    chief = athlete("chief", scopes=["events:read", "operations"])

    told = [(await who.get(CONFLICTS, name=topic))["topic"]["conflicts"]["totalCount"] for who in (bob, chief)]

    assert told == [0, 1]


STATS = """query($topic: String) { eventStats(topic: $topic) {
    received uniqueProcessed duplicatesDropped conflicting since } }"""


async def test_the_figures_of_a_topic_are_its_own(ada: Athlete, statements: Callable[[], Any]) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, [*events(2), an_event("e1", source="s0")])

    async with statements() as sent:
        stats = (await ada.get(STATS, topic=topic))["eventStats"]

    within = (await ada.get(f'{{ topic(name: "{topic}") {{ createdAt stats {{ received }} }} }}'))["topic"]
    assert (stats["received"], stats["uniqueProcessed"], stats["duplicatesDropped"]) == ("3", "2", "1")
    assert (stats["since"], stats["received"]) == (within["createdAt"], within["stats"]["received"])
    assert len(sent) == 1


@pytest.mark.parametrize("asked", [{}, {"topic": None}])
async def test_the_figures_of_all_topics_are_added_up(ada: Athlete, asked: dict[str, Any]) -> None:
    before = (await ada.get(STATS, **asked))["eventStats"]
    await publish(ada, await a_topic(ada), events(2))
    await publish(ada, await a_topic(ada), events(3))

    after = (await ada.get(STATS, **asked))["eventStats"]

    assert int(after["received"]) - int(before["received"]) == 5
    assert int(after["uniqueProcessed"]) - int(before["uniqueProcessed"]) == 5


async def test_there_are_no_figures_of_a_topic_that_is_not_there(ada: Athlete) -> None:
    answer = await ada.ask(STATS, topic="no-such-topic")

    assert codes(answer) == ["NOT_FOUND"]
    assert "no topic 'no-such-topic'" in answer["errors"][0]["message"]


OTHER = cursor_of(TopicId(UUID(int=7)), 5)


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (PAGE, {"first": 3}),
        (PAGE, {"after": "nonsense"}),
        (PAGE, {"after": OTHER}),
        (PAGE, {"first": 101}),
        (PAGE, {"filter": {"sources": ["s0", "s0"], "from": "2026-11-01T00:00:00Z"}}),
        (PAGE, {"filter": {"sources": [str(at) for at in range(101)]}}),
        (PAGE, {"filter": {"from": "yesterday"}}),
        (PAGE, {"name": "no-such-topic"}),
        (PAGE, {"name": "\x00"}),
        (PAGE, {"name": None}),
        (PAGE, {"name": 5}),
        (STATS, {"topic": "no-such-topic"}),
        (STATS, {"topic": "\x00"}),
        ('{ topics(first: 2, after: "WzEsIk5BTUVfQVNDIiwiYSIsIjAwMDAiXQ==") { totalCount } }', {}),
        ('query($n: String = "x") { topic(name: $n) { id } eventStats(topic: $n) { received } }', {}),
        ("query($n: String!) { a: topic(name: $n) { id } b: topic(name: $n) { name } topics { totalCount } }", {}),
    ],
)
async def test_events_have_one_answer_both_ways(ada: Athlete, query: str, variables: dict[str, Any]) -> None:
    topic = await a_topic(ada)
    await publish(ada, topic, events(9, sources=3))
    named = {"name": topic} if "$name" in query else {"n": topic} if "$n: String!" in query else {}

    compiled, executed = await both_ways(ada, query, named | variables)

    assert compiled == executed
