"""How hard a heart works along a course: on descents harder than the metabolism."""

import numpy as np

from domain.analysis.grade_cost import grade_factor
from domain.analysis.model import GradeModel
from domain.pacing.model import Legs, Pacing, Runner
from domain.runs.recording import Floats


def heart_throttle_over(legs: Legs, pacing: Pacing, runner: Runner) -> Floats:
    """The throttle at which a heart beats as fast on the level, for every cell, (n,).

    On the level, uphill and walking it is the throttle that is used. Running down is cheap for the metabolism, but not
    for the heart: there it is speed · f(grade) · terrain / critical speed, where f says how many level metres a metre
    of slope counts for at the same heart rate (`domain.analysis.grade_cost`, HEART_RATE, for |grade| ≤ 0.45). The own
    cost is left out of it: that is one of the metabolism.
    """
    factor = grade_factor(legs.grade, GradeModel.HEART_RATE) * legs.terrain
    running = pacing.speed_m_per_s * factor / runner.critical_speed_m_per_s
    return np.where((legs.grade < 0) & ~pacing.walking, running, pacing.used_throttle)
