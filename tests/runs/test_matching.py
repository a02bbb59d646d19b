"""A run on a workout's day is that workout when it comes within a quarter of its distance or duration."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.runs.matching import FITS_WITHIN, Candidate, fitting_workout

ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


@pytest.mark.parametrize(
    ("planned_m", "planned_s", "fits"),
    [
        (10_000.0, None, True),
        (8_000.0, None, True),  # 25 % longer than planned
        (7_999.0, None, False),
        (13_333.0, None, True),  # 25 % shorter
        (13_334.0, None, False),
        (None, 3_600.0, True),
        (None, 2_879.0, False),
        (None, 4_801.0, False),
        (20_000.0, 3_600.0, True),  # one of the two is enough
        (10_000.0, 9_000.0, True),
        (20_000.0, 9_000.0, False),
        (None, None, False),  # nothing to tell it by
        (0.0, 0.0, False),
    ],
)
def test_a_quarter_of_distance_or_duration_is_close_enough(
    planned_m: float | None, planned_s: float | None, fits: bool
) -> None:
    found = fitting_workout([Candidate(ONE, planned_m, planned_s)], distance_m=10_000, moving_time_s=3_600)
    assert found == (ONE if fits else None)


def test_the_closest_workout_of_the_day_is_taken() -> None:
    day = [Candidate(ONE, 9_000, None), Candidate(TWO, 10_100, None), Candidate(THREE, None, 3_500)]
    assert fitting_workout(day, distance_m=10_000, moving_time_s=3_600) == TWO


def test_of_two_alike_the_first_is_taken() -> None:
    day = [Candidate(TWO, 10_000, None), Candidate(ONE, 10_000, None)]
    assert fitting_workout(day, distance_m=10_000, moving_time_s=3_600) == TWO


def test_a_day_without_workouts_has_none() -> None:
    assert fitting_workout([], distance_m=10_000, moving_time_s=3_600) is None


plans = st.none() | st.floats(100, 300_000)


@given(st.lists(st.tuples(plans, plans), max_size=6), st.floats(0, 400_000), st.floats(0, 400_000))
def test_no_workout_of_the_day_fits_better_than_the_one_taken(
    day: list[tuple[float | None, float | None]], distance_m: float, moving_s: float
) -> None:
    candidates = [Candidate(UUID(int=place), *planned) for place, planned in enumerate(day)]

    def off_by(planned: tuple[float | None, float | None]) -> float:
        done = (distance_m, moving_s)
        return min((abs(d - p) / p for p, d in zip(planned, done, strict=True) if p), default=9e9)

    taken = fitting_workout(candidates, distance_m=distance_m, moving_time_s=moving_s)
    best = min(map(off_by, day), default=9e9)
    if taken is None:
        assert best > FITS_WITHIN
    else:
        assert off_by(day[taken.int]) == best <= FITS_WITHIN
