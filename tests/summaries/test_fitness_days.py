"""Fitness day by day, over whatever days are asked."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.summaries.days import MOST_DAYS, DailyLoad, DaysInRow, TooManyDays
from domain.summaries.model import DaysReversed

FIRST = date(2026, 3, 2)


def days(count: int, *, after: int = 0) -> DaysInRow:
    return DaysInRow(FIRST + timedelta(days=after), FIRST + timedelta(days=after + count - 1))


def test_days_may_not_end_before_they_begin() -> None:
    with pytest.raises(DaysReversed):
        DaysInRow(FIRST, FIRST - timedelta(days=1))


def test_as_many_days_as_are_told_are_told() -> None:
    assert len(days(MOST_DAYS).fitness({})) == MOST_DAYS


def test_one_day_more_is_refused_with_advice() -> None:
    with pytest.raises(TooManyDays, match=r"are 3,661 days, and at most 3,660 are told at once\. Ask for some years"):
        days(MOST_DAYS + 1)


def test_one_hard_day_is_felt_in_both_means() -> None:
    (day,) = days(1).fitness({FIRST: DailyLoad(1000.0, 0)})

    assert (day.date, day.load, day.ctl, day.atl, day.tsb) == (FIRST, 1000.0, 23.53, 133.12, 0.0)


def test_form_is_that_of_the_day_before() -> None:
    _, next_day = days(2).fitness({FIRST: DailyLoad(1000.0, 0)})

    assert next_day.tsb == pytest.approx(23.53 - 133.12, abs=0.011)


def test_six_weeks_of_even_training_come_to_what_theory_says() -> None:
    loads = {FIRST + timedelta(days=at): DailyLoad(100.0, 0) for at in range(42)}

    last = days(42).fitness(loads)[-1]

    assert (last.ctl, last.atl) == (63.21, 99.75)


def test_what_was_run_before_the_days_asked_is_felt_in_them() -> None:
    (day,) = days(1, after=42).fitness({FIRST: DailyLoad(1000.0, 0)})

    assert day.load == 0.0
    assert day.ctl == pytest.approx(23.53 / 2.71828, abs=0.01)


def test_days_before_the_first_run_are_zeros() -> None:
    before, *_ = days(3).fitness({FIRST + timedelta(days=2): DailyLoad(100.0, 0)})

    assert (before.load, before.ctl, before.atl, before.tsb) == (0.0, 0.0, 0.0, 0.0)


def test_a_day_says_how_many_of_its_runs_have_no_load() -> None:
    told = days(2).fitness({FIRST: DailyLoad(30.0, 2)})

    assert [day.runs_without_load for day in told] == [2, 0]


def test_the_days_at_either_end_of_the_calendar_can_be_asked() -> None:
    for day in (date.min, date.max):
        asked = DaysInRow(day, day)
        assert asked.remembered.first is not None
        assert asked.fitness({})[0].date == day


@given(asked_after=st.integers(0, 60), loads=st.dictionaries(st.integers(0, 90), st.floats(0, 500), max_size=10))
@settings(max_examples=40)
def test_a_day_s_fitness_does_not_depend_on_the_days_asked_beside_it(asked_after: int, loads: dict[int, float]) -> None:
    of_days = {FIRST + timedelta(days=at): DailyLoad(load, 0) for at, load in loads.items()}

    assert days(91 - asked_after, after=asked_after).fitness(of_days) == days(91).fitness(of_days)[asked_after:]


@given(load=st.floats(0, 10_000))
@settings(max_examples=20)
def test_what_is_too_old_to_be_remembered_could_not_be_told(load: float) -> None:
    asked = days(1, after=5_000)
    assert asked.remembered.first is not None
    forgotten = asked.remembered.first - timedelta(days=1)

    assert asked.fitness({forgotten: DailyLoad(load, 0)}) == asked.fitness({})
