"""What can still be done where a cut-off cannot be met: the pacing that is late by the least anywhere."""

from collections.abc import Callable

from domain.pacing.task import Task
from domain.pacing.taut import highest_even

# How closely the least lateness is searched for, s.
SEARCHED_TO_S = 0.5


def nearest(task: Task, feasible: Callable[[Task], bool]) -> Task:
    """The task with its gates moved back by so little that `feasible` says it can be done.

    All are moved by the least largest lateness, no more than that of the highest even throttle; then, from the first
    on, those that can still be met are moved back to where they were.
    """
    even = highest_even(task, 0, task.budget_s)
    low, high = 0.0, max(0.0, *(task.late_s(even, gate) for gate in task.gates)) + SEARCHED_TO_S
    while high - low > SEARCHED_TO_S / 2:
        middle = (low + high) / 2
        low, high = (low, middle) if feasible(_moved(task, middle)) else (middle, high)
    moved = _moved(task, high)
    for place, gate in enumerate(task.gates):
        kept = task.with_gates((*moved.gates[:place], gate, *moved.gates[place + 1 :]))
        moved = kept if feasible(kept) else moved
    return moved


def _moved(task: Task, late_s: float) -> Task:
    return task.with_gates(gate.moved(late_s) for gate in task.gates)
