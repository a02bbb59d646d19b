"""Answers as server-sent events, each operation in a connection of its own."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import orjson
import pytest

from app.edge.http.outbox import Outbox
from app.edge.http.told import next_event
from tests.conftest import eventually
from tests.edge.test_http import PROOF, code_of
from tests.factories.edge_world import World, an_edge, served

EVENTS = {"accept": "text/event-stream"}
COMPLETE = ("complete", None)

Event = tuple[str, Any]


async def events_of(response: httpx.Response) -> AsyncIterator[Event]:
    """What an event stream tells, as a browser would understand it; comments are left out."""
    name, data = "", ""
    async for line in response.aiter_lines():
        field, _, value = line.partition(":")
        if field == "event":
            name = value.strip()
        elif field == "data":
            data = value.strip()
        elif not line and name:
            yield name, orjson.loads(data) if data else None
            name = data = ""


async def all_events(http: httpx.AsyncClient, query: str, **headers: str) -> list[Event]:
    async with http.stream("POST", "/graphql", json={"query": query}, headers=EVENTS | headers) as response:
        return [event async for event in events_of(response)]


def error_in(event: Event) -> tuple[str, str]:
    """The code and the message of an event that says what is wrong."""
    (error,) = event[1]["errors"]
    assert error["extensions"]["requestId"]
    return error["extensions"]["code"], error["message"]


@pytest.mark.parametrize("path", ["/graphql", "/graphql/stream"])
async def test_a_subscription_is_told_event_by_event(http: httpx.AsyncClient, path: str) -> None:
    response = await http.post(path, json={"query": "subscription { count(to: 2) }"}, headers=EVENTS)

    assert [event async for event in events_of(response)] == [
        ("next", {"data": {"count": 1}}),
        ("next", {"data": {"count": 2}}),
        COMPLETE,
    ]


async def test_no_proxy_keeps_or_holds_back_what_is_told(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "{ hello }"}, headers=EVENTS)

    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert (response.headers["cache-control"], response.headers["x-accel-buffering"]) == ("no-store", "no")


@pytest.mark.parametrize(
    ("query", "data"), [("{ hello }", {"hello": "hello you"}), ('mutation { shout(text: "a") }', {"shout": "A"})]
)
async def test_a_query_or_mutation_is_one_event(http: httpx.AsyncClient, query: str, data: dict[str, str]) -> None:
    assert await all_events(http, query) == [("next", {"data": data}), COMPLETE]


async def test_a_query_comes_as_json_to_who_likes_both(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json={"query": "{ hello }"}, headers={"accept": "*/*, text/event-stream"})
    both = {"accept": "application/json, text/event-stream"}

    response = await http.post("/graphql", json={"query": "{ hello }"}, headers=both)

    assert response.json() == {"data": {"hello": "hello you"}}


async def test_a_subscription_may_come_by_get(http: httpx.AsyncClient) -> None:
    params = {"query": "subscription { count(to: 1) }"}

    response = await http.get("/graphql/stream", params=params, headers=PROOF | EVENTS)

    assert [event async for event in events_of(response)] == [("next", {"data": {"count": 1}}), COMPLETE]


async def test_a_subscription_that_any_page_could_send_does_not_begin(http: httpx.AsyncClient) -> None:
    params = {"query": "subscription { count(to: 1) }"}

    response = await http.get("/graphql/stream", params=params, headers=EVENTS)

    assert (response.status_code, code_of(response)) == (403, "FORBIDDEN")


async def test_a_document_that_is_not_valid_is_told_as_an_event(http: httpx.AsyncClient) -> None:
    wrong, complete = await all_events(http, "subscription { nothing }")

    assert error_in(wrong)[0] == "BAD_USER_INPUT"
    assert complete == COMPLETE


async def test_a_document_that_is_not_valid_is_told_as_json_to_who_takes_it(http: httpx.AsyncClient) -> None:
    both = {"accept": "text/event-stream, application/json;q=0.5"}

    response = await http.post("/graphql", json={"query": "subscription { nothing }"}, headers=both)

    assert (response.headers["content-type"], code_of(response)) == (
        "application/json; charset=utf-8",
        "BAD_USER_INPUT",
    )


async def test_a_body_that_is_no_request_is_told_as_json(http: httpx.AsyncClient) -> None:
    response = await http.post("/graphql", json=[], headers=EVENTS)

    assert (response.status_code, code_of(response)) == (400, "BAD_USER_INPUT")


async def test_a_subscription_that_fails_in_its_middle_says_why(http: httpx.AsyncClient) -> None:
    one, wrong, complete = await all_events(http, "subscription { breaks }")

    assert one == ("next", {"data": {"breaks": 1}})
    assert error_in(wrong) == ("NOT_FOUND", "The thing has gone.")
    assert complete == COMPLETE


async def test_a_bug_is_told_without_what_it_says(http: httpx.AsyncClient) -> None:
    _, wrong, complete = await all_events(http, "subscription { bug }")

    assert error_in(wrong)[0] == "INTERNAL"
    assert "secret" not in str(wrong)
    assert complete == COMPLETE


async def test_a_client_that_hangs_up_ends_its_subscription(online: httpx.AsyncClient, world: World) -> None:
    query = {"query": "subscription { endless }"}
    async with online.stream("POST", "/graphql", json=query, headers=EVENTS) as response:
        await anext(events_of(response))
        await world.began.wait()

    async with asyncio.timeout(10):
        await world.ended.wait()


async def test_nothing_is_left_of_subscriptions_whose_clients_have_gone(world: World) -> None:
    before = len(asyncio.all_tasks())
    async with served(an_edge(world)) as http:
        for _ in range(5):
            query = {"query": "subscription { endless }"}
            async with http.stream("POST", "/graphql", json=query, headers=EVENTS) as response:
                await anext(events_of(response))

    async def gone() -> bool:
        return len(asyncio.all_tasks()) <= before

    await eventually(gone)


async def test_a_quiet_stream_is_kept_alive_by_comments(online: httpx.AsyncClient, world: World) -> None:
    query = {"query": "subscription { quiet }"}
    lines = []
    async with online.stream("POST", "/graphql", json=query, headers=EVENTS) as response:
        async for line in response.aiter_lines():
            lines.append(line)
            if lines.count(":") == 3:
                world.go_on.set()

    assert "event: complete" in lines


async def test_a_subscription_ends_with_its_token(online: httpx.AsyncClient, world: World) -> None:
    world.expires_at = world.at + timedelta(seconds=60)
    signed = EVENTS | {"authorization": "Bearer ada"}
    query = {"query": "subscription { endless }"}
    async with online.stream("POST", "/graphql", json=query, headers=signed) as response:
        events = events_of(response)
        assert await anext(events) == ("next", {"data": {"endless": 1}})
        world.at += timedelta(seconds=61)
        wrong, complete = [event async for event in events]

    assert error_in(wrong) == ("UNAUTHENTICATED", "token expired")
    assert complete == COMPLETE
    assert world.ended.is_set()


async def test_a_stream_does_not_begin_while_nobody_can_tell_when_its_token_ends(http: httpx.AsyncClient) -> None:
    asked = {"query": "subscription { count(to: 1) }"}

    response = await http.post("/graphql", json=asked, headers=EVENTS | {"authorization": "Bearer down"})

    assert (response.status_code, code_of(response)) == (503, "UNAVAILABLE")
    assert response.headers["retry-after"] == "2"


async def test_a_burst_reaches_a_client_that_reads_it(online: httpx.AsyncClient) -> None:
    *told, complete = await all_events(online, "subscription { count(to: 1000) }")

    assert [event[1]["data"]["count"] for event in told] == list(range(1, 1001))
    assert complete == COMPLETE


async def test_a_client_too_slow_is_told_where_to_go_on(world: World) -> None:
    query = {"query": "subscription { flood }"}
    async with served(an_edge(world)) as http, http.stream("POST", "/graphql", json=query, headers=EVENTS) as response:
        await world.ended.wait()  # it does not read before too much has come
        *told, wrong, complete = [event async for event in events_of(response)]

    assert error_in(wrong)[0] == "SLOW_CONSUMER"
    assert complete == COMPLETE
    last = wrong[1]["errors"][0]["extensions"]["cursor"]
    assert [len(event[1]["data"]["flood"]) for event in told] == [100_000] * len(told)
    assert (len(told) > 0, last) == (True, f"c{len(told)}")


def test_json_with_line_ends_stays_one_event() -> None:
    assert next_event(None, b'{\n"a":\r\n1}') == b'event: next\ndata: { "a":  1}\n\n'


def test_what_waits_of_one_operation_leaves_room_for_another() -> None:
    outbox = Outbox(most_waiting=1)

    outbox.put("a", b"1")

    assert (outbox.is_full("a"), outbox.is_full("b")) == (True, False)


async def test_an_outbox_that_is_closed_gives_what_waits_and_then_nothing() -> None:
    outbox = Outbox()
    outbox.put(None, b"1")
    outbox.close()

    assert (await outbox.next(60), await outbox.next(60), outbox.is_over) == (b"1", None, True)


async def test_where_an_operation_stood_is_forgotten_when_its_last_event_is_taken() -> None:
    outbox = Outbox()
    outbox.put("a", b"1", "c1")
    outbox.put("a", b"2", last=True)

    await outbox.next(60)
    stood = outbox.cursor_of("a")
    await outbox.next(60)

    assert (stood, outbox.cursor_of("a"), list(outbox.operations)) == ("c1", None, [])
