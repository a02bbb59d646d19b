"""The record of what was taken in, in PostgreSQL."""

from collections.abc import Collection, Mapping

from domain.events.model import EVERYTHING, Bounds, Event, EventFilter, TopicId
from infrastructure.database.engine import Database

MOST = 2**63 - 1
BOUNDS = """
select t.id, t.earliest, t.head,
    (select e.event_id from event e where e.topic = t.id and e.feed_offset = t.head) as newest
from topic t where t.id = any($1::uuid[])
"""
COLUMNS = "event_id, feed_offset, occurred_at, received_at, source, payload"
ROWS = "select event_id, feed_offset, occurred_at, received_at, source, payload::text as payload from event"
AMONG = "topic = $1 and feed_offset > $2 and feed_offset <= $3"
AFTER = f"{ROWS} where {AMONG} {{at_times}} order by feed_offset limit $4"
# Each source's next ones by the index that begins with it, and of these the first: a source that speaks seldom is
# found without reading what the others say.
AFTER_OF_SOURCES = f"""
{ROWS} where topic = $1 and feed_offset in (
    select found.feed_offset from unnest($6::text[]) wanted(source) cross join lateral (
        select feed_offset from event where {AMONG} and event.source = wanted.source {{at_times}}
        order by feed_offset limit $4) found
    order by 1 limit $4)
order by feed_offset"""
# Of large payloads fewer: whoever asks holds all of a page in memory, and many ask.
CUT = f"""
select {COLUMNS} from (
    select *, sum(length(payload)) over (order by feed_offset rows unbounded preceding) - length(payload) as before
    from ({{next}}) as next
) as page where before < $5 order by feed_offset
"""


class PostgresEventLog:
    """See EventLog."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def bounds(self, topic_ids: Collection[TopicId]) -> Mapping[TopicId, Bounds]:
        """See EventLog.bounds."""
        rows = await self._database.fetch(BOUNDS, list(topic_ids))
        return {TopicId(row["id"]): Bounds(row["earliest"], row["head"], row["newest"]) for row in rows}

    async def after(
        self,
        topic_id: TopicId,
        offset: int,
        *,
        limit: int,
        wanted: EventFilter = EVERYTHING,
        up_to: int | None = None,
        characters: int | None = None,
    ) -> list[Event]:
        """See EventLog.after."""
        args: list[object] = [topic_id, offset, MOST if up_to is None else up_to, limit]
        args.append(MOST if characters is None else characters)
        following, at_times = AFTER, ""
        if wanted.sources is not None:
            following = AFTER_OF_SOURCES
            args.append(sorted(wanted.sources))
        for comparison, instant in ((">=", wanted.occurred_from), ("<=", wanted.occurred_to)):
            if instant is not None:
                args.append(instant)
                at_times += f" and occurred_at {comparison} ${len(args)}"
        rows = await self._database.fetch(CUT.format(next=following.format(at_times=at_times)), *args)
        return [Event(*row) for row in rows]
