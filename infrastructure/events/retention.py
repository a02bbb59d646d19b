"""Events that go: by their age, or because a newer one of their source replaced them. Chunk by chunk, beside intake."""

from collections import deque
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing

import asyncpg

from domain.events.model import TopicId
from domain.shared.ports import Ids
from infrastructure.database.engine import Database
from infrastructure.operations.sweep_lease import SweepLease, sweep_lease

NAME = "events"
CHUNK = 5_000
CONFLICTS_KEPT = 10_000  # of a topic
TOPICS = """
select id, retention_days, compacted, head from topic
where retention_days is not null or compacted or exists (select from event_conflict where topic = topic.id)
"""
# Times of receiving rise with the offsets: what is old is what stands first.
EXPIRE = """
delete from event
where topic = $1 and feed_offset >= (select earliest from topic where id = $1) and feed_offset <= (
    select max(feed_offset) from (
        select feed_offset, received_at from event
        where topic = $1 and feed_offset >= (select earliest from topic where id = $1)
        order by feed_offset limit $3) oldest
    where received_at < now() - $2 * interval '24 hours')
returning feed_offset
"""
# Last in its transaction: whoever takes events waits for nothing but this.
MOVE_EARLIEST = "update topic set earliest = greatest(earliest, $2) where id = $1"
FORGET_COMPACTED = """
delete from compacted_event
where topic = $1 and feed_offset <= (
    select max(feed_offset) from (
        select feed_offset, received_at from compacted_event where topic = $1 order by feed_offset limit $3) oldest
    where received_at < now() - $2 * interval '24 hours')
returning feed_offset
"""
COMPACT = """
with looked_at as (
    select feed_offset, source from event
    where topic = $1 and feed_offset > $2 and feed_offset <= $3 order by feed_offset limit $4),
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
    where topic = $1 and (received_at < coalesce(now() - $2 * interval '24 hours', '-infinity') or id <= (
        select id from event_conflict where topic = $1 order by id desc offset $4 limit 1))
    order by id limit $3)
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
            topics = deque[AsyncGenerator[int, None]]()
            for topic in await self._database.fetch(TOPICS):
                topics.append(await stack.enter_async_context(aclosing(self._chunks(topic))))
            while topics and await lease.renew():
                count = await anext(topics[0], None)
                if count is None:
                    topics.popleft()
                else:
                    gone += count
                    topics.rotate(-1)
        return gone

    async def _chunks(self, topic: asyncpg.Record) -> AsyncGenerator[int, None]:
        """Do what is due in a topic; tells after each chunk how many events went with it."""
        topic_id, days = TopicId(topic["id"]), topic["retention_days"]
        if days is not None:
            while count := await self._expire(topic_id, days):
                yield count
            while await self._database.fetch(FORGET_COMPACTED, topic_id, days, CHUNK):
                yield 0
        if topic["compacted"]:
            looked_at: int | None = 0
            while looked_at is not None:
                row = (await self._database.fetch(COMPACT, topic_id, looked_at, topic["head"], CHUNK))[0]
                looked_at = row["last"]
                yield row["count"]
        while await self._database.fetch(PRUNE_CONFLICTS, topic_id, days, CHUNK, CONFLICTS_KEPT):
            yield 0

    async def _expire(self, topic_id: TopicId, days: int) -> int:
        async with self._database.transaction() as connection:
            gone = await connection.fetch(EXPIRE, topic_id, days, CHUNK)
            if gone:
                await connection.execute(MOVE_EARLIEST, topic_id, max(row["feed_offset"] for row in gone) + 1)
        return len(gone)
