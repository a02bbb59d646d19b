"""How well an athlete's runs are foretold from their other runs: by their ways, and by a plain table of speeds."""

from dataclasses import dataclass

import numpy as np

from domain.pacing.athlete.ran import STEEPEST, Ran
from domain.pacing.athlete.usual import foretold_time_s, learn, level_lengths_m
from domain.runs.recording import Floats

FEWEST_RUNS = 3
# Up to so many runs each is foretold from all the others; of more, from four fifths of them.
ONE_BY_ONE = 10
PARTS = 5
# A part's model is only looked at for its error: it need not be as fine as the one that plans are made by.
LEARNED_FROM = 3_000
SHORTEST_S = 600.0
FEWEST_STRETCHES = 3
BAND = 0.025
BANDS = round(STEEPEST / BAND)
# One standard deviation of a run's time where there are no runs to tell it: 12 %, as a plain table errs; it counts as
# four runs beside the athlete's own.
USUAL_SPREAD = 0.12
AS_RUNS = 4


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """Runs foretold from the others only, shape (n,) each, s of movement: what they took, what the model foretold, and
    what the table of mean speed by grade did."""

    took_s: Floats
    foretold_s: Floats
    table_s: Floats

    @property
    def error(self) -> float | None:
        """Mean absolute error as a ratio; None under three runs."""
        return self._error_of(self.foretold_s)

    @property
    def table_error(self) -> float | None:
        """The table's."""
        return self._error_of(self.table_s)

    @property
    def spread(self) -> float:
        """Root of the mean square of log(took / foretold), drawn towards 0.12."""
        squares = np.log(self.took_s / self.foretold_s) ** 2
        return float(np.sqrt((squares.sum() + AS_RUNS * USUAL_SPREAD**2) / (squares.size + AS_RUNS)))

    def _error_of(self, foretold_s: Floats) -> float | None:
        if self.took_s.size < FEWEST_RUNS:
            return None
        return float(np.mean(np.abs(foretold_s / self.took_s - 1)))


def hold_out(ran: Ran) -> HeldOut:
    """Foretell each run of at least ten minutes and three stretches from the others; nothing with under three of them.

    Up to ten runs one by one; more in five parts, each of every fifth run, from the other four.
    """
    took = np.asarray(np.bincount(ran.run, weights=ran.time_s), dtype=np.float64)
    runs = np.flatnonzero((took >= SHORTEST_S) & (np.bincount(ran.run) >= FEWEST_STRETCHES))
    if runs.size < FEWEST_RUNS:
        return HeldOut(*(np.zeros(0) for _ in range(3)))
    parts = runs.size if runs.size <= ONE_BY_ONE else PARTS
    foretold, by_table = np.zeros(took.size), np.zeros(took.size)
    lengths, few = level_lengths_m(ran), ran.thinned(LEARNED_FROM)
    for part in range(parts):
        out = np.zeros(took.size, dtype=np.bool_)
        out[runs[part::parts]] = True
        ground = ran.only(out[ran.run])
        others = few.only(~out[few.run])
        model = learn(others, lengths)
        foretold[: ground.run.max() + 1] += foretold_time_s(model, ground)
        by_table[: ground.run.max() + 1] += table_time_s(ran.only(~out[ran.run]), ground)
    return HeldOut(took[runs], foretold[runs], by_table[runs])


def table_time_s(others: Ran, ground: Ran) -> Floats:
    """How long each run over this ground takes by the mean speed of the others in bands of 2.5 % of grade, s, shape
    (runs,); between and beyond the bands that the others have, by the nearest two or one."""
    bands = np.rint(others.grade / BAND).astype(np.int64) + BANDS
    length, time = (np.bincount(bands, weights=values) for values in (others.length_m, others.time_s))
    there = np.flatnonzero(length)
    speed = np.interp(np.rint(ground.grade / BAND) + BANDS, there, length[there] / time[there])
    return np.asarray(np.bincount(ground.run, weights=ground.length_m / speed), dtype=np.float64)
