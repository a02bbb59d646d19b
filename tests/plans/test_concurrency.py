"""Many hands on one plan at once: every change counts, and none is lost."""

import asyncio

from tests.conftest import Athlete
from tests.factories.plan_requests import a_plan_of, a_run_of, done, payload, refused, workouts_in

READ = "query($id: ID!) { plan(id: $id) { version name description workouts { edges { node { scheduledDate } } } } }"


async def test_twenty_workouts_moved_at_once_are_twenty_versions(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    workout_ids = await workouts_in(ada, plan_id, *[{}] * 20)
    days = [f"2026-04-{at + 1:02}" for at in range(20)]
    moves = [{"id": id, "to": day} for id, day in zip(workout_ids, days, strict=True)]

    await asyncio.gather(*(done(ada, "rescheduleWorkout", move) for move in moves))

    plan = (await ada.get(READ, id=plan_id))["plan"]
    assert plan["version"] == 2 + 20
    assert [edge["node"]["scheduledDate"] for edge in plan["workouts"]["edges"]] == days


async def test_changes_of_different_fields_at_once_are_all_kept(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    (workout_id,) = await workouts_in(ada, plan_id, {})
    await asyncio.gather(
        done(ada, "updatePlan", {"id": plan_id, "name": "Other"}),
        done(ada, "updatePlan", {"id": plan_id, "description": "Slowly"}),
        done(ada, "activatePlan", {"id": plan_id}),
        done(ada, "rescheduleWorkout", {"id": workout_id, "to": "2026-04-01"}),
    )
    plan = (await ada.get(READ, id=plan_id))["plan"]
    assert (plan["version"], plan["name"], plan["description"]) == (6, "Other", "Slowly")
    assert plan["workouts"]["edges"] == [{"node": {"scheduledDate": "2026-04-01"}}]


async def test_of_twenty_changes_that_expect_one_version_one_is_made(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    changes = [{"id": plan_id, "name": f"Name {at}", "expectedVersion": 1} for at in range(20)]
    answers = await asyncio.gather(*(payload(ada, "updatePlan", change, "plan { name }") for change in changes))
    made = [answer["plan"]["name"] for answer in answers if not answer["userErrors"]]
    codes = [error["code"] for answer in answers for error in answer["userErrors"]]
    assert (len(made), codes) == (1, ["CONFLICT"] * 19)
    plan = (await ada.get(READ, id=plan_id))["plan"]
    assert (plan["version"], plan["name"]) == (2, made[0])


async def test_a_plan_deleted_twenty_times_at_once_is_found_once(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    answers = await asyncio.gather(*(payload(ada, "deletePlan", {"id": plan_id}, "deletedId") for _ in range(20)))
    assert sorted(answer["deletedId"] or "" for answer in answers) == [""] * 19 + [plan_id]


async def test_blocks_added_at_once_stay_whole(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    await asyncio.gather(*(workouts_in(ada, plan_id, *[{}] * 5) for _ in range(10)))
    answer = await ada.get("query($id: ID!) { plan(id: $id) { version workouts { totalCount } } }", id=plan_id)
    assert answer["plan"] == {"version": 11, "workouts": {"totalCount": 50}}


async def test_a_plan_has_a_most_of_workouts_however_they_come(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    block = {"planId": plan_id, "workouts": [{"name": "Easy", "type": "EASY_RUN"}] * 200}
    answers = await asyncio.gather(*(payload(ada, "addWorkouts", block) for _ in range(6)))
    codes = [error["code"] for answer in answers for error in answer["userErrors"]]
    assert codes == ["LIMIT_EXCEEDED"]


async def test_links_and_deletions_of_the_same_workouts_do_not_hold_each_other_up(ada: Athlete) -> None:
    for _ in range(5):
        plan_id = await a_plan_of(ada)
        workout_ids = await workouts_in(ada, plan_id, *[{}] * 16)
        run_ids = [await a_run_of(ada, workoutId=id) for id in workout_ids[:8]]
        moves = [{"id": run, "workoutId": free} for run, free in zip(run_ids, workout_ids[8:], strict=True)]
        answers = await asyncio.gather(
            *(payload(ada, "linkRun", move, "run { id }") for move in moves[:4]),
            payload(ada, "deletePlan", {"id": plan_id}, "deletedId"),
            *(payload(ada, "linkRun", move, "run { id }") for move in moves[4:]),
        )
        assert answers[4]["deletedId"] == plan_id
        assert {error["code"] for answer in answers for error in answer["userErrors"]} <= {"NOT_FOUND"}


async def test_a_workout_that_goes_while_it_is_moved_is_not_found(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    (workout_id,) = await workouts_in(ada, plan_id, {})
    await done(ada, "deleteWorkout", {"id": workout_id})
    mistake = await refused(ada, "rescheduleWorkout", {"id": workout_id, "to": "2026-04-01"}, "workout { id }")
    assert (mistake["code"], mistake["field"]) == ("NOT_FOUND", ["id"])
