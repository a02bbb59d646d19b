"""Requests of web pages pass by the rules for web pages, whichever way the others take."""

from dataclasses import replace

import httpx
import pytest

from app.main import create_app
from configuration.settings import Settings
from tests.conftest import Athlete

OURS, FOREIGN = "https://app.example.com", "https://elsewhere.example"


@pytest.mark.parametrize(("origin", "allowed"), [(OURS, OURS), (FOREIGN, None), (None, None)])
async def test_a_page_of_an_allowed_origin_may_read_the_answer(
    settings: Settings, ada: Athlete, origin: str | None, allowed: str | None
) -> None:
    application = create_app(replace(settings, cors_origins=(OURS,)))
    async with application.router.lifespan_context(application):
        headers = {"authorization": f"Bearer {ada.token}"} | ({"origin": origin} if origin else {})
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://test") as http:
            answer = await http.post("/graphql", json={"query": "{ __typename }"}, headers=headers)

    assert answer.json() == {"data": {"__typename": "Query"}}
    assert answer.headers.get("access-control-allow-origin") == allowed
