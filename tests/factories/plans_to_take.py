"""Throttle plans to take along: over two hills with two aid stations, of which a test changes what matters to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from domain.analysis.model import Movement, Profile
from domain.courses.model import Course, CourseGround, CourseId, CourseSource, Waypoint, WaypointKind
from domain.pacing.basis import Basis
from domain.pacing.model import Goal, GoalKind, Knots, Planned, Runner, ThrottlePlan, ThrottlePlanId, ThrottleStep
from domain.pacing.take_along import PlanToTake

ATHLETE = UUID(int=5)
STARTS_AT = datetime(2026, 7, 4, 4, 0, tzinfo=UTC)
SECONDS_A_METRE = 0.36
AID = WaypointKind.AID_STATION
WAYPOINTS = (
    Waypoint(name="Two Pines", distance_m=5_000.0, kind=AID, stop_s=180.0, cutoff_s=3_600.0),
    Waypoint(name="Round Top", distance_m=8_000.0, kind=WaypointKind.SUMMIT),
    Waypoint(name="Old Mill", distance_m=16_000.0, kind=AID, stop_s=240.0, cutoff_s=8_400.0),
)


def a_ground(length_m: float = 20_000.0, cells: int = 1_000, *, climb_m: float = 300.0) -> CourseGround:
    """Two hills on the way to the north-east, on a grid of 20 m."""
    along = np.linspace(0.0, length_m, cells + 1)
    hills = np.sin(along / length_m * 4 * np.pi - np.pi / 2)
    altitude = 900 + climb_m * (hills + 0.04 * np.sin(along / 400))
    step_m = length_m / cells
    profile = Profile(step_m, altitude, np.diff(altitude) / step_m, has_altitude=climb_m > 0)
    latitude = 46.2 + along / 111_195 * 0.6
    return CourseGround(profile, latitude, 7.1 + along / 77_000 * 0.8, 4 * climb_m, 4 * climb_m)


def without_positions(ground: CourseGround) -> CourseGround:
    """The same ground on a treadmill."""
    return replace(ground, latitude=None, longitude=None)


def a_course(ground: CourseGround, *waypoints: Waypoint, name: str = "Two Hills, 20 km") -> Course:
    """A course over the ground."""
    return Course(
        id=CourseId(UUID(int=7)),
        athlete_id=ATHLETE,
        name=name,
        source=CourseSource.FILE,
        run_id=None,
        length_m=ground.length_m,
        waypoints=waypoints,
    )


def some_steps(
    ground: CourseGround,
    count: int = 20,
    waypoints: tuple[Waypoint, ...] = (),
    *,
    starts_at: datetime | None = STARTS_AT,
) -> tuple[ThrottleStep, ...]:
    """Even steps, cut at the waypoints; uphill is slower, harder and where it is steep walked."""
    places = {round(one.distance_m, 1): one for one in waypoints}
    ends = sorted({*places, *np.linspace(0, ground.length_m, count + 1).round(1).tolist()} - {0.0})
    grid = np.linspace(0.0, ground.length_m, ground.profile.altitude_m.size)
    steps: list[ThrottleStep] = []
    start_m, clock = 0.0, 0.0
    for ordinal, end_m in enumerate(ends, 1):
        heights = np.interp([start_m, end_m], grid, ground.profile.altitude_m)
        rise = float(heights[1] - heights[0])
        grade, length = rise / (end_m - start_m), end_m - start_m
        pace = SECONDS_A_METRE * (1 + max(grade, -0.05) * 6)
        place = places.get(end_m)
        end_s = clock + length * pace
        later = [one for one in waypoints if one.distance_m >= end_m and one.cutoff_s is not None]
        steps.append(
            ThrottleStep(
                ordinal=ordinal,
                start_m=start_m,
                end_m=end_m,
                ascent_m=max(rise, 0.0),
                descent_m=max(-rise, 0.0),
                mean_grade=grade,
                movement=Movement.WALKING if grade > 0.12 else Movement.RUNNING,
                throttle=0.72 + grade * 0.9,
                speed_m_per_s=1 / pace,
                pace_s_per_km=pace * 1000,
                expected_heart_rate=round(146 + grade * 120),
                start_s=clock,
                end_s=end_s,
                arrive_at=None if starts_at is None else starts_at + timedelta(seconds=end_s),
                d_prime_left_m=180.0,
                cutoff_margin_s=later[0].cutoff_s - end_s if later and later[0].cutoff_s is not None else None,
                waypoint=place.name if place else None,
                stop_s=place.stop_s if place else 0.0,
            )
        )
        start_m, clock = end_m, end_s + (place.stop_s if place else 0.0)
    return tuple(steps)


RUNNER = Runner(
    critical_speed_m_per_s=4.0,
    d_prime_m=200.0,
    fatigue_exponent=17.67,
    fatigue_budget_s=2_400.0,
    own_cost=Knots((0.0,), (0.0,)),
    fastest_m_per_s=Knots((0.0,), (6.0,)),
    walking_m_per_s=2.0,
)
BASIS = Basis(
    runs=41,
    held_out_runs=12,
    spread=0.06,
    error=0.048,
    table_error=0.071,
    figures={
        "criticalSpeed": "Critical speed 4.00 m/s and D′ 200 m are from your best efforts of the last 90 days.",
        "cost": "What slopes cost you is from 312 km of your own runs, held to Minetti's curve where there are few.",
    },
)


def a_plan_to_take(
    ground: CourseGround | None = None,
    *,
    waypoints: tuple[Waypoint, ...] = WAYPOINTS,
    name: str = "Two Hills, 20 km",
    steps: tuple[ThrottleStep, ...] | None = None,
    count: int = 20,
    starts_at: datetime | None = STARTS_AT,
    reason: str | None = None,
    **changed: Any,
) -> PlanToTake:
    """A plan that can be done, unless a reason says why not."""
    ground = a_ground() if ground is None else ground
    steps = some_steps(ground, count, waypoints, starts_at=starts_at) if steps is None else steps
    now = Planned(
        predicted_time_s=steps[-1].end_s if steps else 0.0,
        uncertainty_s=420.0,
        feasible=reason is None,
        reason=reason,
        model="Power by Minetti's cost of running, a fatigue budget by Riegel's rule, and D′ balance above threshold.",
        steps=steps,
    )
    plan = ThrottlePlan(
        id=ThrottlePlanId(UUID(int=9)),
        athlete_id=ATHLETE,
        course_id=CourseId(UUID(int=7)),
        goal=Goal(kind=GoalKind.LEAST_TIME),
        terrain_factor=1.0,
        starts_at=starts_at,
        runner=RUNNER,
        basis=BASIS,
        planned_steps=steps,
        now=now,
    )
    return PlanToTake(replace(plan, **changed), a_course(ground, *waypoints, name=name), ground)
