"""Each event is looked up by its id and topic alone, whatever PostgreSQL believes of how much a table holds."""

import re

import asyncpg
import pytest

from domain.events.model import TopicId
from infrastructure.events.taking import LOCK, TAKE

# A table of the same name that hides the other until the transaction ends, so that what is known of it can be chosen.
HIDE = """
create temp table {table} (like public.{table} including indexes) on commit drop;
insert into {table} select (jsonb_populate_record(null::{table}, jsonb_build_object(
    'topic', '{topic}', 'feed_offset', number, 'event_id', 'old ' || number, 'occurred_at', now(), 'received_at', now(),
    'source', 'mat', 'payload', 1, 'payload_hash', 1, 'other_payload_hash', 1))).*
from generate_series(1, {rows}) number;
analyze {table}
"""
EXPLAIN = """
explain execute taking('{topic}', 7, '{{1,1}}', '{{a,b}}', '{{2026-06-01,2026-06-01}}', '{{mat,mat}}', '{{1,2}}')
"""
LOOKED_UP = re.compile(r"Index Scan using \S+ on (event event_\d|compacted_event gone) .*\n *Index Cond: (.*)\n(.*)")


async def plan(sql: asyncpg.Connection, topic_id: TopicId, *, rows: int, mode: str) -> str:
    """How the events of a topic that holds so many would be told from those."""
    transaction = sql.transaction()
    await transaction.start()
    try:
        for table in ("event", "compacted_event"):
            await sql.execute(HIDE.format(table=table, topic=topic_id, rows=rows))
        await sql.fetchval(LOCK, topic_id, "0")
        await sql.execute(f"set local plan_cache_mode = {mode}; prepare taking as {TAKE}")
        lines = [row[0] for row in await sql.fetch(EXPLAIN.format(topic=topic_id))]
        await sql.execute("deallocate taking")
    finally:
        await transaction.rollback()
    return "\n".join(lines)


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
@pytest.mark.parametrize("rows", [0, 3, 2_000])
async def test_each_event_is_looked_up_by_its_key_however_small_its_table_is_when_the_plan_is_made(
    topic_id: TopicId, sql: asyncpg.Connection, rows: int, mode: str
) -> None:
    explained = await plan(sql, topic_id, rows=rows, mode=mode)
    assert re.findall("Seq Scan|Hash Join|Merge Join", explained) == []
    found = LOOKED_UP.findall(explained)
    assert [table.split()[0] for table, *_ in found] == ["event", "compacted_event"]
    for _, condition, next_line in found:
        assert "ROW(event_id, topic) >= " in condition
        assert "ROW(event_id, topic) <= " in condition
        assert "Filter" not in next_line, "what has the same id on other topics is not even looked at"
