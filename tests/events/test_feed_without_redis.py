"""A replica whose Redis is emptied, killed and started again tells its subscribers everything all the same."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.events.feeds import Feeds
from configuration.settings import Settings
from domain.events.model import EVERYTHING, TopicId
from infrastructure.database.engine import Database
from infrastructure.events.intake import PostgresEventIntake
from infrastructure.events.log import PostgresEventLog
from infrastructure.events.wire import RedisEventWire
from tests.conftest import eventually
from tests.factories.intake import IDS, an_event, an_intake
from tests.factories.redis_servers import RedisServer, a_redis_server
from tests.factories.wires import ours
from tests.fakes.feeds import FakeSink, NumberedEvents


@dataclass
class Replicas:
    """One takes events in, another one tells of them."""

    redis: RedisServer
    intake: PostgresEventIntake
    feeds: Feeds

    async def publish(self, topic_id: TopicId, *numbers: int) -> None:
        for number in numbers:
            await self.intake.take(topic_id, [an_event(number)])


@pytest.fixture
async def replicas(settings: Settings) -> AsyncIterator[Replicas]:
    assert settings.database_url is not None
    with a_redis_server() as redis:
        database = Database(settings.database_url, pool_size=2)
        await database.open()
        far, near = (RedisEventWire(redis.url, sender=IDS.new(), installation=ours) for _ in range(2))
        feeds = Feeds(PostgresEventLog(database), near)
        async with an_intake(settings, far) as intake:
            yield Replicas(redis, intake, feeds)
        await feeds.close()
        for wire in (far, near):
            await wire.close()
        await database.close()


@pytest.mark.parametrize("loss", [RedisServer.empty, RedisServer.kill])
async def test_events_that_are_published_while_redis_is_lost_arrive_in_order(
    replicas: Replicas, topic_id: TopicId, loss: object
) -> None:
    sink = FakeSink()

    async def has(count: int) -> bool:
        return len(sink.offsets) >= count

    leave = replicas.feeds.join(topic_id, EVERYTHING, NumberedEvents(), sink, after=0)
    await replicas.publish(topic_id, 1, 2)
    await eventually(lambda: has(2))
    publishing = asyncio.create_task(replicas.publish(topic_id, *range(3, 101)))
    loss(replicas.redis)  # type: ignore[operator]
    await publishing
    await eventually(lambda: has(100))
    if loss is RedisServer.kill:
        replicas.redis.start()
    await replicas.publish(topic_id, *range(101, 151))
    await eventually(lambda: has(150))
    leave()
    assert sink.offsets == list(range(1, 151))
