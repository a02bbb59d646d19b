"""A server that is stopped while its database is away tells those who wait for it."""

import asyncio

from app.main import end_streams
from configuration.settings import Settings
from tests.factories.lasting import an_app, asking, noticed
from tests.factories.severing import a_way


async def test_who_waits_for_the_database_is_told_when_the_server_stops(settings: Settings) -> None:
    assert settings.database_url is not None
    async with (
        a_way(settings.database_url) as way,
        an_app(settings, database_url=way.url) as app,
        asking(app) as newcomer,
    ):
        ada = newcomer()
        await ada.get("{ viewer { id } }")
        way.cut()
        waiting = asyncio.create_task(ada.ask("{ viewer { id } }"))
        await noticed(app)
        end_streams(app)
        (error,) = (await waiting)["errors"]
        assert error["extensions"]["code"] == "UNAVAILABLE"
