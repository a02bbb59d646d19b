"""The weeks of a plan, Monday to Sunday where the athlete is, against the same reckoned in plain Python."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import Athlete
from tests.factories.plan_requests import a_plan_of, a_run_of, workouts_in

READ = """query($id: ID!, $number: Int!) { plan(id: $id) { week(number: $number) { number startDate endDate
    plannedDistanceM actualDistanceM plannedRuns completedRuns
    workouts { scheduledDate type } runs { startedAt } } } }"""
NOT_RUN = ("REST", "STRENGTH", "CROSS_TRAINING")
# In the first two the clock changes in the night to 29 March, in Beirut and Cairo at midnight itself.
ZONES = ("Europe/Zurich", "Asia/Beirut", "Africa/Cairo", "America/Los_Angeles", "Pacific/Kiritimati", "UTC")
RUNNERS = count(1)
FRIDAY_EVENING = datetime(2026, 3, 27, 20, tzinfo=UTC)

Move = Callable[[str], Awaitable[None]]


async def week_of(athlete: Athlete, plan_id: str, number: int) -> dict[str, Any] | None:
    answer = await athlete.get(READ, id=plan_id, number=number)
    week: dict[str, Any] | None = answer["plan"]["week"]
    return week


def written(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reckoned(
    start: date, end: date, number: int, workouts: list[dict[str, Any]], done: set[int], runs: list[Any], zone: str
) -> dict[str, Any] | None:
    monday = start - timedelta(days=start.weekday()) + timedelta(weeks=number - 1)
    sunday = monday + timedelta(days=6)
    if number < 1 or monday > end:
        return None

    def within(day: date) -> bool:
        return monday <= day <= sunday

    here = [(at, w) for at, w in enumerate(workouts) if within(date.fromisoformat(w["scheduledDate"]))]
    ran = sorted((at, m) for at, m in runs if within(at.astimezone(ZoneInfo(zone)).date()))
    planned = [at for at, w in here if w["type"] not in NOT_RUN]
    return {
        "number": number,
        "startDate": monday.isoformat(),
        "endDate": sunday.isoformat(),
        "plannedDistanceM": sum(w["plannedDistanceM"] or 0 for _, w in here),
        "actualDistanceM": sum(distance for _, distance in ran),
        "plannedRuns": len(planned),
        "completedRuns": len(done & set(planned)),
        "workouts": [
            {"scheduledDate": w["scheduledDate"], "type": w["type"]}
            for _, w in sorted(here, key=lambda one: (one[1]["scheduledDate"], one[0]))
        ],
        "runs": [{"startedAt": written(at)} for at, _ in ran],
    }


@st.composite
def workouts_within(draw: st.DrawFn, start: date, end: date) -> dict[str, Any]:
    kind = draw(st.sampled_from(["EASY_RUN", "STRENGTH", "REST", "CROSS_TRAINING"]))
    distance = None if kind == "REST" else draw(st.sampled_from([None, 8_000.0]))
    return {"type": kind, "scheduledDate": draw(st.dates(start, end)).isoformat(), "plannedDistanceM": distance}


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_a_week_is_what_plain_python_reckons(athlete: Any, data: st.DataObject) -> None:
    zone = data.draw(st.sampled_from(ZONES))
    start = data.draw(st.dates(date(2026, 3, 16), date(2026, 3, 24)))
    end = start + timedelta(days=data.draw(st.integers(1, 16)))
    workouts = data.draw(st.lists(workouts_within(start, end), max_size=4))
    done = {at for at in range(len(workouts)) if data.draw(st.booleans())}
    minutes = st.lists(st.integers(0, 64 * 60), max_size=4, unique=True)
    free = [(FRIDAY_EVENING + timedelta(minutes=at), 3_000.5) for at in data.draw(minutes)]

    runner = athlete(f"runner {next(RUNNERS)}")  # runs of an earlier example would be in the week too
    await runner.get(
        "mutation($zone: String!) { updateViewer(input: {timezone: $zone}) { userErrors { code } } }", zone=zone
    )
    plan_id = await a_plan_of(runner, startDate=start.isoformat(), endDate=end.isoformat())
    ids = await workouts_in(runner, plan_id, *workouts) if workouts else []
    runs = [*free, *((datetime(2026, 3, 26, 5, at, tzinfo=UTC), 1_000.0) for at in done)]
    linked = [None] * len(free) + [ids[at] for at in done]
    for (at, distance), workout_id in zip(runs, linked, strict=True):
        await a_run_of(runner, startedAt=at.isoformat(), distanceM=distance, workoutId=workout_id)

    for number in (0, 1, 2, 3, 4):
        week = await week_of(runner, plan_id, number)
        assert week == reckoned(start, end, number, workouts, done, runs, zone)


async def test_number_one_holds_the_first_day_though_the_plan_begins_on_a_sunday(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada, startDate="2026-03-08", endDate="2026-03-09")
    weeks = [await week_of(ada, plan_id, number) for number in (1, 2, 3)]
    assert [week and (week["startDate"], week["endDate"]) for week in weeks] == [
        ("2026-03-02", "2026-03-08"),
        ("2026-03-09", "2026-03-15"),
        None,
    ]


@pytest.mark.parametrize("number", [0, -1, -(2**31), 55, 2**31 - 1])
async def test_there_is_no_week_outside_the_plan(ada: Athlete, number: int) -> None:
    assert await week_of(ada, await a_plan_of(ada), number) is None


async def test_the_longest_plan_has_its_last_week(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada, startDate="2025-03-02", endDate="2026-03-02")  # a Sunday, and a Monday 365 days on
    last = await week_of(ada, plan_id, 54)
    assert last is not None
    assert (last["startDate"], await week_of(ada, plan_id, 55)) == ("2026-03-02", None)


async def test_a_run_before_midnight_belongs_to_the_day_where_it_was_run(ada: Athlete) -> None:
    await ada.get('mutation { updateViewer(input: {timezone: "America/Denver"}) { userErrors { code } } }')
    plan_id = await a_plan_of(ada)
    await a_run_of(ada, startedAt="2026-03-09T05:30:00Z", distanceM=7_000.0)  # Sunday the 8th, 23:30 in Denver
    first, second = await week_of(ada, plan_id, 1), await week_of(ada, plan_id, 2)
    assert first is not None
    assert second is not None
    assert (first["actualDistanceM"], second["actualDistanceM"]) == (7_000, 0)


async def test_two_weeks_of_one_plan_are_one_statement(ada: Athlete, statements: Any) -> None:
    plan_id = await a_plan_of(ada)
    async with statements() as sent:
        answer = await ada.get(
            """query($id: ID!) { plan(id: $id) { a: week(number: 1) { number workouts { run { id } } }
                b: week(number: 2) { runs { workout { plan { progress { totalWorkouts } } } } } } }""",
            id=plan_id,
        )
    assert answer["plan"] == {"a": {"number": 1, "workouts": []}, "b": {"runs": []}}
    assert len(sent) == 1


async def test_anothers_runs_are_not_in_the_week(ada: Athlete, bob: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    await a_run_of(bob)
    week = await week_of(ada, plan_id, 1)
    assert week is not None
    assert (week["runs"], week["actualDistanceM"]) == ([], 0)
