"""A run is at most one workout, a workout has at most one run, and imports find theirs by themselves."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Athlete
from tests.factories.imports import Work, imported_run
from tests.factories.recordings import a_hilly_course, gpx_bytes
from tests.factories.run_requests import recorded, refusal, run_of, told, workouts_of

TEN_KM = {"plannedDistanceM": 10_000.0}
PACE = {"targetPace": {"minSPerKm": 290.0, "maxSPerKm": 310.0}}
SET_TIMEZONE = "mutation($z: String!) { updateViewer(input: {timezone: $z}) { userErrors { code } } }"


async def test_a_run_can_be_recorded_as_a_workout(ada: Athlete) -> None:
    (workout,) = await workouts_of(ada, {})
    run = await recorded(ada, workoutId=workout)
    query = """query($id: ID!) {
        workouts { edges { node { id run { id } } } } run(id: $id) { workout { id } plan { name } } }"""
    answer = await ada.get(query, id=run["id"])
    assert answer["run"] == {"workout": {"id": workout}, "plan": {"name": "Spring"}}
    assert answer["workouts"]["edges"] == [{"node": {"id": workout, "run": {"id": run["id"]}}}]


async def test_a_run_is_linked_moved_and_unlinked(ada: Athlete) -> None:
    one, two = await workouts_of(ada, {}, {})
    run_id = (await recorded(ada))["id"]
    for workout in (one, two, two, None, one):
        run = (await told(ada, "linkRun", id=run_id, workoutId=workout))["run"]
        assert run["workout"] == (workout and {"id": workout})


async def test_a_workout_has_at_most_one_run(ada: Athlete) -> None:
    (workout,) = await workouts_of(ada, {})
    first = await recorded(ada, workoutId=workout)
    second = await recorded(ada)
    assert await refusal(ada, "linkRun", id=second["id"], workoutId=workout) == ("CONFLICT", ["workoutId"])
    assert (await run_of(ada, second["id"]) or {})["workout"] is None
    await told(ada, "linkRun", id=first["id"])
    assert (await told(ada, "linkRun", id=second["id"], workoutId=workout))["userErrors"] == []


async def test_of_twenty_links_to_one_workout_at_once_one_holds(ada: Athlete) -> None:
    (workout,) = await workouts_of(ada, {})
    runs = [await recorded(ada) for _ in range(20)]
    links = await asyncio.gather(*(told(ada, "linkRun", id=run["id"], workoutId=workout) for run in runs))
    codes = [error["code"] for payload in links for error in payload["userErrors"]]
    assert codes == ["CONFLICT"] * 19
    query = "{ runs(first: 50, filter: {linked: true}) { totalCount } }"
    assert (await ada.get(query))["runs"]["totalCount"] == 1


async def test_another_athletes_workout_is_not_found(ada: Athlete, bob: Athlete) -> None:
    (workout,) = await workouts_of(ada, {})
    run = await recorded(bob)
    assert await refusal(bob, "linkRun", id=run["id"], workoutId=workout) == ("NOT_FOUND", ["workoutId"])


async def test_a_deleted_plan_leaves_its_runs_unlinked(ada: Athlete) -> None:
    (workout,) = await workouts_of(ada, {})
    run = await recorded(ada, workoutId=workout)
    assert run["plan"] is not None
    await told(ada, "deletePlan", id=run["plan"]["id"])
    after = await run_of(ada, run["id"])
    assert after is not None
    assert (after["workout"], after["plan"]) == (None, None)


async def test_links_and_the_deletion_of_their_plan_may_cross(ada: Athlete) -> None:
    workouts = await workouts_of(ada, *[{}] * 8)
    runs = [await recorded(ada, workoutId=workout) for workout in workouts[:4]]
    moves = [told(ada, "linkRun", id=run["id"], workoutId=to) for run, to in zip(runs, workouts[4:], strict=True)]
    *links, _ = await asyncio.gather(*moves, told(ada, "deletePlan", id=runs[0]["plan"]["id"]))
    assert {error["code"] for link in links for error in link["userErrors"]} <= {"NOT_FOUND"}
    for run in runs:
        after = await run_of(ada, run["id"])
        assert after is not None
        assert after["workout"] is None


@pytest.mark.parametrize(
    ("planned", "done", "within"),
    [
        (TEN_KM, {}, True),
        (TEN_KM, {"distanceM": 9_000.0}, True),
        (TEN_KM, {"distanceM": 8_999.0}, False),
        (TEN_KM, {"distanceM": 11_000.0}, True),
        (TEN_KM, {"distanceM": 11_001.0}, False),
        (PACE, {}, True),
        (PACE, {"movingTimeS": 2_700}, True),  # 270 s/km, 20 faster than the faster end
        (PACE, {"movingTimeS": 2_699}, False),
        (PACE, {"movingTimeS": 3_300}, True),
        (PACE, {"movingTimeS": 3_301}, False),
        (PACE, {"distanceM": 0.0}, False),  # no pace at all
        (TEN_KM | PACE, {}, True),
        (TEN_KM | PACE, {"distanceM": 12_000.0, "movingTimeS": 3_600}, False),
        (TEN_KM | PACE, {"movingTimeS": 4_000}, False),
        ({}, {}, None),
        ({"plannedDurationS": 3_000}, {}, None),
    ],
)
async def test_a_run_keeps_to_its_target_within_twenty_seconds_and_a_tenth(
    ada: Athlete, planned: dict[str, Any], done: dict[str, Any], within: bool | None
) -> None:
    (workout,) = await workouts_of(ada, planned)
    assert (await recorded(ada, workoutId=workout, **done))["withinTarget"] is within


async def test_a_run_without_a_workout_has_no_target(ada: Athlete) -> None:
    assert (await recorded(ada))["withinTarget"] is None


def a_file(started_at: datetime, seconds: int = 600) -> tuple[str, bytes]:
    """1.8 km in ten minutes."""
    return "a.gpx", gpx_bytes(a_hilly_course(seconds, started_at))


MORNING = datetime(2026, 3, 4, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("workout", "fits"),
    [
        ({"scheduledDate": "2026-03-04", "plannedDistanceM": 1_800.0}, True),
        ({"scheduledDate": "2026-03-04", "plannedDistanceM": 2_200.0}, True),
        ({"scheduledDate": "2026-03-04", "plannedDistanceM": 2_600.0}, False),
        ({"scheduledDate": "2026-03-04", "plannedDurationS": 660}, True),
        ({"scheduledDate": "2026-03-04", "plannedDurationS": 900}, False),
        ({"scheduledDate": "2026-03-04"}, False),
        ({"scheduledDate": "2026-03-05", "plannedDistanceM": 1_800.0}, False),
        ({"scheduledDate": None, "plannedDistanceM": 1_800.0}, False),
        ({"scheduledDate": "2026-03-04", "plannedDurationS": 600, "type": "STRENGTH"}, False),
    ],
    ids=range(9),
)
async def test_an_imported_run_is_the_workout_of_its_day_that_fits(
    ada: Athlete, work: Work, workout: dict[str, Any], fits: bool
) -> None:
    (workout_id,) = await workouts_of(ada, workout)
    run = await run_of(ada, await imported_run(ada, work, *a_file(MORNING)))
    assert run is not None
    assert run["workout"] == ({"id": workout_id} if fits else None)


async def test_an_imported_run_takes_the_closest_workout_that_is_free(ada: Athlete, work: Work) -> None:
    day = {"scheduledDate": "2026-03-04"}
    far, near, taken = await workouts_of(
        ada,
        day | {"plannedDistanceM": 2_000.0},
        day | {"plannedDistanceM": 1_850.0},
        day | {"plannedDistanceM": 1_800.0},
    )
    await recorded(ada, workoutId=taken)
    linked = []
    for hour in (6, 8, 10):
        run = await run_of(ada, await imported_run(ada, work, *a_file(MORNING.replace(hour=hour))))
        assert run is not None
        linked.append(run["workout"] and run["workout"]["id"])
    assert linked == [near, far, None]


@pytest.mark.parametrize(("timezone", "day"), [("Pacific/Auckland", "2026-03-05"), ("UTC", "2026-03-04")])
async def test_the_day_of_an_imported_run_is_the_athletes_own(
    ada: Athlete, work: Work, timezone: str, day: str
) -> None:
    assert (await ada.get(SET_TIMEZONE, z=timezone))["updateViewer"]["userErrors"] == []
    days = ("2026-03-03", "2026-03-04", "2026-03-05")
    ids = await workouts_of(ada, *[{"scheduledDate": day, "plannedDistanceM": 1_800.0} for day in days])
    run = await run_of(ada, await imported_run(ada, work, *a_file(MORNING.replace(hour=20))))
    assert run is not None
    assert run["workout"] == {"id": ids[days.index(day)]}


async def test_an_imported_run_is_never_another_athletes_workout(ada: Athlete, bob: Athlete, work: Work) -> None:
    await workouts_of(bob, {"scheduledDate": "2026-03-04", "plannedDistanceM": 1_800.0})
    run = await run_of(ada, await imported_run(ada, work, *a_file(MORNING)))
    assert run is not None
    assert run["workout"] is None
