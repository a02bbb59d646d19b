"""A process that follows a topic, with a log and a wire that do what a test says."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.events.encoding import Encoding
from app.events.feeds import Feeds
from domain.events.model import EVERYTHING, EventFilter
from tests.fakes.feeds import TOPIC, FakeLog, FakeSink, FakeWire, NumberedEvents, settled


@dataclass
class Stand:
    """A process that follows the topic."""

    log: FakeLog
    wire: FakeWire
    feeds: Feeds

    def join(
        self,
        *,
        after: int = 0,
        wanted: EventFilter = EVERYTHING,
        encoding: Encoding | None = None,
        sink: FakeSink | None = None,
    ) -> FakeSink:
        sink = sink or FakeSink()
        self.feeds.join(TOPIC, wanted, encoding or NumberedEvents(), sink, after=after)
        return sink

    def publish(self, count: int = 1, *, source: str = "mat", payload: str = "{}") -> None:
        self.wire.tell(self.log.commit(count, source=source, payload=payload))

    async def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.wire.tell(None)
            await settled()


@asynccontextmanager
async def a_stand(log: FakeLog | None = None) -> AsyncIterator[Stand]:
    log, wire = log or FakeLog(head=3), FakeWire()
    feeds = Feeds(log, wire, linger_s=0, patience_s=3600)
    yield Stand(log, wire, feeds)
    await feeds.close()
