"""The solver against every choice of throttles from a grid, on courses small enough to try them all."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from domain.pacing.model import Legs, Runner
from domain.pacing.running.forward import follow
from domain.pacing.solving.solver import solve
from tests.factories.legs import LEAST_TIME, PLENTY, a_stop, legs_of, search, target
from tests.factories.slopes import a_runner

GRID = np.unique(np.concatenate((np.geomspace(0.3, 4, 14), np.linspace(0.7, 1.4, 29))))


def a_case(seed: int) -> tuple[Legs, Runner]:
    """A course of three steps, from a sprint to some hours, and a runner for it."""
    draw = np.random.default_rng(seed)
    length_m, grades = np.exp(draw.uniform(np.log(200), np.log(6_000))), draw.uniform(-0.2, 0.2, 3)
    legs = legs_of(*((length_m, (grade + draw.normal(0, 0.03, 3)).tolist()) for grade in grades), cells=3)
    runner = a_runner(
        critical_speed_m_per_s=draw.uniform(2.5, 5.5),
        d_prime_m=draw.uniform(50, 350),
        fatigue_exponent=draw.uniform(8, 20),
        fatigue_budget_s=np.exp(draw.uniform(np.log(600), np.log(6_000))),
    )
    return replace(legs, stops=(a_stop(2, stop_s=draw.uniform(0, 120)),)), runner


@pytest.mark.parametrize("seed", range(12))
def test_no_choice_of_the_grid_is_quicker(seed: int) -> None:
    legs, runner = a_case(seed)

    pacing = solve(legs, runner, LEAST_TIME)

    assert pacing.late == ()
    assert pacing.finish_s <= search(legs, runner, GRID).best_s * (1 + 1e-3)


@pytest.mark.parametrize("seed", range(12, 20))
def test_no_choice_of_the_grid_that_meets_the_cut_offs_is_quicker(seed: int) -> None:
    legs, runner = a_case(seed)
    usual, found = solve(legs, runner, LEAST_TIME), search(legs, runner, GRID)
    soonest_s = found.end_s[:, found.allowed].min(axis=1)
    hut, top = (float((soonest_s[cell] + usual.end_s[cell]) / 2) + 2 for cell in (2, 5))
    cut = replace(legs, stops=(*legs.stops, a_stop(2, name="Hut", cutoff_s=hut), a_stop(5, name="Top", cutoff_s=top)))
    best_s = search(cut, runner, GRID).best_s

    pacing = solve(cut, runner, LEAST_TIME)

    assert pacing.late == () or not np.isfinite(best_s)
    assert pacing.late or pacing.finish_s <= best_s * (1 + 2e-3)


@pytest.mark.parametrize("seed", range(20, 26))
def test_no_choice_of_the_grid_reaches_a_target_with_a_clearly_lower_peak(seed: int) -> None:
    legs, runner = a_case(seed)
    found = search(legs, runner, GRID)
    target_s = found.best_s * 1.01

    pacing = solve(legs, runner, target(target_s))

    reached = found.allowed & (found.end_s[-1] <= target_s)
    assert pacing.late == ()
    assert pacing.throttle.max() <= found.peak[reached].min() * 1.02


@pytest.mark.parametrize("seed", [149, 227, 261])
def test_cut_offs_that_a_way_with_d_prime_is_known_to_meet_are_met(seed: int) -> None:
    draw = np.random.default_rng(seed)
    steps = [
        (float(draw.uniform(200, 1_500)), draw.normal(float(draw.normal(0, 0.1)), 0.03, 4).tolist()) for _ in range(6)
    ]
    legs = legs_of(*steps, cells=4)
    runner = a_runner(
        critical_speed_m_per_s=draw.uniform(2.5, 5.5), d_prime_m=draw.uniform(50, 350), fatigue_budget_s=PLENTY
    )
    wished = solve(legs, runner, LEAST_TIME).throttle * np.exp(draw.normal(0, 0.05, 6))
    times = brentq(lambda times: follow(legs, runner, wished * times).d_prime_left_m.min(), 0.1, 2)
    known = follow(legs, runner, wished * times)
    cut = sorted(draw.choice(6, 3, replace=False).tolist())
    stops = [a_stop(4 * k + 3, name=str(k), cutoff_s=float(known.end_s[4 * k + 3]) * 1.0005) for k in cut]

    pacing = solve(replace(legs, stops=tuple(stops)), runner, LEAST_TIME)

    assert pacing.late == ()
    assert pacing.d_prime_left_m.min() >= -1e-6


def test_the_best_is_no_better_than_the_grid_s_own_fineness_explains() -> None:
    legs, runner = a_case(3)
    best = solve(legs, runner, LEAST_TIME)
    near = np.unique(np.concatenate([best.throttle * (1 + share) for share in np.linspace(-0.03, 0.0, 7)]))

    assert best.finish_s >= search(legs, runner, near).best_s * (1 - 1e-3)


def test_the_answer_is_the_same_every_time() -> None:
    legs, runner = a_case(5)

    np.testing.assert_array_equal(solve(legs, runner, LEAST_TIME).throttle, solve(legs, runner, LEAST_TIME).throttle)


def test_the_throttles_told_are_those_that_were_followed() -> None:
    legs, runner = a_case(7)
    pacing = solve(legs, runner, LEAST_TIME)

    np.testing.assert_array_equal(follow(legs, runner, pacing.throttle).end_s, pacing.end_s)
