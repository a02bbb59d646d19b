"""Whose steps a cadence counts: watches count those of one leg, some apps those of both."""

import numpy as np

from domain.runs.recording import Floats

RUNNING_ABOVE_M_PER_S = 2.0
# Runners take 140 to 200 steps a minute and quick walkers 110 to 135: half of a runner's is one leg's.
RUNNING_LEGS_SPM = 105.0
WALKING_LEGS_SPM = 75.0
# Fewer points above running speed are the scatter of a walk's positions.
RUNNING_SHARE = 0.1


def both_legs(cadence: Floats, speed_m_per_s: Floats) -> Floats:
    """Steps of both legs a minute; shapes (n,), NaN where unknown.

    The whole recording counts one way or the other: one leg's when the median while running (faster than 2 m/s) is
    below 105 or, of a recording that is walked, the median is below 75. Without a speed it is taken as running.
    """
    striding = cadence > 0
    running = striding & ((speed_m_per_s > RUNNING_ABOVE_M_PER_S) | ~np.isfinite(speed_m_per_s))
    if not striding.any():
        return cadence
    if running.sum() >= RUNNING_SHARE * striding.sum():
        return cadence * 2 if np.median(cadence[running]) < RUNNING_LEGS_SPM else cadence
    return cadence * 2 if np.median(cadence[striding]) < WALKING_LEGS_SPM else cadence
