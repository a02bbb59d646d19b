"""Moving time follows the device's pauses, else the standing still, and never counts a hole."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.moving_time import moving_seconds
from domain.runs.recording import DeviceTotals
from tests.factories.recordings import a_hilly_course, a_recording

STEPS = st.lists(st.integers(1, 90), min_size=1, max_size=60)


def a_run_that_stands(from_s: int, to_s: int, length_s: int = 120) -> tuple[np.ndarray, np.ndarray]:
    time_s = np.arange(length_s + 1.0)
    speed = np.where((time_s > from_s) & (time_s <= to_s), 0.0, 3.0)
    return time_s, np.cumsum(speed) - speed[0]


def test_running_on_is_moving_time() -> None:
    assert moving_seconds(a_recording(a_hilly_course(600))).sum() == 600


def test_standing_for_over_ten_seconds_is_not_moving_time() -> None:
    time_s, distance_m = a_run_that_stands(50, 61)
    assert moving_seconds(a_recording(time_s=time_s, distance_m=distance_m)).sum() == 109


def test_standing_for_ten_seconds_still_counts() -> None:
    time_s, distance_m = a_run_that_stands(50, 60)
    assert moving_seconds(a_recording(time_s=time_s, distance_m=distance_m)).sum() == 120


def test_with_timer_events_standing_still_counts() -> None:
    time_s, distance_m = a_run_that_stands(50, 80)
    recording = a_recording(time_s=time_s, distance_m=distance_m, active=[(0, 120)])
    assert moving_seconds(recording).sum() == 120


def test_a_stopped_timer_stops_moving_time_inside_a_step() -> None:
    recording = a_recording(time_s=[0, 10, 20], distance_m=[0, 30, 60], active=[(0, 4), (13, 20)])
    assert moving_seconds(recording).tolist() == [4, 7]


def test_a_timer_that_never_ran_gives_no_moving_time() -> None:
    assert moving_seconds(a_recording(a_hilly_course(60), active=[])).sum() == 0


def test_the_timers_own_total_is_met_when_the_events_miss_it_by_rounding() -> None:
    recording = a_recording(a_hilly_course(600), active=[(0, 600)], device=DeviceTotals(timer_s=599.4))
    assert moving_seconds(recording).sum() == pytest.approx(599.4)


def test_a_timer_total_that_contradicts_the_events_is_not_believed() -> None:
    recording = a_recording(a_hilly_course(600), active=[(0, 600)], device=DeviceTotals(timer_s=300))
    assert moving_seconds(recording).sum() == 600


def test_a_hole_in_the_recording_is_not_moving_time() -> None:
    assert moving_seconds(a_recording(a_hilly_course(600).without(200, 260))).sum() == 540


def test_a_hole_is_not_moving_time_even_while_the_timer_runs() -> None:
    recording = a_recording(a_hilly_course(600).without(200, 260), active=[(0, 600)])
    assert moving_seconds(recording).sum() == 540


def test_a_watch_that_writes_every_ten_seconds_loses_nothing() -> None:
    time_s = np.arange(0, 1201, 10.0)
    assert moving_seconds(a_recording(time_s=time_s, distance_m=time_s * 3)).sum() == 1200


def test_a_watch_that_writes_once_a_minute_loses_nothing() -> None:
    time_s = np.arange(0, 3601, 60.0)
    assert moving_seconds(a_recording(time_s=time_s, distance_m=time_s * 3)).sum() == 3600


def test_hours_between_points_are_a_hole_however_usual() -> None:
    assert moving_seconds(a_recording(time_s=[0, 3600, 7200], distance_m=[0, 9000, 18_000])).sum() == 0


def test_without_distance_the_devices_speed_tells_standing() -> None:
    time_s = np.arange(61.0)
    speed = np.where(time_s > 40, 0.1, 3.0)
    assert moving_seconds(a_recording(time_s=time_s, speed_m_per_s=speed)).sum() == 40


def test_without_distance_and_speed_all_time_counts() -> None:
    assert moving_seconds(a_recording(time_s=np.arange(61.0))).sum() == 60


@given(STEPS, st.data())
def test_moving_time_lies_between_nothing_and_each_steps_length(steps: list[int], data: st.DataObject) -> None:
    time_s = np.concatenate(([0.0], np.cumsum(steps)))
    metres = data.draw(st.lists(st.floats(0, 400), min_size=len(steps), max_size=len(steps)))
    edges = sorted(data.draw(st.sets(st.integers(0, int(time_s[-1])), max_size=8)))
    active = [*zip(edges[::2], edges[1::2], strict=False)] if data.draw(st.booleans()) else None
    recording = a_recording(time_s=time_s, distance_m=np.concatenate(([0.0], np.cumsum(metres))), active=active)
    moving = moving_seconds(recording)
    assert np.all(moving >= 0)
    assert np.all(moving <= np.diff(time_s))
