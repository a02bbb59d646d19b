"""Trackers in PostgreSQL, and the chance that their keys are made of."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg

from domain.events.trackers import KEY_LENGTH, KEY_LETTERS, Tracker, TrackerId, TrackerNotFound
from domain.shared.once import Once
from domain.shared.viewer import Scope, Viewer
from infrastructure.database.engine import Database
from infrastructure.database.once import write_once

INSERT = """
insert into tracker (id, topic, source, created_by, by_operations, key_hash) values ($1, $2, $3, $4, $5, $6)
"""
# As Topic.require_publisher has it, of whoever made the tracker.
BY_KEY = """
select tracker.id, topic as topic_id, source, created_by, by_operations
from tracker join topic on topic.id = tracker.topic
where key_hash = $1 and revoked_at is null and (by_operations or created_by = topic.owner
    or exists (select from topic_publisher named where named.topic = topic.id and named.athlete = created_by))
"""
REVOKE = """
update tracker set revoked_at = coalesce(revoked_at, $2)
where id = $1 and ($4 or created_by = $3 or exists (select from topic t where t.id = tracker.topic and t.owner = $3))
returning id
"""


class RandomTrackerKeys:
    """See TrackerKeys."""

    def new(self) -> str:
        """See TrackerKeys.new."""
        return "".join(secrets.choice(KEY_LETTERS) for _ in range(KEY_LENGTH))


class PostgresTrackerRepository:
    """See TrackerRepository."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, tracker: Tracker, key_hash: bytes, *, once: Once | None) -> TrackerId:
        """See TrackerRepository.create."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            maker = (tracker.created_by, tracker.by_operations)
            await connection.execute(INSERT, tracker.id, tracker.topic_id, tracker.source, *maker, key_hash)
            return [tracker.id]

        return TrackerId((await write_once(self._database, once, write))[0])

    async def by_key(self, key_hash: bytes) -> Tracker:
        """See TrackerRepository.by_key."""
        rows = await self._database.fetch(BY_KEY, key_hash)
        if not rows:
            raise TrackerNotFound
        return Tracker(**rows[0])

    async def revoke(self, tracker_id: TrackerId, viewer: Viewer, *, at: datetime, once: Once | None) -> TrackerId:
        """See TrackerRepository.revoke."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            runs_all = Scope.OPERATIONS in viewer.scopes
            revoked = await connection.fetchval(REVOKE, tracker_id, at, viewer.athlete_id, runs_all)
            if revoked is None:
                raise TrackerNotFound
            return [revoked]

        return TrackerId((await write_once(self._database, once, write))[0])
