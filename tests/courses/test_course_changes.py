"""Courses changed, deleted, and kept from everybody else, over HTTP."""

from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from domain.shared.node_ids import node_id
from tests.conftest import Athlete
from tests.factories.course_files import a_position, a_track, a_wpt, course_gpx, out_and_back
from tests.factories.course_requests import (
    DELETE,
    RENAME,
    SET,
    a_course,
    course_of,
    mistake,
    told,
)
from tests.factories.imports import key_of

LISTED = "{ courses { totalCount edges { node { name } } } }"
NOWHERE = node_id("Course", UUID(int=7))


async def names(athlete: Athlete) -> list[str]:
    return [edge["node"]["name"] for edge in (await athlete.get(LISTED))["courses"]["edges"]]


async def test_aid_stations_and_cut_offs_are_set_later_by_distance_or_position(ada: Athlete) -> None:
    course = await a_course(ada, course_gpx(a_wpt("Old", 500), a_track(out_and_back())))
    latitude, longitude = a_position(30, 1_000)
    given = [
        {"name": "Top", "distanceM": 3_000, "kind": "SUMMIT"},
        {"name": "Hut", "latitude": latitude, "longitude": longitude, "stopS": 300, "cutoffS": 5_400},
    ]
    payload = await told(ada, SET, courseId=course["id"], waypoints=given)
    found = [(one["name"], round(one["distanceM"]), one["cutoffS"]) for one in payload["course"]["waypoints"]]
    assert found == [("Top", 3_000, None), ("Hut", 5_000, 5_400)]
    assert payload["course"]["version"] == 2
    assert payload["notes"] == [
        "The course passes 'Hut' 2 times (kilometres 1.0 and 5.0); the pass at 5.0 was taken, by the order in which "
        "the waypoints stand. setWaypoints with its distanceM puts it elsewhere."
    ]


async def test_no_waypoints_at_all_take_those_before_away(ada: Athlete) -> None:
    course = await a_course(ada, course_gpx(a_wpt("Hut", 1_000), a_track()))
    assert (await told(ada, SET, courseId=course["id"], waypoints=[]))["course"]["waypoints"] == []


@pytest.mark.parametrize(
    "waypoint",
    [
        {"name": "Hut"},
        {"name": "Hut", "distanceM": 6_000},
        {"name": "Hut", "latitude": 0.5, "longitude": 0.5},
        {"name": "\ud800", "distanceM": 0},
        {"name": "Hut", "distanceM": 0, "stopS": 43_201},
        {"name": "Hut", "distanceM": 0, "cutoffS": 604_801},
    ],
)
async def test_waypoints_that_cannot_be_leave_the_course_as_it_was(ada: Athlete, waypoint: dict[str, Any]) -> None:
    course = await a_course(ada, course_gpx(a_wpt("Hut", 1_000), a_track()))
    body = orjson.dumps({"query": SET, "variables": {"input": {"courseId": course["id"], "waypoints": []}}}).decode()
    ascii_only = str(waypoint).replace("'", '"')
    body = body.replace('"waypoints":[]', f'"waypoints":[{ascii_only.encode("ascii", "backslashreplace").decode()}]')
    response = await ada.http.post("/graphql", content=body, headers={"content-type": "application/json"})
    answer = response.json()
    assert "errors" in answer or mistake(answer["data"]["setWaypoints"]) == ("INVALID", ["waypoints"])
    assert await course_of(ada, course["id"]) == course


async def test_a_course_is_called_otherwise(ada: Athlete) -> None:
    course = await a_course(ada)
    payload = await told(ada, RENAME, id=course["id"], name="The long way up")
    assert payload == {"course": {"name": "The long way up", "version": 2}, "userErrors": []}


async def test_a_deleted_course_is_gone(ada: Athlete) -> None:
    course = await a_course(ada)
    assert (await told(ada, DELETE, id=course["id"]))["deletedId"] == course["id"]
    assert await course_of(ada, course["id"]) is None
    assert mistake(await told(ada, DELETE, id=course["id"])) == ("NOT_FOUND", ["id"])


async def test_deleting_a_course_again_under_its_key_is_answered_as_before(ada: Athlete) -> None:
    course = await a_course(ada)
    answers = [await told(ada, DELETE, id=course["id"], idempotencyKey="k") for _ in range(2)]
    assert answers == [{"deletedId": course["id"], "userErrors": []}] * 2


async def test_nobody_sees_or_changes_another_s_course(ada: Athlete, bob: Athlete) -> None:
    course = await a_course(ada)
    id = course["id"]
    assert await course_of(bob, id) is None
    assert (await bob.get("query($id: ID!) { node(id: $id) { id } }", id=id))["node"] is None
    assert await names(bob) == []
    assert mistake(await told(bob, RENAME, id=id, name="Mine")) == ("NOT_FOUND", ["id"])
    assert mistake(await told(bob, SET, courseId=id, waypoints=[])) == ("NOT_FOUND", ["courseId"])
    assert mistake(await told(bob, DELETE, id=id)) == ("NOT_FOUND", ["id"])
    assert await course_of(ada, id) == course


@pytest.mark.parametrize("id", ["nonsense", NOWHERE, node_id("Run", UUID(int=7)), "\x00"])
async def test_a_course_that_is_none_is_not_found(ada: Athlete, id: str) -> None:
    assert await course_of(ada, id) is None
    assert mistake(await told(ada, SET, courseId=id, waypoints=[])) == ("NOT_FOUND", ["courseId"])


async def test_a_course_is_found_by_its_id_alone(ada: Athlete) -> None:
    course = await a_course(ada)
    query = "query($id: ID!) { node(id: $id) { __typename ... on Course { lengthM } } }"
    assert (await ada.get(query, id=course["id"]))["node"] == {"__typename": "Course", "lengthM": course["lengthM"]}


async def test_the_throttle_plans_along_a_course_go_with_it(ada: Athlete, sql: asyncpg.Connection) -> None:
    course = await a_course(ada)
    id = key_of(course["id"])
    await sql.execute(
        """insert into throttle_plan (id, athlete, course, goal_kind, terrain_factor, predicted_time_s, uncertainty_s,
            feasible, model, runner, basis, planned_steps, steps)
        select gen_random_uuid(), athlete, id, 'LEAST_TIME', 1, 3600, 60, true, 'x', '{}', '{}', '[]', '[]'
        from course where id = $1""",
        id,
    )
    await told(ada, DELETE, id=course["id"])
    assert await sql.fetchval("select count(*) from throttle_plan where course = $1", id) == 0
