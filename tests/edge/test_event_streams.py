"""Several operations on one event stream, as npm graphql-sse asks for them in its single connection mode."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import eventually
from tests.edge.test_http import code_of
from tests.edge.test_sse import EVENTS, error_in, events_of
from tests.factories.edge_world import World, an_edge, served

STREAM = "/graphql/stream"
ADA = {"authorization": "Bearer ada"}
BOB = {"authorization": "Bearer bob"}


async def reserve(http: httpx.AsyncClient, **headers: str) -> dict[str, str]:
    """The headers with which whoever made a reservation uses it."""
    response = await http.put(STREAM, headers=ADA | headers)
    assert response.status_code == 201, response.text
    return ADA | headers | {"x-graphql-event-stream-token": response.text}


async def run(http: httpx.AsyncClient, own: dict[str, str], query: str, id: Any = "1") -> httpx.Response:
    return await http.post(STREAM, json={"query": query, "extensions": {"operationId": id}}, headers=own)


@pytest.fixture
async def own(online: httpx.AsyncClient) -> dict[str, str]:
    return await reserve(online)


async def test_a_reservation_is_told_as_plain_text(online: httpx.AsyncClient) -> None:
    response = await online.put(STREAM, headers=ADA)

    assert (response.status_code, response.headers["content-type"]) == (201, "text/plain; charset=utf-8")
    assert len(response.text) >= 32


async def test_answers_come_on_the_stream_under_their_ids(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    async with online.stream("GET", STREAM, headers=own | EVENTS) as response:
        events = events_of(response)
        posted = await run(online, own, "subscription { count(to: 1) }", "a")
        first = [await anext(events), await anext(events)]
        await run(online, own, '{ hello(name: "b") }', "b")
        second = [await anext(events), await anext(events)]

    assert (posted.status_code, posted.content) == (202, b"")
    assert first == [("next", {"id": "a", "payload": {"data": {"count": 1}}}), ("complete", {"id": "a"})]
    assert second == [("next", {"id": "b", "payload": {"data": {"hello": "hello b"}}}), ("complete", {"id": "b"})]


async def test_what_was_asked_before_the_stream_is_open_waits_for_it(
    online: httpx.AsyncClient, own: dict[str, str]
) -> None:
    await run(online, own, "{ hello }")
    async with online.stream("GET", STREAM, headers=own | EVENTS) as response:
        assert (await anext(events_of(response)))[1]["payload"] == {"data": {"hello": "hello you"}}


async def test_a_browsers_event_source_opens_it_by_its_token_alone(
    online: httpx.AsyncClient, own: dict[str, str]
) -> None:
    await run(online, own, "{ hello }")
    token = own["x-graphql-event-stream-token"]
    async with online.stream("GET", STREAM, params={"token": token}, headers=EVENTS) as response:
        assert (await anext(events_of(response)))[0] == "next"


async def test_an_operation_may_be_ended_alone(online: httpx.AsyncClient, own: dict[str, str], world: World) -> None:
    async with online.stream("GET", STREAM, headers=own | EVENTS) as response:
        events = events_of(response)
        await run(online, own, "subscription { endless }", "a")
        await anext(events)
        await world.began.wait()
        ended = await online.delete(STREAM, params={"operationId": "a"}, headers=own)
        await world.ended.wait()
        await run(online, own, "{ hello }", "b")
        following = await anext(events)

    assert ended.status_code == 200
    assert following[1]["id"] == "b"


async def test_all_operations_end_with_the_stream(online: httpx.AsyncClient, own: dict[str, str], world: World) -> None:
    async with online.stream("GET", STREAM, headers=own | EVENTS) as response:
        await run(online, own, "subscription { endless }")
        await anext(events_of(response))
        await world.began.wait()

    await world.ended.wait()

    async def forgotten() -> bool:
        return (await run(online, own, "{ hello }")).status_code == 404

    await eventually(forgotten)


async def test_one_connection_uses_a_reservation_at_a_time(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    async with online.stream("GET", STREAM, headers=own | EVENTS):
        second = await online.get(STREAM, headers=own | EVENTS)

    assert (second.status_code, code_of(second)) == (409, "CONFLICT")


async def test_whoever_reserves_again_gets_another_stream(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    again = await online.put(STREAM, headers=own)

    assert (again.status_code, again.text != own["x-graphql-event-stream-token"]) == (201, True)


async def test_an_id_names_one_operation_at_a_time(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    await run(online, own, "subscription { endless }", "a")

    second = await run(online, own, "{ hello }", "a")

    assert (second.status_code, code_of(second)) == (409, "CONFLICT")


@pytest.mark.parametrize("id", [None, "", 5, [], "x" * 201])
async def test_an_operation_needs_an_id(online: httpx.AsyncClient, own: dict[str, str], id: Any) -> None:
    response = await run(online, own, "{ hello }", id)

    assert (response.status_code, code_of(response)) == (400, "BAD_USER_INPUT")


async def test_a_document_that_is_not_valid_is_refused_at_once(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    response = await run(online, own, "{ nothing }")

    assert (response.status_code, code_of(response)) == (400, "BAD_USER_INPUT")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_a_token_that_nobody_was_given_is_not_found(online: httpx.AsyncClient, method: str) -> None:
    guessed = ADA | EVENTS | {"x-graphql-event-stream-token": "guessed", "content-type": "application/json"}

    response = await online.request(method, STREAM, headers=guessed, content=b"{}")

    assert (response.status_code, code_of(response)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_another_athletes_reservation_is_not_found(
    online: httpx.AsyncClient, own: dict[str, str], method: str
) -> None:
    stolen = own | BOB | EVENTS | {"content-type": "application/json"}

    response = await online.request(method, STREAM, headers=stolen, content=b'{"query": "{ hello }"}')

    assert (response.status_code, code_of(response)) == (404, "NOT_FOUND")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
async def test_a_stranger_neither_reserves_nor_uses_a_stream(
    online: httpx.AsyncClient, own: dict[str, str], method: str
) -> None:
    unsigned = own | {"authorization": "", "content-type": "application/json"}

    response = await online.request(method, STREAM, headers=unsigned, content=b"{}")

    assert (response.status_code, code_of(response)) == (401, "UNAUTHENTICATED")


@pytest.fixture
async def small(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """An edge with little room for reservations."""
    async with served(an_edge(world, most=3, most_of_one=2)) as client:
        yield client


async def test_one_athlete_has_so_many_reservations_and_no_more(small: httpx.AsyncClient) -> None:
    await reserve(small)
    await reserve(small)

    response = await small.put(STREAM, headers=ADA)

    assert (response.status_code, code_of(response)) == (429, "LIMIT_EXCEEDED")


async def test_all_athletes_together_have_so_many_and_no_more(small: httpx.AsyncClient) -> None:
    for athlete in ("a", "b", "c"):
        await reserve(small, authorization=f"Bearer {athlete}")

    response = await small.put(STREAM, headers=ADA)

    assert (response.status_code, code_of(response)) == (429, "LIMIT_EXCEEDED")


async def test_a_reservation_that_nobody_opens_goes_with_what_it_runs(world: World) -> None:
    async with served(an_edge(world, unused_s=0.1)) as http:
        own = await reserve(http)
        await run(http, own, "subscription { endless }")
        await world.ended.wait()
        response = await http.get(STREAM, headers=own | EVENTS)

    assert response.status_code == 404


async def test_the_stream_ends_with_the_token_that_reserved_it(online: httpx.AsyncClient, world: World) -> None:
    world.expires_at = world.at + timedelta(seconds=0.05)
    own = await reserve(online)
    async with online.stream("GET", STREAM, headers=own | EVENTS) as response:
        events = events_of(response)
        await run(online, own, "subscription { endless }", "a")
        await anext(events)
        world.at += timedelta(seconds=1)
        async with asyncio.timeout(10):
            wrong, complete = [event async for event in events]

    assert error_in((wrong[0], wrong[1]["payload"])) == ("UNAUTHENTICATED", "token expired")
    assert complete == ("complete", {"id": "a"})


@pytest.mark.parametrize(("method", "accept"), [("PUT", "application/xml"), ("GET", "application/json")])
async def test_who_does_not_take_the_answer_is_told_so(
    online: httpx.AsyncClient, own: dict[str, str], method: str, accept: str
) -> None:
    response = await online.request(method, STREAM, headers=own | {"accept": accept})

    assert (response.status_code, code_of(response)) == (406, "BAD_USER_INPUT")


async def test_another_method_is_told_those_that_there_are(online: httpx.AsyncClient) -> None:
    response = await online.patch(STREAM, headers=ADA)

    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST, PUT, DELETE")


async def test_a_form_is_not_taken_for_an_operation(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    response = await online.post(STREAM, files={"a": b"x"}, headers=own | {"x-cairn-csrf": "1"})

    assert (response.status_code, code_of(response)) == (415, "BAD_USER_INPUT")


async def test_too_many_operations_at_once_are_refused(online: httpx.AsyncClient, own: dict[str, str]) -> None:
    for number in range(100):
        await run(online, own, "subscription { endless }", f"{number}")

    response = await run(online, own, "{ hello }", "one more")

    assert (response.status_code, code_of(response)) == (429, "LIMIT_EXCEEDED")
