"""Plans over HTTP: what each mutation writes, and how it reads back."""

from collections.abc import Callable

import pytest

from domain.shared.node_ids import parse_node_id
from tests.conftest import Athlete
from tests.factories.plan_requests import PLAN, WORKOUT, a_plan_of, a_run_of, document, done, workouts_in

READ_PLAN = """query($id: ID!) { plan(id: $id) { version status name workouts { edges { node { name } } } } }"""


async def version_of(athlete: Athlete, plan_id: str) -> int:
    answer = await athlete.get("query($id: ID!) { plan(id: $id) { version } }", id=plan_id)
    version: int = answer["plan"]["version"]
    return version


async def test_a_created_plan_is_a_draft_that_reads_back_as_given(ada: Athlete) -> None:
    given = PLAN | {"name": "  Trail season  ", "description": "Slowly", "goalRaceDate": "2026-06-07"}
    made = await done(
        ada,
        "createPlan",
        given,
        "plan { id name description status startDate endDate goalRaceDate version createdAt updatedAt }",
    )
    plan = made["plan"]
    kind, _ = parse_node_id(plan.pop("id")) or ("", None)
    created, updated = plan.pop("createdAt"), plan.pop("updatedAt")
    assert (kind, created, created[-1]) == ("Plan", updated, "Z")
    assert plan == {
        "name": "Trail season",
        "description": "Slowly",
        "status": "DRAFT",
        "startDate": "2026-03-02",
        "endDate": "2026-05-24",
        "goalRaceDate": "2026-06-07",
        "version": 1,
    }


async def test_two_aliases_of_one_mutation_read_back_each_with_its_own_selection(ada: Athlete) -> None:
    answer = await ada.get(
        """mutation($input: CreatePlanInput!) {
            a: createPlan(input: $input) { plan { name } }
            b: createPlan(input: $input) { plan { days: startDate version } again: plan { id } }
        }""",
        input=PLAN,
    )
    assert answer["a"] == {"plan": {"name": PLAN["name"]}}
    assert answer["b"]["plan"] == {"days": PLAN["startDate"], "version": 1}
    assert list(answer["b"]["again"]) == ["id"]


async def test_a_plan_changes_in_what_is_given_and_in_nothing_else(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada, description="Slowly", goalRaceDate="2026-05-24")
    changed = await done(
        ada,
        "updatePlan",
        {"id": plan_id, "name": "Other", "goalRaceDate": None, "expectedVersion": 1},
        "plan { name description goalRaceDate startDate version }",
    )
    assert changed["plan"] == {
        "name": "Other",
        "description": "Slowly",
        "goalRaceDate": None,
        "startDate": PLAN["startDate"],
        "version": 2,
    }


async def test_a_change_that_changes_nothing_does_not_count(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    changed = await done(ada, "updatePlan", {"id": plan_id, "name": PLAN["name"]}, "plan { version }")
    assert changed["plan"]["version"] == 1


async def test_a_plan_is_activated_and_completed(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    for mutation, status in (("activatePlan", "ACTIVE"), ("completePlan", "COMPLETED")):
        assert (await done(ada, mutation, {"id": plan_id}, "plan { status }"))["plan"] == {"status": status}


async def test_a_draft_is_abandoned(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    assert (await done(ada, "abandonPlan", {"id": plan_id}, "plan { status }"))["plan"] == {"status": "ABANDONED"}


async def test_added_workouts_come_back_in_the_order_given_with_their_plan(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    names = ["Tuesday", "Monday", "Sunday"]
    made = await done(
        ada,
        "addWorkouts",
        {"planId": plan_id, "workouts": [WORKOUT | {"name": name} for name in names]},
        "workouts { name plan { id } } plan { version workouts { totalCount } }",
    )
    assert made["workouts"] == [{"name": name, "plan": {"id": plan_id}} for name in names]
    assert made["plan"] == {"version": 2, "workouts": {"totalCount": 3}}


async def test_a_workout_reads_back_with_its_pace_and_its_steps(ada: Athlete) -> None:
    effort = {"kind": "EFFORT", "minimum": 7.0, "maximum": 8.5}
    fast = {"kind": "WORK", "distanceM": 1000.0, "target": effort}
    warm_up, repeat = {"kind": "WARM_UP", "durationS": 600, "note": "easy"}, {"kind": "REPEAT", "repetitions": 6}
    given = {
        "type": "INTERVALS",
        "scheduledDate": "2026-03-10",
        "plannedDistanceM": 12_000.5,
        "plannedDurationS": 3_600,
        "targetPace": {"minSPerKm": 240.5, "maxSPerKm": 250.0},
        "description": "6 × 1 km ☀",
    }
    steps = [warm_up, repeat | {"steps": [fast]}]
    (workout_id,) = await workouts_in(ada, await a_plan_of(ada), given | {"steps": steps})
    answer = await ada.get(
        """query($id: ID!) { node(id: $id) { ... on Workout { type scheduledDate plannedDistanceM plannedDurationS
            targetPace { minSPerKm maxSPerKm } description
            steps { kind repetitions distanceM durationS note target { kind minimum maximum }
                steps { kind distanceM target { kind minimum maximum } steps { kind } } } } } }""",
        id=workout_id,
    )
    nothing = {"repetitions": None, "distanceM": None, "durationS": None, "note": None, "target": None, "steps": []}
    assert answer["node"] == given | {
        "steps": [nothing | warm_up, nothing | repeat | {"steps": [fast | {"steps": []}]}]
    }


async def test_a_workout_changes_in_what_is_given_and_null_clears(ada: Athlete) -> None:
    pace = {"minSPerKm": 300.0, "maxSPerKm": 320.0}
    (workout_id,) = await workouts_in(
        ada,
        await a_plan_of(ada),
        {"targetPace": pace, "plannedDistanceM": 8_000.0, "steps": [{"kind": "WORK"}], "scheduledDate": "2026-03-05"},
    )
    changed = await done(
        ada,
        "updateWorkout",
        {"id": workout_id, "type": "TEMPO", "targetPace": None, "steps": None, "scheduledDate": None},
        "workout { name type targetPace { minSPerKm } steps { kind } scheduledDate plannedDistanceM plan { version } }",
    )
    assert changed["workout"] == {
        "name": WORKOUT["name"],
        "type": "TEMPO",
        "targetPace": None,
        "steps": [],
        "scheduledDate": None,
        "plannedDistanceM": 8_000.0,
        "plan": {"version": 3},
    }


async def test_a_workout_is_moved_to_another_day(ada: Athlete) -> None:
    (workout_id,) = await workouts_in(ada, await a_plan_of(ada), {"scheduledDate": "2026-03-05"})
    moved = await done(
        ada, "rescheduleWorkout", {"id": workout_id, "to": "2026-05-24"}, "workout { scheduledDate plan { version } }"
    )
    assert moved["workout"] == {"scheduledDate": "2026-05-24", "plan": {"version": 3}}


async def test_a_deleted_workout_is_gone_and_its_run_stays_unlinked(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    workout_id, other_id = await workouts_in(ada, plan_id, {}, {"name": "Other"})
    run_id = await a_run_of(ada, workoutId=workout_id)

    gone = await done(ada, "deleteWorkout", {"id": workout_id}, "deletedId")

    assert gone["deletedId"] == workout_id
    answer = await ada.get(
        """query($run: ID!, $workout: ID!, $other: ID!) { run(id: $run) { workout { id } }
            node(id: $workout) { id } other: node(id: $other) { id } }""",
        run=run_id,
        workout=workout_id,
        other=other_id,
    )
    assert answer == {"run": {"workout": None}, "node": None, "other": {"id": other_id}}
    assert await version_of(ada, plan_id) == 3


async def test_a_deleted_plan_takes_its_workouts_along_and_leaves_its_runs_unlinked(ada: Athlete) -> None:
    plan_id, kept_id = await a_plan_of(ada), await a_plan_of(ada)
    (workout_id,) = await workouts_in(ada, plan_id, {})
    run_id = await a_run_of(ada, workoutId=workout_id)

    gone = await done(ada, "deletePlan", {"id": plan_id}, "deletedId")

    assert gone["deletedId"] == plan_id
    answer = await ada.get(
        """query($run: ID!, $id: ID!) { plan(id: $id) { id } plans { edges { node { id } } }
            workouts { totalCount } run(id: $run) { id workout { id } plan { id } } }""",
        run=run_id,
        id=plan_id,
    )
    assert answer == {
        "plan": None,
        "plans": {"edges": [{"node": {"id": kept_id}}]},
        "workouts": {"totalCount": 0},
        "run": {"id": run_id, "workout": None, "plan": None},
    }


async def test_what_is_written_reads_back_in_the_writers_own_scope_only(athlete: Callable[..., Athlete]) -> None:
    writer = athlete("writer", scopes=["training:write"])
    answer = await writer.ask(document("createPlan", "plan { id }"), input=PLAN)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


@pytest.mark.parametrize("status", ["DRAFT", "ACTIVE", "COMPLETED"])
async def test_a_plan_is_deleted_whatever_its_status(ada: Athlete, status: str) -> None:
    plan_id = await a_plan_of(ada)
    for mutation in {"DRAFT": [], "ACTIVE": ["activatePlan"], "COMPLETED": ["activatePlan", "completePlan"]}[status]:
        await done(ada, mutation, {"id": plan_id})
    await done(ada, "deletePlan", {"id": plan_id})
    assert (await ada.get(READ_PLAN, id=plan_id))["plan"] is None
