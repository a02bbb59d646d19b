"""What an athlete's runs of a year tell of how they pace themselves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.physiology.critical_speed import Effort
from domain.physiology.model import Physiology
from domain.runs.recording import Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PacingHistory:
    """One athlete before a day: the figures valid on it, if any, the fastest efforts of the 90 days before it, one for
    each distance, and the stretches of 365 days as parallel arrays of shape (m,), in the order of running them.

    `run` counts the runs from 0. `start_s` is since the run's start, `moving_s` without standing, `heart_rate` bpm with
    NaN where it was not recorded, `mean_grade` a ratio; 0 throughout in runs without altitudes.
    """

    physiology: Physiology | None
    efforts: tuple[Effort, ...]
    run: NDArray[np.int64]
    start_s: Floats
    start_m: Floats
    length_m: Floats
    moving_s: Floats
    mean_grade: Floats
    heart_rate: Floats
    walking: NDArray[np.bool_]
