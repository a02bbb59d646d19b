"""POST /topics/{name}/events: what is answered to whoever sends lines."""

import gzip
from collections.abc import AsyncGenerator, Callable
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.events.ports import EventIntake
from tests.conftest import Athlete
from tests.factories.bulk import FakeEventIntake, a_line, lines
from tests.factories.topics import a_topic

SEE = """query($name: String!) { topic(name: $name) { headOffset
    stats { received uniqueProcessed duplicatesDropped conflicting } } }"""
FEED = """select e.feed_offset, e.event_id, e.payload::text from event e join topic t on t.id = e.topic
where t.name = $1 order by 1"""


async def send(athlete: Athlete, topic: str, content: Any, **headers: str) -> httpx.Response:
    return await athlete.http.post(f"/topics/{topic}/events", content=content, headers=headers)


def counts(answer: httpx.Response) -> dict[str, Any]:
    told: dict[str, Any] = answer.json()
    return {name: told[name] for name in ("received", "accepted", "duplicates", "conflicting", "malformed")}


def code(response: httpx.Response) -> str:
    told: str = response.json()["errors"][0]["extensions"]["code"]
    return told


async def test_ten_thousand_lines_stand_in_the_feed_in_their_order(ada: Athlete, sql: asyncpg.Connection) -> None:
    """In one request, without a gap."""
    topic = await a_topic(ada)
    answer = await send(ada, topic, lines(*range(10_000)))
    assert answer.status_code == 200
    assert answer.json() == {
        **{"received": 10_000, "accepted": 10_000, "duplicates": 0, "conflicting": 0, "malformed": 0},
        **{"errors": [], "headOffset": "10000"},
    }
    rows = await sql.fetch(FEED, topic)
    assert [tuple(row)[:2] for row in rows] == [(number + 1, f"mat-{number}") for number in range(10_000)]


async def test_sending_all_of_it_again_adds_nothing(ada: Athlete) -> None:
    """That is what a sender does who got no answer."""
    topic = await a_topic(ada)
    await send(ada, topic, lines(*range(1_500)))
    answer = await send(ada, topic, lines(*range(2_000)))
    assert counts(answer) == {
        **{"received": 2_000, "accepted": 500, "duplicates": 1_500, "conflicting": 0, "malformed": 0}
    }
    stats = (await ada.get(SEE, name=topic))["topic"]
    assert stats["headOffset"] == "2000"
    assert stats["stats"] == {
        **{"received": "3500", "uniqueProcessed": "2000", "duplicatesDropped": "1500", "conflicting": "0"}
    }


async def test_packed_lines_are_unpacked(ada: Athlete) -> None:
    """Also as several members behind one another."""
    topic = await a_topic(ada)
    packed = gzip.compress(lines(1, 2)) + gzip.compress(lines(3))
    answer = await send(ada, topic, packed, **{"content-encoding": "gzip"})
    assert (answer.status_code, counts(answer)["accepted"]) == (200, 3)


async def test_of_packed_lines_that_are_cut_off_what_came_is_kept(ada: Athlete) -> None:
    """And the sender is told that it was not all."""
    topic = await a_topic(ada)
    packed = gzip.compress(b"".join(a_line(number, payload=f"{hash(number)}") + b"\n" for number in range(3_000)))
    answer = await send(ada, topic, packed[: len(packed) // 2], **{"content-encoding": "gzip"})
    told = answer.json()
    assert answer.status_code == 400
    assert "cut off" in told["failure"]["message"]
    assert 0 < told["accepted"] < 3_000
    assert told["headOffset"] == str(told["accepted"])
    again = await send(ada, topic, packed, **{"content-encoding": "gzip"})
    assert counts(again)["duplicates"] == told["accepted"]
    assert counts(again)["accepted"] == 3_000 - told["accepted"]


async def test_bad_lines_are_told_by_number_and_the_good_ones_kept(ada: Athlete) -> None:
    """An answer of 200: the request was carried out."""
    topic = await a_topic(ada)
    content = lines(1) + b"nonsense\n\n" + a_line(2, occurredAt="2026-11-21T07:30:00") + b"\n" + lines(3)
    answer = await send(ada, topic, content)
    assert answer.status_code == 200
    assert counts(answer) == {"received": 4, "accepted": 2, "duplicates": 0, "conflicting": 0, "malformed": 2}
    assert [error["line"] for error in answer.json()["errors"]] == [2, 4]
    assert "time zone" in answer.json()["errors"][1]["reason"]


async def test_where_no_line_is_an_event_the_request_is_a_bad_one(ada: Athlete) -> None:
    """Somebody sent another format: a script that looks at the status should stop."""
    topic = await a_topic(ada)
    answer = await send(ada, topic, b"bib,time\n17,08:30\n")
    assert answer.status_code == 400
    assert (counts(answer)["malformed"], answer.json()["headOffset"]) == (2, "0")


async def test_nothing_sent_is_nothing_taken(ada: Athlete) -> None:
    """An empty body, and one of blank lines."""
    topic = await a_topic(ada)
    for content in (b"", b"\n\n \r\n"):
        answer = await send(ada, topic, content)
        assert (answer.status_code, counts(answer)["received"]) == (200, 0)


async def test_the_same_id_with_other_content_is_counted_as_conflicting(ada: Athlete) -> None:
    """Nothing else in the request suffers."""
    topic = await a_topic(ada)
    await send(ada, topic, lines(1))
    answer = await send(ada, topic, a_line(1, source="another mat") + b"\n" + lines(2))
    assert counts(answer) == {"received": 2, "accepted": 1, "duplicates": 0, "conflicting": 1, "malformed": 0}


async def test_numbers_are_stored_with_all_their_digits(ada: Athlete, sql: asyncpg.Connection) -> None:
    """Not as numbers of a machine."""
    topic = await a_topic(ada)
    await send(ada, topic, a_line(1, payload=0).replace(b":0}", b":1.00000000000000000001}"))
    assert [row["payload"] for row in await sql.fetch(FEED, topic)] == ["1.00000000000000000001"]


async def test_more_bytes_are_taken_than_any_other_request_may_have(ada: Athlete) -> None:
    """And a stream whose length nobody announced."""
    topic = await a_topic(ada)

    async def stream() -> AsyncGenerator[bytes]:
        for number in range(40):
            yield a_line(number, payload="x" * 60_000) + b"\n"

    answer = await send(ada, topic, stream())
    assert (answer.status_code, counts(answer)["accepted"]) == (200, 40)


async def _never_read() -> AsyncGenerator[bytes]:
    raise AssertionError("the body was read")
    yield b""


@pytest.mark.parametrize("scope", ["events:read", "events:publish"])
async def test_who_may_not_publish_is_told_before_the_body_is_read(
    ada: Athlete, athlete: Callable[..., Athlete], scope: str
) -> None:
    """Without the scope, and with it but not named by the owner."""
    topic = await a_topic(ada)
    bob = athlete("bob", scopes=[scope])
    answer = await send(bob, topic, _never_read(), expect="100-continue")
    assert (answer.status_code, code(answer)) == (403, "FORBIDDEN")


async def test_strangers_and_unknown_topics_are_refused_before_the_body_is_read(ada: Athlete) -> None:
    """401 and 404, each with a sentence."""
    unknown = await send(ada, "no-such-topic", _never_read(), expect="100-continue")
    assert (unknown.status_code, code(unknown)) == (404, "NOT_FOUND")
    assert "createTopic" in unknown.text
    ada.http.headers.pop("authorization")
    stranger = await send(ada, "no-such-topic", _never_read(), expect="100-continue")
    assert (stranger.status_code, code(stranger)) == (401, "UNAUTHENTICATED")
    assert stranger.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "headers", [{"content-encoding": "br"}, {"content-encoding": "gzip, gzip"}, {"content-type": "multipart/form-data"}]
)
async def test_bodies_of_another_kind_are_unsupported(ada: Athlete, headers: dict[str, str]) -> None:
    """With what can be sent instead."""
    answer = await send(ada, await a_topic(ada), b"x", **headers)
    assert (answer.status_code, code(answer), answer.headers["accept-encoding"]) == (415, "UNSUPPORTED", "gzip")


async def test_another_method_is_told_how_it_is_done(ada: Athlete) -> None:
    """Whoever opens the address in a browser."""
    answer = await ada.http.get("/topics/any/events")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert "POST" in answer.json()["errors"][0]["message"]


async def test_when_storing_fails_the_answer_tells_what_is_stored(app: Starlette, ada: Athlete) -> None:
    """503, when to come back, and that it is safe to send all of it again."""
    topic = await a_topic(ada)
    registry = app.state.registry
    async with Container(registry) as services:
        real = await services.aget(EventIntake)
    registry.register_value(EventIntake, FakeEventIntake(broken_at=1))
    try:
        answer = await send(ada, topic, lines(*range(2_500)))
    finally:
        registry.register_value(EventIntake, real)
    told = orjson.loads(answer.content)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert (told["failure"]["code"], told["failure"]["retryAfterMs"]) == ("UNAVAILABLE", 2000)
    assert "again" in told["failure"]["message"]
    assert told["accepted"] in (1_000, 1_500)
