"""What may be read of topics and their events."""

from domain.events.model import EventFilter
from domain.events.places import ORDER
from domain.shared.viewer import Scope as TokenScope
from infrastructure.events.tables import EventConflictRow, EventRow, TopicRow
from infrastructure.reading.columns import QUOTE, Source, column, expression, node_id, word
from infrastructure.reading.compiler import derived_list, many, part
from infrastructure.reading.cursors import cursor_sql
from infrastructure.reading.objects import JsonText
from infrastructure.reading.statement import Args, Late, Scope
from infrastructure.reading.view import Order, View

MAY_PUBLISH = Late(lambda asking: TokenScope.EVENTS_PUBLISH in asking.viewer.scopes)
RUNS_ALL = Late(lambda asking: TokenScope.OPERATIONS in asking.viewer.scopes)

# Of no topic: what all of them counted together. A sum of bigint is numeric.
ALL_COUNTED = """
select coalesce(sum(received), 0)::bigint as received, coalesce(sum(unique_processed), 0)::bigint as unique_processed,
    coalesce(sum(duplicates_dropped), 0)::bigint as duplicates_dropped,
    coalesce(sum(conflicting), 0)::bigint as conflicting, coalesce(min(created_at), {}) as created_at
from topic"""


def _topic_of(row: Scope, args: Args) -> str:
    return f"select * from topic where name = {row.statement.text(args['name'])}"


def _counted(row: Scope, args: Args) -> str:
    name = args.get("topic")
    if name is None:
        return ALL_COUNTED.format(row.statement.instant)
    return f"select * from topic where name = {row.statement.text(name)}"


def _publishes(topic: Scope) -> str:
    """Whether the viewer is one of those who may publish, whatever else their token allows."""
    named = f"select from topic_publisher p where p.topic = {topic.column('id')} and p.athlete = {topic.viewer_id}"
    return f"({_may_change(topic)} or exists ({named}))"


def _may_change(topic: Scope) -> str:
    """Whether the viewer owns the topic, or runs this installation."""
    return f"({topic.column('owner')} = {topic.viewer_id} or {topic.param(RUNS_ALL, 'bool')})"


def _named(topic: Scope, _: Args) -> str:
    named = f"p.topic = {topic.column('id')} and {_may_change(topic)}"
    return f"select a.id, a.display_name from topic_publisher p join athlete a on a.id = p.athlete where {named}"


def _may_publish(topic: Scope, _: Args) -> str:
    return f"{topic.param(MAY_PUBLISH, 'bool')} and {_publishes(topic)}"


def _of_publishers(row: Scope) -> str:
    topic = row.at(row.statement.alias())
    return (
        f"exists (select from topic {topic.row} where {topic.row}.id = {row.column('topic')} and {_publishes(topic)})"
    )


def _held(topic: Scope) -> str:
    """How many events there are, told by the offsets: null where some were compacted away from between them."""
    gone = f"c.topic = {topic.column('id')} and c.feed_offset >= {topic.column('earliest')}"
    whole = f"not exists (select from compacted_event c where {gone})"
    return f"case when {whole} then {topic.column('head')} - {topic.column('earliest')} + 1 end"


def _cursor(offset: str, topic: str) -> Source:
    """The place behind an offset, as `domain.events.places.cursor_of` tells it."""
    return lambda row, _: JsonText.of(QUOTE, cursor_sql(ORDER, row.column(offset), row.column(topic)), QUOTE)


def _payload(source: str) -> Source:
    return lambda row, _: JsonText.of(f"{row.column(source)}::text")  # jsonb's own text is JSON


def _of_sources(row: Scope, sources: list[str]) -> str:
    EventFilter(frozenset(sources))  # refuses too many
    return f"{row.column('source')} = any({row.statement.texts(sources)})"


TOPIC = View(
    "Topic",
    table="topic",
    fields={
        "id": node_id("Topic"),
        "name": column(TopicRow.name),
        "kind": word(TopicRow.kind),
        "retentionDays": column(TopicRow.retention_days),
        "compacted": column(TopicRow.compacted),
        "headOffset": column(TopicRow.head),
        "headCursor": _cursor("head", "id"),
        "stats": part("EventStats", when="{}.id is not null"),
        "mayPublish": expression(_may_publish),
        "createdAt": column(TopicRow.created_at),
        "publishers": derived_list("Publisher", _named, order_by="{0}.display_name, {0}.id"),
        "trackers": many("Tracker", on="topic"),
        "events": many("Event", on="topic", total=_held),
        "conflicts": many("EventConflict", on="topic"),
    },
    orders={"NAME_ASC": Order(lambda row: row.column("name"), "text", unique=True)},
    single=_topic_of,
)

EVENT_STATS = View(
    "EventStats",
    fields={
        "received": column(TopicRow.received),
        "uniqueProcessed": column(TopicRow.unique_processed),
        "duplicatesDropped": column(TopicRow.duplicates_dropped),
        "conflicting": column(TopicRow.conflicting),
        "since": column(TopicRow.created_at),
    },
    single=_counted,
)

EVENT = View(
    "Event",
    table="event",
    id_column="topic",
    fields={
        "topic": expression(lambda row, _: f"(select name from topic where id = {row.column('topic')})"),
        "eventId": column(EventRow.event_id),
        "cursor": _cursor("feed_offset", "topic"),
        "offset": column(EventRow.feed_offset),
        "occurredAt": column(EventRow.occurred_at),
        "receivedAt": column(EventRow.received_at),
        "source": column(EventRow.source),
        "payload": _payload("payload"),
    },
    filters={
        "sources": _of_sources,
        "from": lambda row, instant: f"{row.column('occurred_at')} >= {row.param(instant, 'timestamptz')}",
        "to": lambda row, instant: f"{row.column('occurred_at')} <= {row.param(instant, 'timestamptz')}",
    },
    each={"sources": "source"},
    orders={ORDER: Order(lambda row: row.column("feed_offset"), "bigint", unique=True)},
)

EVENT_CONFLICT = View(
    "EventConflict",
    table="event_conflict",
    visible_to=_of_publishers,
    fields={
        "eventId": column(EventConflictRow.event_id),
        "occurredAt": column(EventConflictRow.occurred_at),
        "receivedAt": column(EventConflictRow.received_at),
        "source": column(EventConflictRow.source),
        "payload": _payload("payload"),
    },
    orders={"NEWEST": Order(lambda row: row.column("id"), "uuid", descending=True, unique=True)},
)

# An athlete, of whom no more is told than who they are.
PUBLISHER = View("Publisher", fields={"viewerId": node_id("Viewer"), "displayName": column("display_name")})

VIEWS = (TOPIC, PUBLISHER, EVENT_STATS, EVENT, EVENT_CONFLICT)
