"""Grounds made of slopes and runners made of figures, of which a test states what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from domain.analysis.model import Profile
from domain.courses.model import CourseGround, CourseId, Waypoint
from domain.pacing.basis import Basis
from domain.pacing.model import Goal, GoalKind, Knots, Runner, ThrottlePlan, ThrottlePlanId
from domain.pacing.plan import plan_course
from domain.runs.ascent import ascent_and_descent

STARTS_AT = datetime(2026, 6, 20, 4, 30, tzinfo=UTC)
UP_AND_DOWN = ((1_500.0, 0.02), (2_000.0, 0.12), (1_200.0, -0.03), (2_500.0, -0.11), (1_800.0, 0.05))


def ground_of(*slopes: tuple[float, float], step_m: float = 5.0) -> CourseGround:
    """Slopes one after the other, each so many metres at a grade; no positions."""
    corners = np.concatenate(([0.0], np.cumsum([length for length, _ in slopes])))
    heights = 500 + np.concatenate(([0.0], np.cumsum([length * grade for length, grade in slopes])))
    steps = round(corners[-1] / step_m)
    return on_the_grid(np.interp(np.linspace(0, corners[-1], steps + 1), corners, heights), float(corners[-1]))


def rolling_ground(length_m: float, *, waves_m: float = 2_400.0, grade: float = 0.12) -> CourseGround:
    """Hills of two lengths, as steep as `grade` where they are steepest."""
    along = np.linspace(0, length_m, round(length_m / 5) + 1)
    long, short = (np.sin(along * 2 * np.pi / wave_m) * wave_m / 2 / np.pi for wave_m in (waves_m, waves_m * 0.37))
    return on_the_grid(900 + (long + short) * grade / 2, length_m)


def on_the_grid(altitude_m: NDArray[np.float64], length_m: float) -> CourseGround:
    """These altitudes, evenly along so many metres."""
    step_m = length_m / (altitude_m.size - 1)
    profile = Profile(step_m, altitude_m, np.diff(altitude_m) / step_m, has_altitude=bool(np.ptp(altitude_m) > 0))
    ascent_m, descent_m = ascent_and_descent(altitude_m) or (0.0, 0.0)
    return CourseGround(profile, None, None, ascent_m, descent_m)


RUNNER = Runner(
    critical_speed_m_per_s=4.0,
    d_prime_m=200.0,
    fatigue_exponent=17.67,
    fatigue_budget_s=3_300.0,
    own_cost=Knots((0.0,), (0.0,)),
    fastest_m_per_s=Knots((-0.3, -0.1, 0.0, 0.3), (2.0, 4.5, 6.0, 3.0)),
    walking_m_per_s=1.9,
    resting_heart_rate=50.0,
    threshold_heart_rate=170.0,
    max_heart_rate=190.0,
)
BASIS = Basis(runs=0, held_out_runs=0, spread=0.1)
LEAST_TIME = Goal(kind=GoalKind.LEAST_TIME)


def a_runner(**figures: Any) -> Runner:
    """A runner of 12:00 over 3 km or so."""
    return replace(RUNNER, **figures)


def a_plan(
    ground: CourseGround, *waypoints: Waypoint, goal: Goal = LEAST_TIME, runner: Runner = RUNNER, **changed: Any
) -> ThrottlePlan:
    """A plan as it is made, before anybody has started."""
    starts_at = changed.pop("starts_at", STARTS_AT)
    made = plan_course(ground, waypoints, runner, BASIS, goal, 1.0, starts_at)
    plan = ThrottlePlan(
        id=ThrottlePlanId(UUID(int=3)),
        athlete_id=UUID(int=4),
        course_id=CourseId(UUID(int=5)),
        goal=goal,
        terrain_factor=1.0,
        starts_at=starts_at,
        runner=made.runner,
        basis=made.basis,
        planned_steps=made.planned.steps,
        now=made.planned,
    )
    return replace(plan, **changed)
