"""How hard to push along a course, step by step, to reach a goal."""

from dataclasses import replace

import numpy as np

from domain.pacing.forward import FRESH, ON_TIME_S
from domain.pacing.levels import levels_of
from domain.pacing.model import Goal, GoalKind, Late, Legs, Pacing, Runner, Standing
from domain.pacing.nearest import nearest
from domain.pacing.sections import by_sections, mixed
from domain.pacing.sparing import clipped, sparing
from domain.pacing.task import Gate, Task, task_of, up_to
from domain.pacing.taut import highest_even, least_effort, least_time
from domain.runs.recording import Floats

# Halvings of the search for the least peak where D′ binds, and how closely each is looked at.
PEAKS = 7
QUICK_LOOKS = 4


def solve(legs: Legs, runner: Runner, goal: Goal, standing: Standing = FRESH) -> Pacing:
    """The throttles that reach the goal best, and what comes of them.

    LEAST_TIME finishes soonest within the fatigue budget, D′ and the cut-offs; TARGET_TIME reaches the target at the
    least peak throttle, never under LEAST_THROTTLE; EVEN_EFFORT runs at the throttle that is given, whatever comes of
    it, else at the highest that budget and D′ allow. Where cut-offs or the target cannot be met, `late` says which, and
    the pacing is the nearest that can be done. Nothing is raised: a runner with nothing left goes on at LEAST_THROTTLE,
    and `budget_used_s` tells. The same every time.
    """
    target_s = goal.target_time_s if goal.kind is GoalKind.TARGET_TIME else None
    task = task_of(legs, runner, standing, target_s)
    if goal.kind is GoalKind.EVEN_EFFORT:
        highest_useful = float(np.max(task.highest_useful()))
        return task.paced(task.even(goal.throttle) if goal.throttle else np.minimum(_even(task), highest_useful))
    throttle = _soonest(task) if target_s is None else _least_effort(task)
    pacing = task.paced(np.minimum(throttle, task.highest_useful()))
    ahead = {gate.name for gate in task.gates}
    behind = tuple(late for late in pacing.late if late.name not in ahead)
    missed = [gate for gate in task.gates if _arrival_s(task, pacing, gate) > gate.cutoff_s + ON_TIME_S]
    return replace(pacing, late=behind + tuple(_late(task, pacing, gate) for gate in missed))


def _soonest(task: Task) -> Floats:
    """The throttles (m,) that finish soonest within budget, D′ and gates, or miss the gates by least."""
    levels = levels_of(task)
    throttle = least_time(task, levels)
    if throttle is None:
        task = nearest(task, levels)
        throttle = least_time(task, levels)
    if throttle is not None and task.d_prime_holds(throttle):
        return throttle
    ungated = task.with_gates(())
    free = least_time(ungated, levels)
    if free is None or not task.d_prime_holds(free):
        free = sparing(ungated, _even(ungated) if free is None else free)
    return free if task.in_time(free) else by_sections(task, free, _soonest)


def _least_effort(task: Task) -> Floats:
    """The throttles (m,) of least peak that meet the gates; where D′ binds too, about the least."""
    levels = levels_of(task)
    throttle = least_effort(task, levels_of(task, holding=False))
    if throttle is None:
        throttle = least_effort(task, levels)
    if throttle is None:
        task = nearest(task, levels)
        throttle = least_effort(task, levels)
    if throttle is not None and task.d_prime_holds(throttle):
        return throttle
    quick = _soonest(task)
    if throttle is None or not task.in_time(quick):
        return quick
    quick = _lower(task, float(np.max(throttle)), quick)
    return mixed(throttle, quick, lambda mix: task.allows(mix) and task.in_time(mix))


def _lower(task: Task, least: float, quick: Floats) -> Floats:
    """Throttles that are in time as `quick` is, with about the least peak; `least` is too low."""
    low, high, ungated = least, float(np.max(quick)), task.with_gates(())
    for _ in range(PEAKS):
        peak = (low + high) / 2
        lower = sparing(ungated, _even(ungated), most=peak, looks=QUICK_LOOKS)
        low, high, quick = (low, peak, lower) if task.in_time(lower) else (peak, high, quick)
    return quick


def _even(task: Task) -> Floats:
    """The highest throttle for all steps that budget and D′ allow, (m,)."""
    return clipped(task, highest_even(task, 0, task.budget_s))


def _late(task: Task, pacing: Pacing, gate: Gate) -> Late:
    """By how much a gate is missed: by its soonest arrival; or by this one, where only the others stand in its way."""
    ahead = up_to(task, gate.steps)
    arrival_s = _arrival_s(task, pacing, gate)
    soonest_s = min(ahead.paced(_even(ahead)).finish_s, arrival_s)
    late_s = soonest_s if soonest_s > gate.cutoff_s else arrival_s
    return Late(name=gate.name, cutoff_s=gate.cutoff_s, late_s=late_s - gate.cutoff_s)


def _arrival_s(task: Task, pacing: Pacing, gate: Gate) -> float:
    return float(pacing.end_s[task.starts[gate.steps] - 1])
