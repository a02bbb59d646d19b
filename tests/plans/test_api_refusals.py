"""Plans over HTTP: what is refused, and how the refusal names the field and helps."""

from typing import Any

import pytest

from domain.plans.model import MAX_WORKOUTS_AT_ONCE
from tests.conftest import Athlete
from tests.factories.plan_requests import PLAN, WORKOUT, a_plan_of, done, payload, refused, workouts_in

READ = "query($id: ID!) { plan(id: $id) { name version status workouts { edges { node { name scheduledDate } } } } }"
PAYLOADS = {"deletePlan": "deletedId", "deleteWorkout": "deletedId", "addWorkouts": "plan { id } workouts { id }"}


def selection(mutation: str) -> str:
    return PAYLOADS.get(mutation, "workout { id }" if "Workout" in mutation else "plan { id }")


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": " \t "}, "name", "1 to 255 characters"),
        ({"name": "x" * 256}, "name", "this one has 256"),
        ({"name": "a\x00b"}, "name", "NUL"),
        ({"description": "x" * 10_001}, "description", "at most 10,000"),
        ({"endDate": "2026-03-02"}, "endDate", "A plan ends after it starts"),
        ({"endDate": "2027-03-03"}, "endDate", "at most 365 days"),
        ({"goalRaceDate": "2026-06-08"}, "goalRaceDate", "at most 14 days after its end"),
        ({"goalRaceDate": "2026-03-01"}, "goalRaceDate", "within the plan"),
    ],
)
async def test_a_plan_that_breaks_a_rule_is_not_made(ada: Athlete, given: Any, field: str, words: str) -> None:
    mistake = await refused(ada, "createPlan", PLAN | given, "plan { id }")
    assert (mistake["code"], mistake["field"]) == ("INVALID", [field])
    assert words in mistake["message"]
    assert (await ada.get("{ plans { totalCount } }"))["plans"]["totalCount"] == 0


@pytest.mark.parametrize(
    ("bad", "path", "words"),
    [
        ({"name": ""}, ["name"], "1 to 255"),
        ({"plannedDistanceM": 99.9}, ["plannedDistanceM"], "100 to 300,000 m; this one is 99.9"),
        ({"plannedDistanceM": 300_000.1}, ["plannedDistanceM"], "300,000"),
        ({"plannedDurationS": 0}, ["plannedDurationS"], "planned duration"),
        ({"targetPace": {"minSPerKm": 300.0}}, ["targetPace", "maxSPerKm"], "both ends"),
        ({"targetPace": {"maxSPerKm": 300.0}}, ["targetPace", "minSPerKm"], "both ends"),
        ({"targetPace": {"minSPerKm": 119.0, "maxSPerKm": 200.0}}, ["targetPace", "minSPerKm"], "120 to 1,200"),
        ({"targetPace": {"minSPerKm": 400.0, "maxSPerKm": 300.0}}, ["targetPace"], "faster end"),
        ({"type": "REST", "plannedDistanceM": 5_000.0}, ["plannedDistanceM"], "A REST carries no"),
        ({"scheduledDate": "2026-05-25"}, ["scheduledDate"], "2026-03-02 to 2026-05-24"),
        ({"steps": [{"kind": "WORK", "repetitions": 2}]}, ["steps", "0", "repetitions"], "Only a REPEAT"),
        (
            {"steps": [{"kind": "REPEAT", "repetitions": 2, "steps": [{"kind": "WORK", "distanceM": 0.0}]}]},
            ["steps", "0", "steps", "0", "distanceM"],
            "1 to 300,000 m",
        ),
    ],
)
async def test_one_bad_workout_adds_none_of_its_block(ada: Athlete, bad: Any, path: list[str], words: str) -> None:
    plan_id = await a_plan_of(ada)
    block = [WORKOUT, WORKOUT, WORKOUT, WORKOUT | bad]
    mistake = await refused(ada, "addWorkouts", {"planId": plan_id, "workouts": block}, selection("addWorkouts"))
    assert (mistake["code"], mistake["field"]) == ("INVALID", ["workouts", "3", *path])
    assert words in mistake["message"]
    plan = (await ada.get(READ, id=plan_id))["plan"]
    assert (plan["version"], plan["workouts"]["edges"]) == (1, [])


@pytest.mark.parametrize(("count", "code"), [(0, "INVALID"), (MAX_WORKOUTS_AT_ONCE + 1, "LIMIT_EXCEEDED")])
async def test_a_block_has_a_least_and_a_most(ada: Athlete, count: int, code: str) -> None:
    plan_id = await a_plan_of(ada)
    mistake = await refused(ada, "addWorkouts", {"planId": plan_id, "workouts": [WORKOUT] * count})
    assert (mistake["code"], mistake["field"]) == (code, ["workouts"])


async def test_the_largest_block_is_taken(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    assert len(await workouts_in(ada, plan_id, *[{}] * MAX_WORKOUTS_AT_ONCE)) == MAX_WORKOUTS_AT_ONCE


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": None}, "INVALID", ["name"]),
        ({"startDate": None}, "INVALID", ["startDate"]),
        ({"endDate": "2026-03-01"}, "INVALID", ["endDate"]),
        ({"startDate": "2026-03-06"}, "INVALID", ["startDate"]),  # its workout would be left outside
        ({"endDate": "2026-03-04"}, "INVALID", ["endDate"]),
        ({"name": "Other", "expectedVersion": 1}, "CONFLICT", ["expectedVersion"]),
    ],
)
async def test_a_refused_change_leaves_the_plan_as_it_is(ada: Athlete, changes: Any, code: str, field: Any) -> None:
    plan_id = await a_plan_of(ada)
    await workouts_in(ada, plan_id, {"scheduledDate": "2026-03-05"})
    before = await ada.get(READ, id=plan_id)
    mistake = await refused(ada, "updatePlan", {"id": plan_id} | changes, "plan { id }")
    assert (mistake["code"], mistake["field"]) == (code, field)
    assert await ada.get(READ, id=plan_id) == before


async def test_a_stale_version_is_told_the_present_one(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    await done(ada, "activatePlan", {"id": plan_id})
    mistake = await refused(ada, "updatePlan", {"id": plan_id, "name": "Other", "expectedVersion": 1})
    assert "at version 2, not 1" in mistake["message"]


@pytest.mark.parametrize(
    ("mutation", "changes", "field"),
    [
        ("updateWorkout", {"name": None}, ["name"]),
        ("updateWorkout", {"type": None}, ["type"]),
        ("updateWorkout", {"type": "REST"}, ["plannedDistanceM"]),
        ("updateWorkout", {"scheduledDate": "2026-03-01"}, ["scheduledDate"]),
        ("updateWorkout", {"targetPace": {"minSPerKm": 300.0}}, ["targetPace", "maxSPerKm"]),
        ("updateWorkout", {"plannedDistanceM": 1e300}, ["plannedDistanceM"]),
        ("rescheduleWorkout", {"to": "2026-05-25"}, ["to"]),
    ],
)
async def test_a_refused_change_leaves_the_workout_as_it_is(
    ada: Athlete, mutation: str, changes: Any, field: list[str]
) -> None:
    plan_id = await a_plan_of(ada)
    (workout_id,) = await workouts_in(ada, plan_id, {"plannedDistanceM": 9_000.0, "scheduledDate": "2026-03-05"})
    before = await ada.get(READ, id=plan_id)
    mistake = await refused(ada, mutation, {"id": workout_id} | changes, "workout { id }")
    assert (mistake["code"], mistake["field"]) == ("INVALID", field)
    assert await ada.get(READ, id=plan_id) == before


@pytest.mark.parametrize(
    ("steps", "refused_step"),
    [
        ([], "completePlan"),
        (["activatePlan"], "activatePlan"),
        (["activatePlan", "completePlan"], "abandonPlan"),
        (["abandonPlan"], "activatePlan"),
        (["abandonPlan"], "completePlan"),
    ],
)
async def test_a_plan_goes_no_way_but_forward(ada: Athlete, steps: list[str], refused_step: str) -> None:
    plan_id = await a_plan_of(ada)
    for step in steps:
        await done(ada, step, {"id": plan_id})
    mistake = await refused(ada, refused_step, {"id": plan_id}, "plan { id }")
    assert mistake["code"] == "NOT_ALLOWED_NOW"
    assert "cannot become" in mistake["message"]


@pytest.mark.parametrize(
    ("mutation", "given"),
    [
        ("updatePlan", {"name": "Other"}),
        ("addWorkouts", {"workouts": [WORKOUT]}),
        ("updateWorkout", {"name": "Other"}),
        ("rescheduleWorkout", {"to": "2026-03-06"}),
        ("deleteWorkout", {}),
    ],
)
async def test_a_finished_plan_is_not_changed_any_more(ada: Athlete, mutation: str, given: Any) -> None:
    plan_id = await a_plan_of(ada)
    (workout_id,) = await workouts_in(ada, plan_id, {})
    await done(ada, "abandonPlan", {"id": plan_id})
    ids = {"updatePlan": {"id": plan_id}, "addWorkouts": {"planId": plan_id}}.get(mutation, {"id": workout_id})
    mistake = await refused(ada, mutation, ids | given, selection(mutation))
    assert mistake["code"] == "NOT_ALLOWED_NOW"
    assert "ABANDONED" in mistake["message"]


GIVEN: dict[str, dict[str, Any]] = {
    "updatePlan": {"name": "Other"},
    "activatePlan": {},
    "completePlan": {},
    "abandonPlan": {},
    "deletePlan": {},
    "addWorkouts": {"workouts": [WORKOUT]},
    "updateWorkout": {"name": "Other"},
    "rescheduleWorkout": {"to": "2026-03-06"},
    "deleteWorkout": {},
}


@pytest.mark.parametrize("mutation", GIVEN)
async def test_what_is_anothers_is_not_found_and_stays(ada: Athlete, bob: Athlete, mutation: str) -> None:
    plan_id = await a_plan_of(ada)
    (workout_id,) = await workouts_in(ada, plan_id, {})
    before = await ada.get(READ, id=plan_id)
    field = "planId" if mutation == "addWorkouts" else "id"
    named = plan_id if "Plan" in mutation or field == "planId" else workout_id

    mistakes = [
        await refused(bob, mutation, GIVEN[mutation] | {field: id}, selection(mutation))
        for id in (named, "no id at all", workout_id if named == plan_id else plan_id)
    ]

    assert [(mistake["code"], mistake["field"]) for mistake in mistakes] == [("NOT_FOUND", [field])] * 3
    assert len({mistake["message"] for mistake in mistakes}) == 1, "nothing tells another's id from one that is none"
    assert await ada.get(READ, id=plan_id) == before


async def test_what_is_anothers_is_null_in_queries(ada: Athlete, bob: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    (workout_id,) = await workouts_in(ada, plan_id, {})
    answer = await bob.get(
        """query($plan: ID!, $workout: ID!) { plan(id: $plan) { id } a: node(id: $plan) { id }
            b: node(id: $workout) { id } plans { totalCount edges { node { id } } }
            workouts(filter: {planId: $plan}) { totalCount } }""",
        plan=plan_id,
        workout=workout_id,
    )
    nothing = {"totalCount": 0, "edges": []}
    assert answer == {"plan": None, "a": None, "b": None, "plans": nothing, "workouts": {"totalCount": 0}}


async def test_a_refusal_keeps_to_its_own_field_of_the_operation(ada: Athlete) -> None:
    answer = await ada.get(
        """mutation($good: CreatePlanInput!, $bad: CreatePlanInput!) {
            bad: createPlan(input: $bad) { plan { name } userErrors { code } }
            good: createPlan(input: $good) { plan { name } userErrors { code } } }""",
        good=PLAN,
        bad=PLAN | {"name": ""},
    )
    assert answer["bad"] == {"plan": None, "userErrors": [{"code": "INVALID"}]}
    assert answer["good"] == {"plan": {"name": PLAN["name"]}, "userErrors": []}


async def test_the_same_race_on_the_last_day_of_grace_is_taken(ada: Athlete) -> None:
    made = await payload(ada, "createPlan", PLAN | {"endDate": "2027-03-02", "goalRaceDate": "2027-03-16"})
    assert made["userErrors"] == []
