"""The runner's model as a whole: what it takes from where, and what it says of that."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pacing.athlete.history import PacingHistory
from domain.pacing.athlete.ran import ran_of
from domain.pacing.athlete.runner_of import runner_of
from domain.pacing.athlete.sustained import RIEGEL_EXPONENT
from domain.pacing.model import Runner
from domain.physiology.critical_speed import Effort
from domain.physiology.model import Physiology
from tests.factories.athletes import COLUMNS, FLAT, MOUNTAINS, Athlete, Outing, a_history, a_year

NEW_YEAR = date(2026, 1, 1)
FIGURES = ["criticalSpeed", "dPrime", "endurance", "ownCost", "downhill", "walking", "heartRate", "uncertainty"]


def somebody(**figures: float) -> Physiology:
    return Physiology(valid_from=NEW_YEAR, **figures)


def nothing_run(physiology: Physiology | None = None, efforts: tuple[Effort, ...] = ()) -> PacingHistory:
    columns = {name: np.zeros(0) for name in COLUMNS}
    columns |= {"run": np.zeros(0, dtype=np.int64), "walking": np.zeros(0, dtype=np.bool_)}
    return PacingHistory(physiology=physiology, efforts=efforts, **columns)


def an_effort(distance_m: float, time_s: float) -> Effort:
    return Effort(UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC), distance_m, time_s)


def numbers_of(runner: Runner) -> np.ndarray:
    plain = [getattr(runner, name) for name in runner.__dataclass_fields__ if not name.endswith(("cost", "heart_rate"))]
    curves = [*runner.own_cost.value, *runner.fastest_m_per_s.value]
    return np.array([value for value in plain if isinstance(value, float)] + curves)


def test_who_has_no_history_is_minettis_runner_with_stated_defaults() -> None:
    runner, basis = runner_of(nothing_run())
    assert (runner.critical_speed_m_per_s, runner.d_prime_m, runner.walking_m_per_s) == (3.3, 150.0, 2.0)
    assert (runner.fatigue_exponent, runner.fatigue_budget_s) == (RIEGEL_EXPONENT, 3000.0)
    assert set(runner.own_cost.value) == {0.0}
    assert (runner.threshold_heart_rate, runner.resting_heart_rate) == (None, None)
    assert (basis.runs, basis.held_out_runs, basis.error, basis.longest_s) == (0, 0, None, None)
    assert basis.spread == pytest.approx(np.hypot(0.12, 0.2))
    assert list(basis.figures) == FIGURES
    assert "a guess" in basis.figures["criticalSpeed"]
    assert "Minetti" in basis.figures["ownCost"]


def test_figures_that_are_set_come_first() -> None:
    figures = somebody(critical_speed_m_per_s=4.2, d_prime_m=210.0, threshold_pace_s_per_km=250.0)
    efforts = (an_effort(1000, 200), an_effort(3000, 690))
    runner, basis = runner_of(nothing_run(figures, efforts))
    assert (runner.critical_speed_m_per_s, runner.d_prime_m, runner.fatigue_budget_s) == (4.2, 210.0, 3000.0)
    assert basis.figures["criticalSpeed"] == "4.20 m/s, as set from 2026-01-01 on"


def test_a_threshold_pace_is_that_of_an_hour() -> None:
    runner, _ = runner_of(nothing_run(somebody(threshold_pace_s_per_km=250.0)))
    assert (runner.critical_speed_m_per_s, runner.fatigue_budget_s) == (4.0, 3600.0)


def test_best_efforts_tell_critical_speed_and_d_prime() -> None:
    runner, basis = runner_of(nothing_run(None, Athlete(speed_m_per_s=4.1, d_prime_m=170.0).efforts()))
    assert (runner.critical_speed_m_per_s, runner.d_prime_m) == (pytest.approx(4.1), pytest.approx(170))
    assert "3 best efforts" in basis.figures["criticalSpeed"]


def test_without_any_figures_long_races_tell_the_critical_speed() -> None:
    athlete = Athlete(speed_m_per_s=4.0, day_to_day=0.0)
    races = [Outing(hours, FLAT, 1.0) for hours in (0.7, 1.0, 1.5, 2.5)]
    runner, basis = runner_of(a_history(athlete, races, np.random.default_rng(0)))
    assert runner.critical_speed_m_per_s == pytest.approx(4.0, rel=0.04)
    assert "Riegel" in basis.figures["criticalSpeed"]


def test_a_best_effort_of_an_hour_tells_of_endurance_what_d_prime_does_not_explain() -> None:
    set_ = somebody(critical_speed_m_per_s=4.0, d_prime_m=300.0)
    at_critical_speed = an_effort(4.0 * 3000 + 300, 3000)
    runner, basis = runner_of(nothing_run(set_, (at_critical_speed,)))
    assert runner.fatigue_budget_s == pytest.approx(3000)
    assert "your hardest run of 20 min" in basis.figures["endurance"]


def test_the_truth_of_a_known_body_comes_out_of_a_year() -> None:
    chance = np.random.default_rng(3)
    athlete = Athlete(exponent=15.0).with_figures()
    runner, basis = runner_of(a_history(athlete, a_year(chance, 60), chance, efforts=athlete.efforts()))
    four_hours = (runner.fatigue_budget_s / 14_400) ** (1 / runner.fatigue_exponent)
    assert four_hours == pytest.approx(athlete.throttle_for(14_400), rel=0.04)
    gentle = np.array([-0.05, 0.05, 0.1, 0.15])
    own = np.interp(gentle, runner.own_cost.grade, runner.own_cost.value)
    assert own == pytest.approx(np.interp(gentle, *athlete.own_cost), abs=0.06)
    assert runner.threshold_heart_rate == pytest.approx(athlete.threshold_heart_rate, abs=5)
    assert (basis.runs, basis.held_out_runs) == (60, 60)


def test_heart_rates_that_are_set_are_taken() -> None:
    figures = somebody(resting_heart_rate=45, threshold_heart_rate=168, max_heart_rate=184)
    runner, basis = runner_of(nothing_run(figures))
    assert (runner.resting_heart_rate, runner.threshold_heart_rate, runner.max_heart_rate) == (45, 168, 184)
    assert "168 bpm" in basis.figures["heartRate"]


def test_a_resting_heart_rate_that_is_assumed_is_said_to_be() -> None:
    runner, basis = runner_of(nothing_run(somebody(threshold_heart_rate=168)))
    assert runner.resting_heart_rate == 50
    assert "assumed" in basis.figures["heartRate"]


def test_a_threshold_heart_rate_from_runs_stays_below_the_highest_one() -> None:
    athlete = replace(Athlete(), figures=somebody(critical_speed_m_per_s=4.0, max_heart_rate=160))
    runner, _ = runner_of(a_history(athlete, [Outing(1.5)] * 5, np.random.default_rng(0)))
    assert runner.threshold_heart_rate == 159


def test_the_spread_of_a_steady_athlete_is_small_and_told() -> None:
    athlete = Athlete(day_to_day=0.0).with_figures()
    _, basis = runner_of(a_history(athlete, [Outing(1.5)] * 20, np.random.default_rng(0)))
    assert basis.spread < 0.07
    assert basis.error is not None
    assert f"{basis.error:.1%}" in basis.figures["uncertainty"]


def test_walks_are_left_out() -> None:
    runs = a_history(Athlete(), [Outing(1.0)] * 4, np.random.default_rng(0))
    strolled = replace(
        runs,
        walking=runs.walking | (runs.run == 3),
        moving_s=np.where(runs.run == 3, runs.length_m / 1.3, runs.moving_s),
    )
    assert set(ran_of(strolled, 50.0).run) == {0, 1, 2}


def test_walking_up_mountains_makes_no_walk() -> None:
    runs = a_history(Athlete(speed_m_per_s=3.0), [Outing(3.0, MOUNTAINS)], np.random.default_rng(0))
    assert runs.walking.mean() > 0.2
    assert ran_of(runs, 50.0).run.size == runs.run.size


def test_what_nobody_runs_is_not_learned_from() -> None:
    runs = a_history(Athlete(), [Outing(1.0)], np.random.default_rng(0))
    absurd = np.arange(runs.run.size)
    broken = replace(
        runs,
        moving_s=np.where(absurd == 0, 0.0, np.where(absurd == 1, 1.0, runs.moving_s)),
        mean_grade=np.where(absurd == 2, 2.5, runs.mean_grade),
        length_m=np.where(absurd == 3, 5.0, runs.length_m),
    )
    assert ran_of(broken, 50.0).run.size == runs.run.size - 4


def anything(chance: np.random.Generator, count: int, physiology: Physiology | None) -> PacingHistory:
    """Stretches of which each may be absurd in its own way."""

    def some(*values: float, usual: np.ndarray) -> np.ndarray:
        return np.where(chance.random(count) < 0.3, chance.choice(values, count), usual)

    length_m = some(0.0, 1e-9, 19.0, 1e6, usual=chance.uniform(50, 400, count))
    return PacingHistory(
        physiology=physiology,
        efforts=(an_effort(400, 1e5), an_effort(42_195, chance.choice([3000, 1e5]))),
        run=np.sort(chance.integers(0, 7, count)),
        start_s=some(0.0, 1e6, usual=chance.uniform(0, 7200, count)),
        start_m=np.zeros(count),
        length_m=length_m,
        moving_s=some(0.0, 1e-300, 1e6, usual=length_m / chance.uniform(1, 6, count)),
        mean_grade=some(-3.0, -0.6, 0.6, 3.0, usual=chance.normal(0, 0.2, count)),
        heart_rate=some(np.nan, 25.0, 250.0, usual=chance.uniform(100, 190, count)),
        walking=chance.random(count) < chance.random(),
    )


@given(
    seed=st.integers(0, 2**32),
    count=st.integers(0, 300),
    physiology=st.sampled_from([None, somebody(), somebody(critical_speed_m_per_s=1.0), somebody(d_prime_m=20)]),
)
@settings(max_examples=60, deadline=None)
def test_whatever_was_recorded_there_is_a_runner(seed: int, count: int, physiology: Physiology | None) -> None:
    runner, basis = runner_of(anything(np.random.default_rng(seed), count, physiology))
    assert np.all(np.isfinite(numbers_of(runner)))
    assert np.all(np.array(runner.fastest_m_per_s.value) > 0)
    assert np.all(np.diff(runner.fastest_m_per_s.grade) > 0)
    assert np.all(np.abs(runner.own_cost.value) < 3)
    assert runner.walking_m_per_s > 0
    assert np.isfinite(basis.spread)
    assert list(basis.figures) == FIGURES
