"""The examples of testing_payloads/ about courses do what they say."""

import json

import pytest

from tests.conftest import LiveServer, eventually
from tests.factories.story import FOLDER, RIVER_RUN, Story, needs_curl
from tests.test_testing_payloads import OF_COURSES

pytestmark = needs_curl


@pytest.fixture(scope="module")
async def drawn(live_server: LiveServer) -> Story:
    """Told once: a course from a file and one from a run, their waypoints, and one of them deleted."""
    story = Story(live_server, live_server.token("somebody who draws courses"))
    made = json.loads(story.run("sh", FOLDER / "create_course.sh", FOLDER / "mountain_course.gpx"))
    story.answers["create_course"] = made["data"]["createCourse"]
    story.places["course"] = story.answers["create_course"]["course"]["id"]
    story.places["job"] = story.import_runs(RIVER_RUN)

    async def imported() -> bool:
        return bool(story.ask("job")["status"] == "SUCCEEDED")

    await eventually(imported)
    story.places["run"] = story.answers["job"]["items"][0]["run"]["id"]
    story.tell("create_course_from_run", "set_waypoints", "update_course", "course", "courses", "delete_course")
    return story


async def test_no_example_about_courses_is_untried_or_refused(drawn: Story) -> None:
    assert set(drawn.answers) - {"import_runs", "job"} == OF_COURSES
    told = [drawn.answers[name].get("userErrors", []) for name in sorted(OF_COURSES)]
    assert told == [[]] * len(OF_COURSES)


async def test_a_file_gives_its_waypoints_and_what_of_it_was_not_used(drawn: Story) -> None:
    made = drawn.answers["create_course"]
    assert [one["name"] for one in made["course"]["waypoints"]] == [
        "Alp",
        "Hut",
        "Summit",
        "Hut, on the way back",
        "Chapel",
        "Finish",
    ]
    assert [one["count"] for one in made["setAside"]] == [1]
    assert len(made["notes"]) == 2


async def test_waypoints_are_those_that_were_set_last(drawn: Story) -> None:
    kilometres = [round(one["distanceM"] / 1000, 1) for one in drawn.answers["course"]["waypoints"]]
    assert kilometres == [1.9, 4.2, 4.9, 5.7, 8.2, 11.8]
    assert drawn.answers["course"]["waypoints"][1]["cutoffS"] == 6000


async def test_a_run_gives_its_course(drawn: Story) -> None:
    course = drawn.answers["create_course_from_run"]["course"]
    assert (course["source"], course["run"], round(course["lengthM"])) == ("RUN", {"name": "River, out and back"}, 8151)
