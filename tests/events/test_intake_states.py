"""Whatever comes in whatever order, a topic holds what a dictionary of first comers would."""

from dataclasses import dataclass, field

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.events.model import NewEvent, Taken, TopicId
from infrastructure.events.taking import take
from tests.factories.intake import IDS, a_topic_id, an_event, counters

PAYLOADS = ("1", "1.0", '{"a": 1, "b": [2]}', '{"b":[2],"a":1}', '"x"')
MEANINGS = (1, 1, 2, 2, 3)  # which of these payloads are the same JSON
EVENTS = st.builds(
    lambda number, payload, source: (an_event(number, payload=PAYLOADS[payload], source=source), MEANINGS[payload]),
    st.integers(0, 3), st.integers(0, 4), st.sampled_from("ab"),
)  # fmt: skip
REQUESTS = st.lists(EVENTS, max_size=5)
COMPACT = """
with gone as (
    delete from event where topic = $1 and feed_offset <= $2
    returning topic, event_id, feed_offset, occurred_at, received_at, source, payload)
insert into compacted_event
select topic, event_id, feed_offset, occurred_at, received_at, source,
    jsonb_hash_extended(payload, 0), jsonb_hash_extended(payload, 1)
from gone
"""


@dataclass
class FirstComers:
    """What a topic does, told by a dictionary."""

    first: dict[str, tuple[object, ...]] = field(default_factory=dict)

    def take(self, events: list[tuple[NewEvent, int]]) -> Taken:
        counts = [0, 0, 0]
        for event, meaning in events:
            seen = (event.occurred_at, event.source, meaning)
            kept = self.first.get(event.event_id)
            counts[0 if kept is None else 1 if kept == seen else 2] += 1
            self.first.setdefault(event.event_id, seen)
        return Taken(*counts, head=len(self.first))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transactions=st.lists(st.lists(REQUESTS, min_size=1, max_size=3), max_size=4), gone=st.integers(0, 4))
async def test_a_topic_holds_what_a_dictionary_of_first_comers_would(
    tables: None, sql: asyncpg.Connection, transactions: list[list[list[tuple[NewEvent, int]]]], gone: int
) -> None:
    topic_id, model = await a_topic_id(sql), FirstComers()
    for requests in transactions:
        async with sql.transaction():
            outcome = await take(sql, topic_id, [[event for event, _ in request] for request in requests], IDS)
        told = [model.take(request) for request in requests]
        assert [(one.accepted, one.duplicates, one.conflicting) for one in outcome.taken] == [
            (one.accepted, one.duplicates, one.conflicting) for one in told
        ]
        assert {one.head for one in outcome.taken} == {len(model.first)}
        await sql.execute(COMPACT, topic_id, gone)  # what is gone is known all the same
    await require_same(sql, topic_id, model)


async def require_same(sql: asyncpg.Connection, topic_id: TopicId, model: FirstComers) -> None:
    known = await sql.fetch(
        "select feed_offset, event_id from event where topic = $1"
        " union all select feed_offset, event_id from compacted_event where topic = $1 order by 1",
        topic_id,
    )
    assert [tuple(row) for row in known] == list(enumerate(model.first, 1))
    assert (await counters(sql, topic_id))["head"] == len(model.first)
