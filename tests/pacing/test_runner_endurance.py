"""For how long an athlete holds how much, by their hardest runs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pacing.athlete.endurance import RIEGEL_EXPONENT, Sustained, critical_speed_behind, endurance_of, sustained
from domain.pacing.athlete.ran import ran_of
from domain.pacing.athlete.usual import learn, level_lengths_m
from tests.factories.athletes import HILLY, MOUNTAINS, ROLLING, Athlete, Outing, a_history

HOURS = np.array([0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0])
SPEED = 4.0


def races(exponent: float, budget_s: float = 3000.0, share: float = 1.0) -> Sustained:
    """Runs of half an hour to eight hours at so much of the most that can be held."""
    held_s = HOURS * 3600
    return Sustained(held_s, share * SPEED * (budget_s / held_s) ** (1 / exponent))


@pytest.mark.parametrize("exponent", [12.0, RIEGEL_EXPONENT, 25.0])
def test_races_of_all_lengths_tell_the_exponent(exponent: float) -> None:
    assert 1 / endurance_of(races(exponent), SPEED, 3000.0).exponent == pytest.approx(1 / exponent, abs=0.01)


def test_races_tell_for_how_long_throttle_1_is_held() -> None:
    assert endurance_of(races(RIEGEL_EXPONENT, 4500.0), SPEED, 3000.0).budget_s == pytest.approx(4500, rel=0.15)


@given(share=st.floats(0.3, 0.85))
@settings(max_examples=20)
def test_easy_runs_tell_nothing_of_what_can_be_held(share: float) -> None:
    endurance = endurance_of(races(RIEGEL_EXPONENT, share=share), SPEED, 3000.0)
    assert (endurance.exponent, endurance.budget_s, endurance.runs) == (RIEGEL_EXPONENT, 3000.0, 0)


def test_easy_runs_among_races_do_not_pull_the_line_down() -> None:
    hard, easy = races(14.0), races(14.0, share=0.8)
    both = Sustained(np.append(hard.held_s, easy.held_s), np.append(hard.level_m_per_s, easy.level_m_per_s))
    assert endurance_of(both, SPEED, 3000.0) == endurance_of(hard, SPEED, 3000.0)


def test_without_long_runs_riegels_rule_stands() -> None:
    nothing = Sustained(np.zeros(0), np.zeros(0))
    assert endurance_of(nothing, SPEED, 3000.0).exponent == RIEGEL_EXPONENT
    assert critical_speed_behind(nothing, 3000.0) is None


@given(
    runs=st.lists(st.tuples(st.floats(1200, 1e5), st.floats(0.3, 9.0)), max_size=30),
    speed=st.floats(1.5, 7.0),
)
@settings(max_examples=50)
def test_whatever_the_runs_endurance_is_a_runners(runs: list[tuple[float, float]], speed: float) -> None:
    held_s, level = np.array(runs).reshape(-1, 2).T
    endurance = endurance_of(Sustained(held_s, level), speed, 3000.0)
    assert 8 <= endurance.exponent <= 34
    assert 900 <= endurance.budget_s <= 10_800


def test_the_critical_speed_behind_races_is_that_of_the_athlete() -> None:
    assert critical_speed_behind(races(RIEGEL_EXPONENT), 3000.0) == pytest.approx(SPEED)


def test_one_faulty_run_of_five_does_not_set_the_critical_speed() -> None:
    hard = races(RIEGEL_EXPONENT)
    faulty = Sustained(hard.held_s, np.append(9.0, hard.level_m_per_s[1:]))
    assert critical_speed_behind(faulty, 3000.0) == pytest.approx(SPEED)


@pytest.mark.parametrize("exponent", [12.0, 24.0])
def test_four_hours_are_foretold_from_a_season_with_races(exponent: float) -> None:
    athlete = Athlete(exponent=exponent, day_to_day=0.02, pushes_uphill=0.0)
    season = [Outing(hours, ground, 1.0) for hours, ground in zip(HOURS, [ROLLING, HILLY, MOUNTAINS] * 3, strict=True)]
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
