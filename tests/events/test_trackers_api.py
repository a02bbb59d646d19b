"""A phone publishes its position to a topic: with a tracker's key, or with a token."""

import base64
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import pytest

from tests.conftest import Athlete
from tests.factories.phones import OWNTRACKS, TRACCAR
from tests.factories.topics import UPDATE, a_topic, viewer_id

CREATE = """mutation($input: CreateTrackerInput!) { createTracker(input: $input) {
    tracker { id topic source createdAt revokedAt } key owntracksPath osmandPath userErrors { code field } } }"""
REVOKE = """mutation($input: TrackerIdInput!) { revokeTracker(input: $input) {
    tracker { id revokedAt } key userErrors { code field } } }"""
NODE = "query($id: ID!) { node(id: $id) { ... on Tracker { source } } }"
LIST = "query($name: String!) { topic(name: $name) { trackers { edges { node { id } } } } }"
FEED = """query($name: String!) { topic(name: $name) {
    events { edges { node { eventId occurredAt source payload } } } } }"""


async def create(athlete: Athlete, topic: str, **more: Any) -> dict[str, Any]:
    payload = (await athlete.get(CREATE, input={"topic": topic, "source": "bib 7"} | more))["createTracker"]
    return dict(payload)


async def feed(athlete: Athlete, topic: str) -> list[dict[str, Any]]:
    edges = (await athlete.get(FEED, name=topic))["topic"]["events"]["edges"]
    return [edge["node"] for edge in edges]


def a_phone(athlete: Athlete) -> httpx.AsyncClient:
    """A client of the same server, with no token."""
    return httpx.AsyncClient(transport=athlete.http._transport, base_url="http://test")


async def test_a_tracker_tells_its_key_and_where_to_enter_it(ada: Athlete) -> None:
    """As paths: which address the server has in the world, it does not know."""
    topic = await a_topic(ada)
    made = await create(ada, topic)
    assert (made["tracker"]["topic"], made["tracker"]["source"], made["tracker"]["revokedAt"]) == (topic, "bib 7", None)
    assert len(made["key"]) == 32
    assert made["owntracksPath"] == f"/trackers/{made['key']}/owntracks"
    assert made["osmandPath"].startswith(f"/trackers/{made['key']}/osmand?lat={{0}}&lon={{1}}&")


async def test_a_key_is_stored_nowhere(ada: Athlete, sql: asyncpg.Connection) -> None:
    """Its hash is; whoever reads the database cannot publish."""
    made = await create(ada, await a_topic(ada))
    rows = await sql.fetch("select tracker::text as row from tracker")
    assert not any(made["key"] in row["row"] for row in rows)


async def test_a_repeated_request_makes_one_tracker_and_tells_no_key_again(ada: Athlete) -> None:
    """What is not kept cannot be told."""
    topic = await a_topic(ada)
    first, second = [await create(ada, topic, idempotencyKey="k") for _ in range(2)]
    assert first["tracker"]["id"] == second["tracker"]["id"]
    assert first["key"] is not None
    assert (second["key"], second["owntracksPath"], second["osmandPath"]) == (None, None, None)


async def test_a_phone_with_owntracks_publishes_without_a_token(ada: Athlete) -> None:
    """The answer is a list of messages for the app: none."""
    topic = await a_topic(ada)
    path = (await create(ada, topic))["owntracksPath"]
    async with a_phone(ada) as phone:
        answers = [await phone.post(path, json=OWNTRACKS) for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, []), (200, [])]
    (event,) = await feed(ada, topic)
    assert event["source"] == "bib 7"
    assert event["occurredAt"] == "2026-11-21T09:30:00.000Z"
    assert event["eventId"] == "bib 7 2026-11-21T09:30:00.000Z"
    assert event["payload"]["type"] == "position"
    assert (event["payload"]["latitude"], event["payload"]["speedMPerS"]) == (48.85833, 3.333)


async def test_osmand_publishes_by_its_template(ada: Athlete) -> None:
    """With GET, or as a form."""
    topic = await a_topic(ada)
    path = (await create(ada, topic))["osmandPath"]
    values = {"0": "46.5", "1": "7.25", "2": "1795253400250", "3": "3.0", "4": "1810.2", "5": "2.75", "6": "118.0"}
    for place, value in (values | {"11": "56"}).items():
        path = path.replace(f"{{{place}}}", value)
    async with a_phone(ada) as phone:
        got = await phone.get(path)
        form = {"id": "1", "lat": "46.5", "lon": "7.26", "timestamp": "1795253401", "speed": "5.3456"}
        posted = await phone.post(path.partition("?")[0], data=form)
    assert (got.status_code, posted.status_code) == (200, 200)
    first, second = await feed(ada, topic)
    assert (first["payload"]["longitude"], first["payload"]["batteryPercent"]) == (7.25, 56)
    assert (second["payload"]["longitude"], second["payload"]["speedMPerS"]) == (7.26, 2.75)


async def test_a_phone_that_knows_no_time_is_where_it_is_now(ada: Athlete) -> None:
    """Apps write 0 and -1 for a time that they do not know."""
    topic = await a_topic(ada)
    address = (await create(ada, topic))["osmandPath"].partition("?")[0]
    async with a_phone(ada) as phone:
        await phone.get(f"{address}?lat=46&lon=7&timestamp=-1")
    (event,) = await feed(ada, topic)
    assert event["occurredAt"] > "2026"


async def test_whoever_only_looks_at_a_tracker_s_address_publishes_nothing(ada: Athlete) -> None:
    topic = await a_topic(ada)
    address = (await create(ada, topic))["osmandPath"].partition("?")[0]
    async with a_phone(ada) as phone:
        answer = await phone.head(f"{address}?lat=46&lon=7")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")
    assert await feed(ada, topic) == []


async def test_traccar_s_client_publishes_json(ada: Athlete) -> None:
    """From version 9 on."""
    topic = await a_topic(ada)
    path = (await create(ada, topic))["osmandPath"].partition("?")[0]
    async with a_phone(ada) as phone:
        answer = await phone.post(path, json=TRACCAR)
    assert answer.status_code == 200
    (event,) = await feed(ada, topic)
    assert event["payload"]["batteryPercent"] == 56


@pytest.mark.parametrize("key", ["2" * 32, "short", "0" * 32, "%00"])
@pytest.mark.parametrize("kind", ["owntracks", "osmand"])
async def test_an_unknown_key_is_told_as_not_found(ada: Athlete, kind: str, key: str) -> None:
    """Whatever it looks like."""
    async with a_phone(ada) as phone:
        answer = await phone.post(f"/trackers/{key}/{kind}", json=OWNTRACKS)
    assert answer.status_code == 404
    assert "createTracker" in answer.json()["errors"][0]["message"]


async def test_a_revoked_tracker_publishes_no_more(ada: Athlete) -> None:
    """What it published stays."""
    topic = await a_topic(ada)
    made = await create(ada, topic)
    async with a_phone(ada) as phone:
        await phone.post(made["owntracksPath"], json=OWNTRACKS)
        first = (await ada.get(REVOKE, input={"id": made["tracker"]["id"]}))["revokeTracker"]
        again = (await ada.get(REVOKE, input={"id": made["tracker"]["id"]}))["revokeTracker"]
        answer = await phone.post(made["owntracksPath"], json=OWNTRACKS | {"tst": OWNTRACKS["tst"] + 1})
    assert first["tracker"]["revokedAt"] is not None
    assert again["tracker"] == first["tracker"]
    assert answer.status_code == 404
    assert len(await feed(ada, topic)) == 1


async def test_only_whoever_made_a_tracker_or_owns_its_topic_may_see_and_revoke_it(
    ada: Athlete, bob: Athlete, athlete: Callable[..., Athlete]
) -> None:
    """Bob is named by Ada, Eve is nobody here, and the chief runs the installation."""
    eve, topic, scopes = athlete("eve"), await a_topic(ada), ["events:read", "events:publish", "operations"]
    chief = athlete("chief", scopes=scopes)
    await ada.get(UPDATE, input={"topic": topic, "publisherIds": [await viewer_id(bob)]})
    of_bob = (await create(bob, topic))["tracker"]["id"]
    of_ada = (await create(ada, topic))["tracker"]["id"]
    assert (await eve.get(NODE, id=of_bob))["node"] is None
    for who in (ada, bob, chief):
        assert (await who.get(NODE, id=of_bob))["node"] == {"source": "bib 7"}
    for who, seen in ((eve, []), (bob, [of_bob]), (ada, [of_bob, of_ada]), (chief, [of_bob, of_ada])):
        edges = (await who.get(LIST, name=topic))["topic"]["trackers"]["edges"]
        assert [edge["node"]["id"] for edge in edges] == seen
    for who, id in ((eve, of_bob), (bob, of_ada)):
        refused = (await who.get(REVOKE, input={"id": id}))["revokeTracker"]
        assert (refused["tracker"], refused["userErrors"]) == (None, [{"code": "NOT_FOUND", "field": ["id"]}])
    for who, id in ((ada, of_bob), (chief, of_ada)):
        assert (await who.get(REVOKE, input={"id": id}))["revokeTracker"]["userErrors"] == []


async def test_a_tracker_publishes_only_while_whoever_made_it_may(ada: Athlete, bob: Athlete) -> None:
    """Whom the owner names no more is out altogether, and back when named again."""
    of_bob = await viewer_id(bob)
    topic = await a_topic(ada, publisherIds=[of_bob])
    path = (await create(bob, topic))["owntracksPath"]
    async with a_phone(bob) as phone:
        answers = [await phone.post(path, json=OWNTRACKS)]
        for named in ([], [of_bob]):
            await ada.get(UPDATE, input={"topic": topic, "publisherIds": named})
            answers.append(await phone.post(path, json=OWNTRACKS))
    assert [answer.status_code for answer in answers] == [200, 404, 200]
    assert "may not publish" in answers[1].text


async def test_a_tracker_of_those_who_run_the_installation_publishes_anywhere(
    ada: Athlete, athlete: Callable[..., Athlete]
) -> None:
    """As they may themselves, whoever owns the topic."""
    topic, chief = await a_topic(ada), athlete("chief", scopes=["events:read", "events:publish", "operations"])
    path = (await create(chief, topic))["owntracksPath"]
    async with a_phone(chief) as phone:
        assert (await phone.post(path, json=OWNTRACKS)).status_code == 200


async def test_only_publishers_make_trackers(ada: Athlete, bob: Athlete) -> None:
    """FORBIDDEN for others; the topic and the source must be such."""
    topic = await a_topic(ada)
    refused = await bob.ask(CREATE, input={"topic": topic, "source": "bib 7"})
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    assert (await create(ada, "no-such-topic"))["userErrors"] == [{"code": "NOT_FOUND", "field": ["topic"]}]
    assert (await create(ada, topic, source=""))["userErrors"] == [{"code": "INVALID", "field": ["source"]}]


async def test_messages_that_tell_no_position_are_acknowledged(ada: Athlete) -> None:
    """Refused, an app would send them again for ever, and nothing after them."""
    topic = await a_topic(ada)
    path = (await create(ada, topic))["owntracksPath"]
    async with a_phone(ada) as phone:
        answers = [
            await phone.post(path, content=b""),
            await phone.post(path, json={"_type": "lwt", "tst": 1}),
            await phone.post(path, json=OWNTRACKS | {"tst": 9_999_999_999}),
            await phone.post(path, json=OWNTRACKS | {"lat": 91}),
        ]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, [])] * 4
    assert "more than a day ahead" in answers[2].headers["x-cairn-ignored"]
    assert "latitude" in answers[3].headers["x-cairn-ignored"]
    assert await feed(ada, topic) == []


async def test_what_cannot_be_read_at_all_is_a_bad_request(ada: Athlete) -> None:
    """The app's settings are to be looked at."""
    made = await create(ada, await a_topic(ada))
    async with a_phone(ada) as phone:
        for answer in (
            await phone.post(made["owntracksPath"], content=b"hello"),
            await phone.get(made["osmandPath"]),
        ):
            assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "INVALID")
        large = await phone.post(made["owntracksPath"], content=b"x" * 64_001)
        assert large.status_code == 413


async def test_whoever_has_a_token_needs_no_tracker(ada: Athlete) -> None:
    """As a bearer, or as the password that apps have a field for."""
    topic = await a_topic(ada)
    basic = base64.b64encode(f"anybody:{ada.token}".encode()).decode()
    async with a_phone(ada) as phone:
        phone.headers["authorization"] = f"Basic {basic}"
        first = await phone.post(f"/topics/{topic}/owntracks", params={"source": "bib 9"}, json=OWNTRACKS)
        phone.headers["authorization"] = f"Bearer {ada.token}"
        second = await phone.get(f"/topics/{topic}/osmand", params={"source": "bib 10", "lat": "1", "lon": "2"})
        nameless = await phone.get(f"/topics/{topic}/osmand", params={"lat": "1", "lon": "2"})
    assert (first.status_code, second.status_code, nameless.status_code) == (200, 200, 400)
    assert "source" in nameless.json()["errors"][0]["message"]
    assert [event["source"] for event in await feed(ada, topic)] == ["bib 9", "bib 10"]


@pytest.mark.parametrize("authorization", ["", "Basic", "Basic !!!", "Basic eDp5", "Bearer nonsense"])
async def test_without_a_good_token_a_topic_takes_no_position(ada: Athlete, authorization: str) -> None:
    """401, and no browser asks for a password."""
    async with a_phone(ada) as phone:
        phone.headers["authorization"] = authorization
        answer = await phone.post(f"/topics/{await a_topic(ada)}/owntracks?source=a", json=OWNTRACKS)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_others_may_not_publish_positions_with_their_token(ada: Athlete, bob: Athlete) -> None:
    """As with any event."""
    topic = await a_topic(ada)
    forbidden = await bob.http.post(f"/topics/{topic}/owntracks?source=a", json=OWNTRACKS)
    unknown = await bob.http.post("/topics/no-such-topic/owntracks?source=a", json=OWNTRACKS)
    assert (forbidden.status_code, unknown.status_code) == (403, 404)
