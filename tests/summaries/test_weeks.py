"""Weeks one by one, and the whole that they come to."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.summaries.model import (
    MOST_WEEKS,
    DaysReversed,
    HeartRateZoneTime,
    TooManyWeeks,
    TrainingWeek,
    Window,
    monday,
    summary,
)

MONDAY = date(2026, 3, 2)


def a_week(number: int = 0, **figures: object) -> TrainingWeek:
    return TrainingWeek(start_date=MONDAY + timedelta(weeks=number), **figures)  # type: ignore[arg-type]


def test_a_window_may_not_end_before_it_begins() -> None:
    with pytest.raises(DaysReversed, match="`from` is 2026-03-03 and `to` is 2026-03-02"):
        Window(date(2026, 3, 3), MONDAY)


def test_a_window_of_one_day_is_a_window() -> None:
    assert Window(MONDAY, MONDAY).first == MONDAY


def test_without_runs_and_days_there_are_no_weeks() -> None:
    assert summary(Window(), []).weeks == ()


def test_weeks_without_runs_between_are_there_with_zeros() -> None:
    told = summary(Window(), [a_week(3, runs=1, distance_m=5.0), a_week(0, runs=2)]).weeks

    assert [(week.start_date, week.runs, week.distance_m) for week in told] == [
        (MONDAY, 2, 0.0),
        (date(2026, 3, 9), 0, 0.0),
        (date(2026, 3, 16), 0, 0.0),
        (date(2026, 3, 23), 1, 5.0),
    ]


def test_named_days_tell_the_weeks_even_without_a_run() -> None:
    told = summary(Window(date(2026, 3, 8), date(2026, 3, 9)), []).weeks

    assert [(week.start_date, week.end_date) for week in told] == [
        (MONDAY, date(2026, 3, 8)),
        (date(2026, 3, 9), date(2026, 3, 15)),
    ]


def test_an_open_end_goes_as_far_as_the_runs() -> None:
    told = summary(Window(first=date(2026, 3, 10)), [a_week(2)]).weeks

    assert [week.start_date for week in told] == [date(2026, 3, 9), date(2026, 3, 16)]


def test_as_many_weeks_as_are_told_are_told() -> None:
    last = MONDAY + timedelta(weeks=MOST_WEEKS) - timedelta(days=1)

    assert len(summary(Window(MONDAY, last), []).weeks) == MOST_WEEKS


def test_one_week_more_is_refused_with_advice() -> None:
    told = summary(Window(MONDAY, MONDAY + timedelta(weeks=MOST_WEEKS)), [])

    with pytest.raises(TooManyWeeks, match=r"These are 531 weeks, and at most 530 .* without `weeks`"):
        _ = told.weeks


def test_totals_of_more_weeks_than_are_told_are_told_all_the_same() -> None:
    assert summary(Window(), [a_week(0, runs=1), a_week(5_000, runs=2)]).runs == 3


def test_the_whole_adds_up_and_keeps_the_longest_run() -> None:
    one = a_week(0, runs=2, distance_m=0.1, moving_time_s=60.0, ascent_m=5.5, load=10.1, longest_run_m=9_000.0)
    other = a_week(1, runs=1, distance_m=0.2, moving_time_s=30.0, ascent_m=1.1, load=0.2, longest_run_m=12_000.0)

    whole = summary(Window(), [one, other])

    assert (whole.runs, whole.distance_m, whole.moving_time_s, whole.ascent_m) == (3, 0.3, 90.0, 6.6)
    assert (whole.load, whole.longest_run_m) == (10.3, 12_000.0)


def test_runs_without_load_are_counted_over_all_weeks() -> None:
    assert summary(Window(), [a_week(0, runs_without_load=2), a_week(1, runs_without_load=1)]).runs_without_load == 3


def test_time_in_a_zone_adds_up_over_weeks_zone_by_zone() -> None:
    one = a_week(0, heart_rate_zones=(HeartRateZoneTime(2, 10.0), HeartRateZoneTime(3, 1.0)))
    other = a_week(1, heart_rate_zones=(HeartRateZoneTime(1, 4.0), HeartRateZoneTime(2, 5.5)))

    assert summary(Window(), [one, other]).heart_rate_zones == (
        HeartRateZoneTime(1, 4.0),
        HeartRateZoneTime(2, 15.5),
        HeartRateZoneTime(3, 1.0),
    )


@given(day=st.dates())
@settings(max_examples=50)
def test_every_day_lies_in_the_week_of_its_monday(day: date) -> None:
    week = TrainingWeek(start_date=monday(day))

    assert week.start_date.weekday() == 0
    assert week.start_date <= day <= week.end_date


@given(first=st.dates(date(2020, 1, 1), date(2024, 1, 1)), days=st.integers(0, 800))
@settings(max_examples=50)
def test_weeks_follow_one_another_and_cover_every_day(first: date, days: int) -> None:
    last = first + timedelta(days=days)

    weeks = summary(Window(first, last), []).weeks

    assert weeks[0].start_date <= first
    assert weeks[-1].end_date >= last
    assert all(b.start_date - a.end_date == timedelta(days=1) for a, b in pairwise(weeks))
    assert len(weeks) <= days // 7 + 2
