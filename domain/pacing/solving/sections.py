"""A course where D′ and cut-offs bind together: from one cut-off to the next."""

from collections.abc import Callable

import numpy as np

from domain.pacing.solving.task import CLOSE_S, Gate, Task, beyond, up_to
from domain.runs.recording import Floats

# Halvings of the search for a mixture.
HALVINGS = 30


def by_sections(task: Task, free: Floats, soonest: Callable[[Task], Floats]) -> Floats:
    """The throttles (m,) of a course where `free`, the best without gates, is late at one.

    Up to the gate that it misses by most they are mixed of `free` and the soonest arrival there, with as much of `free`
    as the gate allows; the rest is solved anew with what is left. Feasible where it can be, and close to the best.
    """
    gate = max(task.gates, key=lambda gate: task.late_s(free, gate))
    first = _reaching(task, free, gate, soonest)
    while missed := [passed for passed in task.gates if passed.steps < gate.steps and _misses(task, first, passed)]:
        gate = missed[0]
        first = _reaching(task, free, gate, soonest)
    if gate.steps == task.steps:
        return first
    return np.concatenate((first, soonest(beyond(task, gate.steps, first))))


def mixed(slow: Floats, quick: Floats, allowed: Callable[[Floats], bool]) -> Floats:
    """As much of the slow throttles as is allowed, mixed with the quick ones by their times; at worst the quick ones.

    Times mix in a straight line where speed follows power, D′ falls in one, and the budget is convex in it: between two
    pacings that hold, the mixtures do.
    """
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if allowed(_mixture(slow, quick, middle)) else (middle, high)
    return _mixture(slow, quick, high)


def _mixture(slow: Floats, quick: Floats, share: float) -> Floats:
    return np.asarray(1 / ((1 - share) / slow + share / quick))


def _reaching(task: Task, free: Floats, gate: Gate, soonest: Callable[[Task], Floats]) -> Floats:
    """What to run up to the gate, (steps,): in time where that can be."""
    ahead = up_to(task, gate.steps)
    return mixed(
        free[: gate.steps],
        soonest(ahead),
        lambda throttle: ahead.late_s(throttle, gate) <= CLOSE_S and ahead.allows(throttle),
    )


def _misses(task: Task, first: Floats, gate: Gate) -> bool:
    return up_to(task, gate.steps).late_s(first[: gate.steps], gate) > CLOSE_S
