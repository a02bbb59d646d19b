"""What cut-offs make of a course: met to the second, or missed by as little as can be."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.pacing.late import Missed
from domain.pacing.model import Knots, Legs, Runner, Standing
from domain.pacing.running.forward import follow
from domain.pacing.solving.solver import solve
from domain.pacing.solving.task import LEAST_THROTTLE
from tests.factories.legs import LEAST_TIME, PLENTY, a_free_runner, a_stop, legs_of, target
from tests.factories.slopes import a_runner

STEPS = ((8_000.0, 0.0), (6_000.0, 0.08), (8_000.0, -0.06), (9_000.0, 0.02))


def with_cutoff(cutoff_s: float, after_cell: int = 0) -> Legs:
    return legs_of(*STEPS, stops=[a_stop(after_cell, cutoff_s=cutoff_s)])


def arrival_s(throttle: float, cells: int = 1) -> float:
    return float(follow(legs_of(*STEPS), a_free_runner(), np.full(4, throttle)).end_s[cells - 1])


def test_a_cut_off_that_asks_for_more_is_met_to_the_second_and_the_rest_is_slower() -> None:
    usual = solve(legs_of(*STEPS), a_free_runner(), LEAST_TIME)

    pacing = solve(with_cutoff(float(usual.end_s[0]) - 60), a_free_runner(), LEAST_TIME)

    assert pacing.late == ()
    assert pacing.end_s[0] == pytest.approx(usual.end_s[0] - 60, abs=1e-3)
    assert pacing.throttle[0] > usual.throttle[0] > pacing.throttle[1]
    np.testing.assert_allclose(pacing.throttle[1:], pacing.throttle[1])
    assert pacing.budget_used_s == pytest.approx(a_free_runner().fatigue_budget_s)


def test_a_cut_off_met_anyway_changes_nothing() -> None:
    usual = solve(legs_of(*STEPS), a_runner(), LEAST_TIME)

    np.testing.assert_array_equal(solve(with_cutoff(9_000.0), a_runner(), LEAST_TIME).throttle, usual.throttle)


def test_a_later_cut_off_that_asks_for_more_is_met_by_one_throttle_from_the_start() -> None:
    usual = solve(legs_of(*STEPS), a_free_runner(), LEAST_TIME)
    stops = [a_stop(0, cutoff_s=float(usual.end_s[0]) - 5), a_stop(2, name="Pass", cutoff_s=float(usual.end_s[2]) - 60)]

    pacing = solve(legs_of(*STEPS, stops=stops), a_free_runner(), LEAST_TIME)

    assert pacing.late == ()
    np.testing.assert_allclose(pacing.throttle[:3], pacing.throttle[0])
    assert pacing.throttle[3] < pacing.throttle[0]


def test_stops_before_a_cut_off_have_to_be_made_up_for() -> None:
    cutoff = a_stop(1, name="Pass", cutoff_s=arrival_s(0.8, 2))
    stopping = legs_of(*STEPS, stops=[a_stop(0, stop_s=300.0), cutoff])

    pacing = solve(stopping, a_free_runner(), target(20_000.0))

    assert pacing.late == ()
    assert pacing.end_s[1] == pytest.approx(cutoff.cutoff_s, abs=1e-3)
    assert pacing.throttle[0] > 0.8


def test_a_cut_off_out_of_reach_is_named_with_what_the_soonest_arrival_misses_it_by() -> None:
    runner = a_free_runner()
    alone = solve(legs_of(STEPS[0]), runner, LEAST_TIME).finish_s

    pacing = solve(with_cutoff(alone - 100), runner, LEAST_TIME)

    assert [late.name for late in pacing.late] == ["Hut"]
    assert pacing.late[0].late_s == pytest.approx(100, abs=0.6)
    np.testing.assert_allclose(pacing.throttle, solve(legs_of(*STEPS), runner, LEAST_TIME).throttle)
    assert pacing.budget_used_s <= runner.fatigue_budget_s * (1 + 1e-6)


def test_cut_offs_out_of_reach_are_left_out_and_the_others_are_kept() -> None:
    runner = a_free_runner()
    usual = solve(legs_of(*STEPS), runner, LEAST_TIME)
    hut, far = a_stop(0, cutoff_s=600.0), a_stop(2, name="Pass", cutoff_s=float(usual.end_s[2]) - 60)

    pacing = solve(legs_of(*STEPS, stops=[hut, far]), runner, LEAST_TIME)
    without = solve(legs_of(*STEPS, stops=[far]), runner, LEAST_TIME)

    assert [(late.name, late.why) for late in pacing.late] == [("Hut", Missed.OUT_OF_REACH)]
    np.testing.assert_array_equal(pacing.throttle, without.throttle)


def test_the_soonest_arrival_at_a_cut_off_out_of_reach_is_that_of_the_ground_up_to_it() -> None:
    """A climb that is best walked, a descent that is capped, little D′: not what one throttle makes of it."""
    steps = ((900.0, 0.1), (900.0, -0.15), (900.0, 0.12), (4_000.0, 0.0))
    runner = a_runner(fatigue_budget_s=PLENTY)
    alone = solve(legs_of(*steps[:3]), runner, LEAST_TIME).finish_s

    pacing = solve(legs_of(*steps, stops=[a_stop(2, cutoff_s=alone - 40)]), runner, LEAST_TIME)

    assert pacing.late[0].late_s == pytest.approx(40, abs=alone * 2e-4)


def test_two_cut_offs_that_cannot_both_be_met_are_missed_by_as_little_as_can_be() -> None:
    runner = a_free_runner()
    first_s = solve(legs_of(STEPS[0]), runner, LEAST_TIME).finish_s
    finish_s = solve(legs_of(*STEPS), runner, LEAST_TIME).finish_s
    stops = [a_stop(0, cutoff_s=first_s + 10), a_stop(3, name="Finish", cutoff_s=finish_s + 10)]

    pacing = solve(legs_of(*STEPS, stops=stops), runner, LEAST_TIME)

    late_s = [pacing.end_s[0] - first_s - 10, pacing.finish_s - finish_s - 10]
    assert [(late.name, late.why) for late in pacing.late] == [
        ("Hut", Missed.NOT_TOGETHER),
        ("Finish", Missed.NOT_TOGETHER),
    ]
    assert [late.late_s for late in pacing.late] == pytest.approx(late_s)
    assert late_s[0] == pytest.approx(late_s[1], abs=0.5)
    assert pacing.budget_used_s == pytest.approx(runner.fatigue_budget_s, rel=1e-2)


def test_what_a_cut_off_is_missed_by_is_told_of_its_soonest_arrival_even_where_that_is_not_run() -> None:
    runner = a_free_runner()
    first_s = solve(legs_of(STEPS[0]), runner, LEAST_TIME).finish_s
    finish_s = solve(legs_of(*STEPS), runner, LEAST_TIME).finish_s
    stops = [a_stop(0, cutoff_s=first_s - 30), a_stop(3, name="Finish", cutoff_s=finish_s - 60)]

    pacing = solve(legs_of(*STEPS, stops=stops), runner, LEAST_TIME)

    assert [late.late_s for late in pacing.late] == pytest.approx([30, 60], abs=0.5)
    assert pacing.end_s[0] > first_s + 30


def test_a_cut_off_that_can_be_met_is_met_though_another_s_ground_is_too_slow_for_it() -> None:
    runner = a_free_runner(fastest_m_per_s=Knots((0.0,), (4.0,)), fatigue_budget_s=2_600.0)
    slow = a_stop(0, cutoff_s=1_900.0)
    usual = solve(legs_of(*STEPS, stops=[slow]), runner, LEAST_TIME)
    tight = a_stop(1, name="Pass", cutoff_s=float(usual.end_s[1]) - 50)

    pacing = solve(legs_of(*STEPS, stops=[slow, tight]), runner, LEAST_TIME)

    assert [late.name for late in pacing.late] == ["Hut"]
    assert pacing.late[0].late_s == pytest.approx(100, abs=0.5)
    assert pacing.end_s[1] == pytest.approx(tight.cutoff_s, abs=1e-3)


def test_a_cut_off_that_d_prime_puts_out_of_reach_is_left_out() -> None:
    runner = a_free_runner(d_prime_m=100.0)
    legs = legs_of((4_000.0, 0.0), *STEPS, stops=[a_stop(0, cutoff_s=800.0)])

    pacing = solve(legs, runner, LEAST_TIME)

    assert pacing.late[0].late_s == pytest.approx((4_000 - 100) / 4 - 800, abs=0.1)
    assert pacing.budget_used_s == pytest.approx(runner.fatigue_budget_s)
    np.testing.assert_allclose(pacing.throttle, pacing.throttle[0])


def test_a_cut_off_where_the_runner_stands_too_late_is_named_and_changes_nothing_else() -> None:
    legs = legs_of(*STEPS, stops=[a_stop(-1, name="Ford", cutoff_s=3_000.0)])

    pacing = solve(legs, a_runner(), LEAST_TIME, Standing(elapsed_s=3_100.0))

    assert [(late.name, late.why) for late in pacing.late] == [("Ford", Missed.PAST)]
    assert pacing.late[0].late_s == pytest.approx(100)
    np.testing.assert_array_equal(pacing.throttle, solve(legs_of(*STEPS), a_runner(), LEAST_TIME).throttle)


def test_a_cut_off_in_a_short_race_is_met_by_spending_d_prime_early() -> None:
    """The even pace passes it after 233 s; whatever the shares, 3 km at 4 m/s with 200 m of D′ take 700 s."""
    legs = legs_of(*[(1_000.0, 0.0)] * 3, stops=[a_stop(0, cutoff_s=222.0)])

    pacing = solve(legs, a_free_runner(d_prime_m=200.0, fatigue_budget_s=PLENTY), LEAST_TIME)

    assert pacing.late == ()
    assert pacing.end_s[0] == pytest.approx(222, abs=1e-3)
    assert pacing.finish_s == pytest.approx(700, abs=0.5)


def test_where_d_prime_puts_a_cut_off_out_of_reach_the_next_is_met() -> None:
    runner = a_free_runner(d_prime_m=200.0, fatigue_budget_s=PLENTY)
    stops = [a_stop(0, cutoff_s=190.0), a_stop(2, name="Finish", cutoff_s=710.0)]

    pacing = solve(legs_of(*[(1_000.0, 0.0)] * 3, stops=stops), runner, LEAST_TIME)

    assert [(late.name, round(late.late_s, 1)) for late in pacing.late] == [("Hut", 10.0)]
    assert pacing.end_s[0] == pytest.approx(700 / 3, abs=0.5)
    assert pacing.finish_s == pytest.approx(700, abs=0.5)


@settings(max_examples=15, deadline=None)
@given(
    grades=st.lists(st.floats(-0.35, 0.35), min_size=2, max_size=6),
    length_m=st.floats(150, 4_000),
    hurry=st.lists(st.floats(0.9, 1.1), min_size=6, max_size=6),
    runner=st.builds(
        a_runner,
        d_prime_m=st.floats(0, 400),
        fatigue_budget_s=st.floats(300, 6_000),
        fatigue_exponent=st.floats(7, 25),
        walking_m_per_s=st.floats(1.2, 2.2),
    ),
)
def test_what_is_said_to_be_feasible_is(
    grades: list[float], length_m: float, hurry: list[float], runner: Runner
) -> None:
    steps = [(length_m, grade) for grade in grades]
    usual = solve(legs_of(*steps, cells=2), runner, LEAST_TIME)
    stops = [
        a_stop(2 * place + 1, name=str(place), stop_s=20.0, cutoff_s=float(usual.end_s[2 * place + 1] * hurry[place]))
        for place in range(len(grades))
    ]

    pacing = solve(legs_of(*steps, cells=2, stops=stops), runner, LEAST_TIME)

    followed = follow(legs_of(*steps, cells=2, stops=stops), runner, pacing.throttle)
    assert followed.finish_s == pacing.finish_s
    assert followed.budget_used_s <= runner.fatigue_budget_s * (1 + 1e-6) or (pacing.throttle == LEAST_THROTTLE).all()
    assert followed.d_prime_left_m.min() >= -1e-6
    caps = np.interp(legs_of(*steps, cells=2).grade, runner.fastest_m_per_s.grade, runner.fastest_m_per_s.value)
    assert (followed.speed_m_per_s <= caps + 1e-9).all()
    assert {late.name for late in followed.late} == {late.name for late in pacing.late}
    assert all(late.late_s > 0 for late in pacing.late)
