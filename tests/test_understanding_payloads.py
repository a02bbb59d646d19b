"""The examples of testing_payloads/ about what runs tell, over a week of hills on a live server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.conftest import LiveServer
from tests.factories.story import FOLDER, Story, needs_curl
from tests.test_testing_payloads import OF_UNDERSTANDING

HILL_WEEK = FOLDER / "hill_week.zip"
pytestmark = needs_curl
ZONES_AT_MOST_S = "60"


def changes(lines: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith("data: {"):
            yield json.loads(line.removeprefix("data: "))["data"]["runChanged"]


@pytest.fixture(scope="module")
def hills(live_server: LiveServer) -> Story:
    """Told once, up to the zones of all four runs."""
    story = Story(live_server, live_server.token("somebody who runs hills"))
    story.ask("set_physiology")
    with story.watching("sh", FOLDER / "watch_runs.sh", ZONES_AT_MOST_S) as lines:
        next(lines)  # which says that it is watched
        story.places["job"] = story.import_runs(HILL_WEEK)
        told = story.answers["watch_runs"] = []
        for change in changes(lines):
            told.append(change)
            if len({one["runId"] for one in told if one["kind"] == "ZONED"}) == 4:
                break
    story.places["run"] = told[-1]["runId"]
    story.tell("run_analysis", "run_segments", "training_summary", "fitness", "best_efforts", "efficiency_by_grade")
    story.tell("physiology_suggestions", "recompute_zones")
    return story


def test_no_example_about_what_runs_tell_is_untried_or_refused(hills: Story) -> None:
    assert set(hills.answers) == OF_UNDERSTANDING | {"import_runs"}
    payloads = [answer for answer in hills.answers.values() if isinstance(answer, dict)]
    assert [answer["userErrors"] for answer in payloads if answer.get("userErrors")] == []


def test_each_run_is_told_of_when_it_is_recorded_analysed_and_zoned(hills: Story) -> None:
    kinds: dict[str, list[str]] = {}
    for change in hills.answers["watch_runs"]:
        kinds.setdefault(change["runId"], []).append(change["kind"])

    assert [list(dict.fromkeys(each)) for each in kinds.values()] == [["CREATED", "ANALYSED", "ZONED"]] * 4


def test_an_analysis_names_what_it_stands_on(hills: Story) -> None:
    run = hills.answers["run_analysis"]

    assert (run["analysisState"], run["loadMethod"], run["analysis"]["scored"]) == ("DONE", "RTSS", True)
    assert run["analysis"]["physiologyFrom"] == "2026-10-01"
    assert run["byHeartRate"] != run["byEnergy"]
    assert len(run["track"]["grade"]) == len(run["track"]["dPrimeBalanceM"]) == 50


def test_segments_have_zones_and_like_ones(hills: Story) -> None:
    segments = [edge["node"] for edge in hills.answers["run_segments"]["segments"]["edges"]]

    assert len(segments) == hills.answers["run_segments"]["segments"]["totalCount"]
    assert sum(segment["zone"]["amongSimilars"] != "NOT_ENOUGH_DATA" for segment in segments) > 10
    assert {len(segment["similar"]) for segment in segments if segment["zone"]["similarsCount"]} == {2}
    assert segments[0]["zone"]["reason"] == "WARM_UP"


def test_looking_back_adds_up(hills: Story) -> None:
    summary, fitness = hills.answers["training_summary"], hills.answers["fitness"]

    assert (summary["runs"], [week["runs"] for week in summary["weeks"]]) == (4, [4, 0])
    assert sum(day["load"] for day in fitness) == pytest.approx(summary["load"])
    assert fitness[0]["ctl"] == 0 < fitness[-1]["ctl"] < fitness[-1]["atl"]
    assert [best["distanceM"] for best in hills.answers["best_efforts"]][:2] == [400, 1000]
    grades = [one["gradeCategory"] for one in hills.answers["efficiency_by_grade"]]
    assert grades == sorted(grades)
    assert grades[0] < 0 < grades[-1]


def test_a_profile_is_drawn(hills: Story, tmp_path: Path) -> None:
    for theme in ([], ["dark"]):
        hills.run("sh", FOLDER / "profile_picture.sh", hills.places["run"], tmp_path / "profile.svg", *theme)
        assert ElementTree.parse(tmp_path / "profile.svg").getroot().tag.endswith("svg")
