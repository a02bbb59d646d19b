"""Topics, their events at gapless offsets, what is known of events that are gone, and trackers that publish."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration

ID = "2026-11-21T13:00:00:000000"
DESCRIPTION = __doc__

# A topic's row is its lock: whoever takes events holds it, so that offsets become visible in their order. It changes
# with every batch: the free half of each page takes the new version without touching an index.
TOPICS = """
create table topic (
    id uuid primary key,
    name text not null,
    owner uuid not null references athlete (id) on delete restrict,
    kind text not null,
    retention_days integer,
    compacted boolean not null default false,
    head bigint not null default 0,
    earliest bigint not null default 1,
    received bigint not null default 0,
    unique_processed bigint not null default 0,
    duplicates_dropped bigint not null default 0,
    conflicting bigint not null default 0,
    created_at timestamptz not null default now(),
    constraint topic_name_key unique (name),
    constraint topic_kind_check check (kind in ('GENERAL', 'RACE')),
    constraint topic_retention_check check (retention_days between 1 and 3650),
    constraint topic_counters_check check (received = unique_processed + duplicates_dropped + conflicting)
) with (fillfactor = 50);
create index topic_owner on topic (owner);

create table topic_publisher (
    topic uuid not null references topic (id) on delete cascade,
    athlete uuid not null references athlete (id) on delete cascade,
    constraint topic_publisher_pkey primary key (topic, athlete)
);
create index topic_publisher_athlete on topic_publisher (athlete);
"""

# Without foreign keys: to check them would take longer than to store an event, and topics are not deleted.
# Ids come first in their keys: PostgreSQL may take nothing else to look one up (see infrastructure/events/taking.py).
# Of what was compacted away there stays enough to know a repeat from a conflict: jsonb hashes alike what is equal.
EVENTS = """
create table event (
    topic uuid not null,
    feed_offset bigint not null,
    event_id text not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    source text not null,
    payload jsonb not null,
    constraint event_pkey primary key (topic, feed_offset),
    constraint event_id_key unique (event_id, topic)
);
create index event_source on event (topic, source, feed_offset);

create table compacted_event (
    topic uuid not null,
    event_id text not null,
    feed_offset bigint not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    source text not null,
    payload_hash bigint not null,
    other_payload_hash bigint not null,
    constraint compacted_event_pkey primary key (event_id, topic)
);
create index compacted_event_offset on compacted_event (topic, feed_offset);

create table event_conflict (
    id uuid primary key,
    topic uuid not null references topic (id) on delete cascade,
    event_id text not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    source text not null,
    payload jsonb not null
);
create index event_conflict_topic on event_conflict (topic, id);
"""

# A key in an address that is typed into a phone: it is known by its hash alone, and publishes as one source, for as long
# as whoever made it may publish: who runs the installation always may, which their token said when they made it.
TRACKERS = """
create table tracker (
    id uuid primary key,
    topic uuid not null references topic (id) on delete cascade,
    source text not null,
    key_hash bytea not null,
    created_by uuid not null references athlete (id) on delete cascade,
    by_operations boolean not null default false,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    constraint tracker_key_hash_key unique (key_hash)
);
create index tracker_topic on tracker (topic, id);
create index tracker_created_by on tracker (created_by);
"""

# What a publisher was answered whose request carried a key: counts, where other writes answer ids.
ANSWERS = """
alter table idempotency add column told jsonb;
"""


async def forwards() -> MigrationManager:
    """Make the tables."""
    manager = MigrationManager(migration_id=ID, app_name="cairn", description=DESCRIPTION)

    async def make_tables() -> None:
        for part in (TOPICS, EVENTS, TRACKERS, ANSWERS):
            for statement in part.split(";\n"):
                if statement.strip():
                    await Migration.raw(statement)

    manager.add_raw(make_tables)
    return manager
