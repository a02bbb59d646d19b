"""What slopes cost an athlete, learned from runs of athletes whose cost is known."""

from dataclasses import replace

import numpy as np
import pytest

from domain.pacing.athlete.own_cost import OwnCost, fit_own_cost
from domain.pacing.athlete.ran import ran_of
from tests.factories.athletes import HILLY, ROLLING, Athlete, Outing, a_history

GENTLE = np.array([-0.1, -0.05, 0.05, 0.1, 0.15])
HARDER_DOWN_EASIER_UP = ((-0.2, 0.0, 0.2), (0.16, 0.0, -0.12))


def learned(athlete: Athlete, outings: list[Outing], seed: int = 0) -> OwnCost:
    """Nobody is capped: what is learned is up to power alone."""
    uncapped = replace(athlete, fastest=((-0.5, -0.4), (9.0, 9.0)), walking_m_per_s=0.5)
    ran = ran_of(a_history(uncapped, outings, np.random.default_rng(seed)), athlete.resting_heart_rate)
    return fit_own_cost(ran, np.ones(ran.run.size, dtype=np.bool_))


@pytest.mark.parametrize("seed", range(3))
def test_the_own_cost_of_slopes_comes_out_of_a_season_of_even_efforts(seed: int) -> None:
    athlete = Athlete(own_cost=HARDER_DOWN_EASIER_UP, pushes_uphill=0.0)
    own = learned(athlete, [Outing(1.5, HILLY)] * 20, seed)
    assert own.at(GENTLE) == pytest.approx(np.exp(np.interp(GENTLE, *HARDER_DOWN_EASIER_UP)), rel=0.025)


def test_an_athlete_like_minettis_is_taken_for_one() -> None:
    own = learned(Athlete(own_cost=((0.0,), (0.0,)), pushes_uphill=0.0), [Outing(1.5, HILLY)] * 20)
    assert own.at(GENTLE) == pytest.approx(1.0, abs=0.02)


def test_pushing_uphill_is_not_taken_for_cheap_climbs_where_the_heart_tells() -> None:
    pushing = Athlete(own_cost=((0.0,), (0.0,)), pushes_uphill=1.5)
    deaf, heard = (learned(pushing, [Outing(1.5, HILLY, heart_rate=heart_rate)] * 20) for heart_rate in (False, True))
    assert deaf.at(np.array([0.1]))[0] < 0.90
    assert heard.at(np.array([0.1]))[0] > 0.95
    assert (deaf.runs_by_heart, heard.runs_by_heart) == (0, 20)


def test_a_heart_rate_that_follows_nothing_is_not_heeded() -> None:
    history = a_history(Athlete(), [Outing(1.5, HILLY)] * 3, np.random.default_rng(0))
    noise = np.random.default_rng(1).normal(150, 8, history.heart_rate.size)
    assert not ran_of(replace(history, heart_rate=noise), 50.0).effort.any()


def test_a_good_day_in_the_hills_is_not_taken_for_cheap_hills() -> None:
    steady = Athlete(own_cost=((0.0,), (0.0,)), pushes_uphill=0.0, day_to_day=0.0)
    easy_flats_hard_hills = [Outing(1.5, 0.005, share=0.7), Outing(1.5, HILLY, share=0.95)] * 10
    assert learned(steady, easy_flats_hard_hills).at(np.array([0.1]))[0] == pytest.approx(1.0, abs=0.02)


def test_hills_late_in_tired_runs_are_not_taken_for_dear_ones() -> None:
    steady = Athlete(own_cost=((0.0,), (0.0,)), pushes_uphill=0.0, day_to_day=0.0)
    steady = replace(steady, fastest=((-0.5, -0.4), (9.0, 9.0)), walking_m_per_s=0.5)
    runs = a_history(
        steady,
        [Outing(1.0, 0.01, heart_rate=False), Outing(1.0, HILLY, heart_rate=False)] * 15,
        np.random.default_rng(0),
    )
    start_s = runs.start_s + 3600 * (runs.run % 2)
    tiring = replace(runs, run=runs.run // 2, start_s=start_s, moving_s=runs.moving_s * np.exp(0.08 * start_s / 3600))
    ran = ran_of(tiring, 48.0)
    own = fit_own_cost(ran, np.ones(ran.run.size, dtype=np.bool_))
    assert own.at(np.array([-0.1, 0.1])) == pytest.approx(1.0, abs=0.03)


def test_little_history_stays_near_minetti() -> None:
    athlete = Athlete(own_cost=HARDER_DOWN_EASIER_UP, pushes_uphill=0.0)
    little = learned(athlete, [Outing(0.5, ROLLING)])
    much = learned(athlete, [Outing(1.5, ROLLING)] * 40)
    assert abs(np.log(little.at(np.array([-0.1]))[0])) < 0.4 * np.log(much.at(np.array([-0.1]))[0])


def test_where_nobody_went_minetti_stands() -> None:
    own = learned(Athlete(own_cost=HARDER_DOWN_EASIER_UP), [Outing(1.0, 0.01)] * 10)
    assert own.at(np.array([-0.3, 0.0, 0.3])) == pytest.approx(1.0, abs=1e-6)


def test_one_stretch_in_ten_gone_wrong_changes_little() -> None:
    history = a_history(Athlete(pushes_uphill=0.0), [Outing(1.5, HILLY)] * 20, np.random.default_rng(0))
    wrong = np.where(np.random.default_rng(1).random(history.run.size) < 0.1, 2.5, 1.0)
    told = np.ones(history.run.size, dtype=np.bool_)
    clean = fit_own_cost(ran_of(history, 48.0), told).at(GENTLE)
    dirty = ran_of(replace(history, moving_s=history.moving_s * wrong), 48.0)
    assert fit_own_cost(dirty, told[: dirty.run.size]).at(GENTLE) == pytest.approx(clean, rel=0.03)
