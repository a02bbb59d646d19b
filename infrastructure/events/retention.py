"""Events that go: by their age, or because a newer one of their source replaced them. Chunk by chunk, beside intake."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing

import asyncpg
import structlog

from domain.events.model import TopicId
from domain.shared.ports import Ids
from infrastructure.database.engine import Database
from infrastructure.database.failures import Away, OutcomeUnknown
from infrastructure.operations.sweep_lease import SweepLease, sweep_lease

log = structlog.get_logger("cairn.events")

NAME = "events"
CHUNK = 5_000
CONFLICTS_KEPT = 10_000  # of a topic
TOPICS = """
select id, head from topic
where retention_days is not null or compacted or exists (select from event_conflict where topic = topic.id)
"""
# Any of these statements may be run twice, when the answer to the first is lost: it goes on with what is left.
# What the owner wants is asked in each statement: a sweep of millions takes long, and a change is to count at once.
# Times of receiving rise with the offsets: what is old is what stands first.
EXPIRE = """
with kept as materialized (
    select earliest, now() - retention_days * interval '24 hours' as since from topic
    where id = $1 and retention_days is not null)
delete from event
where topic = $1 and feed_offset >= (select earliest from kept) and feed_offset <= (
    select max(feed_offset) from (
        select feed_offset, received_at from event
        where topic = $1 and feed_offset >= (select earliest from kept) order by feed_offset limit $2) oldest
    where received_at < (select since from kept))
returning feed_offset
"""
# Last in its transaction: whoever takes events waits for nothing but this.
MOVE_EARLIEST = "update topic set earliest = greatest(earliest, $2) where id = $1"
FORGET_COMPACTED = """
delete from compacted_event
where topic = $1 and feed_offset <= (
    select max(feed_offset) from (
        select feed_offset, received_at from compacted_event where topic = $1 order by feed_offset limit $2) oldest
    where received_at < (select now() - retention_days * interval '24 hours' from topic where id = $1))
returning feed_offset
"""
COMPACT = """
with looked_at as (
    select feed_offset, source from event
    where topic = $1 and feed_offset > $2 and feed_offset <= $3 and (select compacted from topic where id = $1)
    order by feed_offset limit $4),
gone as (
    delete from event using looked_at
    where event.topic = $1 and event.feed_offset = looked_at.feed_offset and exists (
        select from event newer
        where newer.topic = $1 and newer.source = looked_at.source and newer.feed_offset > looked_at.feed_offset)
    returning event.*),
remembered as (
    insert into compacted_event
        (topic, event_id, feed_offset, occurred_at, received_at, source, payload_hash, other_payload_hash)
    select topic, event_id, feed_offset, occurred_at, received_at, source,
        jsonb_hash_extended(payload, 0), jsonb_hash_extended(payload, 1)
    from gone)
select (select max(feed_offset) from looked_at) as last, (select count(*) from gone) as count
"""
PRUNE_CONFLICTS = """
delete from event_conflict where id in (
    select id from event_conflict
    where topic = $1 and (id <= (select id from event_conflict where topic = $1 order by id desc offset $3 limit 1)
        or received_at < (select now() - retention_days * interval '24 hours' from topic where id = $1))
    order by id limit $2)
returning id
"""


class PostgresEventSweep:
    """See EventSweep."""

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database, self._ids = database, ids

    async def sweep(self, every_s: float) -> int | None:
        """See EventSweep.sweep."""
        async with sweep_lease(self._database, self._ids, NAME, every_s) as lease:
            return None if lease is None else await self._sweep(lease)

    async def _sweep(self, lease: SweepLease) -> int:
        """A chunk of every topic in turn, so that a large one does not keep the others waiting."""
        gone = 0
        async with AsyncExitStack() as stack:
            topics = deque[tuple[TopicId, AsyncGenerator[int, None]]]()
            for topic_id, head in await self._database.fetch(TOPICS):
                chunks = await stack.enter_async_context(aclosing(self._chunks(topic_id, head)))
                topics.append((topic_id, chunks))
            while topics and await lease.renew():
                count = await _next_of(*topics[0])
                if count is None:
                    topics.popleft()
                else:
                    gone += count
                    topics.rotate(-1)
        return gone

    async def _chunks(self, topic_id: TopicId, head: int) -> AsyncGenerator[int, None]:
        """Do what is due in a topic; tells after each chunk how many events went with it."""
        while await self._database.fetch(PRUNE_CONFLICTS, topic_id, CHUNK, CONFLICTS_KEPT):
            yield 0
        while count := await self._expire(topic_id):
            yield count
        while await self._database.fetch(FORGET_COMPACTED, topic_id, CHUNK):
            yield 0
        looked_at: int | None = 0
        while looked_at is not None:
            row = (await self._database.fetch(COMPACT, topic_id, looked_at, head, CHUNK))[0]
            looked_at = row["last"]
            yield row["count"]

    async def _expire(self, topic_id: TopicId) -> int:
        async def expire(connection: asyncpg.Connection) -> int:
            gone = await connection.fetch(EXPIRE, topic_id, CHUNK)
            if gone:
                await connection.execute(MOVE_EARLIEST, topic_id, max(row["feed_offset"] for row in gone) + 1)
            return len(gone)

        return await self._database.write(expire, settles=True)


async def _next_of(topic_id: TopicId, chunks: AsyncGenerator[int, None]) -> int | None:
    """What went with the next chunk of a topic; None: no more is due, or it went wrong, which the others outlive.

    Raises Unavailable when the database goes away.
    """
    (outcome,) = await asyncio.gather(anext(chunks, None), return_exceptions=True)
    match outcome:
        case asyncio.CancelledError() | Away() | OutcomeUnknown():  # the database is away for all of them
            raise outcome
        case BaseException():
            log.error("a topic was not swept", topic=str(topic_id), exc_info=outcome)
            return None
    return outcome
