"""For how long an athlete holds how much, by their hardest runs."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pacing.athlete.endurance import endurance_of
from domain.pacing.athlete.ran import ran_of
from domain.pacing.athlete.sustained import (
    LONG_SLOPE,
    RIEGEL_EXPONENT,
    Behind,
    Sustained,
    critical_speed_behind,
    sustained,
)
from domain.pacing.athlete.usual import learn, level_lengths_m
from tests.factories.athletes import HILLY, MOUNTAINS, ROLLING, Athlete, Outing, a_history

HOURS = np.array([0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 3.5])
SPEED = 4.0


def races(exponent: float, budget_s: float = 3000.0, share: float = 1.0) -> Sustained:
    """Runs of half an hour to three and a half at so much of the most that can be held."""
    held_s = HOURS * 3600
    return Sustained(held_s, share * SPEED * (budget_s / held_s) ** (1 / exponent), held_s)


def ultras(*hours: float, slope: float = LONG_SLOPE, share: float = 1.0) -> Sustained:
    """Runs of more than four hours at so much of the most that can be held."""
    held_s = np.array(hours) * 3600
    four_hours = (3000 / 14_400) ** (1 / RIEGEL_EXPONENT)
    return Sustained(held_s, share * SPEED * four_hours * (14_400 / held_s) ** slope, held_s)


def all_of(one: Sustained, other: Sustained) -> Sustained:
    return Sustained(*(np.append(getattr(one, name), getattr(other, name)) for name in Sustained.__dataclass_fields__))


@pytest.mark.parametrize("exponent", [12.0, RIEGEL_EXPONENT, 25.0])
def test_races_of_all_lengths_tell_the_exponent(exponent: float) -> None:
    assert 1 / endurance_of(races(exponent), SPEED, 3000.0).exponent == pytest.approx(1 / exponent, abs=0.015)


def test_races_tell_for_how_long_throttle_1_is_held() -> None:
    assert endurance_of(races(RIEGEL_EXPONENT, 4500.0), SPEED, 3000.0).budget_s == pytest.approx(4500, rel=0.15)


@given(share=st.floats(0.3, 0.85))
@settings(max_examples=20)
def test_easy_runs_tell_nothing_of_what_can_be_held(share: float) -> None:
    endurance = endurance_of(races(RIEGEL_EXPONENT, share=share), SPEED, 3000.0)
    assert (endurance.exponent, endurance.budget_s, endurance.runs) == (RIEGEL_EXPONENT, 3000.0, 0)


def test_easy_runs_among_races_do_not_pull_the_line_down() -> None:
    hard, easy = races(14.0), races(14.0, share=0.8)
    assert endurance_of(all_of(hard, easy), SPEED, 3000.0) == endurance_of(hard, SPEED, 3000.0)


def test_without_long_runs_riegels_rule_stands() -> None:
    nothing = Sustained(np.zeros(0), np.zeros(0), np.zeros(0))
    assert endurance_of(nothing, SPEED, 3000.0).exponent == RIEGEL_EXPONENT
    assert critical_speed_behind(nothing, 3000.0) is None


@given(
    runs=st.lists(st.tuples(st.floats(1200, 1e5), st.floats(0.3, 9.0)), max_size=30),
    speed=st.floats(1.5, 7.0),
)
@settings(max_examples=50)
def test_whatever_the_runs_endurance_is_a_runners(runs: list[tuple[float, float]], speed: float) -> None:
    held_s, level = np.array(runs).reshape(-1, 2).T
    endurance = endurance_of(Sustained(held_s, level, held_s), speed, 3000.0)
    assert 8 <= endurance.exponent <= 34
    assert 900 <= endurance.budget_s <= 10_800
    assert 2.4 <= endurance.long_exponent <= endurance.exponent + 1e-9
    assert endurance.long_budget_s > 0


def test_the_critical_speed_behind_races_is_that_of_the_athlete() -> None:
    assert behind(races(RIEGEL_EXPONENT)).speed_m_per_s == pytest.approx(SPEED)


def behind(hard: Sustained) -> Behind:
    told = critical_speed_behind(hard, 3000.0)
    assert told is not None
    return told


def test_a_season_of_training_and_a_few_races_is_told_by_the_races() -> None:
    easy = races(RIEGEL_EXPONENT, share=0.8)
    told = behind(all_of(races(RIEGEL_EXPONENT), all_of(easy, easy)))
    assert (told.speed_m_per_s, told.raced) == (pytest.approx(SPEED), True)


def test_training_alone_is_taken_half_the_way_to_what_training_usually_is() -> None:
    easy = races(RIEGEL_EXPONENT, share=0.8)
    told = behind(all_of(easy, easy))
    assert told.speed_m_per_s == pytest.approx(SPEED * 0.8 / np.sqrt(0.82))
    assert (told.hardest_m_per_s, told.raced) == (pytest.approx(0.8 * SPEED), False)


def test_without_a_race_riegels_line_stands_up_to_four_hours() -> None:
    endurance = endurance_of(races(12.0), SPEED, 3000.0, raced=False)
    assert (endurance.exponent, endurance.budget_s, endurance.runs) == (RIEGEL_EXPONENT, 3000.0, 0)


def test_both_lines_meet_at_four_hours() -> None:
    endurance = endurance_of(all_of(races(14.0), ultras(9.0, slope=0.3)), SPEED, 3000.0)
    assert (endurance.long_budget_s / 14_400) ** (1 / endurance.long_exponent) == pytest.approx(endurance.at_four_hours)


def test_without_ultras_the_long_line_is_the_usual_one() -> None:
    endurance = endurance_of(races(RIEGEL_EXPONENT), SPEED, 3000.0)
    assert (endurance.long_slope, endurance.long_runs, endurance.longest_s) == (LONG_SLOPE, 0, 3.5 * 3600)


def test_one_ultra_below_the_line_goes_two_thirds_of_the_way_to_what_it_says() -> None:
    endurance = endurance_of(ultras(17.0, slope=0.35), SPEED, 3000.0)
    assert 0.5 < (endurance.long_slope - LONG_SLOPE) / (0.35 - LONG_SLOPE) < 0.8
    assert (endurance.long_runs, endurance.longest_s) == (1, 17 * 3600)


def test_ultras_leave_the_line_up_to_four_hours_alone() -> None:
    with_them = endurance_of(all_of(races(14.0), ultras(17.0, slope=0.35)), SPEED, 3000.0)
    without = endurance_of(races(14.0), SPEED, 3000.0)
    assert (with_them.exponent, with_them.budget_s) == (without.exponent, without.budget_s)


def test_an_easy_long_run_beside_a_hard_one_of_like_length_says_nothing() -> None:
    hard = ultras(12.0, slope=0.2)
    both = endurance_of(all_of(hard, ultras(10.0, slope=0.2, share=0.8)), SPEED, 3000.0)
    assert both == endurance_of(hard, SPEED, 3000.0)


def test_a_hard_run_of_five_hours_does_not_make_one_of_seventeen_an_easy_one() -> None:
    endurance = endurance_of(all_of(ultras(5.0), ultras(17.0, slope=0.35)), SPEED, 3000.0)
    assert endurance.long_runs == 2
    assert endurance.long_slope > 0.26


def test_one_faulty_run_of_five_does_not_set_the_critical_speed() -> None:
    hard = races(RIEGEL_EXPONENT)
    faulty = replace(hard, level_m_per_s=np.append(9.0, hard.level_m_per_s[1:]))
    assert behind(faulty).speed_m_per_s == pytest.approx(SPEED)


@pytest.mark.parametrize("exponent", [12.0, 24.0])
def test_four_hours_are_foretold_from_a_season_with_races(exponent: float) -> None:
    athlete = Athlete(exponent=exponent, day_to_day=0.02, pushes_uphill=0.0)
    season = [Outing(hours, ground, 1.0) for hours, ground in zip(HOURS, [ROLLING, HILLY, MOUNTAINS] * 3, strict=False)]
    history = a_history(athlete, [*season, *[Outing(1.0, share=0.8)] * 10], np.random.default_rng(0))
    ran = ran_of(history, 48.0)
    hard = sustained(ran, learn(ran, level_lengths_m(ran), SPEED), (), athlete.d_prime_m)
    endurance = endurance_of(hard, SPEED, 3000.0)
    four_hours = (endurance.budget_s / 14_400) ** (1 / endurance.exponent)
    assert four_hours == pytest.approx(athlete.throttle_for(14_400), rel=0.03)
    assert 1 / endurance.exponent == pytest.approx(1 / exponent, abs=0.015)


def test_time_at_a_cap_takes_little_off_what_is_held() -> None:
    history = a_history(Athlete(), [Outing(4.0, MOUNTAINS)], np.random.default_rng(0))
    ran = ran_of(history, 48.0)
    hard = sustained(ran, learn(ran, level_lengths_m(ran), SPEED), (), 180.0)
    assert 0.4 < hard.held_s[0] / history.moving_s.sum() < 0.9
