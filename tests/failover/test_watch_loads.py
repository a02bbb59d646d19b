"""The watch against what it watches: a real database and the real application."""

import os

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from configuration.settings import Settings
from testing_payloads.failover.watching.changes import WRITER
from testing_payloads.failover.watching.load import Failed
from testing_payloads.failover.watching.load_api import ThroughApi
from testing_payloads.failover.watching.load_sql import ThroughSql
from testing_payloads.failover.watching.looks import NodeAsked, look_at_replica
from tests.conftest import Athlete

URL = "http://cairn.test"


def through_api(app: Starlette, token: str) -> ThroughApi:
    return ThroughApi([URL], token, httpx.ASGITransport(app))


async def test_a_database_that_takes_writes_is_told_as_the_writer(settings: Settings) -> None:
    asked = NodeAsked("a", settings.database_url or "")

    look = await asked.look()
    asked.hang_up()

    assert (look.part, look.awaited, look.streams) == (WRITER, "", False)
    assert look.timeline == 1
    assert look.place > 0


async def test_an_application_with_its_database_is_live_and_ready(app: Starlette) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        look = await look_at_replica(client, URL)

    assert (look.lives, look.is_ready, look.why) == (True, True, "")


async def test_a_write_through_the_api_that_comes_twice_is_done_once_and_read_again(
    app: Starlette, ada: Athlete
) -> None:
    load = through_api(app, ada.token)

    for number in (1, 2, 2):
        await load.write(number)
    await load.read(least=2)
    with pytest.raises(Failed, match="it gave 2 after 3 had been acknowledged"):
        await load.read(least=3)
    await load.end()


async def test_the_plan_that_is_written_to_is_taken_away_in_the_end(app: Starlette, ada: Athlete) -> None:
    load = through_api(app, ada.token)
    before = await ada.get("{ plans(first: 100) { edges { node { id } } } }")
    await load.write(1)
    await load.end()

    assert await ada.get("{ plans(first: 100) { edges { node { id } } } }") == before


async def test_a_stranger_s_writes_fail_with_the_words_of_the_api(app: Starlette) -> None:
    load = through_api(app, "no-token")

    with pytest.raises(Failed, match=r"^UNAUTHENTICATED: "):
        await load.write(1)
    await load.end()


async def test_a_table_of_the_watch_s_own_is_written_read_and_taken_away(settings: Settings) -> None:
    url = settings.database_url or ""
    load = ThroughSql(url, url)
    await load.write(1)
    await load.write(2)
    await load.read(least=2)
    connection = await asyncpg.connect(url)
    try:
        stored = await connection.fetch(f"select number from cairn_watch_{os.getpid()}")
        await load.end()
        left = await connection.fetchval("select count(*) from pg_class where relname like 'cairn_watch_%'")
    finally:
        await connection.close()

    assert [row["number"] for row in stored] == [2]
    assert left == 0


async def test_a_writer_that_is_not_there_is_a_failure_and_no_end(settings: Settings, unused_tcp_port: int) -> None:
    load = ThroughSql(f"postgresql://cairn@127.0.0.1:{unused_tcp_port}/cairn", settings.database_url or "")

    with pytest.raises(Failed, match="nobody listens there"):
        await load.write(1)
    await load.end()
