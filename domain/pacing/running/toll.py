"""What a metre of the course takes out of a runner, and how fast anyone goes there."""

from dataclasses import dataclass

import numpy as np

from domain.analysis.grade_cost import LEVEL_RUNNING_J_PER_KG_M, minetti_running_cost, minetti_walking_cost
from domain.pacing.model import Legs, Runner
from domain.runs.recording import Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Toll:
    """By cell, shape (n,): how many metres of level running a metre on the map counts for, running and walking, and the
    fastest there, m/s on the map."""

    running: Floats
    walking: Floats
    fastest_m_per_s: Floats


def toll_of(legs: Legs, runner: Runner) -> Toll:
    """The toll of every cell for this runner; all above 0.

    Minetti et al. 2002 (`domain.analysis.grade_cost`, |grade| ≤ 0.45, level beyond) over the cost of level running,
    times the runner's own e^own_cost(grade), the terrain's factor, and the √(1 + grade²) metres of slope to a metre on
    the map.
    """
    own = np.exp(np.interp(legs.grade, runner.own_cost.grade, runner.own_cost.value))
    slope = own * legs.terrain * np.sqrt(1 + legs.grade**2) / LEVEL_RUNNING_J_PER_KG_M
    return Toll(
        running=minetti_running_cost(legs.grade) * slope,
        walking=minetti_walking_cost(legs.grade) * slope,
        fastest_m_per_s=np.interp(legs.grade, runner.fastest_m_per_s.grade, runner.fastest_m_per_s.value),
    )
