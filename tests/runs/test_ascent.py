"""Climbing counts once the track has turned back far enough, the same forwards and backwards."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.ascent import ascent_and_descent, cumulative_ascent_and_descent, turning_points

BUMPS = np.array([0, 2, 4, 6, 5, 7, 4, 8, 10, 0], dtype=np.float64)
altitudes = st.lists(st.integers(-2000, 2000).map(lambda fifths: fifths / 5), min_size=1, max_size=200).map(np.array)


def test_a_dip_of_just_the_threshold_does_not_end_a_climb() -> None:
    assert ascent_and_descent(BUMPS, threshold_m=3) == (10.0, 10.0)


def test_a_dip_of_more_than_the_threshold_ends_a_climb() -> None:
    assert ascent_and_descent(BUMPS, threshold_m=2) == (13.0, 13.0)


def test_a_flat_track_climbs_nothing() -> None:
    assert ascent_and_descent(np.array([5.0, 6.0, 5.0, 7.5])) == (0.0, 0.0)


def test_the_tail_that_falls_less_than_the_threshold_is_no_descent() -> None:
    assert ascent_and_descent(np.array([0.0, 10.0, 8.0])) == (10.0, 0.0)


def test_an_altitude_of_zero_is_data() -> None:
    assert ascent_and_descent(np.array([0.0, 0.0, 10.0, 0.0])) == (10.0, 10.0)


def test_missing_altitudes_are_passed_over() -> None:
    assert ascent_and_descent(np.array([np.nan, 0.0, np.nan, 10.0, np.nan, 0.0, np.nan])) == (10.0, 10.0)


def test_without_any_altitude_nothing_is_known() -> None:
    nothing = np.full(5, np.nan)
    assert ascent_and_descent(nothing) is None
    assert cumulative_ascent_and_descent(nothing) is None


@given(altitudes)
def test_a_track_and_its_reverse_swap_ascent_and_descent_exactly(altitude_m: np.ndarray) -> None:
    forwards, backwards = ascent_and_descent(altitude_m), ascent_and_descent(altitude_m[::-1])
    assert forwards is not None
    assert backwards is not None
    assert backwards == pytest.approx(forwards[::-1], abs=1e-9)


@given(altitudes, st.floats(0, 50))
def test_a_larger_threshold_never_finds_more_ascent(altitude_m: np.ndarray, threshold_m: float) -> None:
    small, large = ascent_and_descent(altitude_m, threshold_m), ascent_and_descent(altitude_m, threshold_m + 1)
    assert small is not None
    assert large is not None
    assert large[0] <= small[0] + 1e-9


@given(altitudes)
def test_legs_between_turning_points_alternate_and_pass_the_threshold(altitude_m: np.ndarray) -> None:
    legs = np.diff(altitude_m[turning_points(altitude_m, 3.0)])
    assert np.all(np.abs(legs) > 3.0)
    assert np.all(legs[1:] * legs[:-1] < 0)


@given(altitudes)
def test_cumulative_ascent_ends_at_the_total_and_never_falls(altitude_m: np.ndarray) -> None:
    cumulative, total = cumulative_ascent_and_descent(altitude_m), ascent_and_descent(altitude_m)
    assert cumulative is not None
    assert total is not None
    for rising, whole in zip(cumulative, total, strict=True):
        assert rising.shape == altitude_m.shape
        assert rising[0] == 0
        assert np.all(np.diff(rising) >= 0)
        assert rising[-1] == pytest.approx(whole, abs=1e-9)


def test_cumulative_ascent_grows_where_the_climb_is() -> None:
    up, down = cumulative_ascent_and_descent(np.array([0.0, 5.0, np.nan, 10.0, 4.0, 0.0])) or ((), ())
    assert list(up) == [0, 5, 5, 10, 10, 10]
    assert list(down) == [0, 0, 0, 0, 6, 10]
