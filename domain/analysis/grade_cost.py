"""What a slope costs a runner: energy by Minetti, and how many level metres a metre of slope counts for."""

import numpy as np

from domain.analysis.model import GradeModel
from domain.runs.recording import Floats

STEEPEST = 0.45
LEVEL_RUNNING_J_PER_KG_M = 3.6

# Percent of grade and the level metres that a metre counts for, in the order of the grade.
HEART_RATE_TABLE = np.array(
    [
        (-45, 2.096),
        (-30, 1.495),
        (-25, 1.273),
        (-20, 1.081),
        (-15, 0.941),
        (-10, 0.876),
        (-8, 0.876),
        (-6, 0.891),
        (-4, 0.918),
        (-2, 0.960),
        (0, 1.0),
        (2, 1.055),
        (4, 1.135),
        (6, 1.228),
        (8, 1.337),
        (10, 1.459),
        (15, 1.846),
        (20, 2.297),
        (25, 2.727),
        (30, 3.158),
        (45, 4.286),
    ]
)
TABLE_GRADES = HEART_RATE_TABLE[:, 0] / 100
TABLE_FACTORS = HEART_RATE_TABLE[:, 1]


def minetti_running_cost(grade: Floats) -> Floats:
    """Energy of running, J per kg and metre: any shape in, the same shape out; `grade` is a ratio.

    Minetti et al. 2002, J Appl Physiol 93:1039, doi 10.1152/japplphysiol.01177.2001, measured for |grade| ≤ 0.45;
    beyond, the cost at 0.45. The metre is one along the slope: a metre on the map is √(1 + grade²) of them.
    """
    return _polynomial((155.4, -30.4, -43.3, 46.3, 19.5, LEVEL_RUNNING_J_PER_KG_M), grade)


def minetti_walking_cost(grade: Floats) -> Floats:
    """Energy of walking, J per kg and metre along the slope: shapes, source and range as `minetti_running_cost`.

    The polynomial lies below the one of running at every grade: it tells what walking costs, not when to walk.
    """
    return _polynomial((280.5, -58.7, -76.8, 51.9, 19.6, 2.5), grade)


def grade_factor(grade: Floats, model: GradeModel) -> Floats:
    """How many level metres a metre of this grade counts for: any shape in, the same out; 1 on the level.

    HEART_RATE: level and sloped running at the same heart rate, the model behind Strava's grade-adjusted pace (Robb
    2017) as probed publicly, interpolated in its table. MINETTI: the energy of running, as a ratio to the level. Both
    are known for |grade| ≤ 0.45, and stay at their end values beyond. They apply to metres as a track counts them, on
    the map: √(1 + grade²), 1.1 % at a grade of 15 %, is left out of both.
    """
    if model is GradeModel.MINETTI:
        return np.asarray(minetti_running_cost(grade) / LEVEL_RUNNING_J_PER_KG_M)
    return np.asarray(np.interp(grade, TABLE_GRADES, TABLE_FACTORS))


def _polynomial(coefficients: tuple[float, ...], grade: Floats) -> Floats:
    """The cost at a grade, at the end of the measured range beyond it; highest power first."""
    return np.asarray(np.polyval(coefficients, np.clip(grade, -STEEPEST, STEEPEST)), dtype=np.float64)
