"""How hard to push along a course, step by step, to reach a goal."""

from dataclasses import replace

from domain.pacing.forward import ON_TIME_S
from domain.pacing.levels import levels_of
from domain.pacing.model import Goal, GoalKind, Late, Legs, Pacing, Runner, Standing
from domain.pacing.nearest import nearest
from domain.pacing.sparing import clipped, d_prime_holds, paced, sparing
from domain.pacing.task import MOST_THROTTLE, Gate, Task, task_of, up_to
from domain.pacing.taut import highest_even, least_effort, least_time
from domain.runs.recording import Floats


def solve(legs: Legs, runner: Runner, goal: Goal, standing: Standing = Standing()) -> Pacing:
    """The throttles that reach the goal best, and what comes of them.

    LEAST_TIME finishes soonest within the fatigue budget, D′ and the cut-offs; TARGET_TIME reaches the target at the
    least peak throttle, never under LEAST_THROTTLE; EVEN_EFFORT runs at the throttle that is given, whatever comes of
    it, else at the highest that budget and D′ allow. Where cut-offs or the target cannot be met, `late` says which, and
    the pacing is the nearest that can be done. Nothing is raised: a runner with nothing left goes on at LEAST_THROTTLE,
    and `budget_used_s` tells. The same every time.
    """
    if goal.kind is GoalKind.EVEN_EFFORT:
        task = task_of(legs, runner, standing)
        return paced(task, task.even(goal.throttle) if goal.throttle else _even(task))
    target_s = goal.target_time_s if goal.kind is GoalKind.TARGET_TIME else None
    task = task_of(legs, runner, standing, target_s)
    pacing = paced(task, _throttles(task, to_spare=target_s is not None))
    missed = {gate.name for gate in task.gates}
    passed = tuple(late for late in pacing.late if late.name not in missed)
    return replace(pacing, late=passed + tuple(_late(task, pacing)))


def _throttles(task: Task, *, to_spare: bool = False) -> Floats:
    """What each step is run at: to finish soonest, or, `to_spare`, at the least peak that the gates allow."""
    levels = levels_of(task)
    pull = least_effort if to_spare else least_time
    throttle = pull(task, levels)
    if throttle is None:
        within = nearest(task, lambda moved: least_effort(moved, levels) is not None)
        throttle = pull(within, levels)
    if throttle is None:
        return _even(task)
    return throttle if d_prime_holds(task, throttle) else sparing(task, throttle, to_spare=to_spare)


def _even(task: Task) -> Floats:
    """The highest throttle for all steps that budget and D′ allow."""
    return clipped(task, highest_even(task, 0, task.budget_s))


def _late(task: Task, pacing: Pacing) -> list[Late]:
    """The gates that are missed, and by how much even the soonest arrival would miss them."""
    lates = []
    for gate in task.gates:
        arrival_s = float(pacing.end_s[task.starts[gate.steps] - 1])
        if arrival_s - gate.cutoff_s > ON_TIME_S:
            ahead = up_to(task, gate.steps)
            soonest_s = paced(ahead, _even(ahead)).finish_s
            late_s = soonest_s - gate.cutoff_s
            lates.append(
                Late(name=gate.name, cutoff_s=gate.cutoff_s, late_s=late_s if late_s > 0 else arrival_s - gate.cutoff_s)
            )
    return lates
