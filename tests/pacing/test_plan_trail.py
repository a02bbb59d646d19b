"""The plan of a real mountain race: it can be run, by every bound that it promises to keep."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from domain.courses.ground import ground_of
from domain.courses.model import CourseGround, Waypoint, WaypointKind
from domain.pacing.legs import legs_of
from domain.pacing.model import Goal, GoalKind, Pacing, Runner
from domain.pacing.plan import Made, plan_course
from domain.pacing.solving.lasting import solve_lasting
from infrastructure.formats.decode import decode
from tests.factories.slopes import BASIS, STARTS_AT, a_runner

LEAST_TIME = Goal(kind=GoalKind.LEAST_TIME)
# The second can be reached in time only by who hurries up to there: left alone, the plan is there after 2:17:48.
PLACES = (
    Waypoint(name="Hut", kind=WaypointKind.AID_STATION, distance_m=9_000, stop_s=180, cutoff_s=5_400),
    Waypoint(name="Gate", distance_m=21_500, cutoff_s=8_200),
    Waypoint(name="Mill", kind=WaypointKind.AID_STATION, distance_m=30_000, stop_s=240, cutoff_s=14_400),
)


@pytest.fixture(scope="module")
def trail(samples: Path) -> CourseGround:
    return ground_of(decode("trail.fit", (samples / "trail-37km-2578m.fit").read_bytes())[0].samples)


def solved(trail: CourseGround) -> tuple[Runner, Pacing]:
    return solve_lasting(legs_of(trail, PLACES, 1.0), a_runner(), LEAST_TIME)


def planned(trail: CourseGround, *places: Waypoint) -> Made:
    return plan_course(trail, places, a_runner(), BASIS, LEAST_TIME, 1.0, STARTS_AT)


def caps(runner: Runner, grade: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.interp(grade, runner.fastest_m_per_s.grade, runner.fastest_m_per_s.value)


def test_it_is_feasible_and_in_time_everywhere(trail: CourseGround) -> None:
    plan = planned(trail, *PLACES).planned
    assert (plan.feasible, plan.reason) == (True, None)
    arrivals = {step.waypoint: step.end_s for step in plan.steps if step.waypoint}
    assert all(arrivals[place.name] <= place.cutoff_s + 0.5 for place in PLACES if place.cutoff_s)


def test_a_cut_off_that_binds_costs_time_and_is_met(trail: CourseGround) -> None:
    hut, gate, mill = PLACES
    free = planned(trail, hut, Waypoint(name="Gate", distance_m=gate.distance_m), mill).planned
    (there_s,) = (step.end_s for step in free.steps if step.waypoint == "Gate")
    assert there_s > 8_200
    assert planned(trail, *PLACES).planned.predicted_time_s > free.predicted_time_s


def test_nowhere_is_it_faster_than_the_runner_goes(trail: CourseGround) -> None:
    legs, (runner, pacing) = legs_of(trail, PLACES, 1.0), solved(trail)
    assert np.all(pacing.speed_m_per_s <= caps(runner, legs.grade) * (1 + 1e-9))


def test_neither_fatigue_nor_d_prime_is_overdrawn(trail: CourseGround) -> None:
    runner, pacing = solved(trail)
    assert pacing.budget_used_s <= runner.fatigue_budget_s * 1.001
    assert pacing.d_prime_left_m.min() >= -1e-6


def test_its_steps_are_as_many_as_can_be_followed_and_tile_the_course(trail: CourseGround) -> None:
    steps = planned(trail, *PLACES).planned.steps
    assert 20 <= len(steps) <= 60
    assert (steps[0].start_m, steps[-1].end_m) == (0.0, pytest.approx(trail.length_m))
    assert all(before.end_m == after.start_m for before, after in pairwise(steps))
    assert sum(step.ascent_m for step in steps) == pytest.approx(trail.ascent_m, abs=0.1)
    assert steps[-1].end_s == pytest.approx(planned(trail, *PLACES).planned.predicted_time_s)
