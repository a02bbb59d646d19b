"""Recordings whose sensors or signal fail: each comes to a sensible answer, with its reason."""

from typing import Any

import numpy as np
import pytest

from domain.runs.facts import RunFacts
from domain.runs.refusals import NoPoints
from infrastructure.formats.decode import decode
from tests.conftest import Athlete
from tests.factories.bad_runs import COURSE, MISSING, TRUE, changed, read, run_of
from tests.factories.imports import Work
from tests.factories.recordings import fit_bytes, gpx_bytes, tcx_bytes

every_format = pytest.mark.parametrize("write", [fit_bytes, gpx_bytes, tcx_bytes], ids=["fit", "gpx", "tcx"])


def not_faster(facts: RunFacts) -> bool:
    """Whether no effort is faster than those of the true run, but for what positions scatter."""
    pairs = zip(facts.best_efforts, TRUE.best_efforts, strict=True)
    return all(effort.time_s >= 0.98 * true.time_s for effort, true in pairs)


async def test_a_run_without_altitudes_has_no_ascent(ada: Athlete, work: Work) -> None:
    run = await run_of(ada, work, fit_bytes(changed(altitude_m=MISSING)))
    assert (run["ascentM"], run["track"]["altitudeM"]) == (None, None)
    assert run["distanceM"] == pytest.approx(TRUE.distance_m, abs=0.01)


async def test_a_run_without_heart_rate_has_none_and_keeps_the_rest(ada: Athlete, work: Work) -> None:
    run = await run_of(ada, work, fit_bytes(changed(heart_rate_bpm=MISSING)))
    assert (run["averageHeartRate"], run["maxHeartRate"], run["track"]["heartRate"]) == (None, None, None)
    assert run["movingTimeS"] == 900


@every_format
def test_one_point_is_no_run_and_the_file_says_so(write: Any) -> None:
    with pytest.raises(NoPoints, match="point"):
        read(write(COURSE.between(0, 0)))


async def test_standing_still_is_a_run_without_movement_pace_or_efforts(ada: Athlete, work: Work) -> None:
    standing = changed(latitude=47.05, distance_m=0.0, speed_m_per_s=0.0)
    run = await run_of(ada, work, gpx_bytes(standing))
    assert (run["distanceM"], run["movingTimeS"], run["elapsedTimeS"]) == (0, 0, 900)
    assert (run["averagePaceSPerKm"], run["bestEfforts"]) == (None, [])


async def test_a_teleporting_signal_is_counted_and_changes_no_figure(ada: Athlete, work: Work) -> None:
    run = await run_of(ada, work, gpx_bytes(COURSE.elsewhere(200, 203, 40_000).elsewhere(500, 500, -900)))
    assert run["distanceM"] == pytest.approx(TRUE.distance_m, abs=3)
    assert run["importReport"]["setAside"] == [
        {"reason": "positions astray, further away than anyone runs in the time", "count": 5}
    ]
    assert run["track"]["latitude"].count(None) in range(1, 6)
    true_times = [effort.time_s for effort in TRUE.best_efforts]
    assert [effort["timeS"] for effort in run["bestEfforts"]] == pytest.approx(true_times, rel=0.02)


@every_format
def test_a_signal_that_leaps_for_good_makes_no_record(write: Any) -> None:
    course = COURSE.elsewhere(400, 900, 3_000)
    facts = read(write(course)).facts
    assert facts.distance_m == pytest.approx(TRUE.distance_m, abs=5)
    assert not_faster(facts)


@pytest.mark.parametrize("write", [fit_bytes, tcx_bytes], ids=["fit", "tcx"])
def test_metres_of_the_watch_that_leap_are_not_believed_but_told_beside(write: Any) -> None:
    course = changed(distance_m=lambda second: COURSE.distance_m + 5_000 * (second > 400))
    run = read(write(course))
    assert run.facts.distance_m == pytest.approx(TRUE.distance_m, abs=5)
    assert run.recording.device.distance_m == pytest.approx(TRUE.distance_m + 5_000, abs=5)
    assert run.reasons == ["1 points reached by a leap faster than anyone runs: the way to them is not counted"]
    assert not_faster(run.facts)


@pytest.mark.parametrize("rate", [1, 24, 251, 254])
def test_a_heart_rate_that_no_heart_has_poisons_neither_mean_nor_maximum(rate: int) -> None:
    run = read(fit_bytes(changed(heart_rate_bpm=lambda second: np.where(second < 90, rate, 150))))
    assert (run.facts.average_heart_rate, run.facts.max_heart_rate) == (150, 150)
    assert run.reasons == ["90 heart rates below 25 or above 250"]


def test_altitudes_that_are_nowhere_on_earth_count_for_nothing_and_are_counted() -> None:
    run = read(tcx_bytes(changed(altitude_m=lambda second: np.where(second < 50, -50_000, COURSE.altitude_m))))
    assert run.reasons == ["50 altitudes below -1,000 or above 10,000"]
    assert run.facts.ascent_m == pytest.approx(TRUE.ascent_m, abs=15)


@pytest.mark.parametrize("rate", [0, 255])
@every_format
def test_a_heart_rate_of_0_or_255_poisons_neither_mean_nor_maximum(write: Any, rate: int) -> None:
    facts = read(write(changed(heart_rate_bpm=lambda second: np.where(second % 3 == 0, rate, 150)))).facts
    assert (facts.average_heart_rate, facts.max_heart_rate) == (150, 150)


@pytest.mark.parametrize("rate", [0, 255])
def test_a_laps_heart_rate_of_0_or_255_is_none(rate: int) -> None:
    (recording,) = decode("a.tcx", tcx_bytes(changed(heart_rate_bpm=rate)))
    assert {lap.max_heart_rate for lap in recording.laps} == {None}
    assert recording.device.max_heart_rate is None


@pytest.mark.parametrize("legs", [1, 2])
async def test_a_cadence_is_of_both_legs_whichever_the_file_counts(ada: Athlete, work: Work, legs: int) -> None:
    run = await run_of(ada, work, gpx_bytes(COURSE, legs=legs))
    assert run["averageCadence"] == pytest.approx(168, abs=1.5)
