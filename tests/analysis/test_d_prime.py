"""What is left of D′ from moment to moment: spent linearly, regained ever more slowly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.d_prime import d_prime_balance


def balance(speeds: list[float], steps_s: list[float], critical: float = 4.0, full: float = 200.0) -> list[float]:
    """With a speed for each step; the first point's own is never looked at."""
    at_points = np.array([np.nan, *speeds])
    return d_prime_balance(at_points, np.array(steps_s, dtype=np.float64), critical, full).tolist()


def test_watts_and_joules_come_to_the_number_of_the_model_s_authors() -> None:
    assert balance([350, 150], [60, 120], 250, 20_000) == pytest.approx([20_000, 14_000, 16_707.13], abs=0.005)


def test_it_is_full_at_the_start_and_stays_so_at_critical_speed() -> None:
    assert balance([4.0, 4.0], [60, 600]) == [200, 200, 200]


def test_above_critical_speed_every_metre_beyond_it_is_spent() -> None:
    assert balance([5.0, 4.5], [60, 60]) == pytest.approx([200, 140, 110])


def test_more_than_there_was_leaves_less_than_nothing() -> None:
    assert balance([5.0], [300])[-1] == pytest.approx(-100)


def test_standing_brings_it_back_towards_full_but_never_past_it() -> None:
    assert balance([6.0, 0.0], [60, 100_000])[-1] == pytest.approx(200)


def test_where_the_speed_is_not_known_the_runner_is_taken_to_stand() -> None:
    assert balance([5.0, np.nan], [60, 60]) == balance([5.0, 0.0], [60, 60])


def test_one_point_has_all_of_it_left() -> None:
    assert balance([], []) == [200]


def test_all_spent_after_the_time_that_the_model_gives_a_race() -> None:
    """5 km with CS 4 m/s and D′ 200 m take (5000 − 200) / 4 = 1,200 s."""
    assert balance([5000 / 1200], [1200])[-1] == pytest.approx(0, abs=1e-9)


@given(st.floats(0, 8), st.floats(0, 8), st.integers(1, 600), st.integers(2, 50))
@settings(max_examples=50, deadline=None)
def test_a_finer_recording_tells_the_same(before: float, speed: float, seconds: int, parts: int) -> None:
    whole = balance([before, speed], [100, seconds])[-1]
    parted = balance([before, *[speed] * parts], [100, *[seconds / parts] * parts])[-1]
    assert parted == pytest.approx(whole, rel=1e-9, abs=1e-6)


@given(st.lists(st.floats(0, 8), min_size=1, max_size=30), st.floats(1, 7), st.floats(20, 1000), st.floats(0, 2))
@settings(max_examples=50, deadline=None)
def test_it_never_passes_full_and_a_slower_run_leaves_more(
    speeds: list[float], critical: float, full: float, slower: float
) -> None:
    steps = [30.0] * len(speeds)
    left, when_slower = (
        balance(speeds, steps, critical, full),
        balance([v - slower for v in speeds], steps, critical, full),
    )
    assert max(left) <= full * (1 + 1e-12)
    assert all(more >= less - 1e-9 * full for less, more in zip(left, when_slower, strict=True))
