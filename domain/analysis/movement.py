"""Whether a runner ran, walked or stood, by cadence and speed."""

import numpy as np

from domain.analysis.model import Movement
from domain.runs.recording import Floats

STANDING_BELOW_M_PER_S = 0.5
RUNNING_FROM_M_PER_S = 2.0
NEVER_WALKED_M_PER_S = 3.0
RUNNING_FROM_SPM = 140.0


def movement_of(speed_m_per_s: Floats, cadence_spm: Floats) -> tuple[Movement, ...]:
    """How the runner got along on each stretch: two arrays of shape (m,) in, cadence of both legs or NaN.

    Below 0.5 m/s they stood. Between 1.9 and 3.0 m/s people do both (Baker, Long & Srinivasan 2025, arXiv 2501.00720),
    and up a climb they run slower still: there cadence tells, whose steps lie below 130 or above 150 a minute and
    hardly between. Where it is not known, 2.0 m/s is running.
    """
    told = np.isfinite(cadence_spm)
    stepping = np.where(told, cadence_spm >= RUNNING_FROM_SPM, speed_m_per_s >= RUNNING_FROM_M_PER_S)
    running = stepping | (speed_m_per_s >= NEVER_WALKED_M_PER_S)
    standing = speed_m_per_s < STANDING_BELOW_M_PER_S
    names = np.where(standing, Movement.STANDING, np.where(running, Movement.RUNNING, Movement.WALKING))
    return tuple(Movement(name) for name in names.tolist())
