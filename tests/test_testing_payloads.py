"""Every example in testing_payloads/ does what it says, in the order that its README gives, on a live server."""

import json
import re
import sys
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, get_variable_values, parse, validate

from app.schema import build_schema
from tests.conftest import LiveServer
from tests.factories.story import FOLDER, RIVER_RUN, Story, needs_curl

DOCUMENTS = sorted(FOLDER.glob("*.graphql"))
SCHEMA = build_schema()._schema
OF_UNDERSTANDING = {  # told in test_understanding_payloads.py
    "best_efforts",
    "efficiency_by_grade",
    "fitness",
    "physiology_suggestions",
    "recompute_zones",
    "run_analysis",
    "run_segments",
    "set_physiology",
    "training_summary",
    "watch_runs",
}
OF_EVENTS = {  # told in test_event_payloads.py
    "create_topic",
    "event_stats",
    "publish_events",
    "publish_events_refused",
    "topic",
    "topics",
    "update_topic",
}
OF_WATCHING = {"watch_events"}  # told in test_watching_payloads.py
OF_RACES = {  # told in test_race_payloads.py
    "add_race_entries",
    "create_race_topic",
    "live_standings",
    "mark_read",
    "publish_reads",
    "remove_race_entries",
    "set_race",
    "watch_race",
}
OF_COURSES = {  # told in test_course_payloads.py
    "course",
    "courses",
    "create_course",
    "create_course_from_run",
    "delete_course",
    "set_waypoints",
    "update_course",
}
OF_TRACKERS = {"create_tracker", "revoke_tracker"}  # told in test_tracker_payloads.py
OF_FOLLOWING = {"follow_throttle_plan", "unfollow_throttle_plan"}  # told in test_following_payloads.py
OF_THROTTLE_PLANS = {  # told in test_throttle_plan_payloads.py
    "create_throttle_plan",
    "delete_throttle_plan",
    "replan_throttle",
    "throttle_plan",
    "throttle_plans",
    "watch_throttle_plan",
}
FILES = (RIVER_RUN, FOLDER / "ask.sh")  # a run, and a file that is none


@pytest.fixture(scope="module")
def story(live_server: LiveServer) -> Story:
    """The whole story, told once; each test looks at one part of it."""
    story = Story(live_server, live_server.token("somebody who tries the examples"))
    ask, places = story.ask, story.places
    story.tell("viewer", "update_viewer", "create_plan_refused")
    places["plan"] = ask("create_plan")["plan"]["id"]
    story.tell("abandon_plan", "delete_plan")  # this one was for trying; the next one is for running
    places["plan"] = ask("create_plan")["plan"]["id"]
    places["easy"], places["intervals"], places["long"], _ = (
        workout["id"] for workout in ask("add_training_week")["workouts"]
    )
    story.tell("update_plan", "activate_plan", "reschedule_workout", "update_workout")
    places["job"] = story.import_runs(*FILES)
    story.answers["watch_job"] = story.run(sys.executable, FOLDER / "watch_job.py", places["job"])
    places["run"] = ask("job")["items"][0]["run"]["id"]
    story.tell("run")
    places["by_hand"] = ask("record_run")["run"]["id"]
    story.tell("link_run", "update_run", "plan_progress", "plans", "workouts")
    places["cursor"] = ask("runs")["pageInfo"]["endCursor"]
    story.tell("runs_next_page", "node", "complete_plan")
    return story


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_an_example_fits_the_schema(path: Path) -> None:
    assert validate(SCHEMA, parse(path.read_text())) == []


# Those of import_runs and create_course are files, which the scripts add.
@pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if path.stem not in ("import_runs", "create_course")],
    ids=lambda path: path.stem,
)
def test_the_variables_of_an_example_are_those_it_declares(path: Path) -> None:
    operation, *_fragments = parse(path.read_text()).definitions
    assert isinstance(operation, OperationDefinitionNode)
    beside = path.with_suffix(".json")
    given = json.loads(beside.read_text()) if beside.exists() else {}
    declared = operation.variable_definitions or ()
    assert set(given) <= {definition.variable.name.value for definition in declared}
    assert not isinstance(values := get_variable_values(SCHEMA, declared, given), list), values


def test_every_file_of_variables_stands_beside_a_document() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} <= {path.stem for path in DOCUMENTS}


def test_every_example_is_in_the_readme() -> None:
    readme = (FOLDER / "README.md").read_text()
    names = {path.stem if path.suffix in (".graphql", ".json") else path.name for path in FOLDER.iterdir()}
    assert {name for name in names - {"README.md", "__pycache__"} if f"`{name}" not in readme} == set()


def test_every_script_is_run_by_a_test() -> None:
    scripts = {path.name for path in FOLDER.iterdir() if path.suffix in (".sh", ".py")}
    asking = {"ask.sh", "ask_by_hash.sh", "get.sh"}
    of_runs = {"download_original.sh", "import_runs.sh", "profile_picture.sh", "watch_runs.sh"}
    of_courses = {"create_course.sh"}
    of_trackers = {"publish_bulk.sh", "track_with_phone.sh"}
    of_watching = {"watch_events.py", "watch_events.sh", "watch_job.py", "watch_job.sh", "race_day.py"}
    of_plans = {"watch_throttle_plan.sh"}
    assert scripts == asking | of_runs | of_courses | of_trackers | of_watching | of_plans


def test_a_mistake_is_told_with_its_field(story: Story) -> None:
    refused = story.answers["create_plan_refused"]
    assert refused["plan"] is None
    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [("INVALID", ["endDate"])]


def test_no_other_example_is_refused(story: Story) -> None:
    payloads = {name: answer for name, answer in story.answers.items() if isinstance(answer, dict)}
    refused = {name for name, answer in payloads.items() if answer.get("userErrors")}
    assert refused == {"create_plan_refused"}


def test_the_scripts_and_the_backward_steps_leave_no_document_untried(story: Story) -> None:
    taken_back = {"undo_import", "delete_run", "delete_workout"}
    of_runs_and_feeds = OF_UNDERSTANDING | OF_EVENTS | OF_WATCHING | OF_TRACKERS | OF_RACES
    of_courses_and_plans = OF_COURSES | OF_FOLLOWING | OF_THROTTLE_PLANS
    told = set(story.answers) | taken_back | of_runs_and_feeds | of_courses_and_plans
    assert {path.stem for path in DOCUMENTS} == told


def test_a_training_week_keeps_its_structure(story: Story) -> None:
    steps = story.answers["add_training_week"]["workouts"][1]["steps"]
    assert [step["kind"] for step in steps] == ["WARM_UP", "REPEAT", "COOL_DOWN"]
    assert (steps[1]["repetitions"], len(steps[1]["steps"])) == (5, 2)


def test_an_import_is_watched_to_its_end(story: Story) -> None:
    *_, ended, good, bad = story.answers["watch_job"].splitlines()
    assert "PARTLY_FAILED  100%" in ended
    assert "SUCCEEDED  river_run.gpx  8.15 km" in good
    assert "FAILED  ask.sh" in bad


def test_an_imported_run_finds_the_workout_of_its_day(story: Story) -> None:
    run = story.answers["run"]
    assert (run["workout"]["name"], run["withinTarget"]) == ("Easy along the river", True)


def test_a_run_shows_its_fastest_stretches_and_its_track(story: Story) -> None:
    run = story.answers["run"]
    assert [best["distanceM"] for best in run["bestEfforts"]] == [400, 1000, 1609.344, 5000]
    assert len(run["track"]["timeS"]) == 20


def test_the_progress_of_a_plan_counts_both_runs(story: Story) -> None:
    progress = story.answers["plan_progress"]["progress"]
    assert (progress["totalWorkouts"], progress["completedWorkouts"]) == (3, 2)
    assert progress["adherencePercent"] == pytest.approx(200 / 3)


def test_what_is_open_is_what_has_no_run(story: Story) -> None:
    names = [edge["node"]["name"] for edge in story.answers["workouts"]["edges"]]
    assert names == ["Rest", "Long run on hills"]


def test_the_next_page_goes_on_behind_the_first(story: Story) -> None:
    first, second = story.answers["runs"], story.answers["runs_next_page"]
    assert [edge["node"]["name"] for edge in first["edges"]] == ["Intervals on the track"]
    assert [edge["node"]["name"] for edge in second["edges"]] == ["River, out and back"]


@needs_curl
def test_ask_sends_a_document_with_its_variables(story: Story) -> None:
    answer = json.loads(story.run("sh", FOLDER / "ask.sh", "node", f"plan={story.places['plan']}"))
    assert answer["data"]["node"] == story.answers["node"] | {"status": "COMPLETED"}


@needs_curl
def test_ask_makes_a_token_where_none_is_given(story: Story) -> None:
    folder = str(story.server.data_folder)
    answer = json.loads(story.run("sh", FOLDER / "ask.sh", "viewer", TOKEN="", CAIRN_DATA_DIR=folder))
    assert answer["data"]["viewer"]["displayName"] == "runner"


@needs_curl
@pytest.mark.parametrize(("name", "places"), [("link_run", "by_hand intervals"), ("throttle_plan", "throttlePlan")])
def test_ask_says_which_places_are_empty(story: Story, name: str, places: str) -> None:
    with pytest.raises(AssertionError, match=f"say what stands for: {places}"):
        story.run("sh", FOLDER / "ask.sh", name)


@needs_curl
@pytest.mark.parametrize("name", ["viewer", "runs", "plans"])
def test_a_query_by_get_is_answered_like_any_other(story: Story, name: str) -> None:
    by_get = json.loads(story.run("sh", FOLDER / "get.sh", name))
    assert by_get["data"] == json.loads(story.run("sh", FOLDER / "ask.sh", name))["data"]


@needs_curl
def test_a_mutation_by_get_is_refused(story: Story) -> None:
    answer = json.loads(story.run("sh", FOLDER / "get.sh", "create_plan"))
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


@needs_curl
def test_a_query_asked_by_its_hash_is_answered_like_any_other(story: Story) -> None:
    by_text = json.loads(story.run("sh", FOLDER / "ask.sh", "viewer"))
    by_hash = [json.loads(story.run("sh", FOLDER / "ask_by_hash.sh", "viewer")) for _ in range(2)]
    assert [answer["data"] for answer in by_hash] == [by_text["data"]] * 2  # with its text, and without


@needs_curl
def test_a_job_is_told_of_as_events_to_its_end(story: Story) -> None:
    told = story.run("sh", FOLDER / "watch_job.sh", story.places["job"])
    *events, end = re.findall(r"^event: (\w+)$", told, re.MULTILINE)
    (job,) = (json.loads(line)["data"]["job"] for line in re.findall(r"^data: ?(\{.*)$", told, re.MULTILINE))
    assert (events, end, job["status"]) == (["next"], "complete", "PARTLY_FAILED")


@needs_curl
def test_the_original_of_a_run_comes_back_as_it_was(story: Story, tmp_path: Path) -> None:
    story.run("sh", FOLDER / "download_original.sh", story.places["run"], tmp_path / "original.gpx")
    assert (tmp_path / "original.gpx").read_bytes() == RIVER_RUN.read_bytes()


def test_what_was_made_can_be_taken_back(live_server: LiveServer) -> None:
    story = Story(live_server, live_server.token("somebody who thinks again"))
    story.places["plan"] = story.ask("create_plan")["plan"]["id"]
    story.places["long"] = story.ask("add_training_week")["workouts"][2]["id"]
    story.places["by_hand"] = story.ask("record_run")["run"]["id"]
    story.places["job"] = story.import_runs(*FILES)
    story.run(sys.executable, FOLDER / "watch_job.py", story.places["job"])

    assert story.ask("delete_workout")["deletedId"] == story.places["long"]
    assert story.ask("delete_run")["deletedId"] == story.places["by_hand"]
    assert [item["status"] for item in story.ask("undo_import")["job"]["items"]] == ["UNDONE", "FAILED"]
    assert story.ask("delete_plan")["deletedId"] == story.places["plan"]
    assert story.ask("runs")["totalCount"] == 0
