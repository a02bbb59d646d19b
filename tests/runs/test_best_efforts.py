"""The fastest window lies inside the run, and a longer one is never quicker."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.best_efforts import DISTANCES_M, best_efforts
from tests.factories.recordings import a_hilly_course, a_recording

legs = st.lists(
    st.tuples(st.integers(1, 60), st.floats(0, 5.8)).map(lambda leg: (leg[0], round(leg[0] * leg[1], 1))),
    min_size=1,
    max_size=80,
)


def test_an_even_run_has_even_efforts() -> None:
    time_s = np.arange(0, 1501, 5.0)
    efforts = best_efforts(a_recording(time_s=time_s, distance_m=time_s * 4).samples)
    assert [effort.distance_m for effort in efforts] == [400, 1000, 1609.344, 5000]
    assert [effort.time_s for effort in efforts] == pytest.approx([100, 250, 402.336, 1250])


def test_the_fastest_kilometre_is_found_in_the_middle() -> None:
    samples = a_recording(time_s=[0, 500, 700, 1200], distance_m=[0, 1000, 2000, 3000]).samples
    (kilometre,) = best_efforts(samples, [1000.0])
    assert (kilometre.time_s, kilometre.start_s, kilometre.start_m) == (200, 500, 1000)


def test_a_window_may_begin_between_two_points() -> None:
    samples = a_recording(time_s=[0, 300, 450], distance_m=[0, 1000, 1750]).samples
    (kilometre,) = best_efforts(samples, [1000.0])
    assert kilometre.time_s == pytest.approx(225)
    assert kilometre.start_m == pytest.approx(750)
    assert kilometre.start_s == pytest.approx(225)


def test_a_pause_inside_the_window_counts() -> None:
    samples = a_recording(time_s=[0, 100, 160, 260], distance_m=[0, 500, 500, 1000]).samples
    assert best_efforts(samples, [1000.0])[0].time_s == 260


def test_a_pause_at_the_edges_of_the_window_does_not_count() -> None:
    samples = a_recording(time_s=[0, 60, 260, 320, 400], distance_m=[0, 0, 1000, 1000, 1200.1]).samples
    effort = best_efforts(samples, [1000.0])[0]
    assert (effort.time_s, effort.start_s) == (200, 60)


def test_rests_at_the_edges_do_not_count_when_sums_miss_by_a_bit() -> None:
    assert 0.1 + 0.2 > 0.3
    samples = a_recording(time_s=[0, 10, 110, 112, 212, 300], distance_m=[0, 0.1, 0.1, 0.3, 0.3, 1.0]).samples
    assert best_efforts(samples, [0.2])[0].time_s == 2


def test_a_run_shorter_than_the_distance_has_no_effort_over_it() -> None:
    assert best_efforts(a_recording(time_s=[0, 100], distance_m=[0, 399]).samples) == ()


def test_without_distance_there_are_no_efforts() -> None:
    assert best_efforts(a_recording(time_s=[0, 100]).samples) == ()


def test_a_vehicle_in_the_run_leaves_no_effort_to_believe() -> None:
    time_s = np.arange(0, 1301.0)
    distance_m = np.cumsum(np.where(time_s > 1250, 16.0, 3.0))
    assert best_efforts(a_recording(time_s=time_s, distance_m=distance_m).samples) == ()


def test_a_record_is_believed() -> None:
    samples = a_recording(time_s=[0, 1571.0], distance_m=[0, 10_000]).samples
    assert [effort.distance_m for effort in best_efforts(samples)] == [400, 1000, 1609.344, 5000, 10_000]


def test_a_distance_that_begins_past_zero_is_measured_from_there() -> None:
    assert best_efforts(a_recording(time_s=[0, 100], distance_m=[5000, 5399]).samples) == ()


@given(legs)
def test_a_longer_distance_is_never_quicker(run: list[tuple[int, float]]) -> None:
    steps, metres = zip(*run, strict=True)
    time_s = np.concatenate(([0.0], np.cumsum(steps)))
    distance_m = np.concatenate(([0.0], np.cumsum(metres)))
    efforts = best_efforts(a_recording(time_s=time_s, distance_m=distance_m).samples, DISTANCES_M)
    for shorter, longer in pairwise(efforts):
        assert longer.time_s >= shorter.time_s - 1e-6


@given(legs, st.integers(1, 5000).map(float))
def test_no_window_on_a_fine_grid_beats_the_effort(run: list[tuple[int, float]], length_m: float) -> None:
    steps, metres = zip(*run, strict=True)
    time_s = np.concatenate(([0.0], np.cumsum(steps)))
    distance_m = np.concatenate(([0.0], np.cumsum(np.array(metres) + 0.1)))
    efforts = best_efforts(a_recording(time_s=time_s, distance_m=distance_m).samples, [length_m])
    starts = np.linspace(0, distance_m[-1] - length_m, 200) if distance_m[-1] >= length_m else np.array([])
    tried = np.interp(starts + length_m, distance_m, time_s) - np.interp(starts, distance_m, time_s)
    assert len(efforts) == (1 if starts.size else 0)
    if efforts:
        (effort,) = efforts
        assert effort.time_s <= tried.min() + 1e-6
        assert 0 <= effort.start_s <= effort.start_s + effort.time_s <= time_s[-1] + 1e-6
        assert 0 <= effort.start_m <= distance_m[-1] - length_m + 1e-6


def test_efforts_of_a_real_shape_come_in_order_of_length() -> None:
    efforts = best_efforts(a_recording(a_hilly_course(4000)).samples)
    assert [effort.distance_m for effort in efforts] == list(DISTANCES_M[:5])
