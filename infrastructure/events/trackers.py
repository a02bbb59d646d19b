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

INSERT = "insert into tracker (id, topic, source, created_by, key_hash) values ($1, $2, $3, $4, $5)"
BY_KEY = "select id, topic as topic_id, source, created_by from tracker where key_hash = $1 and revoked_at is null"
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
            values = (tracker.id, tracker.topic_id, tracker.source, tracker.created_by, key_hash)
            await connection.execute(INSERT, *values)
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
