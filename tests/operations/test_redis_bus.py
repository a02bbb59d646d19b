"""Listeners hear what is published, also after Redis was away, and never wait for it longer than their own tick."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from configuration.settings import Settings
from domain.operations.model import JobId, JobKind
from infrastructure.bus.connecting import UNHEARD_S, connection_options
from infrastructure.bus.redis_bus import RedisBus
from infrastructure.machine.clock import SystemClock
from infrastructure.queue import arq_queue
from infrastructure.queue.arq_queue import ArqJobQueue, arq_redis
from tests.conftest import eventually
from tests.factories.redis_servers import a_redis_server
from tests.fakes.imports import JOB

LONG_S = 600.0


@pytest.fixture
async def redis(settings: Settings) -> AsyncIterator[Redis]:
    assert settings.redis_url is not None
    client = Redis.from_url(settings.redis_url)
    yield client
    await client.aclose()


@pytest.fixture
async def bus(settings: Settings) -> AsyncIterator[RedisBus]:
    assert settings.redis_url is not None
    bus = RedisBus(settings.redis_url)
    yield bus
    await bus.close()


async def heard(ticks: AsyncIterator[None]) -> None:
    """Wait for the next tick."""
    async with asyncio.timeout(30):
        await anext(ticks)


async def nothing_heard(ticks: AsyncIterator[None], bus: RedisBus) -> None:
    """That nothing came by the time that a later message to another channel has."""
    waiting = asyncio.ensure_future(anext(ticks))
    async with bus.listen("later", at_least_every_s=LONG_S) as later:
        await heard(later)
        await bus.publish("later")
        await heard(later)
    assert not waiting.done()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting


async def test_the_first_look_is_at_once_and_the_next_at_a_message(bus: RedisBus) -> None:
    async with bus.listen("a", at_least_every_s=LONG_S) as ticks:
        await heard(ticks)
        await bus.publish("a", "news")
        await heard(ticks)


async def test_a_message_wakes_everybody_on_its_channel_and_nobody_else(bus: RedisBus) -> None:
    listen = [bus.listen(channel, at_least_every_s=LONG_S) for channel in ("a", "a", "b")]
    async with listen[0] as one, listen[1] as two, listen[2] as other:
        for ticks in (one, two, other):
            await heard(ticks)
        await bus.publish("a")
        await heard(one)
        await heard(two)
        await nothing_heard(other, bus)


async def test_without_a_message_the_tick_comes_by_itself(bus: RedisBus) -> None:
    async with bus.listen("a", at_least_every_s=0.01) as ticks:
        for _ in range(3):
            await heard(ticks)


async def test_a_channel_that_was_left_can_be_listened_to_again(bus: RedisBus, redis: Redis) -> None:
    for _ in range(3):
        async with bus.listen("again", at_least_every_s=LONG_S) as ticks:
            await heard(ticks)
            await bus.publish("again")
            await heard(ticks)
    async with bus.listen("other", at_least_every_s=LONG_S) as ticks:
        await heard(ticks)
        await nothing_heard(ticks, bus)
    assert await redis.pubsub_channels("again") == []


async def test_one_who_leaves_does_not_take_the_channel_from_the_others(bus: RedisBus) -> None:
    async with bus.listen("a", at_least_every_s=LONG_S) as staying:
        await heard(staying)
        async with bus.listen("a", at_least_every_s=LONG_S) as leaving:
            await heard(leaving)
        await bus.publish("a")
        await heard(staying)


async def test_listeners_hear_again_after_their_connection_was_cut(bus: RedisBus, redis: Redis) -> None:
    async with bus.listen("a", at_least_every_s=LONG_S) as ticks:
        await heard(ticks)
        await redis.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        await eventually(lambda: redis.pubsub_channels("a"))
        await bus.publish("a")
        await heard(ticks)


async def test_listeners_that_came_while_redis_was_away_hear_it_when_it_is_back(
    settings: Settings, redis: Redis, tmp_path: Path
) -> None:
    address = tmp_path / "redis"
    there = urlsplit(settings.redis_url or "")
    bus = RedisBus(there._replace(path=str(address)).geturl())
    async with bus.listen("a", at_least_every_s=LONG_S) as ticks:
        await heard(ticks)
        await bus.publish("a")  # to nobody, and without an error
        address.symlink_to(unquote(there.path))
        await eventually(lambda: redis.pubsub_channels("a"))
        await redis.publish("a", "")
        await heard(ticks)
    await bus.close()


async def test_a_frozen_redis_holds_nobody_up(settings: Settings, tmp_path: Path) -> None:
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    frozen = await asyncio.start_unix_server(say_nothing, tmp_path / "redis")
    bus, queue = RedisBus(f"unix://{tmp_path}/redis"), ArqJobQueue(f"unix://{tmp_path}/redis", SystemClock())
    async with asyncio.timeout(60):
        hand_over = queue.hand_over(JobKind.IMPORT_RUNS, JobId(JOB))
        answers = await asyncio.gather(bus.publish("a"), bus.ping(), hand_over, return_exceptions=True)
    assert [type(answer) for answer in answers] == [type(None), TimeoutError, type(None)]
    await bus.close()
    await queue.close()
    frozen.close()


async def test_a_worker_takes_a_frozen_redis_for_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.set()

    monkeypatch.setattr(arq_queue, "SILENT_S", 0.05)
    frozen = await asyncio.start_unix_server(say_nothing, tmp_path / "redis")
    redis = arq_redis(f"unix://{tmp_path}/redis")
    async with asyncio.timeout(60):
        with pytest.raises(RedisError, match="Timeout"):
            await redis.ping()
        await redis.aclose()
        await left.wait()
    frozen.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel is another one")
async def test_the_kernel_hangs_up_on_a_redis_that_is_cut_off() -> None:
    with a_redis_server() as server:
        redis = Redis.from_url(server.url, single_connection_client=True, **connection_options(server.url))
        await redis.ping()
        wire = redis.connection._writer.get_extra_info("socket")
        asked = (socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        assert [wire.getsockopt(*option) for option in asked] == [1, 1000 * UNHEARD_S]
        await redis.aclose()


async def test_a_bus_is_closed_whatever_was_listened_to(settings: Settings) -> None:
    assert settings.redis_url is not None
    bus = RedisBus(settings.redis_url)
    async with bus.listen("a", at_least_every_s=LONG_S) as ticks:
        await heard(ticks)
        await bus.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("unix://:se%2Fcret@/a%20folder/redis.sock", {"path": "/a folder/redis.sock", "password": "se/cret"}),
        ("redis://cache:6380/2", {"host": "cache", "port": 6380, "db": 2}),
        ("redis://cache/", {"host": "cache"}),
        ("rediss://u:p%40ss@cache:6379/0", {"username": "u", "password": "p@ss", "host": "cache"}),
    ],
)
def test_workers_read_an_address_as_everybody_else_does(url: str, expected: dict[str, object]) -> None:
    given = arq_redis(url).connection_pool.connection_kwargs
    assert {name: given[name] for name in expected} == expected


def test_what_a_job_ended_with_is_told_to_redis_in_words_where_it_is_no_json() -> None:
    given = {"r": ValueError("no topic"), "st": 1}
    client = arq_redis("redis://127.0.0.1:1/0")
    assert client.job_serializer is not None
    assert client.job_deserializer is not None
    assert client.job_deserializer(client.job_serializer(given)) == {"r": "ValueError('no topic')", "st": 1}
