"""Courses over HTTP: made from files and runs, read in one statement, changed, deleted, and nobody else's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from domain.shared.node_ids import node_id
from tests.conftest import Athlete
from tests.factories.course_files import a_climb, a_position, a_track, a_wpt, course_gpx, out_and_back
from tests.factories.course_requests import (
    CREATE,
    DELETE,
    RENAME,
    SET,
    a_course,
    course_of,
    created,
    mistake,
    told,
)
from tests.factories.imports import Work, a_short_course, imported_run, key_of
from tests.factories.recordings import a_hilly_course, fit_bytes
from tests.factories.run_requests import recorded

PROFILE = "query($id: ID!, $n: Int) { course(id: $id) { profile(points: $n) { distanceM altitudeM grade } } }"
TRACK = "query($id: ID!, $n: Int) { course(id: $id) { track(points: $n) { distanceM latitude longitude altitudeM } } }"
LISTED = "{ courses { totalCount edges { node { name } } } }"
NOWHERE = node_id("Course", UUID(int=7))


async def names(athlete: Athlete) -> list[str]:
    return [edge["node"]["name"] for edge in (await athlete.get(LISTED))["courses"]["edges"]]


async def test_a_course_from_a_file_is_answered_as_it_is_stored(ada: Athlete) -> None:
    hut = a_wpt("Hut", 1_000, inside="<type>aid</type><extensions><cairn:stopS>60</cairn:stopS></extensions>")
    payload = await created(ada, course_gpx(hut, a_wpt("Inn", 0, 900), a_track()))
    course = payload["course"]
    latitude, longitude = a_position(0, 1_000)
    assert course == {
        "id": course["id"],
        "name": "Over the ridge",
        "source": "FILE",
        "run": None,
        "lengthM": pytest.approx(5_000, abs=0.1),
        "ascentM": pytest.approx(500),
        "descentM": 0,
        "lowestM": 800,
        "highestM": 1_300,
        "version": 1,
        "waypoints": [
            {
                "name": "Hut",
                "kind": "AID_STATION",
                "distanceM": pytest.approx(1_000, abs=0.1),
                "stopS": 60,
                "cutoffS": None,
                "latitude": pytest.approx(latitude),
                "longitude": pytest.approx(longitude),
            }
        ],
    }
    assert payload["setAside"] == [{"reason": "waypoints far from the course: Inn", "count": 1}]
    assert await course_of(ada, course["id"]) == course


async def test_the_profile_is_thinned_evenly_from_the_start_to_the_finish(ada: Athlete) -> None:
    course = await a_course(ada)
    profile = (await ada.get(PROFILE, id=course["id"], n=6))["course"]["profile"]
    assert profile["distanceM"] == pytest.approx([0, 1_000, 2_000, 3_000, 4_000, 5_000], abs=0.2)
    assert profile["altitudeM"] == pytest.approx([800, 900, 1_000, 1_100, 1_200, 1_300], abs=0.1)
    assert profile["grade"] == pytest.approx([0.1] * 6, abs=0.002)


async def test_the_track_is_thinned_likewise(ada: Athlete) -> None:
    course = await a_course(ada)
    track = (await ada.get(TRACK, id=course["id"], n=2))["course"]["track"]
    ends = [a_position(0, 0), a_position(0, 5_000)]
    assert list(zip(track["latitude"], track["longitude"], strict=True)) == [
        pytest.approx(end, abs=2e-7) for end in ends
    ]
    assert (track["distanceM"], track["altitudeM"]) == (pytest.approx([0, 5_000], abs=0.1), [800, 1_300])


@pytest.mark.parametrize("points", [1, 10_001, -1])
@pytest.mark.parametrize("query", [PROFILE, TRACK], ids=["profile", "track"])
async def test_a_number_of_points_that_makes_no_sense_is_refused(ada: Athlete, query: str, points: int) -> None:
    course = await a_course(ada)
    answer = await ada.ask(query, id=course["id"], n=points)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_a_course_is_read_in_one_statement(ada: Athlete, statements: Callable[[], Any]) -> None:
    course = await a_course(ada, course_gpx(a_wpt("Hut", 1_000), a_track()))
    async with statements() as sent:
        await ada.get(
            """query($id: ID!) { course(id: $id) { name lowestM run { name } waypoints { name }
                profile { grade } track { latitude } } }""",
            id=course["id"],
        )
    assert len(sent) == 1


async def test_courses_are_listed_newest_first(ada: Athlete) -> None:
    for name in ("One", "Two", "Three"):
        await a_course(ada, name=name)
    assert await names(ada) == ["Three", "Two", "One"]


async def test_a_course_from_a_run_has_its_ground_and_names_it(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "hills.fit", fit_bytes(a_hilly_course(600)))
    run = (await ada.get("query($id: ID!) { run(id: $id) { distanceM ascentM descentM } }", id=run_id))["run"]
    course = await a_course(ada, runId=run_id)
    assert (course["name"], course["source"], course["run"]) == ("hills", "RUN", {"id": run_id})
    assert course["lengthM"] == pytest.approx(run["distanceM"], abs=0.1)
    assert (course["ascentM"], course["descentM"]) == (run["ascentM"], run["descentM"])


async def test_the_course_of_a_run_outlives_the_run(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "hills.fit", fit_bytes(a_short_course()))
    course = await a_course(ada, runId=run_id)
    await ada.get("mutation($id: ID!) { deleteRun(input: {id: $id}) { deletedId } }", id=run_id)
    left = await course_of(ada, course["id"])
    assert left == course | {"run": None}


async def test_only_a_recorded_run_of_one_s_own_gives_a_course(ada: Athlete, bob: Athlete, work: Work) -> None:
    by_hand = (await recorded(ada))["id"]
    bobs = await imported_run(bob, work, "hills.fit", fit_bytes(a_short_course()))
    for run_id in (by_hand, bobs, "nonsense", NOWHERE):
        assert mistake(await created(ada, runId=run_id)) == ("NOT_FOUND", ["runId"])


async def test_the_ground_comes_from_one_place(ada: Athlete) -> None:
    for input in ({}, {"runId": NOWHERE, "file": "x"}):
        assert mistake((await ada.get(CREATE, input=input))["createCourse"]) == ("INVALID", None)


async def test_a_file_that_is_none_is_refused(ada: Athlete) -> None:
    assert mistake((await ada.get(CREATE, input={"file": "x"}))["createCourse"]) == ("INVALID", ["file"])
    assert mistake(await created(ada, b"hello")) == ("UNSUPPORTED", ["file"])
    assert mistake(await created(ada, course_gpx(a_track(heights=False)))) == ("INVALID", ["file"])
    assert await names(ada) == []


async def test_given_waypoints_stand_in_place_of_those_in_the_file(ada: Athlete) -> None:
    given = [{"name": "Inn", "distanceM": 2_000, "stopS": 120, "cutoffS": 3_600, "kind": "CHECKPOINT"}]
    course = await a_course(ada, course_gpx(a_wpt("Hut", 1_000), a_track()), waypoints=given)
    (waypoint,) = course["waypoints"]
    assert waypoint.items() >= given[0].items()


async def test_a_given_waypoint_that_cannot_be_is_refused_by_its_field(ada: Athlete) -> None:
    given = [{"name": "Inn", "distanceM": 9_000}]
    assert mistake(await created(ada, waypoints=given)) == ("INVALID", ["waypoints"])


@pytest.mark.parametrize("name", ["", "a" * 101, "a\nb"])
async def test_a_name_that_cannot_be_shown_is_refused(ada: Athlete, name: str) -> None:
    assert mistake(await created(ada, name=name)) == ("INVALID", ["name"])


async def test_the_same_key_with_the_same_file_makes_one_course(ada: Athlete) -> None:
    first = await a_course(ada, idempotencyKey="k")
    assert await a_course(ada, idempotencyKey="k") == first
    assert len(await names(ada)) == 1


@pytest.mark.parametrize("other", [{"name": "Other"}, {"called": "other.gpx"}])
async def test_the_same_key_with_another_request_is_refused(ada: Athlete, other: dict[str, str]) -> None:
    await a_course(ada, idempotencyKey="k")
    assert mistake(await created(ada, idempotencyKey="k", **other)) == ("CONFLICT", ["idempotencyKey"])
    assert mistake(await created(ada, course_gpx(a_track(a_climb(900))), idempotencyKey="k"))[0] == "CONFLICT"


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


async def test_a_real_mountain_run_becomes_its_course(ada: Athlete, work: Work, samples: Path) -> None:
    run_id = await imported_run(ada, work, "trail.fit", (samples / "trail-37km-2578m.fit").read_bytes())
    course = await a_course(ada, runId=run_id)
    assert course["lengthM"] == pytest.approx(36_975, abs=1)
    assert course["ascentM"] == pytest.approx(2_590, rel=0.01)


async def test_a_real_track_becomes_its_course(ada: Athlete, samples: Path) -> None:
    payload = await created(ada, (samples / "lake-walk.gpx").read_bytes(), called="lake-walk.gpx")
    assert (payload["course"]["name"], round(payload["course"]["lengthM"])) == ("ACTIVE LOG", 2_810)
    assert [one["name"] for one in payload["course"]["waypoints"]] == ["001", "VANSHNG LK"]
    assert sum(one["count"] for one in payload["setAside"]) == 76


async def test_a_treadmill_gives_no_course(ada: Athlete, work: Work, samples: Path) -> None:
    run_id = await imported_run(ada, work, "indoors.fit", (samples / "treadmill.fit").read_bytes())
    assert mistake(await created(ada, runId=run_id)) == ("INVALID", ["runId"])
