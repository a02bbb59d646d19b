"""A course planned from its start to its finish, and what the plan says in words."""

from dataclasses import replace

import pytest

from domain.courses.model import Waypoint
from domain.pacing.basis import Basis
from domain.pacing.late import Late, Missed
from domain.pacing.model import Goal, GoalKind, Planned, Runner
from domain.pacing.plan import plan_course
from domain.pacing.wording import reason_of
from tests.factories.slopes import BASIS, LEAST_TIME, RUNNER, STARTS_AT, a_runner, ground_of, rolling_ground

HILLS = rolling_ground(12_000.0)
LEVEL = ground_of((10_000.0, 0.0))
EVEN = GoalKind.EVEN_EFFORT


def planned(
    *waypoints: Waypoint, goal: Goal = LEAST_TIME, runner: Runner = RUNNER, basis: Basis = BASIS, terrain: float = 1.0
) -> Planned:
    return plan_course(HILLS, waypoints, runner, basis, goal, terrain, STARTS_AT).planned


def target(seconds: float) -> Goal:
    return Goal(kind=GoalKind.TARGET_TIME, target_time_s=seconds)


def test_a_plan_arrives_when_its_last_step_ends() -> None:
    made = planned(Waypoint(name="Hut", distance_m=6_000.0, stop_s=120.0))

    assert made.predicted_time_s == pytest.approx(made.steps[-1].end_s)
    assert made.feasible
    assert made.reason is None


def test_the_same_question_has_the_same_answer() -> None:
    assert planned() == planned()


def test_rough_ground_takes_longer() -> None:
    assert planned(terrain=1.2).predicted_time_s > planned().predicted_time_s * 1.05


def test_the_uncertainty_is_the_spread_of_the_time_on_foot() -> None:
    made = planned(Waypoint(name="Hut", distance_m=6_000.0, stop_s=600.0))

    assert made.uncertainty_s == pytest.approx(0.1 * (made.predicted_time_s - 600), rel=0.01)


def test_a_cut_off_that_cannot_be_met_is_named_with_how_late_the_runner_is_there() -> None:
    soonest = next(step.end_s for step in planned(Waypoint(name="Pass", distance_m=6_000.0)).steps if step.waypoint)

    made = planned(Waypoint(name="Pass", distance_m=6_000.0, cutoff_s=900.0))
    late_s = next(step.end_s for step in made.steps if step.waypoint) - 900

    assert not made.feasible
    assert late_s == pytest.approx(soonest - 900)
    assert made.reason is not None
    assert made.reason.startswith("The cut-off at Pass (15:00) cannot be met: at the fastest that your model allows")
    assert made.reason.endswith("after it. This plan leaves it out and keeps the cut-offs that can be met.")


def test_of_many_cut_offs_that_cannot_be_met_three_are_named() -> None:
    made = planned(*(Waypoint(name=f"Hut {k}", distance_m=k * 2_000.0, cutoff_s=k * 60.0) for k in range(1, 6)))

    assert made.reason is not None
    assert made.reason.count("The cut-off at") == 3
    assert made.reason.startswith("The cut-off at Hut 1 ")
    assert "So it is with 2 more. This plan leaves them out" in made.reason


def test_a_target_time_out_of_reach_is_said_with_the_time_that_is_possible() -> None:
    least_s = planned().predicted_time_s

    made = planned(goal=target(least_s - 300))

    assert made.predicted_time_s == pytest.approx(least_s, rel=0.002)
    assert made.reason is not None
    assert made.reason.startswith("The target time of ")
    assert made.reason.endswith("This plan is the soonest.")
    assert not made.feasible


def test_a_cut_off_that_is_missed_at_the_effort_that_was_asked_for_says_so() -> None:
    made = planned(Waypoint(name="Pass", distance_m=6_000.0, cutoff_s=1_200.0), goal=Goal(kind=EVEN, throttle=0.7))

    assert made.reason is not None
    assert made.reason.startswith("The cut-off at Pass (20:00) is missed: at this effort you are there ")


def test_cut_offs_that_cannot_be_met_together_are_said_to_be_met_alone() -> None:
    marks = (Waypoint(name="Pass", distance_m=4_000.0), Waypoint(name="Arch", distance_m=12_000.0))
    usual = {step.waypoint: step.end_s for step in planned(*marks).steps}

    made = planned(
        *(replace(mark, cutoff_s=usual[mark.name] - cut_s) for mark, cut_s in zip(marks, (40, -2), strict=True))
    )

    assert made.reason is not None
    assert "The cut-off at Pass (" in made.reason
    assert "cannot be met together with the others: this plan is there " in made.reason
    assert made.reason.endswith("this plan is late by the least that will do.")


def test_a_cut_off_where_the_runner_stands_is_past() -> None:
    past = Late(name="Ford", cutoff_s=3_000.0, late_s=300.0, why=Missed.PAST)

    assert reason_of([past], 9_000.0) == "The cut-off at Ford (50:00) is past: you are here 5:00 after it."


def test_a_target_that_only_the_cut_offs_stand_against_says_so() -> None:
    late = Late(name=None, cutoff_s=3_600.0, late_s=60.0, why=Missed.NOT_TOGETHER)

    assert reason_of([late], 3_660.0) == (
        "The target time of 1:00:00 cannot be met together with the cut-offs: with them this plan is the soonest, in "
        "1:01:00."
    )


def test_a_target_time_within_reach_is_met() -> None:
    made = planned(goal=target(planned().predicted_time_s + 400))

    assert made.feasible
    assert made.predicted_time_s == pytest.approx(planned().predicted_time_s + 400, abs=1)


def test_an_effort_that_cannot_be_held_is_said() -> None:
    made = planned(goal=Goal(kind=EVEN, throttle=1.0), runner=a_runner(fatigue_budget_s=1_800.0))

    assert not made.feasible
    assert made.reason is not None
    assert "takes 1." in made.reason
    assert "your fatigue budget" in made.reason


def test_an_effort_beyond_threshold_that_uses_up_d_prime_is_said() -> None:
    made = plan_course(
        LEVEL, [], a_runner(fatigue_budget_s=1e9), BASIS, Goal(kind=EVEN, throttle=1.1), 1.0, None
    ).planned

    assert made.reason is not None
    assert "uses up your D′" in made.reason


def test_an_effort_that_can_be_held_is_feasible() -> None:
    assert planned(goal=Goal(kind=EVEN, throttle=0.7)).feasible


def test_the_model_names_what_made_the_plan_and_whether_runs_have_tested_it() -> None:
    tested = Basis(runs=34, held_out_runs=12, spread=0.06, error=0.048, table_error=0.09)

    assert planned(basis=tested).model == (
        "Cost of slopes by Minetti 2002, adapted to 34 runs of yours; critical speed 4.00 m/s, D′ 200 m; fatigue after "
        "Riegel 1.060, throttle 1 for 55:00. It foretold 12 runs as you usually run them, from the others, "
        "to 4.8 %; ±6 % is assumed for this one."
    )
    assert planned().model.endswith("No runs of yours have tested it: ±10 % is assumed.")


def test_without_a_start_a_plan_has_no_hours() -> None:
    made = plan_course(HILLS, [], RUNNER, BASIS, LEAST_TIME, 1.0, None).planned

    assert {step.arrive_at for step in made.steps} == {None}
