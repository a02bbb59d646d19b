"""TCX: running activities, their laps, and points that count the distance themselves."""

from datetime import timedelta

import numpy as np
import pytest

from domain.runs.refusals import NoPoints, NotARun, NothingReadable, PlannedNotRun
from infrastructure.formats.tcx import decode_tcx
from tests.factories.recordings import STARTED_AT, a_hilly_course, tcx_bytes


def test_the_id_before_the_first_point_does_not_move_the_start() -> None:
    (recording,) = decode_tcx(tcx_bytes(a_hilly_course(60)))
    assert recording.first_second == STARTED_AT
    assert recording.external_id is not None
    assert (STARTED_AT - timedelta(seconds=23)).strftime("%H:%M:%S") in recording.external_id


def test_laps_are_kept_in_order() -> None:
    (recording,) = decode_tcx(tcx_bytes(a_hilly_course(1500), lap_s=600))
    assert [(lap.start_s, lap.timer_s) for lap in recording.laps] == [(0, 600), (600, 600), (1200, 300)]
    assert recording.laps[0].max_heart_rate == 162
    assert recording.device.timer_s == 1500


def test_the_watchs_own_distance_is_taken() -> None:
    course = a_hilly_course(300)
    (recording,) = decode_tcx(tcx_bytes(course))
    np.testing.assert_allclose(recording.samples.distance_m, course.distance_m, atol=0.01)


def test_a_distance_that_restarts_in_every_lap_is_carried_on() -> None:
    course = a_hilly_course(1500)
    (recording,) = decode_tcx(tcx_bytes(course, lap_s=500, restart_distance=True))
    np.testing.assert_allclose(recording.samples.distance_m, course.distance_m, atol=0.05)


def test_without_a_distance_the_positions_tell() -> None:
    course = a_hilly_course(300)
    text = tcx_bytes(course).decode().replace("DistanceMeters", "NoDistance")
    (recording,) = decode_tcx(text.encode())
    np.testing.assert_allclose(recording.samples.distance_m, course.distance_m, atol=1)


def test_a_second_track_in_a_lap_follows_a_pause() -> None:
    text = tcx_bytes(a_hilly_course(300).without(100, 150)).decode()
    at = text.index("<Trackpoint>", text.index((STARTED_AT + timedelta(seconds=100)).strftime("%H:%M:%S")))
    (recording,) = decode_tcx((text[:at] + "</Track><Track>" + text[at:]).encode())
    assert recording.active == ((0, 100), (150, 300))


def test_biking_is_refused_by_its_name() -> None:
    with pytest.raises(NotARun, match="biking"):
        decode_tcx(tcx_bytes(a_hilly_course(60), sport="Biking"))


def test_other_is_taken_as_a_run() -> None:
    assert len(decode_tcx(tcx_bytes(a_hilly_course(60), sport="Other"))) == 1


def test_of_several_activities_the_runs_are_taken() -> None:
    ride, run = tcx_bytes(a_hilly_course(60), sport="Biking"), tcx_bytes(a_hilly_course(60))
    activity = run[run.index(b"<Activity ") : run.index(b"</Activities>")]
    (recording,) = decode_tcx(ride.replace(b"</Activities>", activity + b"</Activities>"))
    assert recording.sport == "running"


def test_a_course_is_not_a_run() -> None:
    with pytest.raises(PlannedNotRun, match="course"):
        decode_tcx(b"<TrainingCenterDatabase><Courses><Course/></Courses></TrainingCenterDatabase>")


def test_an_activity_without_points_is_no_run() -> None:
    with pytest.raises(NoPoints):
        decode_tcx(
            b'<TrainingCenterDatabase><Activities><Activity Sport="Running"/></Activities></TrainingCenterDatabase>'
        )


def test_of_a_file_that_is_cut_off_the_points_before_are_kept() -> None:
    whole = tcx_bytes(a_hilly_course(600))
    (recording,) = decode_tcx(whole[: len(whole) // 2])
    assert 250 < len(recording.samples) < 350
    assert "cut off" in recording.set_aside[0].reason


def test_a_file_cut_off_before_its_first_point_says_so() -> None:
    with pytest.raises(NothingReadable):
        decode_tcx(tcx_bytes(a_hilly_course(60))[:420])


@pytest.mark.parametrize("missing", ["0", "255", "abc", ""])
def test_a_heart_rate_that_is_none_is_missing(missing: str) -> None:
    text = tcx_bytes(a_hilly_course(60)).decode()
    first = text.index("<HeartRateBpm><Value>") + len("<HeartRateBpm><Value>")
    text = text[:first] + missing + text[text.index("<", first) :]
    (recording,) = decode_tcx(text.encode())
    assert np.isnan(recording.samples.heart_rate_bpm).tolist() == [True] + [False] * 60
