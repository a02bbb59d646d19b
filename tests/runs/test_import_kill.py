"""An import that was accepted is done once, whatever happens to workers and to Redis meanwhile."""

import signal
from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from redis.asyncio import Redis
from starlette.applications import Starlette
from svcs import Container

from app.runs.importing import MAX_ATTEMPTS
from configuration.settings import Settings
from domain.operations.model import JobId, LeaseLost
from domain.runs.imports import FileStopsWorkers
from domain.runs.ports import ImportRepository
from tests.conftest import Athlete, eventually
from tests.factories.imports import Work, a_short_course, imported, job_of, key_of, names_of_runs, statuses
from tests.factories.recordings import fit_bytes
from tests.factories.workers import a_worker

ENDED = ("SUCCEEDED", "PARTLY_FAILED", "FAILED")
EXPIRE = "update job set lease_until = now() - interval '1 second' where id = $1"


def many_files(count: int, first: int = 0) -> list[tuple[str, bytes]]:
    return [(f"{nth:02}.fit", fit_bytes(a_short_course(nth, seconds=300))) for nth in range(first, first + count)]


def ended(athlete: Athlete, *job_ids: str) -> Callable[[], Any]:
    """Whether all jobs have come to an end."""

    async def look() -> Any:
        jobs = [await job_of(athlete, id) for id in job_ids]
        return all(job["status"] in ENDED for job in jobs) and jobs

    return look


def under_way(athlete: Athlete, job_id: str) -> Callable[[], Any]:
    """Whether some files of a job are done."""

    async def look() -> Any:
        return statuses(await job_of(athlete, job_id)).count("SUCCEEDED") >= 1

    return look


async def empty_redis(settings: Settings) -> None:
    redis = Redis.from_url(settings.redis_url)
    await redis.flushall()
    await redis.aclose()


@pytest.fixture
async def imports(app: Starlette) -> ImportRepository:
    """The repository that workers use."""
    async with Container(app.state.registry) as services:
        return await services.aget(ImportRepository)


async def test_what_a_killed_worker_leaves_another_finishes_once(
    ada: Athlete, settings: Settings, sql: asyncpg.Connection
) -> None:
    with a_worker(settings) as worker:
        job_id = (await ada.upload(*many_files(40)))["job"]["id"]
        await eventually(under_way(ada, job_id))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    left = await job_of(ada, job_id)
    assert left["status"] == "RUNNING"
    assert "PENDING" in statuses(left)
    await sql.execute(EXPIRE, key_of(job_id))
    await empty_redis(settings)
    with a_worker(settings):
        (job,) = await eventually(ended(ada, job_id))
    assert (job["status"], job["message"], statuses(job)) == ("SUCCEEDED", "40 imported", ["SUCCEEDED"] * 40)
    assert await names_of_runs(ada) == [f"{nth:02}" for nth in range(40)]
    assert len({item["run"]["id"] for item in job["items"]}) == 40


async def test_a_worker_that_is_asked_to_stop_leaves_its_job_at_once(ada: Athlete, settings: Settings) -> None:
    with a_worker(settings) as worker:
        job_id = (await ada.upload(*many_files(40)))["job"]["id"]
        await eventually(under_way(ada, job_id))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
    left = await job_of(ada, job_id)
    assert left["status"] == "QUEUED"
    await empty_redis(settings)
    with a_worker(settings):
        (job,) = await eventually(ended(ada, job_id))
    assert (job["status"], len(await names_of_runs(ada))) == ("SUCCEEDED", 40)


async def test_jobs_whose_messages_are_lost_are_found_by_the_sweep_and_two_workers_share_them(
    ada: Athlete, settings: Settings
) -> None:
    with a_worker(settings) as one, a_worker(settings) as two:
        for worker in (one, two):
            worker.send_signal(signal.SIGSTOP)
        jobs = [(await ada.upload(*many_files(5, 3 * nth)))["job"]["id"] for nth in range(6)]
        await empty_redis(settings)
        for worker in (one, two):
            worker.send_signal(signal.SIGCONT)
        done = await eventually(ended(ada, *jobs))
    assert [job["status"] for job in done] == ["SUCCEEDED"] * 6
    assert sum(statuses(job).count("SUCCEEDED") for job in done) == 20
    assert await names_of_runs(ada) == [f"{nth:02}" for nth in range(20)]


async def test_a_file_that_kills_every_worker_is_given_up_and_the_others_go_on(
    ada: Athlete, work: Work, imports: ImportRepository, sql: asyncpg.Connection
) -> None:
    job_id = (await ada.upload(*many_files(2)))["job"]["id"]
    key = key_of(job_id)
    for nth in range(MAX_ATTEMPTS):
        claim = await imports.claim(JobId(key), UUID(int=nth))
        assert claim is not None
        item = await imports.next_item(claim)
        assert item is not None
        assert (item.file.name, item.attempts) == ("00.fit", nth + 1)
        await sql.execute(EXPIRE, key)
    await work()
    job = await job_of(ada, job_id)
    assert (job["status"], statuses(job)) == ("PARTLY_FAILED", ["FAILED", "SUCCEEDED"])
    assert job["items"][0]["message"] == FileStopsWorkers().message


async def test_a_file_is_not_blamed_for_workers_that_were_stopped(
    ada: Athlete, work: Work, imports: ImportRepository
) -> None:
    job_id = (await ada.upload(*many_files(1)))["job"]["id"]
    for nth in range(MAX_ATTEMPTS + 2):
        claim = await imports.claim(JobId(key_of(job_id)), UUID(int=nth))
        assert claim is not None
        await imports.next_item(claim)
        await imports.release(claim)
    await work()
    assert statuses(await job_of(ada, job_id)) == ["SUCCEEDED"]


async def test_only_one_worker_holds_a_job(ada: Athlete, imports: ImportRepository, sql: asyncpg.Connection) -> None:
    job_id = JobId(key_of((await ada.upload(*many_files(1)))["job"]["id"]))
    first = await imports.claim(job_id, UUID(int=1))
    assert first is not None
    assert await imports.claim(job_id, UUID(int=2)) is None
    await imports.renew(first)
    await sql.execute(EXPIRE, job_id)
    second = await imports.claim(job_id, UUID(int=2))
    assert second is not None
    for act in (imports.renew(first), imports.next_item(first), imports.finish(first)):
        with pytest.raises(LeaseLost):
            await act
    await imports.release(first)
    await imports.renew(second)
    await imports.release(second)


async def test_a_finished_job_cannot_be_taken_up_again(ada: Athlete, work: Work, imports: ImportRepository) -> None:
    job = await imported(ada, work, *many_files(1))
    assert await imports.claim(JobId(key_of(job["id"])), UUID(int=1)) is None
