"""GPX: track points with times, whatever the extension; what cannot be true is set aside."""

import math
from datetime import timedelta

import numpy as np
import pytest

from domain.runs.recording import Samples
from domain.runs.refusals import NoPoints, NotARun, NothingReadable, NoTimes
from infrastructure.formats.gpx import decode_gpx
from tests.factories.recordings import STARTED_AT, a_hilly_course, gpx_bytes


def gpx(*points: str, before: str = "") -> bytes:
    return f'<gpx version="1.1">{before}<trk><trkseg>{"".join(points)}</trkseg></trk></gpx>'.encode()


def point(second: float, inside: str = "", lat: str = "47", lon: str = "8", time: str | None = None) -> str:
    told = time or (STARTED_AT + timedelta(seconds=second)).isoformat()
    return f'<trkpt lat="{lat}" lon="{lon}"><time>{told}</time>{inside}</trkpt>'


def samples_of(*points: str) -> Samples:
    (recording,) = decode_gpx(gpx(*points))
    return recording.samples


def test_the_tracks_name_names_the_run() -> None:
    (recording,) = decode_gpx(gpx_bytes(a_hilly_course(60), name="Along the lake"))
    assert recording.name == "Along the lake"


def test_a_break_between_segments_is_a_pause() -> None:
    (recording,) = decode_gpx(gpx_bytes(a_hilly_course(300), pauses=[(100, 160)]))
    assert recording.active == ((0, 100), (160, 300))


def test_the_way_across_a_pause_is_no_distance() -> None:
    course = a_hilly_course(300)
    (recording,) = decode_gpx(gpx_bytes(course, pauses=[(100, 160)]))
    run = course.distance_m[100] + course.distance_m[300] - course.distance_m[160]
    assert recording.samples.distance_m[-1] == pytest.approx(run, abs=1)


def test_one_segment_says_nothing_about_pauses() -> None:
    (recording,) = decode_gpx(gpx_bytes(a_hilly_course(60)))
    assert recording.active is None


@pytest.mark.parametrize("legs", [1, 2])
def test_cadence_counts_both_legs_whichever_the_file_counts(legs: int) -> None:
    (recording,) = decode_gpx(gpx_bytes(a_hilly_course(60), legs=legs))
    assert np.median(recording.samples.cadence_spm) == pytest.approx(170, abs=2)


def test_heart_rate_is_found_in_any_extension() -> None:
    samples = samples_of(
        point(0, "<extensions><heartrate>150</heartrate></extensions>"),
        point(1, '<extensions><x:ext xmlns:x="urn:any"><x:hr>151</x:hr></x:ext></extensions>'),
    )
    assert samples.heart_rate_bpm.tolist() == [150, 151]


def test_zero_is_a_coordinate_and_an_altitude() -> None:
    samples = samples_of(point(0, "<ele>0</ele>", "0.0", "0.0"), point(1, "<ele>0.0</ele>", "0.0", "0.0001"))
    assert samples.latitude.tolist() == [0, 0]
    assert samples.longitude.tolist() == [0, 0.0001]
    assert samples.altitude_m.tolist() == [0, 0]


@pytest.mark.parametrize("nonsense", ["abc", "", "NaN", "inf", "-1e999", "12,5"])
def test_a_number_that_is_none_is_missing(nonsense: str) -> None:
    samples = samples_of(point(0, f"<ele>{nonsense}</ele>"), point(1, "<ele>5</ele>"))
    assert math.isnan(samples.altitude_m[0])
    assert samples.altitude_m[1] == 5


@pytest.mark.parametrize(("lat", "lon"), [("91", "8"), ("47", "181"), ("x", "8"), ("47", "NaN")])
def test_a_position_off_the_globe_is_missing(lat: str, lon: str) -> None:
    samples = samples_of(point(0), point(1, lat=lat, lon=lon), point(2))
    assert np.isnan(samples.latitude).tolist() == [False, True, False]
    assert np.isnan(samples.longitude).tolist() == [False, True, False]
    assert samples.distance_m.tolist() == [0, 0, 0]


def test_an_absurd_year_costs_one_point() -> None:
    points = [point(second) for second in range(5)]
    for absurd in ("1901-12-13T20:45:52Z", "1999-08-22T00:00:00Z", "2085-01-01T00:00:00Z"):
        (recording,) = decode_gpx(gpx(*points[:2], point(0, time=absurd), *points[2:]))
        assert len(recording.samples) == 5
        assert [lost.count for lost in recording.set_aside] == [1]


def test_a_step_back_in_time_costs_only_the_points_that_step_back() -> None:
    (recording,) = decode_gpx(gpx(*(point(second) for second in (0, 1, 500, 2, 3, 4))))
    assert recording.samples.time_s.tolist() == [0, 1, 2, 3, 4]
    assert [lost.count for lost in recording.set_aside] == [1]


def test_points_without_a_time_are_counted() -> None:
    (recording,) = decode_gpx(gpx(point(0), point(0, time="yesterday"), point(1)))
    assert [(lost.reason, lost.count) for lost in recording.set_aside] == [("points without a time", 1)]


def test_two_points_of_one_instant_become_one() -> None:
    samples = samples_of(point(0, "<ele>5</ele>"), point(0, "<hr>150</hr>"), point(1))
    assert samples.time_s.tolist() == [0, 1]
    assert (samples.altitude_m[0], samples.heart_rate_bpm[0]) == (5, 150)


def test_times_with_seven_decimals_and_offsets_are_read() -> None:
    samples = samples_of(
        point(0, time="2024-05-04T07:30:05.2073437Z"), point(0, time="2024-05-04T09:30:06.2073437+02:00")
    )
    assert samples.time_s.tolist() == [0, 1]


def test_a_track_without_usable_times_says_that_a_run_needs_them() -> None:
    with pytest.raises(NoTimes, match="a run needs times"):
        decode_gpx(gpx(*(point(0, time=f"1901-12-13T20:45:5{second}Z") for second in range(5))))


def test_a_planned_route_says_that_a_run_needs_times() -> None:
    with pytest.raises(NoTimes, match="planned route"):
        decode_gpx(b'<gpx><rte><rtept lat="1" lon="2"/><rtept lat="1" lon="3"/></rte></gpx>')


def test_a_single_point_is_no_run() -> None:
    with pytest.raises(NoPoints):
        decode_gpx(gpx(point(0)))


def test_an_empty_gpx_is_no_run() -> None:
    with pytest.raises(NoPoints):
        decode_gpx(b"<gpx/>")


@pytest.mark.parametrize("sport", ["running", "trail_running", "9", "Run", None, "Adventure"])
def test_running_and_the_unknown_are_runs(sport: str | None) -> None:
    assert len(decode_gpx(gpx_bytes(a_hilly_course(60), sport=sport))) == 1


@pytest.mark.parametrize(("sport", "said"), [("cycling", "cycling"), ("Hiking", "hiking"), ("1", "number 1")])
def test_another_sport_is_refused_by_its_name(sport: str, said: str) -> None:
    with pytest.raises(NotARun, match=said):
        decode_gpx(gpx_bytes(a_hilly_course(60), sport=sport))


def test_of_a_file_that_is_cut_off_the_points_before_are_kept() -> None:
    whole = gpx_bytes(a_hilly_course(600))
    (recording,) = decode_gpx(whole[: len(whole) // 2])
    assert 250 < len(recording.samples) < 350
    assert "cut off" in recording.set_aside[0].reason


def test_a_file_cut_off_before_its_first_point_says_so() -> None:
    with pytest.raises(NothingReadable):
        decode_gpx(gpx_bytes(a_hilly_course(60))[:300])


def test_files_in_utf_16_and_with_a_byte_order_mark_are_read() -> None:
    text = gpx_bytes(a_hilly_course(60)).decode().replace("UTF-8", "UTF-16")
    assert len(decode_gpx(text.encode("utf-16"))) == 1
    assert len(decode_gpx(b"\xef\xbb\xbf" + gpx_bytes(a_hilly_course(60)))) == 1
