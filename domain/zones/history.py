"""The stretches that an athlete has run, in the order of running them, and where each stands among its like."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from domain.runs.recording import Floats
from domain.zones.model import NEAREST

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """One athlete's scored stretches as parallel arrays of shape (m,), ordered by their run's start, run and place.

    `run` counts the runs in that order from 0, `run_started_s` is the start of a stretch's run in seconds since 1970.
    What makes stretches alike follows: metres as on the run's first to this stretch's first point, the grade a ratio,
    the local hour from 0 to 24; `start_altitude_m` alone may be NaN. `score` is what is judged, calibrated or not.
    """

    run: Rows
    run_started_s: Floats
    length_m: Floats
    mean_grade: Floats
    ascent_before_m: Floats
    descent_before_m: Floats
    start_m: Floats
    start_altitude_m: Floats
    hour_of_day: Floats
    grade_band: Rows
    score: Floats

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            values = getattr(self, name)
            if values.shape != self.run.shape or values.ndim != 1:
                raise ValueError(f"{name} has shape {values.shape}, but there are {len(self.run)} stretches.")
            if name != "start_altitude_m" and not np.isfinite(values).all():
                raise ValueError(f"{name} holds a value that is not finite.")
        if (np.diff(self.run) < 0).any() or (np.diff(self.run_started_s) < 0).any():
            raise ValueError("Stretches stand in the order of their runs, and runs in the order of their starts.")

    def __len__(self) -> int:
        return len(self.run)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where m stretches stand: ranks count the members of a population that score no higher, itself among them.

    Ranks, counts and `radius` have shape (m,); counts are 0 for a stretch whose run lies in the future. `radius` is the
    distance of the last of the similar stretches, infinite where there are fewer than 25. `neighbours`, (m, 10), are
    the rows of the most similar, nearest first, −1 where there is none; `neighbour_distance`, (m, 10), is NaN there.
    `yardstick`, (7,), is what the last year was measured with (see `similarity.yardstick`).
    """

    similars_rank: Rows
    similars_count: Rows
    grade_rank: Rows
    grade_count: Rows
    radius: Floats
    neighbours: Rows
    neighbour_distance: NDArray[np.float32]
    yardstick: Rows

    @classmethod
    def unknown(cls, stretches: int) -> "Standing":
        """That of so many stretches before anything is known of them."""
        zeros = np.zeros((4, stretches), dtype=np.int64)
        return cls(
            similars_rank=zeros[0],
            similars_count=zeros[1],
            grade_rank=zeros[2],
            grade_count=zeros[3],
            radius=np.full(stretches, np.inf),
            neighbours=np.full((stretches, NEAREST), -1, dtype=np.int64),
            neighbour_distance=np.full((stretches, NEAREST), np.nan, dtype=np.float32),
            yardstick=np.zeros(7, dtype=np.int64),
        )

    def of_known(self, known: Flags) -> "Standing":
        """A copy in which only the known keep their standing."""
        kept = Standing.unknown(len(known))
        for name in PER_STRETCH:
            getattr(kept, name)[known] = getattr(self, name)[known]
        kept.yardstick[:] = self.yardstick
        return kept

    def differs(self, other: "Standing") -> Flags:
        """Of each stretch whether it stands otherwise there, (m,)."""
        different = np.zeros(len(self.radius), dtype=np.bool_)
        for name in PER_STRETCH:
            different |= unlike(getattr(self, name), getattr(other, name))
        return different


PER_STRETCH = tuple(field.name for field in fields(Standing) if field.name != "yardstick")


def unlike(here: NDArray[Any], there: NDArray[Any]) -> Flags:
    """Of m rows whether they differ, (m,), NaN being like NaN; both (m,) or (m, k)."""
    different: Flags = (here != there) & ~(np.isnan(here) & np.isnan(there))
    return np.asarray(different.any(axis=1)) if different.ndim > 1 else different


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What was known when zones were told the last time, at `as_of_s`, in the rows of the stretches of now.

    `known` (m,) says which stretches were there, judged or not, as of a run dated ahead; what `standing` holds for the
    others is not looked at.
    """

    as_of_s: float
    known: Flags
    standing: Standing
