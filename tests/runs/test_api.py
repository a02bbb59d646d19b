"""Runs by hand: recorded, corrected and deleted over HTTP, once for each idempotency key."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from domain.runs.model import RunSource
from tests.conftest import Athlete
from tests.factories.imports import Work, a_short_course, imported_run
from tests.factories.recordings import fit_bytes
from tests.factories.run_requests import RUN, recorded, refusal, run_of, told

FULL = RUN | {
    "elapsedTimeS": 3_100,
    "source": "STRAVA",
    "externalId": "4711",
    "notes": "Windy",
    "ascentM": 120.5,
    "descentM": 118.0,
    "averageHeartRate": 150,
    "maxHeartRate": 171,
    "averageCadence": 172.5,
}
COUNT = "{ runs { totalCount } }"
NO_ID = "Run:01a1fc64-1a20-7000-920a-5b50461644f3"


async def count(athlete: Athlete) -> int:
    total: int = (await athlete.get(COUNT))["runs"]["totalCount"]
    return total


async def test_a_run_reads_back_as_it_was_recorded(ada: Athlete) -> None:
    run = await recorded(ada, **FULL)
    assert {name: run[name] for name in FULL} == FULL | {"startedAt": "2026-03-04T06:30:00.000Z"}
    assert (run["averagePaceSPerKm"], run["workout"], run["plan"]) == (300, None, None)
    assert await run_of(ada, run["id"]) == run


async def test_a_run_without_an_elapsed_time_took_its_moving_time(ada: Athlete) -> None:
    assert (await recorded(ada))["elapsedTimeS"] == 3_000


async def test_a_run_by_hand_has_no_track_and_no_report(ada: Athlete) -> None:
    run_id = (await recorded(ada))["id"]
    query = """query($id: ID!) { run(id: $id) {
        track { timeS } importReport { points } laps { number } bestEfforts { timeS } } }"""
    assert (await ada.get(query, id=run_id))["run"] == {
        "track": None,
        "importReport": None,
        "laps": [],
        "bestEfforts": [],
    }


@pytest.mark.parametrize("distance", [0, 9.99, 1e-300, 5e-324])
async def test_a_distance_that_is_next_to_nothing_has_no_pace(ada: Athlete, distance: float) -> None:
    assert (await recorded(ada, distanceM=distance))["averagePaceSPerKm"] is None


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"name": " "}, "INVALID", "name"),
        ({"name": "a\0"}, "INVALID", "name"),
        ({"distanceM": -1}, "INVALID", "distanceM"),
        ({"distanceM": 1e300}, "INVALID", "distanceM"),
        ({"movingTimeS": 0, "elapsedTimeS": 0}, "INVALID", "elapsedTimeS"),
        ({"movingTimeS": 4_000, "elapsedTimeS": 3_000}, "INVALID", "movingTimeS"),
        ({"movingTimeS": 2**31 - 1}, "INVALID", "elapsedTimeS"),
        ({"startedAt": "2199-01-01T00:00:00Z"}, "INVALID", "startedAt"),
        ({"startedAt": "0001-01-01T00:00:00Z"}, "INVALID", "startedAt"),
        ({"source": "FILE"}, "INVALID", "source"),
        ({"averageHeartRate": 0}, "INVALID", "averageHeartRate"),
        ({"ascentM": -5}, "INVALID", "ascentM"),
        ({"workoutId": NO_ID}, "NOT_FOUND", "workoutId"),
        ({"workoutId": "nonsense"}, "NOT_FOUND", "workoutId"),
        ({"idempotencyKey": ""}, "INVALID", "idempotencyKey"),
        ({"idempotencyKey": "x" * 256}, "INVALID", "idempotencyKey"),
    ],
    ids=lambda value: None,
)
async def test_what_no_run_can_be_is_refused_by_field(
    ada: Athlete, given: dict[str, Any], code: str, field: str
) -> None:
    assert await refusal(ada, "recordRun", **RUN | given) == (code, [field])
    assert await count(ada) == 0


async def test_an_external_id_is_taken_once_for_each_source(ada: Athlete) -> None:
    await recorded(ada, source="STRAVA", externalId="1")
    again = RUN | {"source": "STRAVA", "externalId": "1"}
    assert await refusal(ada, "recordRun", **again) == ("CONFLICT", ["externalId"])
    await recorded(ada, source="API", externalId="1")
    await recorded(ada, source="STRAVA", externalId="2")


async def test_an_external_id_is_taken_by_each_athlete_for_itself(ada: Athlete, bob: Athlete) -> None:
    for athlete in (ada, bob):
        await recorded(athlete, source="STRAVA", externalId="1")


async def test_runs_without_an_external_id_do_not_collide(ada: Athlete) -> None:
    await recorded(ada)
    await recorded(ada, externalId="")
    assert await count(ada) == 2


async def test_twenty_runs_with_one_external_id_at_once_make_one(ada: Athlete) -> None:
    given = RUN | {"source": "STRAVA", "externalId": "1"}
    payloads = await asyncio.gather(*(told(ada, "recordRun", **given) for _ in range(20)))
    codes = [error["code"] for payload in payloads for error in payload["userErrors"]]
    assert (codes, await count(ada)) == (["CONFLICT"] * 19, 1)


async def test_a_typed_run_can_be_corrected(ada: Athlete) -> None:
    run = await recorded(ada, **FULL)
    changes = {"name": "Race", "distanceM": 9_900.0, "notes": None, "startedAt": "2026-03-04T08:00:00+01:00"}
    after = (await told(ada, "updateRun", id=run["id"], **changes))["run"]
    assert after == run | changes | {"startedAt": "2026-03-04T07:00:00.000Z", "averagePaceSPerKm": 3_000 / 9.9}


async def test_a_correction_to_what_cannot_be_is_refused_and_changes_nothing(ada: Athlete) -> None:
    run = await recorded(ada)
    for given, field in (({"movingTimeS": 5_000}, "movingTimeS"), ({"name": None}, "name"), ({"name": ""}, "name")):
        assert await refusal(ada, "updateRun", id=run["id"], **given) == ("INVALID", [field])
    assert await run_of(ada, run["id"]) == run


async def test_the_figures_of_an_imported_run_stand(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "a.fit", fit_bytes(a_short_course()))
    assert (await refusal(ada, "updateRun", id=run_id, distanceM=5.0))[0] == "NOT_ALLOWED_NOW"
    after = (await told(ada, "updateRun", id=run_id, name="Race", notes="Hot"))["run"]
    assert (after["name"], after["notes"], after["source"]) == ("Race", "Hot", "FILE")


async def test_a_correction_leaves_the_recording_as_it_is(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "a.fit", fit_bytes(a_short_course(seconds=600)))
    query = """query($id: ID!) { run(id: $id) {
        sport laps { number } bestEfforts { timeS } track { timeS } importReport { points } } }"""
    before = await ada.get(query, id=run_id)
    await told(ada, "updateRun", id=run_id, name="Race")
    assert await ada.get(query, id=run_id) == before


async def test_a_deleted_run_is_gone(ada: Athlete) -> None:
    run_id = (await recorded(ada))["id"]
    assert await told(ada, "deleteRun", id=run_id) == {"deletedId": run_id, "userErrors": []}
    assert await run_of(ada, run_id) is None
    assert await refusal(ada, "deleteRun", id=run_id) == ("NOT_FOUND", ["id"])


@pytest.mark.parametrize(("mutation", "more"), [("updateRun", {"name": "x"}), ("linkRun", {}), ("deleteRun", {})])
async def test_another_athletes_run_cannot_be_told_from_none(
    ada: Athlete, bob: Athlete, mutation: str, more: dict[str, Any]
) -> None:
    run = await recorded(ada)
    assert await run_of(bob, run["id"]) is None
    for id in (run["id"], NO_ID, "nonsense"):
        assert await refusal(bob, mutation, id=id, **more) == ("NOT_FOUND", ["id"])
    assert await run_of(ada, run["id"]) == run


@pytest.mark.parametrize("mutation", ["recordRun", "updateRun", "linkRun", "deleteRun"])
async def test_writing_needs_the_scope_to_write(athlete: Callable[..., Athlete], mutation: str) -> None:
    reader = athlete("reader", scopes=["training:read"])
    kind = {"deleteRun": "RunIdInput"}.get(mutation, f"{mutation[0].upper()}{mutation[1:]}Input")
    query = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}"
    answer = await reader.ask(query, input=RUN if mutation == "recordRun" else {"id": NO_ID})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_twenty_requests_with_one_key_record_one_run(ada: Athlete) -> None:
    given = RUN | {"idempotencyKey": "morning"}
    payloads = await asyncio.gather(*(told(ada, "recordRun", **given) for _ in range(20)))
    assert len({payload["run"]["id"] for payload in payloads}) == 1
    assert await count(ada) == 1


async def test_a_key_of_another_request_is_a_conflict(ada: Athlete) -> None:
    run = await recorded(ada, idempotencyKey="k")
    other = RUN | {"distanceM": 1.0, "idempotencyKey": "k"}
    assert await refusal(ada, "recordRun", **other) == ("CONFLICT", ["idempotencyKey"])
    assert await refusal(ada, "deleteRun", id=run["id"], idempotencyKey="k") == ("CONFLICT", ["idempotencyKey"])
    assert await count(ada) == 1


async def test_keys_are_each_athletes_own(ada: Athlete, bob: Athlete) -> None:
    one, two = [await recorded(who, idempotencyKey="k") for who in (ada, bob)]
    assert one["id"] != two["id"]


async def test_a_refused_request_leaves_its_key_free(ada: Athlete) -> None:
    assert await refusal(ada, "recordRun", **RUN | {"distanceM": -1.0, "idempotencyKey": "k"})
    await recorded(ada, idempotencyKey="k")


async def test_a_key_whose_run_was_deleted_does_not_record_it_again(ada: Athlete) -> None:
    run = await recorded(ada, idempotencyKey="k")
    await told(ada, "deleteRun", id=run["id"])
    assert await told(ada, "recordRun", **RUN | {"idempotencyKey": "k"}) == {"run": None, "userErrors": []}
    assert await count(ada) == 0


async def test_a_deletion_with_a_key_can_be_repeated(ada: Athlete) -> None:
    run = await recorded(ada)
    first, second = [await told(ada, "deleteRun", id=run["id"], idempotencyKey="k") for _ in range(2)]
    assert first == second == {"deletedId": run["id"], "userErrors": []}


@pytest.mark.parametrize("source", [source for source in RunSource if source is not RunSource.FILE])
async def test_a_run_keeps_the_source_it_came_from(ada: Athlete, source: RunSource) -> None:
    assert (await recorded(ada, source=source))["source"] == source
