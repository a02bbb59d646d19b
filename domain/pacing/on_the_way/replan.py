"""A plan taken up on the way: what is still possible from where the runner is."""

from collections.abc import Sequence
from dataclasses import replace

from domain.courses.model import CourseGround, Waypoint
from domain.pacing.kept import Kept
from domain.pacing.legs import legs_of, parted, step_ends_of
from domain.pacing.model import Legs, Pacing, Planned, Replan, Report, ThrottlePlan
from domain.pacing.on_the_way.missed import missed_at_finish, was_missed, why_not_from_here
from domain.pacing.on_the_way.reports import elapsed_at, is_finish
from domain.pacing.on_the_way.so_far import SoFar, costing, so_far
from domain.pacing.on_the_way.stay import reached_late, staying
from domain.pacing.plan import on_foot_s
from domain.pacing.solving.solver import solve
from domain.pacing.steps import Since, steps_of
from domain.pacing.wording import day_of, model_of


def replan(plan: ThrottlePlan, ground: CourseGround, waypoints: Sequence[Waypoint], report: Report) -> ThrottlePlan:
    """The plan as it is once its runner was seen: pure, and the same again for the same report.

    What is behind is estimated (`so_far`), the rest solved for the same goal and the cut-offs that are still ahead, on
    ground that costs what it costs today. `now` has the steps from the report's place on, with the
    borders and the numbers that they had; its time is that of the whole course, its uncertainty that of the rest. A
    runner at the finish has no steps left, and has taken the time that they took when they were first seen there.
    Raises what `elapsed_at` raises.
    """
    elapsed_s = elapsed_at(plan, ground.length_m, report)
    if is_finish(ground.length_m, report):
        return plan if plan.replan and not plan.now.steps else _arrived(plan, ground, waypoints, report, elapsed_s)
    legs = legs_of(ground, waypoints, plan.terrain_factor)
    told = so_far(plan, legs, report, elapsed_s)
    _, ahead = parted(legs, report.distance_m)
    gone = int(legs.step[-1] - ahead.step[-1])
    ahead = staying(costing(ahead, told.cost), told.stay)
    pacing = solve(ahead, plan.runner, plan.goal, told.standing)
    reason = why_not_from_here(pacing, plan.runner, plan.goal, reached_late(legs, told.stay))
    since = Since(starts_at=plan.starts_at, elapsed_s=elapsed_s, steps=gone)
    now = Planned(
        predicted_time_s=pacing.finish_s,
        uncertainty_s=plan.basis.spread * on_foot_s(ahead, pacing),
        feasible=reason is None,
        reason=reason,
        model=f"{model_of(plan.runner, plan.basis)} {day_of(told.cost)}",
        steps=steps_of(ground, ahead, pacing, plan.runner, since),
    )
    kept = _kept(plan, told, ahead, pacing)
    return _replanned(plan, now, report, elapsed_s - told.scheduled_s, told.today, kept)


def _arrived(
    plan: ThrottlePlan, ground: CourseGround, waypoints: Sequence[Waypoint], report: Report, elapsed_s: float
) -> ThrottlePlan:
    missed = missed_at_finish(plan.goal, waypoints, ground.length_m, elapsed_s)
    now = replace(
        plan.now,
        predicted_time_s=elapsed_s,
        uncertainty_s=0.0,
        feasible=not missed,
        reason=" ".join(was_missed(one) for one in missed) or None,
        steps=(),
    )
    today, kept = (plan.replan.today, plan.replan.kept) if plan.replan else (None, None)
    return _replanned(plan, now, report, elapsed_s - plan.planned_steps[-1].end_s, today, kept)


def _kept(plan: ThrottlePlan, told: SoFar, ahead: Legs, pacing: Pacing) -> Kept | None:
    """What the next report is measured from: this one, with what is told now, or what was before."""
    if told.kept is None:
        return plan.replan.kept if plan.replan else None
    return replace(told.kept, to_m=tuple(step_ends_of(ahead).tolist()), throttle=tuple(pacing.throttle.tolist()))


def _replanned(
    plan: ThrottlePlan, now: Planned, report: Report, behind_s: float, today: float | None, kept: Kept | None
) -> ThrottlePlan:
    seen = Replan(
        distance_m=report.distance_m,
        at=report.at,
        heart_rate=report.heart_rate,
        behind_s=behind_s,
        today=today,
        kept=kept,
    )
    return replace(plan, now=now, replan=seen)
