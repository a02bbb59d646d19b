"""A plan taken up on the way: what is still possible from where the runner is."""

from collections.abc import Sequence
from dataclasses import replace

from domain.courses.model import CourseGround, Waypoint
from domain.pacing.legs import legs_of, parted
from domain.pacing.model import Planned, Replan, Report, ThrottlePlan
from domain.pacing.plan import on_foot_s, why_not
from domain.pacing.reports import elapsed_at, is_finish
from domain.pacing.so_far import SoFar, costing, so_far
from domain.pacing.solver import solve
from domain.pacing.steps import Since, steps_of
from domain.pacing.wording import day_of, model_of


def replan(plan: ThrottlePlan, ground: CourseGround, waypoints: Sequence[Waypoint], report: Report) -> ThrottlePlan:
    """The plan as it is once its runner was seen: pure, and the same again for the same report.

    What is behind is estimated (`domain.pacing.so_far`), the rest solved for the same goal and the cut-offs that are
    still ahead, on ground that costs what it costs today. `now` has the steps from the report's place on, with the
    borders and the numbers that they had; its time is that of the whole course, its uncertainty that of the rest. A
    runner at the finish has no steps left, and has taken the time that they took. Raises what `elapsed_at` raises.
    """
    elapsed_s = elapsed_at(plan, ground.length_m, report)
    if is_finish(ground.length_m, report):
        behind_s = elapsed_s - plan.planned_steps[-1].end_s
        return _replanned(plan, report, behind_s, plan.replan.today if plan.replan else None, _arrived(plan, elapsed_s))
    legs = legs_of(ground, waypoints, plan.terrain_factor)
    told = so_far(plan, legs, report, elapsed_s)
    _, ahead = parted(legs, report.distance_m)
    gone = int(legs.step[-1] - ahead.step[-1])
    ahead = costing(ahead, told.cost)
    pacing = solve(ahead, plan.runner, plan.goal, told.standing)
    reason = why_not(pacing, plan.runner, plan.goal)
    since = Since(starts_at=plan.starts_at, elapsed_s=elapsed_s, steps=gone)
    now = Planned(
        predicted_time_s=pacing.finish_s,
        uncertainty_s=plan.basis.spread * on_foot_s(ahead, pacing),
        feasible=reason is None,
        reason=reason,
        model=_model(plan, told),
        steps=steps_of(ground, ahead, pacing, plan.runner, since),
    )
    return _replanned(plan, report, elapsed_s - told.scheduled_s, told.today, now)


def _arrived(plan: ThrottlePlan, elapsed_s: float) -> Planned:
    return replace(plan.now, predicted_time_s=elapsed_s, uncertainty_s=0.0, feasible=True, reason=None, steps=())


def _model(plan: ThrottlePlan, told: SoFar) -> str:
    return f"{model_of(plan.runner, plan.basis)} {day_of(told.cost)}"


def _replanned(plan: ThrottlePlan, report: Report, behind_s: float, today: float | None, now: Planned) -> ThrottlePlan:
    seen = Replan(
        distance_m=report.distance_m,
        at=report.at,
        heart_rate=report.heart_rate,
        behind_s=behind_s,
        today=today,
    )
    return replace(plan, now=now, replan=seen)
