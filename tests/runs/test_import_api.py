"""What becomes of uploaded files, as the job tells it."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import orjson
import pytest

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
)
from tests.factories.recordings import fit_bytes, gpx_bytes, multisport_fit_bytes, tcx_bytes

RUNNING, CYCLING = 1, 2
COUNT = "{ runs { totalCount } }"


async def test_a_job_waits_until_a_worker_takes_it(ada: Athlete, work: Work) -> None:
    payload = await ada.upload(("a.fit", fit_bytes(a_short_course())))
    before = await job_of(ada, payload["job"]["id"])
    assert (before["kind"], before["status"], before["progress"]) == ("IMPORT_RUNS", "QUEUED", 0)
    assert (before["startedAt"], before["finishedAt"], statuses(before)) == (None, None, ["PENDING"])
    await work()
    after = await job_of(ada, payload["job"]["id"])
    assert (after["status"], after["progress"], statuses(after)) == ("SUCCEEDED", 1, ["SUCCEEDED"])
    assert after["startedAt"] <= after["finishedAt"]


async def test_a_job_tells_of_each_file_in_the_order_they_came(ada: Athlete, work: Work) -> None:
    job = await imported(
        ada,
        work,
        ("b.gpx", gpx_bytes(a_short_course(1))),
        ("no.txt", b"hello"),
        ("a.fit", fit_bytes(a_short_course(2))),
    )
    assert [item["fileName"] for item in job["items"]] == ["b.gpx", "no.txt", "a.fit"]
    assert (job["status"], job["message"], job["error"]) == ("PARTLY_FAILED", "2 imported, 1 failed", None)
    assert job["items"][0]["message"] == "0.15 km in 00:01:00"
    assert job["items"][1]["run"] is None


async def test_a_job_without_a_single_run_has_failed(ada: Athlete, work: Work) -> None:
    job = await imported(ada, work, ("a.txt", b"hello"), ("b.txt", b""))
    assert (job["status"], job["message"]) == ("FAILED", "2 failed")
    assert job["error"] == "None of the files could be imported."


async def test_the_same_file_again_names_the_run_that_is_there(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "a.fit", fit_bytes(a_short_course()))
    job = await imported(ada, work, ("copy.fit", fit_bytes(a_short_course())))
    (item,) = job["items"]
    assert (item["status"], item["run"]["id"]) == ("ALREADY_IMPORTED", run_id)
    assert item["message"] == "You have this run already: a, 0.15 km in 00:01:00"
    assert (job["status"], job["message"]) == ("SUCCEEDED", "1 there before")


async def test_a_file_twice_in_one_job_is_one_run(ada: Athlete, work: Work) -> None:
    job = await imported(ada, work, *[("a.fit", fit_bytes(a_short_course()))] * 2)
    assert statuses(job) == ["SUCCEEDED", "ALREADY_IMPORTED"]
    assert (await ada.get(COUNT))["runs"]["totalCount"] == 1


@pytest.mark.parametrize("first", [fit_bytes, gpx_bytes, tcx_bytes])
@pytest.mark.parametrize("second", [fit_bytes, gpx_bytes, tcx_bytes])
async def test_the_same_run_in_another_format_is_the_same_run(
    ada: Athlete, work: Work, first: Callable[..., bytes], second: Callable[..., bytes]
) -> None:
    run_id = await imported_run(ada, work, "a", first(a_short_course()))
    (item,) = (await imported(ada, work, ("b", second(a_short_course()))))["items"]
    assert (item["status"], item["run"]["id"]) == ("ALREADY_IMPORTED", run_id)


async def test_the_same_file_is_another_run_for_another_athlete(ada: Athlete, bob: Athlete, work: Work) -> None:
    for athlete in (ada, bob):
        assert statuses(await imported(athlete, work, ("a.fit", fit_bytes(a_short_course())))) == ["SUCCEEDED"]


async def test_a_run_that_was_deleted_can_be_imported_again(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "a.fit", fit_bytes(a_short_course()))
    await ada.get("mutation($id: ID!) { deleteRun(input: {id: $id}) { deletedId } }", id=run_id)
    assert await imported_run(ada, work, "a.fit", fit_bytes(a_short_course())) != run_id


async def test_a_cropped_copy_of_a_recording_is_a_run_of_its_own(ada: Athlete, work: Work) -> None:
    whole = a_short_course()
    await imported_run(ada, work, "whole.fit", fit_bytes(whole))  # both have the watch's id of the activity
    await imported_run(ada, work, "cropped.fit", fit_bytes(whole.between(0, 50)))
    assert await names_of_runs(ada) == ["whole", "cropped"]


async def test_runs_that_overlap_are_shown_as_possible_duplicates_of_each_other(ada: Athlete, work: Work) -> None:
    whole = a_short_course()
    one = await imported_run(ada, work, "watch.fit", fit_bytes(whole))
    two = await imported_run(ada, work, "phone.gpx", gpx_bytes(whole.between(5, 55)))
    later = await imported_run(ada, work, "later.gpx", gpx_bytes(a_short_course(1)))
    query = "query($id: ID!) { run(id: $id) { possibleDuplicates { id name } } }"
    found = {id: (await ada.get(query, id=id))["run"]["possibleDuplicates"] for id in (one, two, later)}
    assert [run["id"] for run in found[one]] == [two]
    assert [run["id"] for run in found[two]] == [one]
    assert found[later] == []


async def test_another_athletes_run_at_the_same_time_is_no_duplicate(ada: Athlete, bob: Athlete, work: Work) -> None:
    await imported_run(bob, work, "a.fit", fit_bytes(a_short_course().between(0, 30)))
    run_id = await imported_run(ada, work, "a.fit", fit_bytes(a_short_course()))
    answer = await ada.get("query($id: ID!) { run(id: $id) { possibleDuplicates { id } } }", id=run_id)
    assert answer["run"]["possibleDuplicates"] == []


async def test_of_a_triathlon_every_run_has_an_item_of_its_own(ada: Athlete, work: Work) -> None:
    file = multisport_fit_bytes(
        [(RUNNING, a_short_course(0)), (CYCLING, a_short_course(1)), (RUNNING, a_short_course(2))]
    )
    job = await imported(ada, work, ("tri.fit", file), ("next.fit", fit_bytes(a_short_course(5))))
    names = [(item["fileName"], item["run"]["name"]) for item in job["items"]]
    assert names == [("tri.fit", "tri (1)"), ("tri.fit (2)", "tri (2)"), ("next.fit", "next")]
    assert job["status"] == "SUCCEEDED"


async def test_an_imported_run_says_how_its_figures_came_about(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "hills.fit", fit_bytes(a_short_course(seconds=600), pauses=[(100, 160)]))
    query = """query($id: ID!) { run(id: $id) { name source sport distanceM movingTimeS elapsedTimeS averageHeartRate
        maxHeartRate averageCadence ascentM averagePaceSPerKm
        laps { number startS elapsedS timerS distanceM averageHeartRate }
        bestEfforts { distanceM timeS startM paceSPerKm run { name } }
        importReport { fileName points movingTimeMethod ascentMethod deviceDistanceM deviceTimerS
            setAside { reason count } } } }"""
    run = (await ada.get(query, id=run_id))["run"]
    assert (run["name"], run["source"], run["sport"]) == ("hills", "FILE", "running")
    assert (run["movingTimeS"], run["elapsedTimeS"]) == (540, 600)
    assert run["averagePaceSPerKm"] == pytest.approx(540_000 / run["distanceM"])
    assert [lap["number"] for lap in run["laps"]] == [1]
    assert run["laps"][0]["timerS"] == 540
    efforts = {effort["distanceM"]: effort for effort in run["bestEfforts"]}
    assert sorted(efforts) == [400, 1000, 1609.344]
    assert efforts[400]["paceSPerKm"] == pytest.approx(efforts[400]["timeS"] * 2.5)
    assert efforts[400]["run"]["name"] == "hills"
    report = run["importReport"]
    assert (report["fileName"], report["points"], report["movingTimeMethod"]) == ("hills.fit", 542, "DEVICE_TIMER")
    assert (report["ascentMethod"], report["deviceTimerS"], report["setAside"]) == ("TURNING_POINTS_3_M", 540, [])


async def test_points_that_were_set_aside_are_counted_with_the_reason(ada: Athlete, work: Work) -> None:
    broken = gpx_bytes(a_short_course()).replace(b"<time>2026-03-04T06:30:30.000Z</time>", b"")
    run_id = await imported_run(ada, work, "a.gpx", broken)
    query = "query($id: ID!) { run(id: $id) { importReport { points setAside { reason count } } } }"
    report = (await ada.get(query, id=run_id))["run"]["importReport"]
    assert report == {"points": 60, "setAside": [{"reason": "points without a time", "count": 1}]}


async def test_the_same_key_and_files_make_one_job(ada: Athlete, work: Work) -> None:
    files = [("a.fit", fit_bytes(a_short_course())), ("b.fit", fit_bytes(a_short_course(1)))]
    uploads = [ada.upload(*files, idempotencyKey="morning") for _ in range(20)]
    jobs = {payload["job"]["id"] for payload in await asyncio.gather(*uploads)}
    assert len(jobs) == 1
    await work()
    assert (await job_of(ada, jobs.pop()))["message"] == "2 imported"


@pytest.mark.parametrize(
    "files",
    [
        [("a.fit", b"other bytes")],
        [("b.fit", b"bytes")],
        [("a.fit", b"bytes"), ("a.fit", b"bytes")],
    ],
)
async def test_the_same_key_with_other_files_is_a_conflict(ada: Athlete, files: list[tuple[str, bytes]]) -> None:
    await ada.upload(("a.fit", b"bytes"), idempotencyKey="morning")
    payload = await ada.upload(*files, idempotencyKey="morning")
    assert payload["job"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("CONFLICT", ["idempotencyKey"])]


async def test_keys_of_imports_are_each_athletes_own(ada: Athlete, bob: Athlete) -> None:
    one, two = [await who.upload(("a.fit", b"bytes"), idempotencyKey="k") for who in (ada, bob)]
    assert one["job"]["id"] != two["job"]["id"]


async def test_an_import_of_nothing_is_refused(ada: Athlete) -> None:
    query = "mutation { importRuns(input: {files: []}) { job { id } userErrors { code field } } }"
    answer = (await ada.get(query))["importRuns"]
    assert answer == {"job": None, "userErrors": [{"code": "INVALID", "field": ["files"]}]}


async def test_more_than_500_files_at_once_are_refused(ada: Athlete) -> None:
    payload = await ada.upload(*[(f"{nth}.fit", b"x") for nth in range(501)])
    assert payload["userErrors"][0]["code"] == "LIMIT_EXCEEDED"
    assert payload["job"] is None


@pytest.mark.parametrize("value", ["text", 1, {"name": "a"}])
async def test_a_value_in_the_place_of_a_file_is_refused(ada: Athlete, value: Any) -> None:
    query = "mutation($f: [Upload!]!) { importRuns(input: {files: $f}) { userErrors { code field } } }"
    answer = await ada.get(query, f=[value])
    assert answer["importRuns"]["userErrors"] == [{"code": "INVALID", "field": ["files", "0"]}]


async def test_another_athletes_job_is_null(ada: Athlete, bob: Athlete) -> None:
    payload = await ada.upload(("a.fit", b"x"))
    assert (await bob.get("query($id: ID!) { job(id: $id) { id } }", id=payload["job"]["id"]))["job"] is None


async def test_importing_needs_the_scope_to_write(athlete: Callable[..., Athlete]) -> None:
    reader = athlete("reader", scopes=["training:read"])
    query = "mutation($f: [Upload!]!) { importRuns(input: {files: $f}) { userErrors { code } } }"
    response = await reader.http.post(
        "/graphql",
        data={"operations": f'{{"query": "{query}", "variables": {{"f": [null]}}}}', "map": '{"0": ["variables.f.0"]}'},
        files={"0": ("a.fit", b"x")},
        headers={"x-cairn-csrf": "1"},
    )
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_two_workers_on_the_same_files_make_each_run_once(
    ada: Athlete, work: Work, sql: asyncpg.Connection
) -> None:
    files = [(f"{nth}.fit", fit_bytes(a_short_course(nth))) for nth in range(6)]
    payloads = await asyncio.gather(*(ada.upload(*files) for _ in range(4)))
    await asyncio.gather(work(), work(), work())
    jobs = [await job_of(ada, payload["job"]["id"]) for payload in payloads]
    assert all(job["status"] == "SUCCEEDED" for job in jobs)
    assert sorted(status for job in jobs for status in statuses(job)) == ["ALREADY_IMPORTED"] * 18 + ["SUCCEEDED"] * 6
    assert len(await names_of_runs(ada)) == 6
    owner = await sql.fetchval("select athlete from job where id = $1", key_of(payloads[0]["job"]["id"]))
    assert await sql.fetchval("select count(*) from upload where athlete = $1", owner) == 6


async def test_one_part_in_many_places_is_refused_before_it_multiplies(ada: Athlete, sql: asyncpg.Connection) -> None:
    query = (
        "mutation($files: [Upload!]!) { importRuns(input: {files: $files}) { job { id } userErrors { code field } } }"
    )
    operations = {"query": query, "variables": {"files": [None, None]}}
    form = {
        "operations": (None, orjson.dumps(operations)),
        "map": (None, b'{"0": ["variables.files.0", "variables.files.1"]}'),
        "0": ("a.fit", fit_bytes(a_short_course())),
    }

    response = await ada.http.post("/graphql", files=form, headers={"x-cairn-csrf": "1"})

    assert response.json()["data"]["importRuns"] == {
        "job": None,
        "userErrors": [{"code": "INVALID", "field": ["files"]}],
    }
