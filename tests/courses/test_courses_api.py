"""Courses over HTTP: made from files and runs, read in one statement, changed, deleted, and nobody else's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.applications import Starlette
from svcs import Container

from domain.courses.ground import ground_of
from domain.courses.model import CourseId
from domain.courses.ports import CourseRepository
from domain.courses.refusals import CourseNotFound
from domain.shared.node_ids import node_id
from domain.shared.viewer import Viewer
from tests.conftest import Athlete
from tests.factories.course_files import a_climb, a_position, a_track, a_wpt, course_gpx, samples_of
from tests.factories.course_requests import (
    CREATE,
    a_course,
    course_of,
    created,
    mistake,
)
from tests.factories.imports import Work, a_short_course, imported_run, key_of
from tests.factories.recordings import a_hilly_course, fit_bytes
from tests.factories.run_requests import recorded

PROFILE = "query($id: ID!, $n: Int) { course(id: $id) { profile(points: $n) { distanceM altitudeM grade } } }"
TRACK = "query($id: ID!, $n: Int) { course(id: $id) { track(points: $n) { distanceM latitude longitude altitudeM } } }"
LISTED = "{ courses { totalCount edges { node { name } } } }"
NOWHERE = node_id("Course", UUID(int=7))


async def _athlete_id(athlete: Athlete) -> UUID:
    return key_of((await athlete.get("{ viewer { id } }"))["viewer"]["id"])


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


async def test_a_repeated_key_is_answered_also_when_the_run_is_gone(ada: Athlete, work: Work) -> None:
    run_id = await imported_run(ada, work, "hills.fit", fit_bytes(a_short_course()))
    course = await a_course(ada, runId=run_id, idempotencyKey="k")
    await ada.get("mutation($id: ID!) { deleteRun(input: {id: $id}) { deletedId } }", id=run_id)
    assert (await a_course(ada, runId=run_id, idempotencyKey="k"))["id"] == course["id"]
    assert mistake(await created(ada, idempotencyKey="k")) == ("CONFLICT", ["idempotencyKey"])


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


async def test_the_ground_comes_back_as_it_was_built_and_only_to_its_owner(app: Starlette, ada: Athlete) -> None:
    id = CourseId(key_of((await a_course(ada, course_gpx(a_wpt("Hut", 1_000), a_track())))["id"]))
    wanted = ground_of(samples_of(a_climb()))
    viewer = Viewer(await _athlete_id(ada), frozenset())
    async with Container(app.state.registry) as services:
        courses = await services.aget(CourseRepository)
        course, ground = await courses.with_ground(id, viewer)
        with pytest.raises(CourseNotFound):
            await courses.with_ground(id, Viewer(UUID(int=7), frozenset()))
    assert (course.id, course.length_m, course.waypoints[0].name) == (id, pytest.approx(5_000, abs=0.1), "Hut")
    assert ground.length_m == pytest.approx(course.length_m)
    assert ground.profile.altitude_m == pytest.approx(wanted.profile.altitude_m, abs=0.1)
    assert ground.profile.grade == pytest.approx(wanted.profile.grade, abs=0.005)
    assert (ground.latitude, ground.longitude) == (
        pytest.approx(wanted.latitude, abs=2e-7),
        pytest.approx(wanted.longitude, abs=2e-7),
    )


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
