"""What the way so far has cost a runner, and what it tells of the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from domain.pacing.day import cost_by_pace, today_of
from domain.pacing.forward import follow
from domain.pacing.legs import SAME_PLACE_M, edges_of, parted
from domain.pacing.model import Legs, Report, Runner, Standing, ThrottlePlan, ThrottleStep
from domain.pacing.pushed import planned_throttle, scale_of

# Who is ahead of a plan may have a good day, or may pay for it: no more is foretold of that than a tenth.
LEAST_KEPT = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """`scheduled_s` is when the plan had its runner here, seconds from the start. `cost` is how many times its usual
    cost the ground has today; `today` the same as far as the heart rate says it, None without one."""

    scheduled_s: float
    standing: Standing
    cost: float
    today: float | None


def so_far(plan: ThrottlePlan, whole: Legs, report: Report, elapsed_s: float) -> SoFar:
    """What a runner has used who is at the report's place on the course `whole`, so many seconds after the start.

    They are taken to have pushed as planned, but all along harder or easier by one ratio: the one that takes the time
    that it took, with the planned stays at the waypoints passed. Then the day (`domain.pacing.day`), by the heart rate,
    else by that ratio; what the day explains is no effort. At least as much of the fatigue budget is left as the rest
    needs at nine tenths of the planned throttles.
    """
    behind, _ = parted(whole, report.distance_m)
    if not behind.step.size:
        today = plan.replan.today if plan.replan else None
        return SoFar(scheduled_s=0.0, standing=Standing(elapsed_s=elapsed_s), cost=today or 1.0, today=today)
    stays_s = _planned_stays_s(plan.planned_steps, edges_of(behind)[-1])
    throttle = planned_throttle(plan.planned_steps, whole, plan.runner)
    planned = throttle[: int(behind.step[-1]) + 1]
    scale = scale_of(behind, plan.runner, planned, elapsed_s - stays_s)
    pushed = follow(behind, plan.runner, planned * scale)
    today = today_of(plan.runner, pushed, plan.replan, report, elapsed_s)
    cost = cost_by_pace(scale, elapsed_s) if today is None else today
    done = follow(costing(behind, cost), plan.runner, planned * scale * cost)
    as_planned = follow(behind, plan.runner, planned)
    needed_s = follow(whole, plan.runner, throttle).budget_used_s - as_planned.budget_used_s
    return SoFar(
        scheduled_s=float((behind.length_m / as_planned.speed_m_per_s).sum()) + stays_s,
        standing=Standing(
            elapsed_s=elapsed_s,
            d_prime_left_m=float(np.clip(done.d_prime_left_m[-1], 0.0, plan.runner.d_prime_m)),
            budget_used_s=min(done.budget_used_s, _most_used_s(plan.runner, needed_s)),
        ),
        cost=cost,
        today=today,
    )


def costing(legs: Legs, cost: float) -> Legs:
    """The same ground on a day on which it costs so many times the usual."""
    return replace(legs, terrain=legs.terrain * cost)


def _planned_stays_s(steps: Sequence[ThrottleStep], at_m: float) -> float:
    """How long the plan had its runner stay at the waypoints that lie behind."""
    return steps[0].start_s + sum(step.stop_s for step in steps if step.end_m < at_m - SAME_PLACE_M)


def _most_used_s(runner: Runner, needed_s: float) -> float:
    kept_s = needed_s * float(LEAST_KEPT**runner.fatigue_exponent)
    return max(runner.fatigue_budget_s - kept_s, 0.0)
