"""Which cut-offs are out of reach, whatever becomes of the rest, and when they could be reached at the soonest."""

from collections.abc import Callable

import numpy as np

from domain.pacing.running.forward import ON_TIME_S
from domain.pacing.solving.levels import Levels
from domain.pacing.solving.polish import polished
from domain.pacing.solving.task import Gate, Task, up_to
from domain.runs.recording import Floats

# By so much the levels may err of what budget a gate takes.
SURELY_ENOUGH = 0.97
SURELY_NOT = 1.03
# So many arrivals are told in words: these are looked up exactly, further ones to about a thousandth.
EXACT = 3
# D′ that is run down to so little of it holds the runner back.
BINDING = 0.01
# So short a way, some ten kilometres, is looked at closely in any case.
FEW_CELLS = 400

Soonest = Callable[[Task, Levels], Floats]


def out_of_reach(task: Task, levels: Levels, soonest: Soonest) -> dict[Gate, float]:
    """The gates that cannot be reached in time even alone, in the order of the course, each with the soonest moving
    seconds; `soonest` answers the quickest throttles of a course without gates."""
    missed: dict[Gate, float] = {}
    for gate in task.gates:
        if _is_easy(task, levels, gate):
            continue
        if len(missed) >= EXACT and levels.least_budget([gate]) > SURELY_NOT * task.budget_s:
            missed[gate] = max(levels.soonest_s(task.budget_s, gate.steps), gate.moving_s)
        elif (moving_s := soonest_s(task, levels, gate.steps, soonest)) > gate.moving_s + ON_TIME_S:
            missed[gate] = moving_s
    return missed


def soonest_s(task: Task, levels: Levels, steps: int, soonest: Soonest) -> float:
    """The least moving seconds up to the end of a step, no matter how slow the rest becomes."""
    ahead = up_to(task, steps)
    throttle = soonest(ahead, levels.up_to(steps))
    if ahead.legs.step.size <= FEW_CELLS or _runs_down(ahead, throttle):
        throttle = polished(ahead, throttle)
    return ahead.totals(throttle, 0, steps)[0]


def _is_easy(task: Task, levels: Levels, gate: Gate) -> bool:
    """Whether the gate is reached at threshold and below, and well within budget."""
    needed = levels.least_budget([gate])
    return needed <= SURELY_ENOUGH * task.budget_s and levels.pressure_for(gate.moving_s, 0, gate.steps) <= 1


def _runs_down(task: Task, throttle: Floats) -> bool:
    """Whether D′ is all but used up on the way."""
    return bool(np.min(task.paced(throttle).d_prime_left_m) < BINDING * task.runner.d_prime_m)
