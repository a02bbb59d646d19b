"""How well runs are foretold from other runs, beside a plain table of mean speed by grade."""

from dataclasses import replace

import numpy as np
import pytest

from domain.pacing.athlete.held_out import BAND, HeldOut, hold_out, table_time_s
from domain.pacing.athlete.history import PacingHistory
from domain.pacing.athlete.ran import Ran, ran_of
from domain.pacing.athlete.usual import foretold_time_s, learn, level_lengths_m
from domain.pacing.model import Legs, Runner
from domain.pacing.running.speeds import speeds_at
from tests.factories.athletes import COLUMNS, Athlete, Outing, a_history, a_year

SEEDS = range(4)


def a_season(seed: int, runs: int = 30, exponent: float = 14.0) -> Ran:
    """Runs of usual days, 2 % apart: what of a run's time nothing foretells is small, so that models can be told
    apart."""
    chance = np.random.default_rng(seed)
    athlete = Athlete(exponent=exponent, day_to_day=0.02, speed_m_per_s=chance.uniform(3, 5))
    outings = [replace(outing, share=0.84) for outing in a_year(chance, runs)]
    return ran_of(a_history(athlete, outings, chance), athlete.resting_heart_rate)


def test_whole_runs_are_foretold_much_better_than_by_a_table() -> None:
    seasons = [hold_out(a_season(seed)) for seed in SEEDS]
    for season in seasons:
        assert season.error is not None
        assert season.table_error is not None
        assert season.error < 0.122
        assert season.error < 0.8 * season.table_error
    assert np.mean([season.error for season in seasons]) < 0.6 * np.mean([season.table_error for season in seasons])


def test_a_year_of_easy_days_and_races_is_foretold_as_well_as_days_differ() -> None:
    errors = []
    for seed in SEEDS:
        chance = np.random.default_rng(seed)
        season = hold_out(ran_of(a_history(Athlete(), a_year(chance, 30), chance), 48.0))
        errors.append((season.error, season.table_error))
    model, table = np.mean(errors, axis=0)
    assert model < 0.07
    assert model < table


def test_a_longer_run_than_any_before_is_foretold_slower_than_by_the_table() -> None:
    chance = np.random.default_rng(0)
    athlete = Athlete(exponent=12.0, long_slope=1 / 12, day_to_day=0.0)
    ran = ran_of(
        a_history(athlete, [*[Outing(hours) for hours in (0.5, 0.8, 1.2, 2.0) * 4], Outing(8.0)], chance), 48.0
    )
    others, ground = ran.only(ran.run < 16), ran.only(ran.run == 16)
    lengths = level_lengths_m(ran)
    took = ground.time_s.sum()
    foretold = foretold_time_s(learn(others, lengths[:16]), ground)[-1]
    assert abs(foretold / took - 1) < 0.06
    assert table_time_s(others, ground)[-1] < 0.92 * took


@pytest.mark.parametrize("runs", [5, 14])
def test_no_run_tells_of_itself(runs: int) -> None:
    """One run is ten times as slow as it was: what is foretold of it stays what it was."""
    ran = a_season(0, runs)
    slow = ran.run == 2
    slowed = Ran(
        *(getattr(ran, name) for name in ("run", "hours", "length_m")),
        np.where(slow, 10.0, 1.0) * ran.time_s,
        *(getattr(ran, name) for name in ("grade", "heart_rate", "walked", "running", "walking", "effort")),
    )
    before, after = hold_out(ran), hold_out(slowed)
    assert after.took_s[2] == pytest.approx(10 * before.took_s[2])
    assert after.foretold_s[2] == before.foretold_s[2]
    assert after.table_s[2] == before.table_s[2]


def test_under_three_runs_nothing_is_held_out() -> None:
    season = hold_out(a_season(0, 2))
    assert (season.took_s.size, season.error, season.table_error, season.spread) == (0, None, None, 0.12)


def test_three_runs_are_enough() -> None:
    assert hold_out(a_season(0, 3)).took_s.size == 3


def test_runs_of_under_ten_minutes_are_not_held_out() -> None:
    history = a_history(Athlete(), [Outing(1.0), Outing(1.0), Outing(1.0), Outing(0.1)], np.random.default_rng(0))
    assert hold_out(ran_of(history, 48.0)).took_s.size == 3


def test_the_spread_is_drawn_to_the_usual_one_where_runs_are_few() -> None:
    exact, off = np.array([1000.0, 2000.0, 3000.0]), np.array([1000.0, 2000.0, 3000.0]) * np.exp(0.3)
    assert HeldOut(exact, exact, exact).spread == pytest.approx(0.12 * np.sqrt(4 / 7))
    assert HeldOut(exact, off, exact).spread == pytest.approx(np.sqrt((3 * 0.09 + 4 * 0.0144) / 7))


def test_errors_are_mean_absolute_ratios() -> None:
    took = np.array([1000.0, 1000.0, 1000.0])
    held_out = HeldOut(took, took * (1.1, 0.9, 1.0), took * (1.2, 1.0, 1.0))
    assert held_out.error == pytest.approx(0.2 / 3)
    assert held_out.table_error == pytest.approx(0.2 / 3)


def test_the_table_is_the_mean_speed_in_each_band_of_grade() -> None:
    others = a_ran(grade=[0.0, 0.001, 2 * BAND], length_m=[100.0, 300.0, 100.0], time_s=[50.0, 50.0, 100.0])
    ground = a_ran(grade=[0.0, 2 * BAND, BAND, 0.3], length_m=[400.0, 100.0, 250.0, 100.0], time_s=[1.0] * 4)
    # 4 m/s on the level, 1 m/s at 5 % and beyond; half-way between them 2.5.
    assert table_time_s(others, ground)[0] == pytest.approx(100 + 100 + 100 + 100)


def test_runs_are_foretold_by_the_law_that_plans_are_made_by() -> None:
    ran = a_season(1, 8)
    habits = learn(ran, level_lengths_m(ran))
    ways = habits.ways
    runner = Runner(
        critical_speed_m_per_s=4.0,
        d_prime_m=150.0,
        fatigue_exponent=17.7,
        fatigue_budget_s=3000.0,
        own_cost=ways.cost.knots,
        fastest_m_per_s=ways.fastest,
        walking_m_per_s=ways.walking_m_per_s,
    )
    ground = ran.only(ran.run == 0)
    cells = np.arange(ground.run.size)
    legs = Legs(start_m=0.0, length_m=ground.length_m, grade=ground.grade, terrain=np.ones(cells.size), step=cells)
    level = habits.usual.over(level_lengths_m(ground))
    planned = ground.length_m / speeds_at(legs, runner, np.full(cells.size, level / 4.0)).speed_m_per_s
    assert foretold_time_s(habits, ground)[0] == pytest.approx(planned.sum())


def test_only_lengths_and_grades_of_the_ground_are_looked_at() -> None:
    ran = a_season(2, 8)
    habits = learn(ran, level_lengths_m(ran))
    ground = ran.only(ran.run == 0)
    other = Ran(
        ground.run,
        0 * ground.hours,
        ground.length_m,
        3 * ground.time_s,
        ground.grade,
        0 * ground.heart_rate,
        ~ground.walked,
        ground.running,
        ground.walking,
        0 * ground.effort,
    )
    assert foretold_time_s(habits, other)[0] == foretold_time_s(habits, ground)[0]


def a_ran(**columns: list[float]) -> Ran:
    """Stretches of one run."""
    count = len(columns["grade"])
    given = {name: np.zeros(count) for name in COLUMNS} | {"mean_grade": np.array(columns["grade"])}
    given |= {"length_m": np.array(columns["length_m"]), "moving_s": np.array(columns["time_s"])}
    given |= {"run": np.zeros(count, dtype=np.int64), "walking": np.zeros(count, dtype=np.bool_)}
    history = PacingHistory(physiology=None, efforts=(), **given)
    believable = replace(history, moving_s=given["length_m"] / 3)
    ran = ran_of(believable, 50.0)
    return replace(ran, time_s=given["moving_s"])
