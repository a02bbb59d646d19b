"""Who asks while there is no database waits for it; who cannot wait longer is told when to come again."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from configuration.settings import Settings
from domain.events.trackers import KEY_LENGTH, KEY_LETTERS
from tests.conftest import Athlete, eventually
from tests.factories.lasting import SHORT_S, an_app, asking, noticed
from tests.factories.severing import Way, a_way
from tests.factories.topics import CREATE, PUBLISH, a_name, a_topic, an_event

VIEWER = "{ viewer { id } }"
RUN, PLAN = (f"{kind}:01a1fc64-1a20-7000-920a-5b50461644f3" for kind in ("Run", "ThrottlePlan"))
UPLOAD = {
    "query": "mutation($f: Upload!) { importRuns(input: {files: [$f]}) { job { id } } }",
    "variables": {"f": None},
}


def operation(query: str, **variables: Any) -> dict[str, Any]:
    return {"json": {"query": query, "variables": variables}}


WANTED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "a query": ("POST", "/graphql", operation(VIEWER)),
    "a mutation": ("POST", "/graphql", operation(CREATE, input={"name": "never-made"})),
    "events": ("POST", "/graphql", operation(PUBLISH, input={"topic": "t", "events": [an_event()]})),
    "an event stream": (
        "POST",
        "/graphql",
        operation('subscription { events(topic: "t") { eventId } }') | {"headers": {"accept": "text/event-stream"}},
    ),
    "an upload": (
        "POST",
        "/graphql",
        {
            "data": {"operations": json.dumps(UPLOAD), "map": '{"0": ["variables.f"]}'},
            "files": {"0": ("a.fit", b"a")},
            "headers": {"x-cairn-csrf": "1"},
        },
    ),
    "events in bulk": ("POST", "/topics/t/events", {}),
    "a position with a token": ("POST", "/topics/t/owntracks", {}),
    "another one": ("GET", "/topics/t/osmand?source=ada", {}),
    "a position with a key": ("GET", f"/trackers/{KEY_LETTERS[0] * KEY_LENGTH}/osmand?lat=1&lon=2", {}),
    "a recording": ("GET", f"/runs/{RUN}/original", {}),
    "a profile": ("GET", f"/runs/{RUN}/profile.svg", {}),
    "zones": ("GET", f"/runs/{RUN}/zones.svg", {}),
    "a plan as a picture": ("GET", f"/throttle-plans/{PLAN}.svg", {}),
    "a plan on paper": ("GET", f"/throttle-plans/{PLAN}.pdf", {}),
    "steps": ("POST", "/api/v1/throttle/calculate_throttle_steps", {}),
    "health, live": ("GET", "/health/live", {}),
    "health, ready": ("GET", "/health/ready", {}),
}


@pytest.fixture(scope="module")
async def way(settings: Settings) -> AsyncIterator[Way]:
    assert settings.database_url is not None
    async with a_way(settings.database_url) as way:
        yield way


@pytest.fixture(scope="module")
async def patient(settings: Settings, way: Way) -> AsyncIterator[Starlette]:
    """Its operations may take long."""
    async with an_app(settings, database_url=way.url) as app:
        yield app


@pytest.fixture(scope="module")
async def hasty(settings: Settings, patient: Starlette, way: Way) -> AsyncIterator[Starlette]:
    """Its operations may not."""
    async with an_app(settings, deadline_s=SHORT_S, database_url=way.url) as app:
        yield app


@pytest.fixture
async def newcomer(patient: Starlette) -> AsyncIterator[Callable[[], Athlete]]:
    async with asking(patient) as newcomer:
        yield newcomer


@pytest.fixture
async def ada(newcomer: Callable[[], Athlete]) -> Athlete:
    """Known to the application."""
    ada = newcomer()
    await ada.get(VIEWER)
    return ada


@pytest.fixture(scope="module")
async def answers(hasty: Starlette, way: Way) -> dict[str, httpx.Response]:
    """What is answered to those who ask at once while there is no database, and cannot wait for it."""
    async with asking(hasty) as newcomer:
        http = newcomer().http
        way.cut()
        try:
            told = await asyncio.gather(*(http.request(*wanted[:2], **wanted[2]) for wanted in WANTED.values()))
        finally:
            way.mend()
        return dict(zip(WANTED, told, strict=True))


async def through_an_outage(app: Starlette, way: Way, asked: Awaitable[Any]) -> Any:
    """What is answered though there was no database when it was asked."""
    way.cut()
    asking = asyncio.ensure_future(asked)
    try:
        await noticed(app)
        assert not asking.done()
    finally:
        way.mend()
    return await asking


async def test_a_query_without_a_database_is_answered_when_it_is_back(
    patient: Starlette, way: Way, ada: Athlete
) -> None:
    assert (await through_an_outage(patient, way, ada.get(VIEWER)))["viewer"]["id"]


async def test_a_mutation_without_a_database_is_carried_out_when_it_is_back(
    patient: Starlette, way: Way, ada: Athlete
) -> None:
    name = a_name(ada)
    told = await through_an_outage(patient, way, ada.get(CREATE, input={"name": name}))
    assert (told["createTopic"]["topic"]["name"], told["createTopic"]["userErrors"]) == (name, [])


async def test_events_without_a_database_are_taken_in_when_it_is_back(
    patient: Starlette, way: Way, ada: Athlete
) -> None:
    publishing = ada.get(PUBLISH, input={"topic": await a_topic(ada), "events": [an_event()]})
    assert (await through_an_outage(patient, way, publishing))["publishEvents"]["accepted"] == 1


async def test_an_athlete_whom_nobody_has_seen_is_answered_when_the_database_is_back(
    patient: Starlette, way: Way, newcomer: Callable[[], Athlete]
) -> None:
    assert (await through_an_outage(patient, way, newcomer().get(VIEWER)))["viewer"]["id"]


async def test_whoever_was_known_before_an_outage_is_asked_for_again(
    patient: Starlette, way: Way, ada: Athlete, sql: Any
) -> None:
    """A standby that was behind may not have them."""
    await sql.execute("delete from athlete where subject = $1", ada.name)
    await through_an_outage(patient, way, ada.get(VIEWER))
    assert await sql.fetchval("select count(*) from athlete where subject = $1", ada.name) == 1


@pytest.mark.parametrize("wanted", [name for name in WANTED if "health" not in name])
def test_who_cannot_wait_longer_is_told_when_to_come_again(answers: dict[str, httpx.Response], wanted: str) -> None:
    (error,) = answers[wanted].json()["errors"]
    assert (answers[wanted].status_code, error["extensions"]["code"]) == (503, "UNAVAILABLE")
    assert "The database" in error["message"]
    assert error["extensions"]["retryAfterMs"] > 0
    assert int(answers[wanted].headers["retry-after"]) >= 1


def test_without_a_database_it_lives_and_says_that_it_is_not_ready(answers: dict[str, httpx.Response]) -> None:
    live, ready = answers["health, live"], answers["health, ready"]
    assert (live.status_code, ready.status_code, ready.json()["status"]) == (200, 503, "unavailable")
    assert "cannot be reached" in ready.json()["checks"]["database"]


async def test_it_serves_again_after_requests_that_could_not_wait(
    hasty: Starlette, answers: dict[str, httpx.Response]
) -> None:
    async with asking(hasty) as newcomer:
        ada = newcomer()

        async def is_answered() -> bool:
            return "errors" not in await ada.ask(VIEWER)

        await eventually(is_answered, within_s=2 + SHORT_S)
