"""The least peak that reaches a target where D′ binds."""

import numpy as np

from domain.pacing.solving.sections import mixed
from domain.pacing.solving.soonest import even_of
from domain.pacing.solving.sparing import sparing
from domain.pacing.solving.task import LEAST_THROTTLE, Task
from domain.runs.recording import Floats

# Halvings of the search for the least peak, and how closely each is looked at.
PEAKS = 7
QUICK_LOOKS = 4


def lower(task: Task, slow: Floats | None, quick: Floats) -> Floats:
    """Throttles (m,) that are in time as `quick` is, with about the least peak.

    `slow` would be right if D′ were no matter; None where even that does not find how to be in time.
    """
    low, high, ungated = (
        LEAST_THROTTLE if slow is None else float(np.max(slow)),
        float(np.max(quick)),
        task.with_gates(()),
    )
    for _ in range(PEAKS):
        peak = (low + high) / 2
        pressed = sparing(ungated, even_of(ungated), most=peak, looks=QUICK_LOOKS)
        low, high, quick = (low, peak, pressed) if task.in_time(pressed) else (peak, high, quick)
    if slow is None:
        return quick
    return mixed(slow, quick, lambda mix: task.allows(mix) and task.in_time(mix))
