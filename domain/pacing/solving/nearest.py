"""What can still be done where cut-offs cannot be met together: all are missed by the least that will do."""

from domain.pacing.solving.levels import Levels
from domain.pacing.solving.task import Task
from domain.pacing.solving.taut import highest_even, least_effort

# How closely the least lateness is looked up, and how closely it is searched for around that, s.
LOOKED_UP_TO_S = 0.5
SEARCHED_TO_S = 0.05


def nearest(task: Task, levels: Levels) -> Task:
    """The task with its gates moved back by so little that budget and gates can be met.

    All are moved by the least largest lateness, no more than that of the highest even throttle; then, from the first
    on, those that can still be met are moved back to where they were.
    """
    even = highest_even(task, 0, task.budget_s)
    low, high = 0.0, max(0.0, *(task.late_s(even, gate) for gate in task.gates))
    while high - low > LOOKED_UP_TO_S:
        middle = (low + high) / 2
        within = levels.least_budget(_moved(task, middle).gates) <= task.budget_s
        low, high = (low, middle) if within else (middle, high)
    moved = _moved(task, _searched(task, levels, high))
    kept = _kept(task, moved, levels)
    return moved if least_effort(kept, levels) is None else kept


def _searched(task: Task, levels: Levels, about_s: float) -> float:
    """The least lateness at which budget and gates are met, from about what it is."""

    def met(late_s: float) -> bool:
        return least_effort(_moved(task, late_s), levels) is not None

    low, high, more = 0.0, about_s, LOOKED_UP_TO_S
    while high > 0 and met(low := max(high - more, 0.0)):
        high, more = low, 2 * more
    strolled_s, earliest_s = task.stroll[0], min(gate.moving_s for gate in task.gates)
    while high < strolled_s - earliest_s and not met(high):
        low, high, more = high, high + more, 2 * more
    while high - low > SEARCHED_TO_S:
        middle = (low + high) / 2
        low, high = (low, middle) if met(middle) else (middle, high)
    return high


def _kept(task: Task, moved: Task, levels: Levels) -> Task:
    for place, gate in enumerate(task.gates):
        kept = task.with_gates((*moved.gates[:place], gate, *moved.gates[place + 1 :]))
        moved = kept if levels.least_budget(kept.gates) <= task.budget_s else moved
    return moved


def _moved(task: Task, late_s: float) -> Task:
    return task.with_gates(gate.moved(late_s) for gate in task.gates)
