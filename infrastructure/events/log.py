"""The record of what was taken in, in PostgreSQL."""

from collections.abc import Collection, Mapping

from domain.events.model import EVERYTHING, Bounds, Event, EventFilter, TopicId
from infrastructure.database.engine import Database

BOUNDS = "select id, earliest, head from topic where id = any($1::uuid[])"
COLUMNS = "event_id, feed_offset, occurred_at, received_at, source, payload::text as payload"
PASSES = """
topic = $1 and feed_offset > $2 and feed_offset <= coalesce($3::bigint, 9223372036854775807)
    and occurred_at between coalesce($5::timestamptz, '-infinity') and coalesce($6::timestamptz, 'infinity')
"""
AFTER = f"select {COLUMNS} from event where {PASSES} order by feed_offset limit $4"
# Each source's next ones by the index that begins with it, and of these the first: a source that speaks seldom is
# found without reading what the others say.
AFTER_OF_SOURCES = f"""
select {COLUMNS} from event
where topic = $1 and feed_offset in (
    select found.feed_offset from unnest($7::text[]) wanted(source) cross join lateral (
        select feed_offset from event where {PASSES} and event.source = wanted.source
        order by feed_offset limit $4) found
    order by 1 limit $4)
order by feed_offset
"""


class PostgresEventLog:
    """See EventLog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def bounds(self, topic_ids: Collection[TopicId]) -> Mapping[TopicId, Bounds]:
        """See EventLog.bounds."""
        rows = await self._database.fetch(BOUNDS, list(topic_ids))
        return {TopicId(row["id"]): Bounds(row["earliest"], row["head"]) for row in rows}

    async def after(
        self, topic_id: TopicId, offset: int, *, limit: int, wanted: EventFilter = EVERYTHING, up_to: int | None = None
    ) -> list[Event]:
        """See EventLog.after."""
        args = (topic_id, offset, up_to, limit, wanted.occurred_from, wanted.occurred_to)
        if wanted.sources is None:
            rows = await self._database.fetch(AFTER, *args)
        else:
            rows = await self._database.fetch(AFTER_OF_SOURCES, *args, sorted(wanted.sources))
        return [Event(*row) for row in rows]
