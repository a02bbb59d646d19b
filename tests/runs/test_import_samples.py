"""Real recordings go in as a runner would send them, and their story comes out."""

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Athlete
from tests.factories.imports import Work, imported, imported_run

STORY = """query($id: ID!) { run(id: $id) { name sport distanceM movingTimeS elapsedTimeS ascentM averageHeartRate
    laps { number } bestEfforts { distanceM } track { latitude altitudeM }
    importReport { points setAside { reason } } } }"""
RUNS: dict[str, dict[str, Any]] = {
    "trail-37km-2578m.fit": {"distanceM": pytest.approx(36_975.1), "movingTimeS": 16_923, "averageHeartRate": 158},
    "hilly-14km.fit": {"ascentM": pytest.approx(369, abs=0.5)},
    "hilly-14km.tcx": {"ascentM": pytest.approx(369, abs=0.5)},
    "treadmill.fit": {"distanceM": pytest.approx(10_630.37), "ascentM": None, "sport": "treadmill running"},
    "phone-app.fit": {"sport": "running"},
    "damaged-unexpected-eof.fit": {"distanceM": pytest.approx(5.73)},
    "lake-walk.gpx": {},
}


async def story(athlete: Athlete, run_id: str) -> dict[str, Any]:
    run: dict[str, Any] = (await athlete.get(STORY, id=run_id))["run"]
    return run


@pytest.mark.parametrize(("name", "expected"), RUNS.items(), ids=RUNS)
async def test_a_real_recording_becomes_the_run_that_it_was(
    ada: Athlete, work: Work, samples: Path, name: str, expected: dict[str, Any]
) -> None:
    run_id = await imported_run(ada, work, name, (samples / name).read_bytes())
    run = await story(ada, run_id)
    assert {field: run[field] for field in expected} == expected
    assert run["importReport"]["points"] > 1


async def test_a_race_in_the_mountains_has_its_laps_and_best_efforts(ada: Athlete, work: Work, samples: Path) -> None:
    run = await story(ada, await imported_run(ada, work, "a.fit", (samples / "trail-37km-2578m.fit").read_bytes()))
    assert len(run["laps"]) == 37
    assert [effort["distanceM"] for effort in run["bestEfforts"]] == [400, 1000, 1609.344, 5000, 10_000, 21_097.5]
    assert len(run["track"]["latitude"]) == 500


async def test_a_treadmill_has_no_places(ada: Athlete, work: Work, samples: Path) -> None:
    run = await story(ada, await imported_run(ada, work, "a.fit", (samples / "treadmill.fit").read_bytes()))
    assert run["track"] == {"latitude": None, "altitudeM": None}


async def test_of_a_damaged_file_the_rest_is_reported(ada: Athlete, work: Work, samples: Path) -> None:
    content = (samples / "damaged-unexpected-eof.fit").read_bytes()
    run = await story(ada, await imported_run(ada, work, "a.fit", content))
    assert "ends in the middle" in run["importReport"]["setAside"][0]["reason"]


@pytest.mark.parametrize("endings", [("fit", "tcx"), ("tcx", "fit")], ids=["fit first", "tcx first"])
async def test_one_real_run_in_two_formats_is_stored_once(
    ada: Athlete, work: Work, samples: Path, endings: tuple[str, str]
) -> None:
    files = [(f"hilly-14km.{ending}", (samples / f"hilly-14km.{ending}").read_bytes()) for ending in endings]
    one, two = (await imported(ada, work, *files))["items"]
    assert (one["status"], two["status"]) == ("SUCCEEDED", "ALREADY_IMPORTED")
    assert one["run"] == two["run"]


async def test_points_of_the_year_1901_say_that_a_run_needs_times(ada: Athlete, work: Work, samples: Path) -> None:
    content = (samples / "mountain-1901-timestamp.gpx").read_bytes()
    (item,) = (await imported(ada, work, ("mountain.gpx", content)))["items"]
    assert item["status"] == "FAILED"
    assert "a run needs times" in item["message"]
