"""Cairn in this process, telling of itself no more than production does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx

from app.main import create_app
from configuration.settings import FOLDER, Settings, read_env_file

SWITCHES = ("graphiql", "introspection", "suggestions")


@asynccontextmanager
async def as_in_production(settings: Settings, **more: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A stranger's client of a Cairn whose switches are those of production's `.env`; `more` are other settings."""
    told = read_env_file(FOLDER / "production.env")
    switches: dict[str, Any] = {name: told[f"CAIRN_{name.upper()}"] == "true" for name in SWITCHES}
    application = create_app(replace(settings, **switches, **more))
    async with (
        application.router.lifespan_context(application),
        httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as client,
    ):
        yield client
