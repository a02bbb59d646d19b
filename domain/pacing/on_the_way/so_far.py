"""What the way so far has cost a runner, and what it tells of the rest."""

from dataclasses import dataclass, replace

import numpy as np

from domain.pacing.kept import Kept
from domain.pacing.legs import SAME_PLACE_M, between, edges_of, parted, step_ends_of
from domain.pacing.model import Legs, Report, Runner, Standing, ThrottlePlan
from domain.pacing.on_the_way.day import cost_by_pace, today_of
from domain.pacing.on_the_way.pushed import planned_throttle, scale_of, settled
from domain.pacing.on_the_way.stay import (
    AT_WAYPOINT_M,
    Stay,
    is_place,
    stay_of,
    stayed_s,
    stop_at,
    stops_but_at,
    waypoint_at,
)
from domain.pacing.running.forward import follow
from domain.pacing.running.reserve import kept_and_gained
from domain.runs.recording import Floats

# Who is ahead of a plan may have a good day, or may pay for it: no more is foretold of that than a tenth.
LEAST_KEPT = 0.9
# So much of a budget is no more than a three-hundredth of the throttle: nobody knows what is left any better.
UNSURE_BUDGET = 0.05
# Reports nearer to one another than this count as one: positions scatter, and so does the ground.
KEPT_AFTER_S = 600.0
# Who is where they were so long ago stands there.
STANDS_AFTER_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """`scheduled_s` is when the plan had its runner here, seconds from the start, and at a waypoint as long there.
    `cost` is how many times its usual cost the ground has today; `today` the same as far as the heart rate says it,
    None without one. `kept` is what the next report is measured from where it is this one: None where it stays."""

    scheduled_s: float
    standing: Standing
    cost: float
    today: float | None
    stay: Stay | None
    kept: Kept | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Came:
    """How a runner came to where they are: as they would be kept, for good where `firm`."""

    kept: Kept
    today: float | None
    firm: bool


def so_far(plan: ThrottlePlan, whole: Legs, report: Report, elapsed_s: float) -> SoFar:
    """What a runner has used who is at the report's place on the course `whole`, so many seconds after the start.

    What was known at the report that is kept (some ten minutes ago, or at the last waypoint) holds. Since then they are
    taken to have pushed as they were told, but harder or easier by the ratio of the time that they were told to the one
    that it took, without the planned stays. The day is told by the heart rate, else by that ratio
    (`today_of`), and is one for all the way: what the day explains is no effort. At least as much of the
    fatigue budget is left as the rest needs at nine tenths of the planned throttles.
    """
    runner = plan.runner
    planned = planned_throttle(plan.planned_steps, whole, runner)
    came = _came(plan, whole, _before(plan) or _at_start(whole, runner, planned), report, elapsed_s)
    cost = came.kept.cost if came.today is None else came.today
    stay = stay_of(whole, came.kept, elapsed_s)
    behind_s, behind_budget_s = _as_planned(whole, runner, planned, report.distance_m)
    needed_s = follow(whole, runner, planned).budget_used_s - behind_budget_s
    used_s = came.kept.usual_budget_s * cost**runner.fatigue_exponent
    return SoFar(
        scheduled_s=behind_s + _planned_stays_s(plan, whole, report.distance_m, stay),
        standing=Standing(
            elapsed_s=elapsed_s,
            d_prime_left_m=_rested(runner, came.kept.d_prime_left_m, elapsed_s - came.kept.elapsed_s),
            budget_used_s=min(used_s, _most_used_s(runner, needed_s)),
        ),
        cost=cost,
        today=came.today,
        stay=stay,
        kept=replace(came.kept, cost=cost) if came.firm else None,
    )


def costing(legs: Legs, cost: float) -> Legs:
    """The same ground on a day on which it costs so many times the usual."""
    return replace(legs, terrain=legs.terrain * cost)


def _before(plan: ThrottlePlan) -> Kept | None:
    """What is kept of the last reports; nothing while they may have come from another lap."""
    return plan.replan.kept if plan.replan and plan.replan.first_at is None else None


def _at_start(whole: Legs, runner: Runner, planned: Floats) -> Kept:
    return Kept(
        distance_m=whole.start_m,
        elapsed_s=0.0,
        d_prime_left_m=runner.d_prime_m,
        usual_budget_s=0.0,
        cost=1.0,
        to_m=tuple(step_ends_of(whole).tolist()),
        throttle=tuple(planned.tolist()),
        waypoint_m=whole.start_m if stop_at(whole, whole.start_m) > 0 else None,
    )


def _came(plan: ThrottlePlan, whole: Legs, kept: Kept, report: Report, elapsed_s: float) -> _Came:
    at_m = waypoint_at(whole, kept, report.distance_m)
    today = plan.replan.today if plan.replan else None
    if at_m is not None and is_place(at_m, kept.waypoint_m):
        return _Came(kept=replace(kept, stood_s=elapsed_s - kept.elapsed_s), today=today, firm=True)
    leg, over_s = between(whole, kept.distance_m, report.distance_m), elapsed_s - kept.elapsed_s
    is_here = abs(report.distance_m - kept.distance_m) <= AT_WAYPOINT_M
    if leg.step.size and not (is_here and over_s >= STANDS_AFTER_S):
        return _ran(plan, whole, leg, kept, report, elapsed_s, at_m)
    here = replace(
        kept,
        distance_m=report.distance_m,
        elapsed_s=elapsed_s,
        d_prime_left_m=_rested(plan.runner, kept.d_prime_left_m, over_s if is_here else 0.0),
        waypoint_m=at_m,
        stood_s=0.0,
    )
    return _Came(kept=here, today=today, firm=True)


def _ran(
    plan: ThrottlePlan, whole: Legs, leg: Legs, kept: Kept, report: Report, elapsed_s: float, at_m: float | None
) -> _Came:
    """Over the leg from the kept place to the report's, at or near the waypoint at `at_m`."""
    runner, ends_m = plan.runner, step_ends_of(leg)
    told = kept.told_at((np.append(leg.start_m, ends_m[:-1]) + ends_m) / 2)
    told_s, over_s = _seconds(leg, runner, told), elapsed_s - kept.elapsed_s
    unseen_s = (report.at - plan.replan.at).total_seconds() if plan.replan else elapsed_s
    moving_s, stayed = _moving_s(whole, leg, kept, over_s, told_s, at_m, unseen_s)
    scale = scale_of(told_s, moving_s)
    pushed = follow(leg, runner, told * settled(scale, moving_s))
    seen = replace(report, heart_rate=None) if stayed else report
    today = today_of(runner, leg, pushed, plan.replan, seen, elapsed_s)
    cost = cost_by_pace(scale, moving_s, elapsed_s, kept.cost) if today is None else today
    rested_m = _rested(runner, kept.d_prime_left_m, kept.stood_s)
    done = follow(costing(leg, cost), runner, pushed.throttle * cost, Standing(d_prime_left_m=rested_m))
    here = replace(
        kept,
        distance_m=report.distance_m,
        elapsed_s=elapsed_s - stayed,
        d_prime_left_m=float(np.clip(done.d_prime_left_m[-1], 0.0, runner.d_prime_m)),
        usual_budget_s=kept.usual_budget_s + pushed.budget_used_s,
        cost=cost,
        waypoint_m=at_m,
        stood_s=stayed,
    )
    return _Came(kept=here, today=today, firm=at_m is not None or moving_s >= KEPT_AFTER_S)


def _moving_s(
    whole: Legs, leg: Legs, kept: Kept, over_s: float, told_s: float, at_m: float | None, unseen_s: float
) -> tuple[float, float]:
    """How long of `over_s` they were on foot, where they were told to take `told_s`; and how long they have stood."""
    moving_s = over_s - stops_but_at(leg, kept.waypoint_m, at_m)
    # Who was seen to come to a waypoint and is soon far from it has stayed for less than planned.
    moving_s -= max(kept.stood_s, min(stop_at(whole, kept.waypoint_m), moving_s - told_s))
    stayed = 0.0 if at_m is None else stayed_s(moving_s - told_s, stop_at(whole, at_m), unseen_s)
    return moving_s - stayed, stayed


def _seconds(legs: Legs, runner: Runner, throttle: Floats) -> float:
    return float((legs.length_m / follow(legs, runner, throttle).speed_m_per_s).sum())


def _rested(runner: Runner, left_m: float, seconds: float) -> float:
    """The D′ of one who stands, m."""
    kept, gained = kept_and_gained(runner, np.zeros(1), np.array([max(seconds, 0.0)]))
    return min(float(left_m * kept[0] + gained[0]), runner.d_prime_m)


def _as_planned(whole: Legs, runner: Runner, planned: Floats, at_m: float) -> tuple[float, float]:
    """What the plan has its runner take to a place, s on foot, and use of the fatigue budget, s."""
    behind, _ = parted(whole, at_m)
    if not behind.step.size:
        return 0.0, 0.0
    done = follow(behind, runner, planned[: int(behind.step[-1]) + 1])
    return float((behind.length_m / done.speed_m_per_s).sum()), done.budget_used_s


def _planned_stays_s(plan: ThrottlePlan, whole: Legs, at_m: float, stay: Stay | None) -> float:
    """How long the plan had its runner stay at the waypoints that lie behind, and at the one where they are."""
    behind, _ = parted(whole, at_m)
    passed_m = edges_of(behind)[-1] - SAME_PLACE_M
    steps = plan.planned_steps
    passed_s = steps[0].start_s + sum(step.stop_s for step in steps if step.end_m < passed_m)
    if stay is None:
        return passed_s
    is_passed = stay.place_m < passed_m or stay.place_m <= SAME_PLACE_M
    return passed_s - stay.left_s if is_passed else passed_s + stay.stopped_s


def _most_used_s(runner: Runner, needed_s: float) -> float:
    """What is left is enough for nine tenths of the throttles that the rest was planned with; and for all of them
    where they take next to nothing, such as down to the finish: no estimate is so good as to rule that out."""
    kept_s = needed_s * float(LEAST_KEPT**runner.fatigue_exponent)
    small_s = min(needed_s, UNSURE_BUDGET * runner.fatigue_budget_s)
    return max(runner.fatigue_budget_s - max(kept_s, small_s), 0.0)
