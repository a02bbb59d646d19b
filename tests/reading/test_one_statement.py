"""However deep it goes, a root field is one statement."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.shared.node_ids import node_id
from tests.conftest import Athlete
from tests.reading.world import World

Statements = Callable[[], Any]
DEEP = """
    plans(first: 3) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
        name progress { totalWorkouts adherencePercent }
        week(number: 1) { actualDistanceM runs { name workout { name } } workouts { run { name } } }
        workouts(first: 5) { totalCount edges { node {
            steps { kind steps { target { minimum } } }
            run { name laps { number } track(points: 3) { timeS } bestEfforts { timeS run { name } } plan {
                name workouts(last: 2) { pageInfo { hasPreviousPage } edges { node {
                    run { workout { plan { workouts { totalCount edges { node { name } } } } } } } } } } }
        } } }
    } } }"""


async def test_lists_in_lists_in_lists_are_one_statement(world: World, statements: Statements) -> None:
    async with statements() as sent:
        data = await world.ada.get(f"{{ {DEEP} }}")

    assert len(sent) == 1
    assert len(data["plans"]["edges"]) == 3


async def test_a_plan_of_a_workout_of_a_plan_twenty_times_over_is_one_statement(
    world: World, statements: Statements
) -> None:
    levels = 20
    query = "{ workouts(first: 1) { edges { node " + "{ plan { workouts(first: 1) { edges { node " * levels + "{ name }"
    query += " } } } }" * levels + " } } }"

    async with statements() as sent:
        data = await world.ada.get(query)

    assert len(sent) == 1
    assert str(data).count("edges") == levels + 1


async def test_each_root_field_is_a_statement_of_its_own(world: World, statements: Statements) -> None:
    async with statements() as sent:
        await world.ada.get("{ viewer { id } a: plans { totalCount } b: plans { totalCount } runs { totalCount } }")

    assert len(sent) == 4


@pytest.mark.parametrize("id", ["nonsense", "", node_id("Plan", World.NOBODY)])
async def test_an_id_that_names_no_run_is_not_looked_for(world: World, statements: Statements, id: str) -> None:
    async with statements() as sent:
        assert await world.ada.get("query($id: ID!) { run(id: $id) { name } }", id=id) == {"run": None}

    assert sent == []


async def test_a_block_of_workouts_is_read_back_in_one_statement(ada: Athlete, statements: Statements) -> None:
    plan = (
        await ada.get(
            """mutation { createPlan(input: {name: "Spring", startDate: "2026-03-02", endDate: "2026-05-24"}) {
            plan { id } } }"""
        )
    )["createPlan"]["plan"]["id"]
    workouts = [{"name": f"Day {number}", "type": "EASY_RUN"} for number in range(30, 0, -1)]
    add = """mutation($input: AddWorkoutsInput!) { addWorkouts(input: $input) {
        one: workouts { name plan { name } } two: workouts { id } } }"""

    async with statements() as sent:
        added = (await ada.get(add, input={"planId": plan, "workouts": workouts}))["addWorkouts"]

    assert [workout["name"] for workout in added["one"]] == [workout["name"] for workout in workouts]
    assert len(added["two"]) == 30
    assert len([sql for sql in sent if "wanted" in sql]) == 2
    assert len([sql for sql in sent if '{"' in sql]) == 2


async def test_a_payload_is_read_back_with_the_selection_of_each_alias(ada: Athlete, statements: Statements) -> None:
    create = """mutation { createPlan(input: {name: "Spring", startDate: "2026-03-02", endDate: "2026-05-24"}) {
        id: plan { id } all: plan { ...Shape name workouts { totalCount } } userErrors { code } } }
        fragment Shape on Plan { name ... on Node { id __typename } }"""

    async with statements() as sent:
        payload = (await ada.get(create))["createPlan"]

    plan_id = payload["id"]["id"]
    assert payload == {
        "id": {"id": plan_id},
        "all": {"name": "Spring", "id": plan_id, "__typename": "Plan", "workouts": {"totalCount": 0}},
        "userErrors": [],
    }
    assert len([sql for sql in sent if '{"' in sql]) == 2


async def test_a_total_alone_counts_and_reads_nothing_else(world: World, statements: Statements) -> None:
    async with statements() as sent:
        assert await world.ada.get("{ runs(first: 0) { totalCount } }") == {"runs": {"totalCount": 11}}

    assert "row_number" not in sent[0]


async def test_what_is_not_asked_for_is_not_counted(world: World, statements: Statements) -> None:
    async with statements() as sent:
        await world.ada.get("{ runs { edges { node { name } } } }")

    assert "count(*)" not in sent[0]
