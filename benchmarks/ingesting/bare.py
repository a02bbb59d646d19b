"""The limit: the same events into an equal table, with nothing around the statement that stores them."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import asyncpg

TOPIC = UUID(int=1)
# Equal to `event`: the same columns, keys and index. What counts offsets instead of a topic's row is a sequence.
TABLES = """
drop table if exists bare_event, bare_topic;
create table bare_event (like event including all);
create sequence if not exists bare_offset;
alter table bare_event alter column feed_offset set default nextval('bare_offset');
create table bare_topic (id uuid primary key, head bigint not null default 0) with (fillfactor = 50);
"""
INSERT = """
insert into bare_event (topic, event_id, occurred_at, received_at, source, payload)
select $1, id, occurred, now(), source, payload::jsonb
from unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[]) as given (id, occurred, source, payload)
on conflict do nothing
"""
LOCK = "select head from bare_topic where id = $1 for no key update"
INSERT_GAPLESS = """
with given as (
    select id, occurred, source, payload, place
    from unnest($2::text[], $3::timestamptz[], $4::text[], $5::text[]) with ordinality
        as given (id, occurred, source, payload, place)
), fresh as (
    select given.*, row_number() over (order by place) as nth
    from given
    where not exists (select from bare_event where topic = $1 and event_id = given.id)
), stored as (
    insert into bare_event (topic, feed_offset, event_id, occurred_at, received_at, source, payload)
    select $1, $6::bigint + nth, id, occurred, now(), source, payload::jsonb from fresh
    returning 1
)
update bare_topic set head = head + (select count(*) from stored) where id = $1
"""

Columns = Sequence[list[Any]]


async def prepare(database_url: str) -> None:
    """Make the tables anew."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(TABLES)
        await connection.execute("insert into bare_topic (id) values ($1)", TOPIC)
    finally:
        await connection.close()


async def store(database_url: str, batches: Iterator[Columns]) -> None:
    """Insert batch by batch; each is a transaction. A batch has no id twice."""
    connection = await asyncpg.connect(database_url)
    try:
        statement = await connection.prepare(INSERT)
        for columns in batches:
            await statement.fetch(TOPIC, *columns)
    finally:
        await connection.close()


async def store_gapless(database_url: str, batches: Iterator[Columns]) -> None:
    """The same with offsets one after the other, counted under the lock of a row."""
    connection = await asyncpg.connect(database_url)
    try:
        lock, insert = await connection.prepare(LOCK), await connection.prepare(INSERT_GAPLESS)
        for columns in batches:
            async with connection.transaction():
                head = await lock.fetchval(TOPIC)
                await insert.fetch(TOPIC, *columns, head)
    finally:
        await connection.close()
