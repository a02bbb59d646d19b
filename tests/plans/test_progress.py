"""How much of a plan is done, against the same reckoned in plain Python."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Athlete
from tests.factories.plan_requests import a_plan_of, a_run_of, workouts_in
from tests.plans.conftest import StoppedClock

READ = """query($id: ID!) { plan(id: $id) { progress { totalWorkouts dueWorkouts completedWorkouts pendingWorkouts
    plannedDistanceM actualDistanceM adherencePercent } } }"""
MIDDLE = date(2026, 4, 15)
ZONES = ("UTC", "Pacific/Auckland", "Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata")

Move = Callable[[str], Awaitable[None]]


async def progress_of(athlete: Athlete, plan_id: str) -> dict[str, Any]:
    answer = await athlete.get(READ, id=plan_id)
    progress: dict[str, Any] = answer["plan"]["progress"]
    return progress


async def with_runs(athlete: Athlete, workouts: list[dict[str, Any]], runs: list[float | None]) -> str:
    """A plan with workouts, each with a run of so many metres, or with none."""
    plan_id = await a_plan_of(athlete)
    ids = await workouts_in(athlete, plan_id, *workouts) if workouts else []
    for workout_id, distance in zip(ids, runs, strict=True):
        if distance is not None:
            await a_run_of(athlete, workoutId=workout_id, distanceM=distance)
    return plan_id


def reckoned(workouts: list[dict[str, Any]], runs: list[float | None], today: date) -> dict[str, Any]:
    counted = [(w, r) for w, r in zip(workouts, runs, strict=True) if w["type"] != "REST"]
    due = [r for w, r in counted if w.get("scheduledDate") and date.fromisoformat(w["scheduledDate"]) <= today]
    completed = [r for _, r in counted if r is not None]
    return {
        "totalWorkouts": len(counted),
        "dueWorkouts": len(due),
        "completedWorkouts": len(completed),
        "pendingWorkouts": len(counted) - len(completed),
        "plannedDistanceM": sum(w.get("plannedDistanceM") or 0 for w, _ in counted),
        "actualDistanceM": sum(completed),
        "adherencePercent": pytest.approx(100 * sum(r is not None for r in due) / len(due) if due else 100),
    }


@st.composite
def workouts_and_runs(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[float | None]]:
    workouts: list[dict[str, Any]] = []
    runs: list[float | None] = []
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["EASY_RUN", "LONG_RUN", "STRENGTH", "REST"]))
        day = draw(st.none() | st.integers(-2, 2))
        distance = None if kind == "REST" else draw(st.sampled_from([None, 5_000.0, 12_345.5]))
        when = None if day is None else (MIDDLE + timedelta(days=day)).isoformat()
        workouts.append({"type": kind, "scheduledDate": when, "plannedDistanceM": distance})
        runs.append(draw(st.sampled_from([None, 4_900.0, 13_000.25])))
    return workouts, runs


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(workouts_and_runs(), st.sampled_from(ZONES), st.integers(-36, 36))
async def test_progress_is_what_plain_python_reckons(
    ada: Athlete,
    clock: StoppedClock,
    living_in: Move,
    drawn: tuple[list[dict[str, Any]], list[float | None]],
    zone: str,
    hours: int,
) -> None:
    workouts, runs = drawn
    await living_in(zone)
    clock.instant = datetime(2026, 4, 15, 12, 30, tzinfo=UTC) + timedelta(hours=hours)
    plan_id = await with_runs(ada, workouts, runs)
    today = clock.instant.astimezone(ZoneInfo(zone)).date()
    assert await progress_of(ada, plan_id) == reckoned(workouts, runs, today)


async def test_an_empty_plan_is_followed_to_the_full(ada: Athlete) -> None:
    assert await progress_of(ada, await a_plan_of(ada)) == {
        "totalWorkouts": 0,
        "dueWorkouts": 0,
        "completedWorkouts": 0,
        "pendingWorkouts": 0,
        "plannedDistanceM": 0,
        "actualDistanceM": 0,
        "adherencePercent": 100,
    }


async def test_rest_does_not_count(ada: Athlete, clock: StoppedClock) -> None:
    plan_id = await with_runs(ada, [{"type": "REST", "scheduledDate": "2026-04-01"}, {"type": "TEMPO"}], [None, None])
    progress = await progress_of(ada, plan_id)
    assert (progress["totalWorkouts"], progress["dueWorkouts"], progress["adherencePercent"]) == (1, 0, 100)


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("UTC", 0),
        ("Pacific/Auckland", 1),  # it is the 16th there
        ("America/Los_Angeles", 0),
    ],
)
async def test_a_workout_is_due_when_its_day_has_come_where_the_athlete_is(
    ada: Athlete, clock: StoppedClock, living_in: Move, zone: str, due: int
) -> None:
    clock.instant = datetime(2026, 4, 15, 12, 30, tzinfo=UTC)
    await living_in(zone)
    plan_id = await with_runs(ada, [{"scheduledDate": "2026-04-16", "type": "TEMPO"}], [None])
    assert (await progress_of(ada, plan_id))["dueWorkouts"] == due


async def test_what_is_run_ahead_of_its_day_is_completed_and_adds_nothing_to_adherence(
    ada: Athlete, clock: StoppedClock
) -> None:
    days = [{"type": "TEMPO", "scheduledDate": day} for day in ("2026-04-14", "2026-04-15", "2026-05-01")]
    plan_id = await with_runs(ada, days, [5_000.0, None, 6_000.0])
    progress = await progress_of(ada, plan_id)
    assert (progress["completedWorkouts"], progress["dueWorkouts"], progress["adherencePercent"]) == (2, 2, 50)


async def test_a_run_linked_to_another_plan_does_not_count_here(ada: Athlete, clock: StoppedClock) -> None:
    day = [{"type": "TEMPO", "scheduledDate": "2026-04-14"}]
    await with_runs(ada, day, [5_000.0])
    assert (await progress_of(ada, await with_runs(ada, day, [None])))["completedWorkouts"] == 0
