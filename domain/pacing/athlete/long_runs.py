"""How an athlete tires beyond four hours: as runners do, drawn to their own long runs."""

import numpy as np
from numpy.typing import NDArray

from domain.pacing.athlete.sustained import LONG_SLOPE
from domain.pacing.model import LONG_S
from domain.runs.recording import Floats

# A long run counts unless one that took two thirds of its time or more was harder by so much of the throttle.
NEAR = 0.05
LIKE_LENGTH = 1.5
ROUNDS = 8
# One standard deviation: of runs above the line, of runs of eight hours and more below it (night, heat, feet), and of
# how sure the usual slope is. Cairn's own choice: one ultra of 17 hours goes some two thirds of the way from the usual
# slope to what it says. Shorter ones below the line say less, by the square of the time: many of them are training.
ABOVE = 0.06
BELOW = 0.08
HARDLY_EASY_S = 28_800.0
SLOPE_SCATTER = 0.1
SLOPE_BOUNDS = (0.1, 0.4)


def long_slope_of(
    held_s: Floats, throttle: Floats, at_four_hours: float, least: float
) -> tuple[float, NDArray[np.bool_]]:
    """By how much log throttle falls a log time beyond four hours, and which runs say so beside the usual, shape (n,).

    `held_s` and `throttle` are of runs of all lengths, shape (n,). The line goes through the throttle held for four
    hours, and through the hardest runs of like length: they say more the longer they are, for what is near four hours
    has no leverage. Least squares with other weights above the line than below it, drawn to the usual slope, never
    less steep than the line up to four hours (`least`).
    """
    told = _hardest(held_s, throttle)
    x, y = np.log(held_s[told] / LONG_S), np.log(throttle[told] / at_four_hours)
    slope, below = LONG_SLOPE, BELOW * np.maximum(1.0, (HARDLY_EASY_S / held_s[told]) ** 2)
    for _ in range(ROUNDS):
        weight = np.where(y > -slope * x, ABOVE, below) ** -2.0
        drawn = SLOPE_SCATTER**-2
        slope = float((LONG_SLOPE * drawn - (weight * x) @ y) / (drawn + (weight * x) @ x))
    return float(np.clip(slope, max(SLOPE_BOUNDS[0], least), SLOPE_BOUNDS[1])), told


def _hardest(held_s: Floats, throttle: Floats) -> NDArray[np.bool_]:
    """Runs of four hours and more beside which no run nearly as long, or longer, was clearly harder: shape (n,)."""
    long = np.flatnonzero(held_s >= LONG_S)
    rivals = np.where(held_s[long] * LIKE_LENGTH >= held_s[long, None], throttle[long], 0.0)
    hardest = np.zeros(held_s.size, dtype=np.bool_)
    hardest[long] = np.log(throttle[long]) >= np.log(rivals.max(axis=1, initial=1e-3)) - NEAR
    return hardest
