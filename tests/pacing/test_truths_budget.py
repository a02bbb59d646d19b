"""What is known exactly of a course that only the fatigue budget and the caps hold a runner back on."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pacing.model import Knots, Legs
from domain.pacing.running.toll import toll_of
from domain.pacing.solving.solver import solve
from tests.factories.legs import EVEN, LEAST_TIME, NEVER_WALKS, a_free_runner, a_stop, legs_of
from tests.factories.slopes import a_runner

GRADES = st.lists(st.floats(-0.4, 0.4), min_size=1, max_size=8)
HILLY = legs_of((4_000.0, 0.0), (3_000.0, 0.12), (3_000.0, -0.12), (6_000.0, 0.04), (2_000.0, -0.25), cells=4)


@settings(max_examples=40, deadline=None)
@given(grades=GRADES, exponent=st.floats(3, 25), budget_s=st.floats(600, 6_000))
def test_under_the_budget_alone_power_is_constant_on_all_grades(
    grades: list[float], exponent: float, budget_s: float
) -> None:
    legs = legs_of(*((2_000.0, grade) for grade in grades), cells=2)
    runner = a_free_runner(fatigue_exponent=exponent, fatigue_budget_s=budget_s)
    level_m = float(toll_of(legs, runner).running @ legs.length_m)
    power = (budget_s * 4.0 / level_m) ** (1 / (exponent - 1))

    pacing = solve(legs, runner, LEAST_TIME)

    np.testing.assert_allclose(pacing.used_throttle, np.clip(power, 0.3, 4.0), rtol=1e-6)
    assert pacing.finish_s == pytest.approx(level_m / (np.clip(power, 0.3, 4.0) * 4.0))


def test_with_caps_the_power_is_the_least_of_one_power_and_the_cap_s() -> None:
    runner = a_runner(d_prime_m=1e9, walking_m_per_s=NEVER_WALKS, fastest_m_per_s=Knots((-0.2, 0.0), (2.0, 4.5)))
    capped = toll_of(HILLY, runner).running * toll_of(HILLY, runner).fastest_m_per_s / 4.0

    pacing = solve(HILLY, runner, LEAST_TIME)

    np.testing.assert_allclose(pacing.used_throttle, np.minimum(pacing.used_throttle.max(), capped), rtol=1e-6)
    assert (pacing.used_throttle < pacing.used_throttle.max() - 0.01).any()
    assert pacing.budget_used_s == pytest.approx(runner.fatigue_budget_s)


def test_what_the_caps_save_is_spent_elsewhere() -> None:
    free, capped = a_free_runner(), a_free_runner(fastest_m_per_s=Knots((-0.3, 0.0), (2.0, 4.0)))

    most = (float(solve(HILLY, runner, LEAST_TIME).used_throttle.max()) for runner in (free, capped))

    assert next(most) < next(most)


@pytest.mark.parametrize("goal", [LEAST_TIME, EVEN])
def test_where_every_step_is_capped_budget_is_left(goal: object) -> None:
    runner = a_free_runner(fastest_m_per_s=Knots((0.0,), (1.5,)))

    pacing = solve(HILLY, runner, goal)  # type: ignore[arg-type]

    np.testing.assert_allclose(pacing.speed_m_per_s, 1.5)
    assert pacing.budget_used_s < runner.fatigue_budget_s / 2
    assert pacing.throttle.max() < 2


@settings(max_examples=25, deadline=None)
@given(lengths=st.lists(st.floats(200, 5_000), min_size=2, max_size=6), d_prime_m=st.floats(20, 400))
def test_flat_means_even_pace(lengths: list[float], d_prime_m: float) -> None:
    pacing = solve(legs_of(*((length, 0.0) for length in lengths)), a_runner(d_prime_m=d_prime_m), LEAST_TIME)

    assert np.ptp(pacing.speed_m_per_s) < 1e-9


def test_finer_cells_of_the_same_ground_change_nothing() -> None:
    finish_s = [
        solve(legs_of((3_000.0, 0.06), (3_000.0, -0.08), (5_000.0, 0.01), cells=cells), a_runner(), LEAST_TIME).finish_s
        for cells in (1, 7, 40)
    ]

    np.testing.assert_allclose(finish_s, finish_s[0], rtol=1e-9)


def hill(cells: int) -> Legs:
    """A rounded hill, its grades taken in the middle of each cell."""
    along = (np.arange(2 * cells) + 0.5) / (2 * cells)
    grades = 0.2 * np.cos(along * np.pi)
    return legs_of((3_000.0, grades[:cells].tolist()), (3_000.0, grades[cells:].tolist()), cells=cells)


def test_a_finer_grid_converges() -> None:
    runner = a_runner(walking_m_per_s=NEVER_WALKS)

    coarse, middle, fine, finest = (solve(hill(cells), runner, LEAST_TIME).finish_s for cells in (5, 20, 80, 320))

    assert abs(middle - finest) < abs(coarse - finest) / 8
    assert abs(fine - finest) < abs(coarse - finest) / 80


@settings(max_examples=25, deadline=None)
@given(grades=GRADES)
def test_a_course_and_its_reverse_take_the_same_time_where_cost_and_caps_are_symmetric(grades: list[float]) -> None:
    there = legs_of(*((1_500.0, abs(grade)) for grade in grades))
    back = replace(there, length_m=there.length_m[::-1], grade=there.grade[::-1])
    runner = a_free_runner(fastest_m_per_s=Knots((-0.3, 0.0, 0.3), (3.0, 4.5, 3.0)))

    assert solve(there, runner, LEAST_TIME).finish_s == pytest.approx(solve(back, runner, LEAST_TIME).finish_s)


@settings(max_examples=25, deadline=None)
@given(
    grades=GRADES,
    length_m=st.floats(200, 8_000),
    figure=st.sampled_from(["critical_speed_m_per_s", "d_prime_m", "fatigue_budget_s"]),
    times=st.floats(1.01, 1.5),
)
def test_a_stronger_runner_is_never_slower(grades: list[float], length_m: float, figure: str, times: float) -> None:
    legs, runner = legs_of(*((length_m, grade) for grade in grades), cells=3), a_runner()
    stronger = a_runner(**{figure: getattr(runner, figure) * times})

    usual_s, stronger_s = (solve(legs, who, LEAST_TIME).finish_s for who in (runner, stronger))

    assert stronger_s <= usual_s * (1 + 3e-3)


def test_higher_caps_are_never_slower() -> None:
    slow, fast = (a_runner(fastest_m_per_s=Knots((-0.3, 0.0), (of, 5.0))) for of in (1.5, 2.5))

    assert solve(HILLY, fast, LEAST_TIME).finish_s < solve(HILLY, slow, LEAST_TIME).finish_s


def test_steps_are_walked_where_running_them_would_hardly_be_faster() -> None:
    """At the throttle of the rest, running up the hill is little faster than the fastest walk, for far more power."""
    legs = legs_of((3_000.0, 0.09), (3_000.0, 0.0))
    runner = a_runner(fatigue_exponent=8.0, d_prime_m=1e9, fatigue_budget_s=600.0, walking_m_per_s=2.0)

    pacing, even = solve(legs, runner, LEAST_TIME), solve(legs, runner, EVEN)

    assert pacing.walking.tolist() == [True, False]
    assert even.walking.tolist() == [False, False]
    assert pacing.finish_s < even.finish_s - 5


def test_a_hill_is_walked_towards_a_cut_off_too_where_that_costs_less() -> None:
    steps = ((3_000.0, 0.1), (3_000.0, 0.0))
    runner = a_runner(fatigue_exponent=8.0, d_prime_m=1e9, fatigue_budget_s=600.0, walking_m_per_s=2.0)
    arrival_s = float(solve(legs_of(*steps), runner, LEAST_TIME).end_s[1]) + 5
    legs = legs_of(*steps, (3_000.0, 0.0), stops=[a_stop(1, cutoff_s=arrival_s)])

    pacing = solve(legs, runner, LEAST_TIME)

    assert pacing.late == ()
    assert pacing.walking[0]
