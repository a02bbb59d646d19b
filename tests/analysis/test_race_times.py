"""What one race says of another: Daniels' table, and Riegel's rule."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.analysis.race_times import NoSuchPerformance, race_time_s, riegel_time_s, vdot

HALF_M, FULL_M = 21_097.5, 42_195.0
ROW_50 = [(5_000.0, 19 * 60 + 57), (10_000.0, 41 * 60 + 21), (HALF_M, 3600 + 31 * 60 + 35), (FULL_M, 3 * 3600 + 649)]


@pytest.mark.parametrize(("distance_m", "time_s"), ROW_50)
def test_a_vdot_of_fifty_runs_the_times_of_its_row(distance_m: float, time_s: int) -> None:
    assert race_time_s(distance_m, 50) == pytest.approx(time_s, rel=0.002)


@pytest.mark.parametrize(("distance_m", "time_s"), ROW_50)
def test_the_times_of_row_fifty_are_a_vdot_of_fifty(distance_m: float, time_s: int) -> None:
    assert vdot(distance_m, time_s) == pytest.approx(50, rel=0.002)


@pytest.mark.parametrize(("distance_m", "time_s"), [(1_500.0, 5 * 60 + 24), (1_609.344, 5 * 60 + 50)])
def test_a_vdot_of_fifty_runs_the_short_times_of_its_row(distance_m: float, time_s: int) -> None:
    assert race_time_s(distance_m, 50) == pytest.approx(time_s, rel=0.003)


@given(st.floats(1_000, 50_000), st.floats(20, 90))
@settings(max_examples=50)
def test_a_race_at_the_predicted_time_has_the_vdot_it_was_predicted_from(distance_m: float, value: float) -> None:
    assert vdot(distance_m, race_time_s(distance_m, value)) == pytest.approx(value, rel=1e-6)


@given(st.floats(10, 99), st.floats(1_000, 42_195))
@settings(max_examples=50)
def test_whoever_has_the_higher_vdot_is_never_slower(value: float, distance_m: float) -> None:
    assert race_time_s(distance_m, value + 1) < race_time_s(distance_m, value)


def test_riegel_makes_forty_minutes_a_half_marathon_of_one_twenty_eight() -> None:
    assert riegel_time_s(40 * 60, 10_000, HALF_M) == pytest.approx(3600 + 28 * 60 + 15.4, abs=0.05)


def test_riegel_says_of_the_same_distance_what_was_run() -> None:
    assert riegel_time_s(1200, 5_000, 5_000) == 1200


@pytest.mark.parametrize(("distance_m", "time_s"), [(5_000.0, 0.0), (0.0, 1200.0), (5_000.0, -1.0), (100.0, 5.0)])
def test_what_nobody_can_run_has_no_vdot(distance_m: float, time_s: float) -> None:
    with pytest.raises(NoSuchPerformance, match="no running performance"):
        vdot(distance_m, time_s)


@pytest.mark.parametrize(
    ("distance_m", "value"), [(0.0, 50.0), (5_000.0, 9.9), (5_000.0, 101.0), (5_000.0, float("nan"))]
)
def test_race_times_are_told_for_real_distances_and_runners_only(distance_m: float, value: float) -> None:
    with pytest.raises(NoSuchPerformance, match="a VDOT of 10 to 100"):
        race_time_s(distance_m, value)


@pytest.mark.parametrize("values", [(0.0, 5_000.0, 10_000.0), (1200.0, 0.0, 10_000.0), (1200.0, 5_000.0, 0.0)])
def test_riegel_takes_values_above_zero(values: tuple[float, float, float]) -> None:
    with pytest.raises(NoSuchPerformance, match="above 0"):
        riegel_time_s(*values)
