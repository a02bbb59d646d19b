"""How D′ and the budget are best shared out among the steps: what a short race turns on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.pacing.running.forward import waits_before
from domain.pacing.running.reserve import Balance, after, kept_and_gained
from domain.pacing.running.speeds import speeds_for
from domain.pacing.solving.task import Task
from domain.runs.recording import Floats

# The cost of a choice that may not be: more than any course takes.
NEVER = 1e15
# What is even is easier to keep: a second at throttle u counts for 1 + EVENNESS · u².
EVENNESS = 1e-4


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Choices:
    """What a choice of throttles for every step comes to, each of shape (u, m): moving seconds, budget, what it makes
    of D′, and the D′ that must be left before it."""

    throttle: Floats
    seconds: Floats
    spent: Floats
    balance: Balance
    needed_m: Floats


def choices_of(task: Task, throttle: Floats) -> Choices:
    """The choices of throttles of shape (u, m)."""
    speeds = speeds_for(task.toll, task.runner, throttle[:, task.legs.step])
    seconds = task.legs.length_m / speeds.speed_m_per_s
    spent = seconds * speeds.used_throttle**task.runner.fatigue_exponent
    maps = _from_step_starts(task, speeds.used_throttle, seconds)
    last = task.starts[1:] - 1
    return Choices(
        throttle=throttle,
        seconds=np.add.reduceat(seconds, task.starts[:-1], axis=1),
        spent=np.add.reduceat(spent, task.starts[:-1], axis=1),
        balance=Balance(maps.kept[:, last], maps.gained[:, last]),
        needed_m=np.maximum.reduceat(-maps.gained / np.maximum(maps.kept, 1e-30), task.starts[:-1], axis=1),
    )


def shared_out(task: Task, choices: Choices, lefts: Floats, price: float) -> NDArray[np.int64]:
    """Which choice (m,) for every step takes the least of seconds + `price` · budget, D′ never overdrawn.

    Dynamic programming over the D′ left before each step: `lefts` (x,), rising from 0, are the states that it
    looks at; between them it interpolates. The way forward is exact.
    """
    cost = choices.seconds * (1 + EVENNESS * choices.throttle**2) + price * choices.spent
    ahead = np.zeros((task.steps, lefts.size))
    for step in range(task.steps - 1, 0, -1):
        ahead[step] = np.min(_costs(choices, cost, ahead, lefts, step, lefts), axis=0)
    best, left = np.empty(task.steps, dtype=np.int64), np.array([task.d_prime_at_start])
    for step in range(task.steps):
        best[step] = np.argmin(_costs(choices, cost, ahead, lefts, step, left))
        left = choices.balance.kept[best[step], step] * left + choices.balance.gained[best[step], step]
    return best


def _costs(choices: Choices, cost: Floats, ahead: Floats, lefts: Floats, step: int, left: Floats) -> Floats:
    """What every choice for a step costs to the finish, from each state: (u, x)."""
    costs = np.repeat(cost[:, step, None], left.size, axis=1)
    if step + 1 < ahead.shape[0]:
        then = choices.balance.kept[:, step, None] * left + choices.balance.gained[:, step, None]
        costs += np.interp(then, lefts, ahead[step + 1])
    costs[left < choices.needed_m[:, step, None] - 1e-9] = NEVER
    return costs


def _from_step_starts(task: Task, used: Floats, seconds: Floats) -> Balance:
    """What the cells from the start of their step make of D′, each with the stop before it: (u, n)."""
    stood = kept_and_gained(task.runner, np.zeros(1), waits_before(task.legs))
    maps = after(kept_and_gained(task.runner, used, seconds), stood)
    starts, counts = task.starts[:-1], np.diff(task.starts)
    for place in range(1, int(np.max(counts))):
        cells = starts[counts > place] + place
        both = after(Balance(*(part[:, cells] for part in maps)), Balance(*(part[:, cells - 1] for part in maps)))
        maps.kept[:, cells], maps.gained[:, cells] = both
    return maps
