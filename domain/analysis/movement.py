"""Whether a runner ran, walked or stood, by cadence and speed, and which legs a cadence counted."""

import numpy as np

from domain.analysis.model import Movement
from domain.runs.recording import Floats

STANDING_BELOW_M_PER_S = 0.5
RUNNING_FROM_M_PER_S = 2.0
NEVER_WALKED_M_PER_S = 3.0
RUNNING_FROM_SPM = 140.0

FEWEST_POINTS = 10
# Faster than the first, both legs make at least the second.
BOTH_LEGS = ((2.0, 100.0), (1.0, 70.0))


def both_legs(cadence_spm: Floats, speed_m_per_s: Floats) -> Floats:
    """Cadence as steps of both legs a minute, NaN where unknown: doubled throughout when only one leg was counted.

    Both arrays have shape (n,), the points of one run. Both legs make 150–190 steps a minute in running and 90–130 in
    walking (Tudor-Locke et al. 2019, doi 10.1186/s12966-019-0769-6), so a median below 100 at over 2 m/s, or below 70
    at over 1 m/s, counted one leg. It takes ten points to judge. Zeros are feet that stand still and tell nothing.
    """
    for faster_than_m_per_s, at_least_spm in BOTH_LEGS:
        telling = cadence_spm[(cadence_spm > 0) & (speed_m_per_s > faster_than_m_per_s)]
        if telling.size >= FEWEST_POINTS:
            return cadence_spm * 2 if float(np.median(telling)) < at_least_spm else cadence_spm
    return cadence_spm


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
