"""One transaction of intake: which of these events are new, at what offsets they stand, and what became of the rest."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from types import MappingProxyType

import asyncpg

from domain.events.model import Batch, Event, NewEvent, Taken, TopicId, TopicNotFound
from domain.shared.errors import Unavailable
from domain.shared.ports import Ids

NEW, DUPLICATE, CONFLICTING = 0, 1, 2
HELD_RETRY_AFTER_MS = 2_000
NO_COPIES: Mapping[int, int] = MappingProxyType({})

# A statement of its own, so that the next one sees all that was committed by whoever held the topic before. The plans
# of that next one are kept for long, and a topic grows meanwhile from nothing to millions: whatever the statistics say
# just now, each event is to be looked up by its key. All is told for this transaction alone; how long to wait for the
# topic must be known before it is waited for, so it is told where rows are chosen.
LOCK = """
select head, set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('work_mem', '32MB', true)
from topic where id = $1 and set_config('lock_timeout', $2, true) is not null for no key update
"""
# Each id once, with the number of events that it stands for. An event is new (`same` is null), the same as what is
# stored under its id, or not the same. Of what was compacted away hashes are left. Time may not go back within a feed,
# whatever the clock does. Ids are looked up by comparing rows: only the index that begins with the id can do that. With
# an equality of each column PostgreSQL takes any index on the topic, and reads all of it, where it believes it empty.
TAKE = """
with moment as materialized (
    select greatest(clock_timestamp(), (
        select received_at from event where topic = $1 order by feed_offset desc limit 1)) as received_at),
judged as materialized (
    select given.*, stored.same
    from unnest($3::int[], $4::text[], $5::timestamptz[], $6::text[], $7::text[]) with ordinality
        given(copies, event_id, occurred_at, source, payload, place)
    left join lateral (
        select event.occurred_at = given.occurred_at and event.source = given.source
            and event.payload = given.payload::jsonb as same
        from event where (event.event_id, event.topic) >= (given.event_id, $1)
            and (event.event_id, event.topic) <= (given.event_id, $1)
        union all
        select gone.occurred_at = given.occurred_at and gone.source = given.source
            and gone.payload_hash = jsonb_hash_extended(given.payload::jsonb, 0)
            and gone.other_payload_hash = jsonb_hash_extended(given.payload::jsonb, 1)
        from compacted_event gone
        where (select exists (select from compacted_event where topic = $1))
            and (gone.event_id, gone.topic) >= (given.event_id, $1)
            and (gone.event_id, gone.topic) <= (given.event_id, $1)
        limit 1) stored on true),
stored as (
    insert into event (topic, feed_offset, event_id, occurred_at, received_at, source, payload)
    select $1, $2 + row_number() over (order by place), event_id, occurred_at, moment.received_at, source,
        payload::jsonb
    from judged, moment where same is null),
counted as (
    select coalesce(sum(copies), 0) as all_of_them, count(*) filter (where same is null) as new_ones,
        coalesce(sum(copies) filter (where not same), 0) as others,
        array_agg(place) filter (where same) as same_places,
        array_agg(place) filter (where not same) as other_places
    from judged),
told as (
    update topic set head = $2 + new_ones, received = received + all_of_them,
        unique_processed = unique_processed + new_ones, conflicting = conflicting + others,
        duplicates_dropped = duplicates_dropped + all_of_them - new_ones - others
    from counted where topic.id = $1)
select moment.received_at, same_places, other_places from counted, moment
"""
KEEP_CONFLICTS = """
insert into event_conflict (id, topic, event_id, occurred_at, received_at, source, payload)
select refused.id, $1, event_id, occurred_at, $2, source, payload::jsonb
from unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::text[], $7::text[])
    refused(id, event_id, occurred_at, source, payload)
"""


class TopicHeld(Unavailable):
    """Somebody has held the topic for longer than any transaction should take: a process that froze, for example."""

    def __init__(self) -> None:
        super().__init__(
            "Another change holds this topic just now, and none of these events was taken. Send them again in a "
            "moment: what was stored before is known by its id.",
            retry_after_ms=HELD_RETRY_AFTER_MS,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one transaction did."""

    taken: list[Taken]  # of each request
    accepted: Batch | None


async def take(
    connection: asyncpg.Connection,
    topic_id: TopicId,
    requests: Sequence[Sequence[NewEvent]],
    ids: Ids,
    *,
    patience_ms: int = 0,
) -> Outcome:
    """Store the events of some requests in the transaction of `connection`, which holds the topic from here on.

    Whoever else holds it is waited for so long, or for ever (0). Raises TopicHeld, TopicNotFound, and asyncpg's
    DataError for a payload that PostgreSQL does not take.
    """
    head = await _hold(connection, topic_id, patience_ms)
    events = list(chain.from_iterable(requests))
    verdicts = bytearray(len(events))
    firsts, copies, others = _by_id(events)
    received_at = await _judge(connection, topic_id, head, events, firsts, verdicts, copies)
    accepted = [events[place] for place in firsts if verdicts[place] == NEW]
    for place, first in copies.items():
        verdicts[place] = verdicts[first] or DUPLICATE
    if others:  # by now the first of each is stored: they are compared with it
        await _judge(connection, topic_id, head + len(accepted), events, others, verdicts)
    if CONFLICTING in verdicts:
        refused = [event for event, verdict in zip(events, verdicts, strict=True) if verdict == CONFLICTING]
        await connection.execute(
            KEEP_CONFLICTS, topic_id, received_at, [ids.new() for _ in refused], *_columns(refused)
        )
    batch = _batch(topic_id, accepted, head, received_at) if accepted else None
    return Outcome(_counts(requests, verdicts, head + len(accepted)), batch)


async def _hold(connection: asyncpg.Connection, topic_id: TopicId, patience_ms: int) -> int:
    """Hold the topic until the transaction ends; its last offset."""
    try:
        head: int | None = await connection.fetchval(LOCK, topic_id, str(patience_ms))
    except asyncpg.LockNotAvailableError as error:
        raise TopicHeld from error
    if head is None:
        raise TopicNotFound(str(topic_id))
    return head


def _by_id(events: Sequence[NewEvent]) -> tuple[list[int], dict[int, int], list[int]]:
    """The places of the events that are the first with their id; of those that are plainly equal to one of these, with
    its place; and of all others."""
    first_of: dict[str, int] = {}
    copies: dict[int, int] = {}
    others = []
    for place, event in enumerate(events):
        first = first_of.setdefault(event.event_id, place)
        if first != place and event == events[first]:
            copies[place] = first
        elif first != place:
            others.append(place)
    return list(first_of.values()), copies, others


async def _judge(
    connection: asyncpg.Connection,
    topic_id: TopicId,
    head: int,
    events: Sequence[NewEvent],
    places: Sequence[int],
    verdicts: bytearray,
    copies: Mapping[int, int] = NO_COPIES,
) -> datetime:
    """Store what is new of the events at `places`, and write down what each of them is; when that was."""
    counts = Counter(copies.values())
    columns = _columns([events[place] for place in places])
    row = await connection.fetchrow(TAKE, topic_id, head, [1 + counts[place] for place in places], *columns)
    for verdict, found in ((DUPLICATE, row["same_places"]), (CONFLICTING, row["other_places"])):
        for ordinal in found or ():
            verdicts[places[ordinal - 1]] = verdict
    received_at: datetime = row["received_at"]
    return received_at


def _columns(events: Sequence[NewEvent]) -> tuple[list[str], list[datetime], list[str], list[str]]:
    return (
        [event.event_id for event in events],
        [event.occurred_at for event in events],
        [event.source for event in events],
        [event.payload for event in events],
    )


def _counts(requests: Sequence[Sequence[NewEvent]], verdicts: bytearray, head: int) -> list[Taken]:
    taken, begin = [], 0
    for request in requests:
        end = begin + len(request)
        accepted, same, others = (verdicts.count(kind, begin, end) for kind in (NEW, DUPLICATE, CONFLICTING))
        taken.append(Taken(accepted, same, others, head))
        begin = end
    return taken


def _batch(topic_id: TopicId, accepted: Sequence[NewEvent], head: int, received_at: datetime) -> Batch:
    return Batch(
        topic_id,
        [
            Event(event.event_id, offset, event.occurred_at, received_at, event.source, event.payload)
            for offset, event in enumerate(accepted, head + 1)
        ],
    )
