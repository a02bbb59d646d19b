"""The throttles of a course where D′ binds: short races, and climbs and cut-offs that ask for more than threshold."""

import numpy as np

from domain.pacing.running.reserve import LEAST_D_PRIME_M
from domain.pacing.solving.rations import Choices, choices_of, shared_out
from domain.pacing.solving.task import LEAST_THROTTLE, MOST_THROTTLE, Task
from domain.pacing.solving.taut import highest
from domain.runs.recording import Floats

COARSE = np.geomspace(LEAST_THROTTLE, MOST_THROTTLE, 60)
STATES = 65
# Looks that are taken, each at throttles around the last, three times as close.
LOOKS = 6
AROUND = np.linspace(-1.5, 1.5, 9)
# Runners are asked to vary their effort for at least this share of the time: even is easier to keep.
WORTH_SHARING = 1e-4
# Halvings of the search for the price of the budget.
BIDS = 14


def clipped(task: Task, throttle: Floats) -> Floats:
    """The throttles, none above the highest that D′ allows."""
    return np.minimum(throttle, highest(lambda most: task.d_prime_holds(np.minimum(throttle, most))))


def sparing(task: Task, throttle: Floats, *, most: float = MOST_THROTTLE, looks: int = LOOKS) -> Floats:
    """The throttles (m,), none above `most`, that finish soonest within budget and D′; gates are not looked at.

    To some 0.01 % with all `looks`. `throttle` (m,) is best as far as the budget goes. Where
    nothing is won by it, they are as even as that.
    """
    even = clipped(task, np.minimum(throttle, most))
    shared = _shared_out(task, even, most, looks)
    filled = np.minimum(shared * highest(lambda times: task.allows(np.minimum(shared * times, most))), most)
    worth = (1 - WORTH_SHARING) * task.totals(even, 0, task.steps)[0]
    return filled if task.allows(filled) and task.totals(filled, 0, task.steps)[0] < worth else even


def _shared_out(task: Task, even: Floats, most: float, looks: int) -> Floats:
    """First among throttles from a stroll to a sprint, then ever closer around the last; the quickest of all looks.

    What lies between two states is guessed, so that a closer look may find less.
    """
    throttle, notch = even, COARSE[1] / COARSE[0] - 1
    coarse = np.repeat(np.minimum(COARSE, most)[:, None], task.steps, axis=1)
    choices = choices_of(task, np.concatenate((coarse, even[None])))
    looked = []
    for _ in range(looks):
        throttle = _affordable(task, choices, throttle)
        looked.append((task.totals(throttle, 0, task.steps)[0], throttle))
        around = np.clip(throttle * (1 + notch * AROUND[:, None]), LEAST_THROTTLE, most)
        choices, notch = choices_of(task, around), notch / 3
    return min(looked, key=lambda look: look[0])[1]


def _affordable(task: Task, choices: Choices, otherwise: Floats) -> Floats:
    """The best of the choices that is within budget; the price of the budget is bid for.

    It is the one at which a throttle R is right where speed follows power: 1 / ((p − 1)·R^p).
    """
    exponent, every = task.runner.fatigue_exponent, np.arange(task.steps)
    lefts = np.linspace(0, max(task.runner.d_prime_m, LEAST_D_PRIME_M), STATES)
    low, high, found = np.log(LEAST_THROTTLE), np.log(MOST_THROTTLE), otherwise
    for bid in range(BIDS):
        pressure = (low + high) / 2 if bid else high
        best = shared_out(task, choices, lefts, float(np.exp(-exponent * pressure)) / (exponent - 1))
        if np.sum(choices.spent[best, every]) <= task.budget_s:
            low, found = pressure, choices.throttle[best, every]
        else:
            high = pressure
        if low == high:
            break
    return found
