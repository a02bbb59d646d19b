"""While the synchronous standby is gone commits wait for it: told to nobody, seen by nobody, and in nobody's way."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette

from configuration.settings import Settings
from tests.conftest import Athlete, eventually
from tests.factories.lasting import an_app, asking
from tests.factories.standbys import Node, a_node
from tests.factories.topics import CREATE

ABSENT, THERE = "alter system set synchronous_standby_names = 'nobody'", "alter system reset synchronous_standby_names"
WAITING = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"
TOPIC = "query($name: String!) { topic(name: $name) { id } }"
COUNT = "select count(*) from topic where name = $1"
DEADLINE_S = 1.0


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A server of these tests' own."""
    with a_node() as node:
        yield node


@pytest.fixture(scope="module")
async def app(settings: Settings, node: Node) -> AsyncIterator[Starlette]:
    async with an_app(settings, deadline_s=DEADLINE_S, database_url=node.url) as app:
        yield app


@pytest.fixture(scope="module")
async def ada(app: Starlette) -> AsyncIterator[Athlete]:
    async with asking(app) as newcomer:
        ada = newcomer()
        await ada.get("{ viewer { id } }")
        yield ada


@pytest.fixture(scope="module")
async def looker(node: Node) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(node.url.replace("cairn@", "postgres@", 1))
    yield connection
    await connection.close()


@pytest.fixture
async def no_standby(node: Node, looker: asyncpg.Connection) -> AsyncIterator[None]:
    """Commits wait for the length of a test."""
    await node.do(ABSENT)
    yield
    await node.do(THERE)

    async def all_committed() -> bool:
        return await looker.fetchval(WAITING) == 0

    await eventually(all_committed)


async def code_of(creating: dict[str, Any]) -> str | None:
    """What the answer is refused with, if it is."""
    return creating["errors"][0]["extensions"]["code"] if "errors" in creating else None


async def create(ada: Athlete, name: str, key: str | None = None) -> dict[str, Any]:
    return await ada.ask(CREATE, input={"name": name, "idempotencyKey": key})


@pytest.mark.usefixtures("no_standby")
async def test_a_commit_that_waits_is_not_given_up_with_its_request(ada: Athlete, looker: asyncpg.Connection) -> None:
    assert await code_of(await create(ada, "given-up")) == "UNAVAILABLE"
    assert await looker.fetchval(WAITING) == 1


@pytest.mark.usefixtures("no_standby")
async def test_what_waits_is_seen_by_nobody(ada: Athlete) -> None:
    await create(ada, "unseen")
    assert (await ada.get(TOPIC, name="unseen"))["topic"] is None


async def test_a_key_is_acknowledged_once_the_standby_has_it_and_no_earlier(
    ada: Athlete, node: Node, looker: asyncpg.Connection
) -> None:
    await node.do(ABSENT)
    first, again = await create(ada, "keyed", "k"), await create(ada, "keyed", "k")
    await node.do(THERE)
    last = await create(ada, "keyed", "k")
    assert [await code_of(told) for told in (first, again, last)] == ["UNAVAILABLE", "UNAVAILABLE", None]
    assert last["data"]["createTopic"]["topic"]["name"] == "keyed"
    assert await looker.fetchval(COUNT, "keyed") == 1


@pytest.mark.usefixtures("no_standby")
async def test_reads_go_on_beside_more_waiting_writes_than_there_are_connections(
    ada: Athlete, settings: Settings, looker: asyncpg.Connection
) -> None:
    names = [f"stuck-{nth}" for nth in range(settings.database_pool_size + 2)]
    told = await asyncio.gather(*(create(ada, name) for name in names))
    assert {await code_of(one) for one in told} == {"UNAVAILABLE"}
    assert await looker.fetchval(WAITING) > 0
    assert (await ada.get("{ viewer { id } }"))["viewer"]["id"]


async def test_readiness_tells_that_commits_wait_for_as_long_as_they_do(ada: Athlete, node: Node) -> None:
    async def told_of_it() -> bool:
        ready = await ada.http.get("/health/ready")
        return ready.status_code == 503 and "waits for the standby" in ready.json()["checks"]["database"]

    async def is_ready() -> bool:
        return (await ada.http.get("/health/ready")).status_code == 200

    await node.do(ABSENT)
    await create(ada, "noticed")
    await eventually(told_of_it)
    late = await create(ada, "noticed-later")
    await node.do(THERE)
    await eventually(is_ready)
    assert "the second database" in late["errors"][0]["message"]
