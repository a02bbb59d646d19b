"""An athlete's stretches, made ready to learn from: what they are worth on the level, run or walked."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from domain.analysis.grade_cost import (
    LEVEL_RUNNING_J_PER_KG_M,
    minetti_running_cost,
    minetti_walking_cost,
)
from domain.pacing.athlete.heart_says import log_effort
from domain.pacing.athlete.history import PacingHistory
from domain.runs.recording import Floats

SHORTEST_M = 20.0
BELIEVED_M_PER_S = (0.2, 9.0)
STEEPEST = 0.6
GENTLE = 0.05
# So many stretches tell as much as more of them would, and a plan is waited for.
LEARNED_FROM = 8_000


@dataclass(frozen=True, slots=True, eq=False)
class Ran:
    """Stretches that can be believed, shape (m,), in the order of running; `run` counts from 0, with gaps maybe.

    `running` and `walking` are the level metres of running that a metre on the map costs at this grade by Minetti, run
    and walked: 3.6 J/kg each; √(1 + grade²) of slope lie above a metre on the map. `walked` says which was done,
    `effort` how hard it was beside the rest of its run, by heart rate (`log_effort`).
    """

    run: NDArray[np.int64]
    hours: Floats
    length_m: Floats
    time_s: Floats
    grade: Floats
    heart_rate: Floats
    walked: NDArray[np.bool_]
    running: Floats
    walking: Floats
    effort: Floats

    @property
    def speed_m_per_s(self) -> Floats:
        """On the map, shape (m,)."""
        return self.length_m / self.time_s

    @property
    def level_m_per_s(self) -> Floats:
        """How fast the same power runs on the level by Minetti, shape (m,)."""
        return self.speed_m_per_s * np.where(self.walked, self.walking, self.running)

    def only(self, chosen: NDArray[np.bool_]) -> Self:
        """The chosen stretches, `chosen` of shape (m,), their runs counted as before."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def thinned(self, most: int = LEARNED_FROM) -> Self:
        """Evenly fewer of them: at most so many."""
        every = -(-self.run.size // most)
        return self.only(np.arange(self.run.size) % every == 0) if every > 1 else self


def ran_of(history: PacingHistory, resting_heart_rate: float) -> Ran:
    """The stretches of a history, without those that are too short to have a speed, or that nobody runs (from 20 m and
    0.2 to 9 m/s on grades of at most 60 % are believed), and without walks: runs that were walked for the most part of
    their time on gentle ground, within ±5 %."""
    slowest, fastest = BELIEVED_M_PER_S
    believed = (
        (history.length_m >= SHORTEST_M)
        & (history.length_m >= slowest * history.moving_s)
        & (history.length_m <= fastest * history.moving_s)
        & (np.abs(history.mean_grade) <= STEEPEST)
    )
    believed[believed] = ~_of_a_walk(history, believed)
    run, start_s, grade = history.run[believed], history.start_s[believed], history.mean_grade[believed]
    running, walking, walked = running_metres(grade), walking_metres(grade), history.walking[believed]
    length_m, time_s, heart_rate = history.length_m[believed], history.moving_s[believed], history.heart_rate[believed]
    level = length_m / time_s * np.where(walked, walking, running)
    return Ran(
        run=run,
        hours=start_s / 3600,
        length_m=length_m,
        time_s=time_s,
        grade=grade,
        heart_rate=heart_rate,
        walked=walked,
        running=running,
        walking=walking,
        effort=log_effort(run, start_s, level, heart_rate, resting_heart_rate),
    )


def _of_a_walk(history: PacingHistory, believed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether each of the believed stretches is of a walk."""
    run, time_s = history.run[believed], history.moving_s[believed]
    gentle = np.abs(history.mean_grade[believed]) < GENTLE
    walked = np.bincount(run, weights=time_s * (gentle & history.walking[believed]))
    return np.asarray((walked > np.bincount(run, weights=time_s * gentle) / 2)[run])


def running_metres(grade: Floats) -> Floats:
    """Level metres of running that a metre on the map costs when run: any shape in, the same out; see Ran."""
    return np.asarray(minetti_running_cost(grade) * np.sqrt(1 + grade**2) / LEVEL_RUNNING_J_PER_KG_M)


def walking_metres(grade: Floats) -> Floats:
    """Level metres of running that a metre on the map costs when walked: any shape in, the same out; see Ran."""
    return np.asarray(minetti_walking_cost(grade) * np.sqrt(1 + grade**2) / LEVEL_RUNNING_J_PER_KG_M)
