"""What can still be done where a cut-off cannot be met: the pacing that is late by the least anywhere."""

from collections.abc import Callable
from dataclasses import replace

from domain.pacing.task import LEAST_THROTTLE, Task

# How closely the least lateness is searched for, s.
SEARCHED_TO_S = 0.1


def nearest(task: Task, feasible: Callable[[Task], bool]) -> Task:
    """The task with its gates moved back by so little that `feasible` says it can be done.

    All are moved by the least largest lateness; then, from the first on, those that can still be met stay where they
    were.
    """
    strolled = [task.totals(task.even(LEAST_THROTTLE), 0, gate.steps)[0] for gate in task.gates]
    most = max(0.0, *(seconds - gate.moving_s for seconds, gate in zip(strolled, task.gates, strict=True)))
    low, high = 0.0, most + SEARCHED_TO_S
    while high - low > SEARCHED_TO_S / 2:
        middle = (low + high) / 2
        low, high = (low, middle) if feasible(_moved(task, middle)) else (middle, high)
    moved = _moved(task, high)
    for place, gate in enumerate(task.gates):
        kept = task.with_gates((*moved.gates[:place], gate, *moved.gates[place + 1 :]))
        moved = kept if feasible(kept) else moved
    return moved


def _moved(task: Task, late_s: float) -> Task:
    return task.with_gates(replace(gate, moving_s=gate.moving_s + late_s) for gate in task.gates)
