"""Runs that no model explains are not learned from."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from domain.pacing.athlete.history import PacingHistory
from domain.pacing.athlete.odd import odd_runs
from domain.pacing.athlete.ran import ran_of
from domain.pacing.athlete.runner_of import runner_of
from tests.factories.athletes import FLAT, HILLY, MOUNTAINS, ROLLING, Athlete, Outing, a_history

Chance = np.random.Generator


def season(*more: Outing) -> PacingHistory:
    grounds = (FLAT, ROLLING, HILLY, MOUNTAINS)
    return a_history(Athlete(), [*[Outing(1.0, ground) for ground in grounds * 2], *more], np.random.default_rng(0))


def odd_of(history: PacingHistory) -> list[int]:
    return np.flatnonzero(odd_runs(ran_of(history, 48.0))).tolist()


def with_run(history: PacingHistory, run: int, **columns: Callable[[np.ndarray], np.ndarray]) -> PacingHistory:
    """The same with some columns of one run changed."""
    changed = {
        name: np.where(history.run == run, change(getattr(history, name)), getattr(history, name))
        for name, change in columns.items()
    }
    return replace(history, **changed)


def test_a_season_of_runs_and_races_has_none() -> None:
    assert odd_of(season(Outing(0.4, FLAT, 1.0), Outing(8.0, MOUNTAINS, 1.0))) == []


def test_a_ride_is_one() -> None:
    assert odd_of(with_run(season(), 1, moving_s=lambda seconds: seconds / 2.2)) == [1]


def test_altitudes_that_have_nothing_to_do_with_the_speed_are_set_aside() -> None:
    noise = np.random.default_rng(1).normal(0, 0.15, season().run.size)
    assert odd_of(with_run(season(), 0, mean_grade=lambda grade: grade + noise)) == [0]


def test_speeds_that_follow_nothing_are_set_aside() -> None:
    noise = np.exp(np.random.default_rng(1).normal(0, 1.3, season().run.size))
    assert odd_of(with_run(season(), 2, moving_s=lambda seconds: seconds * noise)) == [2]


def test_intervals_on_the_flat_are_no_wrong_slopes() -> None:
    turns = np.where(np.arange(season().run.size) % 2, 1.3, 0.75)
    assert odd_of(with_run(season(), 0, moving_s=lambda seconds: seconds * turns)) == []


def strolls() -> PacingHistory:
    """Ten walks up a road of 15 %, slowly."""
    count = 200
    return PacingHistory(
        physiology=None,
        efforts=(),
        run=np.repeat(np.arange(10), 20),
        start_s=np.tile(np.arange(20) * 250.0, 10),
        start_m=np.zeros(count),
        length_m=np.full(count, 200.0),
        moving_s=np.full(count, 250.0),
        mean_grade=np.full(count, 0.15),
        heart_rate=np.full(count, np.nan),
        walking=np.ones(count, dtype=np.bool_),
    )


def test_strolls_uphill_tell_nothing_of_a_runner() -> None:
    runner, basis = runner_of(strolls())
    assert (runner.critical_speed_m_per_s, basis.runs, basis.error) == (3.3, 0, None)
    assert "10 runs left out" in basis.figures["ownCost"]


def test_a_climb_that_is_walked_hard_is_a_run() -> None:
    assert odd_of(replace(strolls(), moving_s=np.full(200, 150.0))) == []


def test_wrong_altitudes_make_no_slope_cheaper_than_slopes_can_be() -> None:
    history = season()
    wrong = replace(history, mean_grade=history.mean_grade + np.random.default_rng(2).normal(0, 0.1, history.run.size))
    own = np.array(runner_of(wrong)[0].own_cost.value)
    assert np.abs(own).max() < 0.3501
