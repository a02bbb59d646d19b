"""Whoever watches the runs hears of every change once, in order, whatever becomes of the bus."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from svcs import Container

from app.edge.engine import Engine
from app.edge.operation import Caller
from app.edge.request import GraphQLRequest
from app.main import create_app
from configuration.settings import Settings
from domain.operations.model import JobKind
from domain.operations.ports import Bus
from domain.runs.ports import RunChanges
from infrastructure.database.engine import Database
from infrastructure.runs.changes import PostgresRunChanges
from tests.conftest import Athlete
from tests.factories.analysed_runs import athlete_id_of
from tests.factories.imports import Work, imported
from tests.factories.run_requests import recorded, told
from tests.factories.scored_runs import a_scored_file
from tests.factories.understood_runs import imported_runs, jobs_of, runs_to_analyse
from tests.fakes.buses import SilentBus

WATCH = "subscription { runChanged { kind runId run { name analysisState } } }"
WATCH_JOB = "subscription($id: ID!) { job(id: $id) { kind status progress } }"
NUMBERS = "select number from run_change where athlete = $1 order by number"
WITHIN_S = 30


class WatchedChanges(PostgresRunChanges):
    """The RunChanges port, saying when a watcher has noted where it begins."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.begun = asyncio.Event()

    async def latest(self, athlete_id: UUID) -> int:
        number = await super().latest(athlete_id)
        self.begun.set()
        return number


@asynccontextmanager
async def watching(
    settings: Settings,
    athlete: Athlete,
    document: str = WATCH,
    field: str = "runChanged",
    *,
    services: Mapping[type, object] = {},
    **variables: Any,
) -> AsyncIterator[asyncio.Queue[dict[str, Any]]]:
    """What a subscription tells from now on, in a replica of its own."""
    application = create_app(settings)
    async with application.router.lifespan_context(application):
        async with Container(application.state.registry) as container:
            changes = WatchedChanges(await container.aget(Database))
        for port, service in {RunChanges: changes, **services}.items():
            application.state.registry.register_value(port, service)
        bearer = f"Bearer {athlete.token}".encode()
        caller = Caller(HTTPConnection({"type": "websocket", "headers": [(b"authorization", bearer)]}))
        engine: Engine = application.state.engine
        stream = engine.events(engine.prepare(GraphQLRequest(document, variables=variables)), caller, "watching")
        heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        async def listen() -> None:
            async for answer in stream:
                heard.put_nowait(orjson.loads(answer.body)["data"][field])

        listening = asyncio.create_task(listen())
        if field == "runChanged":
            await asyncio.wait_for(changes.begun.wait(), WITHIN_S)
        yield heard
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await stream.aclose()


async def next_of(heard: asyncio.Queue[dict[str, Any]], count: int) -> list[dict[str, Any]]:
    """So many things that were told, in their order."""
    async with asyncio.timeout(WITHIN_S):
        return [await heard.get() for _ in range(count)]


@pytest.mark.parametrize("services", [{}, {Bus: SilentBus()}], ids=["bus", "silent bus"])
async def test_all_that_happens_to_a_run_is_told_once_and_in_order(
    settings: Settings, ada: Athlete, work: Work, services: Mapping[type, object]
) -> None:
    async with watching(settings, ada, services=services) as heard:
        (run_id,) = await imported_runs(ada, work, a_scored_file())
        assert (await told(ada, "updateRun", id=run_id, name="Up the hill"))["userErrors"] == []
        await told(ada, "deleteRun", id=run_id)
        last = await recorded(ada)
        changes = await next_of(heard, 6)
        assert heard.empty()
    told_of_it = [change["kind"] for change in changes if change["runId"] == run_id]
    assert told_of_it == ["CREATED", "ANALYSED", "ZONED", "UPDATED", "DELETED"]
    assert (changes[-1]["kind"], changes[-1]["runId"]) == ("CREATED", last["id"])


async def test_a_change_comes_with_the_run_as_it_is_then(settings: Settings, ada: Athlete, work: Work) -> None:
    async with watching(settings, ada) as heard:
        (run_id,) = await imported_runs(ada, work, a_scored_file())
        *_, zoned = await next_of(heard, 3)
        await told(ada, "deleteRun", id=run_id)
        (deleted,) = await next_of(heard, 1)
    assert zoned["run"] == {"name": "00", "analysisState": "DONE"}
    assert (deleted["kind"], deleted["runId"], deleted["run"]) == ("DELETED", run_id, None)


async def test_the_runs_of_another_athlete_are_not_told_of(settings: Settings, ada: Athlete, bob: Athlete) -> None:
    async with watching(settings, ada) as heard:
        await recorded(bob)
        mine = await recorded(ada)
        (change,) = await next_of(heard, 1)
        assert heard.empty()
    assert change["runId"] == mine["id"]


async def test_of_many_who_write_at_once_every_change_is_told_and_none_twice(settings: Settings, ada: Athlete) -> None:
    async with watching(settings, ada) as heard:
        runs = await asyncio.gather(*(recorded(ada, name=str(nth)) for nth in range(30)))
        await asyncio.gather(*(told(ada, "deleteRun", id=run["id"]) for run in runs))
        changes = await next_of(heard, 60)
        assert heard.empty()
    for kind in ("CREATED", "DELETED"):
        assert sorted(change["runId"] for change in changes if change["kind"] == kind) == sorted(
            run["id"] for run in runs
        )


async def test_changes_are_numbered_without_a_gap(ada: Athlete, sql: asyncpg.Connection) -> None:
    await asyncio.gather(*(recorded(ada) for _ in range(20)))
    numbers = [row["number"] for row in await sql.fetch(NUMBERS, await athlete_id_of(ada))]
    assert numbers == list(range(1, 21))


async def test_whoever_sees_a_number_sees_all_before_it(ada: Athlete, sql: asyncpg.Connection) -> None:
    athlete_id = await athlete_id_of(ada)
    writing = asyncio.gather(*(recorded(ada) for _ in range(40)))
    looks = []
    while not writing.done():
        looks.append([row["number"] for row in await sql.fetch(NUMBERS, athlete_id)])
        await asyncio.sleep(0)
    await writing
    assert len({len(look) for look in looks}) > 3
    assert all(look == list(range(1, len(look) + 1)) for look in looks)


async def test_a_refused_change_is_not_told_of(settings: Settings, ada: Athlete, bob: Athlete) -> None:
    theirs = await recorded(bob)
    run = await recorded(ada)
    async with watching(settings, ada) as heard:
        assert (await told(ada, "updateRun", id=run["id"], distanceM=-1.0))["userErrors"] != []
        assert (await told(ada, "deleteRun", id=theirs["id"]))["userErrors"] != []
        assert (await told(ada, "updateRun", id=run["id"], name=run["name"]))["userErrors"] == []
        after = await recorded(ada)
        (change,) = await next_of(heard, 1)
    assert change["runId"] == after["id"]


async def test_an_import_that_is_taken_back_is_told_run_by_run(settings: Settings, ada: Athlete, work: Work) -> None:
    job = await imported(ada, work, a_scored_file(0, minutes=6), a_scored_file(1, minutes=6))
    async with watching(settings, ada) as heard:
        undo = "mutation($input: JobIdInput!) { undoImport(input: $input) { userErrors { code } } }"
        await ada.get(undo, input={"id": job["id"]})
        changes = await next_of(heard, 2)
    assert {(change["kind"], change["runId"]) for change in changes} == {
        ("DELETED", item["run"]["id"]) for item in job["items"]
    }


async def test_the_end_of_an_analysis_is_told_to_whoever_watches_its_job(
    app: Starlette, settings: Settings, ada: Athlete, work: Work
) -> None:
    await runs_to_analyse(app.state.registry, ada, a_scored_file(0), a_scored_file(1))
    (job,) = await jobs_of(ada, JobKind.ANALYSE_RUNS)
    async with watching(settings, ada, WATCH_JOB, "job", id=job["id"]) as heard:
        (first,) = await next_of(heard, 1)
        await work()
        told_later = [first]
        while told_later[-1]["status"] in ("QUEUED", "RUNNING"):
            told_later += await next_of(heard, 1)
    assert (first["kind"], first["status"], first["progress"]) == ("ANALYSE_RUNS", "QUEUED", 0)
    assert (told_later[-1]["status"], told_later[-1]["progress"]) == ("SUCCEEDED", 1)
