"""How hard to push along a course, step by step, to reach a goal."""

from dataclasses import replace

import numpy as np

from domain.pacing.model import Goal, GoalKind, Legs, Pacing, Runner, Standing
from domain.pacing.running.forward import FRESH
from domain.pacing.solving.levels import Levels, levels_of
from domain.pacing.solving.lower import lower
from domain.pacing.solving.missing import late_of
from domain.pacing.solving.nearest import nearest
from domain.pacing.solving.reach import out_of_reach
from domain.pacing.solving.soonest import even_of, free_of, soonest
from domain.pacing.solving.task import Gate, Task, task_of
from domain.pacing.solving.taut import least_effort
from domain.runs.recording import Floats


def solve(legs: Legs, runner: Runner, goal: Goal, standing: Standing = FRESH) -> Pacing:
    """The throttles that reach the goal best, and what comes of them.

    LEAST_TIME finishes soonest within the fatigue budget, D′ and the cut-offs; TARGET_TIME reaches the target at the
    least peak throttle, never under LEAST_THROTTLE; EVEN_EFFORT runs at the throttle that is given, whatever comes of
    it, else at the highest that budget and D′ allow. Cut-offs that cannot be met even alone are left out, and `late`
    says how soon each could be reached; the others are kept. Only where these cannot be met together either, they are
    moved back by the least that will do. A target out of reach makes the plan that of LEAST_TIME. Nothing is raised: a
    runner with nothing left goes on at LEAST_THROTTLE, and `budget_used_s` tells. The same every time.
    """
    target_s = goal.target_time_s if goal.kind is GoalKind.TARGET_TIME else None
    task = task_of(legs, runner, standing, target_s)
    if goal.kind is GoalKind.EVEN_EFFORT:
        highest_useful = float(np.max(task.highest_useful()))
        return task.paced(task.even(goal.throttle) if goal.throttle else np.minimum(even_of(task), highest_useful))
    throttle, missed = _within_reach(task) if target_s is None else _to_the_target(task)
    pacing = task.paced(np.minimum(throttle, task.highest_useful()))
    return replace(pacing, late=late_of(task, pacing, missed))


def _within_reach(task: Task) -> tuple[Floats, dict[Gate, float]]:
    """The throttles (m,) that finish soonest with the gates that can be met, and those that are out of reach."""
    levels = levels_of(task)
    throttle = soonest(task, levels)
    if task.in_time(throttle):
        return throttle, {}
    missed = out_of_reach(task, levels, free_of)
    kept = task.with_gates(gate for gate in task.gates if gate not in missed)
    if missed:
        throttle = soonest(kept, levels)
    if not kept.in_time(throttle) and least_effort(kept, levels) is None:
        throttle = soonest(nearest(kept, levels), levels)
    return throttle, missed


def _to_the_target(task: Task) -> tuple[Floats, dict[Gate, float]]:
    """The throttles (m,) of least peak that meet the gates, the last of which is the target; else the quickest."""
    levels = levels_of(task)
    throttle = _least_effort(task, levels)
    if throttle is not None and task.d_prime_holds(throttle):
        return throttle, {}
    *cutoffs, target = task.gates
    quick, missed = _within_reach(task.with_gates(cutoffs))
    if not task.with_gates([target]).in_time(quick):
        return quick, _with_target(task, levels, target, missed)
    late_s = {gate: max(0.0, task.late_s(quick, gate)) for gate in cutoffs}
    task = task.with_gates([*(gate.moved(late_s[gate]) for gate in cutoffs if gate not in missed), target])
    throttle = _least_effort(task, levels)
    if throttle is not None and task.d_prime_holds(throttle):
        return throttle, missed
    return lower(task, throttle, quick), missed


def _with_target(task: Task, levels: Levels, target: Gate, missed: dict[Gate, float]) -> dict[Gate, float]:
    """What is out of reach, and the target too where no cut-off stands in its way."""
    free_s = task.totals(free_of(task.with_gates(()), levels), 0, task.steps)[0]
    return missed if free_s <= target.moving_s else missed | {target: free_s}


def _least_effort(task: Task, levels: Levels) -> Floats | None:
    throttle = least_effort(task, levels_of(task, holding=False))
    return least_effort(task, levels) if throttle is None else throttle
