"""Many publishers over several processes: offsets without a gap, every id once, counters that add up, come what may."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from itertools import pairwise

import asyncpg
import pytest

from configuration.settings import Settings
from domain.events.model import NewEvent, Taken, TopicId
from domain.shared.errors import Unavailable
from infrastructure.events.intake import PostgresEventIntake
from tests.conftest import eventually
from tests.factories.intake import WireToNobody, an_event, an_intake, counters, stored_ids

PUBLISHERS, BATCHES, SIZE, STEP = 50, 6, 20, 13  # neighbouring batches have 7 events in common
LAST = (PUBLISHERS + BATCHES - 2) * STEP + SIZE
KILL = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where pid <> pg_backend_pid() and state in ('active', 'idle in transaction') and query like '%topic%'
"""


@pytest.fixture
def wires() -> list[WireToNobody]:
    return [WireToNobody() for _ in range(3)]


@pytest.fixture
async def intakes(settings: Settings, wires: list[WireToNobody]) -> AsyncIterator[list[PostgresEventIntake]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(an_intake(settings, wire)) for wire in wires]


def batches_of(publisher: int) -> list[list[NewEvent]]:
    """A publisher's batches: most events are also others', some with a payload that is not theirs."""
    firsts = range(publisher * STEP, (publisher + BATCHES) * STEP, STEP)
    return [[odd_event(number, publisher) for number in range(first, first + SIZE)] for first in firsts]


def odd_event(number: int, publisher: int) -> NewEvent:
    odd = publisher % 10 == 9 and number % 5 == 0
    return an_event(number, source="another mat") if odd else an_event(number)


async def require_exact(sql: asyncpg.Connection, topic_id: TopicId) -> dict[str, int]:
    """Every id once at gapless offsets, and counters that add up to what is stored."""
    stored, counted = await stored_ids(sql, topic_id), await counters(sql, topic_id)
    assert [offset for offset, _ in stored] == list(range(1, counted["head"] + 1))
    assert {id for _, id in stored} == {f"mat-{number}" for number in range(LAST)}
    assert len(stored) == LAST == counted["unique_processed"]
    kept = await sql.fetchval("select count(*) from event_conflict where topic = $1", topic_id)
    assert kept == counted["conflicting"] > 0
    assert counted["received"] == counted["unique_processed"] + counted["duplicates_dropped"] + counted["conflicting"]
    return counted


async def test_fifty_publishers_at_once_are_each_told_what_adds_up_to_the_counters(
    intakes: list[PostgresEventIntake], topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    async def publish(publisher: int) -> list[Taken]:
        intake = intakes[publisher % len(intakes)]
        return [await intake.take(topic_id, batch) for batch in batches_of(publisher)]

    told = [taken for some in await asyncio.gather(*map(publish, range(PUBLISHERS))) for taken in some]
    counted = await require_exact(sql, topic_id)
    assert counted["received"] == PUBLISHERS * BATCHES * SIZE
    sums = [sum(part) for part in zip(*((one.accepted, one.duplicates, one.conflicting) for one in told), strict=True)]
    assert sums == [counted["unique_processed"], counted["duplicates_dropped"], counted["conflicting"]]


async def test_whatever_is_told_over_the_wires_is_each_event_once(
    intakes: list[PostgresEventIntake], wires: Sequence[WireToNobody], topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    async def publish(publisher: int) -> None:
        for batch in batches_of(publisher):
            await intakes[publisher % len(intakes)].take(topic_id, batch)

    await asyncio.gather(*map(publish, range(PUBLISHERS)))
    await asyncio.gather(*(intake.close() for intake in intakes))
    assert all(one.last < next_.first for wire in wires for one, next_ in pairwise(wire.sent)), "in their order"
    sent = [event for wire in wires for batch in wire.sent for event in batch.events]
    assert sorted((event.offset, event.event_id) for event in sent) == await stored_ids(sql, topic_id)


async def test_connections_that_die_and_requests_that_are_given_up_leave_every_event_once(
    settings: Settings, intakes: list[PostgresEventIntake], topic_id: TopicId, sql: asyncpg.Connection
) -> None:
    trouble: list[Unavailable] = []
    answers, every = 0, sum(len(list(batches_of(publisher))) for publisher in range(PUBLISHERS))

    async def kill() -> bool:
        """Nobody can be struck any more once all have been answered."""
        return bool(await sql.fetchval(KILL)) or answers == every

    async def publish(publisher: int) -> None:
        nonlocal answers
        for at, batch in enumerate(batches_of(publisher)):
            intake = intakes[(publisher + at) % len(intakes)]
            if (publisher + at) % 7 == 0:  # sent, given up somewhere on its way, and sent again
                given_up = asyncio.create_task(intake.take(topic_id, batch))
                await asyncio.sleep(0)
                given_up.cancel()
            while True:
                try:
                    await intake.take(topic_id, batch)
                    break
                except Unavailable as unavailable:
                    trouble.append(unavailable)
            answers += 1

    async def make_trouble() -> None:
        for count in (20, 60, 100, 140):
            while answers < count:  # noqa: ASYNC110 - one thing after another, as fast as it goes
                await asyncio.sleep(0)
            await eventually(kill)

    await asyncio.gather(make_trouble(), *map(publish, range(PUBLISHERS)))
    await asyncio.gather(*(intake.close() for intake in intakes))
    assert trouble
    counted = await require_exact(sql, topic_id)
    assert counted["received"] >= PUBLISHERS * BATCHES * SIZE
