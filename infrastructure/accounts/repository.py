"""Athletes in PostgreSQL."""

from collections.abc import Callable, Sequence
from uuid import UUID

import asyncpg

from domain.accounts.model import Athlete
from domain.accounts.ports import AthleteWritten, Claims
from domain.operations.model import JobId
from domain.shared.errors import Invalid
from domain.shared.once import Once
from domain.shared.ports import HoldUp, Ids
from domain.shared.viewer import Viewer
from infrastructure.database.engine import Database
from infrastructure.database.once import write_once
from infrastructure.operations.follow_ups import request_analysis

REMEMBERED_ATHLETES = 10_000

# Nothing is updated when the athlete is there: the no-op makes the existing id come back.
FIRST_SIGHT = """
insert into athlete (id, issuer, subject, display_name, email, timezone) values ($1, $2, $3, $4, $5, $6)
on conflict on constraint athlete_issuer_subject_key do update set issuer = excluded.issuer
returning id
"""
KNOWN = "select id from athlete where issuer = $1 and subject = $2"
LOCK_ATHLETE = "select id, display_name, email, timezone from athlete where id = $1 for no key update"
UPDATE_ATHLETE = "update athlete set display_name = $2, timezone = $3 where id = $1"

# Days are cut by PostgreSQL, whose zones are its own. To these names it gives the winter time of the abbreviation, the
# whole year through, before it looks for a zone: https://www.postgresql.org/docs/current/datetime-config-files.html
ABBREVIATIONS = ("CET", "EET", "MET", "WET")
IS_ZONE = "select exists (select from pg_timezone_names where name = $1 and name <> all ($2))"
# The hour and the day of a run are told by its athlete's clock, and by these its segments are compared and the figures
# found that it is judged by. Zones that agree on a run from end to end leave it as it is.
RUNS_TOLD_OTHERWISE = """
select id from run where athlete = $1 and analysis_state is not null
    and (started_at at time zone $2::text <> started_at at time zone $3::text
        or ended_at at time zone $2 <> ended_at at time zone $3)
"""


class TimezoneNotKept(Invalid):
    """A zone that the time zone database has, and by which this database cannot tell the days."""

    def __init__(self, timezone: str) -> None:
        super().__init__(
            f"Days cannot be told by {timezone} here. Use the zone of a city, such as Europe/Zurich or America/Denver.",
            field=("timezone",),
        )


class PostgresAthleteRepository:
    """See AthleteRepository. Ids never change, so those seen lately are remembered here.

    But not beyond an outage: whoever was seen just before may be lost with it, where the standby was behind.
    """

    def __init__(self, database: Database, ids: Ids) -> None:
        self._database, self._ids = database, ids
        self._seen: dict[tuple[str, str], UUID] = {}
        self._outages = 0  # as many as there had been when they were seen

    async def identify(self, claims: Claims) -> Viewer:
        """See AthleteRepository.identify."""
        known = self.remembered(claims)
        if known is not None:
            return known
        who = (claims.issuer, claims.subject)
        athlete_id = await self._database.fetchval(KNOWN, *who) or await self._meet(claims)
        if len(self._seen) >= REMEMBERED_ATHLETES:
            self._seen.clear()
        if self._database.hold_up is not HoldUp.AWAY and self._outages == self._database.outages:
            self._seen[who] = athlete_id
        return Viewer(athlete_id, claims.scopes, claims.expires_at)

    def remembered(self, claims: Claims) -> Viewer | None:
        """See AthleteRepository.remembered."""
        if self._outages != self._database.outages:
            self._outages = self._database.outages
            self._seen.clear()
        athlete_id = self._seen.get((claims.issuer, claims.subject))
        return None if athlete_id is None else Viewer(athlete_id, claims.scopes, claims.expires_at)

    async def update(
        self, viewer: Viewer, change: Callable[[Athlete], Athlete], *, once: Once | None
    ) -> AthleteWritten:
        """See AthleteRepository.update."""

        async def write(connection: asyncpg.Connection) -> Sequence[UUID]:
            before = Athlete(**await connection.fetchrow(LOCK_ATHLETE, viewer.athlete_id))
            after = change(before)
            moved = after.timezone != before.timezone
            if moved and not await connection.fetchval(IS_ZONE, after.timezone, ABBREVIATIONS):
                raise TimezoneNotKept(after.timezone)
            if after != before:
                await connection.execute(UPDATE_ATHLETE, after.id, after.display_name, after.timezone)
            return [after.id, *(await self._tell_anew(connection, before, after) if moved else [])]

        ids = await write_once(self._database, once, write)
        return AthleteWritten(ids[0], JobId(ids[1]) if len(ids) > 1 else None)

    async def _tell_anew(self, connection: asyncpg.Connection, before: Athlete, after: Athlete) -> list[UUID]:
        """Ask for the analysis of the runs that the new clock tells otherwise; the job that will, if any."""
        runs = await connection.fetch(RUNS_TOLD_OTHERWISE, after.id, before.timezone, after.timezone)
        job_id = await request_analysis(connection, after.id, [row["id"] for row in runs], self._ids)
        return [] if job_id is None else [job_id]

    async def _meet(self, claims: Claims) -> UUID:
        athlete = Athlete.newcomer(self._ids.new(), name=claims.name, email=claims.email)
        athlete_id: UUID = await self._database.fetchval(
            FIRST_SIGHT,
            athlete.id,
            claims.issuer,
            claims.subject,
            athlete.display_name,
            athlete.email,
            athlete.timezone,
        )
        return athlete_id
