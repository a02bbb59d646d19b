"""A course planned from the start to the finish: how hard to push where, when that arrives, and whether it can be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.courses.model import CourseGround, Waypoint
from domain.pacing.basis import Basis
from domain.pacing.foreseen import foreseen
from domain.pacing.legs import legs_of
from domain.pacing.model import Goal, Legs, Pacing, Planned, Runner
from domain.pacing.solving.lasting import solve_lasting
from domain.pacing.steps import Since, steps_of
from domain.pacing.wording import model_of, over_budget, over_reserve, reason_of

# A budget met to a thousandth is met: the throttle that meets it exactly is smaller by less than a ten-thousandth.
BUDGET_SLACK = 1.001
D_PRIME_SLACK_M = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A plan, and what it was made by, which its replans go by, too: the runner with the fatigue of so long a course,
    and how far that is to be believed."""

    planned: Planned
    runner: Runner
    basis: Basis


def plan_course(
    ground: CourseGround,
    waypoints: Sequence[Waypoint],
    runner: Runner,
    basis: Basis,
    goal: Goal,
    terrain_factor: float,
    starts_at: datetime | None,
) -> Made:
    """A plan for a course, by one runner's model: pure, the same for the same arguments, and it refuses nothing.

    Seconds count from the start. `uncertainty_s` is the spread that the model has over so long a time (`foreseen`), as
    a ratio, times the time on foot. What cannot be met is said in `reason`, with the nearest plan that can be run.
    """
    legs = legs_of(ground, waypoints, terrain_factor)
    runner, pacing = solve_lasting(legs, runner, goal)
    basis = foreseen(basis, on_foot_s(legs, pacing))
    reason = why_not(pacing, runner, goal)
    planned = Planned(
        predicted_time_s=pacing.finish_s,
        uncertainty_s=basis.spread * on_foot_s(legs, pacing),
        feasible=reason is None,
        reason=reason,
        model=model_of(runner, basis),
        steps=steps_of(ground, legs, pacing, runner, Since(starts_at=starts_at)),
    )
    return Made(planned=planned, runner=runner, basis=basis)


def why_not(pacing: Pacing, runner: Runner, goal: Goal) -> str | None:
    """What stands against a solved course, in sentences; None when nothing does."""
    sentences = [] if goal.throttle is None else list(_beyond_the_runner(pacing, runner, goal.throttle))
    if late := reason_of(pacing.late, pacing.finish_s):
        sentences.append(late)
    return " ".join(sentences) or None


def on_foot_s(legs: Legs, pacing: Pacing) -> float:
    """The time that the ground takes, without stays at waypoints."""
    return float((legs.length_m / pacing.speed_m_per_s).sum())


def _beyond_the_runner(pacing: Pacing, runner: Runner, throttle: float) -> Iterator[str]:
    """What a throttle takes that was asked for, and not found by what can be held."""
    needed = pacing.budget_used_s / runner.fatigue_budget_s
    if needed > BUDGET_SLACK:
        yield over_budget(throttle, needed)
    if pacing.d_prime_left_m.min() < -D_PRIME_SLACK_M:
        yield over_reserve(throttle)
