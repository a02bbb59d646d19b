"""Who asks while there is no database waits for it; who cannot wait longer is told when to come again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from configuration.settings import Settings
from tests.conftest import Athlete, eventually
from tests.factories.lasting import SHORT_S, an_app, asking, database_of, noticed
from tests.factories.severing import Way, a_way
from tests.factories.topics import CREATE, PUBLISH, a_name, a_topic, an_event

VIEWER = "{ viewer { id } }"
UPLOAD = "mutation($f: Upload!) { importRuns(input: {files: [$f]}) { job { id } } }"
SUBSCRIBE = 'subscription { events(topic: "t") { eventId } }'
EVENTS = {"accept": "text/event-stream"}
RUN = "Run:01a1fc64-1a20-7000-920a-5b50461644f3"
PLAN = "ThrottlePlan:01a1fc64-1a20-7000-920a-5b50461644f3"
STEPS = "/api/v1/throttle/calculate_throttle_steps"


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


@pytest.fixture
async def away(hasty: Starlette, way: Way) -> AsyncIterator[Athlete]:
    """Asks an application without a database, for as long as the test lasts."""
    async with asking(hasty) as newcomer:
        way.cut()
        yield newcomer()
        way.mend()
        database = await database_of(hasty)
        await eventually(lambda: asyncio.sleep(0, not database.is_away))


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
    await ada.get(VIEWER)
    await through_an_outage(patient, way, ada.get("{ __typename viewer { id } }"))
    await sql.execute("delete from athlete where subject = $1", ada.name)
    await through_an_outage(patient, way, ada.get(VIEWER))
    assert await sql.fetchval("select count(*) from athlete where subject = $1", ada.name) == 1


def told_to_come_again(answer: httpx.Response) -> dict[str, Any]:
    """The extensions of the one error."""
    (error,) = answer.json()["errors"]
    extensions: dict[str, Any] = error["extensions"]
    assert "database" in error["message"]
    assert extensions["retryAfterMs"] > 0
    return extensions


@pytest.mark.parametrize(
    "request_of",
    [
        {"json": {"query": VIEWER}},
        {"json": {"query": CREATE, "variables": {"input": {"name": "never made"}}}},
        {"json": {"query": PUBLISH, "variables": {"input": {"topic": "t", "events": [an_event()]}}}},
        {"json": {"query": SUBSCRIBE}, "headers": EVENTS},
        {
            "data": {"operations": f'{{"query": "{UPLOAD}", "variables": {{"f": null}}}}', "map": '{"0": ["variables.f"]}'},
            "files": {"0": ("a.fit", b"a")},
            "headers": {"x-cairn-csrf": "1"},
        },
    ],
    ids=["query", "mutation", "events", "event stream", "upload"],
)
async def test_an_operation_that_cannot_wait_is_told_when_to_come_again(
    away: Athlete, request_of: dict[str, Any]
) -> None:
    answer = await away.http.post("/graphql", **request_of)
    assert (answer.status_code, told_to_come_again(answer)["code"]) == (503, "UNAVAILABLE")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/topics/t/events"),
        ("POST", "/topics/t/owntracks"),
        ("GET", "/topics/t/osmand?source=ada"),
        ("GET", "/trackers/key/osmand?lat=1&lon=2"),
        ("GET", f"/runs/{RUN}/original"),
        ("GET", f"/runs/{RUN}/profile.svg"),
        ("GET", f"/runs/{RUN}/zones.svg"),
        ("GET", f"/throttle-plans/{PLAN}.svg"),
        ("GET", f"/throttle-plans/{PLAN}.pdf"),
        ("POST", STEPS),
    ],
)
async def test_a_plain_route_that_cannot_wait_says_when_to_come_again(away: Athlete, method: str, path: str) -> None:
    answer = await away.http.request(method, path)
    assert (answer.status_code, told_to_come_again(answer)["code"]) == (503, "UNAVAILABLE")
    assert int(answer.headers["retry-after"]) >= 1


async def test_it_lives_and_says_that_it_is_not_ready(away: Athlete) -> None:
    live, ready = await away.http.get("/health/live"), await away.http.get("/health/ready")
    assert (live.status_code, ready.status_code, ready.json()["status"]) == (200, 503, "unavailable")
    assert "cannot be reached" in ready.json()["checks"]["database"]


async def test_it_serves_again_after_requests_that_could_not_wait(hasty: Starlette, way: Way) -> None:
    async with asking(hasty) as newcomer:
        ada = newcomer()
        way.cut()
        assert "errors" in await ada.ask(VIEWER)
        way.mend()

        async def is_answered() -> bool:
            return "errors" not in await ada.ask(VIEWER)

        await eventually(is_answered, within_s=2 + SHORT_S)
