"""The throttles of a course where only the budget and the gates bind: as even as the gates allow."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
from scipy.optimize import brentq

from domain.pacing.solving.levels import SCALE, Levels
from domain.pacing.solving.task import CLOSE, CLOSE_S, LEAST_THROTTLE, MOST_THROTTLE, Gate, Task
from domain.runs.recording import Floats

# Halvings of a search for a throttle: to about 1e-9 of it.
HALVINGS = 34
# A gate that asks for less than this share of what another asks for does not bind before it.
NEARLY = 0.98
# Runners are asked to hold steps back for at least this share of the time: even is easier to keep.
WORTH_HOLDING = 1e-4

# The throttles (m,) that the steps from one on may be run at with what is left of the budget, the quickest first.
Rest = Callable[[int, float], Iterable[Floats]]


def least_time(task: Task, levels: Levels) -> Floats | None:
    """The throttles (m,) that finish soonest within budget and gates; None when nothing meets the gates within budget.

    Without gates, and with speed following power, the problem is convex in the times of the steps: a second saved costs
    (p − 1)·u^p of the budget whatever the grade, so that one throttle makes the best of it. The gate that asks for most
    is met by one throttle up to it, where that is more than the even one; then the rest anew: a string pulled taut.
    """
    return _pulled(task, levels, lambda first, left: _spending(task, levels, first, left))


def least_effort(task: Task, levels: Levels) -> Floats | None:
    """The throttles (m,) of least peak that meet the gates, lower after a gate where that will do.

    They take least of every budget Σ seconds · u^p, so that None means: nothing meets the gates within budget.
    """
    return _pulled(task, levels, lambda *_: [task.even(LEAST_THROTTLE)])


def highest_even(task: Task, first: int, left: float, held: Floats | float = np.inf) -> Floats:
    """The highest even throttle (m,) that so much budget allows from the step `first` on; no step above `held`."""

    def beyond(throttle: float) -> float:
        """In throttle, not in its power: nearly a straight line, found in few looks."""
        spent = task.totals(np.minimum(task.even(throttle), held), first, task.steps)[1]
        return float((spent / left) ** (1 / task.runner.fatigue_exponent)) - 1

    even = LEAST_THROTTLE
    if left > 0 and beyond(MOST_THROTTLE) <= 0:
        even = MOST_THROTTLE
    elif left > 0 and beyond(LEAST_THROTTLE) < 0:
        even = brentq(beyond, LEAST_THROTTLE, MOST_THROTTLE, xtol=CLOSE) - CLOSE
    return np.asarray(np.minimum(task.even(even), held))


def _pulled(task: Task, levels: Levels, rest: Rest) -> Floats | None:
    throttle = np.full(task.steps, LEAST_THROTTLE)
    first, gone, left = 0, 0.0, task.budget_s
    while first < task.steps:
        tail = next((tail for tail in rest(first, left) if _in_time(task, tail, first, gone)), None)
        if tail is not None:
            throttle[first:] = tail[first:]
            break
        gate, asked = _most_asking(task, levels, first, gone)
        if gate is None or not np.isfinite(asked).all():
            return None
        throttle[first : gate.steps] = asked[first : gate.steps]
        seconds, spent = task.totals(throttle, first, gate.steps)
        first, gone, left = gate.steps, gone + seconds, left - spent
    return throttle if task.within_budget(throttle) and task.in_time(throttle) else None


def _spending(task: Task, levels: Levels, first: int, left: float) -> Iterator[Floats]:
    """The even throttle that uses up the budget, and ahead of it what is quicker by holding some steps back."""
    even = highest_even(task, first, left)
    around = int(np.searchsorted(SCALE, even[0]))
    masks = {mask.tobytes(): mask for mask in levels.held[max(around - 2, 0) : around + 6] if np.isfinite(mask).any()}
    tails = [highest_even(task, first, left, mask) for mask in masks.values()]
    timed = sorted(((task.totals(tail, first, task.steps)[0], tail) for tail in tails), key=lambda pair: pair[0])
    worth = (1 - WORTH_HOLDING) * task.totals(even, first, task.steps)[0]
    yield from (tail for seconds, tail in timed if seconds < worth)
    yield even


def _in_time(task: Task, throttle: Floats, first: int, gone: float, end: int | None = None) -> bool:
    """Whether throttles (m,) reach every gate from the step `first` on in time; only those up to `end`, if told."""
    until_s = task.until_s(throttle)
    ahead = [gate for gate in task.gates if first < gate.steps <= (end or task.steps)]
    return all(gone + until_s[gate.steps] - until_s[first] <= gate.moving_s + CLOSE_S for gate in ahead)


def _most_asking(task: Task, levels: Levels, first: int, gone: float) -> tuple[Gate | None, Floats]:
    """The gate ahead that asks for most pressure from here, and throttles (m,) that reach it in time for least budget.

    None where a gate cannot be reached in time.
    """
    ahead = [gate for gate in task.gates if gate.steps > first]
    about = [levels.pressure_for(gate.moving_s - gone, first, gate.steps) for gate in ahead]
    if not np.isfinite(max(about, default=np.inf)):
        return None, task.even(MOST_THROTTLE)
    near = [(gate, pressure) for gate, pressure in zip(ahead, about, strict=True) if pressure >= NEARLY * max(about)]
    helds = [levels.held_at(pressure) for _, pressure in near]
    asked = [_throttle_for(task, first, gate, held, gone) for (gate, _), held in zip(near, helds, strict=True)]
    most = max(range(len(near)), key=lambda place: (asked[place], near[place][0].steps))
    gate = near[most][0]
    options = [np.minimum(task.even(asked[most]), helds[most])]
    if np.isfinite(helds[most][first : gate.steps]).any():
        options.append(task.even(_throttle_for(task, first, gate, np.inf, gone)))
    fit = [option for option in options if _in_time(task, option, first, gone, gate.steps)]
    return gate, min(fit or options, key=lambda throttle: task.totals(throttle, first, gate.steps)[1])


def _throttle_for(task: Task, first: int, gate: Gate, held: Floats | float, gone: float) -> float:
    """The least throttle that reaches a gate in time from a step on; inf where none does."""

    def late(slowness: float) -> float:
        throttle = np.minimum(task.even(1 / slowness), held)
        return gone + task.totals(throttle, first, gate.steps)[0] - gate.moving_s

    if late(1 / LEAST_THROTTLE) <= 0:
        return LEAST_THROTTLE
    if late(1 / MOST_THROTTLE) > 0:
        return np.inf
    return float(1 / brentq(late, 1 / MOST_THROTTLE, 1 / LEAST_THROTTLE, xtol=CLOSE))


def highest(allowed: Callable[[float], bool]) -> float:
    """The highest throttle that is allowed, where every lower one is; the least one if none is."""
    low, high = LEAST_THROTTLE, MOST_THROTTLE
    if allowed(high):
        return high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if allowed(middle) else (low, middle)
    return low
