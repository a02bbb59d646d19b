"""Ticks and labels that a runner can read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.pictures.scale import (
    Scale,
    around,
    as_distance,
    as_duration,
    as_grade,
    as_number,
    as_pace,
    pace_step,
    round_step,
)

SPANS = st.floats(1e-3, 1e7)


@given(SPANS, st.integers(1, 10))
def test_a_step_is_the_smallest_round_one_that_gives_few_enough_parts(span: float, most: int) -> None:
    step = round_step(span, most)
    assert f"{step:e}"[0] in "125"
    assert step * most >= span * (1 - 1e-6)
    assert step / 2.5 * most < span * (1 + 1e-6)


@given(st.floats(-1e5, 1e5), SPANS, st.integers(1, 10))
def test_ticks_lie_on_their_scale_and_there_are_few(low: float, span: float, most: int) -> None:
    scale = Scale(low, low + span, 0, 800)
    ticks = scale.ticks(round_step(span, most))
    assert len(ticks) <= most + 1
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)


def test_ticks_are_the_multiples_of_the_step() -> None:
    assert Scale(390, 905, 0, 1).ticks(100) == [400, 500, 600, 700, 800, 900]


def test_a_value_is_placed_evenly_between_the_ends() -> None:
    assert Scale(0, 10, 100, 300).at(2.5) == 150


def test_a_scale_may_run_upwards_on_the_picture() -> None:
    assert Scale(0, 10, 300, 100).at(2.5) == 250


def test_what_lies_outside_is_put_on_the_edge() -> None:
    assert Scale(0, 10, 0, 100).place(np.array([-5.0, 50.0])).tolist() == [0, 100]


def test_a_range_goes_to_whole_steps_around_the_values() -> None:
    assert around(np.array([431.0, np.nan, 878.0]), least_span=40) == (400, 900, 100)


def test_a_flat_range_is_widened_around_its_middle() -> None:
    assert around(np.array([500.0, 502.0]), least_span=40) == (480, 530, 10)


def test_a_range_of_nothing_known_is_none() -> None:
    assert around(np.array([np.nan, np.inf]), least_span=40) is None


@pytest.mark.parametrize(("span", "step"), [(18, 5), (60, 15), (100, 30), (500, 300), (9999, 300)])
def test_paces_are_cut_where_a_watch_would_cut_them(span: float, step: float) -> None:
    assert pace_step(span, 4) == step


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (as_number(2.0, 0.5), "2.0"),
        (as_number(1200.0, 100), "1,200"),
        (as_number(0.30000000000000004, 0.1), "0.3"),
        (as_number(-50.0, 10), "−50"),
        (as_number(-1e-9, 1), "0"),
        (as_pace(331.3), "5:31"),
        (as_pace(359.6), "6:00"),
        (as_duration(3723), "1:02:03"),
        (as_duration(3599.7), "1:00:00"),
        (as_distance(37_040), "37.0 km"),
        (as_distance(149.6), "150 m"),
        (as_grade(-3), "−7.5 %"),
        (as_grade(4), "+10 %"),
        (as_grade(0), "level"),
    ],
)
def test_numbers_are_written_as_runners_write_them(told: str, expected: str) -> None:
    assert told == expected
