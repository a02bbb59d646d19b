"""What people have run is possible, and nothing much faster is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.limits import RECORD_M, RECORD_S, leaps, shortest_time_s

lengths = st.floats(0.1, 200_000)


@pytest.mark.parametrize(("metres", "seconds"), [*zip(RECORD_M.tolist(), RECORD_S.tolist(), strict=True)])
def test_a_world_record_is_possible_and_a_fifth_less_is_not(metres: float, seconds: float) -> None:
    assert 0.8 * seconds < shortest_time_s(metres) < seconds


@given(lengths, lengths)
def test_a_longer_distance_never_takes_less(one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert shortest_time_s(short) <= shortest_time_s(long) * (1 + 1e-9)


@given(lengths)
def test_nobody_is_ever_faster_than_12_5_metres_a_second(metres: float) -> None:
    assert metres / shortest_time_s(metres) <= 12.5 + 1e-9


def test_a_leap_is_over_50_metres_and_faster_than_12_5_a_second() -> None:
    time_s = np.array([0.0, 1, 2, 12, 22])
    assert leaps(time_s, np.array([0.0, 50, 101, 226, 352])).tolist() == [False, True, False, True]
