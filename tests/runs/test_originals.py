"""The file that a run came from can be had back, by its owner alone, for as long as the run is there."""

import asyncio
import gzip
from collections.abc import Callable

import asyncpg
import httpx
import pytest

from configuration.settings import Settings
from infrastructure.runs.repository import delete_orphaned_uploads
from tests.conftest import Athlete, eventually
from tests.factories.imports import Work, a_short_course, imported, imported_run, key_of
from tests.factories.recordings import fit_bytes, gpx_bytes, multisport_fit_bytes, zipped
from tests.factories.run_requests import recorded, told

RUNNING = 1
FIT = fit_bytes(a_short_course())


async def original(athlete: Athlete, run_id: str) -> httpx.Response:
    return await athlete.http.get(f"/runs/{run_id}/original")


def code(response: httpx.Response) -> str:
    told: str = response.json()["errors"][0]["extensions"]["code"]
    return told


@pytest.mark.parametrize("content", [FIT, gzip.compress(FIT), gpx_bytes(a_short_course())], ids=["fit", "gz", "gpx"])
async def test_a_file_comes_back_byte_for_byte(ada: Athlete, work: Work, content: bytes) -> None:
    response = await original(ada, await imported_run(ada, work, "a", content))
    assert (response.status_code, response.content) == (200, content)


async def test_of_a_zip_the_files_in_it_are_the_originals(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "all.zip", zipped(("2026/a.fit", FIT)))
    response = await original(ada, run_id)
    assert response.content == FIT
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''a.fit"


async def test_a_file_is_only_ever_saved_never_shown(ada: Athlete, work: Work) -> None:
    headers = (await original(ada, await imported_run(ada, work, "a.html", FIT))).headers
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"].startswith("attachment;")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "told_name"),
    [
        ('a"; filename="b.exe', "a%22%3B%20filename%3D%22b.exe"),
        ("läuf 🏃.fit", "l%C3%A4uf%20%F0%9F%8F%83.fit"),
        ("a\r\nset-cookie: x=1.fit", "aset-cookie%3A%20x%3D1.fit"),
        ("100%.fit", "100%25.fit"),
    ],
    ids=["quotes", "unicode", "lines", "percent"],
)
async def test_an_odd_name_does_not_break_out_of_its_header(
    ada: Athlete, work: Work, name: str, told_name: str
) -> None:
    run_id = await imported_run(ada, work, "all.zip", zipped((name, FIT)))
    response = await original(ada, run_id)
    assert response.headers["content-disposition"] == f"attachment; filename*=UTF-8''{told_name}"
    assert "set-cookie" not in response.headers


async def test_a_stranger_is_asked_who_they_are(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "a.fit", FIT)
    async with httpx.AsyncClient(transport=ada.http._transport, base_url="http://test") as stranger:
        for headers in ({}, {"authorization": "Bearer nonsense"}):
            response = await stranger.get(f"/runs/{run_id}/original", headers=headers)
            assert (response.status_code, code(response)) == (401, "UNAUTHENTICATED")


async def test_another_athletes_file_cannot_be_told_from_none(ada: Athlete, bob: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "a.fit", FIT)
    by_hand = (await recorded(bob))["id"]
    for id in (run_id, by_hand, "nonsense", "Run:01a1fc64-1a20-7000-920a-5b50461644f3"):
        response = await original(bob, id)
        assert (response.status_code, code(response)) == (404, "NOT_FOUND")


async def test_a_file_needs_the_scope_to_read(athlete: Callable[..., Athlete]) -> None:
    response = await original(athlete("writer", scopes=["training:write"]), "nonsense")
    assert (response.status_code, code(response)) == (403, "FORBIDDEN")


async def test_a_file_goes_with_its_run(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    run_id = await imported_run(ada, work, "a.fit", FIT)
    upload = await sql.fetchval("select upload from run where id = $1", key_of(run_id))
    await told(ada, "deleteRun", id=run_id)
    assert (await original(ada, run_id)).status_code == 404
    assert await sql.fetchval("select count(*) from upload where id = $1", upload) == 0
    for table, column in (("run_stream", "run"), ("best_effort", "run")):
        assert await sql.fetchval(f"select count(*) from {table} where {column} = $1", key_of(run_id)) == 0


async def test_a_file_of_two_runs_stays_until_both_are_gone(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    file = multisport_fit_bytes([(RUNNING, a_short_course(0)), (RUNNING, a_short_course(1))])
    job = await imported(ada, work, ("two.fit", file))
    one, two = [item["run"]["id"] for item in job["items"]]
    upload = await sql.fetchval("select upload from run where id = $1", key_of(one))
    await told(ada, "deleteRun", id=one)
    assert (await original(ada, two)).content == file
    await told(ada, "deleteRun", id=two)
    assert await sql.fetchval("select count(*) from upload where id = $1", upload) == 0


async def test_files_that_became_no_run_are_not_kept(ada: Athlete, work: Work, sql: asyncpg.Connection) -> None:
    await imported_run(ada, work, "a.fit", FIT)
    job = await imported(ada, work, ("again.fit", FIT), ("no.txt", b"no"), ("a.zip", zipped(("no.txt", b"no"))))
    owner = await sql.fetchval("select athlete from job where id = $1", key_of(job["id"]))
    assert await sql.fetch("select file_name from upload where athlete = $1", owner) == [("a.fit",)]


async def test_a_file_of_two_runs_goes_when_both_are_deleted_at_once(
    ada: Athlete, work: Work, sql: asyncpg.Connection, settings: Settings
) -> None:
    file = multisport_fit_bytes([(RUNNING, a_short_course(2)), (RUNNING, a_short_course(3))])
    job = await imported(ada, work, ("two.fit", file))
    one, two = [item["run"]["id"] for item in job["items"]]
    upload = await sql.fetchval("select upload from run where id = $1", key_of(one))
    # Both have deleted their run and neither has committed when each asks whether the file is an orphan.
    other = await asyncpg.connect(settings.database_url)
    try:
        async with other.transaction():
            await other.execute("delete from run where id = $1", key_of(one))
            await delete_orphaned_uploads(other, [upload])
            deleting = asyncio.create_task(told(ada, "deleteRun", id=two))
            waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%upload%'"
            await eventually(lambda: sql.fetchval(waiting))
        await deleting
    finally:
        await other.close()
    assert await sql.fetchval("select count(*) from upload where id = $1", upload) == 0
