"""Which fatigue a plan goes by: that of up to four hours, or the steeper one beyond."""

from dataclasses import replace

import numpy as np

from domain.pacing.model import LONG_S, Goal, Legs, Pacing, Runner
from domain.pacing.running.forward import follow
from domain.pacing.solving.solver import solve
from domain.runs.recording import Floats

# A budget of which so much is used binds; else how long it takes decides.
BINDING = 0.99


def solve_lasting(legs: Legs, runner: Runner, goal: Goal) -> tuple[Runner, Pacing]:
    """The whole course solved from its start, and the runner with the fatigue that it was solved by.

    Up to four hours the throttle that can be held falls by one line, beyond by a steeper one that meets it there, so
    that the lower of the two always holds: the course is solved by the line that allows less. So times are continuous
    where the one takes over from the other, and neither a longer course nor less of a runner is ever quicker. Where
    neither line binds, the time on foot decides.
    """
    long = _for_long(runner)
    if long is None:
        return runner, solve(legs, runner, goal)
    if _takes_long(legs, runner):
        return long, solve(legs, long, goal)
    pacing = solve(legs, runner, goal)
    if _spent_s(legs, pacing, long) > long.fatigue_budget_s or _is_long_and_easy(legs, pacing, runner):
        return long, solve(legs, long, goal)
    return runner, pacing


def _for_long(runner: Runner) -> Runner | None:
    """The runner of more than four hours; None where nothing else is known of that."""
    if runner.long_exponent is None or runner.long_budget_s is None or runner.holds_long:
        return None
    return replace(runner, fatigue_exponent=runner.long_exponent, fatigue_budget_s=runner.long_budget_s)


def _takes_long(legs: Legs, runner: Runner) -> bool:
    """Whether the throttle of four hours would have to be held for longer."""
    held = (runner.fatigue_budget_s / LONG_S) ** (1 / runner.fatigue_exponent)
    even = np.full(int(legs.step[-1]) + 1, held)
    return follow(legs, runner, even).budget_used_s > runner.fatigue_budget_s


def _spent_s(legs: Legs, pacing: Pacing, runner: Runner) -> float:
    """What the pacing takes of a runner's fatigue budget, s."""
    return float(_seconds(legs, pacing) @ pacing.used_throttle**runner.fatigue_exponent)


def _is_long_and_easy(legs: Legs, pacing: Pacing, runner: Runner) -> bool:
    return pacing.budget_used_s < BINDING * runner.fatigue_budget_s and _seconds(legs, pacing).sum() > LONG_S


def _seconds(legs: Legs, pacing: Pacing) -> Floats:
    return legs.length_m / pacing.speed_m_per_s
