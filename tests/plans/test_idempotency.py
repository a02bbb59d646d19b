"""A request sent twice, or twenty times at once, is done once: for every mutation of plans and workouts."""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain.shared.node_ids import parse_node_id
from domain.shared.once import MAX_KEY_LENGTH
from tests.conftest import Athlete
from tests.factories.plan_requests import PLAN, WORKOUT, a_plan_of, document, done, payload, refused, workouts_in

READ = """query($id: ID!) { plan(id: $id) { version name status
    workouts { edges { node { id name scheduledDate } } } } }"""
ONE_PLAN = "{ plans { totalCount edges { node { id version workouts { totalCount } } } } }"
PAYLOADS = {"deletePlan": "deletedId", "deleteWorkout": "deletedId", "addWorkouts": "plan { id } workouts { id }"}

# What each mutation is given, and another input that its key must not be used for.
ON_A_PLAN: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "updatePlan": ({"name": "Other"}, {"name": "Third"}),
    "activatePlan": ({}, {}),
    "completePlan": ({}, {}),
    "abandonPlan": ({}, {}),
    "deletePlan": ({}, {}),
    "addWorkouts": ({"workouts": [WORKOUT, WORKOUT]}, {"workouts": [WORKOUT]}),
}
ON_A_WORKOUT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "updateWorkout": ({"name": "Other"}, {"name": None}),
    "rescheduleWorkout": ({"to": "2026-03-06"}, {"to": "2026-03-07"}),
    "deleteWorkout": ({}, {}),
}
MUTATIONS = {**ON_A_PLAN, **ON_A_WORKOUT}


def selection(mutation: str) -> str:
    return PAYLOADS.get(mutation, "workout { id }" if mutation in ON_A_WORKOUT else "plan { id }")


async def an_input(athlete: Athlete, mutation: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The plan that is written, an input with a key, and another input with the same key."""
    plan_id, other_plan = await a_plan_of(athlete), await a_plan_of(athlete)
    (workout_id,) = await workouts_in(athlete, plan_id, {"scheduledDate": "2026-03-05"})
    (other_workout,) = await workouts_in(athlete, other_plan, {})
    if mutation == "completePlan":
        await done(athlete, "activatePlan", {"id": plan_id})
    given, different = MUTATIONS[mutation]
    field = "planId" if mutation == "addWorkouts" else "id"
    named, other = (plan_id, other_plan) if mutation in ON_A_PLAN else (workout_id, other_workout)
    key = {"idempotencyKey": f"{mutation} ☀"}
    return plan_id, {field: named} | given | key, {field: named if different else other} | different | key


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_the_same_key_again_gives_the_first_answer_and_does_nothing(ada: Athlete, mutation: str) -> None:
    plan_id, input, _ = await an_input(ada, mutation)
    first = await done(ada, mutation, input, selection(mutation))
    after = await ada.get(READ, id=plan_id)

    assert await done(ada, mutation, input, selection(mutation)) == first
    assert await ada.get(READ, id=plan_id) == after


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_twenty_requests_with_one_key_at_once_are_done_once(ada: Athlete, mutation: str) -> None:
    plan_id, input, _ = await an_input(ada, mutation)
    before = await ada.get(READ, id=plan_id)

    answers = await asyncio.gather(*(payload(ada, mutation, input, selection(mutation)) for _ in range(20)))

    assert answers == [answers[0]] * 20
    assert answers[0]["userErrors"] == []
    plan = (await ada.get(READ, id=plan_id))["plan"]
    assert plan is None if mutation == "deletePlan" else plan["version"] == before["plan"]["version"] + 1


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_the_same_key_with_another_input_is_a_conflict(ada: Athlete, mutation: str) -> None:
    plan_id, input, different = await an_input(ada, mutation)
    await done(ada, mutation, input)
    after = await ada.get(READ, id=plan_id)
    mistake = await refused(ada, mutation, different, selection(mutation))
    assert (mistake["code"], mistake["field"]) == ("CONFLICT", ["idempotencyKey"])
    assert await ada.get(READ, id=plan_id) == after


async def test_twenty_plans_with_one_key_at_once_are_one_plan(ada: Athlete) -> None:
    input = PLAN | {"idempotencyKey": "once"}
    answers = await asyncio.gather(*(done(ada, "createPlan", input, "plan { id version }") for _ in range(20)))
    assert answers == [answers[0]] * 20
    assert (await ada.get("{ plans { totalCount } }"))["plans"]["totalCount"] == 1


async def test_twenty_different_plans_with_one_key_at_once_are_one_plan_and_conflicts(ada: Athlete) -> None:
    inputs = [PLAN | {"name": f"Plan {at}", "idempotencyKey": "once"} for at in range(20)]
    answers = await asyncio.gather(*(payload(ada, "createPlan", input, "plan { id }") for input in inputs))
    codes = sorted(error["code"] for answer in answers for error in answer["userErrors"])
    assert codes == ["CONFLICT"] * 19
    assert (await ada.get("{ plans { totalCount } }"))["plans"]["totalCount"] == 1


async def test_twenty_plans_with_twenty_keys_are_twenty_plans(ada: Athlete) -> None:
    inputs = [PLAN | {"idempotencyKey": f"key {at}"} for at in range(20)]
    answers = await asyncio.gather(*(done(ada, "createPlan", input, "plan { id }") for input in inputs))
    assert len({answer["plan"]["id"] for answer in answers}) == 20


async def test_the_same_key_for_another_mutation_is_a_conflict(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    input = {"id": plan_id, "idempotencyKey": "once"}
    await done(ada, "activatePlan", input)
    mistake = await refused(ada, "abandonPlan", input, "plan { id }")
    assert (mistake["code"], mistake["field"]) == ("CONFLICT", ["idempotencyKey"])
    assert "new key" in mistake["message"]


async def test_a_refused_request_leaves_its_key_for_another(ada: Athlete) -> None:
    bad = await refused(ada, "createPlan", PLAN | {"name": "", "idempotencyKey": "once"}, "plan { id }")
    assert bad["code"] == "INVALID"
    good = await done(ada, "createPlan", PLAN | {"idempotencyKey": "once"}, "plan { name }")
    assert good["plan"] == {"name": PLAN["name"]}


async def test_a_request_refused_inside_its_transaction_leaves_its_key(ada: Athlete) -> None:
    input = {"id": await a_plan_of(ada), "idempotencyKey": "once"}
    assert (await refused(ada, "completePlan", input))["code"] == "NOT_ALLOWED_NOW"
    await done(ada, "activatePlan", {"id": input["id"]})
    assert (await done(ada, "completePlan", input, "plan { status }"))["plan"] == {"status": "COMPLETED"}


async def test_each_athlete_has_keys_of_their_own(ada: Athlete, bob: Athlete) -> None:
    input = PLAN | {"idempotencyKey": "once"}
    made = [(await done(who, "createPlan", input, "plan { id }"))["plan"]["id"] for who in (ada, bob)]
    assert len(set(made)) == 2


@pytest.mark.parametrize("key", ["", "x" * (MAX_KEY_LENGTH + 1), "a\x00b"])
async def test_a_key_that_cannot_be_kept_is_refused(ada: Athlete, key: str) -> None:
    mistake = await refused(ada, "createPlan", PLAN | {"idempotencyKey": key}, "plan { id }")
    assert (mistake["code"], mistake["field"]) == ("INVALID", ["idempotencyKey"])
    assert "1 to 255" in mistake["message"]


@pytest.mark.parametrize("key", ["x", "☀" * MAX_KEY_LENGTH])
async def test_the_shortest_and_the_longest_key_are_taken(ada: Athlete, key: str) -> None:
    input = PLAN | {"idempotencyKey": key}
    assert await done(ada, "createPlan", input, "plan { id }") == await done(ada, "createPlan", input, "plan { id }")


async def test_a_deleted_plan_is_told_deleted_to_the_same_key_again(ada: Athlete) -> None:
    plan_id = await a_plan_of(ada)
    input = {"id": plan_id, "idempotencyKey": "once"}
    answers = [await done(ada, "deletePlan", input, "deletedId") for _ in range(2)]
    assert answers == [{"deletedId": plan_id, "userErrors": []}] * 2
    assert (await refused(ada, "deletePlan", {"id": plan_id}, "deletedId"))["code"] == "NOT_FOUND"


async def test_the_key_of_a_plan_that_is_deleted_since_answers_none_and_makes_none(ada: Athlete) -> None:
    input = PLAN | {"idempotencyKey": "once"}
    made = await done(ada, "createPlan", input, "plan { id }")
    await done(ada, "deletePlan", {"id": made["plan"]["id"]})
    assert await done(ada, "createPlan", input, "plan { id }") == {"plan": None, "userErrors": []}
    assert (await ada.get("{ plans { totalCount } }"))["plans"]["totalCount"] == 0


async def test_the_key_of_workouts_of_which_one_is_deleted_since_answers_the_others(ada: Athlete) -> None:
    input = {"planId": await a_plan_of(ada), "workouts": [WORKOUT] * 3, "idempotencyKey": "once"}
    made = (await done(ada, "addWorkouts", input, "workouts { id }"))["workouts"]
    await done(ada, "deleteWorkout", {"id": made[1]["id"]})
    assert (await done(ada, "addWorkouts", input, "workouts { id }"))["workouts"] == [made[0], made[2]]


async def test_the_key_stands_in_the_variables_or_in_the_document_all_the_same(ada: Athlete) -> None:
    fields = ", ".join(f'{name}: "{value}"' for name, value in PLAN.items())
    literal = f'mutation {{ createPlan(input: {{{fields}, idempotencyKey: "once"}}) {{ plan {{ id }} }} }}'
    by_variable = await ada.get(document("createPlan", "plan { id }"), input=PLAN | {"idempotencyKey": "once"})
    assert (await ada.get(literal))["createPlan"]["plan"] == by_variable["createPlan"]["plan"]


async def test_a_key_is_stored_with_the_ids_of_its_answer(ada: Athlete, sql: asyncpg.Connection) -> None:
    made = await done(ada, "createPlan", PLAN | {"idempotencyKey": "kept with its answer"}, "plan { id }")
    answers = await sql.fetch("select answer from idempotency where key = 'kept with its answer'")
    plan_id = parse_node_id(made["plan"]["id"])
    assert plan_id is not None
    assert [row["answer"] for row in answers] == [[plan_id[1]]]
