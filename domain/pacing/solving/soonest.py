"""The soonest finish within budget, D′ and cut-offs."""

from domain.pacing.solving.levels import Levels, levels_of
from domain.pacing.solving.polish import polished
from domain.pacing.solving.reach import SURELY_NOT
from domain.pacing.solving.sections import by_sections
from domain.pacing.solving.sparing import clipped, sparing
from domain.pacing.solving.task import Task
from domain.pacing.solving.taut import highest_even, least_time
from domain.runs.recording import Floats


def soonest(task: Task, levels: Levels) -> Floats:
    """The throttles (m,) that finish soonest within budget, D′ and gates.

    Some gates are missed where they cannot all be met: by about the least that will do where D′ binds; where the budget
    is short, as if there were none.
    """
    throttle = least_time(task, levels)
    if throttle is not None and task.d_prime_holds(throttle):
        return throttle
    free = free_of(task, levels)
    if task.in_time(free) or levels.least_budget(task.gates) > SURELY_NOT * task.budget_s:
        return free
    pieced = by_sections(task, free, _pieced)
    if task.in_time(pieced):
        return pieced
    found = polished(task, pieced)
    return found if task.in_time(found) else polished(task, free, found)


def free_of(task: Task, levels: Levels) -> Floats:
    """The throttles (m,) that finish soonest within budget and D′; gates are not looked at."""
    ungated = task.with_gates(())
    free = least_time(ungated, levels)
    if free is not None and task.d_prime_holds(free):
        return free
    even = even_of(ungated)
    spared = sparing(ungated, even if free is None else free)
    return min(even, spared, key=lambda throttle: task.totals(throttle, 0, task.steps)[0])


def even_of(task: Task) -> Floats:
    """The highest throttle for all steps that budget and D′ allow, (m,)."""
    return clipped(task, highest_even(task, 0, task.budget_s))


def _pieced(task: Task) -> Floats:
    """About the soonest of a piece of a course, its gates met from the first on."""
    levels = levels_of(task)
    throttle = least_time(task, levels)
    if throttle is not None and task.d_prime_holds(throttle):
        return throttle
    free = free_of(task, levels)
    return free if task.in_time(free) else by_sections(task, free, _pieced)
