"""One run understood: its totals by named models, its streams, and the segments that tile it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats, Samples

# How wide a grade category is, as a ratio.
GRADE_BAND = 0.025
# 72°: nobody goes along it. What is steeper is an altitude gone wrong, such as the 0 of a signal that is not there yet.
STEEPEST_GROUND = 3.0
MOST_GRADE_BANDS = 2 * round(STEEPEST_GROUND / GRADE_BAND) + 1
# So long the heart is on its way up, and says little of the effort.
WARM_UP_S = 300.0


class GradeModel(StrEnum):
    """What makes a slope count as level running."""

    HEART_RATE = "HEART_RATE"
    MINETTI = "MINETTI"


class LoadMethod(StrEnum):
    """What a training load was worked out from."""

    RTSS = "RTSS"
    TRIMP = "TRIMP"


class Movement(StrEnum):
    """How the runner got along."""

    RUNNING = "RUNNING"
    WALKING = "WALKING"
    STANDING = "STANDING"


@dataclass(frozen=True, slots=True, eq=False)
class RecordedTrack:
    """What an analysis stands on: a run's points, and the seconds of movement in each step between them, (n − 1,)."""

    started_at: datetime
    samples: Samples
    moving_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The run's altitude on an even grid along its way.

    `step_m` (at most 5 m) times the number of steps is the run's length. `altitude_m` has shape (n + 1,), smoothed by a
    centred 50 m mean; `grade` is the rise over run of each step, shape (n,). Both are zeros without altitudes.
    """

    step_m: float
    altitude_m: Floats
    grade: Floats
    has_altitude: bool


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """The stretches that tile a run, as parallel arrays of shape (m,); NaN where a value is not known.

    Metres and seconds count from the run's first point; heart rates are bpm, cadence steps of both legs a minute,
    grades ratios. `grade_band` is round(mean grade / 0.025), of ±3 at most. `movement` holds Movement values.
    """

    start_m: Floats
    end_m: Floats
    start_s: Floats
    duration_s: Floats
    moving_s: Floats
    ascent_m: Floats
    descent_m: Floats
    ascent_before_m: Floats
    descent_before_m: Floats
    start_altitude_m: Floats
    altitude_change_m: Floats
    mean_grade: Floats
    grade_band: NDArray[np.int64]
    movement: tuple[Movement, ...]
    speed_m_per_s: Floats
    graded_speed_m_per_s: Floats
    average_heart_rate: Floats
    start_heart_rate: Floats
    end_heart_rate: Floats
    cadence: Floats
    start_latitude: Floats
    start_longitude: Floats
    end_latitude: Floats
    end_longitude: Floats

    def __len__(self) -> int:
        return len(self.start_m)

    @classmethod
    def none(cls) -> Self:
        """Of a run that went nowhere."""
        columns: dict[str, Any] = {name: np.zeros(0) for name in cls.__dataclass_fields__}
        return cls(**columns | {"grade_band": np.zeros(0, dtype=np.int64), "movement": ()})


@dataclass(frozen=True, slots=True)
class Intensity:
    """How hard a run was; every float is finite, None says that it cannot be told."""

    graded_pace_s_per_km: float | None
    graded_pace_minetti_s_per_km: float | None
    normalized_graded_speed_m_per_s: float | None
    intensity_factor: float | None
    load: float | None
    load_method: LoadMethod | None
    efficiency_factor: float | None
    decoupling_percent: float | None
    energy_j_per_kg: float | None
    notes: tuple[str, ...] = field(default=())
