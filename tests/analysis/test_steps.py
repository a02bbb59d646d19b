"""Which steps between points tell how hard a run was, and what a channel was in each."""

import numpy as np
import pytest

from domain.analysis.along import heart_rates
from domain.analysis.steps import judged, judged_seconds, over_steps, running_total
from tests.factories.stretches import a_track


def test_a_leap_is_not_judged() -> None:
    track = a_track(time_s=np.arange(5.0), distance_m=[0, 3, 6, 906, 909])
    assert judged(track).tolist() == [True, True, False, True]
    assert judged_seconds(track).tolist() == [1, 1, 0, 1]


def test_a_step_that_was_mostly_a_pause_is_not_judged() -> None:
    track = a_track(time_s=[0, 10, 20, 30], distance_m=[0, 30, 42, 72], active=[(0, 14), (20, 30)])
    assert judged_seconds(track).tolist() == [10, 0, 10]


def test_a_step_with_a_short_pause_is_judged_by_its_movement() -> None:
    track = a_track(time_s=[0, 10, 20, 30], distance_m=[0, 30, 48, 78], active=[(0, 16), (20, 30)])
    assert judged_seconds(track).tolist() == [10, 6, 10]


def test_a_channel_over_a_step_is_the_mean_of_its_ends_or_the_one_that_is_known() -> None:
    track = a_track(time_s=np.arange(5.0))
    values = np.array([100.0, 120.0, np.nan, np.nan, 130.0])
    assert over_steps(track.samples, values) == pytest.approx([110.0, 120.0, np.nan, 130.0], nan_ok=True)


def test_a_channel_is_not_known_in_a_hole_of_the_recording() -> None:
    track = a_track(time_s=[0, 1, 2, 3600, 3601])
    assert np.isnan(over_steps(track.samples, np.full(5, 150.0))).tolist() == [False, False, True, False]


def test_the_running_total_begins_at_the_first_point() -> None:
    assert running_total(np.array([1.0, 2.0, 4.0])).tolist() == [0, 1, 3, 7]


def test_heart_rates_are_believed_as_far_as_hearts_beat() -> None:
    track = a_track(time_s=np.arange(6.0), heart_rate_bpm=[0, 24, 25, 250, 251, 255])
    assert heart_rates(track.samples) == pytest.approx([np.nan, np.nan, 25, 250, np.nan, np.nan], nan_ok=True)
