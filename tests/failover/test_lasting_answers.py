"""An answer that is lost on its way costs nothing: what was done is found, and not done again."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from app.runs.jobs import import_runs
from configuration.settings import Settings
from domain.accounts.ports import AthleteRepository, Claims
from domain.operations.model import JobId
from domain.shared.ports import Ids
from domain.zones.ports import ZoneRepository
from infrastructure.operations.sweep_lease import sweep_lease
from tests.conftest import Athlete
from tests.factories.imports import a_short_course, key_of
from tests.factories.lasting import an_app, asking, database_of
from tests.factories.recordings import fit_bytes
from tests.factories.severing import Way, a_way
from tests.factories.topics import CREATE, a_name, a_topic, an_event, publish

LATER = datetime(2126, 1, 1, tzinfo=UTC)
VIEWER = "{ viewer { id } }"
ADD_JOB = "insert into job (id, athlete, kind, status) values ($1, $2, 'COMPUTE_ZONES', 'QUEUED')"
JOB = "select status, attempts, leased_by from job where id = $1"
ATHLETE = "select id from athlete where subject = $1"
STATS = "select unique_processed, (select count(*) from event where topic = topic.id) from topic where name = $1"
WHAT_CAME = """
select job.status, array(select i.status::text from job_item i where i.job = job.id) as items,
    (select count(*) from run where run.athlete = job.athlete) as runs
from job where id = $1
"""


@pytest.fixture(scope="module")
async def way(settings: Settings) -> AsyncIterator[Way]:
    assert settings.database_url is not None
    async with a_way(settings.database_url) as way:
        yield way


@pytest.fixture(scope="module")
async def lossy(settings: Settings, way: Way) -> AsyncIterator[Starlette]:
    """An application that goes by that way."""
    async with an_app(settings, database_url=way.url) as app:
        yield app


@pytest.fixture
async def ada(lossy: Starlette) -> AsyncIterator[Athlete]:
    async with asking(lossy) as newcomer:
        ada = newcomer()
        await ada.get(VIEWER)
        yield ada


@pytest.fixture
async def job_id(lossy: Starlette, ada: Athlete, sql: asyncpg.Connection) -> JobId:
    """A job of hers that waits."""
    job_id = JobId(UUID(int=int(await sql.fetchval("select count(*) from job")) + 1))
    await sql.execute(ADD_JOB, job_id, await sql.fetchval(ATHLETE, ada.name))
    return job_id


@pytest.fixture
async def jobs(lossy: Starlette) -> ZoneRepository:
    async with Container(lossy.state.registry) as services:
        return await services.aget(ZoneRepository)


@pytest.mark.parametrize("key", [{}, {"idempotencyKey": "k"}], ids=["without a key", "with a key"])
async def test_a_mutation_is_done_once(way: Way, ada: Athlete, key: dict[str, str]) -> None:
    lost, name = way.lost, a_name(ada)
    way.lose_answer()
    told = (await ada.get(CREATE, input={"name": name} | key))["createTopic"]
    assert (told["userErrors"], told["topic"]["name"], way.lost) == ([], name, lost + 1)


@pytest.mark.parametrize("key", [{}, {"idempotencyKey": "k"}], ids=["without a key", "with a key"])
async def test_events_are_taken_in_once(way: Way, ada: Athlete, sql: asyncpg.Connection, key: dict[str, str]) -> None:
    topic, lost = await a_topic(ada), way.lost
    way.lose_answer()
    told = await publish(ada, topic, [an_event("e1"), an_event("e2")], **key)
    assert (told["headOffset"], told["accepted"] + told["duplicates"], way.lost) == ("2", 2, lost + 1)
    assert tuple(await sql.fetchrow(STATS, topic)) == (2, 2)


@pytest.mark.parametrize("nth", [1, 2, 3, 4], ids=["taking a file", "storing it", "taking the next", "ending the job"])
async def test_a_job_stores_what_it_makes_once(
    lossy: Starlette, way: Way, ada: Athlete, sql: asyncpg.Connection, nth: int
) -> None:
    job = key_of((await ada.upload(("a.fit", fit_bytes(a_short_course()))))["job"]["id"])
    lost = way.lost
    way.lose_answer(nth=nth)
    for _ in range(2):  # given up where the answer was lost, and taken up again
        await import_runs({"registry": lossy.state.registry}, str(job))
    assert way.lost == lost + 1
    assert tuple(await sql.fetchrow(WHAT_CAME, job)) == ("SUCCEEDED", ["SUCCEEDED"], 1)


async def test_a_job_is_taken_up_and_counted_once(way: Way, jobs: ZoneRepository, job_id: JobId) -> None:
    worker, lost = UUID(int=77), way.lost
    way.lose_answer(to=worker.bytes)
    claim = await jobs.claim(job_id, worker)
    assert claim is not None
    assert (claim.attempts, way.lost) == (1, lost + 1)


async def test_a_job_is_let_go_of_once(way: Way, jobs: ZoneRepository, job_id: JobId, sql: asyncpg.Connection) -> None:
    worker, lost = UUID(int=78), way.lost
    claim = await jobs.claim(job_id, worker)
    assert claim is not None
    way.lose_answer(to=worker.bytes)
    await jobs.release(claim)
    assert (way.lost, tuple(await sql.fetchrow(JOB, job_id))) == (lost + 1, ("RUNNING", 0, None))


async def test_a_mistake_with_a_job_is_noted_once(
    way: Way, jobs: ZoneRepository, job_id: JobId, sql: asyncpg.Connection
) -> None:
    worker, lost = UUID(int=79), way.lost
    claim = await jobs.claim(job_id, worker)
    assert claim is not None
    way.lose_answer(to=worker.bytes)
    await jobs.give_up(claim)
    assert (way.lost, tuple(await sql.fetchrow(JOB, job_id))) == (lost + 1, ("RUNNING", 1, None))


class OneId:
    """Ids that are known beforehand."""

    def __init__(self, id: int) -> None:
        self.id = UUID(int=id)

    def new(self) -> UUID:
        return self.id


async def test_a_sweep_is_begun_by_whoever_asked_for_it(lossy: Starlette, way: Way) -> None:
    ids: Ids = OneId(80)
    way.lose_answer(to=ids.new().bytes)
    lost = way.lost
    async with sweep_lease(await database_of(lossy), ids, "lossy", 60) as lease:
        assert lease is not None
    assert way.lost == lost + 1


async def test_a_sweep_that_another_holds_stays_theirs(lossy: Starlette) -> None:
    database = await database_of(lossy)
    async with (
        sweep_lease(database, OneId(81), "held", 0) as first,
        sweep_lease(database, OneId(82), "held", 0) as second,
    ):
        assert (first is None, second is None) == (False, True)


async def test_an_athlete_is_met_once(lossy: Starlette, way: Way, sql: asyncpg.Connection) -> None:
    claims = Claims(issuer="lossy", subject="once", name=None, email=None, scopes=frozenset(), expires_at=LATER)
    async with Container(lossy.state.registry) as services:
        athletes, lost = await services.aget(AthleteRepository), way.lost
    way.lose_answer(to=b"insert into athlete (id, issuer, subject")
    viewer = await athletes.identify(claims)
    assert (viewer.athlete_id, way.lost) == (await sql.fetchval(ATHLETE, "once"), lost + 1)
