"""An import that is taken back leaves what was there before, and nothing else."""

from typing import Any

import asyncpg
import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.operations.model import Claim, JobId, LeaseLost
from domain.runs.ports import ImportRepository
from tests.conftest import Athlete
from tests.factories.imports import (
    Work,
    a_short_course,
    imported,
    imported_run,
    job_of,
    key_of,
    names_of_runs,
    statuses,
    undone,
)
from tests.factories.recordings import fit_bytes, gpx_bytes, multisport_fit_bytes
from tests.factories.run_requests import run_of, told, workouts_of

RUNNING = 1
FILES = [("a.fit", fit_bytes(a_short_course(0))), ("no.txt", b"no"), ("b.gpx", gpx_bytes(a_short_course(1)))]


@pytest.fixture
async def imports(app: Starlette) -> ImportRepository:
    """The repository that workers use."""
    async with Container(app.state.registry) as services:
        return await services.aget(ImportRepository)


async def uploads_of(sql: asyncpg.Connection, job_id: str) -> int:
    owner = "(select athlete from job where id = $1)"
    count: int = await sql.fetchval(f"select count(*) from upload where athlete = {owner}", key_of(job_id))
    return count


async def test_the_runs_of_an_import_are_taken_back_with_their_files(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    job = await imported(ada, work, *FILES)
    payload = await undone(ada, job["id"])
    assert payload["userErrors"] == []
    after = payload["job"]
    assert (after["status"], after["message"], after["progress"]) == ("CANCELLED", "Taken back: 2 runs deleted.", 1)
    assert statuses(after) == ["UNDONE", "FAILED", "UNDONE"]
    assert [item["run"] for item in after["items"]] == [None, None, None]
    assert after["finishedAt"] == job["finishedAt"]
    assert await names_of_runs(ada) == []
    assert await uploads_of(sql, job["id"]) == 0


async def test_a_run_that_was_there_before_stays(ada: Athlete, work: Work) -> None:
    await imported_run(ada, work, *FILES[0])
    job = await imported(ada, work, *FILES)
    after = (await undone(ada, job["id"]))["job"]
    assert statuses(after) == ["ALREADY_IMPORTED", "FAILED", "UNDONE"]
    assert await names_of_runs(ada) == ["a"]


async def test_a_run_that_a_later_job_met_is_still_the_first_jobs_to_take_back(ada: Athlete, work: Work) -> None:
    first, second = [await imported(ada, work, FILES[0]) for _ in range(2)]
    assert (await undone(ada, first["id"]))["userErrors"] == []
    after = await job_of(ada, second["id"])
    assert (statuses(after), after["items"][0]["run"], await names_of_runs(ada)) == (["ALREADY_IMPORTED"], None, [])


async def test_what_was_taken_back_can_be_imported_again(ada: Athlete, work: Work) -> None:
    await undone(ada, (await imported(ada, work, *FILES))["id"])
    assert statuses(await imported(ada, work, *FILES)) == ["SUCCEEDED", "FAILED", "SUCCEEDED"]


@pytest.mark.parametrize("files", [FILES, FILES[1:2]], ids=["runs", "nothing"])
async def test_an_import_is_taken_back_once(ada: Athlete, work: Work, files: list[tuple[str, bytes]]) -> None:
    job = await imported(ada, work, *files)
    assert (await undone(ada, job["id"]))["userErrors"] == []
    payload = await undone(ada, job["id"])
    assert payload["job"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("NOT_ALLOWED_NOW", ["id"])]


async def test_an_import_that_met_only_known_runs_is_taken_back_once_too(ada: Athlete, work: Work) -> None:
    await imported_run(ada, work, *FILES[0])
    job = await imported(ada, work, FILES[0])
    first, second = [await undone(ada, job["id"]) for _ in range(2)]
    assert first["job"]["message"] == "Taken back: 0 runs deleted."
    assert second["userErrors"][0]["code"] == "NOT_ALLOWED_NOW"
    assert await names_of_runs(ada) == ["a"]


async def test_the_same_key_again_gives_the_first_answer(ada: Athlete, work: Work) -> None:
    job = await imported(ada, work, *FILES)
    first, second = [await undone(ada, job["id"], idempotencyKey="back") for _ in range(2)]
    assert first == second
    assert first["userErrors"] == []


@pytest.mark.parametrize("id", [None, "Job:01a1fc64-1a20-7000-920a-5b50461644f3", "nonsense"])
async def test_another_athletes_job_cannot_be_told_from_none(
    ada: Athlete, bob: Athlete, work: Work, id: str | None
) -> None:
    job = await imported(ada, work, *FILES)
    payload = await undone(bob, id or job["id"])
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("NOT_FOUND", ["id"])]
    assert len(await names_of_runs(ada)) == 2


async def test_a_job_that_waits_is_taken_back_and_never_begun(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    job_id = (await ada.upload(*FILES))["job"]["id"]
    after = (await undone(ada, job_id))["job"]
    assert (after["status"], statuses(after), after["progress"]) == ("CANCELLED", ["UNDONE"] * 3, 1)
    assert after["finishedAt"] is not None
    await work()
    assert (await job_of(ada, job_id)) == after
    assert await names_of_runs(ada) == []
    assert await uploads_of(sql, job_id) == 0


async def test_a_job_in_the_middle_is_taken_back_and_its_worker_stores_nothing_more(
    ada: Athlete, work: Work, imports: ImportRepository, sql: asyncpg.Connection
) -> None:
    job_id = (await ada.upload(*FILES))["job"]["id"]
    claim = await begun(imports, job_id)
    item = await imports.next_item(claim)
    assert item is not None
    await imports.fail(claim, item.id, "first")
    assert (await job_of(ada, job_id))["status"] == "RUNNING"
    after = (await undone(ada, job_id))["job"]
    assert (after["status"], statuses(after)) == ("CANCELLED", ["FAILED", "UNDONE", "UNDONE"])
    for act in (imports.next_item(claim), imports.renew(claim), imports.finish(claim), imports.store(claim, item, [])):
        with pytest.raises(LeaseLost):
            await act
    await work()
    assert await job_of(ada, job_id) == after
    assert await uploads_of(sql, job_id) == 0


async def test_a_linked_workout_is_free_again(ada: Athlete, work: Work) -> None:
    (workout,) = await workouts_of(ada, {"scheduledDate": "2026-03-04", "plannedDurationS": 60})
    job = await imported(ada, work, FILES[0])
    run = await run_of(ada, job["items"][0]["run"]["id"])
    assert run is not None
    assert run["workout"] == {"id": workout}
    await undone(ada, job["id"])
    again = await imported(ada, work, FILES[0])
    run = await run_of(ada, again["items"][0]["run"]["id"])
    assert run is not None
    assert run["workout"] == {"id": workout}


async def test_all_runs_of_a_triathlon_are_taken_back_together(ada: Athlete, work: Work) -> None:
    file = multisport_fit_bytes([(RUNNING, a_short_course(nth)) for nth in range(3)])
    job = await imported(ada, work, ("tri.fit", file))
    assert len(await names_of_runs(ada)) == 3
    assert statuses((await undone(ada, job["id"]))["job"]) == ["UNDONE"] * 3
    assert await names_of_runs(ada) == []


async def test_a_run_that_was_deleted_by_hand_does_not_hinder(ada: Athlete, work: Work) -> None:
    job = await imported(ada, work, *FILES)
    await told(ada, "deleteRun", id=job["items"][0]["run"]["id"])
    after = (await undone(ada, job["id"]))["job"]
    assert (after["message"], statuses(after)) == ("Taken back: 1 run deleted.", ["UNDONE", "FAILED", "UNDONE"])


async def begun(imports: ImportRepository, job_id: str) -> Claim:
    """A worker's hold on a job."""
    key: Any = key_of(job_id)
    claim = await imports.claim(JobId(key), key)
    assert claim is not None
    return claim
