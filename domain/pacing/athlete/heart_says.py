"""What a heart rate says of the effort."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from domain.analysis.model import WARM_UP_S
from domain.runs.recording import Floats

FOLLOWS_FROM = 0.25
FEWEST_STRETCHES = 10
LEAST_BEATS = 20.0


def log_effort(
    run: NDArray[np.int64], start_s: Floats, level_m_per_s: Floats, heart_rate: Floats, resting_heart_rate: float
) -> Floats:
    """log(heart rate − rest) of each stretch beside its run's mean, shape (m,) as all that is given; 0 where it says
    nothing.

    Metabolic power and heart rate above rest go together (Swain & Leutholtz 1997, Med Sci Sports Exerc 29:410). It is
    heeded in runs of at least ten stretches with a heart rate after the first five minutes, where it follows the speed
    made level by Minetti: correlation from 0.25 on, both without their trend over the run.
    """
    known = np.isfinite(heart_rate) & (start_s >= WARM_UP_S)
    told = _Told(run, known, start_s)
    beats = np.log(np.maximum(np.nan_to_num(heart_rate, nan=resting_heart_rate) - resting_heart_rate, LEAST_BEATS))
    heart, effort = told.without_trend(beats), told.without_trend(np.log(level_m_per_s))
    together, own, other = (np.bincount(run, weights=both) for both in (heart * effort, heart**2, effort**2))
    heeded = (together >= FOLLOWS_FROM * np.sqrt(own * other)) & (own > 0)
    heeded &= np.bincount(run, weights=known) >= FEWEST_STRETCHES
    return np.where(heeded[run], told.centred(beats), 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """The stretches that count, shape (m,), and of which run, and when."""

    run: NDArray[np.int64]
    known: NDArray[np.bool_]
    start_s: Floats

    def centred(self, values: Floats) -> Floats:
        """Without the mean of each run; 0 where not known."""
        total = np.maximum(np.bincount(self.run, weights=self.known), 1)
        mean = np.bincount(self.run, weights=np.where(self.known, values, 0.0)) / total
        return np.where(self.known, values - mean[self.run], 0.0)

    def without_trend(self, values: Floats) -> Floats:
        """Without the mean and the straight trend with time of each run; 0 where not known."""
        time, level = self.centred(self.start_s), self.centred(values)
        spread = np.maximum(np.bincount(self.run, weights=time**2), 1.0)
        return np.asarray(level - (np.bincount(self.run, weights=time * level) / spread)[self.run] * time)
