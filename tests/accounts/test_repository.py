"""Athletes in PostgreSQL: met once, changed under a lock, living in zones that PostgreSQL can tell the days by."""

import asyncio
from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.accounts.model import Athlete, UnknownTimezone
from domain.accounts.ports import AthleteWritten, Claims
from domain.shared.once import Once
from domain.shared.ports import Ids
from domain.shared.viewer import Viewer
from infrastructure.accounts.repository import ABBREVIATIONS, PostgresAthleteRepository, TimezoneNotKept
from infrastructure.database.engine import Database
from tests.factories.analysed_runs import a_run

NEVER = datetime(2099, 1, 1, tzinfo=UTC)
SUBJECTS = count(1)


@pytest.fixture
async def athletes(app: Starlette) -> PostgresAthleteRepository:
    """A repository that remembers nobody yet, as after a restart."""
    async with Container(app.state.registry) as services:
        return PostgresAthleteRepository(*await services.aget(Database, Ids))


@pytest.fixture
async def viewer(athletes: PostgresAthleteRepository) -> Viewer:
    return await athletes.identify(claims())


def claims(*, issuer: str = "a test", subject: str = "", name: str | None = None, email: str | None = None) -> Claims:
    subject = subject or f"newcomer {next(SUBJECTS)}"
    return Claims(issuer, subject, frozenset({"training:read"}), name, email, NEVER)


def is_taken(zone: str) -> bool:
    try:
        return bool(Athlete(UUID(int=1), "Ada", None, "UTC").move_to(zone))
    except UnknownTimezone:
        return False


async def test_an_athlete_is_the_same_after_a_restart(app: Starlette, athletes: PostgresAthleteRepository) -> None:
    who = claims(name="Ada")
    first = await athletes.identify(who)
    async with Container(app.state.registry) as services:
        restarted = PostgresAthleteRepository(*await services.aget(Database, Ids))
    assert await restarted.identify(who) == first


async def test_a_subject_of_another_issuer_is_another_athlete(athletes: PostgresAthleteRepository) -> None:
    subject = f"shared {next(SUBJECTS)}"
    ids = {(await athletes.identify(claims(issuer=issuer, subject=subject))).athlete_id for issuer in ("one", "two")}
    assert len(ids) == 2


async def test_twenty_repositories_at_once_meet_one_athlete(app: Starlette) -> None:
    who = claims()
    async with Container(app.state.registry) as services:
        database, ids = await services.aget(Database, Ids)
    met = await asyncio.gather(*(PostgresAthleteRepository(database, ids).identify(who) for _ in range(20)))
    assert len({viewer.athlete_id for viewer in met}) == 1


@pytest.mark.parametrize(
    ("name", "email", "shown"),
    [
        ("Zoë ☀ 走る", None, "Zoë ☀ 走る"),
        ("a\x00b\ud800c", None, "abc"),
        (None, "ada@example.org", "ada"),
        (None, None, "Runner"),
        ("\x00", None, "Runner"),
        ("x" * 5_000, None, "x" * 100),
    ],
)
async def test_whatever_a_provider_calls_them_they_are_let_in(
    athletes: PostgresAthleteRepository, sql: asyncpg.Connection, name: str | None, email: str | None, shown: str
) -> None:
    viewer = await athletes.identify(claims(name=name, email=email))
    row = await sql.fetchrow("select display_name, email from athlete where id = $1", viewer.athlete_id)
    assert tuple(row) == (shown, email)


async def test_changes_at_once_each_see_the_one_before(
    athletes: PostgresAthleteRepository, viewer: Viewer, sql: asyncpg.Connection
) -> None:
    def longer(athlete: Athlete) -> Athlete:
        return athlete.rename(f"{athlete.display_name}+")

    await asyncio.gather(*(athletes.update(viewer, longer, once=None) for _ in range(20)))
    name = await sql.fetchval("select display_name from athlete where id = $1", viewer.athlete_id)
    assert name == "Runner" + "+" * 20


async def test_a_refused_zone_leaves_its_key(athletes: PostgresAthleteRepository, viewer: Viewer) -> None:
    once = Once(viewer.athlete_id, "once", "fingerprint")
    with pytest.raises(TimezoneNotKept):
        await athletes.update(viewer, lambda athlete: athlete.move_to("CET"), once=once)
    await athletes.update(viewer, lambda athlete: athlete.move_to("Europe/Paris"), once=once)


@pytest.mark.parametrize("zone", [*ABBREVIATIONS, "Atlantis/Capital"])
async def test_a_zone_that_python_may_know_and_postgresql_cannot_live_by_is_refused(
    athletes: PostgresAthleteRepository, viewer: Viewer, zone: str
) -> None:
    def move(athlete: Athlete) -> Athlete:
        return Athlete(athlete.id, athlete.display_name, athlete.email, zone)

    with pytest.raises(TimezoneNotKept) as refused:
        await athletes.update(viewer, move, once=None)
    assert refused.value.field == ("timezone",)
    assert zone in refused.value.message


async def test_every_zone_that_is_taken_tells_the_same_offsets_to_postgresql_and_to_python(
    sql: asyncpg.Connection,
) -> None:
    # Years that no release of the time zone database changes any more.
    instants = [datetime(2015, month, 15, 12, tzinfo=UTC) for month in (1, 4, 7, 10)]
    told = "select array_agg(i at time zone $1 order by i) from unnest($2::timestamptz[]) i"
    differing = set()
    for zone in filter(is_taken, sorted(available_timezones() - set(ABBREVIATIONS))):
        local = [instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for instant in instants]
        if await sql.fetchval(told, zone, instants) != local:
            differing.add(zone)
    assert differing == set()


@pytest.mark.parametrize("zone", ABBREVIATIONS)
async def test_the_zones_that_are_refused_have_no_summer_in_postgresql(sql: asyncpg.Connection, zone: str) -> None:
    noon = datetime(2015, 7, 15, 12, tzinfo=UTC)
    told: datetime = await sql.fetchval("select $2::timestamptz at time zone $1", zone, noon)
    assert told.date() == date(2015, 7, 15)
    assert told != noon.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


async def moved(
    athletes: PostgresAthleteRepository, viewer: Viewer, zone: str, *, once: Once | None = None
) -> AthleteWritten:
    return await athletes.update(viewer, lambda athlete: athlete.move_to(zone), once=once)


async def asked_for(sql: asyncpg.Connection, written: AthleteWritten) -> set[UUID]:
    """The runs that a change has analysed anew."""
    return {row["run"] for row in await sql.fetch("select run from job_item where job = $1", written.job_id)}


async def test_who_moves_to_another_zone_has_their_recorded_runs_analysed_anew(
    athletes: PostgresAthleteRepository, viewer: Viewer, sql: asyncpg.Connection
) -> None:
    recorded = {await a_run(sql, viewer.athlete_id, analysis_state=state) for state in ("DONE", "FAILED")}
    await a_run(sql, viewer.athlete_id)
    written = await moved(athletes, viewer, "Asia/Tokyo")
    assert (written.id, await asked_for(sql, written)) == (viewer.athlete_id, recorded)
    pending = "select id from run where athlete = $1 and analysis_state = 'PENDING'"
    assert {row["id"] for row in await sql.fetch(pending, viewer.athlete_id)} == recorded


async def test_only_the_runs_that_the_new_clock_tells_otherwise_are(
    athletes: PostgresAthleteRepository, viewer: Viewer, sql: asyncpg.Connection
) -> None:
    """London has the time of Reykjavík in winter; its clocks went forward at 01:00 on 29 March 2015."""
    instants = [
        datetime(2015, 1, 15, 12, tzinfo=UTC),
        datetime(2015, 3, 29, 0, 30, tzinfo=UTC),
        datetime(2015, 7, 15, 12, tzinfo=UTC),
    ]
    _, across, summer = [
        await a_run(sql, viewer.athlete_id, instant, analysis_state="DONE", elapsed_time_s=7200) for instant in instants
    ]
    await moved(athletes, viewer, "Atlantic/Reykjavik")
    assert await asked_for(sql, await moved(athletes, viewer, "Europe/London")) == {across, summer}


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC"])
async def test_whose_clock_stays_the_same_has_nothing_analysed_anew(
    athletes: PostgresAthleteRepository, viewer: Viewer, sql: asyncpg.Connection, zone: str
) -> None:
    await a_run(sql, viewer.athlete_id, analysis_state="DONE")
    assert (await moved(athletes, viewer, zone)).job_id is None


async def test_who_takes_another_name_has_nothing_analysed_anew(
    athletes: PostgresAthleteRepository, viewer: Viewer, sql: asyncpg.Connection
) -> None:
    await a_run(sql, viewer.athlete_id, analysis_state="DONE")
    written = await athletes.update(viewer, lambda athlete: athlete.rename("Other"), once=None)
    assert written == AthleteWritten(viewer.athlete_id, None)


async def test_the_same_move_again_answers_as_before(
    athletes: PostgresAthleteRepository, viewer: Viewer, sql: asyncpg.Connection
) -> None:
    await a_run(sql, viewer.athlete_id, analysis_state="DONE")
    once = Once(viewer.athlete_id, "once", "fingerprint")
    first = await moved(athletes, viewer, "Asia/Tokyo", once=once)
    assert first.job_id is not None
    assert await moved(athletes, viewer, "Asia/Tokyo", once=once) == first
