"""Races: what is run on a topic, by whom, along which course."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration

ID = "2026-11-21T14:00:00:000000"
DESCRIPTION = __doc__

# Set and read as a whole, so its lists are documents. The version tells whoever holds a race in memory that it changed.
RACES = """
create table race (
    topic uuid primary key references topic (id) on delete cascade,
    version bigint not null default 1,
    name text not null,
    starts_at timestamptz not null,
    checkpoints jsonb not null,
    profile jsonb,
    entries jsonb not null,
    updated_at timestamptz not null default now()
)
"""


async def forwards() -> MigrationManager:
    """Make the table."""
    manager = MigrationManager(migration_id=ID, app_name="cairn", description=DESCRIPTION)

    async def make_table() -> None:
        await Migration.raw(RACES)

    manager.add_raw(make_table)
    return manager
