"""The throttles of a course where D′ binds: short races, and climbs and cut-offs that ask for more than threshold."""

import numpy as np

from domain.pacing.forward import follow
from domain.pacing.model import Pacing
from domain.pacing.rations import Choices, choices_of, shared_out
from domain.pacing.task import LEAST_THROTTLE, MOST_THROTTLE, Task
from domain.pacing.taut import CLOSE, highest, highest_even
from domain.runs.recording import Floats

COARSE = np.geomspace(LEAST_THROTTLE, MOST_THROTTLE, 60)
STATES = 25
# Each finer look is taken at so many throttles and states around the last, three times as close.
FINER = 4
AROUND = np.linspace(-1.5, 1.5, 9)
# Halvings of the search for the price of the budget.
BIDS = 14


def paced(task: Task, throttle: Floats) -> Pacing:
    """The course of the task at one throttle for each step, (m,)."""
    return follow(task.legs, task.runner, throttle, task.standing)


def d_prime_holds(task: Task, throttle: Floats) -> bool:
    """Whether D′ is never overdrawn."""
    return bool(np.min(paced(task, throttle).d_prime_left_m) >= -CLOSE * max(task.runner.d_prime_m, 1.0))


def clipped(task: Task, throttle: Floats) -> Floats:
    """The throttles, none above the highest that D′ allows."""
    return np.minimum(throttle, highest(lambda most: d_prime_holds(task, np.minimum(throttle, most))))


def sparing(task: Task) -> Floats:
    """The throttles (m,) that finish soonest within budget and D′; gates are not looked at."""
    d_prime = task.runner.d_prime_m
    choices = choices_of(task, np.repeat(COARSE[:, None], task.steps, axis=1))
    lefts = np.tile(np.linspace(0, d_prime, STATES), (task.steps, 1))
    throttle = _affordable(task, choices, lefts)
    notch, state = COARSE[1] / COARSE[0] - 1, d_prime / (STATES - 1)
    for _ in range(FINER):
        around = np.clip(throttle * (1 + notch * AROUND[:, None]), LEAST_THROTTLE, MOST_THROTTLE)
        before = _left_before(task, throttle)
        lefts = np.clip(before[:, None] + state * np.linspace(-2, 2, 17), 0, d_prime)
        throttle = _affordable(task, choices_of(task, around), lefts)
        notch, state = notch / 3, state / 3
    return throttle
