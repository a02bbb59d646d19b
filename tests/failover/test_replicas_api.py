"""The API with a standby to read from: queries go there, and show what their athlete has done."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from svcs import Container

from app.main import create_app
from configuration.settings import load_settings
from domain.accounts.ports import TokenIssuer
from domain.shared.errors import Unavailable
from domain.shared.ports import Migrations
from testing_payloads.failover.pair import Pair
from tests.conftest import Athlete, eventually
from tests.factories.plan_requests import PLAN, a_plan_of, done

READ_PLAN = "query($id: ID!) { plan(id: $id) { name } }"
QUERIES = "select count(*) from pg_stat_activity where usename = 'cairn' and query like 'select (select %'"


@pytest.fixture
async def app(pair: Pair, tmp_path: Path) -> AsyncIterator[Starlette]:
    """The application on the pair, with its tables."""
    settings = replace(
        load_settings({}, data_dir=tmp_path),
        database_url=pair.writer_url,
        database_reader_url=pair.reader_url,
        redis_url=pair.redis_url,
    )
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        async with Container(application.state.registry) as services:
            migrations = await services.aget(Migrations)

        async def has_tables() -> bool:
            try:
                await migrations.require_none_pending()
            except Unavailable:
                return False
            return True

        await eventually(has_tables)
        yield application


@pytest.fixture
async def ada(app: Starlette) -> AsyncIterator[Athlete]:
    """An athlete."""
    async with Container(app.state.registry) as services:
        token = (await services.aget(TokenIssuer)).issue("ada", hours=1)
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        yield Athlete("ada", token, client)


@pytest.fixture
async def plan_id(pair: Pair, ada: Athlete) -> str:
    """A plan of hers, which the standby tells already."""
    plan_id = await a_plan_of(ada)
    before = await answers_of(pair)

    async def told() -> bool:
        assert await ada.get(READ_PLAN, id=plan_id) == {"plan": {"name": PLAN["name"]}}
        return await answers_of(pair) > before

    await eventually(told)
    return plan_id


async def answers_of(pair: Pair) -> int:
    """How many connections to the standby have answered a query last."""
    return int(pair.standby.sql(QUERIES))


async def test_a_mutations_payload_and_the_queries_after_it_show_what_it_did(
    pair: Pair, ada: Athlete, plan_id: str
) -> None:
    standby = pair.standby
    standby.sql("select pg_wal_replay_pause()")
    try:
        for number in range(10):
            name = f"Season {number}"
            changed = await done(ada, "updatePlan", {"id": plan_id, "name": name}, "plan { name }")
            assert changed["plan"] == {"name": name}
            assert await ada.get(READ_PLAN, id=plan_id) == {"plan": {"name": name}}
    finally:
        standby.sql("select pg_wal_replay_resume()")


@pytest.mark.parametrize("lose", [Pair.kill, Pair.freeze])
async def test_a_standby_that_is_lost_is_no_error_to_anybody(
    pair: Pair, ada: Athlete, plan_id: str, lose: Callable[..., None]
) -> None:
    standby, writer = pair.standby, pair.writer
    lose(pair, standby)
    try:
        for _ in range(50):
            assert await ada.get(READ_PLAN, id=plan_id) == {"plan": {"name": PLAN["name"]}}
        ready = await ada.http.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    finally:
        if standby.is_running:
            pair.thaw(standby)
            pair.wait_streaming()
        else:
            pair.rejoin(standby)
    assert writer is pair.writer
