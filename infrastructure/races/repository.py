"""Races in PostgreSQL."""

from collections.abc import Callable, Sequence
from uuid import UUID

import asyncpg
import numpy as np

from domain.analysis.profile import grid_m, profile_of
from domain.events.model import TopicId
from domain.races.model import Race
from domain.races.ports import RaceVersion
from domain.races.profile import MOST_PROFILE_POINTS, CourseProfile
from domain.shared.once import Once
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database
from infrastructure.database.failures import Collided
from infrastructure.database.once import write_once
from infrastructure.races.documents import from_row, to_row
from infrastructure.runs.streams import CHANNELS, unpack

COLUMNS = "topic, name, starts_at, checkpoints, profile, entries"
LOCKED = f"select {COLUMNS} from race where topic = $1 for update"
FIRST = f"insert into race ({COLUMNS}) values ($1, $2, $3, $4, $5, $6) on conflict (topic) do nothing returning topic"
ANEW = """
update race set name = $2, starts_at = $3, checkpoints = $4, profile = $5, entries = $6, version = version + 1,
    updated_at = now()
where topic = $1 returning topic
"""
VERSION = """
select race.topic as topic_id, race.version as number, topic.head, topic.earliest,
    (select event_id from event where event.topic = topic.id and feed_offset = topic.head) as newest
from race join topic on topic.id = race.topic where topic.name = $1
"""
AT = f"select {COLUMNS} from race where topic = $1 and version = $2"
STREAM = f"""
select {", ".join(f"run_stream.{channel.column}" for channel in CHANNELS)}
from run join run_stream on run_stream.run = run.id where run.id = $1 and run.athlete = $2
"""
HAS_EVENT = "select exists (select from event where topic = $1 and event_id = $2)"


class PostgresRaceRepository:
    """See RaceRepository."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def update(
        self, topic_id: TopicId, change: Callable[[Race | None], Race], *, once: Once | None = None
    ) -> None:
        """See RaceRepository.update."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            row = await connection.fetchrow(LOCKED, topic_id)
            race = change(None if row is None else from_row(row))
            if await connection.fetchval(FIRST if row is None else ANEW, *to_row(race)) is None:
                raise Collided  # somebody else set the topic's first race meanwhile: once more, with that one
            return [topic_id]

        await write_once(self._database, once, write)

    async def version(self, topic: str) -> RaceVersion | None:
        """See RaceRepository.version."""
        if "\x00" in topic:
            return None
        rows = await self._database.fetch(VERSION, topic)
        return RaceVersion(**rows[0]) if rows else None

    async def at(self, version: RaceVersion) -> Race | None:
        """See RaceRepository.at."""
        rows = await self._database.fetch(AT, version.topic_id, version.number)
        return from_row(rows[0]) if rows else None

    async def course_of_run(self, run_id: UUID, viewer: Viewer) -> CourseProfile | None:
        """See RaceRepository.course_of_run. As smooth as an analysis takes the run's ground to be."""
        rows = await self._database.fetch(STREAM, run_id, viewer.athlete_id)
        ground = profile_of(unpack(rows[0])) if rows else None
        if ground is None or not ground.has_altitude:
            return None
        places = np.linspace(0, ground.altitude_m.size - 1, min(ground.altitude_m.size, MOST_PROFILE_POINTS))
        steps = np.round(places).astype(np.int64)
        return CourseProfile(
            tuple(np.round(grid_m(ground)[steps], 1).tolist()), tuple(np.round(ground.altitude_m[steps], 1).tolist())
        )

    async def has_event(self, topic_id: TopicId, event_id: str) -> bool:
        """See RaceRepository.has_event."""
        if "\x00" in event_id:
            return False
        return bool(await self._database.fetchval(HAS_EVENT, topic_id, event_id))
