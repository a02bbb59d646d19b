"""A page of a long feed reads about as many rows as it shows, wherever it stands and whatever source it is of."""

from typing import Any

import asyncpg
import orjson
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.events.model import TopicId
from domain.events.places import cursor_of
from domain.shared.ports import Reader
from domain.shared.selection import Field, Selection
from domain.shared.viewer import Viewer
from infrastructure.reading.reader import PreparedStatement
from infrastructure.reading.statement import Asking
from tests.factories.intake import IDS, START, a_topic_id

EVENTS, SOURCES = 20_000, 20
FIRST = 10
# Sources take turns, but for one that is heard of once.
MANY = """
insert into event select $1, at, 'e' || at, now(), now(), case at when 15000 then 'rare' else 's' || at % $3 end, '{}'
from generate_series(1, $2) at
"""


@pytest.fixture(scope="module")
async def long_feed(app: Starlette, sql: asyncpg.Connection) -> TopicId:
    """A topic with many events, of which the server knows how many there are."""
    topic_id = await a_topic_id(sql)
    await sql.execute(MANY, topic_id, EVENTS, SOURCES)
    await sql.execute("update topic set head = $2 where id = $1", topic_id, EVENTS)
    await sql.execute("analyze event")
    return topic_id


def scanned(plan: dict[str, Any]) -> int:
    """The rows of events that were looked at; how the topic is found among a few others does not matter here."""
    here = plan["Actual Rows"] * plan["Actual Loops"] if plan.get("Relation Name") == "event" else 0
    passed_over = 0 if plan.get("Relation Name") == "topic" else plan.get("Rows Removed by Filter", 0)
    passed_over *= plan["Actual Loops"]
    return int(here + passed_over) + sum(scanned(part) for part in plan.get("Plans", ()))


@pytest.mark.parametrize(
    ("args", "most"),
    [
        ({}, FIRST + 1),
        ({"after": 19_000}, FIRST + 1),
        ({"filter": {"sources": ["rare"]}}, 1),
        ({"filter": {"sources": ["s1", "rare", "nobody"]}}, FIRST + 2),
        ({"after": 14_000, "filter": {"sources": ["s1", "s2", "s3"]}}, 3 * (FIRST + 1)),
    ],
)
async def test_a_page_reads_no_more_than_it_shows(
    app: Starlette, sql: asyncpg.Connection, long_feed: TopicId, args: dict[str, Any], most: int
) -> None:
    name = await sql.fetchval("select name from topic where id = $1", long_feed)
    after = {"after": cursor_of(long_feed, args["after"])} if "after" in args else {}
    node = Selection("EventEdge", (Field("node", "node", of=Selection("Event", (Field("offset", "offset"),))),))
    info = Field("pageInfo", "pageInfo", of=Selection("PageInfo", (Field("hasNextPage", "hasNextPage"),)))
    page = Selection("EventConnection", (Field("edges", "edges", of=node), info))
    events = Field("events", "events", args | after | {"first": FIRST}, page)
    async with Container(app.state.registry) as services:
        reader = await services.aget(Reader)
    read = reader.prepare_single(Selection("Topic", (events,)), args={"name": name})
    assert isinstance(read, PreparedStatement)

    asking = Asking(Viewer(IDS.new(), frozenset()), START, {})
    plan = await sql.fetchval(f"explain (analyze, format json) {read.sql}", *read.statement.bound(asking))

    assert scanned(orjson.loads(plan)[0]["Plan"]) <= most
