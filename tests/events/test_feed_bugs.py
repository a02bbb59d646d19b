"""A bug inside of a feed is told to those whom it ends, with the id under which the log has it."""

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from app.edge.operation import Answer
from domain.events.model import EVERYTHING, Event
from tests.factories.following import Stand, a_stand
from tests.fakes.feeds import TOPIC, FakeSink, NumberedEvents, settled


class Stumbling(NumberedEvents):
    def answer(self, event: Event) -> Answer:
        raise ZeroDivisionError


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    """Of a feed with three events."""
    async with a_stand() as stand:
        yield stand


@pytest.mark.parametrize(("after", "subscribers"), [(0, 1), (3, 2)])  # who catches up does so alone
async def test_a_bug_is_logged_once_under_the_id_that_its_subscribers_are_told(
    stand: Stand, after: int, subscribers: int
) -> None:
    sinks = [FakeSink() for _ in range(subscribers)]
    for sink in sinks:
        stand.feeds.join(TOPIC, EVERYTHING, Stumbling(), sink, after=after)
    with capture_logs() as logs:
        await settled()
        stand.publish()
        await settled()
    told = [refused.told("their own")[0]["extensions"] for sink in sinks for refused in sink.refused if refused]
    [logged] = [line for line in logs if line["event"] == "bug"]
    assert told == [{"code": "INTERNAL", "requestId": logged["request_id"]}] * subscribers
    assert isinstance(logged["exc_info"], ZeroDivisionError)
